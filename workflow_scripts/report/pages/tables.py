"""Answers as tables of a page: no larger than can be read, each cell as text, with what is left out in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workflow_scripts.report.drawing import words
from workflow_scripts.report.pages.asked import Answer
from workflow_scripts.report.pages.words import hours, size

MOST_ROWS = 20
LONGEST = 200
"""Letters of a text from outside in a cell."""
WIDEST = 20
"""Letters of a word that no column breaks; longer ones, as digests and paths, may be."""


@dataclass(frozen=True)
class PageColumn:
    """A column of a page's table.

    Attributes:
        title: what stands above it.
        says: a value as text; none says "".
        is_number: it stands at the right.
    """

    title: str
    says: Callable[[Any], str]
    is_number: bool = True


@dataclass(frozen=True)
class PageTable:
    """A table as it stands in a page.

    Attributes:
        caption: what it shows.
        columns: the first names the rows.
        rows: texts, one a column.
        left_out: what does not stand there, in words; "" where all does.
        sql: what gives all of it.
        links: of each row its clips, as they stand behind `#` in the address of the review page; "" where it has none.
    """

    caption: str
    columns: list[PageColumn]
    rows: list[list[str]]
    left_out: str
    sql: str
    links: list[str]

    @property
    def letters(self) -> list[int]:
        """Of each column: of the longest word in its cells, no more than WIDEST."""
        cells = zip(*self.rows, strict=True)
        return [min(WIDEST, max(len(word) for cell in of for word in cell.split() or [""])) for of in cells]


def text(title: str) -> PageColumn:
    """Of text from outside."""
    return PageColumn(title, lambda value: words.shown(str(value), LONGEST), is_number=False)


def named(title: str, names: Mapping[str, str]) -> PageColumn:
    """Of words of our own, with what they mean where that is known."""
    return PageColumn(title, lambda value: f"{value}: {names[value]}" if value in names else value, is_number=False)


def count(title: str) -> PageColumn:
    """Of whole numbers."""
    return PageColumn(title, lambda value: f"{value:,}")


def share(title: str) -> PageColumn:
    """Of shares, 0 to 1."""
    return PageColumn(title, lambda value: words.share(value, 1))


def in_hours(title: str) -> PageColumn:
    """Of hours."""
    return PageColumn(title, hours)


def in_seconds(title: str) -> PageColumn:
    """Of places and durations, seconds."""
    return PageColumn(title, lambda value: f"{value:,.2f}")


def in_bytes(title: str) -> PageColumn:
    """Of sizes."""
    return PageColumn(title, size)


def page_table(
    answer: Answer,
    caption: str,
    columns: Mapping[str, PageColumn],
    of: tuple[str, str] = ("row", "rows"),
    link: Callable[[dict[str, Any]], str] = lambda row: "",
) -> PageTable:
    """An answer as a table.

    Args:
        answer: with these columns, and others or not. One of which no row says anything is left out.
        caption: what it shows.
        columns: by their names in the answer, in the order of the page.
        of: what a row is, and several.
        link: of a row its clips, as PageTable has it.
    """
    there = answer.rows.head(MOST_ROWS).to_dicts()
    said = {name for row in there for name, value in row.items() if value is not None}
    columns = {name: column for name, column in columns.items() if name in said}
    rows = [["" if row[name] is None else column.says(row[name]) for name, column in columns.items()] for row in there]
    more = len(answer.rows) - len(rows)
    left_out = f"{words.counted(more, *of)} more" if more else ""
    return PageTable(caption, list(columns.values()), rows, left_out, answer.sql, list(map(link, there)))
