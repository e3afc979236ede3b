"""What is done to a file: Hypothesis draws it, and so finds the least of it that still shows a fault."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from hypothesis import strategies as st

from tests import mutations

MOST_EDITS = 6
MOST_BYTES = 300_000
"""Of a changed file: repeats of repeats grow fast, and what is larger is a matter of the bounds of each reader."""
NASTY = [
    *(rb"\ud800", rb"\u0000", b"\xed\xa0\x80", b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1b]0;x\x07", b"\x85", b"\r"),
    *(b"\n", b"\r\n", b"\t", b",", b";", b"|", b'"', b'""', b"'", b"\\", b"#", b" ", b"", b"\xe2\x80\xa8", b"\xcc\x81"),
    *(b"9" * 400, b"9" * 5_000, b"-1", b"1e999", b"nan", b"inf", b"-0", b"0x10", b"18446744073709551616", b"0b_"),
    *(b"2001-13-45", b"9999-12-31T23:59:59Z", b"0000-00-00", b"1:60:61", b"2262-04-12T00:00:00Z", b"+99:99"),
    *(b"[" * 3_000, b"{" * 900, b'{"a":' * 3_000, b"[]", b"{}", b"null", b"~", b"true", b"NaN", b"x" * 70_000),
    *(b"&a ", b"*a", b"&a [*a]", b"<<: *a\n", b"!!python/object:os.system ", b"!!set ", b"!!binary ", b"? [a, b]\n: "),
    *(b"--- ", b"...\n", b"|\n", b">-\n", b"%YAML 9.9\n", b"!!int ", b"!!timestamp ", b"../../../etc/passwd", b"/"),
    *(b"*", b"?", b"**/*", b"http://x/", b"s3://x/", b"hf://", b"file:///", b"PAR1", b"PK\x05\x06", b"\x1f\x8b\x08"),
    *(b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\0", b"\xff" * 8, b"(\xb5/\xfd", b"ustar\0"),
]
"""What readers have stumbled over, of text and of bytes."""
_WORD = re.compile(rb"[A-Za-z0-9_.+-]+")

BYTES_AN_EDIT = 10
"""Which edit, where, how far, and a number more: drawn as one, since Hypothesis takes longer than most that read."""


def changed(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Files that were one of these seeds, with some edits."""
    edit = st.binary(min_size=BYTES_AN_EDIT, max_size=BYTES_AN_EDIT)
    edits = st.lists(edit, max_size=MOST_EDITS)
    return st.builds(partial(_with, seeds), st.integers(0, len(seeds) - 1), edits)


def changed_sounds(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """The same, and beside them sound files damaged where their headers lie."""
    return st.one_of(changed(seeds), st.builds(partial(_damaged, seeds), st.integers(0, len(seeds) - 1), *_KINDS))


def _with(seeds: Sequence[bytes], number: int, edits: Sequence[bytes]) -> bytes:
    content = seeds[number]
    for drawn in edits:
        place, length, more = (int.from_bytes(drawn[first : first + 3], "big") for first in (1, 4, 7))
        content = _EDITS[drawn[0] % len(_EDITS)](content, place, length, more, seeds)[:MOST_BYTES]
    return content


def _stretch(content: bytes, place: int, length: int) -> tuple[int, int]:
    first = place % (len(content) + 1)
    return first, first + length % (len(content) - first + 1)


def _cut(content: bytes, place: int, length: int, *_: object) -> bytes:
    first, last = _stretch(content, place, length)
    return content[:first] + content[last:]


def _repeated(content: bytes, place: int, length: int, times: int, *_: object) -> bytes:
    first, last = _stretch(content, place, length)
    return content[:last] + content[first:last] * (1, 2, 50)[times % 3] + content[last:]


def _swapped(content: bytes, place: int, length: int, within: int, *_: object) -> bytes:
    first, last = _stretch(content, place, length)
    middle = first + within % (last - first + 1)
    return content[:first] + content[middle:last] + content[first:middle] + content[last:]


def _flipped(content: bytes, place: int, bit: int, *_: object) -> bytes:
    first, _end = _stretch(content, place, 0)
    flipped = bytes(byte ^ 1 << bit % 8 for byte in content[first : first + 1])
    return content[:first] + flipped + content[first + 1 :]


def _inserted(content: bytes, place: int, token: int, *_: object) -> bytes:
    first, _end = _stretch(content, place, 0)
    return content[:first] + NASTY[token % len(NASTY)] + content[first:]


def _byte_put(content: bytes, place: int, byte: int, *_: object) -> bytes:
    first, _end = _stretch(content, place, 0)
    return content[:first] + bytes([byte % 256]) + content[first + 1 :]


def _word_replaced(content: bytes, number: int, token: int, *_: object) -> bytes:
    words = list(_WORD.finditer(content[:20_000]))
    first, last = words[number % len(words)].span() if words else (0, 0)
    return content[:first] + NASTY[token % len(NASTY)] + content[last:]


def _crossed(content: bytes, place: int, other_place: int, number: int, seeds: Sequence[bytes]) -> bytes:
    other = seeds[number % len(seeds)]
    return content[: place % (len(content) + 1)] + other[other_place % (len(other) + 1) :]


def _line_repeated(content: bytes, number: int, times: int, *_: object) -> bytes:
    lines = content.splitlines(keepends=True) or [content]
    chosen = number % len(lines)
    return b"".join([*lines[:chosen], *[lines[chosen]] * (2, 4, 200)[times % 3], *lines[chosen + 1 :]])


_EDITS: tuple[Callable[..., bytes], ...] = (
    *(_cut, _inserted, _word_replaced, _word_replaced, _flipped),
    *(_repeated, _swapped, _byte_put, _crossed, _line_repeated),
)
_KINDS = (st.sampled_from(sorted(mutations.KINDS)), st.integers(0, 1 << 20), st.booleans())


def _damaged(seeds: Sequence[bytes], which: int, kind: str, number: int, with_checksums: bool) -> bytes:
    content = seeds[which]
    originals = [mutations.Original("", one) for one in seeds]
    try:
        damaged = mutations.KINDS[kind](content, Random(number), originals)[:MOST_BYTES]
    except (IndexError, ValueError):  # a seed that is a former finding has no header that they know
        return content
    return mutations.with_true_checksums(damaged) if with_checksums and content[:4] == b"OggS" else damaged
