"""What is drawn for each clip of a recipe, and recipes of which nothing can be made."""

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.derive.small_catalogue import catalogue_of
from workflow_scripts.derive import draws
from workflow_scripts.derive.kinds import augmented
from workflow_scripts.derive.planned import ScenePlan
from workflow_scripts.derive.recipes import TRANSFORMS, RecipeClips, drawn_steps, refuse_recipe
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.settings.schemas import mapping_schema
from workflow_scripts.settings.validation import with_defaults

DERIVE = mapping_schema("derived")["properties"]["derive"]["properties"]
ENVELOPE = [0.1] * 10
NAMES = dict.fromkeys("abcdefgh", ENVELOPE)
SPLITS = "SELECT clip_id, CASE WHEN clip_id < 'e' THEN 'train' ELSE 'eval' END AS split FROM clips"


def filled(*recipe: dict[str, Any]) -> list[dict[str, Any]]:
    return with_defaults([*recipe], DERIVE["augmented"]["properties"]["recipe"], mapping_schema("derived"))


def plan(
    clips: str, *recipe: dict[str, Any], times: int = 1, rate: int | None = None, of: Any = NAMES, **datasets: Any
) -> ScenePlan:
    asked = {"from": ["d"], "seed": 5, "render": {"sample_rate": rate}}
    asked["augmented"] = {"clips": clips, "times": times, "recipe": filled(*recipe)}
    with catalogue_of(of) as connection:
        return augmented.plan(connection, asked, "x.yaml: derive.augmented")


def clips(count: int) -> RecipeClips:
    keys = draws.keys(1, np.arange(count), "test")
    return RecipeClips(keys, np.full(count, 4.0), np.full(count, 16_000))


def parameters(steps: pl.DataFrame, step: int) -> list[dict[str, float]]:
    return [json.loads(text) for text in steps.filter(pl.col("step") == step)["parameters"].drop_nulls()]


def test_each_transform_of_the_schema_is_one_that_can_be_drawn() -> None:
    items = DERIVE["augmented"]["properties"]["recipe"]["items"]["properties"]
    assert items.keys() == TRANSFORMS.keys()
    for name, transform in TRANSFORMS.items():
        assert items[name]["properties"].keys() - {"p", "query", "slope_db"} == transform.bounds.keys()


def test_draws_are_within_what_is_asked_and_as_often_as_that() -> None:
    recipe = filled(
        {"gaussian_noise": {"snr_db": {"uniform": [5, 9]}, "p": 0.25}},
        {"time_mask": {"share": {"uniform": [0.1, 0.5]}}},
        {"frequency_mask": {"share": 0.25}},
        {"band_pass": {"center_hz": 1000, "width_octaves": 2}},
        {"gain": {"p": 0}},
    )
    steps = drawn_steps(recipe, clips(4000))
    noise = parameters(steps, 0)
    assert len(noise) / 4000 == pytest.approx(0.25, abs=0.03)
    assert all(5 <= one["snr_db"] <= 9 for one in noise)
    assert len({one["seed"] for one in noise}) == len(noise)
    masks = parameters(steps, 1)
    assert all(one["from_s"] >= 0 and one["to_s"] <= 4 for one in masks)
    lengths = np.array([one["to_s"] - one["from_s"] for one in masks])
    assert (lengths.min() / 4, lengths.max() / 4) == (pytest.approx(0.1, abs=0.01), pytest.approx(0.5, abs=0.01))
    bands = parameters(steps, 2)
    assert np.mean([one["low_hz"] for one in bands]) == pytest.approx(3000, rel=0.05)  # anywhere below 6 kHz
    assert all(one["high_hz"] - one["low_hz"] == pytest.approx(2000) for one in bands)
    assert parameters(steps, 3)[0] == {"low_hz": 500.0, "high_hz": 2000.0, "slope_db": 12}
    assert parameters(steps, 4) == []


def test_a_step_more_of_another_kind_leaves_the_draws_of_the_others() -> None:
    noise, gain = {"gaussian_noise": {"p": 0.5}}, {"gain": {"p": 0.5}}
    before, after = (drawn_steps(filled(*recipe), clips(50)) for recipe in ((noise, noise), (gain, noise, gain, noise)))
    of_noise = [frame.filter(transform="gaussian_noise").drop("step").rows() for frame in (before, after)]
    assert of_noise[0] == of_noise[1]
    first, second = (before.filter(step=number)["parameters"].to_list() for number in (0, 1))
    assert not set(filter(None, first)) & set(filter(None, second))


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"gaussian_noise": {"snr_db": {"uniform": [9, 5]}}}, r"\[0\]\.gaussian_noise\.snr_db: .*the least first"),
        ({"tanh_distortion": {"amount": 1.5}}, r"tanh_distortion\.amount: 1\.5: expected numbers from 0 to 1"),
        ({"low_pass": {"cutoff_hz": {"uniform": [100, 8000]}}}, "up to 8,000 Hz; expected less than 8,000 Hz, half of"),
        ({"band_stop": {"center_hz": 4000, "width_octaves": 3}}, r"band_stop: it may go up to 11,314 Hz"),
        ({"loudness": {"lufs": 3}}, "from -70 to 0"),
    ],
)
def test_what_cannot_be_made_is_told(step: dict[str, Any], told: str) -> None:
    with pytest.raises(SoundledgerError, match=told):
        refuse_recipe(filled(step), 16_000, "here")
    with pytest.raises(SoundledgerError, match=r"x\.yaml: derive\.augmented\.recipe\[0\]"):
        plan(SPLITS, step)


