"""Tables of objects: JSON, JSON lines, YAML. What each column is shows when all of them are read."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import polars as pl

from workflow_scripts.sources import faults, forms
from workflow_scripts.sources.faults import SourceError, as_source_error
from workflow_scripts.sources.forms import BROKEN, FOUND, TOO_LONG, Reading, Rows, cut, lines_of, refuse_names
from workflow_scripts.sources.json_text import DECODER, Document
from workflow_scripts.sources.source import Source

DEEPEST = 100
"""So deep a row may be nested; what goes deeper ends readers that call themselves for each level."""
EXACT = 2**53
"""Whole numbers up to this are the same as floating ones."""
NO_OBJECT = ("no_object", "it is no object with a value for each column")


class Item(NamedTuple):
    """What is to be a row.

    Attributes:
        number: of its line, or of the item in its document.
        value: what it is.
        fault: reason and detail, where it cannot be read; then the value is its text.
    """

    number: int
    value: Any
    fault: tuple[str, str] | None = None


def of_json(source: Source, reading: Reading) -> Iterator[Item]:
    """The items of a list or a map, one after the other: a document of a gigabyte is never there as a whole.

    Of a list that begins with a text or a number each item is the `value` of a row.
    """
    path, document = source.path, Document(source.text(reading.encoding))
    del source  # of a gigabyte as bytes and as text one is enough
    with as_source_error(path, "valid JSON"):
        rows = document.rows(_keys(reading.at))
        if rows is None:
            raise SourceError(f"{path}: {_no_rows(reading)}")
        of_values = False
        for number, (key, value) in enumerate(rows, start=1):
            of_values = isinstance(value, str | int | float) if number == 1 and key is None else of_values
            if key is not None:
                value = _with_key(key, value)
            elif of_values and not isinstance(value, dict):
                value = {"value": value}
            yield Item(number, value)


def of_json_lines(source: Source, reading: Reading) -> Iterator[Item]:
    """What each line is; blank ones are nothing."""
    for number, line in enumerate(lines_of(source.text(reading.encoding)), start=1):
        if line.strip():
            yield _of_line(number, line.rstrip("\r\n"))


def _of_line(number: int, line: str) -> Item:
    try:
        return Item(number, DECODER.decode(line))
    except json.JSONDecodeError as error:
        return Item(number, line, ("not_json", f"{error.msg} at character {error.pos + 1:,}"))
    except RecursionError:
        return Item(number, line, ("not_json", "nested too deeply"))


def of_yaml(source: Source, reading: Reading) -> Iterator[Item]:
    """The items of a list or a map. Scalars are texts: `NO` is no `false`, and `12:30` not 750."""
    import yaml

    text = source.text(reading.encoding)
    loader: Any = type("Texts", (getattr(yaml, "CBaseLoader", yaml.BaseLoader),), {})
    loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("(?:~|null)?$"), ["~", "n", ""])
    loader.add_constructor("tag:yaml.org,2002:null", lambda *_: None)
    with as_source_error(source.path, "valid YAML"):
        _refuse_bombs(source.path, yaml.parse(text, Loader=loader), yaml)
        value = yaml.load(text, Loader=loader)
    for key in _keys(reading.at):
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, dict):
        value = [_with_key(key or "", one) for key, one in value.items()]
    if not isinstance(value, list):
        raise SourceError(f"{source.path}: {_no_rows(reading)}")
    yield from map(Item, range(1, len(value) + 1), value)


def _refuse_bombs(path: str, events: Iterable[Any], yaml: Any) -> None:
    depth = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise SourceError(f"{path}, line {event.start_mark.line + 1}: nested more than {DEEPEST} deep")
        if isinstance(event, yaml.AliasEvent):
            raise SourceError(f"{path}: it holds aliases (`*name`), of which a few lines make gigabytes")


def _keys(at: str) -> list[str]:
    return [key for key in at.split(".") if key]


def _no_rows(reading: Reading) -> str:
    at = repr(reading.at) if reading.at else "the top"
    return f"no list or map of rows at {at}{reading.advice('; say where: {at: …}')}"


def _with_key(key: str, value: Any) -> dict[str, Any]:
    """A row of a map. `key` is the map's key also where the row calls something of its own so."""
    return {"key": key} | (value if isinstance(value, dict) else {"value": value}) | {"key": key}


