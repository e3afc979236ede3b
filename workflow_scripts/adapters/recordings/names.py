"""What the names of recordings say, by patterns like `{site}_{date:%Y%m%d}_{time:%H%M%S}`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from workflow_scripts.adapters.recordings.moments import DIRECTIVES, Moment, moment_of
from workflow_scripts.adapters.recordings.said import TEXTS, Saying
from workflow_scripts.errors import nearest, shown
from workflow_scripts.media.stems import without_suffix
from workflow_scripts.sources.faults import SourceError

_PARTS = re.compile(r"\{([^{}]*)\}|(\*)|([^{}*]+)|([{}])")
_FIELD = re.compile(r"([a-z][a-z0-9_]*)(?::(.+))?", re.DOTALL)
_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)


@dataclass(frozen=True)
class NamePattern:
    """A pattern.

    Attributes:
        regex: of the end of a path without its suffix, for an engine that takes no longer than the path is long.
        groups: what each of its groups is: the name of a field, or a directive of a time (`%Y`).
    """

    regex: str
    groups: tuple[str, ...]

    def said(self, values: Mapping[str, str]) -> Saying:
        """What a name says that fits: the texts of its groups."""
        told = dict(zip(self.groups, values.values(), strict=True))
        texts = {name: told[name] for name in self.groups if name in TEXTS}
        others = {name: told[name] for name in self.groups if name not in TEXTS and name[0] != "%"}
        return Saying("name", self._moment(told), texts, {}, others)

    def _moment(self, told: Mapping[str, str]) -> Moment | None:
        return moment_of({name[1]: value for name, value in told.items() if name[0] == "%"})


def name_pattern(text: str) -> NamePattern:
    """A pattern as a dataset file has it.

    Raises:
        SourceError: it is none; says where.
    """
    groups: list[str] = []
    regex = ""
    for field, anything, literal, stray in _PARTS.findall(text):
        if stray:
            raise SourceError(f"names: {shown(text)}: a brace stands alone; a field is {{site}} or {{time:%H%M}}")
        if anything:
            regex += "[^/]*?"
        elif literal:
            regex += re.escape(literal)
        else:
            regex += "".join(_of_field(text, field, groups))
    said = {name[1] for name in groups if name[0] == "%"}
    if said and not ({"Y", "m", "d"} <= said or {"y", "m", "d"} <= said):
        raise SourceError(f"names: {shown(text)}: a time without its day; expected %Y (or %y), %m and %d in it")
    return NamePattern(rf"(?s)^(?:.*/)?{regex}$", tuple(groups))


def _of_field(text: str, field: str, groups: list[str]) -> Iterator[str]:
    found = _FIELD.fullmatch(field)
    if not found:
        raise SourceError(
            f"names: {shown(text)}: {{{field}}} is no field; expected a name in small letters, or one and a time"
        )
    name, form = found.groups()
    if form is None:
        _add(text, groups, name)
        yield "([^/]+?)"
        return
    place = 0
    for directive in _DIRECTIVE.finditer(form):
        if directive[1] not in DIRECTIVES:
            raise SourceError(f"names: {shown(text)}: {directive[0]} is no part of a time; known are {_known()}")
        _add(text, groups, directive[0])
        yield f"{re.escape(form[place : directive.start()])}({DIRECTIVES[directive[1]]})"
        place = directive.end()
    if not place:
        raise SourceError(f"names: {shown(text)}: {{{field}}} holds no part of a time; known are {_known()}")
    yield re.escape(form[place:])


def _known() -> str:
    return ", ".join(f"%{one}" for one in DIRECTIVES)


def _add(text: str, groups: list[str], name: str) -> None:
    alike = {"%y": "%Y"}.get(name, name)
    if alike in (({"%y": "%Y"}.get(one, one)) for one in groups):
        raise SourceError(f"names: {shown(text)}: {name} stands there twice; expected it once{nearest(name, ())}")
    groups.append(name)


def said_by_names(paths: pl.Series, patterns: Sequence[NamePattern]) -> list[Saying | None]:
    """What each name says, by the first pattern that it fits."""
    names = paths.to_frame("path").select(without_suffix(pl.col("path"))).to_series()
    said: list[Saying | None] = [None] * len(paths)
    fits = [False] * len(paths)
    for pattern in patterns:
        matches = names.str.contains(pattern.regex)
        groups = names.str.extract_groups(pattern.regex) if pattern.groups else None
        for place in matches.arg_true():
            if not fits[place]:
                fits[place] = True
                said[place] = pattern.said(groups[place]) if groups is not None else None
    return said
