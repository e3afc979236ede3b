"""Errors that are the user's to mend."""

import difflib
import re
import reprlib
from collections.abc import Iterable

MOST_LINES, MOST_CHARACTERS = 50, 1_500
"""Of a message, and of each of its lines; the end of a line, which says what to do, is kept."""


class SoundledgerError(Exception):
    """Something in the input that the run cannot go on with.

    The message names the file, the line or id, what was expected and what to do. Entry scripts print it without a
    traceback. Whatever it quotes stays text: see as_text().
    """

    def __str__(self) -> str:
        return as_text(discreet(super().__str__()))


def discreet(words: str) -> str:
    """Words as they may be shown and kept, whoever said them: without what may be a key.

    Addresses lose their query, which may be a signature, and a name and password; tokens lose what follows their first
    letters.

    >>> discreet("GET https://me:secret@host/file?X-Amz-Signature=1234: 403, with Bearer abcdefghij")
    'GET https://host/file?…: 403, with Bearer …'
    """
    for pattern, kept in _SECRETS:
        words = pattern.sub(kept, words)
    return words


def first_twenty(items: list[str]) -> str:
    """The first twenty of a list of offenders in one line, and how many more there are."""
    more = f" … and {len(items) - 20:,} more" if len(items) > 20 else ""
    return ", ".join(items[:20]) + more


def nearest(name: object, known: Iterable[object]) -> str:
    """The known name that is most like this one, small letters or capitals, as a question; nothing if none is."""
    by_letters = {str(one).lower(): str(one) for one in known}
    close = difflib.get_close_matches(str(name).lower(), by_letters, n=1)
    return f"; did you mean `{by_letters[close[0]]}`?" if close else ""


def as_text(message: str) -> str:
    r"""A message as a terminal can show it: of bounded size, with control characters as escapes.

    >>> as_text("mine.yaml: \x1b[2J is no name")
    'mine.yaml: \\x1b[2J is no name'
    """
    lines = message.split("\n")
    more = [f"… and {len(lines) - MOST_LINES:,} lines more"] if len(lines) > MOST_LINES else []
    return "\n".join([*map(_line_as_text, lines[:MOST_LINES]), *more])


def in_bytes(count: float) -> str:
    """A number of bytes as people read it.

    >>> in_bytes(999), in_bytes(3_840_000), in_bytes(81_000_000_000)
    ('999 bytes', '3.8 MB', '81.0 GB')
    """
    for unit, size in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count:.0f} bytes"


def shown(value: object) -> str:
    """A value as its Python literal, cut where it is long."""
    return _BRIEF.repr(value)


def _line_as_text(line: str) -> str:
    if len(line) > MOST_CHARACTERS:
        line = f"{line[: MOST_CHARACTERS - 300]} … {line[-300:]}"
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in line)


_QUERY = r"\?[^\s'\"<>`]*[^\s'\"<>`.,:;)\]}]"
_SECRETS = (
    (re.compile(r"(?<!\bhf)://[^\s/?#@'\"<>`]+@"), "://"),  # hf://name@revision has none
    (re.compile(rf"(\w://[^\s?'\"<>`]*){_QUERY}"), r"\1?…"),
    (re.compile(rf"(\burl: /[^\s?'\"<>`]*){_QUERY}"), r"\1?…"),  # as urllib3 tells of one, without its host
    (re.compile(r"\b(hf_)[A-Za-z0-9]{16,}|\b(ya29\.|Bearer\s+)[A-Za-z0-9._~+/-]{8,}=*"), r"\1\2…"),
)
_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxother = _BRIEF.maxlong = 100
