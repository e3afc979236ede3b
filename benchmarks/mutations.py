"""What becomes of ten thousand damaged files: real WAV, FLAC, Ogg and MP3, cut, flipped, lied about, mixed up.

Of those that the check calls sound, how many does `flac -t` (FLAC) or the ffmpeg of this machine call damaged?
"""

import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import polars as pl

from benchmarks.checks import WORKERS, check_of
from benchmarks.processes import Measured
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT
from tests.mutations import KINDS, Mutant, mutants, originals

MUTANTS = 10_000
PART = 2_000
"""Files that lie on the disk at a time: 190 MB."""
SEED = 2026
DEATHS = ("crashed", "timed_out")
"""Kinds of a row whose worker died of it."""
SHARED = CHECKOUT.parent / "shared" / "data"
Outcomes = Counter[tuple[str, str]]
"""How often what was done to a file led to a kind of row."""
OVERHEARD = "sound, though another decoder finds damage"


def run(small: bool) -> Iterator[Table]:
    """One table of what was done to a file and what its row says, one of what that took."""
    count = 100 if small else MUTANTS
    known = originals(SHARED)
    coming = mutants(known, count, SEED)
    outcomes: Outcomes = Counter()
    runs = []
    while part := list(islice(coming, PART)):
        found, measured = _checked(part)
        outcomes += found
        runs.append(measured)
    yield _outcomes(outcomes, count, len(known))
    yield _costs(runs, outcomes, count)


def _checked(part: Sequence[Mutant]) -> tuple[Outcomes, Measured]:
    """Outcomes of one check of these files, and what it took.

    Raises:
        RuntimeError: a file has no row, or more than one.
    """
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        root = Path(temporary) / "root"
        root.mkdir()
        for mutant in part:
            (root / mutant.name).write_bytes(mutant.data)
        measured = check_of(root, Path(temporary))()
        file = next(Path(temporary).glob("run*/checks/shard=all.parquet"))
        rows = list(pl.read_parquet(file, columns=["path", "error_kind"], glob=False).iter_rows())
        sound = [root / path for path, kind in rows if kind is None]
        with ThreadPoolExecutor(WORKERS) as pool:
            overheard = Counter((path.name, OVERHEARD) for path in pool.map(_with_damage, sound) if path is not None)
    if sorted(path for path, _ in rows) != sorted(mutant.name for mutant in part):
        raise RuntimeError(f"{len(rows)} rows of {len(part)} files, or not each with one of its own")
    done = {mutant.name: mutant.done for mutant in part}
    told: Outcomes = Counter((done[path], kind or "sound") for path, kind in rows)
    return told + Counter((done[path], kind) for path, kind in overheard), measured


def _with_damage(file: Path) -> Path | None:
    """The file, if another decoder of this machine finds damage in it."""
    is_flac = file.suffix == ".flac" and shutil.which("flac")
    command = (
        ["flac", "-t", "-s", str(file)] if is_flac else ["ffmpeg", "-v", "error", "-i", str(file), "-f", "null", "-"]
    )
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(command, check=False, capture_output=True)
    return file if done.returncode or done.stderr else None


def _outcomes(outcomes: Outcomes, count: int, known: int) -> Table:
    by_outcome: Counter[str] = Counter()
    for (_, outcome), times in outcomes.items():
        by_outcome[outcome] += times
    columns = [outcome for outcome, _ in by_outcome.most_common()]
    rows = [[done, *(outcomes[done, outcome] or None for outcome in columns)] for done in KINDS]
    rows.append(["all", *(by_outcome[outcome] for outcome in columns)])
    notes = [
        f"{count:,} files made from {known} sound ones, seed {SEED}. Each has one row; `sound` is one without fault. "
        f"{by_outcome[OVERHEARD]:,} of the {by_outcome['sound']:,} are so though `flac -t` (FLAC) or ffmpeg complains."
    ]
    return Table("What becomes of damaged files", ["what was done", *columns], rows, notes)


def _costs(runs: Sequence[Measured], outcomes: Outcomes, count: int) -> Table:
    seconds = sum(run.seconds for run in runs)
    deaths = sum(times for (_, outcome), times in outcomes.items() if outcome in DEATHS)
    columns = ["files", "wall s", "files/s", "files whose worker died", "largest process MB", "tree MB"]
    largest, tree = max(run.largest_mb for run in runs), max(run.tree_mb for run in runs)
    notes = [f"{WORKERS} worker processes; {len(runs)} checks, each from Python's start to its Parquet file."]
    return Table("What checking them takes", columns, [[count, seconds, count / seconds, deaths, largest, tree]], notes)
