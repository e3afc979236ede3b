"""What a dataset file may say in SQL: an affair of one row, which gives the same wherever and whenever it is asked.

It is told by the tree that DuckDB parses it into, never by its letters.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from workflow_scripts.errors import SoundledgerError, nearest, shown

ONE_OR_MORE = "VARCHAR or VARCHAR[]"
"""A type of expressions: a text, or a list of texts."""
TELLING = frozenset({"version", "age", "current_localtime", "current_localtimestamp", "vector_type", "stats", "hash"})
"""Functions that DuckDB calls consistent, though they tell of the machine, the hour or the release."""
REFUSED = {
    "SUBQUERY": "a subquery",
    "WINDOW": "a window over rows",
    "STAR": "a star, which stands for many columns",
    "PARAMETER": "a parameter",
    "DEFAULT": "a default",
    "POSITIONAL_REFERENCE": "a column by its number",
}
"""Classes of nodes of DuckDB's tree."""
_UNSTEADY = "it does not give the same at any time on any machine"


class ExpressionError(SoundledgerError):
    """An expression of a dataset file that cannot be asked of a row."""


class NoColumnError(ExpressionError):
    """An expression that speaks of a column that the table has not."""


@dataclass(frozen=True)
class Expression:
    """One expression.

    Attributes:
        key: where it stands in the dataset file: `clip.media`, `clip.extra.take`, `where`.
        text: as it stands there.
        type: that its value is cast to, in SQL's words; JSON for the text of any value there; "" for its own.
    """

    key: str
    text: str
    type: str

    @property
    def sql(self) -> str:
        """What is asked."""
        value = f"(\n{self.text}\n)"
        if self.type == "JSON":
            return f"CAST(to_json({value}) AS VARCHAR)"
        return f"CAST({value} AS {self.type})" if self.type else value

    @property
    def place(self) -> str:
        """How errors call it."""
        return f"{self.key}: `{self.text.strip()}`"


def quoted(column: str) -> str:
    """A column's name as SQL takes it for nothing else."""
    return '"' + column.replace('"', '""') + '"'


def of_column(expression: Expression, columns: Sequence[str]) -> Expression:
    """The same expression; one that is a column's name and nothing else is that column, though it be a word of SQL."""
    name = expression.text.strip()
    return replace(expression, text=quoted(name)) if name.lower() in map(str.lower, columns) else expression


