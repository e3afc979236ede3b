"""Bytes of an archive, as long as it stays the archive that was listed."""

import os

from workflow_scripts.media.content import Content, Window, window
from workflow_scripts.media.limits import IN_MEMORY_BYTES
from workflow_scripts.media.media import Media, MediaError, changed_at


class _Watched(Window):
    """A window that is read while nobody else looks whether the archive is still the same."""

    def __init__(self, descriptor: int, start: int, size: int, media: Media) -> None:
        super().__init__(descriptor, start, size)
        self._watched, self._media = descriptor, media

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        got = super().readinto(buffer)
        try:
            refuse_changed(self._watched, self._media, "while it was read")
        except MediaError as error:
            self.failure = error
            return 0
        return got


def stretch(descriptor: int, start: int, size: int, media: Media) -> Content:
    """A stretch of an archive, or what there is of it: in memory if it is small."""
    there = max(0, min(size, os.fstat(descriptor).st_size - start))
    if there <= IN_MEMORY_BYTES:
        return window(descriptor, start, there)
    return Content(_Watched(descriptor, start, there, media), there)


def refuse_changed(descriptor: int, media: Media, when: str) -> None:
    """Nothing is read of an archive that is another than the one that was listed.

    Raises:
        MediaError: it is.
    """
    now = os.fstat(descriptor)
    if now.st_nlink == 0:
        raise MediaError("changed", f"its archive was deleted or replaced {when}; the next run looks again")
    if changed_at(now) != media.mtime_ns:
        raise MediaError("changed", f"its archive has another time of change {when}; the next run looks again")
