"""The search for the same sound among millions: time, memory, disk, what it still finds, what it takes for the same.

    python -m benchmarks.same_sound_millions [--sizes 0.2 2 10] [--keep FOLDER]

The real recordings and their changed copies of `same_sound`, whose truth is known, lie among made-up strangers
(benchmarks/made_up_fingerprints.py) of ten seconds each, of which one in a hundred has a planted copy: a stretch of it,
with as many symbols changed as real copies have. FOLDER is that of `same_sound`, with what that made and checked.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.changed_copies import Sound
from benchmarks.made_up_fingerprints import STEPS, Real, alike, packed
from benchmarks.processes import Measured, measure
from benchmarks.report import Table, describe_machine, markdown
from benchmarks.same_sound import REAL, real_prints
from benchmarks.trial import Trial
from benchmarks.workflow import CHECKOUT, VENV
from workflow_scripts.matching.search import Matched
from workflow_scripts.matching.words import times_for
from workflow_scripts.sound.fingerprint import symbols

Array = np.ndarray[Any, Any]

AT_ONCE = 20_000
COPIED = 100
"""One of so many strangers has a copy."""
STRANGERS_COMPARED = 2_000
SHOWN = ("mp3", "opus", "8k", "cut", "noise10", "mixed")


def run(small: bool) -> Iterator[Table]:
    """Two tables of 0.2 and 2 million; small: of a hundredth, and every twentieth recording."""
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        yield from _measured([2_000, 20_000] if small else [200_000, 2_000_000], 20 if small else 1, Path(temporary))


def _measured(sizes: Sequence[int], every: int, place: Path) -> Iterator[Table]:
    if absent := [str(folder) for folder in REAL if not folder.exists()]:
        yield Table("The same sound among millions", ["absent"], [[name] for name in absent])
        return
    sounds, checked = real_prints(REAL, every, place)
    known = checked.drop_nulls("acoustic_fingerprint")
    trial = Trial(sounds, checked, Matched(pl.DataFrame(), pl.DataFrame({"sound": []}, schema={"sound": pl.String})))
    real_packed = dict(known.iter_rows())
    originals = [sound for sound in trial.originals if sound.file.name in real_packed]
    real = Real([real_packed[sound.file.name] for sound in originals])
    rates = _error_rates(trial, real_packed)
    rows, costs = [], []
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=place) as folder:
            planted = _write(Path(folder) / "prints", known, real, rates, size)
            costs.append(measure(["python", "-m", "benchmarks.one_matching", folder], CHECKOUT, VENV))
            pairs = pl.read_parquet(Path(folder) / "pairs.parquet", glob=False)
        rows.append([size, times_for(size * STEPS), *_cost(costs[-1]), len(pairs), *_made_up(pairs, planted)])
        found = Trial(trial.sounds, trial.checked, Matched(pairs, trial.matched.skipped))
        yield _recall(found, size)
    growth = [
        [None] * 2,
        *([one.cpu_seconds / before.cpu_seconds, one.tree_mb / before.tree_mb] for before, one in pairwise(costs)),
    ]
    columns = ["sounds", "times a word", "s", "CPU s", "MB", "scratch, GB", "pairs", "planted", "found", "false"]
    columns += ["CPU s / before", "MB / before"]
    quartiles = np.quantile(rates, [0.1, 0.5, 0.9])
    packed_originals = [real_packed[sound.file.name] for sound in originals]
    made = packed(real.strangers(STRANGERS_COMPARED, np.random.default_rng(1)))
    chance = [
        f"{times} times: {alike(packed_originals, _numbers(originals, found.twins), times):.1e}, "
        f"of made-up ones {alike(made, range(len(made)), times):.1e}"
        for times in sorted({times_for(size * STEPS) for size in sizes})
    ]
    notes = [
        f"{len(known):,} real recordings and copies among made-up strangers of ten seconds, and a copy of one in "
        f"{COPIED} of these: 40 to 100 % of it, of its symbols {quartiles[0]:.0%} to {quartiles[2]:.0%} changed "
        f"(median {quartiles[1]:.0%}), as of real copies. False: pairs of strangers, of made-up ones or of these and "
        "real ones.",
        f"The chance that a word of a recording is like one of another, where a word has {'; '.join(chance)}.",
    ]
    yield Table("The same sound among millions", columns, [a + b for a, b in zip(rows, growth, strict=True)], notes)


def _error_rates(trial: Trial, real: dict[str, bytes]) -> Array:
    """Of each copy that begins where its original does: the share of symbols that say something and differ."""
    rates = []
    for copy, row in zip(trial.copies, trial.own, strict=True):
        names = copy.file.name, trial.originals[row].file.name
        if copy.start_s or copy.speed != 1 or any(name not in real for name in names):
            continue
        one, other = (symbols(real[name]) for name in names)
        steps = min(len(one), len(other))
        counted = (one[:steps] > 0) & (other[:steps] > 0)
        if counted.any():
            rates.append(float((one[:steps] != other[:steps])[counted].mean()))
    return np.asarray(rates)


def _write(folder: Path, known: pl.DataFrame, real: Real, rates: Array, size: int) -> int:
    """Write fingerprints, so many strangers among them; how many of these have copies."""
    folder.mkdir()
    known.write_parquet(folder / "real.parquet")
    rng = np.random.default_rng(size)
    planted = 0
    for first in range(0, size, AT_ONCE):
        made = real.strangers(min(AT_ONCE, size - first), rng)
        copied = made[::COPIED]
        copies = real.copies(copied, rng.choice(rates, len(copied)), rng)
        names = [f"made-{first + number}" for number in range(len(made))]
        planted += len(copies)
        table = {
            "sound": names + [f"copy-{name}" for name in names[::COPIED]],
            "acoustic_fingerprint": packed(made) + copies,
        }
        pl.DataFrame(table).write_parquet(folder / f"made-{first:09d}.parquet")
    return planted


def _cost(done: Measured) -> list[object]:
    return [done.seconds, done.cpu_seconds, done.tree_mb, float(done.output) / 1e9]


def _made_up(pairs: pl.DataFrame, planted: int) -> list[object]:
    """Planted copies, how many of them are found, and how many pairs of strangers."""
    of_made = pairs.select("sound_a", "sound_b").unique().filter(_is_made("sound_a") | _is_made("sound_b"))
    right = pl.col("sound_a") == "copy-" + pl.col("sound_b")
    found = len(of_made.filter(right))
    return [planted, f"{found / planted:.1%}", len(of_made) - found]


def _is_made(column: str) -> pl.Expr:
    return pl.col(column).str.contains("^(copy-)?made-")


def _recall(trial: Trial, size: int) -> Table:
    """Of the real copies."""
    rows = []
    for change in SHOWN:
        of_change = [(copy, row) for copy, row in zip(trial.copies, trial.own, strict=True) if copy.change == change]
        hits = [(trial.originals[row].file.name, copy.file.name) in trial.found for copy, row in of_change]
        rows.append([change, len(hits), f"{np.mean(hits):.1%}"])
    return Table(f"Real copies among {size:,} others", ["change", "copies", "found, of all"], rows)


def _numbers(sounds: Sequence[Sound], twins: Mapping[str, str]) -> list[int]:
    """The number of the recording that each is of."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(twins.get(sound.sources[0], sound.sources[0]), len(numbers)) for sound in sounds]


def main() -> None:
    """Print the tables of some sizes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.same_sound_millions", description=__doc__)
    parser.add_argument("--sizes", nargs="*", type=float, default=[0.2, 2], help="in millions")
    parser.add_argument(
        "--keep", type=Path, help="a folder for what is made and checked of real recordings, which stays"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        place = (arguments.keep or Path(temporary)).absolute()
        place.mkdir(parents=True, exist_ok=True)
        print(describe_machine())
        for table in _measured([round(size * 1e6) for size in arguments.sizes], 1, place):
            print(f"\n{markdown(table)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
