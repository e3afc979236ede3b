"""Objects of JSON whose members are known, as rows: what is asked of each, and what is told where it is not so."""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import polars as pl

from workflow_scripts.sources import faults, forms
from workflow_scripts.sources.faults import shown
from workflow_scripts.sources.json_text import ListItem
from workflow_scripts.sources.objects import Item, held_row

NOTHING = frozenset(("", "-", "--", "?", "na", "n/a", "nan", "none", "null", "unknown"))
"""What people write, in any letters, where they have no number."""
ROW: dict[str, Any] = {
    "line": pl.Int64,
    **dict.fromkeys(("raw", "reason", "detail", "beside", "extra"), pl.String),
}
"""What is told of each object beside its members."""


class NotSoError(ValueError):
    """A value is not what is asked; says what that is."""


def text(value: Any) -> str | None:
    """A text; none where it is blank."""
    if value is None or isinstance(value, str):
        return value if value and not value.isspace() else None
    raise NotSoError("a text")


def name(value: Any) -> str | None:
    """What names another object: a text, or a whole number as text.

    >>> name(7), name("7")
    ('7', '7')
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    try:
        return text(value)
    except NotSoError:
        raise NotSoError("a whole number or a text") from None


def number(value: Any) -> float | None:
    """A number, also one that is written as text.

    >>> number("43.6571"), number(7), number("?"), number(None)
    (43.6571, 7.0, None, None)
    """
    if value is None or (isinstance(value, str) and value.strip().lower() in NOTHING):
        return None
    if isinstance(value, int | float | str) and not isinstance(value, bool) and "_" not in str(value):
        try:
            if math.isfinite(found := float(value)):
                return found
        except (ValueError, OverflowError):
            pass
    raise NotSoError("a number")


def whole(value: Any) -> int | None:
    """A whole number that a table holds.

    >>> whole("48000"), whole(48000.0)
    (48000, 48000)
    """
    found = number(value)
    if found is None:
        return None
    if found != int(found) or abs(found) > 2**53:
        raise NotSoError("a whole number")
    return int(found)


def texts(value: Any) -> list[str] | None:
    """A list of texts."""
    if value is None or (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        return value
    raise NotSoError("a list of texts")


def seconds(value: Any) -> float | None:
    """A duration, in minutes and seconds or with hours before them.

    >>> seconds("4:13"), seconds("1:00:05")
    (253.0, 3605.0)
    """
    said = text(value)
    if said is None or said.strip().lower() in NOTHING:
        return None
    if not re.fullmatch(r"[0-9]{1,6}(:[0-5]?[0-9]){1,2}", said):
        raise NotSoError("a time as 1:23 or 1:02:03")
    total = 0
    for part in said.split(":"):
        total = 60 * total + int(part)
    return float(total)


KINDS: dict[Callable[[Any], Any], Any] = {
    text: pl.String,
    name: pl.String,
    number: pl.Float64,
    whole: pl.Int64,
    seconds: pl.Float64,
    texts: pl.List(pl.String),
}
"""What a member may be, and the type of its column."""


class Member(NamedTuple):
    """What is asked of an object.

    Attributes:
        column: where it goes.
        kind: of KINDS.
        keys: what it may be called, the first that is there.
        in_extra: it is kept as it stands, too.
    """

    column: str
    kind: Callable[[Any], Any]
    keys: tuple[str, ...]
    in_extra: bool = False

    def of(self, value: dict[str, Any]) -> tuple[str, Any]:
        """The key that is there, and its value."""
        return next(((key, value[key]) for key in self.keys if key in value), (self.keys[0], None))


class Numbered(NamedTuple):
    """An object, and its number in its source."""

    number: int
    item: ListItem


def rows_of(items: Iterable[Numbered], members: Sequence[Member], without: Sequence[str] = ()) -> pl.DataFrame:
    """Objects as rows, of which only some thousand are held as objects at a time.

    Args:
        items: in their order.
        members: what is asked of each.
        without: keys of others that are not kept.

    Returns:
        ROW and a column for each member. `beside` says of what members are not so, which are null then; `extra` holds
        all other members that say something, as a JSON object; `reason` and `detail` are of what is no object.
    """
    schema = ROW | {member.column: KINDS[member.kind] for member in members}
    others = frozenset((*(key for member in members if not member.in_extra for key in member.keys), *without))
    parts = [pl.DataFrame(schema=schema)]
    items = iter(items)
    while some := list(islice(items, forms.ROWS_AT_ONCE)):
        parts.append(pl.DataFrame([_row(one, members, others) for one in some], schema=schema, orient="row"))
    return pl.concat(parts)


def _row(one: Numbered, members: Sequence[Member], others: frozenset[str]) -> tuple[Any, ...]:
    held = held_row(Item(one.number, one.item.value))
    if held.fault:
        return (one.number, held.text, *held.fault, None, None, *(None for _ in members))
    value = one.item.value
    values, told = [], []
    for member in members:
        key, found = member.of(value)
        try:
            values.append(member.kind(found))
        except NotSoError as error:
            values.append(None)
            told.append(f"{key}: expected {error}, found {shown(json.dumps(found, ensure_ascii=False))}")
    raw = one.item.text if len(one.item.text) <= faults.LONGEST_ROW else held.text
    return (one.number, raw, None, None, "; ".join(told) or None, _extra(value, others), *values)


def _extra(value: dict[str, Any], others: frozenset[str]) -> str | None:
    more = {key: one for key, one in value.items() if key not in others and one not in (None, "", [], {})}
    return json.dumps(more, ensure_ascii=False) if more else None


def numbered(items: Iterable[ListItem], first: int) -> Iterator[Numbered]:
    """Items with their numbers, from `first` on."""
    return (Numbered(number, item) for number, item in enumerate(items, start=first))
