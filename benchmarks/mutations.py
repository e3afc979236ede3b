"""What becomes of ten thousand damaged files: real sound in all containers, cut, flipped, lied about, mixed up.

Of those that the check calls sound, how many does `flac -t` (FLAC) or the ffmpeg of this machine call damaged?
"""

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import islice
from pathlib import Path

import polars as pl

from benchmarks.checks import WORKERS, check_of
from benchmarks.hand_made import SETTINGS
from benchmarks.processes import Measured
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT
from tests.mutations import KINDS, Mutant, Original, mutants, originals
from workflow_scripts.media.content import Content
from workflow_scripts.sound.examine import examine

MUTANTS = 10_000
PART = 2_000
"""Files that lie on the disk at a time: 250 MB."""
SEED = 2026
DEATHS = ("crashed", "timed_out")
"""Kinds of a row whose worker died of it."""
SHARED = CHECKOUT.parent / "shared" / "data"
SOUND = "sound"
SAME, TOLD, UNTOLD = "sound as before, others complain", "told in undecoded_bytes, others complain", "untold"
"""Kinds of what is sound though another decoder complains: no sample differs; a column tells; nothing tells."""
COLUMNS = ["path", "error_kind", "pcm_digest", "undecoded_bytes"]
STRICT = ("-v", "error", "-xerror", "-err_detect", "explode")
Outcomes = Counter[tuple[str, str]]
"""How often what was done to a file led to a kind of row."""
Untold = Counter[tuple[str, str, str]]
"""How often a container was damaged in a way of which another decoder alone said something, and what."""


def run(small: bool) -> Iterator[Table]:
    """What was done to a file and what its row says, what others say of the sound ones, what that took."""
    count = 100 if small else MUTANTS
    known = originals(SHARED)
    coming = mutants(known, count, SEED)
    outcomes: Outcomes = Counter()
    untold: Untold = Counter()
    runs = []
    while part := list(islice(coming, PART)):
        found, unseen, measured = _checked(part)
        outcomes += found
        untold += unseen
        runs.append(measured)
    yield _outcomes(outcomes, count, len(known))
    yield _of_others(outcomes, untold)
    yield _costs(runs, outcomes, count)


def _checked(part: Sequence[Mutant]) -> tuple[Outcomes, Untold, Measured]:
    """Outcomes of one check of these files, what others say, and what the check took.

    Raises:
        RuntimeError: a file has no row, or more than one.
    """
    made = {mutant.name: mutant for mutant in part}
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        root = Path(temporary) / "root"
        root.mkdir()
        for mutant in part:
            (root / mutant.name).write_bytes(mutant.data)
        measured = check_of(root, Path(temporary))()
        file = next(Path(temporary).glob("run*/checks/shard=all.parquet"))
        rows = pl.read_parquet(file, columns=COLUMNS, glob=False).rows(named=True)
        if sorted(row["path"] for row in rows) != sorted(made):
            raise RuntimeError(f"{len(rows)} rows of {len(part)} files, or not each with one of its own")
        sound = [row for row in rows if row["error_kind"] is None]
        with ThreadPoolExecutor(WORKERS) as pool:
            complaints = list(pool.map(_complaint, (root / row["path"] for row in sound)))
    outcomes: Outcomes = Counter((made[row["path"]].done, row["error_kind"] or SOUND) for row in rows)
    untold: Untold = Counter()
    for row, complaint in zip(sound, complaints, strict=True):
        mutant = made[row["path"]]
        digest, is_refused = _before(mutant.original)
        if complaint and not is_refused:
            is_told = bool(row["undecoded_bytes"])
            kind = SAME if row["pcm_digest"] == digest else TOLD if is_told else UNTOLD
            outcomes[mutant.done, kind] += 1
            untold[mutant.original.suffix, mutant.done, complaint] += kind == UNTOLD
    return outcomes, untold, measured


@cache
def _before(original: Original) -> tuple[str, bool]:
    """The digest of a file's samples before it was damaged, and whether another decoder complains even of it."""
    with tempfile.NamedTemporaryFile(suffix=original.suffix) as file:
        Path(file.name).write_bytes(original.data)
        is_refused = _complaint(Path(file.name)) is not None
    return examine(Content.of(original.data), None, SETTINGS)["pcm_digest"], is_refused


def _complaint(file: Path) -> str | None:
    """What another decoder of this machine says of damage in a file, without names and numbers."""
    is_flac = file.suffix == ".flac"
    of_ffmpeg = ["ffmpeg", *STRICT, "-i", str(file), "-map", "0:a:0", "-f", "null", "-"]
    command = ["flac", "-t", "-s", str(file)] if is_flac else of_ffmpeg
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(command, check=False, capture_output=True)
    if not done.returncode and not done.stderr:
        return None
    words = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
    named = words.splitlines()[0].replace(str(file), "").replace(file.name, "")
    return re.sub("0x[0-9a-f]+|[0-9]+", "#", named).strip(" :")


def _outcomes(outcomes: Outcomes, count: int, known: int) -> Table:
    by_outcome: Counter[str] = Counter()
    for (_, outcome), times in outcomes.items():
        by_outcome[outcome] += times
    kinds = [outcome for outcome, _ in by_outcome.most_common() if outcome not in (SAME, TOLD, UNTOLD)]
    columns = [*kinds, SAME, TOLD, UNTOLD]
    rows = [[done, *(outcomes[done, outcome] or None for outcome in columns)] for done in KINDS]
    rows.append(["all", *(by_outcome[outcome] for outcome in columns)])
    notes = [
        f"{count:,} files made from {known} sound ones, seed {SEED}. Each has one row; `{SOUND}` is one without fault. "
        "The last three columns are of the sound ones of which `flac -t` (FLAC) or `ffmpeg "
        f"{' '.join(STRICT)}` complains, though not of what they were made of."
    ]
    return Table("What becomes of damaged files", ["what was done", *columns], rows, notes)


def _of_others(outcomes: Outcomes, untold: Untold) -> Table:
    total = sum(times for (_, outcome), times in outcomes.items() if outcome == SOUND)
    counted = [(*key, times) for key, times in sorted(untold.items()) if times]
    notes = [f"{sum(untold.values()):,} of the {total:,} that are called sound."]
    columns = ["made from", "what was done", "what another decoder says", "files"]
    return Table("Sound, another decoder finds damage, and nothing tells", columns, counted, notes)


def _costs(runs: Sequence[Measured], outcomes: Outcomes, count: int) -> Table:
    seconds = sum(run.seconds for run in runs)
    deaths = sum(times for (_, outcome), times in outcomes.items() if outcome in DEATHS)
    columns = ["files", "wall s", "files/s", "files whose worker died", "largest process MB", "tree MB"]
    largest, tree = max(run.largest_mb for run in runs), max(run.tree_mb for run in runs)
    notes = [f"{WORKERS} worker processes; {len(runs)} checks, each from Python's start to its Parquet file."]
    return Table("What checking them takes", columns, [[count, seconds, count / seconds, deaths, largest, tree]], notes)
