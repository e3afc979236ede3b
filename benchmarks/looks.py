"""Ways to look at every file below a root, each in a process of its own so that its memory can be told.

    python -m benchmarks.looks scandir|look ROOT
    python -m benchmarks.looks scan ROOT OUTPUT

A scan looks by itself here; in a run it reads what the look before it wrote down.

Prints the seconds that looking took, without Python's start and imports, and the most memory that it had, in MB.
"""

import os
import sys
import tempfile
import time
from pathlib import Path


def scandir(root: str) -> int:
    """What cannot be less: every folder listed, every file asked for its size and time once."""
    total = 0
    folders = [root]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.path)
                else:
                    status = entry.stat()
                    total += status.st_size + status.st_mtime_ns
    return total


def main() -> None:
    """Look in the way that the command line names."""
    way, root, *rest = sys.argv[1:]
    if way == "scandir":
        look = scandir
    elif way == "look":
        from workflow_scripts.media.look import look_into

        def look(root: str) -> None:
            with tempfile.TemporaryDirectory() as folder:
                look_into(Path(folder), root)

    else:
        from workflow_scripts.media.lister import Lister
        from workflow_scripts.media.scan import scan_root
        from workflow_scripts.processes import cores
        from workflow_scripts.tables.leaves import Bound

        def look(root: str) -> None:
            lists = Path(rest[0])
            lister = Lister(lists.parent / "archives.parquet", cores())
            scan_root(root, "", Bound(8_000, 1 << 34), lambda shard: lists / f"shard={shard}.parquet", lister)

    started = time.perf_counter()
    look(root)
    print(time.perf_counter() - started, most_memory())


def most_memory() -> float:
    """The kernel's mark of this program alone; getrusage's holds that of the process that started it, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
