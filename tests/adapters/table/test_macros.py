"""Each macro does what its example says."""

import re

import polars as pl
import pytest

from workflow_scripts.adapters.table.asker import OWN_MACROS
from workflow_scripts.adapters.table.evaluate import Evaluation
from workflow_scripts.adapters.table.expressions import Expression
from workflow_scripts.sources import licences

EXAMPLE = re.compile(r"^-- (\w+\(.*\)) ?(= .+|IS NULL|FAILS)$", re.MULTILINE)
SQL = OWN_MACROS.read_text() + licences.MACROS.read_text()
EXAMPLES = EXAMPLE.findall(SQL)
NAMES = re.findall(r"CREATE MACRO (\w+)", SQL)
HELPERS = {"refused", "date_pattern", "licence_words", "licence_id", "known_licence", "one_licence"}
ROW = pl.DataFrame({"a": [""]})


@pytest.mark.parametrize(("call", "gives"), EXAMPLES)
def test_an_example_holds(call: str, gives: str) -> None:
    fails = gives == "FAILS"
    evaluation = Evaluation([Expression("example", call if fails else f"({call}) {gives}", "VARCHAR")], ROW)
    values, failed = evaluation.of(ROW)
    assert (values.item(), len(failed)) == ((None, 1) if fails else ("true", 0))


def test_each_macro_has_an_example() -> None:
    assert {call.partition("(")[0] for call, _ in EXAMPLES} == {*NAMES} - HELPERS


@pytest.mark.parametrize("name", sorted({*NAMES} - HELPERS))
def test_of_nothing_each_macro_makes_nothing(name: str) -> None:
    [parameters] = re.findall(rf"CREATE MACRO {name}\(([^)]*)\)", SQL)
    call = f"{name}({', '.join(['NULL', *parameters.split(', ')[1:]])})".replace("between", "','").replace(
        "pattern", "'%Y'"
    )
    values, failed = (evaluation := Evaluation([Expression("example", call, "VARCHAR")], ROW)).of(ROW)
    assert (values.item(), len(failed)) == (None, 0), evaluation
