"""`make fuzz`: hunt for files that something stumbles over; ends with exit code 1 where there are such."""

import argparse
import os
import sys
import time
from functools import partial
from pathlib import Path

from tests.fuzzing.hunt import CORPUS, Hunt
from tests.fuzzing.reading import traced


def main() -> int:
    os.environ["POLARS_MAX_THREADS"] = "2"  # threads take address space, which what reads has little of
    from tests.fuzzing.targets import TARGETS

    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"some of: {', '.join(TARGETS)}; all, unless given")
    parser.add_argument("--seconds", type=float, default=300, help="for all targets together (300)")
    parser.add_argument("--seed", type=int, help="of what is drawn; another each time, unless given")
    parser.add_argument("--again", type=Path, help="a file of the corpus, to be read once more")
    asked = parser.parse_args()
    if asked.again:
        traced(TARGETS[asked.again.resolve().parent.name], asked.again.read_bytes())
        return 0
    if unknown := [name for name in asked.targets if name not in TARGETS]:
        parser.error(f"no such target: {', '.join(unknown)}")
    first = asked.seed if asked.seed is not None else int(time.time())
    hunt = Hunt({name: TARGETS[name] for name in asked.targets or TARGETS}, CORPUS, partial(print, flush=True))
    hunt.run(asked.seconds, first)
    print(hunt.table())
    print(f"{len(hunt.findings)} found; drawn from seed {first}")
    return 1 if hunt.findings else 0


if __name__ == "__main__":
    sys.exit(main())
