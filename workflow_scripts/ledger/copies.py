"""Several media of one name: whether they are copies of one sound, and which of them serves."""

from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.ledger.checked import CheckedMedia
from workflow_scripts.ledger.sheaves import Sheaves
from workflow_scripts.ledger.spans import HALF_SECONDS, SPANS_AT_ONCE
from workflow_scripts.tables import schemas

DURATION_TOLERANCE_S = 0.1
CORRELATION = 0.95
"""Of the envelopes of two copies; codecs and rates change a sound less."""
FEW_VALUES = 5
"""Envelopes of fewer values than these correlate by chance: then levels must agree too."""
LEVEL_TOLERANCE = 0.25
CONSTANT = 2e-3
"""An envelope that varies by less, relative to its mean, has no shape to compare: a tone, say. Its copies are told by
their samples alone; those of white noise too, whose envelope correlates with a lossy copy's by 0.5 to 0.9."""
SILENT_RMS = 2.0**-15
"""The smallest step of 16 bits: what is softer is digital silence, or what a codec makes of it."""
FITS_SPAN_S = 0.5
"""A cut may miss the length of its span by this much."""
LOSSLESS = r"^(PCM_|FLOAT|DOUBLE|ALAC|FLAC|WAVPACK|TTA|APE$|DPCM|DWVW)"
LOSSY_PCM = r"^PCM_(MULAW|ALAW|VIDC)"
PAIRS_AT_ONCE = 100_000
VALUES_AT_ONCE = 10_000_000
"""Of envelopes, some more where one has more: spans of long recordings would each take their whole one."""
ASKED = ["path", "member", "error_kind", "pcm_digest", "subtype", "sample_rate", "envelope_rms"]
COMPARED: dict[str, Any] = {
    "clip_row": pl.UInt32,
    "media_row": pl.UInt32,
    **{name: schemas.CHECKS.columns[name].dtype for name in ASKED},
}
"""What rivals are compared by; of the envelope the clip's own stretch, in half seconds that lie in it whole."""

ENVELOPES = ("envelope_rms", "envelope_rms_best")
OF_BEST = ["media_row", "duration_s", "pcm_digest", "envelope_rms"]


def stretch(rivals: pl.DataFrame) -> pl.DataFrame:
    """Of candidates the clip and the media, and the stretch to be compared: its first half second, and how many."""
    start = pl.when("whole_media").then(0).otherwise((pl.col("start_s").fill_null(0) * HALF_SECONDS).ceil())
    return rivals.select(
        "clip_row",
        "media_row",
        first=start.cast(pl.UInt32),
        count=(pl.col("duration_s") * HALF_SECONDS).floor().cast(pl.UInt32),
    )


def put_compared(asked: pl.DataFrame, media: CheckedMedia, compared: Sheaves) -> None:
    """Put aside what rivals are compared by, in the order of their files.

    Args:
        asked: as `stretch` makes it.
        media: all checked media.
        compared: where it is put.
    """
    for some in asked.sort("media_row").iter_slices(compared.clips_at_once):
        said = [_cut(few, media.more(few["media_row"], ASKED)) for few in some.iter_slices(SPANS_AT_ONCE)]
        compared.put(pl.concat(said))


