"""What several sources say of one recording, and what comes of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from workflow_scripts.adapters.recordings.moments import Moment
from workflow_scripts.tables import schemas

ORDER = ("guano", "wamd", "comment", "name")
"""Who is believed first: what was written to be read by others before what a recorder notes for itself, and that before
a name, which people change."""
_DTYPES = {name: column.dtype for name, column in schemas.ORIGINS.columns.items()}
TEXTS = tuple(
    name for name, kind in _DTYPES.items() if kind == pl.String and name not in ("clip_id", "recorded_at", "extra")
)
"""Columns of `origins` that are texts."""
NUMBERS = tuple(name for name, kind in _DTYPES.items() if kind != pl.String)
DEGREES = 1e-4
"""Places within ten metres are one."""
MOST_EXTRA = 1 << 14
"""Characters of what else is kept of a recording: each window of it has them."""


@dataclass(frozen=True)
class Saying:
    """What one of ORDER says.

    Attributes:
        by: who.
        at: when the recording began.
        texts: by the name of the column, one of TEXTS.
        numbers: likewise, one of NUMBERS.
        extra: whatever else.
    """

    by: str
    at: Moment | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Origin:
    """What is known of a recording: `fields` of `origins` but recorded_at, and `extra`, a JSON object or None."""

    at: Moment | None
    fields: Mapping[str, Any]
    extra: str | None


def origin_of(said: Sequence[Saying]) -> Origin:
    """What the first of ORDER says that says anything of a field; what others say else stands in `extra.differs`."""
    in_order = sorted(said, key=lambda one: ORDER.index(one.by))
    at = _first([(one.by, one.at) for one in in_order])
    fields = {name: _first([(one.by, one.texts.get(name)) for one in in_order]) for name in TEXTS}
    fields |= {name: _first([(one.by, one.numbers.get(name)) for one in in_order]) for name in NUMBERS}
    differs: dict[str, dict[str, Any]] = {}
    for one in in_order:
        if one.at and at and not at.is_as(one.at):
            differs.setdefault("recorded_at", {})[one.by] = one.at.iso()
        for name, value in {**one.texts, **one.numbers}.items():
            if not _agree(name, value, fields[name]):
                differs.setdefault(name, {})[one.by] = value
    extra = {name: value for one in in_order for name, value in one.extra.items()}
    return Origin(at, fields, _json(({"differs": differs} if differs else {}) | extra))


def _first(said: Sequence[tuple[str, Any]]) -> Any:
    return next((value for _, value in said if value is not None), None)


def _agree(name: str, one: Any, other: Any) -> bool:
    """Whether two say the same of a field: the same words, or some of them; the same place within some metres."""
    if name in ("latitude", "longitude"):
        return bool(abs(one - other) <= DEGREES)
    if name in NUMBERS:
        return bool(one == other)
    words, others = set(one.casefold().split()), set(other.casefold().split())
    return words <= others or others <= words


def _json(extra: Mapping[str, Any]) -> str | None:
    """As much of it as there is room for, and of what holds several values those that there is room for."""
    kept: dict[str, Any] = {}
    room = MOST_EXTRA
    for name, value in extra.items():
        parts = [{key: one} for key, one in value.items()] if isinstance(value, Mapping) else [value]
        for part in parts:
            length = len(json.dumps({name: part}, ensure_ascii=False))
            if length <= room:
                room -= length
                kept[name] = kept.get(name, {}) | part if isinstance(part, dict) else part
    return json.dumps(kept, ensure_ascii=False) if kept else None