def test_a_new_clip_changes_only_what_takes_it_for_its_background() -> None:
    recipe = ({"background": {"query": SPLITS, "p": 0.7}}, {"gaussian_noise": {"p": 0.5}}, {"time_mask": {}})
    before = plan(SPLITS, *recipe, times=20)
    after = plan(SPLITS, *recipe, times=20, of=NAMES | {"aa": ENVELOPE})
    new = {f"aa_{nth}" for nth in range(20)}
    assert set(after.scenes["clip_id"]) - set(before.scenes["clip_id"]) == new
    taking = set(after.parts.filter(from_clip_id="aa")["clip_id"])
    assert 0 < len(taking - new) < 60
    for table in ("parts", "scenes", "augmentations"):
        same = [
            getattr(one, table).filter(~pl.col("clip_id").is_in([*taking])).drop("row", strict=False)
            for one in (before, after)
        ]
        assert same[0].equals(same[1]), table
    assert before.parts.filter(role="clip")["from_clip_id"].to_list() == [name for name in NAMES for _ in range(20)]


def test_a_background_is_another_recording_of_the_same_split() -> None:
    made = plan(SPLITS, {"background": {"query": SPLITS}}, times=30)
    both = made.parts.filter(role="clip").join(made.parts.filter(role="background"), on="clip_id", suffix="_behind")
    assert len(both) == 8 * 30
    assert (both["media"] != both["media_behind"]).all()
    assert ((both["media"] < "r/e") == (both["media_behind"] < "r/e")).all()
    assert both["media_behind"].n_unique() == 8
    none = "SELECT clip_id, 'train' AS split FROM clips WHERE clip_id = 'a'"
    with pytest.raises(
        SoundledgerError, match=r"recipe\[1\]\.background\.query: of the split 'eval' it chooses 0 clips"
    ):
        plan(SPLITS, {"gain": {}}, {"background": {"query": none}})
    with pytest.raises(SoundledgerError, match="of the split 'train' it chooses 1 clips, none of which may be behind"):
        plan("SELECT clip_id FROM clips", {"background": {"query": none}})


def test_what_is_longer_is_taken_from_anywhere_and_what_is_shorter_is_faded() -> None:
    part = "SELECT clip_id, 1 AS start_s, 3 AS end_s FROM clips"
    every = "SELECT clip_id FROM clips"
    longer = plan(part, {"background": {"query": every}}, times=20).parts.filter(role="background")
    assert longer["taken_s"].unique().to_list() == [2.0]
    assert longer["from_s"].min() < 0.3
    assert 2.7 < longer["from_s"].max() <= 3.0
    assert longer["fade_s"].unique().to_list() == [0.0]
    shorter = plan(every, {"background": {"query": part}}).parts.filter(role="background")
    assert shorter.select("from_s", "taken_s", "offset_s", "fade_s").unique().rows() == [(1.0, 2.0, 5.0, 0.01)]


def test_ids_are_those_of_the_clips_and_of_their_stretches() -> None:
    twice = "SELECT clip_id, unnest([0, 2.5]) AS start_s, unnest([1, 3.5]) AS end_s FROM clips WHERE clip_id = 'a'"
    assert plan(twice, {"gain": {}}, times=2).scenes["clip_id"].to_list() == [
        "a_0_1000_0", "a_0_1000_1", "a_2500_3500_0", "a_2500_3500_1",
    ]  # fmt: skip
    rates = plan(SPLITS, {"gain": {}}, rate=8000).scenes["sample_rate"].unique().to_list()
    assert rates == [8000]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT clip_id, 'a' AS class_id FROM clips", "`class_id` has no meaning here"),
        ("SELECT clip_id, unnest(['x', 'y']) AS split FROM clips", "would have one id: d/a, d/a, d/b"),
    ],
)
def test_queries_of_which_nothing_can_be_made_are_told(query: str, told: str) -> None:
    with pytest.raises(SoundledgerError, match=rf"derive\.augmented\.clips: .*{told}"):
        plan(query, {"gain": {}})
