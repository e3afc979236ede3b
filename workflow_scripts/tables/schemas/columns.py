"""What columns keep to, in words that every table uses."""

from collections.abc import Iterable
from typing import Any

from workflow_scripts.tables.declared import Column, Rule

IDENTIFIER = r"^[A-Za-z0-9_-]+$"
FILE_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$"
"""What a file may be called after: it names no other folder, and is neither hidden nor an option of a command."""


def column(dtype: Any, description: str, *rules: Rule, null: bool = False, unique: bool = False) -> Column:
    """A column of a table."""
    return Column(dtype, description, rules, null, unique)


def in_range(least: float, most: float) -> Rule:
    """Values from one to another, both of them too."""
    return Rule("in_range", {"min_value": least, "max_value": most})


def at_least(bound: float) -> Rule:
    """Values from one on."""
    return in_range(bound, float("inf"))


def finite() -> Rule:
    """Neither infinite nor NaN."""
    bounds = {"min_value": float("-inf"), "max_value": float("inf")}
    return Rule("in_range", bounds | {"include_min": False, "include_max": False})


def share() -> Rule:
    """Shares of a whole, 0 to 1."""
    return in_range(0.0, 1.0)


def one_of(values: Iterable[str]) -> Rule:
    """One of a few words."""
    return Rule("isin", {"allowed_values": list(values)})


def matches(pattern: str) -> Rule:
    """Texts of which all, or what the pattern anchors, fits it."""
    return Rule("str_matches", {"pattern": pattern})
