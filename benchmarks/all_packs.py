"""All packs of an export, so many at a time, each a process of its own as a job is.

python -m benchmarks.all_packs FORMAT LISTS PACKS WORKERS
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def main() -> None:
    """Make a pack of each list of a folder."""
    made_by, lists, packs, workers = sys.argv[1:]
    commands = [
        [sys.executable, "-m", "benchmarks.one_pack", made_by, str(listed), f"{packs}/{listed.stem}.json"]
        for listed in sorted(Path(lists).iterdir())
    ]
    with ThreadPoolExecutor(int(workers)) as pool:
        list(pool.map(lambda command: subprocess.run(command, check=True), commands))


if __name__ == "__main__":
    main()
