"""How far reviewers agree, held against numbers that others published and ones worked out by hand."""

import sys
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.judging.agreement import agreement, cohen, fleiss, krippendorff
from workflow_scripts.tables.schemas import AGREEMENT, REVIEWS
from workflow_scripts.tables.store import validate

DIAGNOSES = """
    00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
    00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""
"""Fleiss 1971, table 1: the diagnoses that six psychiatrists each gave to thirty patients, five kinds of them."""
PAPERS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip
"""Wikipedia, "Fleiss' kappa": fourteen raters, ten papers, five grades."""


def reviews(**of_reviewers: str) -> pl.DataFrame:
    """The table of verdicts, a letter a clip: k, d, or none of these for none."""
    verdicts = {"k": "keep", "d": "drop"}
    rows = [
        {"clip_id": f"clip{clip:04}", "verdict": verdicts[letter], "reviewer": reviewer, "counts": True}
        for reviewer, letters in of_reviewers.items()
        for clip, letter in enumerate(letters)
        if letter in verdicts
    ]
    return table(rows)


def table(rows: list[dict[str, object]]) -> pl.DataFrame:
    """The table of rows of which only what matters is said."""
    usual = {"ordinal": 0, "source": "reviews.csv", "superseded": False, "counts": True}
    known = REVIEWS.empty().schema
    whole = [dict.fromkeys(known) | usual | {"line": line} | row for line, row in enumerate(rows, start=2)]
    return pl.DataFrame(whole, known)


def told(said: pl.DataFrame) -> dict[tuple[str, ...], dict[str, object]]:
    """The rows of the table by measure and reviewers."""
    made = agreement(said)
    validate(made, AGREEMENT)
    return {(row.pop("measure"), *row.pop("reviewers")): row for row in made.to_dicts()}


# --- published ---


def test_fleiss_own_example() -> None:
    assert fleiss(np.array([[int(one) for one in patient] for patient in DIAGNOSES.split()])) == pytest.approx(
        0.430, abs=5e-4
    )


def test_fleiss_of_the_papers() -> None:
    assert fleiss(np.array(PAPERS)) == pytest.approx(0.210, abs=5e-4)


def test_krippendorffs_own_examples() -> None:
    """Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", part C, and the example with three coders."""
    four = [[1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4],
            [1, 1, 2, 1], [2, 2, 2, 2], [None, 5, 5, 5], [None, None, 1, 1], [None, 3, None, None]]  # fmt: skip
    counts = np.array([[unit.count(value) for value in range(1, 6)] for unit in four])
    assert krippendorff(counts) == pytest.approx(0.743, abs=5e-4)
    first = [None, None, None, None, None, 3, 4, 1, 2, 1, 1, 3, 3, None, 3]
    second = [1, None, 2, 1, 3, 3, 4, 3] + [None] * 7
    third = [None, None, 2, 1, 3, 4, 4, None, 2, 1, 1, 3, 3, None, 4]
    units = list(zip(first, second, third, strict=True))
    assert krippendorff(np.array([[unit.count(value) for value in range(1, 5)] for unit in units])) == pytest.approx(
        0.691, abs=5e-4
    )


def test_cohens_kappa_of_fifty_grants() -> None:
    """Wikipedia, "Cohen's kappa": 20 and 15 alike, 5 and 10 not; 0.7 observed, 0.5 by chance."""
    assert cohen([[20, 5], [10, 15]]) == pytest.approx(0.4)
    assert told(reviews(ann="k" * 25 + "d" * 25, ben="k" * 20 + "d" * 5 + "k" * 10 + "d" * 15))[
        "cohen_kappa", "ann", "ben"
    ] == {"clips": 50, "verdicts": 100, "observed": 0.7, "value": pytest.approx(0.4), "reason": None}


# --- by hand ---


def test_three_reviewers_not_all_of_whom_saw_all() -> None:
    """Worked out by hand."""
    rows = told(reviews(ann="kkddk.", ben="kdd..k", eve="k.dk.."))
    #  clips: 0 kkk, 1 kd, 2 ddd, 3 dk, 4 k alone, 5 k alone
    ann_ben = rows["cohen_kappa", "ann", "ben"]  # 0 kk, 1 kd, 2 dd: 2/3 alike; ann 2/3 k, ben 1/3 k: chance 4/9
    assert ann_ben == {
        "clips": 3, "verdicts": 6, "observed": pytest.approx(2 / 3), "value": pytest.approx((2 / 3 - 4 / 9) / (5 / 9)),
        "reason": None,
    }  # fmt: skip
    # two clips have two verdicts and two have three: of as many, those with more. kkk and ddd: all alike, chance a half
    assert rows["fleiss_kappa", "ann", "ben", "eve"] == {
        "clips": 2, "verdicts": 6, "observed": 1.0, "value": pytest.approx(1.0), "reason": None,
    }  # fmt: skip
    # pairs that differ, each clip's in both orders over one less than its verdicts: 0 + 2/1 + 0 + 2/1 = 4 of 10
    # by chance: k five times of ten, d five times: 5 * 5 * 2 / (10 * 9)
    assert rows["krippendorff_alpha", "ann", "ben", "eve"] == {
        "clips": 4, "verdicts": 10, "observed": pytest.approx(0.6), "value": pytest.approx(1 - 0.4 / (50 / 90)),
        "reason": None,
    }  # fmt: skip


