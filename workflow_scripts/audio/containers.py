"""What a WAV's own header says of its length.

libsndfile opens a WAV that was cut off as if it were shorter, so the header is read here as well.
Sources: Microsoft, "Multimedia Programming Interface and Data Specifications 1.0" (RIFF); EBU Tech 3306 (RF64).
"""

import struct

UNKNOWN_SIZE = 0xFFFFFFFF
UNCOMPRESSED = {1, 3, 6, 7, 0xFFFE}
"""Format tags whose frames all take block_align bytes: PCM, float, A-law, µ-law, extensible."""


def declared_wav_frames(data: bytes) -> int | None:
    """The number of frames that a RIFF, RIFX or RF64 header declares.

    Args:
        data: the file, or its first bytes up to the samples.

    Returns:
        None where it is no WAV, is compressed, or leaves the length open, as recorders do that write to a pipe.
    """
    if data[:4] not in (b"RIFF", b"RIFX", b"RF64") or data[8:12] != b"WAVE":
        return None
    order = ">" if data[:4] == b"RIFX" else "<"
    block_align, long_size, place = 0, None, 12
    while place + 8 <= len(data):
        name, size = struct.unpack_from(f"{order}4sI", data, place)
        if name == b"ds64" and place + 24 <= len(data):
            (long_size,) = struct.unpack_from("<Q", data, place + 16)
        elif name == b"fmt " and place + 22 <= len(data):
            tag, block_align = struct.unpack_from(f"{order}H10xH", data, place + 8)
            block_align = block_align if tag in UNCOMPRESSED else 0
        elif name == b"data":
            size = long_size if size == UNKNOWN_SIZE else size
            is_open = size is None or (size == 0 and place + 8 < len(data))
            return None if is_open or not block_align or size is None else size // block_align
        place += 8 + size + size % 2
    return None