class Grammar:
    """What expressions may be made of.

    Args:
        connection: that they will be asked of, with our own macros.
        macros: the names of these.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, macros: Sequence[str]) -> None:
        self._connection = connection
        self._judged: dict[str, str] = dict.fromkeys(macros, "")
        known = connection.execute(
            "SELECT lower(function_name), list(DISTINCT function_type), list(DISTINCT stability), "
            "list({definition: macro_definition, parameters: parameters}) "
            "FROM duckdb_functions() WHERE function_type <> 'table' GROUP BY ALL"
        )
        self._functions = {name: told for name, *told in known.fetchall()}

    def check(self, expression: Expression, columns: Sequence[str]) -> None:
        """Hold an expression against what is allowed.

        Args:
            expression: to be judged.
            columns: those of the table.

        Raises:
            NoColumnError: it speaks of a column that is not there.
            ExpressionError: it is no expression, or no affair of one row.
        """
        there = {name.lower() for name in columns}
        try:
            used = list(self._columns(self._parsed(expression, columns), expression.place, frozenset()))
        except RecursionError:
            raise ExpressionError(f"{expression.place}: it is nested too deeply") from None
        for name in used:
            if name.lower() not in there:
                hint = nearest(name, columns) or _if_text(name, expression)
                raise NoColumnError(
                    f"{expression.place}: no column {shown(name)}{hint}; there are {', '.join(columns)}"
                )

    def _parsed(self, expression: Expression, columns: Sequence[str]) -> Any:
        """The tree of an expression by itself: text behind its end is no part of it."""
        asked = f"SELECT {expression.text}"
        try:
            [(text,)] = self._connection.execute("SELECT json_serialize_sql(?)", [asked]).fetchall()
        except duckdb.Error as error:  # of what is no text at all, as half of a surrogate pair
            raise ExpressionError(f"{expression.place}: no SQL expression: {error}") from None
        tree = json.loads(text)
        if tree["error"]:
            raise ExpressionError(
                f"{expression.place}: no SQL expression: {tree['error_message']}{_if_unquoted(expression, columns)}"
            )
        nodes = [statement["node"] for statement in tree["statements"]]
        if len(nodes) != 1 or not _is_bare(nodes[0]):
            raise ExpressionError(f"{expression.place}: expected one expression and nothing else")
        return nodes[0]["select_list"]

    def _columns(self, node: Any, place: str, bound: frozenset[str]) -> Iterator[str]:
        """The names of columns in a part of a tree; those that a lambda binds are none."""
        if isinstance(node, list):
            for one in node:
                yield from self._columns(one, place, bound)
        if not isinstance(node, dict):
            return
        kind = node.get("class")
        if kind in REFUSED:
            raise ExpressionError(f"{place}: it holds {REFUSED[kind]}; an expression is about one row")
        if kind == "COLUMN_REF":
            name = node["column_names"][0]
            if name.lower() not in bound:
                yield name
            return
        if kind == "LAMBDA":
            bound |= {name.lower() for name in self._columns(node.pop("lhs"), place, frozenset())}
        elif kind == "FUNCTION":
            self._judge(node["function_name"].lower(), place)
        for value in node.values():
            yield from self._columns(value, place, bound)

    def _judge(self, name: str, place: str) -> None:
        """Raises ExpressionError for a function that is no affair of one row, or does not always give the same."""
        if name not in self._judged:
            self._judged[name] = self._fault(name)
        if fault := self._judged[name]:
            raise ExpressionError(f"{place}: {shown(name)}: {fault}")

    def _fault(self, name: str) -> str:
        if name not in self._functions:
            return f"no such function{nearest(name, self._functions)}"
        types, stabilities, overloads = self._functions[name]
        if "aggregate" in types:
            return "it goes over many rows; an expression is about one row"
        if name in TELLING or not {"CONSISTENT", None}.issuperset(stabilities):
            return _UNSTEADY
        for macro in overloads if "macro" in types else ():  # which is what it stands for
            try:
                self.check(Expression(name, macro["definition"], ""), macro["parameters"])
            except ExpressionError:
                return _UNSTEADY
        return ""


def _if_text(name: str, expression: Expression) -> str:
    """What is to be written if a text was meant: YAML takes the quotation marks around a whole value for its own."""
    text = "'" + name.replace("'", "''") + "'"
    return f"; a text would be {quoted(text) if expression.text.strip() in (name, quoted(name)) else text}"


def _if_unquoted(expression: Expression, columns: Sequence[str]) -> str:
    """What is to be written if a column was meant whose name SQL takes for more than one word."""
    text = expression.text.lower()
    odd = [name for name in columns if not re.fullmatch(r"[A-Za-z_]\w*", name)]
    for name in odd:
        if name.lower() in text and quoted(name.lower()) not in text:
            return f"; the column would be {quoted(name)}"
    return f"; there are {', '.join(map(quoted, odd))}" if odd else ""


def _is_bare(node: Mapping[str, Any]) -> bool:
    """Whether a SELECT is nothing but one expression."""
    others = ("modifiers", "group_expressions", "group_sets", "where_clause", "having", "qualify", "sample")
    return (
        node["type"] == "SELECT_NODE"
        and node["from_table"]["type"] == "EMPTY"
        and len(node["select_list"]) == 1
        and not any(node.get(name) for name in others)
        and not node["cte_map"]["map"]
    )
