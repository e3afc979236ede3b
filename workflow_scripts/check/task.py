"""What is handed to a worker, and what it says if it can do nothing with it."""

from dataclasses import dataclass

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.media.media import Media

NO_AUDIO = "no_audio"
"""The fault of a picture that decodes, as of any media without sound."""


@dataclass(frozen=True, slots=True)
class Task:
    """One media to examine, and the digest of its bytes if it was checked before."""

    media: Media
    known_digest: str | None


class WorkerError(SoundledgerError):
    """No worker can examine anything: what it needs is not installed, or not whole."""
