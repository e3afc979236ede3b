"""The clips of a plan made: cut out, brought to a form, encoded, and as long as the ledger says."""

from collections.abc import Iterator

import polars as pl

from workflow_scripts.exports.audio.cutting import Failed, Row, cut_clips
from workflow_scripts.exports.audio.encoding import Encoded, encode
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.media.media import MediaError


def make_clips(rows: pl.DataFrame) -> Iterator[tuple[Row, Encoded] | Failed]:
    """The clips of a plan's rows, in the order in which their media lie; a fault costs its clip alone.

    Args:
        rows: as `audio.plan.sound_of` gives them, with `clip_id`.
    """
    form = AudioForm.read(rows["made_as"][0])
    for one in cut_clips(rows):
        if isinstance(one, Failed):
            yield one
            continue
        try:
            encoded = encode(one, form)
            if not one.row["as_is"]:
                _check_length(one.row, encoded, form)
        except Exception as error:  # noqa: BLE001  whatever a library does, it costs this clip alone
            yield Failed.of(one.row, error)
        else:
            yield one.row, encoded


def _check_length(row: Row, encoded: Encoded, form: AudioForm) -> None:
    """Raises MediaError where what was made is not as long as the ledger says, to a sample of either rate."""
    seconds = row["duration_s"] if form.longest_s is None else min(row["duration_s"], form.longest_s)
    off = abs(encoded.frames - seconds * encoded.sample_rate)
    if off > 1 + encoded.sample_rate / row["own_rate"]:
        raise MediaError(
            "other_length",
            f"{encoded.frames / encoded.sample_rate:.4f} s were made where the ledger says {seconds:.4f} s",
        )
