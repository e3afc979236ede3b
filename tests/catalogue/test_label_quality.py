"""The view label_quality, held against statsmodels and numbers by hand."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.catalogue.by_hand import Row, catalogue_of, clip

DOG, ANIMAL, BELL = "/m/dog", "/m/animal", "/m/bell"
CLASSES = [
    {"class_id": DOG, "name": "Dog", "ancestor_ids": [ANIMAL]},
    {"class_id": ANIMAL, "name": "Animal"},
    {"class_id": BELL, "name": "Bell"},
]
JUDGED = [(0, 1), (1, 1), (0, 7), (7, 7), (3, 7), (0, 10), (10, 10), (8, 10), (1, 30), (29, 30)]
"""So many right, of so many."""


def label(clip_id: str, class_id: str, **more: Any) -> Row:
    return {"clip_id": clip_id, "class_id": class_id} | more


def said(clip_id: str, verdict: str | None = None, class_ids: list[str] | None = None, **more: Any) -> Row:
    return {"clip_id": clip_id, "verdict": verdict, "class_ids": class_ids} | more


SAYINGS: list[tuple[list[Row], bool | None, bool | None]] = [
    ([said("a", "keep")], True, True),
    ([said("a", "drop")], False, False),
    ([said("a", "keep", [DOG])], True, False),
    ([said("a", None, [BELL])], False, True),
    ([said("a", "drop", [DOG])], True, False),
    ([said("a", note="a quiet one")], None, None),
    ([said("a", "keep", counts=False, stale=True)], None, None),
    ([said("b", "keep")], None, None),
]
"""What is said, and whether the labels Dog and Bell of clip a are right then; None where they are not judged."""
DISAGREEING = [
    said("a", "drop", reviewer="ann"), said("a", "keep", reviewer="ben"), said("a", "drop"),
    said("b", "keep", reviewer="ann", reviewed_at="2026-03-01T13:00:00+02:00", ordinal=1),
    said("b", "drop", reviewer="ann", reviewed_at="2026-03-01T12:00:00Z"),
    said("b", "keep", reviewer="ann", reviewed_at="2026-03-01", ordinal=2),
    said("b", "keep", reviewer="ann", ordinal=3),
    said("b", "keep", reviewer="ann", reviewed_at="2026-03-01T11:59", ordinal=4),
    said("c", "keep", reviewer="ann"), said("c", "drop", reviewer="ben"),
]  # fmt: skip


def dataset(labels: list[Row], reviews: list[Row], clips: list[Row] | None = None) -> dict[str, list[Row]]:
    """The tables of a dataset whose clips are those that have labels, unless others are given."""
    usual = {"ordinal": 0, "source": "reviews.csv", "superseded": False, "counts": True}
    return {
        "clips": clips or [clip(one) for one in sorted({row["clip_id"] for row in labels})],
        "labels": labels,
        "classes": CLASSES,
        "reviews": [usual | {"line": line} | row for line, row in enumerate(reviews, start=2)],
    }


def some_judged(right: int, judged: int) -> dict[str, list[Row]]:
    """A dataset of so many bells, and two more that nobody judged."""
    reviews = [said(f"clip{number}", "keep" if number < right else "drop") for number in range(judged)]
    return dataset([label(f"clip{number}", BELL) for number in range(judged + 2)], reviews)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A catalogue of a dataset for each case."""
    once = [label("a", DOG), label("a", BELL), label("a", BELL, strength="strong", onset_s=0.0, offset_s=1.0)]
    of_splits = [clip("a", split="train"), clip("b", split="train"), clip("c", split="eval")]
    datasets = {
        **{f"of_{judged}_{right}": some_judged(right, judged) for right, judged in JUDGED},
        **{f"saying_{case}": dataset(once, rows, [clip("a"), clip("b")]) for case, (rows, _, _) in enumerate(SAYINGS)},
        "nobody": dataset([label("a", BELL)], []),
        "below": dataset(
            [label("a", ANIMAL), label("b", DOG)], [said("a", class_ids=[DOG]), said("b", class_ids=[ANIMAL])]
        ),
        "following": dataset(
            [label("a", DOG), label("a", ANIMAL, origin="ontology"), label("a", BELL, origin="background")],
            [said("a", "keep")],
        ),
        "several": dataset([label(one, BELL) for one in "abc"], DISAGREEING),
        "splits": dataset([label(one, BELL) for one in "abc"], [said("a", "keep"), said("c", "drop")], of_splits),
    }
    with catalogue_of(tmp_path_factory.mktemp("judged"), datasets) as catalogue:
        yield catalogue


