"""Bytes of an archive, as long as it stays the archive that was listed."""

from workflow_scripts.media.content import Content, Window, window
from workflow_scripts.media.limits import IN_MEMORY_BYTES
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.media.opened import Opened


class _Watched(Window):
    """A window that is read while nobody else looks whether the archive is still the same."""

    def __init__(self, archive: Opened, start: int, size: int, media: Media) -> None:
        super().__init__(archive, start, size)
        self._watched, self._media = archive, media

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        got = super().readinto(buffer)
        try:
            self._watched.refuse_changed(self._media, "while it was read")
        except MediaError as error:
            self.failure = error
            return 0
        return got


def is_small(media: Media) -> bool:
    """Whether a member is read as a whole; of another perhaps a little."""
    return max(media.bytes or 0, media.packed_bytes or 0) <= IN_MEMORY_BYTES


def stretch(archive: Opened, start: int, size: int, media: Media) -> Content:
    """A stretch of an archive, or what there is of it: in memory if it is small."""
    there = max(0, min(size, archive.size() - start))
    if there <= IN_MEMORY_BYTES:
        return window(archive, start, there)
    archive.stay_within(start, start + there)
    return Content(_Watched(archive, start, there, media), there)
