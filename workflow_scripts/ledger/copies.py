"""Several media of one name: whether they are copies of one sound, and which of them serves."""

import numpy as np
import polars as pl

from workflow_scripts.ledger.checked import CheckedMedia
from workflow_scripts.ledger.spans import HALF_SECONDS

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

TOLD = ["error_kind", "pcm_digest", "subtype", "sample_rate"]


def choose(rivals: pl.DataFrame, media: CheckedMedia) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of several usable media for each of some clips, the one that serves where all are copies of one sound.

    Where they are not, those whose duration fits the clip's span count alone: so a cut is told from its recording.

    Args:
        rivals: `clip_row`, `media_row` and their `place` in the order of paths, `whole_media`, `duration_s`, `start_s`
            and `end_s`; two or more of each clip.
        media: all checked media.

    Returns:
        The rows that serve, and those of clips whose media are different sounds.
    """
    served, apart = _choose(rivals, media)
    span = pl.col("end_s") - pl.col("start_s").fill_null(0)
    fits = pl.col("whole_media") & ((pl.col("duration_s") - span).abs() <= FITS_SPAN_S).fill_null(False)
    fitting = apart.filter(fits)
    some = apart.join(fitting, on="clip_row", how="semi", maintain_order="left").filter(~fits)
    fitting = fitting.join(some, on="clip_row", how="semi", maintain_order="left")
    fitted, _ = _choose(fitting, media)
    served = pl.concat([served, fitted])
    return served, apart.join(fitted, on="clip_row", how="anti", maintain_order="left")


def _choose(rivals: pl.DataFrame, media: CheckedMedia) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The best of each clip's media where all others are copies of it, and all where not."""
    told = rivals.join(media.more(rivals["media_row"], TOLD), on="media_row", how="left", maintain_order="left")
    is_lossless = pl.col("subtype").str.contains(LOSSLESS) & ~pl.col("subtype").str.contains(LOSSY_PCM)
    told = told.sort(
        "clip_row",
        pl.col("error_kind").is_not_null(),
        ~is_lossless.fill_null(False),
        -pl.col("sample_rate").fill_null(0),
        "place",
    )
    best = told.unique("clip_row", keep="first", maintain_order=True)
    pairs = (
        told.join(best.select("clip_row", "media_row", "duration_s", "pcm_digest"), on="clip_row", suffix="_best")
        .filter(pl.col("media_row") != pl.col("media_row_best"))
        .filter((pl.col("pcm_digest") != pl.col("pcm_digest_best")).fill_null(True))
    )
    others = pairs.filter(~_sound_the_same(pairs, media)).select("clip_row")
    served = best.join(others, on="clip_row", how="anti", maintain_order="left").select(rivals.columns)
    return served, rivals.join(others, on="clip_row", how="semi", maintain_order="left")


def _sound_the_same(pairs: pl.DataFrame, media: CheckedMedia) -> pl.Series:
    """For each pair of media whether they are one sound, as their envelopes tell over the clip's own stretch."""
    envelopes = media.more(pl.concat([pairs["media_row"], pairs["media_row_best"]]), ["envelope_rms"])
    parts = [_agree(pairs[first : first + PAIRS_AT_ONCE], envelopes) for first in range(0, len(pairs), PAIRS_AT_ONCE)]
    return pl.concat([pl.Series(dtype=pl.Boolean), *parts])


def _agree(pairs: pl.DataFrame, envelopes: pl.DataFrame) -> pl.Series:
    stretches = _stretches(pairs, envelopes)
    values = envelopes["envelope_rms"].explode().drop_nulls().to_numpy().astype(np.float64)
    counts = stretches["count"].to_numpy()
    pair = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
    one, other = (values[stretches[name].to_numpy()[pair] + within] for name in ("first", "first_best"))
    is_as_long = (pairs["duration_s"] - pairs["duration_s_best"]).abs() <= DURATION_TOLERANCE_S + 1e-9
    return is_as_long & pl.Series(_same_shape(one, other, pair, counts), dtype=pl.Boolean)


def _stretches(pairs: pl.DataFrame, envelopes: pl.DataFrame) -> pl.DataFrame:
    """The half seconds that both of a pair hold whole: `first` of either in all envelopes, and their `count`."""
    length = pl.col("envelope_rms").list.len().cast(pl.Int64).fill_null(0)
    places = envelopes.select("media_row", first=length.cum_sum() - length, length=length)
    start = pl.when("whole_media").then(0).otherwise((pl.col("start_s").fill_null(0) * HALF_SECONDS).ceil())
    held = pl.min_horizontal("duration_s", "duration_s_best") * HALF_SECONDS
    return (
        pairs.join(places, on="media_row", how="left", maintain_order="left")
        .join(places, left_on="media_row_best", right_on="media_row", how="left", maintain_order="left", suffix="_best")
        .with_columns(start=start.cast(pl.Int64), held=held.floor().cast(pl.Int64))
        .select(
            pl.col("first", "first_best") + pl.col("start"),
            count=pl.min_horizontal(
                "held", *(pl.col(name) - pl.col("start") for name in ("length", "length_best"))
            ).clip(0),
        )
    )


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
