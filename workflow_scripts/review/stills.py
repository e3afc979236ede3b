"""A still of a video, or a picture that goes with a clip, as a small image with what is to be known of it."""

import io
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workflow_scripts.media.content import Content
from workflow_scripts.media.media import MediaError
from workflow_scripts.review.form import STILL_PIXELS

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from PIL.Image import Image

DEMUXERS = {"MP4": "mov", "MOV": "mov", "WEBM": "matroska", "MATROSKA": "matroska"}
"""Of containers that may hold pictures, as the checks call them, FFmpeg's name."""
MOST_PIXELS = 80_000_000
"""A picture of more is not opened."""


class Still(NamedTuple):
    """A picture of a card.

    Attributes:
        content: a WebP.
        width: pixels that it had.
        height: likewise.
        brightness: mean of its luma, 0 to 1.
    """

    content: bytes
    width: int
    height: int
    brightness: float


def still_of_video(content: Content, demuxer: str, at_s: float) -> Still | None:
    """The last picture that a video shows at a time; None where it has none.

    Args:
        content: its bytes.
        demuxer: FFmpeg's name of its container.
        at_s: seconds from its beginning; beyond its last picture that.

    Raises:
        MediaError: FFmpeg cannot decode its pictures.
    """
    import av

    content.file.seek(0)
    options = {"protocol_whitelist": "none", "enable_drefs": "0"}
    try:
        with av.open(content.file, "r", format=demuxer, options=options) as container:
            if not container.streams.video or (stream := container.streams.video[0]).time_base is None:
                return None
            base = stream.time_base
            container.seek(int(Fraction(at_s) / base) + (stream.start_time or 0), stream=stream)
            shown = None
            for frame in container.decode(stream):
                if shown is not None and frame.pts is not None and frame.pts * base > at_s:
                    break
                shown = frame
            return None if shown is None else _still(_upright(shown))
    except (av.error.FFmpegError, ArithmeticError, LookupError, ValueError) as error:
        raise MediaError("no_picture", f"its pictures cannot be decoded: {error}") from None


def _upright(frame: "VideoFrame") -> "Image":
    image: Image = frame.to_image()  # type: ignore[no-untyped-call]
    return image.rotate(frame.rotation, expand=True)


def still_of_picture(path: Path | str) -> Still:
    """A picture file.

    Raises:
        MediaError: it is none that can be read.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            if image.width * image.height > MOST_PIXELS:
                raise MediaError("too_large", f"a picture of {image.width:,} × {image.height:,} pixels")
            return _still(ImageOps.exif_transpose(image).convert("RGB"))
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise MediaError("no_picture", f"no picture that can be read: {error}") from None


def _still(image: "Image") -> Still:
    from PIL import ImageStat

    brightness = ImageStat.Stat(image.convert("L")).mean[0] / 255
    width, height = image.size
    image.thumbnail((STILL_PIXELS, STILL_PIXELS))
    file = io.BytesIO()
    image.save(file, "WEBP", quality=60, method=4)
    return Still(file.getvalue(), width, height, round(brightness, 4))
