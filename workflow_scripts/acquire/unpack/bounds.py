"""What an archive may hold, and the error of one that holds other things."""

from dataclasses import dataclass

from workflow_scripts.errors import SoundledgerError


class UnpackError(SoundledgerError):
    """An archive that is not unpacked; nothing of it is left."""


@dataclass(frozen=True)
class UnpackBounds:
    """What an archive may hold: far more than archives of audio and labels do, far less than one made to fill disks.

    Attributes:
        members: so many.
        bytes: so many are always let through.
        ratio: above that, so many times its own size.
    """

    members: int = 5_000_000
    bytes: int = 4 << 30
    ratio: int = 100

    def most_bytes(self, packed: int) -> int:
        """Bytes that an archive of this size may hold."""
        return max(self.bytes, self.ratio * packed)
