"""The frames of FLAC, as far as it takes to see where one ends.

No library tells where a frame that it cannot decode would have ended; see flac.

Source: RFC 9639, sections 8.2 (STREAMINFO), 9.1 (frame header), 9.2 (subframes), 9.3 (frame footer).
"""

from dataclasses import dataclass

LONGEST_HEADER = 16
FOOTER_BITS = 16
RATES = (0, 88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000)
"""Rates by their code; 0 is that of STREAMINFO, and codes 12 to 14 have it behind the number."""
RATE_BYTES = {12: (1, 1000), 13: (2, 1), 14: (2, 10)}
BITS = (0, 8, 12, None, 16, 20, 24, 32)
LEFT_SIDE, SIDE_RIGHT, MID_SIDE = 8, 9, 10
FIRST_FIXED, LAST_FIXED, FIRST_LINEAR = 8, 12, 32


class DamagedError(Exception):
    """A frame holds what no encoder writes."""


@dataclass(frozen=True)
class StreamInfo:
    """What STREAMINFO says of all frames; total_samples is 0 where that is unknown."""

    largest_block: int
    rate: int
    channels: int
    bits: int
    total_samples: int

    @property
    def largest_frame(self) -> int:
        """Bytes that a frame takes at most: all its samples as they are, one of its channels a side channel."""
        return LONGEST_HEADER + 2 + self.channels * (8 + self.largest_block * (self.bits + 1) // 8)


@dataclass(frozen=True)
class FrameHeader:
    """A frame's header.

    Attributes:
        length: its bytes.
        block: samples a channel.
        first_sample: the first one's number in the stream.
        assignment: code of how the channels are kept.
        rate: samples a second.
    """

    length: int
    block: int
    first_sample: int
    assignment: int
    rate: int

    @property
    def end_sample(self) -> int:
        """The number of the sample behind its last one."""
        return self.first_sample + self.block


def stream_info(block: bytes, total_samples: int) -> StreamInfo:
    """STREAMINFO, of which at least 18 bytes must be given; the number of samples is taken as told."""
    packed = int.from_bytes(block[10:18], "big")
    return StreamInfo(
        int.from_bytes(block[2:4], "big"),
        packed >> 44,
        (packed >> 41 & 7) + 1,
        (packed >> 36 & 31) + 1,
        total_samples,
    )


def frame_header(data: bytes, info: StreamInfo) -> FrameHeader | None:
    """The header at the start of some bytes; None for bytes that are none, or none of this stream."""
    header = any_header(data, info)
    return header if header is not None and header.rate == info.rate else None


def any_header(data: bytes, info: StreamInfo) -> FrameHeader | None:
    """The same of a stream whose header may tell a wrong rate."""
    if len(data) < 6 or data[0] != 0xFF or data[1] & 0xFE != 0xF8 or data[3] & 1:
        return None
    block_code, rate_code, assignment, bits_code = data[2] >> 4, data[2] & 15, data[3] >> 4, data[3] >> 1 & 7
    number, place = _coded_number(data, 4)
    block, place = _block_size(data, place, block_code)
    rate, place = _rate(data, place, rate_code, info)
    channels = assignment + 1 if assignment < LEFT_SIDE else 2
    bits = BITS[bits_code] or (info.bits if bits_code == 0 else None)
    is_of_stream = (channels, bits) == (info.channels, info.bits) and assignment <= MID_SIDE
    if number is None or rate is None or not is_of_stream or not 0 < block <= info.largest_block:
        return None
    first_sample = number if data[1] & 1 else number * info.largest_block
    is_in_stream = not info.total_samples or first_sample < info.total_samples
    if not is_in_stream or place >= len(data) or _crc8(data[:place]) != data[place]:
        return None
    return FrameHeader(place + 1, block, first_sample, assignment, rate)


def _coded_number(data: bytes, place: int) -> tuple[int | None, int]:
    """A number coded as UTF-8 codes characters, up to 36 bits, and the place behind it."""
    first = data[place]
    if first < 0x80:
        return first, place + 1
    followers = next((count for count in range(1, 7) if not first >> (6 - count) & 1), 0)
    rest = data[place + 1 : place + 1 + followers]
    if first < 0xC0 or first == 0xFF or len(rest) < followers or any(byte & 0xC0 != 0x80 for byte in rest):
        return None, place
    number = first & (0x3F >> followers)
    for byte in rest:
        number = number << 6 | byte & 0x3F
    return number, place + 1 + followers


def _block_size(data: bytes, place: int, code: int) -> tuple[int, int]:
    if code in (6, 7):
        count = code - 5
        return int.from_bytes(data[place : place + count], "big") + 1, place + count
    return (0 if code == 0 else 192 if code == 1 else 144 << code if code <= 5 else 1 << code), place


def _rate(data: bytes, place: int, code: int, info: StreamInfo) -> tuple[int | None, int]:
    if code in RATE_BYTES:
        count, unit = RATE_BYTES[code]
        return int.from_bytes(data[place : place + count], "big") * unit, place + count
    return (None if code == 15 else RATES[code] or info.rate), place


def _crc8(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value << 1 ^ (0x07 if value & 0x80 else 0)) & 0xFF
    return value


def frame_end(data: bytes, header: FrameHeader, info: StreamInfo) -> int | None:
    """How many bytes a frame takes that begins the data, None where it does not end in them.

    Raises:
        DamagedError: it holds what no encoder writes.
    """
    bits = format(int.from_bytes(b"\1" + data, "big"), "b")[1:]
    place = 8 * header.length
    try:
        for channel in range(info.channels):
            place = _subframe_end(bits, place, header.block, _sample_bits(channel, header, info))
    except _OutOfBitsError:
        return None
    place += -place % 8 + FOOTER_BITS
    return place // 8 if place <= len(bits) else None


class _OutOfBitsError(Exception):
    """The data end before the frame does."""


def _sample_bits(channel: int, header: FrameHeader, info: StreamInfo) -> int:
    """A side channel takes one bit more."""
    side = {LEFT_SIDE: 1, SIDE_RIGHT: 0, MID_SIDE: 1}.get(header.assignment)
    return info.bits + (channel == side)


def _number(bits: str, place: int, count: int) -> int:
    if place + count > len(bits):
        raise _OutOfBitsError
    return int(bits[place : place + count], 2)


def _behind_one(bits: str, place: int) -> int:
    """The place behind the next bit that is set."""
    at = bits.find("1", place)
    if at < 0:
        raise _OutOfBitsError
    return at + 1


def _subframe_end(bits: str, place: int, block: int, sample_bits: int) -> int:
    head = _number(bits, place, 8)
    kind, has_wasted_bits = head >> 1 & 63, head & 1
    place += 8
    if head & 0x80:
        raise DamagedError
    if has_wasted_bits:
        behind = _behind_one(bits, place)
        sample_bits -= behind - place
        place = behind
        if sample_bits < 1:
            raise DamagedError
    if kind == 0:
        return place + sample_bits
    if kind == 1:
        return place + block * sample_bits
    if FIRST_FIXED <= kind <= LAST_FIXED:
        order = kind - FIRST_FIXED
        place += order * sample_bits
    elif kind >= FIRST_LINEAR:
        order = kind - FIRST_LINEAR + 1
        place += order * sample_bits
        place += 9 + order * (_number(bits, place, 4) + 1)
    else:
        raise DamagedError
    return _residual_end(bits, place, block, order)


def _residual_end(bits: str, place: int, block: int, order: int) -> int:
    method, partition_order = _number(bits, place, 2), _number(bits, place + 2, 4)
    place += 6
    count = block >> partition_order
    if method > 1 or count << partition_order != block or count < order:
        raise DamagedError
    parameter_bits = 4 + method
    for partition in range(1 << partition_order):
        parameter = _number(bits, place, parameter_bits)
        place += parameter_bits
        codes = count - order if partition == 0 else count
        if parameter == (1 << parameter_bits) - 1:
            place += 5 + codes * _number(bits, place, 5)
            continue
        for _ in range(codes):
            place = _behind_one(bits, place) + parameter
    return place
