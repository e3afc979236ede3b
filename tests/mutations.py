"""Audio files damaged in every way that we can think of: the same ones for a seed, made as they are asked for."""

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Literal, NamedTuple

import numpy as np
import soundfile

from tests.made_files import Samples, encoded
from tests.sound.decoders.made_videos import video

SECONDS = 1.5
CONTAINERS = [
    (".wav", "WAV", "PCM_16"),
    (".wav", "WAV", "FLOAT"),
    (".wav", "WAVEX", "PCM_24"),
    (".wav", "WAV", "IMA_ADPCM"),
    (".flac", "FLAC", "PCM_16"),
    (".flac", "FLAC", "PCM_24"),
    (".ogg", "OGG", "VORBIS"),
    (".ogg", "OGG", "OPUS"),
    (".mp3", "MP3", "MPEG_LAYER_III"),
    (".mp3", "MP3", "MPEG_LAYER_III"),
    (".aiff", "AIFF", "PCM_16"),
    (".caf", "CAF", "PCM_24"),
    (".w64", "W64", "PCM_16"),
    (".rf64", "RF64", "PCM_16"),
    (".au", "AU", "PCM_16"),
    (".sph", "NIST", "PCM_16"),
]
"""Twice MP3: both it and OGG are given as often as FLAC; WAV more often, of which there are most."""
BY_FFMPEG = [
    (".m4a", "ipod", "aac"),
    (".mkv", "matroska", "flac"),
    (".webm", "webm", "libopus"),
    (".mp4", "mpegts", "aac"),
    (".aac", "adts", "aac"),
    (".oga", "ogg", "flac"),
    (".caf", "caf", "alac"),
]
"""Suffix, FFmpeg's container and encoder."""
RECORDINGS = [
    "soundscape/birds.ogg",
    "soundscape/storm.ogg",
    "esc10/rooster/1-26806-A.ogg",
    "esc10/dog_bark/1-110389-A.ogg",
]
WHOLE_FILES = [
    "esc10/dog_bark/1-100032-A.ogg",
    "odd_audio/scipy/test-44100Hz-be-1ch-4bytes.wav",
    "odd_audio/scipy/test-44100Hz-le-1ch-4bytes-rf64.wav",
    "odd_audio/scipy/test-8000Hz-le-2ch-1byteu.wav",
    "odd_audio/claxon/non_subset.flac",
    "odd_audio/claxon/wasted_bits.flac",
]
HTML = b"<!DOCTYPE html><html><head><title>404 Not Found</title></head><body>" + b"<p>Not here.</p>" * 40 + b"</body>"
LARGEST_RUBBISH = 20_000
MAX_PAGES = 1_000
MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Original(NamedTuple):
    """A file that is sound."""

    suffix: str
    data: bytes


class Mutant(NamedTuple):
    """A file that was sound: what it is made of, and what was done to that."""

    name: str
    data: bytes
    done: str
    original: Original


class Field(NamedTuple):
    """A number in a header: its first bit, its width in bits, its byte order, and whether it tells how long
    something is."""

    bit: int
    width: int
    is_little: bool
    is_size: bool


def mutants(originals: Sequence[Original], count: int, seed: int) -> Iterator[Mutant]:
    """So many damaged files; each kind of damage as often as any other."""
    random = Random(seed)
    kinds = list(KINDS)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        original = random.choice(originals)
        suffix, data = original
        damaged = KINDS[kind](data, random, originals)
        if data[:4] == b"OggS" and random.random() < 0.5:
            damaged = with_true_checksums(damaged)
        yield Mutant(f"{number:05d}-{kind.replace(' ', '_')}{suffix}", damaged, kind, original)


def originals(data: Path, seconds: float = SECONDS) -> list[Original]:
    """Short sounds in every container, from real recordings where they are there, else synthesised."""
    sounds = [_part(data / name, seconds) for name in RECORDINGS if (data / name).is_file()] or [_synthesised(seconds)]
    made = [
        Original(suffix, _as(sound, rate, container, subtype))
        for place, (suffix, container, subtype) in enumerate(CONTAINERS)
        for sound, rate in [sounds[place % len(sounds)]]
    ]
    made += [Original(suffix, _by_ffmpeg(*sounds[0], *kind)) for suffix, *kind in BY_FFMPEG]
    whole = [
        Original((data / name).suffix, (data / name).read_bytes()) for name in WHOLE_FILES if (data / name).is_file()
    ]
    return made + whole


