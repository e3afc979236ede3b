"""A pack of MP3s, one behind the other, each decoded as PaSST does it."""

import io
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from workflow_scripts.exports.audio.cutting import Cut
from workflow_scripts.exports.audio.encoding import encode
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.making import check_length, make_each
from workflow_scripts.exports.audio.turns import in_order
from workflow_scripts.exports.formats import Packed
from workflow_scripts.media.media import MediaError

SAMPLE_RATE = 32_000
"""Hertz, of what PaSST decodes."""

PACK = "pack.mp3s"
TOLD = {"clip_id": pl.String, "bytes": pl.Int64, "seconds": pl.Float64, "overshoot": pl.Boolean}
"""Of each clip, in the order of the pack."""
MISSING_S = 0.1
"""So much less than the ledger says may a decoder give of an MP3 that tells no length."""


class OneMp3(NamedTuple):
    """A clip as it is packed.

    Attributes:
        content: its MP3.
        size: bytes of it.
        seconds: that it lasts.
        overshoot: whether it went beyond full scale.
    """

    content: bytes
    size: int
    seconds: float
    overshoot: bool

    def without_content(self) -> "OneMp3":
        """The same without its bytes."""
        return self._replace(content=b"")


def write_mp3s(rows: pl.DataFrame, folder: Path) -> Packed:
    """Write the clips of a plan's rows, in their order; there is no file where none could be made."""
    form = AudioForm.read(rows["made_as"][0])
    with in_order(rows, make_each(rows, lambda clip: _mp3(clip, form)), folder.parent) as (clips, failed):
        if clips:
            with (folder / PACK).open("wb") as packed:
                for _, _, stored in clips:
                    packed.write(stored.read_bytes())
    told: list[dict[str, Any]] = [
        {"clip_id": row["clip_id"], "bytes": made.size, "seconds": made.seconds, "overshoot": made.overshoot}
        for row, made, _ in clips
    ]
    return Packed(pl.DataFrame(told, schema=TOLD), failed)


def _mp3(clip: Cut, form: AudioForm) -> OneMp3:
    made = encode(clip, form)
    if not clip.row["as_is"]:
        check_length(clip.row, made.frames, made.sample_rate)
    seconds = made.frames / made.sample_rate
    refuse_what_passt_does(made.content, seconds)
    return OneMp3(made.content, len(made.content), seconds, made.overshoot > 0)


def refuse_what_passt_does(content: bytes, seconds: float) -> None:
    """See that PaSST takes an MP3, and not for something else: it looks neither at its rate nor at its channels.

    Raises:
        MediaError: it would not.
    """
    import av

    try:
        with av.open(io.BytesIO(content), "r") as container:
            pieces = [(one.sample_rate, one.layout.nb_channels, one.samples) for one in container.decode(audio=0)]
    except (av.error.FFmpegError, IndexError) as error:
        raise MediaError("not_taken", f"PaSST cannot decode it: {error}") from None
    kinds = {piece[:2] for piece in pieces}
    if kinds != {(SAMPLE_RATE, 1)}:
        found = ", ".join(f"{channels} channels of {rate} Hz" for rate, channels in sorted(kinds)) or "nothing"
        raise MediaError("not_taken", f"PaSST takes one channel of {SAMPLE_RATE} Hz, and would decode {found}")
    if (decoded := sum(samples for _, _, samples in pieces) / SAMPLE_RATE) < seconds - MISSING_S:
        raise MediaError("not_taken", f"PaSST would decode {decoded:.2f} s of {seconds:.2f} s")
