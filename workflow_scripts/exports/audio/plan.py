"""What the sound of clips in a plan is made of: all that its bytes depend on."""

from dataclasses import replace
from typing import Protocol

import polars as pl

from workflow_scripts.exports.audio.form import CONTAINERS, AudioForm
from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.opening import folder
from workflow_scripts.exports.reading import MEDIA, Tables

OF_CHECKS = ["format", "subtype", "decoder", "bytes_digest"]
OF_LEDGER = [*MEDIA, "media_path", "whole_media", "start_s", "end_s", "duration_s", "sample_rate", "channels"]
"""Columns of the ledger that a clip's sound follows from."""


IN_ORDER = ("order", "clip_id")
"""How the list of a pack is sorted: by media, in the order of a seed."""


MORE_THAN_16_BITS = r"^(PCM|ALAC)_\D*(20|24|32|64)|_(S32|S64|FLT|DBL)$|^(FLOAT|DOUBLE)$"
"""Subtypes as the checks call them, after libsndfile or FFmpeg, whose samples hold that."""
STORED = AudioForm("flac", None, "all", 16, "clip")
"""What is made where media otherwise keep their bytes, of those that have no more bits."""


class MadeForm(Protocol):
    """What clips are brought to, as far as a plan is concerned."""

    @property
    def channel(self) -> str:
        """What of a media is cut out: `first`, `mean` or `all`."""

    @property
    def made_as(self) -> str:
        """All that is made of a clip follows from besides its samples."""


def checked(tables: Tables) -> Keyed:
    """What checks tell of each media besides."""
    return Keyed(lambda: tables.each_checks([*MEDIA, *OF_CHECKS]), MEDIA)


def sound_of(clips: pl.DataFrame, form: MadeForm, seed: int, as_is: pl.Expr) -> pl.DataFrame:
    """Columns of a plan, and the clips' `order` in a pack, in which those of a media are neighbours.

    Args:
        clips: OF_LEDGER and OF_CHECKS.
        form: that they are brought to.
        seed: of their order.
        as_is: whether a clip's media is taken as it is.
    """
    from workflow_scripts.tables.leaves import hashes  # and NumPy, which who writes manifests alone has no need of

    is_span = ~pl.col("whole_media")
    media = pl.concat_str(pl.col("root").cast(pl.String), pl.lit("/"), "path")
    of_seed = clips.select(pl.concat_str(pl.lit(f"{seed} "), media, pl.col("member").fill_null(""))).to_series()
    return clips.select(
        media.alias("media"),
        hashes(of_seed, pl.Series([None] * len(clips), dtype=pl.String)).alias("order"),
        folder(),
        pl.col("path"),
        pl.col("member"),
        pl.col("bytes_digest"),
        pl.when(is_span).then("start_s").alias("start_s"),
        pl.when(is_span).then("end_s").alias("end_s"),
        pl.col("duration_s"),
        pl.col("sample_rate").alias("own_rate"),
        pl.col("channels").alias("own_channels"),
        pl.lit(form.channel).alias("channel"),
        pl.lit(form.made_as).alias("made_as"),
        as_is.fill_null(value=False).alias("as_is"),
    )


def sound_stored(clips: pl.DataFrame, seed: int, as_is: pl.Expr) -> pl.DataFrame:
    """The same where media keep their bytes: what is made is STORED, or of 24 bits where its media has more than 16."""
    rows = sound_of(clips, STORED, seed, as_is)
    has_more = clips["subtype"].cast(pl.String).str.contains(MORE_THAN_16_BITS).fill_null(value=False)
    return rows.with_columns(
        made_as=pl.when(has_more).then(pl.lit(replace(STORED, bits=24).made_as)).otherwise("made_as")
    )


def is_heard_as_it_lies() -> pl.Expr:
    """Whether whoever opens a media's file hears what its check heard.

    Of what libsndfile refuses, or takes for something else as the file lies, it depends on who opens it.
    """
    return (pl.col("decoder") == "libsndfile").fill_null(value=False)


def is_so_already(form: AudioForm) -> pl.Expr:
    """Whether a media is already what its clip would be made; of a lossy codec whatever its bit rate.

    To decode and encode it once more would only take from it. How loud it is nobody knows before it is decoded.
    """
    if form.loudness_lufs is not None:
        return pl.lit(value=False)
    is_so = pl.col("whole_media") & (pl.col("format") == CONTAINERS[form.codec])
    is_so &= is_heard_as_it_lies() & (pl.col("subtype") == form.subtype)
    if form.sample_rate is not None:
        is_so &= pl.col("sample_rate") == form.sample_rate
    if form.channels != "all":
        is_so &= pl.col("channels") == 1
    if form.longest_s is not None:
        is_so &= pl.col("duration_s") <= form.longest_s
    return is_so
