"""Pictures of classes: how many clips they have, which share clips, and where they stand in their ontology."""

from pathlib import Path
from typing import Any

import pytest

from tests.catalogue.by_hand import Row, clip
from tests.report.drawn import drawn, rows
from workflow_scripts.report.drawing.picture import Nothing

BELOW_ANIMAL = {"parent_ids": ["animal"], "ancestor_ids": ["animal"]}
CLASSES = [
    {"class_id": "animal", "name": "Animal", "class_index": 0, "depth": 0},
    {
        "class_id": "dog",
        "name": "Dog",
        "class_index": 1,
        "depth": 1,
        "parent_ids": ["animal"],
        "ancestor_ids": ["animal"],
    },
    {
        "class_id": "cat",
        "name": "Cat",
        "class_index": 2,
        "depth": 1,
        "parent_ids": ["animal"],
        "ancestor_ids": ["animal"],
    },
    {"class_id": "car", "name": "Car", "class_index": 3, "depth": 0},
    {"class_id": "group", "name": "Group", "depth": 0, "is_abstract": True},
]


def said(clip_id: str, *classes: str, **more: Any) -> Row:
    return clip(clip_id, class_ids=list(classes), class_names=[one.title() for one in classes], **more)


CLIPS = [
    *(said("a", "dog", "cat"), said("b", "dog"), said("c", "dog", split="eval")),
    *(said("d", "car"), said("e", "animal"), said("f")),
]


def test_classes_are_counted_as_annotated_and_with_those_below(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "class_balance", clips=CLIPS, classes=CLASSES)
    counts = {(row["label"], row["kind"]): row["clips"] for row in rows(picture) if "kind" in row}
    assert counts == {
        ("Dog", "annotated"): 3,
        ("Cat", "annotated"): 1,
        ("Car", "annotated"): 1,
        ("Animal", "annotated"): 1,
        **{(name, "with classes below"): count for name, count in [("Dog", 3), ("Cat", 1), ("Car", 1), ("Animal", 4)]},
    }
    assert picture.sentence == (
        "Of 4 classes 4 are said of whole clips, from “\u2068Dog\u2069” of 3 to “\u2068Cat\u2069” of 1; half of them "
        "of 1 or fewer; of these are without a clip 3 in “\u2068eval\u2069”."
    )


def test_where_events_alone_are_said_these_are_counted(tmp_path: Path) -> None:
    clips = [clip("a"), clip("b")]
    events = [
        {"clip_id": one, "class_id": name, "strength": "strong"}
        for one, name in [("a", "dog"), ("b", "dog"), ("b", "car")]
    ]
    tables = {"clips": clips, "labels": [*events, *events], "classes": CLASSES}
    picture = drawn(tmp_path, "class_balance", **tables)
    assert {(row["label"], row["clips"]) for row in rows(picture) if row.get("kind") == "annotated"} == {
        ("Dog", 2),
        ("Car", 1),
    }
    assert picture.sentence.startswith("Of 4 classes 2 are said of parts of clips, from ")
    picture = drawn(tmp_path / "pairs", "co_occurrence", **tables)
    assert picture.sentence.startswith("1 pair of classes is said of the same clips, most often “\u2068Dog\u2069” and")


def test_of_very_many_classes_the_most_and_the_least_frequent_are_shown(tmp_path: Path) -> None:
    names = [f"class {number:04d}" for number in range(1000)]
    clips = [
        said(f"c{number}-{again}", name)
        for number, name in enumerate(names[:999])
        for again in range(1 + (number < 400))
    ]
    picture = drawn(tmp_path, "class_balance", clips=clips, classes=[{"class_id": one, "name": one} for one in names])
    assert len({row["label"] for row in rows(picture)}) == 702
    assert "(297 between the most and the least frequent are not shown)" in picture.sentence


def test_classes_of_one_name_have_a_row_each(tmp_path: Path) -> None:
    classes = [{"class_id": one, "name": "x" * 500} for one in ("a", "b")]
    picture = drawn(tmp_path, "class_balance", clips=[said("c", "a", "b")], classes=classes)
    assert picture.sentence == "Of 2 classes 2 are said of 1 whole clip each."
    labels = sorted({row["label"] for row in rows(picture)})
    assert labels == ["x" * 39 + "…", "x" * 39 + "… (2)"]


def test_a_pair_tells_the_share_of_each_that_has_the_other(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "co_occurrence", clips=CLIPS, classes=CLASSES)
    shares = {(row["a_id"], row["b_id"]): row["share"] for row in rows(picture) if "share" in row}
    assert shares == {("Dog", "Cat"): pytest.approx(1 / 3), ("Cat", "Dog"): 1.0}
    assert picture.sentence == (
        "1 pair of classes is said of the same clips, most often “\u2068Dog\u2069” and “\u2068Cat\u2069” (of 1 "
        "clip, 33 % of the first and 100 % of the second)."
    )


def test_a_class_stands_below_the_one_of_most_clips_above_it(tmp_path: Path) -> None:
    classes = [
        *CLASSES[:4],
        {"class_id": "pet", "name": "Pet", "parent_ids": ["car", "animal"], "ancestor_ids": ["animal", "car"]},
    ]
    picture = drawn(tmp_path, "ontology", clips=[*CLIPS, said("g", "pet")], classes=classes)
    tree = {row["id"]: (row["parent"], row["clips"]) for row in rows(picture)}
    assert tree["/pet"] == ("/animal", 1)
    assert tree["/animal"] == ("-", 5)
    assert tree["/dog"] == ("/animal", 3)
    assert picture.sentence.startswith("5 of 5 classes are said of clips or follow from that; of 2 that stand above")
    assert "; 1 below several is shown below the one of most clips" in picture.sentence


def test_classes_that_stand_above_each_other_are_drawn_all_the_same(tmp_path: Path) -> None:
    classes = [
        {"class_id": "a", "name": "A", "parent_ids": ["b"], "ancestor_ids": ["a", "b"]},
        {"class_id": "b", "name": "B", "parent_ids": ["a"], "ancestor_ids": ["a", "b"]},
    ]
    picture = drawn(tmp_path, "ontology", clips=[said("c", "a")], classes=classes)
    assert {row["id"] for row in rows(picture)} == {"-", "/a", "/b"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("class_balance", "No class is said of any clip."),
        ("co_occurrence", "No two classes are said of the same clip."),
        ("ontology", "No class has a class above it."),
    ],
)
def test_without_labels_there_is_nothing_to_show(tmp_path: Path, name: str, reason: str) -> None:
    assert drawn(tmp_path, name, clips=[clip("a")], classes=CLASSES[3:]) == Nothing(reason)
