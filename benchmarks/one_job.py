"""One job of the workflow by itself, on the tables that benchmarks/many_clips.py made.

    python -m benchmarks.one_job FOLDER JOB

The entry script of the job's rule is run as it is, with what the rule would hand it.
"""

import runpy
import sys
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import yaml

from benchmarks.made_up_packs import write_packs
from benchmarks.workflow import CHECKOUT
from workflow_scripts.exports.account import spoilt
from workflow_scripts.report.drawing.told import write_told
from workflow_scripts.settings.run import Run, load_run
from workflow_scripts.settings.told import settings_told
from workflow_scripts.tables import schemas

NAME = "audioset"
CARE = {
    "augment_splits": {"splits": ["eval", "balanced_train", "unbalanced_train"], "clips_a_class": 59, "seed": 0},
    "folds": {"k": 10, "seed": 0},
    "subsets": [{"name": "balanced_20", "clips_a_class": 20, "splits": ["unbalanced_train"], "seed": 0}],
}
"""What splits with care are made by; no dataset file of a benchmark asks for any."""
VIEWS = sorted(file.stem for file in (CHECKOUT / "workflow_scripts" / "catalogue" / "views").glob("*.sql"))
JOBS = (
    *("ingest", "resolve", "assign_splits", "build_catalogue", "losses", "draw", "export/csv", "export/ast"),
    "write_report",
    *("plan/webdataset", "plan/copied", "packs/copied", "export/copied", "begin/copied"),
    *(f"view/{name}" for name in VIEWS),
    *("resolve/stem", "resolve/path"),
)
"""By the name of the rule and, where there are several, of the export; each ready-made view of the catalogue; and the
other ways to match, as if the adapter declared them. Packs are made up, only to be exported; `begin` is what the start
of a run does about them.
"""


class Named(dict[str, Any]):
    """What Snakemake gives a script: by name, as an attribute too."""

    __getattr__ = dict.__getitem__


def load(folder: Path) -> Run:
    """The run of the dataset file in a folder; its results are there too."""
    config = yaml.safe_load((CHECKOUT / "config" / "config.yaml").read_text())
    here = {"datasets": [str(folder / "audioset.yaml")], "results": str(folder / "results")}
    return load_run(config | here, CHECKOUT)


def run_job(run: Run, job: str) -> None:
    """Run a job's script."""
    rule, _, export = job.partition("/")
    if rule == "view":
        import duckdb

        with duckdb.connect(run.places.catalogue, read_only=True) as catalogue:
            catalogue.table(export).fetchall()
        return
    if rule == "packs":
        write_packs(Path(run.places.plan(NAME, export)), Path(run.places.pack(NAME, export, "all")).parent)
        return
    if rule == "begin":
        accounts = [run.places.account(NAME, export), *_packs(run, export)]
        if spoilt(accounts):
            raise AssertionError("an export or a pack is not as it was written")
        return
    if rule == "keys":
        _write_keys(run, export)
        return
    if rule == "resolve":
        given, made, params = _resolve(run, export)
    else:
        given, made, params = _of_export(run, rule, export) if export else _OF[rule](run)
    for file in made.values():
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    log = Path(run.places.log(rule, NAME))
    log.parent.mkdir(parents=True, exist_ok=True)
    job_of = SimpleNamespace(
        input=Named(given), output=Named(made), params=Named(params), log=[str(log)], wildcards=Named(dataset=NAME)
    )
    runpy.run_path(str(CHECKOUT / "workflow_scripts" / f"{rule}.py"), {"snakemake": job_of})


Parts = tuple[dict[str, Any], dict[str, str], dict[str, Any]]
"""What a rule names as input, output and params."""


def _tables(run: Run, names: Iterable[str]) -> dict[str, str]:
    return {name: run.places.table(NAME, name) for name in names}


def _checks(run: Run) -> dict[str, list[str]]:
    """The checks that there are of each root."""
    places = {slug: Path(run.places.checks_folder(slug)) for slug in run.datasets[NAME].audio}
    return {slug: [str(file) for file in sorted(folder.glob("*.parquet"))] for slug, folder in places.items()}


def _packs(run: Run, export: str) -> list[str]:
    """The accounts of the packs that there are of an export."""
    return sorted(map(str, Path(run.places.pack(NAME, export, "all")).parent.glob("*.json")))


def _ingest(run: Run) -> Parts:
    dataset = run.datasets[NAME]
    told = {
        "adapter": dataset.adapter,
        "settings": dataset.ingest_settings,
        "looks": {},
        "kept": "",
        "crashed": run.places.crashed(NAME),
    }
    return {}, _tables(run, schemas.INGESTED), told


