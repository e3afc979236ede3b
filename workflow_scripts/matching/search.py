"""The search: of many sounds, which are the same, and from where to where.

An index of words tells candidates, which are judged by how many symbols differ (as Haitsma and Kalker 2002, section 5,
do for one sound against many). Memory is bounded by what one part takes; time grows as the sounds do, and with the
pairs that are found.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.matching.candidates import OFFSETS, candidates_of
from workflow_scripts.matching.hits import distribute, hits_of, turns_of, write_words
from workflow_scripts.matching.judging import Judgements, judged
from workflow_scripts.matching.prints import Prints, gathered
from workflow_scripts.sound.fingerprint import COVERED_S, STEP_S

Array = np.ndarray[Any, Any]

_log = logging.getLogger(__name__)

STEPS_A_GROUP, MOST_GROUPS = 1 << 20, 256
"""Of sounds whose hits are put together at once."""
LEAST_SYMBOLS = 100
"""A sound of which fewer say anything is silent or steady but for a moment: it is no candidate, and is told as skipped.
Half of them would have to be equal for a chance as small as judging.LEAST_SCORE asks for."""


@dataclass(frozen=True)
class Matched:
    """What a search found.

    Attributes:
        pairs: which sounds are the same (PAIRS).
        skipped: which sounds could be no candidates, and why (SKIPPED).
    """

    pairs: pl.DataFrame
    skipped: pl.DataFrame


PAIRS = {
    "sound_a": pl.String,
    "sound_b": pl.String,
    "start_a_s": pl.Float64,
    "start_b_s": pl.Float64,
    "overlap_s": pl.Float64,
    "error_rate": pl.Float64,
    "score": pl.Float64,
}
SKIPPED = {"sound": pl.String, "reason": pl.String}


def match(batches: Iterable[pl.DataFrame], scratch: Path) -> Matched:
    """Find the sounds that are the same.

    Args:
        batches: with columns `sound` (String, each once) and `acoustic_fingerprint` (Binary), neither of them null.
        scratch: an empty folder for what does not stay in memory: up to 60 bytes for each 50 ms, 64 GB
            and what two bytes for each 50 ms take at most.

    Returns:
        A row for each pair of sounds and stretch that they share, sorted.

    Raises:
        TooMuchSoundError: see `gathered`.
    """
    prints = gathered(batches, scratch / "codes")
    is_heard = prints.heard() >= LEAST_SYMBOLS
    found = []
    for file in _hits(prints, scratch):
        candidates = candidates_of(file, prints)
        found.append(judged(prints, candidates[is_heard[candidates[:, :2]].all(axis=1)]))
        file.unlink()
    pairs = _table(found, prints)
    skipped = prints.sounds.filter(pl.Series(~is_heard, dtype=pl.Boolean)).sort()
    _log.info("%d fingerprints, %d of them too steady to be found; %d pairs", len(is_heard), len(skipped), len(pairs))
    return Matched(pairs, pl.DataFrame({"sound": skipped, "reason": ["steady"] * len(skipped)}, schema=SKIPPED))


def _hits(prints: Prints, scratch: Path) -> list[Path]:
    """All hits, in files by the place of the lower sound."""
    groups = min(1 + len(prints.codes) // STEPS_A_GROUP, MOST_GROUPS)
    bounds = len(prints.codes) * np.arange(1, groups) // groups
    bounds = prints.starts[prints.sound_at(bounds)]  # no sound is in two groups
    files = [scratch / f"hits-{group}" for group in range(groups)]
    for file in files:
        file.touch()
    parts, turns = turns_of(prints)
    for turn in turns:
        for words in write_words(prints, parts, turn, scratch):
            hits = hits_of(words, prints)
            distribute(hits, np.searchsorted(bounds, hits[:, 0], side="right"), files)
            words.unlink()
    return files


def _table(found: list[Judgements], prints: Prints) -> pl.DataFrame:
    """A row for each pair and stretch; of stretches of a pair that overlap in either sound the surest."""
    values = Judgements(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
    values = values.chosen(np.lexsort((-values.score, values.other, values.one)))
    values = values.chosen(_apart(values))
    rows = pl.DataFrame(values._asdict()).with_columns(
        one=prints.sounds.gather(values.one), other=prints.sounds.gather(values.other)
    )
    is_turned = pl.col("one") > pl.col("other")
    one, other = (pl.col(name) for name in ("one", "other"))
    start_one, start_other = (pl.col(name) * STEP_S for name in ("start_one", "start_other"))
    return rows.select(
        sound_a=pl.when(is_turned).then(other).otherwise(one),
        sound_b=pl.when(is_turned).then(one).otherwise(other),
        start_a_s=pl.when(is_turned).then(start_other).otherwise(start_one),
        start_b_s=pl.when(is_turned).then(start_one).otherwise(start_other),
        overlap_s=(pl.col("steps") - 1) * STEP_S + COVERED_S,
        error_rate="error_rate",
        score="score",
    ).sort("sound_a", "sound_b", "start_a_s", "start_b_s")


def _apart(values: Judgements) -> Array:
    """Which judgements to keep (judgements,) bool: none that overlaps one of the same pair before it."""
    kept = np.ones(len(values.one), bool)
    for back in range(1, OFFSETS):
        same = slice(back, None), slice(None, -back)
        is_of_pair = np.logical_and(*(side[same[0]] == side[same[1]] for side in (values.one, values.other)))
        overlaps = np.zeros_like(is_of_pair)
        for start in (values.start_one, values.start_other):
            ends = start + values.steps
            overlaps |= (start[same[0]] < ends[same[1]]) & (start[same[1]] < ends[same[0]])
        kept[same[0]] &= ~(is_of_pair & overlaps & kept[same[1]])
    return kept
