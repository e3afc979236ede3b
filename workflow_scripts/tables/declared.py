"""How a table is declared: its columns, and the rules that every row keeps to. validation.py holds tables against them.

Imports no pandera: most who ask for a table's columns validate nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Rule:
    """What every value of a column keeps to.

    Attributes:
        name: one of pandera's checks, or of validation.OWN.
        arguments: by name.
    """

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        dtype: of polars.
        description: what it holds, with its unit, in one line.
        rules: of its values that are not null.
        nullable: whether there may be nulls.
        unique: whether each value stands there once.
    """

    dtype: pl.DataType
    description: str
    rules: tuple[Rule, ...] = ()
    nullable: bool = False
    unique: bool = False


@dataclass(frozen=True, eq=False)
class Schema:
    """A table.

    Attributes:
        name: also that of its view.
        description: what a row is, in one line.
        columns: all there are, in their order.
        unique: columns that no two rows have alike.
        rules: what holds for each row, by its name; where it is null nothing is to be held.
    """

    name: str
    description: str
    columns: Mapping[str, Column]
    unique: tuple[str, ...] = ()
    rules: Mapping[str, pl.Expr] = field(default_factory=dict)

    def empty(self) -> pl.DataFrame:
        """The table without rows."""
        return pl.DataFrame(schema={name: column.dtype for name, column in self.columns.items()})
