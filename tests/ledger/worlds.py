"""Clips and roots as they may come: names that speak of one clip, of several, or of none, and media of every kind."""

from typing import Any

from hypothesis import strategies as st

from tests.ledger.checked import fault

FINDINGS: dict[str, dict[str, Any]] = {
    "fine": {},
    "short": {"duration_s": 0.5},
    "broken": fault("corrupt"),
    "cut": {"error_kind": "truncated", "error": "cut", "duration_s": 3.0},
    "NaN": {"feature_ok": False, "error_kind": "not_finite", "error": "NaN"},
}
IDS = ["Yabcdefghij", "abcdefghij_", "abcdefgh_30", "-abcdefghij", "_abcdefghij", "YYabcdefghi", "d-30-40-50_"]
worlds = st.tuples(
    st.lists(st.sampled_from(IDS), unique=True, max_size=9),
    st.lists(
        st.dictionaries(
            st.tuples(
                st.sampled_from(["", "x/", "x/y/"]),
                st.sampled_from(["", "Y"]),
                st.sampled_from([*IDS, "stranger"]),
                st.sampled_from(["", "_30", "-30.0-40.0", "_99"]),
                st.sampled_from([".wav", ".flac"]),
            ).map("".join),
            st.sampled_from(sorted(FINDINGS)),
            max_size=12,
        ),
        max_size=3,
    ),
)
"""Promised ids, and for each root its files with what was found of them."""
