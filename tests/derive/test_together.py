"""What may sound together: classes that were seen together, recordings of one region and time of year."""

import logging
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.derive.small_catalogue import OPTIONS, catalogue_of
from workflow_scripts.derive import draws
from workflow_scripts.derive.choosing import NONE, DrawnFrom
from workflow_scripts.derive.kinds import soundscapes
from workflow_scripts.derive.planned import ScenePlan
from workflow_scripts.derive.together import Together
from workflow_scripts.errors import SoundledgerError

LOUD = [0.1] * 10
SAID = {"pond": ["frog", "rain"], "wood": ["owl", "wind"], "storm": ["rain", "wind"], "nothing": []}
"""Clips that tell what was seen together, and one of which nothing is said."""
ORIGINS = {
    "owl": ("2021-12-24T22:00", 47.4, 8.5),
    "wren": ("2019-01", 46.9, 7.4),  # 99.3 km from the owl
    "cicada": ("2020-06-01", -3.1, -60.0),
    "lark": ("2020-06-01", 47.4, 8.5),
    "undated": ("2020", 47.4, 8.5),
    "bed": ("2020-12-01", 47.4, 8.5),
}


def planned(together: Any, events: str, behind: str = "", clips: str = "", **options: Any) -> ScenePlan:
    """Scenes of three events out of some clips."""
    names = dict.fromkeys([*events.split(), *behind.split(), *clips.split(), *SAID])
    asked = OPTIONS | {"scenes": 200, "events": 3, "together": together, **options}
    asked |= {"foreground": f"SELECT clip_id FROM clips WHERE list_contains({events.split()}, clip_id)"}
    if behind:
        asked["background"] = f"SELECT clip_id FROM clips WHERE list_contains({behind.split()}, clip_id)"
    with catalogue_of(dict.fromkeys(names, LOUD), SAID, ORIGINS) as connection:
        return soundscapes.plan(connection, {"from": ["d"], "seed": 1, "soundscapes": asked}, "here")


def scenes_of(plan: ScenePlan) -> set[frozenset[str]]:
    """The clips of each scene, once for each set."""
    return {frozenset(names) for names in plan.parts.group_by("clip_id").agg("from_clip_id")["from_clip_id"]}


@pytest.mark.parametrize("balance", ["class", "clip"])
def test_any_two_classes_of_a_scene_were_seen_together(balance: str, caplog: pytest.LogCaptureFixture) -> None:
    """Wind was seen with the owl and with rain, rain with the frog, and no owl with rain or a frog."""
    with caplog.at_level(logging.WARNING):
        plan = planned({"seen_in": ["d"]}, "owl frog rain wind nothing", balance=balance)
    assert scenes_of(plan) == {
        frozenset(names.split())
        for names in ("owl", "frog", "rain", "wind", "owl wind", "frog rain", "rain wind")
    }  # fmt: skip
    assert len(plan.parts) == 600  # each may be with itself
    assert caplog.messages == ["here.together: of 1 of 5 events nothing is said of a class, and they are left out"]


def test_what_is_behind_says_what_may_be_in_front(caplog: pytest.LogCaptureFixture) -> None:
    assert scenes_of(planned({"seen_in": ["d"]}, "owl frog", "pond")) == {frozenset(["pond", "frog"])}
    assert scenes_of(planned({"seen_in": ["d"]}, "owl wind frog", "nothing")) == {
        frozenset(["nothing", *names]) for names in (["owl"], ["wind"], ["frog"], ["owl", "wind"])
    }
    with caplog.at_level(logging.WARNING):
        plan = planned({"seen_in": ["d"]}, "owl", "pond")
    assert scenes_of(plan) == {frozenset(["pond"])}
    assert caplog.messages == [
        "600 of 600 events, of 200 scenes, are left out: nothing may sound with what is there by then"
    ]
    with pytest.raises(SoundledgerError, match=r"seen_in: no clip of d has two of the 2 classes"):
        planned({"seen_in": ["d"]}, "dog cat")


def test_an_owl_of_the_alps_does_not_sing_with_a_cicada_of_the_tropics_nor_with_a_lark_of_june() -> None:
    near, season = {"within_km": 100}, {"within_months": 1}
    events = "owl wren cicada lark undated"
    home = {"owl", "wren", "lark", "undated"}
    by_place = scenes_of(planned(near, events))
    assert {"cicada"} in by_place
    assert all(names <= home for names in by_place - {frozenset(["cicada"])})
    assert scenes_of(planned(near | {"within_km": 99}, "owl wren")) == {frozenset(["owl"]), frozenset(["wren"])}
    by_month = scenes_of(planned(season, events))
    assert {frozenset(["owl", "wren"]), frozenset(["lark", "cicada"])} <= by_month  # December is next to January
    assert all(names <= {"owl", "wren"} or names <= {"lark", "cicada"} for names in by_month)
    both = scenes_of(planned(near | season, events))
    assert all(names <= {"owl", "wren"} or len(names) == 1 for names in both)
    assert scenes_of(planned(near | season, events, "bed")) <= {
        frozenset(["bed", *names]) for names in (["owl"], ["wren"], ["owl", "wren"])
    }
    with pytest.raises(SoundledgerError, match="of none of the 2 events is a place and a month known"):
        planned(near | season, "undated rain")


@given(st.integers(0, 2**63), st.integers(0, 11), st.sampled_from(["class", "clip"]))
@settings(max_examples=40, deadline=None)
def test_a_clip_more_changes_only_the_scenes_that_take_it(seed: int, new: int, balance: str) -> None:
    """Of twelve clips, in classes of two, any two are apart whose numbers add up to a multiple of three."""
    kinds = pl.DataFrame({"classes": [[str(one)] for one in range(12)], "latitude": 0.0, "longitude": 0.0, "month": 1})
    pairs = [(str(a), str(b)) for a in range(12) for b in range(12) if a != b and (a + b) % 3]
    model = Together({"seen_in": []}, kinds, pl.DataFrame(pairs, ["one", "other"], orient="row"))
    rows = pl.DataFrame({"clip_id": [f"c{one}" for one in range(12)], "kind": range(12)})
    rows = rows.with_columns(
        class_id=(pl.col("kind") // 2).cast(pl.String), dataset=pl.lit("d"), start_s=0.0, end_s=1.0
    )
    scene = np.repeat(np.arange(50), 3)
    keys = draws.keys(seed, np.arange(150), "event")

    def taken(pool: pl.DataFrame) -> np.ndarray[Any, Any]:
        kinds_of_rows = pool["kind"].to_numpy()
        places = DrawnFrom(pool, balance).in_turn(keys, scene, np.full(50, NONE), kinds_of_rows, model)
        return np.where(places == NONE, NONE, kinds_of_rows[places]).reshape(50, 3)

    after, before = taken(rows), taken(rows.filter(pl.col("kind") != new))
    others = ~(after == new).any(axis=1)
    assert np.array_equal(after[others], before[others])
    for scene_of_three in after:
        there = [one for one in scene_of_three if one != NONE]
        assert all(a == b or (a + b) % 3 for a in there for b in there)