def _part(file: Path, seconds: float) -> tuple[Samples, int]:
    rate = soundfile.info(file).samplerate
    sound, _ = soundfile.read(file, frames=int(seconds * rate), dtype="float32", always_2d=True)
    return sound, rate


def _synthesised(seconds: float) -> tuple[Samples, int]:
    rate = 44_100
    time = np.arange(int(seconds * rate)) / rate
    tones = np.sin(2 * np.pi * np.outer(time, [440, 660])) * np.exp(-2 * time)[:, None]
    return (0.3 * tones + 0.01 * np.random.default_rng(0).standard_normal(tones.shape)).astype(np.float32), rate


def _as(sound: Samples, rate: int, container: str, subtype: str) -> bytes:
    if subtype == "OPUS":  # takes few rates; nobody listens to it
        rate = 48_000
    if subtype == "IMA_ADPCM":
        sound = sound[:, :1]
    return encoded(sound, rate, container, subtype)


def _by_ffmpeg(sound: Samples, rate: int, container: str, codec: str) -> bytes:
    rate = 48_000 if codec == "libopus" else rate
    return video(container, codec, (np.clip(sound, -1, 0.999) * 32768).astype(np.int16), rate, fflags="+bitexact")


def _flipped(data: bytes, random: Random, originals: Sequence[Original]) -> bytes:
    damaged = bytearray(data)
    for _ in range(random.choice((1, 10, 1000))):
        bit = random.randrange(8 * len(damaged))
        damaged[bit >> 3] ^= 1 << (bit & 7)
    return bytes(damaged)


def _flipped_head(data: bytes, random: Random, originals: Sequence[Original]) -> bytes:
    reach = min(len(data), 200)
    return _flipped(data[:reach], random, originals) + data[reach:]


def _cut(data: bytes, random: Random, _: Sequence[Original]) -> bytes:
    return data[
        : random.choice((random.randrange(101), random.randrange(len(data)), len(data) - random.randrange(1, 9)))
    ]


def _lied(data: bytes, random: Random, _: Sequence[Original]) -> bytes:
    return _with_lies(data, random, [field for field in fields(data) if not field.is_size], random.randint(1, 3))


def _missized(data: bytes, random: Random, _: Sequence[Original]) -> bytes:
    return _with_lies(data, random, [field for field in fields(data) if field.is_size], 1)


def _rubbish_behind(data: bytes, random: Random, originals: Sequence[Original]) -> bytes:
    return data + _rubbish(random, originals)


def _rubbish_before(data: bytes, random: Random, originals: Sequence[Original]) -> bytes:
    return _rubbish(random, originals) + data


def _rubbish(random: Random, originals: Sequence[Original]) -> bytes:
    length = random.choice((1, 3, 128, 4096, LARGEST_RUBBISH))
    tag = b"ID3\4\0\0" + bytes(random.randrange(128) for _ in range(4)) + random.randbytes(100)
    return random.choice((random.randbytes(length), bytes(length), random.choice(originals).data, HTML, tag))


def _doubled(data: bytes, random: Random, _: Sequence[Original]) -> bytes:
    first, last = _stretch(data, random)
    return data[:last] + data[first:last] * random.choice((1, 1, 7)) + data[last:]


def _swapped(data: bytes, random: Random, _: Sequence[Original]) -> bytes:
    first, last = _stretch(data, random)
    middle = random.randint(first, last)
    return data[:first] + data[middle:last] + data[first:middle] + data[last:]


def _zeroed(data: bytes, random: Random, _: Sequence[Original]) -> bytes:
    first, last = _stretch(data, random)
    return data[:first] + bytes(last - first) + data[last:]


def _stretch(data: bytes, random: Random) -> tuple[int, int]:
    """One of a few bytes, of a disk's block, or of anything; every third time from the header on."""
    length = random.choice((8, 512, 4096, random.randrange(1, len(data))))
    first = random.choice((random.randrange(64), random.randrange(len(data)), random.randrange(len(data))))
    return min(first, len(data)), min(first + length, len(data))


