"""Questions to the catalogue, each a file of `questions`, and their answers beside the very SQL that was run."""

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

QUESTIONS = Path(__file__).parent / "questions"
Ask = Callable[[str], pl.DataFrame]


@dataclass(frozen=True)
class Answer:
    """What the catalogue said.

    Attributes:
        sql: that was run; it gives the same in any shell.
        rows: the answer.
    """

    sql: str
    rows: pl.DataFrame


def answer(ask: Ask, question: str, **given: str | Sequence[str]) -> Answer:
    """Ask a question of the folder.

    Args:
        ask: the catalogue.
        question: the name of its file.
        given: what stands for `$name` there: a text, or several between commas.
    """
    sql = re.sub(r"\$(\w+)", lambda place: _literal(given[place[1]]), _question(question))
    return Answer(sql, ask(sql))


@functools.cache
def _question(name: str) -> str:
    return (QUESTIONS / f"{name}.sql").read_text(encoding="utf-8")


def _literal(given: str | Sequence[str]) -> str:
    """Texts as SQL has them.

    >>> _literal("it's"), _literal(["a", "b"])
    ("'it''s'", "'a', 'b'")
    """
    if isinstance(given, str):
        return "'" + given.replace("'", "''") + "'"
    return ", ".join(map(_literal, given))
