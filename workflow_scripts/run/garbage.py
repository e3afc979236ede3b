"""What Python does at its end with all that was imported."""

import gc
import sys


def leave_garbage() -> None:
    """Have Python end at once: it would look for garbage three times, for 0.05 s in a job and 0.2 s in Snakemake.

    DuckDB and soxr tell on the terminal what is left of them then, so where one of them was imported all is looked
    through as ever.
    """
    if {"duckdb", "soxr"} & sys.modules.keys():
        gc.unfreeze()
    else:
        gc.freeze()
