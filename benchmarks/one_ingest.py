"""The ingest of one dataset file by itself, without Snakemake: `python -m benchmarks.one_ingest FILE`.

Its tables are written below the file's folder. Prints the number of clips.
"""

import os
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import polars as pl

from benchmarks.one_job import Named
from benchmarks.workflow import CHECKOUT
from workflow_scripts.settings.run import load_run
from workflow_scripts.tables import schemas

if __name__ == "__main__":
    file = Path(sys.argv[1]).resolve()
    os.chdir(file.parent)
    run = load_run({"datasets": [str(file)], "results": "results"}, file.parent)
    [dataset] = run.datasets.values()
    made = {name: run.places.table(dataset.name, name) for name in schemas.INGESTED}
    log = Path(run.places.log("ingest", dataset.name))
    log.parent.mkdir(parents=True, exist_ok=True)
    params = {"adapter": dataset.adapter, "settings": dataset.ingest_settings, "looks": {}, "kept": ""}
    job = SimpleNamespace(
        output=Named(made), params=Named(params), log=[str(log)], wildcards=Named(dataset=dataset.name)
    )
    runpy.run_path(str(CHECKOUT / "workflow_scripts" / "ingest.py"), {"snakemake": job})
    print(pl.scan_parquet(made["promised"]).select(pl.len()).collect().item())
