"""Scans of a root from within tests, into a folder of lists."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from workflow_scripts.media.lister import Lister
from workflow_scripts.media.scan import scan_root
from workflow_scripts.tables.leaves import Bound

REPOSITORY = Path(__file__).resolve().parents[1]
SCAN = """
import json
import sys
from pathlib import Path
from tests.scans import scanned
if __name__ == "__main__":
    lists = Path(sys.argv[2])
    _, tables = scanned(Path(sys.argv[1]), lists)
    print(json.dumps(tables["rejects"].rows()))
"""


def scanned(
    root: Path, lists: Path, files: int = 8000, size: int = 1 << 34, held: int = 0, images: bool = False
) -> tuple[dict[str, int], dict[str, pl.DataFrame]]:
    """Scan a root into shards of so many files and bytes at most; what scan_root returns."""
    bound, lister = Bound(files, size), lister_beside(lists)
    return scan_root(str(root), "", bound, lambda shard: lists / f"shard={shard}.parquet", lister, held, images)


def lister_beside(lists: Path) -> Lister:
    """It keeps what archives told beside the lists."""
    return Lister(lists.parent / f"{lists.name}.kept" / "archives.parquet", 2)


def listed(lists: Path) -> pl.DataFrame:
    """All rows of all lists, sorted by their key."""
    return pl.concat([pl.read_parquet(file) for file in lists.glob("*.parquet")]).sort("path", "member")


def scanned_by_somebody(root: Path, results: Path) -> str:
    """Scan in a process of a user who may not read everything; what it printed. Root gives up its right to that."""
    command = [sys.executable, "-c", SCAN, str(root), str(results / "media")]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may read all, and has no setpriv to give that up")
        command = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", *command]
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=100,
    )
    return done.stdout
