"""JSON as people write it: what it says is kept, be it no JSON (NaN) or more than a number of ours holds."""

import json
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

MOST_DIGITS = 20
"""Of whole numbers; those with more are texts."""
_SPACE = re.compile(r"[ \t\n\r]*")


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= MOST_DIGITS else text


def _fraction(text: str) -> float | str:
    return value if math.isfinite(value := float(text)) else text


DECODER = json.JSONDecoder(parse_int=_whole, parse_float=_fraction, parse_constant=lambda _: None)


class ListItem(NamedTuple):
    """An item of a list: as it stands there, and what it is."""

    text: str
    value: Any


class Document:
    """One value of JSON, read part by part: of a gigabyte never more than one row is there.

    Args:
        text: the whole.
    """

    def __init__(self, text: str) -> None:
        self._text, self._place = text, 0

    def rows(self, at: Sequence[str]) -> Iterator[tuple[str | None, Any]] | None:
        """The key, if any, and the value of each item of the list or map below these keys; None where none is.

        Raises:
            ValueError: the document is no JSON, before these or behind them; knows its line.
        """
        for wanted in at:
            if self._next() != "{" or not self._found(wanted):
                return None
        return self._rows(len(at)) if self._next() in ("[", "{") else None

    def lists(self) -> Iterator[tuple[str, Iterator["ListItem"] | None]]:
        """Each key of a map with the items of its list, or None where its value is no list.

        The items of one are there until the next key is asked for.

        Raises:
            ValueError: the document is no JSON, or no map; knows its line.
        """
        if self._next() != "{":
            raise self._error("a map of lists")
        for key in self._keys():
            if self._next() != "[":
                self._value()
                yield key, None
                continue
            items = self._written()
            yield key, items
            for _ in items:  # that nobody asked for
                pass
        if self._next():
            raise self._error("the end")

    def _written(self) -> Iterator["ListItem"]:
        for _ in self._items("[", "]"):
            self._next()
            begin = self._place
            value = self._value()
            yield ListItem(self._text[begin : self._place], value)

    def _rows(self, depth: int) -> Iterator[tuple[str | None, Any]]:
        if self._next() == "[":
            yield from ((None, self._value()) for _ in self._items("[", "]"))
        else:
            yield from ((key, self._value()) for key in self._keys())
        for _ in range(depth):  # what stands behind them in the maps around
            while self._next() == ",":
                self._place += 1
                self._key()
                self._value()
            self._expect("}")
        if self._next():
            raise self._error("the end")

    def _found(self, wanted: str) -> bool:
        for key in self._keys():
            if key == wanted:
                return True
            self._value()
        return False

    def _keys(self) -> Iterator[str]:
        """The keys of a map; who asks for the next has read the value."""
        return (self._key() for _ in self._items("{", "}"))

    def _items(self, begin: str, end: str) -> Iterator[None]:
        self._expect(begin)
        if self._next() != end:
            yield
            while self._next() == ",":
                self._place += 1
                yield
        self._expect(end)

    def _key(self) -> str:
        if self._next() != '"':
            raise self._error("a key")
        key = self._value()
        self._expect(":")
        return str(key)

    def _value(self) -> Any:
        self._next()
        value, self._place = DECODER.raw_decode(self._text, self._place)
        return value

    def _next(self) -> str:
        """The next character that is no blank; none at the end."""
        if blank := _SPACE.match(self._text, self._place):
            self._place = blank.end()
        return self._text[self._place : self._place + 1]

    def _expect(self, character: str) -> None:
        if self._next() != character:
            raise self._error(repr(character))
        self._place += 1

    def _error(self, expected: str) -> json.JSONDecodeError:
        return json.JSONDecodeError(f"expected {expected}", self._text, self._place)
