"""Tables of objects: JSON, JSON lines, YAML."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from workflow_scripts.sources import faults, forms
from workflow_scripts.sources.faults import SourceError, as_source_error
from workflow_scripts.sources.forms import BROKEN, FOUND, UNENDED, Reading, Rows, cut, refuse_names
from workflow_scripts.sources.source import Source

_CONSTANT = re.compile(rb'("(?:[^"\\]|\\.)*")|-?\b(?:NaN|Infinity)\b')


def of_json(source: Source, reading: Reading) -> Iterator[Any]:
    """The items of a list or a map, one after the other: a document of a gigabyte is never there as a whole."""
    import ijson

    content = source.content
    if b"NaN" in content or b"Infinity" in content:  # which JSON has not, but writers write
        content = _CONSTANT.sub(lambda found: found[1] or b"null", content)
    with as_source_error(source.path, "valid JSON"):
        begin = next((event for at, event, _ in ijson.parse(io.BytesIO(content)) if at == reading.at), None)
        if begin == "start_array":
            item = f"{reading.at}.item" if reading.at else "item"
            yield from ijson.items(io.BytesIO(content), item, use_float=True)
        elif begin == "start_map":
            for key, value in ijson.kvitems(io.BytesIO(content), reading.at, use_float=True):
                yield _with_key(key, value)
        else:
            raise SourceError(f"{source.path}: {_no_rows(reading.at, begin)}")


def of_json_lines(source: Source, reading: Reading) -> Iterator[Any]:
    """What each line is."""
    for line in source.lines().iter_rows(named=True):
        if line["raw"].strip():
            try:
                yield json.loads(line["raw"], parse_constant=lambda _: None)
            except ValueError as error:
                raise SourceError(f"{source.path}, line {line['line']}: not valid JSON: {error}") from None


def of_yaml(source: Source, reading: Reading) -> Iterator[Any]:
    """The items of a list or a map."""
    import yaml

    text, loader = source.text(reading.encoding), getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with as_source_error(source.path, "valid YAML"):
        if "*" in text and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=loader)):
            raise SourceError(f"{source.path}: it holds aliases (`*name`), of which a few lines make gigabytes")
        value = yaml.load(text, Loader=loader)
    for key in filter(None, reading.at.split(".")):
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        yield from (_with_key(str(key), one) for key, one in value.items())
    else:
        raise SourceError(f"{source.path}: {_no_rows(reading.at, None)}")


def _no_rows(at: str, begin: str | None) -> str:
    where = f"at {at!r}" if at else "at the top"
    return f"no list or map of rows {where}{f' but a {begin}' if begin else ''}; say where: reading: {{at: …}}"


def _with_key(key: str, value: Any) -> dict[str, Any]:
    return {"key": key, **value} if isinstance(value, dict) else {"key": key, "value": value}


def of_objects(source: Source, objects: Iterator[Any]) -> Iterator[Rows]:
    """Rows of objects. Those of a document are held as text, until it is known what each column is."""
    held: list[str] = []
    kinds: dict[str, set[str]] = {}
    for value in objects:
        if isinstance(value, dict):
            for name, one in value.items():
                kinds.setdefault(name, set()).add(_kind(one))
        held.append(json.dumps(value, ensure_ascii=False, default=str))
    refuse_names(source.path, kinds)
    types = {name: _type(of_column) for name, of_column in kinds.items()}
    for first in range(0, max(len(held), 1), forms.ROWS_AT_ONCE):
        yield _objects(held[first : first + forms.ROWS_AT_ONCE], first + 1, types)


def _objects(texts: list[str], first: int, types: Mapping[str, Any]) -> Rows:
    whole, broken = [], []
    for number, text in enumerate(texts, start=first):
        value = json.loads(text)
        if len(text) > faults.LONGEST_ROW:
            broken.append((number, cut(text), *UNENDED))
        elif isinstance(value, dict) and types:
            whole.append((number, text, value))
        else:
            broken.append((number, text, "no_object", "it is no object with a value for each column"))
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
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        return "str"
    return type(value).__name__


def _type(kinds: set[str]) -> Any:
    """What a column is whose values are of these kinds: text where they have nothing else in common."""
    kinds = kinds - {"NoneType"}
    for of, dtype in (
        ({"int"}, pl.Int64),
        ({"int", "float"}, pl.Float64),
        ({"bool"}, pl.Boolean),
        ({"texts"}, pl.List(pl.String)),
    ):
        if kinds and kinds <= of:
            return dtype
    return pl.String


def _value(value: Any, dtype: Any) -> Any:
    """What is neither text nor alone of its kind is JSON's text."""
    if dtype != pl.String or value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