KINDS: dict[str, Callable[[bytes, Random, Sequence[Original]], bytes]] = {
    "flipped bits": _flipped,
    "flipped bits in the header": _flipped_head,
    "cut": _cut,
    "lies in the header": _lied,
    "sizes of chunks": _missized,
    "rubbish behind": _rubbish_behind,
    "rubbish before": _rubbish_before,
    "doubled blocks": _doubled,
    "swapped blocks": _swapped,
    "zeros": _zeroed,
}
"""What is done to a file."""


def _with_lies(data: bytes, random: Random, known: Sequence[Field], count: int) -> bytes:
    for field in random.choices(known, k=count):
        data = with_value(data, field, _lie(value_of(data, field), field.width, random))
    return data


def _lie(truth: int, width: int, random: Random) -> int:
    largest = (1 << width) - 1
    values = (0, 1, largest, largest - 1, 1 << (width - 1), truth - 1, truth + 1, 2 * truth, truth // 2 | 1)
    return random.choice((*values, random.getrandbits(width), random.getrandbits(max(1, width // 2)))) & largest


def value_of(data: bytes, field: Field) -> int:
    """The number that a header tells."""
    first, last = field.bit // 8, -(-(field.bit + field.width) // 8)
    number = int.from_bytes(data[first:last], "little" if field.is_little else "big")
    return number >> (8 * last - field.bit - field.width) & ((1 << field.width) - 1)


def with_value(data: bytes, field: Field, value: int) -> bytes:
    """The same file with another number there."""
    first, last = field.bit // 8, -(-(field.bit + field.width) // 8)
    order: Literal["little", "big"] = "little" if field.is_little else "big"
    shift = 8 * last - field.bit - field.width
    number = int.from_bytes(data[first:last], order) & ~(((1 << field.width) - 1) << shift) | value << shift
    return data[:first] + number.to_bytes(last - first, order) + data[last:]


def fields(data: bytes) -> list[Field]:
    """The numbers in the headers of a sound file; of containers that are not known here all bytes of its beginning."""
    if data[:4] in (b"RIFF", b"RIFX", b"RF64"):
        return list(_riff_fields(data, is_little=data[:4] != b"RIFX"))
    if data[4:8] == b"ftyp":
        return list(_box_fields(data, 0, len(data)))
    known = {b"fLaC": _flac_fields, b"OggS": _ogg_fields, b"FORM": _aiff_fields, b"caff": _caf_fields}
    if data[:4] in known:
        return list(known[data[:4]](data))
    if data[:4] == b".snd":
        return list(_in_a_row(4, (32,) * 5, False, sizes=(0, 1)))
    is_mp3 = data[:3] == b"ID3" or data[:2] == b"\xff\xfb"
    return list(_mp3_fields(data)) if is_mp3 else list(_in_a_row(4, (8,) * 196, False, sizes=range(98)))


def _in_a_row(place: int, widths: Sequence[int], is_little: bool, sizes: Sequence[int] = ()) -> Iterator[Field]:
    """Fields one behind the other from a byte on; sizes: which of them tell a length."""
    bit = 8 * place
    for number, width in enumerate(widths):
        yield Field(bit, width, is_little, number in sizes)
        bit += width


def _riff_fields(data: bytes, is_little: bool) -> Iterator[Field]:
    yield Field(8 * 4, 32, is_little, True)
    place = 12
    while place + 8 <= len(data):
        name, length = struct.unpack_from("<4sI" if is_little else ">4sI", data, place)
        yield Field(8 * (place + 4), 32, is_little, True)
        if name == b"fmt ":
            yield from _in_a_row(place + 8, (16, 16, 32, 32, 16, 16), is_little)
        elif name == b"ds64":
            yield from _in_a_row(place + 8, (64, 64, 64), is_little, sizes=(0, 1, 2))
        elif name == b"data":
            return
        place += 8 + length + length % 2


def _aiff_fields(data: bytes) -> Iterator[Field]:
    return _chunk_fields(data, 12, struct.Struct(">4sI"), {b"COMM": (16, 32, 16, 16, 64), b"SSND": (32, 32)})


def _caf_fields(data: bytes) -> Iterator[Field]:
    return _chunk_fields(
        data, 8, struct.Struct(">4sQ"), {b"desc": (64, 32, 32, 32, 32, 32, 32), b"pakt": (64, 64, 32, 32)}
    )


def _chunk_fields(data: bytes, place: int, head: struct.Struct, known: dict[bytes, tuple[int, ...]]) -> Iterator[Field]:
    """The sizes of chunks, and what those that are known begin with."""
    while place + head.size <= len(data):
        name, length = head.unpack_from(data, place)
        yield Field(8 * (place + 4), 8 * (head.size - 4), False, True)
        yield from _in_a_row(place + head.size, known.get(name, ()), False)
        place += head.size + length + length % 2 * (head.size == 8)


def _box_fields(data: bytes, place: int, end: int) -> Iterator[Field]:
    """The sizes of the boxes of an MP4 or of one of them, and what the tables of samples begin with."""
    while place + 8 <= end:
        length, name = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        yield Field(8 * place, 32, False, True)
        if name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"):
            yield from _box_fields(data, place + 8, place + length)
        elif name in (b"stsz", b"stts", b"stsc", b"stco", b"mdhd", b"mvhd", b"elst"):
            yield from _in_a_row(place + 8, (32,) * min(8, (length - 8) // 4), False)
        place += max(8, length)


def _flac_fields(data: bytes) -> Iterator[Field]:
    yield from _in_a_row(8, (16, 16, 24, 24, 20, 3, 5, 36, 64, 64), False)
    place, is_last = 4, False
    while not is_last:
        is_last, length = data[place] >> 7 == 1, int.from_bytes(data[place + 1 : place + 4], "big")
        yield from _in_a_row(place, (8, 24), False, sizes=(1,))
        place += 4 + length
    yield from _in_a_row(place, (16, 4, 4, 4, 3, 1, 8), False)


def _ogg_fields(data: bytes) -> Iterator[Field]:
    for start, _ in _pages(data):
        yield from _in_a_row(start + 4, (8, 8, 64, 32, 32, 32), True)
        yield from _in_a_row(start + 26, (8, *[8] * min(data[start + 26], 4)), True, sizes=(0, 1, 2, 3, 4))
    if data[28:36] == b"OpusHead":
        yield from _in_a_row(36, (8, 8, 16, 32, 16, 8), True)
    else:
        yield from _in_a_row(35, (32, 8, 32, 32, 32, 32, 8), True)


def _mp3_fields(data: bytes) -> Iterator[Field]:
    start = data.find(b"\xff\xfb")
    for place in (start, data.find(b"\xff\xfb", start + 100), data.find(b"\xff\xfb", start + 2000)):
        if place >= 0:
            yield from _in_a_row(place, (11, 2, 2, 1, 4, 2, 1, 1, 2, 2, 1, 1, 2), False)
    tag = max(data.find(b"Xing"), data.find(b"Info"))
    if tag >= 0:
        yield from _in_a_row(tag + 4, (32, 32, 32), False, sizes=(0, 1, 2))
        yield from _in_a_row(tag + 141, (12, 12), False, sizes=(0, 1))
    else:
        yield Field(8 * start + 16, 4, False, True)  # the bit rate tells a frame's length


def _pages(data: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of the pages of an Ogg, each by its own account."""
    start = data.find(b"OggS")
    for _ in range(MAX_PAGES):
        if start < 0 or start + 27 > len(data):
            return
        table = data[start + 27 : start + 27 + data[start + 26]]
        end = start + 27 + data[start + 26] + sum(table)
        yield start, end
        start = data.find(b"OggS", max(end, start + 27))


def with_true_checksums(data: bytes) -> bytes:
    """An Ogg whose pages have the checksums of what they hold: so damage comes through to the decoder."""
    damaged = bytearray(data)
    for start, end in _pages(data):
        damaged[start + 22 : start + 26] = bytes(4)
        mirrored = zlib.crc32(bytes(damaged[start:end]).translate(MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
        checksum = int(f"{mirrored:032b}"[::-1], 2)
        damaged[start + 22 : start + 26] = checksum.to_bytes(4, "little")
    return bytes(damaged)