def _keys(run: Run, match: str) -> str:
    return run.places.table(NAME, f"promised_by_{match}")


def _write_keys(run: Run, match: str) -> None:
    """What is promised, as if media were matched otherwise: its key is the name of a file of many_clips.py."""
    from benchmarks.many_clips import file_names

    promised = pl.scan_parquet(run.places.table(NAME, "promised"))
    names = {"stem": pl.concat_str(pl.lit("Y"), "media_key"), "path": file_names(pl.col("row"), pl.col("media_key"))}
    keyed = promised.with_row_index("row").with_columns(media_key=names[match]).drop("row")
    keyed.sink_parquet(_keys(run, match))


def _resolve(run: Run, match: str) -> Parts:
    dataset, checks = run.datasets[NAME], _checks(run)
    given = {
        "promised": _keys(run, match) if match else run.places.table(NAME, "promised"),
        "captions": run.places.table(NAME, "found_captions"),
        "reviews": [],
        "checks": [file for files in checks.values() for file in files],
        "not_looked_at": [run.places.not_looked_at(slug) for slug in checks],
    }
    match_by = match or dataset.match
    told = {"roots": run.roots_of(NAME), "limits": dataset.limits, "match": match_by, "splits": dataset.splits}
    made = _tables(run, schemas.RESOLVED)
    return given, {name: f"{file}.by_{match}" if match else file for name, file in made.items()}, told


def _assign_splits(run: Run) -> Parts:
    given = {name: run.places.table(NAME, name) for name in ("clips", "origins")}
    checks = [file for files in _checks(run).values() for file in files]
    told = {"care": CARE, "roots": list(run.datasets[NAME].audio)}
    return given | {"checks": checks}, _tables(run, schemas.ASSIGNED), told


def _build_catalogue(run: Run) -> Parts:
    places = run.places
    made = {
        "catalogue": places.catalogue,
        "generation": places.current_generation,
        "summary": places.summary,
    }
    told = {
        "datasets": {NAME: list(run.datasets[NAME].audio)},
        "exports": {NAME: list(run.datasets[NAME].exports)},
        "with_judgements": {},
        "with_split_care": [NAME] if Path(places.table(NAME, "splits")).exists() else [],
        "settings": settings_told(run),
        "roots": list(run.roots),
        "results": places.results,
    }
    return {"checks": [file for files in _checks(run).values() for file in files]}, made, told


def _write_report(run: Run) -> Parts:
    """With the pictures that were drawn, or none."""
    places = run.places
    pictures = Path(places.pictures(NAME))
    if not pictures.exists():
        pictures.mkdir(parents=True)
        write_told([], pictures)
    given = {"catalogue": places.catalogue, "pictures": str(pictures)}
    return given, {"page": places.report(NAME), "card": places.card(NAME)}, {}


def _losses(run: Run) -> Parts:
    told = {
        "datasets": {NAME: run.losses_of(NAME)},
        "tables": ["rejects", "sources", "promised", "clips", "orphans", "roots"],
        "left_out": list(run.left_out),
        "results": run.places.results,
    }
    return {"rejects": []}, {"allowed": run.places.losses("all")}, told


def _draw(run: Run) -> Parts:
    return {"catalogue": run.places.catalogue}, {"pictures": run.places.pictures(NAME)}, {}


def _of_export(run: Run, rule: str, name: str) -> Parts:
    export, checks = run.datasets[NAME].exports[name], _checks(run)
    files = [file for one_root in checks.values() for file in one_root] if export.reads_checks else []
    given = {"tables": run.tables_of_export(NAME, name), "checks": files, "packs": _packs(run, name)}
    told = {
        "format": export.format,
        "options": export.options,
        "taking": export.taking,
        "tables": export.tables,
        "roots": run.roots_of_export(NAME, name),
        "check": run.check,
        "about": run.about_of_export(NAME, name),
        "others": run.others_of_export(NAME, name),
        "link": run.places.export(NAME, name),
    }
    return given, {"lists": run.places.plan(NAME, name), "account": run.places.account(NAME, name)}, told


_OF = {
    "ingest": _ingest,
    "assign_splits": _assign_splits,
    "build_catalogue": _build_catalogue,
    "losses": _losses,
    "draw": _draw,
    "write_report": _write_report,
}

if __name__ == "__main__":
    run_job(load(Path(sys.argv[1])), sys.argv[2])
