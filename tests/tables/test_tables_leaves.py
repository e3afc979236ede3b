"""A whole is cut into leaves that follow from its content alone."""

from collections import Counter

import numpy as np
import polars as pl
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from workflow_scripts.tables.leaves import BITS, WHOLE, Bound, hashes, leaf_names, leaves_of

HASHES = st.lists(st.integers(0, (1 << BITS) - 1), max_size=60, unique=True)


def leaves(hashed: list[int], most: int) -> dict[int, str]:
    series = pl.Series(hashed, dtype=pl.UInt64)
    return dict(zip(hashed, leaf_names(series, most).to_list(), strict=True))


def is_of(hashed: int, leaf: str) -> bool:
    return leaf == WHOLE or f"{hashed:064b}".startswith(leaf)


@given(HASHES, st.integers(1, 10))
def test_a_leaf_holds_no_more_than_may_be_and_its_parent_holds_more(hashed, most):
    found = leaves(hashed, most)
    assert all(is_of(one, leaf) for one, leaf in found.items())
    assert all(count <= most for count in Counter(found.values()).values())
    for leaf in set(found.values()) - {WHOLE}:
        assert sum(is_of(one, leaf[:-1] or WHOLE) for one in hashed) > most


@given(HASHES, st.integers(1, 10), st.randoms())
def test_leaves_do_not_depend_on_the_order(hashed, most, random):
    other = hashed[:]
    random.shuffle(other)
    assert leaves(hashed, most) == leaves(other, most)


@given(HASHES.filter(bool), st.integers(1, 10))
def test_one_more_touches_the_one_leaf_that_it_falls_into(hashed, most):
    *before, new = hashed
    old, now = leaves(before, most), leaves(hashed, most)
    touched = {old[one] for one in before if old[one] != now[one]} | {now[new]} & set(old.values())
    assert len(touched) <= 1
    assert all(is_of(new, leaf) for leaf in touched)


def test_equal_hashes_stay_together_however_many_they_are():
    assert set(leaf_names(pl.Series([7] * 5, dtype=pl.UInt64), 2).to_list()) == {f"{7:064b}"}


def test_what_shares_its_first_text_shares_the_first_half_of_the_hash():
    hashed = hashes(pl.Series(["a", "a", "b"]), pl.Series(["x", "y", "x"]))
    upper = [one >> 32 for one in hashed]
    assert upper[0] == upper[1] != upper[2]
    assert len(set(hashed)) == 3


def test_nothing_has_no_leaf():
    assert leaf_names(pl.Series([], dtype=pl.UInt64), 2).to_list() == []


def test_what_is_too_large_by_itself_is_a_leaf_of_its_own_with_others_of_its_hash() -> None:
    hashed, sizes = np.array([3, 1 << 63, 5, 7, 7], np.uint64), np.array([4, 4, 11, 12, 13])
    found = [(leaf.name, leaf.first, leaf.behind) for leaf in leaves_of(hashed, sizes, Bound(9, 10))]
    assert found == [("all", 0, 2), (f"{5:064b}", 2, 3), (f"{7:064b}", 3, 5)]


def test_without_a_text_of_its_own_a_row_has_all_bits_of_its_group() -> None:
    hashed = hashes(pl.Series(["a", "b"]), pl.Series([None, None], dtype=pl.String))
    assert hashed.to_list() == [xxhash.xxh3_64_intdigest(text) for text in (b"a", b"b")]
