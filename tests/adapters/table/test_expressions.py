"""An expression of a stranger's dataset file reaches nothing but the row that it is asked of."""

import contextlib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.adapters.table import evaluate
from workflow_scripts.adapters.table.asker import asker, macros
from workflow_scripts.adapters.table.evaluate import Evaluation
from workflow_scripts.adapters.table.expressions import Expression, ExpressionError
from workflow_scripts.adapters.table.shut_in import connect

CELLS = pl.DataFrame(
    {"fold": ["1", "2", "x", None], "Start s": ["1.5", "", "7", "8"], "tags": [["a", "b"], [], None, [None]]},
    schema={"fold": pl.String, "Start s": pl.String, "tags": pl.List(pl.String)},
)


def asked(text: str, kind: str = "VARCHAR", cells: pl.DataFrame = CELLS) -> tuple[list[object], list[int]]:
    """The values of an expression, and the rows at which it failed."""
    values, failed = Evaluation([Expression("clip.media", text, kind)], cells).of(cells)
    return values["clip.media"].to_list(), failed["place"].to_list()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("'fold' || fold", ["fold1", "fold2", "foldx", None]),
        ('FOLD || "start S"', ["11.5", "2", "x7", None]),
        ("CASE fold WHEN '1' THEN 'one' ELSE 'more' END", ["one", "more", "more", "more"]),
        ("list_filter(tags, lambda tag: tag <> 'a')[1]", ["b", None, None, None]),
        ("[tag || '!' for tag in tags][1]", ["a!", None, None, None]),
        ("fold.upper()", ["1", "2", "X", None]),
        ("split_part(\"Start s\", '.', 1)", ["1", "", "7", "8"]),
        ("{'a': fold}['a']", ["1", "2", "x", None]),
        ("list_sum([1, 2])::VARCHAR -- both", ["3", "3", "3", "3"]),
        ("coalesce(TRY(fold::INTEGER), -1)", ["1", "2", "-1", "-1"]),
    ],
)
def test_what_a_row_says_of_itself(text: str, values: list[object]) -> None:
    assert asked(text) == (values, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fol", r"no column 'fol'; did you mean `fold`\?; there are fold, Start s, tags"),
        ("list_filter(tags, lambda tag: tag = tog)", "no column 'tog'"),
        ("nosuch(fold)", "'nosuch': no such function"),
        ("train", r"no column 'train'; a text would be \"'train'\"; there are fold"),
        ('fold = "EATO"', r"no column 'EATO'; a text would be 'EATO'; there are fold"),
        ("'\ud800'", "no SQL expression"),
        ("fold +", "no SQL expression: syntax error"),
        ("Start s::DOUBLE", r"no SQL expression: syntax error.*; the column would be \"Start s\"$"),
        ("Stop Time (s)", r"no SQL expression: syntax error.*; there are \"Start s\"$"),
        ("fold, fold", "nothing else"),
        ("count(*)", "over many rows"),
        ("max(fold)", "over many rows"),
        ("array_agg(fold)", "over many rows"),
        ("wavg(1, 2)", "does not give the same"),
        ("row_number() OVER ()", "a window over rows"),
        ("lag(fold) OVER (ORDER BY fold)", "a window over rows"),
        ("(SELECT 1)", "a subquery"),
        ("fold IN (SELECT 'a')", "a subquery"),
        ("EXISTS (FROM found)", "a subquery"),
        ("(VALUES (1))", "a subquery"),
        ("*", "a star"),
        ("COLUMNS('fold')", "a star"),
        ("$1", "a parameter"),
        ("random()", "does not give the same"),
        ("today()", "does not give the same"),
        ("now()::VARCHAR", "does not give the same"),
        ("ago(INTERVAL 1 DAY)", "does not give the same"),
        ("age(TIMESTAMP '2020-01-01')", "does not give the same"),
        ("version()", "does not give the same"),
        ("current_setting('threads')", "does not give the same"),
        ("getvariable('x')", "does not give the same"),
        ("nextval('x')", "does not give the same"),
        ("error('stop')", "does not give the same"),
        ("write_log('x')", "does not give the same"),
        ("current_date", "no column"),
        ("rowid", "no column"),
        ("getenv('HOME')", "no such function"),
        ("read_text('/etc/passwd')", "no such function"),
        ("unnest(tags)", "no such function"),
        ("fold FROM read_text('/etc/passwd')", "nothing else"),
        ("fold) FROM read_text('/etc/passwd') AS (x", "no SQL expression|nothing else"),
        ("fold), (fold", "no SQL expression"),
        ("fold; DROP TABLE found", "no SQL expression"),
        ("fold UNION SELECT 1", "nothing else"),
        (" || ".join(["fold"] * 1000), "nested too deeply"),
        ("fold + 1", r"Binder Error: No function matches.*\+\(VARCHAR.*each cell of CSV is: `column::DOUBLE`"),
    ],
)
def test_what_is_no_affair_of_one_row_is_refused(text: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=r"clip\.media: `.*(" + words + ")"):
        asked(text)


@settings(deadline=None)
@given(st.text(max_size=40) | st.text("fold()'\"[]|,;-*$.: 1", max_size=12))
def test_any_text_is_an_expression_or_an_error_of_the_users(text: str) -> None:
    with contextlib.suppress(ExpressionError):
        asked(text)


