"""How many changed copies of real recordings the search for the same sound finds, and which strangers it takes for one.

    python -m benchmarks.same_sound [FOLDER ...] [--every 1] [--keep FOLDER]

Of each recording below the folders changed copies are made (benchmarks/changed_copies.py) and checked as a run checks
them; all of them, originals and copies, are searched together. Beside it on the same pairs Chromaprint, whose fpcalc is
of Debian's libchromaprint-tools, and audfprint, after `make .venv-audfprint/installed`; what is absent is left out. A
rival's threshold is the lowest at which it has RIVALS_FALSE of false pairs, chosen when all scores are known: with none
at all Chromaprint finds nothing, since to it what is silent for some seconds is the same.

Datasets hold one recording under two numbers: two whose samples correlate are related, and the last table names them.
In a folder that is named to keep it in, what was made and checked stays, so that the search alone can be tried again.
"""

import argparse
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.changed_copies import CHANGES, Clip, Sound, clips_in, sounds_of
from benchmarks.checks import WORKERS, run_python
from benchmarks.fingerprint_cost import cost
from benchmarks.intervals import beyond, most, wilson
from benchmarks.mutations import SHARED
from benchmarks.report import Table, describe_machine, markdown
from benchmarks.rivals import chromaprint
from benchmarks.strangers import best_scores
from benchmarks.trial import CORRELATED_HZ, NEAR_S, SAME, Trial, Way
from benchmarks.workflow import CHECKOUT
from workflow_scripts.matching.judging import LEAST_SCORE
from workflow_scripts.matching.search import match
from workflow_scripts.sound.fingerprint import STEP_S

Array = np.ndarray[Any, Any]

REAL = [SHARED / name for name in ("esc10", "soundscape", "soundata_layouts")]
AUDFPRINT = CHECKOUT / ".venv-audfprint"
DENSITIES = (20, 100)
"""Landmarks a second: audfprint's own, and as many as it makes of most sounds at all."""
RIVALS_FALSE = 4e-5
"""Of the pairs of strangers."""
SOME = 40
"""Real recordings that the check is timed with."""


def run(small: bool) -> Iterator[Table]:
    """Tables of the real recordings that lie beside the checkout; small: of every twentieth clip."""
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        yield from _measured(REAL, 20 if small else 1, Path(temporary), small)


def _measured(folders: Sequence[Path], every: int, place: Path, small: bool) -> Iterator[Table]:
    absent = [str(folder) for folder in folders if not folder.exists()]
    absent += [] if shutil.which("ffmpeg") else ["ffmpeg"]
    if absent:
        yield Table("Changed copies that are found by their original", ["absent"], [[name] for name in absent])
        return
    sounds, checked = real_prints(folders, every, place)
    with tempfile.TemporaryDirectory(dir=place) as scratch:
        matched = match([checked.drop_nulls("acoustic_fingerprint")], Path(scratch))
    trial = Trial(sounds, checked, matched)
    ways = list(_ways(trial, place))
    yield _recall(trial, ways)
    yield _false(trial, ways)
    yield _related(trial)
    yield cost(_some(trial.originals, place / "some"), place, small)


def real_prints(folders: Sequence[Path], every: int, place: Path) -> tuple[list[Sound], pl.DataFrame]:
    """Originals and changed copies of what is in folders, and their fingerprints: `sound`, `acoustic_fingerprint`.

    Args:
        folders: of recordings.
        every: only every so manieth clip.
        place: where they are made, unless they are there.
    """
    listing = place / "made.json"
    if not listing.exists():
        listing.write_text(
            json.dumps([asdict(sound) for sound in _made(clips_in(folders)[::every], place)], default=str)
        )
    rows = json.loads(listing.read_text())
    sounds = [Sound(**row | {"file": Path(row["file"]), "sources": tuple(row["sources"])}) for row in rows]
    return sounds, _checked(place / "made", place)


def _made(clips: Sequence[Clip], place: Path) -> list[Sound]:
    (place / "made").mkdir()
    with ThreadPoolExecutor(WORKERS) as pool:
        made = pool.map(lambda clip: sounds_of(clip, clips, place / "made"), clips)
        return list(itertools.chain.from_iterable(made))


