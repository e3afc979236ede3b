"""Whether a FLAC file was cut, rather than damaged on the way.

To libFLAC both are a lost sync. What tells them apart is the last frame whose header can be found:

    it runs past the end of the file                                        cut
    it ends there, or a piece of a header behind it does, and the           cut (between frames)
    stream has more samples
    it ends before the file does, with a whole frame's room or rubbish      not cut: damage, tags, rubbish
    behind it, or it is the stream's last frame and ends
    none is found within the largest frame of the end                       not cut: rubbish, or much is damaged

What cannot be told: a cut between two frames where the header leaves the number of samples open (taken for whole); a
byte that flips in the last frame so that its codes seem to go on behind the end of the file (taken for a cut; of bytes
flipped in last frames, 2 to 13 in 100 did that); a damaged header of a last frame that is shorter than a header may be
(taken for a cut); a stream that does not begin with its first sample, as its last frames seem to lie behind its end.

FFmpeg does not tell it: that the packet which fails ends with the file was tried as the sign of a cut, and took 192 of
617 FLACs with flipped, swapped, doubled and zeroed bytes for cut ones, as damage hides where the next frame begins.

Source: RFC 9639, sections 8 (metadata), 9.1 (frame header), 9.2 (subframes), 9.3 (frame footer).
"""

from dataclasses import dataclass
from typing import BinaryIO

from workflow_scripts.sound.containers.flac_frame import (
    LONGEST_HEADER,
    DamagedError,
    FrameHeader,
    StreamInfo,
    any_header,
    frame_end,
    frame_header,
    stream_info,
)
from workflow_scripts.sound.containers.places import read_at
from workflow_scripts.sound.containers.tags import end_of_tags

INFO_BYTES = 38
"""STREAMINFO with its head."""
SYNCS = (b"\xff\xf8", b"\xff\xf9")
"""How frames begin, of blocks of one size and of various sizes."""
MAX_METADATA_BLOCKS = 1_000
RUBBISH_BYTES = 1 << 16
"""Rubbish or tags behind the last frame that are seen through."""


@dataclass(frozen=True)
class _Tail:
    """The end of a file, as far back as its last frame can begin.

    Attributes:
        data: the bytes.
        is_all_sound: whether no sound lies before them.
    """

    data: bytes
    is_all_sound: bool


def ends_early(file: BinaryIO, size: int, total_samples: int) -> bool:
    """Whether a FLAC file of total_samples a channel (0: unknown) was cut; see above for what cannot be told."""
    start = end_of_tags(file, size)
    head = read_at(file, size, start, 4 + INFO_BYTES)
    if head[:4] != b"fLaC":
        return False
    sound_start = _sound_start(file, size, start + 4)
    if len(head) < 4 + INFO_BYTES or sound_start > size:
        return True
    info = stream_info(head[8:], total_samples)
    tail = _tail(file, size, sound_start, info)
    found = _last_frame(tail.data, info, read_at(file, size, sound_start, 2))
    if found is None:
        return tail.is_all_sound and total_samples > 0 and len(tail.data) < LONGEST_HEADER
    return _is_cut(tail.data, *found, info)


def other_rate(file: BinaryIO, size: int) -> tuple[int, int] | None:
    """The rate of the header, and that of the first frame, if they differ: libsndfile goes by the header's."""
    start = end_of_tags(file, size)
    head = read_at(file, size, start, 4 + INFO_BYTES)
    if head[:4] != b"fLaC" or len(head) < 4 + INFO_BYTES:
        return None
    info = stream_info(head[8:], 0)
    frame = any_header(read_at(file, size, _sound_start(file, size, start + 4), LONGEST_HEADER), info)
    return (info.rate, frame.rate) if frame is not None and frame.rate != info.rate else None


def _sound_start(file: BinaryIO, size: int, place: int) -> int:
    """Where the metadata blocks end, or seem to; beyond the end of a file that was cut in them."""
    for _ in range(MAX_METADATA_BLOCKS):
        head = read_at(file, size, place, 4)
        place += 4 + int.from_bytes(head[1:4], "big")
        if len(head) < 4:
            return size + 1
        if head[0] & 0x80:
            break
    return place


def _tail(file: BinaryIO, size: int, sound_start: int, info: StreamInfo) -> _Tail:
    start = max(sound_start, size - info.largest_frame - RUBBISH_BYTES)
    return _Tail(read_at(file, size, start, size - start), start == sound_start)


def _last_frame(tail: bytes, info: StreamInfo, first_sync: bytes) -> tuple[int, FrameHeader] | None:
    """Place and header of the last frame that begins in the tail; all frames have the sync of the first."""
    sync = first_sync if first_sync in SYNCS else SYNCS[0]
    at = tail.rfind(sync)
    while at >= 0:
        header = frame_header(tail[at : at + LONGEST_HEADER], info)
        if header is not None:
            return at, header
        at = tail.rfind(sync, 0, at)
    return None


def _is_cut(tail: bytes, start: int, header: FrameHeader, info: StreamInfo) -> bool:
    try:
        end = frame_end(tail[start : start + info.largest_frame], header, info)
    except DamagedError:
        return False
    if end is None:
        return len(tail) - start <= info.largest_frame
    left = tail[start + end :]
    if info.total_samples:
        return header.end_sample < info.total_samples and len(left) < LONGEST_HEADER
    return 0 < len(left) < LONGEST_HEADER and left[:2] == tail[start : start + 2][: len(left)]