@pytest.fixture
def quality(judged: duckdb.DuckDBPyConnection) -> Callable[[str], dict[str, Row]]:
    """The rows of a dataset that are of all splits, by name of the class."""

    def rows(name: str) -> dict[str, Row]:
        found = judged.execute("FROM label_quality WHERE split IS NULL AND dataset = ?", [name])
        columns = [column[0] for column in found.description]
        return {row["class_name"]: row for row in (dict(zip(columns, row, strict=True)) for row in found.fetchall())}

    return rows


Quality = Callable[[str], dict[str, Row]]


@pytest.mark.parametrize(("right", "of"), JUDGED)
def test_intervals_are_those_of_statsmodels(quality: Quality, right: int, of: int) -> None:
    row = quality(f"of_{of}_{right}")["Bell"]
    low, high = proportion_confint(right, of, alpha=0.05, method="wilson")
    assert (row["labels"], row["judged"], row["correct"], row["disputed"]) == (of + 2, of, right, 0)
    assert (row["share"], row["low"], row["high"]) == pytest.approx((right / of, low, high), abs=1e-12)
    assert 0 <= row["low"] <= row["share"] <= row["high"] <= 1


def test_intervals_by_hand(quality: Quality) -> None:
    """With z² = 3.8415: none of 10 are right up to z²/(10 + z²) = 0.2775, all of 10 from 1 - 0.2775 on.

    8 of 10: (0.8 + 0.19207 ± 1.95996 √(0.016 + 0.0096036)) / 1.38415 = (0.99207 ± 0.31361) / 1.38415
    """
    for right, low, high in [(0, 0.0, 0.2775), (10, 0.7225, 1.0), (8, 0.4902, 0.9433)]:
        row = quality(f"of_10_{right}")["Bell"]
        assert (row["low"], row["high"]) == pytest.approx((low, high), abs=5e-5)
    assert (quality("of_10_0")["Bell"]["low"], quality("of_10_10")["Bell"]["high"]) == (0.0, 1.0)


def test_what_nobody_judged_may_be_anything(quality: Quality) -> None:
    row = quality("nobody")["Bell"]
    assert (row["judged"], row["share"], row["low"], row["high"]) == (0, None, 0.0, 1.0)


@pytest.mark.parametrize(("case", "dog", "bell"), [(case, dog, bell) for case, (_, dog, bell) in enumerate(SAYINGS)])
def test_what_makes_a_label_right(quality: Quality, case: int, dog: bool | None, bell: bool | None) -> None:
    rows = quality(f"saying_{case}")
    for name, expected in (("Dog", dog), ("Bell", bell)):
        assert rows[name]["labels"] == 1
        assert rows[name]["judged"] == (expected is not None)
        assert rows[name]["correct"] == bool(expected)


def test_a_class_below_says_the_class_too(quality: Quality) -> None:
    rows = quality("below")
    assert (rows["Animal"]["correct"], rows["Dog"]["correct"]) == (1, 0)


def test_labels_that_only_follow_are_not_counted(quality: Quality) -> None:
    assert quality("following").keys() == {"Dog"}


def test_the_most_reviewers_decide_each_by_the_last_word(quality: Quality) -> None:
    row = quality("several")["Bell"]
    assert (row["labels"], row["judged"], row["correct"], row["disputed"]) == (3, 2, 0, 1)


def test_splits_are_told_each_and_together(judged: duckdb.DuckDBPyConnection) -> None:
    asked = (
        "SELECT split, labels, judged, correct FROM label_quality WHERE dataset = 'splits' ORDER BY split NULLS FIRST"
    )
    assert judged.sql(asked).fetchall() == [(None, 3, 2, 1), ("eval", 1, 1, 0), ("train", 2, 1, 1)]


def test_the_whole_is_estimated_by_the_weight_of_each_class() -> None:
    """By hand: half of 90 labels and all of 10 are 55 of 100; ten judged of the first are off by √(0.5 · 0.5 / 10)."""
    docs = (Path(__file__).parents[2] / "docs" / "review.md").read_text(encoding="utf-8")
    [asked] = [sql for sql in re.findall(r"```sql\n(.*?)```", docs, re.DOTALL) if "AS about" in sql]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE label_quality (split TEXT, labels BIGINT, judged BIGINT, share DOUBLE)")
        connection.execute(
            "INSERT INTO label_quality "
            "VALUES (NULL, 90, 10, 0.5), (NULL, 10, 5, 1.0), (NULL, 900, 0, NULL), ('eval', 90, 9, 0)"
        )
        assert connection.execute(asked).fetchall() == [
            (pytest.approx(0.55), pytest.approx(1.96 * 0.9 * (0.025**0.5)), 2)
        ]
