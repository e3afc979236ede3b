"""What is heard in a scene: labels of the clips that its parts are of, where those were placed."""

from typing import Any

import duckdb
import polars as pl
import pytest

from workflow_scripts.derive.labels import heard_in

SAID = [  # dataset, clip, class, onset, offset, origin
    ("d", "weak", "dog", None, None, "annotated"),
    ("d", "weak", "bark", None, None, "annotated"),
    ("d", "weak", "animal", None, None, "ontology"),
    ("d", "strong", "owl", 1.0, 2.0, "annotated"),
    ("d", "strong", "owl", 4.0, 5.0, "annotated"),
    ("d", "strong", "wren", 0.0, 0.5, "annotated"),
    ("d", "strong", "owl", None, None, "annotated"),
    ("d", "strong", "rain", None, None, "background"),
    ("d", "behind", "owl", None, None, "annotated"),
    ("d", "behind", "rain", None, None, "background"),
]
RAIN = ("rain", None, None, "background")


def heard(clip: str, **says: Any) -> list[tuple[Any, ...]]:
    """What is heard of a part: two seconds from 0.5 s of a clip, placed at 3 s."""
    part = {
        "clip_id": "scene", "ordinal": 0, "role": "foreground", "from_dataset": "d", "from_clip_id": clip,
        "from_s": 0.5,
        "taken_s": 2.0, "onset_s": 3.0, "offset_s": 5.0, "stretch": 1.0, "class_id": None,
    } | says  # fmt: skip
    schema = ["dataset", "clip_id", "class_id", "onset_s", "offset_s", "origin"]
    labels = pl.DataFrame(SAID, schema=schema, orient="row")
    parts = pl.DataFrame([part], schema_overrides={"class_id": pl.String})
    with duckdb.connect() as connection:
        connection.register("labels", labels.to_arrow())
        found = heard_in(connection, parts)
    assert set(found["ordinal"]) <= {0}
    return found.drop("clip_id", "ordinal").rows()


def test_all_that_annotators_said_of_an_event_is_heard_from_its_onset_to_its_offset() -> None:
    assert heard("weak") == [("bark", 3.0, 5.0, "annotated"), ("dog", 3.0, 5.0, "annotated")]


def test_strong_labels_move_with_their_part_and_are_cut_with_it() -> None:
    assert heard("strong") == [
        ("owl", 3.5, 4.5, "annotated"),
        RAIN,
    ]  # the second owl and the wren are not in what was taken
    assert heard("strong", from_s=1.5, stretch=1.5) == [("owl", 3.0, 3.75, "annotated"), RAIN]


def test_what_is_heard_behind_a_clip_is_heard_behind_its_scene() -> None:
    assert heard("behind") == [("owl", 3.0, 5.0, "annotated"), RAIN]
    assert heard("behind", class_id="owl") == [("owl", 3.0, 5.0, "annotated")]
    assert heard("behind", role="mixed") == [("owl", None, None, "annotated"), RAIN]


def test_a_query_may_say_which_class_is_meant() -> None:
    assert heard("weak", class_id="dog") == [("dog", 3.0, 5.0, "annotated")]
    assert heard("weak", class_id="howl") == [("howl", 3.0, 5.0, "annotated")]
    assert heard("strong", class_id="owl") == [("owl", 3.5, 4.5, "annotated")]


def test_a_background_is_heard_behind_all_of_a_scene() -> None:
    assert heard("weak", role="background") == [(one, None, None, "background") for one in ("bark", "dog")]


@pytest.mark.parametrize(("clip", "place"), [("weak", (None, None)), ("strong", (3.5, 4.5))])
def test_in_a_mixture_what_is_said_of_a_whole_clip_stays_weak(clip: str, place: tuple[float | None, ...]) -> None:
    assert {row[1:3] for row in heard(clip, role="mixed") if row != RAIN} == {place}


def test_of_a_clip_without_labels_nothing_is_heard() -> None:
    assert heard("nothing") == []