def test_duckdb_itself_reaches_nothing(tmp_path: Path) -> None:
    """Were something let through that should not be, there would be nothing to reach."""
    import duckdb

    (tmp_path / "secret.csv").write_text("a\n1\n")
    connection = connect(macros())
    for statement in (
        f"SELECT * FROM read_csv('{tmp_path}/secret.csv')",
        f"SELECT * FROM '{tmp_path}/secret.csv'",
        f"SELECT content FROM read_text('{tmp_path}/secret.csv')",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/other.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(statement)
        with pytest.raises(duckdb.Error):
            asker().ask(statement, CELLS, 60.0, 1 << 30)
    assert [file.name for file in tmp_path.iterdir()] == ["secret.csv"]


# --- rows that fail ---


def test_a_row_that_fails_costs_itself_alone_and_says_why() -> None:
    evaluation = Evaluation([Expression("clip.start_s", '"Start s"', "DOUBLE")], CELLS)
    values, failed = evaluation.of(CELLS)
    assert values["clip.start_s"].to_list() == [1.5, None, 7.0, 8.0]
    [(place, key, words)] = failed.rows()
    assert (place, key) == (1, "clip.start_s")
    assert "Could not convert string '' to DOUBLE" in words
    assert "\n" not in words


def test_nothing_that_is_said_is_no_failure() -> None:
    assert asked("fold::INTEGER", "INTEGER") == ([1, 2, None, None], [2])


def test_of_many_failures_some_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "MOST_EXPLAINED", 2)
    cells = pl.DataFrame({"fold": ["x"] * 5})
    expressions = [Expression("clip.start_s", "fold", "DOUBLE")]
    _, failed = Evaluation(expressions, cells).of(cells)
    assert [words == "as in rows before" for words in failed["words"]] == [False, False, True, True, True]
    in_parts = Evaluation(expressions, cells)
    assert [in_parts.of(part)[1]["words"].item() for part in cells.iter_slices(1)] == failed["words"].to_list()


def test_a_row_that_fails_beside_one_that_takes_all_memory() -> None:
    cells = pl.DataFrame({"times": ["x", "2000000000", "3"]})
    assert asked("len(repeat('a', times::BIGINT))::VARCHAR", cells=cells) == ([None, None, "3"], [0, 1])


def test_an_expression_that_takes_all_memory_in_row_after_row_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "MOST_BOMBS", 2)
    with pytest.raises(ExpressionError, match=r"clip\.media: .* takes too much memory or time in row after row"):
        asked("len(repeat(fold, 2000000000))::VARCHAR")


def test_values_of_megabytes_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "LONGEST_VALUE", 3)
    assert asked("repeat('ä', fold::INTEGER)", cells=pl.DataFrame({"fold": ["1", "2"]})) == (["ä", None], [1])
    cells = pl.DataFrame({"fold": [["ab", "c"], ["ab", "cd"]]})
    assert asked("fold", "VARCHAR[]", cells) == ([["ab", "c"], None], [1])


def test_a_row_that_takes_all_memory_costs_itself_alone() -> None:
    cells = pl.DataFrame({"times": ["1", "2", "2000000000", "3"]})
    assert asked("len(repeat('a', times::BIGINT))::VARCHAR", cells=cells) == (["1", "2", None, "3"], [2])


def test_a_row_that_takes_too_long_costs_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "MOST_S", 0.5)
    cells = pl.DataFrame({"times": ["1", "20000", "2"]})
    slow = "list_sum([list_sum([a * b for b in range(times::BIGINT)]) for a in range(times::BIGINT)])::VARCHAR"
    assert asked(slow, cells=cells) == (["0", None, "1"], [1])


def test_a_row_over_which_duckdb_crashes_costs_itself_alone() -> None:
    """It calls itself for each level of a nested text, as deep as it goes."""
    cells = pl.DataFrame({"text": ["[1]", "[" * 200_000 + "]" * 200_000, "[2]"]})
    evaluation = Evaluation([Expression("clip.media", "json_contains(text, text)::VARCHAR", "VARCHAR")], cells)
    values, failed = evaluation.of(cells)
    assert values["clip.media"].to_list() == ["true", None, "true"]
    assert failed["words"].to_list() == ["it takes too much memory or time: DuckDB crashes over it (SIGSEGV)"]


def test_a_row_that_nothing_interrupts_costs_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB looks for an interrupt between rows, not within a function."""
    monkeypatch.setattr(evaluate, "MOST_S", 0.5)
    cells = pl.DataFrame({"times": ["1", "300000", "2"]})
    slow = "levenshtein(repeat('a', times::BIGINT), repeat('b', times::BIGINT))::VARCHAR"
    evaluation = Evaluation([Expression("clip.media", slow, "VARCHAR")], cells)
    values, failed = evaluation.of(cells)
    assert values["clip.media"].to_list() == ["1", None, "2"]
    assert failed["words"].to_list() == [
        "it takes too much memory or time: it takes too long, and nothing interrupts it"
    ]


@settings(deadline=None)
@given(st.lists(st.none() | st.text(max_size=5), max_size=20), st.data())
def test_rows_are_asked_alike_whatever_stands_beside_them(texts: list[str | None], data: st.DataObject) -> None:
    cells = pl.DataFrame({"fold": texts}, schema={"fold": pl.String})
    evaluation = Evaluation([Expression("clip.start_s", "fold", "DOUBLE")], cells)
    values, failed = evaluation.of(cells)
    cut = data.draw(st.integers(0, len(texts)))
    first, second = evaluation.of(cells[:cut]), evaluation.of(cells[cut:])
    assert values.equals(pl.concat([first[0], second[0]]))
    assert failed["place"].to_list() == [*first[1]["place"], *(cut + place for place in second[1]["place"])]
