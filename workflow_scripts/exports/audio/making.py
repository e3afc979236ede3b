"""The clips of a plan made: cut out, brought to a form, encoded, and as long as the ledger says."""

import functools
from collections.abc import Callable, Iterator
from typing import TypeVar

import polars as pl

from workflow_scripts.exports.audio.cutting import Cut, Failed, Row, cut_clips
from workflow_scripts.exports.audio.encoding import Encoded, encode
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.media.media import MediaError

T = TypeVar("T")


def make_clips(rows: pl.DataFrame) -> Iterator[tuple[Row, Encoded] | Failed]:
    """The clips of a plan's rows encoded, in the order in which their media lie; a fault costs its clip alone.

    Args:
        rows: as `audio.plan.sound_of` gives them, with `clip_id`; of one codec.
    """
    form_of = functools.cache(AudioForm.read)

    def encoded(clip: Cut) -> Encoded:
        form = form_of(clip.row["made_as"])
        made = encode(clip, form)
        if not clip.row["as_is"]:
            check_length(clip.row, made.frames, made.sample_rate, form.longest_s)
        return made

    return make_each(rows, encoded)


def make_each(rows: pl.DataFrame, make: Callable[[Cut], T]) -> Iterator[tuple[Row, T] | Failed]:
    """What is made of the clips of a plan's rows, in the order in which their media lie."""
    for one in cut_clips(rows):
        if isinstance(one, Failed):
            yield one
            continue
        try:
            made = make(one)
        except Exception as error:  # noqa: BLE001  whatever a library does, it costs this clip alone
            yield Failed.of(one.row, error)
        else:
            yield one.row, made


def check_length(row: Row, samples: int, sample_rate: int, longest_s: float | None = None) -> None:
    """See that a clip is as long as the ledger says, to a sample of its own rate and of that which it was brought to.

    Raises:
        MediaError: it is not.
    """
    seconds = row["duration_s"] if longest_s is None else min(row["duration_s"], longest_s)
    off = abs(samples - seconds * sample_rate)
    if off > 1 + sample_rate / row["own_rate"]:
        raise MediaError(
            "other_length",
            f"{samples / sample_rate:.4f} s were made where the ledger says {seconds:.4f} s",
        )