@given(st.lists(st.lists(st.sampled_from("kd."), min_size=3, max_size=3), min_size=1, max_size=12))
def test_observed_and_alpha_follow_from_counting_pairs(clips: list[list[str]]) -> None:
    columns = dict(zip(("ann", "ben", "eve"), map("".join, zip(*clips, strict=True)), strict=True))
    rows = told(reviews(**columns))
    [alpha] = [row for key, row in rows.items() if key[0] == "krippendorff_alpha"]
    units = [said for said in (["kd".index(one) for one in clip if one != "."] for clip in clips) if len(said) > 1]
    values = [one for said in units for one in said]
    assert (alpha["clips"], alpha["verdicts"]) == (len(units), len(values))
    differ = sum(Fraction(2 * said.count(0) * said.count(1), len(said) - 1) for said in units)
    chance = Fraction(2 * values.count(0) * values.count(1), max(len(values) - 1, 1))
    if values:
        assert alpha["observed"] == pytest.approx(float(1 - differ / len(values)))
    assert (alpha["value"] is None) == (chance == 0)
    if chance:
        assert alpha["value"] == pytest.approx(float(1 - differ / chance))


# --- which verdicts count ---


def test_the_last_verdict_of_each_counts_and_nameless_rows_are_one_persons() -> None:
    rows = [
        {"clip_id": "a", "verdict": "drop", "reviewer": "ann", "reviewed_at": "2026-03-01T12:00:00+02:00"},
        {"clip_id": "a", "verdict": "keep", "reviewer": "ann", "reviewed_at": "2026-03-01T10:30:00Z", "ordinal": 1},
        {"clip_id": "a", "verdict": None, "reviewer": "ann", "reviewed_at": "2026-03-02", "ordinal": 2},
        {"clip_id": "a", "verdict": "keep", "reviewer": None},
        {"clip_id": "b", "verdict": "keep", "reviewer": "ann"},
        {"clip_id": "b", "verdict": "drop", "reviewer": None},
        {"clip_id": "c", "verdict": "drop", "reviewer": "ann"},
        {"clip_id": "c", "verdict": "drop", "reviewer": None, "counts": False},
    ]
    expected = {"clips": 2, "verdicts": 4, "observed": 0.5, "value": pytest.approx(0.0), "reason": None}
    assert told(table(rows))["cohen_kappa", "", "ann"] == expected
    assert told(table(rows).reverse())["cohen_kappa", "", "ann"] == expected


# --- undefined ---


def test_one_reviewer_needs_no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("statsmodels", "statsmodels.stats", "krippendorff"):
        monkeypatch.setitem(sys.modules, package, None)
    nothing = {"clips": 0, "verdicts": 0, "observed": None, "value": None}
    one = told(reviews(ann="kkd"))
    assert one == {
        (measure, "ann"): nothing | {"reason": "fewer than two reviewers gave a verdict"}
        for measure in ("fleiss_kappa", "krippendorff_alpha")
    }
    assert {row["reason"] for row in told(reviews()).values()} == {"fewer than two reviewers gave a verdict"}
    apart = told(reviews(ann="k.", ben=".d"))
    assert {row["reason"] for row in apart.values()} == {"no clip has verdicts of several of them"}
    assert len(apart) == 3


def test_without_variation_there_is_no_measure() -> None:
    rows = told(reviews(ann="kkk", ben="kkk"))
    assert [(row["clips"], row["observed"], row["value"]) for row in rows.values()] == [(3, 1.0, None)] * 3
    assert {row["reason"] for row in rows.values()} == {"all verdicts are the same, as they would be by chance too"}
    assert told(reviews(ann="kkk", ben="kkd"))["cohen_kappa", "ann", "ben"]["value"] == pytest.approx(0.0)


@pytest.mark.parametrize("absent", ["statsmodels", "krippendorff"])
def test_packages_that_are_wanted_and_absent_are_told(absent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (absent, f"{absent}.stats", f"{absent}.stats.inter_rater"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SoundledgerError, match="`make judging` installs them"):
        agreement(reviews(ann="kd", ben="kd"))