def _some(sounds: Sequence[Sound], folder: Path) -> Path:
    """A folder with links to some of these."""
    folder.mkdir(exist_ok=True)
    for sound in sounds[:: max(1, len(sounds) // SOME)]:
        link = folder / sound.file.name
        link.unlink(missing_ok=True)
        link.hardlink_to(sound.file)
    return folder


def _checked(root: Path, folder: Path) -> pl.DataFrame:
    """Fingerprints of all files of a folder, as a run's scan and check tell them: `sound`, `acoustic_fingerprint`."""
    kept = folder / "checked.parquet"
    if kept.exists():
        return pl.read_parquet(kept, glob=False)
    run_python("looks", "scan", root, folder / "media")()
    for number, media in enumerate(sorted((folder / "media").glob("*.parquet"))):
        (folder / "checks" / f"run{number}").mkdir(parents=True)
        run_python("one_check", media, root, WORKERS, folder / "checks" / f"run{number}" / "all.parquet")()
    rows = pl.concat([pl.read_parquet(file, glob=False) for file in (folder / "checks").glob("*/all.parquet")])
    faults = rows.drop_nulls("error_kind")
    if len(faults):
        raise RuntimeError(f"{len(faults)} of {len(rows)} are no sound: {faults['error'].head(5).to_list()}")
    checked = rows.select(sound="path", acoustic_fingerprint="acoustic_fingerprint")
    checked.write_parquet(kept)
    return checked


def _ways(trial: Trial, folder: Path) -> Iterator[Way]:
    """We ourselves, and the rivals that are there."""
    ours = Way("ours", trial.scores(), -np.inf, 10 * 2 / STEP_S)
    yield ours
    allowed = max(ours.false(trial), round(RIVALS_FALSE * trial.are_strangers.sum()))
    rivals: dict[str, Callable[[], tuple[Array, float]]] = {}
    if shutil.which("fpcalc"):
        rivals["fpcalc"] = lambda: _chromaprint(trial)
    if (AUDFPRINT / "installed").exists():
        rivals["audfprint"] = lambda: _audfprint(trial, folder, DENSITIES[0])
        rivals[f"audfprint, density {DENSITIES[1]}"] = lambda: _audfprint(trial, folder, DENSITIES[1])
    for name, score in rivals.items():
        kept = folder / f"{name}.npz"
        if not kept.exists():
            scores, bytes_a_second = score()
            np.savez(kept, scores=scores, bytes_a_second=bytes_a_second)
        told = np.load(kept)
        yield Way(name, told["scores"], _threshold(told["scores"], trial, allowed), 10 * float(told["bytes_a_second"]))


def _threshold(scores: Array, trial: Trial, allowed: int) -> float:
    """That of which so many strangers are above."""
    of_strangers = scores[trial.are_strangers]
    return float(np.partition(of_strangers, -1 - allowed)[-1 - allowed])


def _chromaprint(trial: Trial) -> tuple[Array, float]:
    prints = [chromaprint.fingerprints([one.file for one in some], WORKERS) for some in (trial.originals, trial.copies)]
    return -chromaprint.error_rates(*prints), 4 / chromaprint.ITEM_S


def _audfprint(trial: Trial, folder: Path, density: float) -> tuple[Array, float]:
    lists = []
    for name, sounds in (("originals", trial.originals), ("copies", trial.copies)):
        lists.append(folder / f"{name}.txt")
        lists[-1].write_text("\n".join(str(sound.file) for sound in sounds))
    output = folder / "counts.npy"
    script = CHECKOUT / "benchmarks" / "rivals" / "audfprint_counts.py"
    command = [str(AUDFPRINT / "bin" / "python"), str(script), *map(str, lists), str(density), str(output)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return np.load(output).astype(float), float(done.stdout)


def _recall(trial: Trial, ways: Sequence[Way]) -> Table:
    finds = {way.name: way.finds(trial) for way in ways}
    changes = np.asarray([copy.change for copy in trial.copies])
    rows = []
    for change, words in [*CHANGES.items(), ("", "all")]:
        these = changes == change if change else np.ones(len(changes), bool)
        kept = these & ~trial.is_left_out
        shares = [_share(finds[way.name][kept]) for way in ways]
        of_all = [_percent(finds[way.name][these].mean()) for way in ways] if these.any() else [None for _ in ways]
        off = sum(
            trial.is_off(trial.copies[column], trial.originals[trial.own[column]])
            for column in np.flatnonzero(kept & finds[ways[0].name])
        )
        rows.append([words, int(these.sum()), int((these & trial.is_left_out).sum()), *shares, off, *of_all])
    columns = ["change", "copies", "left out", *(f"{way.name}, found (95 %)" for way in ways), "ours, elsewhere"]
    columns += [f"{way.name}, of all" for way in ways]
    recordings = {source for sound in trial.sounds for source in sound.sources}
    silent = sum(trial.is_left_out) / len(trial.copies)
    notes = [
        f"{len(trial.originals)} clips of {len(recordings)} recordings, none twice. Left out: it or its original says "
        f"too little to be searched, {silent:.1%} of all copies. Found: of the others, with Wilson's interval. "
        f"Elsewhere: found, but more than {NEAR_S} s from where it was made from, as in what repeats itself. Of all: "
        "those that are left out count as not found, where we leave them out."
    ]
    return Table("Changed copies that are found by their original", columns, rows, notes)


def _share(found: Array) -> str | None:
    if not len(found):
        return None
    hits, tries = int(found.sum()), len(found)
    low, high = wilson(hits, tries)
    return f"{100 * hits / tries:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _false(trial: Trial, ways: Sequence[Way]) -> Table:
    strangers = int(trial.are_strangers.sum())
    rows: list[list[object]] = []
    for way in ways:
        false, right = way.false(trial), int(way.finds(trial).sum())
        rows.append(
            [
                f"{way.name}, originals against copies",
                strangers,
                false,
                f"{most(false, strangers):.1e}",
                right / (right + false) if right else None,
                way.bytes_10_s,
            ]
        )
    everything = trial.strangers_of(trial.sounds, trial.sounds)
    among_all = int(np.triu(everything, 1).sum())
    pairs = trial.pairs.select("a", "b").to_numpy()
    false = int(everything[pairs[:, 0], pairs[:, 1]].sum())
    clips = np.asarray([sound.clip for sound in trial.sounds])
    right = int((clips[pairs[:, 0]] == clips[pairs[:, 1]]).sum())
    rows.append(
        ["ours, all against all", among_all, false, f"{most(false, among_all):.1e}", right / (right + false), None]
    )
    sources = {source for sound in trial.sounds for source in sound.sources}
    scores = _of_strangers(trial)
    chance = beyond(scores, LEAST_SCORE)
    notes = [
        "Of different recordings: takes of one recording are related, and a mix is related to both of its own; what of "
        "related sounds is found counts neither as right nor as false. The bound is exact, for pairs that know nothing "
        f"of each other; the recordings themselves make {len(sources) * (len(sources) - 1) // 2:,} pairs. Rivals have "
        f"the threshold at which they have {RIVALS_FALSE:.0e} of false pairs. Bytes: of a fingerprint of 10 s.",
        f"Without the index of words, every offset of {len(scores):,} pairs of originals of different recordings "
        f"judged: highest score {scores.max():.2f}, threshold {LEAST_SCORE}; an exponential tail fitted to the highest "
        f"hundredth leaves {chance:.1e} a pair above the threshold.",
    ]
    columns = ["", "pairs of strangers", "false", "at most (95 %)", "precision", "bytes"]
    return Table("Strangers that are taken for the same", columns, rows, notes)


def _of_strangers(trial: Trial) -> Array:
    """The best scores of pairs of originals of different recordings, whatever words they have in common."""
    packed = dict(trial.checked.drop_nulls("acoustic_fingerprint").iter_rows())
    fingerprinted = [sound for sound in trial.originals if sound.file.name in packed]
    prints = [packed[sound.file.name] for sound in fingerprinted]
    return best_scores(prints, trial.strangers_of(fingerprinted, fingerprinted))


def _related(trial: Trial) -> Table:
    """Recordings under two names that were taken for the same, and what their samples say of it."""
    told = []
    for one, other, share in sorted(trial.correlations):
        of_both = [{s.file.name for s in trial.sounds if s.sources == (name,)} for name in (other, one)]
        count = sum(1 for a, b in trial.found if a in of_both[0] and b in of_both[1])
        told.append([Path(other).name, Path(one).name, count, share, "one recording" if share >= SAME else "false"])
    notes = [f"Correlation of the originals' samples at {CORRELATED_HZ:,} Hz, at the lag where it is largest."]
    columns = ["recording", "another", "pairs found", "correlation", "so they are"]
    return Table("Different recordings that were taken for the same", columns, told, notes)


def main() -> None:
    """Print the tables of some folders."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.same_sound", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="by default as `run` has it")
    parser.add_argument("--every", type=int, default=1, help="only every so manieth clip")
    parser.add_argument("--keep", type=Path, help="a folder for what is made, which stays")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        place = (arguments.keep or Path(temporary)).absolute()
        place.mkdir(parents=True, exist_ok=True)
        print(describe_machine())
        for table in _measured(arguments.folders or REAL, arguments.every, place, small=False):
            print(f"\n{markdown(table)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
