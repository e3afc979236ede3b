"""What stands beside keys is found by them, though only numbers of the keys are held."""

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports import keyed
from workflow_scripts.exports.keyed import Keyed

KEYS = st.tuples(st.text(max_size=2), st.none() | st.text(max_size=2))


def frame(keys: list[tuple[str, str | None]]) -> pl.DataFrame:
    schema = {"path": pl.String, "member": pl.String}
    return pl.DataFrame(keys, schema=schema, orient="row").with_row_index("said")


@given(st.lists(KEYS, unique=True), st.lists(KEYS), st.integers(1, 5))
@example([("", None), ("\0\0", "")], [], 1)
def test_each_key_finds_its_own_and_others_find_nothing(
    there: list[tuple[str, str | None]], asked: list[tuple[str, str | None]], rows: int
) -> None:
    known = Keyed(lambda: [frame([]), *frame(there).iter_slices(rows)], ["path", "member"])
    of_keys = {key: number for number, key in enumerate(there)}
    assert known.of(frame([*asked, *there]))["said"].to_list() == [of_keys.get(key) for key in [*asked, *there]]


def test_two_keys_of_one_number_are_numbered_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers of one bit, but for the last seed: the first that tell all keys apart are taken."""
    number = Keyed._numbers

    def numbers(self: Keyed) -> pl.Expr:
        return number(self) if self._seed == keyed.SEEDS[-1] else number(self) % 2

    monkeypatch.setattr(Keyed, "_numbers", numbers)
    keys = [(str(name), None) for name in range(50)]
    assert Keyed(lambda: [frame(keys)], ["path", "member"]).of(frame(keys))["said"].to_list() == list(range(50))


def test_a_key_of_another_type_is_the_same_text() -> None:
    known = Keyed(lambda: [frame([("a", None), ("b", None)])], ["path", "member"])
    asked = frame([("b", None)]).with_columns(pl.col("path").cast(pl.Categorical))
    assert known.of(asked)["said"].to_list() == [1]


def test_two_rows_of_one_key_are_an_error_that_names_it() -> None:
    """Were they taken, one of the two would answer, and nobody would know which."""
    twice = [("a", None), ("b", "c"), ("b", "c"), ("b", "c")]
    with pytest.raises(SoundledgerError, match=r"2 rows have the same path, member as another.*Delete the tables"):
        Keyed(lambda: [frame(twice)], ["path", "member"])
