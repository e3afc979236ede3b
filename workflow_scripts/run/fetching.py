"""What the end of a run tells of what was fetched."""

from pathlib import Path

import polars as pl
from tabulate import tabulate

from workflow_scripts.errors import in_bytes
from workflow_scripts.settings.run import Run


def fetched_text(run: Run, since: float) -> str:
    """A table of what the stages of fetching came to that a run has been through; nothing where there are none.

    Args:
        run: what it consists of.
        since: when it began, seconds since 1970.
    """
    rows = []
    for dataset, stage in run.acquisition.all_stages():
        file = Path(run.places.acquired(dataset, stage))
        if file.exists() and file.stat().st_mtime >= since:
            table = pl.read_parquet(file, columns=["status", "bytes"])
            counts = dict(table["status"].cast(pl.String).value_counts().iter_rows())
            size = in_bytes(int(table["bytes"].sum()))
            rows.append([dataset, stage, *(counts.get(name, 0) for name in _COUNTED), size])
    return tabulate(rows, ["dataset", "fetched", *_COUNTED, "size"], intfmt=",") + "\n" if rows else ""


_COUNTED = ("there", "gone", "refused", "failed")
