"""A row of `reviews.csv`: what may stand in it, and how rows become a file and come back from one."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from workflow_scripts.errors import SoundledgerError, first_twenty, shown

Row = dict[str, str]
"""Text by column, all of COLUMNS; empty where nothing is said."""

LONGEST = {
    "clip_id": 200,
    "verdict": 10,
    "reviewer": 200,
    "reviewed_at": 40,
    "ordinal": 9,
    "caption": 10_000,
    "class_ids": 20_000,
    "note": 10_000,
    "pcm_digest": 32,
}
"""Each column, in the order of the file, and how many characters it may have."""
COLUMNS = tuple(LONGEST)
VERDICTS = ("keep", "drop", "")
"""Empty takes back what was said before, or says nothing but a caption, classes or a note."""
_SHAPES = {
    "clip_id": (r"[A-Za-z0-9_-]+", "letters, digits, `-` and `_`"),
    "reviewed_at": (
        r"(\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?",
        "a time such as 2026-03-01T12:00:00Z",
    ),
    "ordinal": (r"(0|[1-9][0-9]*)?", "a whole number from 0, or nothing"),
    "pcm_digest": (r"([0-9a-f]{32})?", "32 hexadecimal digits, or nothing"),
}


class RowsError(SoundledgerError):
    """Rows that cannot stand in the file; says which and why."""


def checked(row: Mapping[str, object], where: str) -> Row:
    r"""A row as the file has it: every cell text, ends of lines as `\n`.

    Args:
        row: text by column, of some columns; numbers for `ordinal`, and nulls, as JSON has them.
        where: names the row in an error.

    Raises:
        RowsError: a column that does not exist, or what cannot stand in one.
    """
    if foreign := [shown(name) for name in row if name not in LONGEST]:
        raise RowsError(f"{where}: no such column: {first_twenty(foreign)}; there are {', '.join(COLUMNS)}")
    cells = {name: _cell(row.get(name), name, where) for name in COLUMNS}
    if cells["verdict"] not in VERDICTS:
        raise RowsError(f"{where}: verdict {shown(cells['verdict'])}: expected keep, drop or nothing")
    for name, (pattern, expected) in _SHAPES.items():
        if not re.fullmatch(pattern, cells[name]):
            raise RowsError(f"{where}: {name} {shown(cells[name])}: expected {expected}")
    try:
        moment(cells)
    except ValueError:
        raise RowsError(
            f"{where}: reviewed_at {shown(cells['reviewed_at'])}: expected a time such as 2026-03-01T12:00:00Z"
        ) from None
    return cells


def _cell(value: object, name: str, where: str) -> str:
    if value is None:
        return ""
    if name == "ordinal" and type(value) is int:
        value = str(value)
    if not isinstance(value, str):
        raise RowsError(f"{where}: {name} {shown(value)}: expected text")
    text = value.replace("\r\n", "\n")
    if len(text) > LONGEST[name]:
        raise RowsError(f"{where}: {name} has {len(text):,} characters; at most {LONGEST[name]:,} are kept")
    if any(unicodedata.category(one) in ("Cc", "Cs") and one != "\n" for one in text):
        raise RowsError(f"{where}: {name} {shown(text)}: holds control characters or half of a surrogate pair")
    return text


def moment(row: Row) -> datetime:
    """When a row was written; a time without a zone is taken for UTC, and a row without a time is older than any other.

    >>> moment({"reviewed_at": "2026-03-01T12:00:00+02:00"}) < moment({"reviewed_at": "2026-03-01T11:00:00"})
    True
    """
    said = datetime.fromisoformat(row["reviewed_at"]) if row["reviewed_at"] else datetime.min
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def merged(kept: Iterable[Row], more: Iterable[Row]) -> list[Row]:
    """Rows that were kept, with those of `more` in the place of all that the same reviewer said before of the same.

    The same is: of the same clip, and of the same caption. The newer of two holds, whichever came last; of two of one
    time, that of `more`. Rows of which `more` holds no newer word stay as they are, in the order of `sort_key`.
    """
    newest: dict[tuple[str, ...], Row] = {}
    for row in more:
        if (other := newest.get(_said_of(row))) is None or moment(row) >= moment(other):
            newest[_said_of(row)] = row
    rest = []
    for row in kept:
        if (other := newest.get(_said_of(row))) is None:
            rest.append(row)
        elif moment(row) > moment(other):
            newest[_said_of(row)] = row
    return sorted([*rest, *newest.values()], key=sort_key)


def _said_of(row: Row) -> tuple[str, ...]:
    """What a row speaks of, and who; a clip's first caption where it names none."""
    return (row["clip_id"], row["reviewer"], row["ordinal"] or "0")


def sort_key(row: Row) -> tuple[object, ...]:
    """Sorts rows by clip, reviewer and caption, and then by all else, so that the same rows are the same bytes."""
    return (row["clip_id"], row["reviewer"], int(row["ordinal"] or -1), *row.values())


def as_csv(rows: Iterable[Row]) -> bytes:
    r"""A file of rows, as RFC 4180 has it.

    >>> as_csv([])
    b'clip_id,verdict,reviewer,reviewed_at,ordinal,caption,class_ids,note,pcm_digest\r\n'
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def from_csv(content: bytes, file: str) -> list[Row]:
    """The rows of a file, in its order; an empty file has none.

    Raises:
        RowsError: it is no such CSV, has other columns, or a row that could not have been written; names the line.
    """
    if not content:
        return []
    try:
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        header = next(lines, [])
        if tuple(header) != COLUMNS:
            raise RowsError(
                f"{file}: its header is {shown(','.join(header))}; expected {','.join(COLUMNS)}, as pages write it. "
                "Leave this file as it is, have verdicts saved in another, make review REVIEWS=<another file>, and "
                "name both under `reviews` in the dataset file"
            )
        rows = []
        before = lines.line_num
        for cells in lines:
            where = f"{file}: line {before + 1}"
            before = lines.line_num
            if not cells:
                continue
            if len(cells) != len(COLUMNS):
                raise RowsError(f"{where}: {len(cells)} cells; expected {len(COLUMNS)}")
            rows.append(checked(dict(zip(COLUMNS, cells, strict=True)), where))
    except (UnicodeDecodeError, csv.Error) as error:
        raise RowsError(f"{file}: not CSV in UTF-8: {error}") from None
    return rows
