"""What of a container FFmpeg gave no sound of: its packets are held against the bytes that may be sound."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from workflow_scripts.sound.containers import matroska, mp4, sound_extent
from workflow_scripts.sound.containers.places import read_at
from workflow_scripts.sound.containers.tags import start_of_last_tags

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet

ONE_BEHIND_THE_OTHER = ("aac", "flac", "mp3")
"""Containers that are nothing but frames of sound, between tags."""
LONGEST_HEAD = 64


@dataclass
class PacketAccount:
    """The packets of a sound.

    Attributes:
        file, size: the file, which is left at any place.
        demuxer: FFmpeg's name of the container.
        first: where the first packet begins, None before there is one.
        end: the place behind the last one.
        taken: bytes of them all.
    """

    file: BinaryIO
    size: int
    demuxer: str | None
    first: int | None = None
    end: int = 0
    taken: int = 0

    def take(self, packet: "Packet[AudioStream]") -> None:
        """The next packet, decoded; one that FFmpeg made has no place."""
        self.taken += packet.size
        if packet.pos is not None:
            self.first = packet.pos if self.first is None else self.first
            self.end = max(self.end, packet.pos + packet.size)

    def undecoded(self, container: "InputContainer", stream: "AudioStream") -> int | None:
        """Bytes that may be sound and are in none of the packets; None where nobody knows."""
        end = start_of_last_tags(self.file, self.size)
        if self.demuxer in ONE_BEHIND_THE_OTHER:
            return max(0, end - (self.first or 0) - self.taken)
        if self.demuxer == "mov":
            others = (other for other in container.streams if other.index != stream.index)
            of_others = sum(entry.size for other in others for entry in other.index_entries)
            return max(0, mp4.data_bytes(self._read_at, end) - of_others - self.taken)
        if self.demuxer == "matroska":
            stated = matroska.segment_end(self._read_at(0, LONGEST_HEAD))
            return max(0, end - max(stated, self.end)) if stated else None
        extent = sound_extent(self.file, self.size)
        return None if extent is None else extent.undecoded(self.size, self.taken)

    def _read_at(self, place: int, count: int) -> bytes:
        return read_at(self.file, self.size, place, count)
