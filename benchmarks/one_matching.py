"""The search for the same sound as a command: python -m benchmarks.one_matching FOLDER.

Reads FOLDER/prints/*.parquet (`sound`, `acoustic_fingerprint`), writes FOLDER/pairs.parquet, and prints the most bytes
that it had on disk meanwhile.
"""

import sys
import tempfile
import threading
from pathlib import Path

import polars as pl

from workflow_scripts.matching.search import match

INTERVAL_S = 0.5


def main() -> None:
    """See above."""
    folder = Path(sys.argv[1])
    files = sorted((folder / "prints").glob("*.parquet"))
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        over, most = threading.Event(), [0]

        def look() -> None:
            while not over.wait(INTERVAL_S):
                most[0] = max(most[0], sum(_bytes(file) for file in Path(scratch).rglob("*")))

        looking = threading.Thread(target=look, daemon=True)
        looking.start()
        matched = match((pl.read_parquet(file, glob=False) for file in files), Path(scratch))
        over.set()
        looking.join()
    matched.pairs.write_parquet(folder / "pairs.parquet")
    print(most[0])


def _bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


if __name__ == "__main__":
    main()
