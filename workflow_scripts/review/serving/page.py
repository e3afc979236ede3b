"""Which files of a review folder are given: those that lie in it, by plain names."""

import os
import stat
from pathlib import Path

from starlette.responses import FileResponse

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".flac": "audio/flac",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wav": "audio/wav",
    ".webm": "audio/webm",
    ".webp": "image/webp",
}
"""What a file is, by its suffix; not what the machine's lists say, which differ."""


def given(folder: Path, path: str) -> FileResponse | None:
    """A file of the page; None if there is none of this name that lies in the folder, links followed.

    Args:
        folder: of the page; may be a link itself.
        path: below it, of letters, digits, `_`, `-`, `.` and `/`; nothing for the page itself.
    """
    names = (path or "index.html").split("/")
    if any(not name or name.startswith(".") for name in names):
        return None
    top = os.path.realpath(folder)
    file = os.path.realpath(os.path.join(top, *names))
    if os.path.commonpath([top, file]) != top:
        return None
    try:
        about = os.stat(file)
    except OSError:
        return None
    if not stat.S_ISREG(about.st_mode):
        return None
    kind = KINDS.get(os.path.splitext(names[-1])[1].lower(), "application/octet-stream")
    return FileResponse(file, media_type=kind, stat_result=about)
