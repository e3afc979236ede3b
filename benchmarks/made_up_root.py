"""The look at a root of so many files that nobody has to make, and the scan that reads what the look wrote down.

    python -m benchmarks.made_up_root look|scan FILES FOLDER

All is the workflow's own but the walk through folders, which gives made-up names. A scan wants the look's folder.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from workflow_scripts.media import lookers

A_FOLDER = 4_000
ANY_TIME_NS = 1_700_000_000_000_000_000


def parts(files: int) -> Iterator[lookers.Part]:
    """As media.lookers gives them."""
    for first in range(0, files, A_FOLDER):
        numbers = range(first, min(first + A_FOLDER, files))
        found = ((f"Y{number:011d}.wav", "audio", 320_044, ANY_TIME_NS + number) for number in numbers)
        yield from lookers.told(f"{first // A_FOLDER:05d}", found)


def main() -> None:
    """Look or scan."""
    way, files, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    (root := folder / "root").mkdir(parents=True, exist_ok=True)
    if way == "look":
        from workflow_scripts.media import look

        with mock.patch.object(look, "parts", return_value=parts(files)):
            look.look_into(folder / "looks", str(root))
    else:
        from workflow_scripts.media.lister import Lister
        from workflow_scripts.media.scan import scan_root
        from workflow_scripts.tables.leaves import Bound

        bound = Bound(8_000, 1 << 34)
        lister = Lister(folder / "archives.parquet", workers=1)
        shards, _ = scan_root(
            str(root), str(folder / "looks"), bound, lambda shard: folder / f"media/shard={shard}.parquet", lister
        )
        if sum(shards.values()) != files:
            raise AssertionError(f"{files:,} files were looked at, and {sum(shards.values()):,} scanned")


if __name__ == "__main__":
    main()