def _cut(asked: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """What is told of media, for each that is asked with its stretch of the envelope."""
    lengths = told.select("media_row", length=pl.col("envelope_rms").list.len().fill_null(0).cast(pl.Int64))
    asked = asked.join(lengths, on="media_row", how="left", maintain_order="left")
    by_values = asked.with_columns(some=pl.col("length").cum_sum() // VALUES_AT_ONCE)
    return pl.concat(
        some.join(told, on="media_row", how="left", maintain_order="left").with_columns(
            pl.col("envelope_rms").list.slice("first", "count")
        )
        for some in by_values.partition_by("some", maintain_order=True)
    )


def choose(rivals: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of several usable media for each of some clips, the one that serves where all are copies of one sound.

    Where they are not, those whose duration fits the clip's span count alone: so a cut is told from its recording.

    Args:
        rivals: COMPARED and their `place` in the order of paths, `whole_media`, `duration_s`, `start_s` and `end_s`;
            two or more of each clip.

    Returns:
        The rows that serve, and those of clips whose media are different sounds.
    """
    served, apart = _choose(rivals)
    span = pl.col("end_s") - pl.col("start_s").fill_null(0)
    fits = pl.col("whole_media") & ((pl.col("duration_s") - span).abs() <= FITS_SPAN_S).fill_null(False)
    fitting = apart.filter(fits)
    some = apart.join(fitting, on="clip_row", how="semi", maintain_order="left").filter(~fits)
    fitting = fitting.join(some, on="clip_row", how="semi", maintain_order="left")
    fitted, _ = _choose(fitting)
    served = pl.concat([served, fitted])
    return served, apart.join(fitted, on="clip_row", how="anti", maintain_order="left")


def _choose(rivals: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The best of each clip's media where all others are copies of it, and all where not."""
    is_lossless = pl.col("subtype").str.contains(LOSSLESS) & ~pl.col("subtype").str.contains(LOSSY_PCM)
    told = rivals.sort(
        "clip_row",
        pl.col("error_kind").is_not_null(),
        ~is_lossless.fill_null(False),
        -pl.col("sample_rate").fill_null(0),
        "place",
    )
    best = told.unique("clip_row", keep="first", maintain_order=True)
    pairs = (
        told.join(best.select("clip_row", *OF_BEST), on="clip_row", suffix="_best")
        .filter(pl.col("media_row") != pl.col("media_row_best"))
        .filter((pl.col("pcm_digest") != pl.col("pcm_digest_best")).fill_null(True))
    )
    others = pairs.filter(~_sound_the_same(pairs)).select("clip_row")
    served = best.join(others, on="clip_row", how="anti", maintain_order="left")
    return served, rivals.join(others, on="clip_row", how="semi", maintain_order="left")


def _sound_the_same(pairs: pl.DataFrame) -> pl.Series:
    """For each pair of media whether they are one sound, as their envelopes tell over the clip's own stretch."""
    parts = [_agree(some) for some in pairs.iter_slices(PAIRS_AT_ONCE)]
    return pl.concat([pl.Series(dtype=pl.Boolean), *parts])


def _agree(pairs: pl.DataFrame) -> pl.Series:
    both = pl.min_horizontal(pl.col(*ENVELOPES).list.len().fill_null(0))
    counts = pairs.select(both).to_series().to_numpy()
    pair = np.repeat(np.arange(len(counts)), counts)
    one, other = (
        pairs.select(pl.col(name).list.head(both).explode().drop_nulls()).to_series().to_numpy().astype(np.float64)
        for name in ENVELOPES
    )
    is_as_long = (pairs["duration_s"] - pairs["duration_s_best"]).abs() <= DURATION_TOLERANCE_S + 1e-9
    return is_as_long & pl.Series(_same_shape(one, other, pair, counts), dtype=pl.Boolean)


def _same_shape(one: np.ndarray, other: np.ndarray, pair: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Whether envelopes go up and down together, or both are silent.

    Args:
        one: values of the one media of all pairs, one pair behind the other.
        other: those of the other.
        pair: the pair that each value is of.
        counts: the number of values of each pair.
    """

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(pair, values, minlength=len(counts))

    some = np.maximum(counts, 1)
    means = [total(values) / some for values in (one, other)]
    apart = [values - mean[pair] for values, mean in zip((one, other), means, strict=True)]
    spreads = [np.sqrt(total(values**2) / some) for values in apart]
    has_shape = np.logical_and(*(spread > CONSTANT * mean for spread, mean in zip(spreads, means, strict=True)))
    correlates = total(apart[0] * apart[1]) / some > CORRELATION * spreads[0] * spreads[1]
    has_levels_of_its_own = total(np.abs(one - other) > LEVEL_TOLERANCE * np.maximum(one, other)) > 0
    is_silent = total(np.maximum(one, other) >= SILENT_RMS) == 0
    is_shape = has_shape & correlates & (counts > 1) & ~((counts < FEW_VALUES) & has_levels_of_its_own)
    return is_shape | (is_silent & (counts > 0))
