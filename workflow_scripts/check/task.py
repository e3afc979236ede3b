"""What is handed to a worker."""

from dataclasses import dataclass

from workflow_scripts.media.media import Media


@dataclass(frozen=True, slots=True)
class Task:
    """One media to examine, and the digest of its bytes if it was checked before."""

    media: Media
    known_digest: str | None
