"""The scores of one job: captions of a list against the sound of their clips. What was scored before is kept."""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.audio.cutting import Cut, Failed, cut_clips
from workflow_scripts.fit.clap import Clap
from workflow_scripts.fit.files import digest_of
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.feature import Resampler
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import published
from workflow_scripts.tables.leaves import WHOLE
from workflow_scripts.tables.store import TableError, publish_table, read_table
from workflow_scripts.windows.cutting_up import in_windows

Array = np.ndarray[Any, Any]

SOUND = ["bytes_digest", "start_s", "end_s"]
"""What says which sound a clip is."""
SAME = [*SOUND, "text", "made_as"]
"""What says that a score of before holds."""
DECIMALS = 6
"""The same on any machine."""
_log = logging.getLogger(__name__)


def score_captions(listed: Path, model: Path, files: Sequence[Path], threads: int, output: Path) -> None:
    """Write schemas.SCORED for the captions of a list; only what is new, or has another sound or model, is scored.

    Args:
        listed: as planning.write_lists makes it.
        model: its folder; loaded only if it is needed.
        files: those of it that it is read from.
        threads: cores that it may take.
        output: earlier scores are found at its published name, and beside it in those of the lists that this one was
            split or joined from.

    Raises:
        SoundledgerError: transformers is not installed, or the folder holds no such model, or
            no longer the one that the list was made for.
    """
    rows = read_table(listed)
    asked = rows.select("clip_id", *SOUND, "made_as", "captions").explode("captions").unnest("captions")
    earlier = pl.concat([schemas.SCORED.empty(), *_earlier(output)])
    known = earlier.filter(pl.col("error_kind").is_null()).unique(SAME, keep="first", maintain_order=True)
    scored = asked.join(known.drop("clip_id", "ordinal"), on=SAME, how="left", nulls_equal=True)
    scored, is_new = scored.select(*schemas.SCORED.columns), scored["score"].is_null()
    new = asked.filter(is_new)
    if not new.is_empty():
        if json.loads(rows["made_as"][0])["model"] != digest_of(files):
            raise SoundledgerError(f"caption_fit: model: {model} is another than when this run began; run again")
        clips = rows.join(new, on="clip_id", how="semi")
        scored = pl.concat([scored.filter(~is_new), _scored(new, clips, Clap(model, threads))])
    publish_table(scored.sort("clip_id", "ordinal", "text"), output, schemas.SCORED)
    _log.info("%s: %d captions, %d scored, %d kept", output.stem, len(asked), len(new), len(asked) - len(new))


def _earlier(output: Path) -> Iterator[pl.DataFrame]:
    own = published(output)
    leaf = "" if own.stem == WHOLE else own.stem
    for file in sorted(own.parent.glob("*.parquet")) if own.parent.is_dir() else ():
        other = "" if file.stem == WHOLE else file.stem
        if leaf.startswith(other) or other.startswith(leaf):
            try:
                yield read_table(file).select(*schemas.SCORED.columns)
            except (TableError, pl.exceptions.ColumnNotFoundError) as error:
                _log.warning("its captions are scored again: %s", error)


@dataclass
class _Clip:
    """A clip as it is being heard: the sum of the vectors of its stretches."""

    windows: int = 0
    vector: Array | float = 0.0
    failed: tuple[str, str] | None = None


def _scored(asked: pl.DataFrame, clips: pl.DataFrame, clap: Clap) -> pl.DataFrame:
    """Rows of schemas.SCORED of captions."""
    _log.info("%d captions of %d clips are scored on %s", len(asked), len(clips), clap.runs_on)
    heard = _heard(clips, clap)
    texts, read = asked["text"].unique().sort().to_list(), dict[str, Array]()
    for first in range(0, len(texts), clap.at_once):
        some = texts[first : first + clap.at_once]
        read |= dict(zip(some, clap.read(some), strict=True))
    rows = [row | _fit(heard[row["clip_id"]], read[row["text"]]) for row in asked.iter_rows(named=True)]
    return pl.DataFrame(rows, schemas.SCORED.empty().schema, orient="row")


def _fit(clip: _Clip, text: Array) -> dict[str, Any]:
    """The mean cosine of a sentence and the stretches of a clip."""
    told: dict[str, Any] = {"score": None, "windows": clip.windows, "error_kind": None, "error": None}
    if not clip.failed:
        score = float(np.dot(clip.vector, text)) / clip.windows
        if np.isfinite(score):
            return told | {"score": round(min(1.0, max(-1.0, score)), DECIMALS)}
    kind, words = clip.failed or ("not_finite", "the model gives no number for it")
    return told | {"windows": 0, "error_kind": kind, "error": words}


def _heard(clips: pl.DataFrame, clap: Clap) -> dict[str, _Clip]:
    """Each clip, in stretches as long as the model hears; no more of them are held than it is given at once."""
    heard = {clip_id: _Clip() for clip_id in clips["clip_id"]}
    window_s = clap.most_frames / clap.sample_rate
    waiting: list[tuple[_Clip, Array]] = []
    for one in cut_clips(in_windows(clips, window_s, window_s)):
        clip = heard[one.row["clip_id"]]
        if isinstance(one, Failed):
            clip.failed = (one.kind, one.words)
        elif not clip.failed:
            try:
                waiting.append((clip, _wave(one, clap)))
            except MediaError as error:
                clip.failed = (error.kind, str(error))
        if len(waiting) == clap.at_once:
            _hear(waiting, clap)
    _hear(waiting, clap)
    return heard


def _hear(waiting: list[tuple[_Clip, Array]], clap: Clap) -> None:
    """Add what waits to its clips."""
    if waiting:
        for (clip, _), vector in zip(waiting, clap.hear([wave for _, wave in waiting]), strict=True):
            clip.windows += 1
            clip.vector = clip.vector + vector
    waiting.clear()


def _wave(window: Cut, clap: Clap) -> Array:
    if not np.isfinite(window.samples).all():
        raise MediaError("not_finite", "it holds samples that are no numbers")
    samples = np.ascontiguousarray(window.samples, np.float32)
    wave = Resampler(window.sample_rate, clap.sample_rate).resample(samples, is_last=True)[: clap.most_frames]
    if not len(wave):
        raise MediaError("too_few_samples", f"nothing is left of it at {clap.sample_rate:,} Hz")
    return wave