class Held(NamedTuple):
    """A row as it is held: its number and its text, which is its beginning where something is wrong with it."""

    number: int
    text: str
    fault: tuple[str, str] | None


def of_objects(path: str, items: Iterator[Item]) -> Iterator[Rows]:
    """Rows of objects of a file, held as text until it is known what each column is."""
    held: list[Held] = []
    kinds: dict[str, set[str]] = {}
    for item in items:
        row = held_row(item)
        held.append(row)
        if isinstance(item.value, dict) and not row.fault:
            for name, one in item.value.items():
                kinds.setdefault(name, set()).add(_kind(one))
    types = {name: _type(of_column) for name, of_column in kinds.items() if name}
    refuse_names(path, types)
    if held and not types and (fault := held[0].fault) and fault[0] == "not_json":
        raise SourceError(f"{path}: none of its rows is JSON; of the first: {fault[1]}")
    size = forms.ROWS_AT_ONCE
    parts = [held[first : first + size] for first in range(0, max(len(held), 1), size)][::-1]
    del held
    while parts:  # what has been told need not be held any longer
        yield _objects(parts.pop(), types)


def held_row(item: Item) -> Held:
    """What is to be a row as text of bounded length, and why it can be none."""
    if item.fault:
        return Held(item.number, cut(item.value), item.fault)
    try:
        text = json.dumps(item.value, ensure_ascii=False)
        text.encode()
    except RecursionError:
        return Held(item.number, "…", ("not_json", "nested too deeply"))
    except UnicodeEncodeError:
        return Held(item.number, cut(json.dumps(item.value)), ("not_json", "it holds half of a character (surrogate)"))
    if len(text) > faults.LONGEST_ROW:
        return Held(item.number, cut(text), TOO_LONG)
    if text.count("[") + text.count("{") > DEEPEST and _is_deep(item.value):
        return Held(item.number, cut(text), ("not_json", f"nested more than {DEEPEST} deep"))
    return Held(item.number, text, None if isinstance(item.value, dict) else NO_OBJECT)


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return bool(level)


def _objects(held: list[Held], types: Mapping[str, Any]) -> Rows:
    whole, broken = [], []
    for number, text, fault in held:
        if fault or not types:
            broken.append((number, text, *(fault or NO_OBJECT)))
        else:
            whole.append((number, text, json.loads(text)))
    columns = [
        pl.Series(name, [_value(value.get(name), kind) for _, _, value in whole], dtype=kind)
        for name, kind in types.items()
    ]
    return Rows(
        pl.DataFrame([(number, text) for number, text, _ in whole], schema=FOUND, orient="row"),
        pl.DataFrame(columns),
        pl.DataFrame(broken, schema=BROKEN, orient="row"),
    )


def _kind(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "texts"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > EXACT:
        return "long" if -(2**63) <= value < 2**63 else "str"
    return type(value).__name__


def _type(kinds: set[str]) -> Any:
    """What a column is whose values are of these kinds: text where they have nothing else in common."""
    kinds = kinds - {"NoneType"}
    if not kinds:
        return pl.Null
    for of, dtype in (
        ({"int", "long"}, pl.Int64),
        ({"int", "float"}, pl.Float64),
        ({"bool"}, pl.Boolean),
        ({"texts"}, pl.List(pl.String)),
    ):
        if kinds <= of:
            return dtype
    return pl.String


def _value(value: Any, dtype: Any) -> Any:
    """What is neither text nor alone of its kind is JSON's text."""
    if dtype != pl.String or value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
