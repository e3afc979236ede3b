"""What one decoding of a picture tells: a row of `checks`, as of a media that holds no sound."""

from workflow_scripts.check.task import NO_AUDIO
from workflow_scripts.media.content import Content
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.examine import Row, note, told_once

MOST_PIXELS = 80_000_000
"""A picture of more is not decoded: it would take more memory than a worker may have."""


def examine_picture(content: Content, known_digest: str | None) -> Row:
    """Decode one picture and tell of it.

    Args:
        content: its bytes.
        known_digest: their digest when it was checked before, else None.

    Returns:
        As `examine` does. `format` is the kind of picture as Pillow calls it; `error_kind` is `no_audio` of one that
        decodes, `no_picture` of one that does not.
    """
    return told_once(content, known_digest, lambda row: _tell(row, content))


def _tell(row: Row, content: Content) -> None:
    row["format"], width, height = _decoded(content)
    note(row, NO_AUDIO, f"a picture of {width:,} × {height:,} pixels, which holds no sound")


def _decoded(content: Content) -> tuple[str, int, int]:
    """Its kind, width and height, pixels.

    Raises:
        MediaError: it is none that can be decoded to its end.
    """
    from PIL import Image

    content.file.seek(0)
    try:
        with Image.open(content.file) as image:
            if image.width * image.height > MOST_PIXELS:
                raise MediaError("too_large", f"a picture of {image.width:,} × {image.height:,} pixels")
            image.load()
            return str(image.format), image.width, image.height
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise MediaError("no_picture", f"no picture that can be decoded: {error}") from None
