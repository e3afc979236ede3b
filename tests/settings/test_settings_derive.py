"""Datasets that are made of others: what stands in their files, and of what nothing can be made."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from workflow_scripts.settings import augment
from workflow_scripts.settings.reading import MissingError, SettingsError
from workflow_scripts.settings.run import Run, load_run

PAIRS = {"pairs": "drawn", "clips": "SELECT clip_id FROM clips", "scenes": 4}

SCAPE = {"scenes": 1, "foreground": "SELECT clip_id FROM clips"}


def run_of(workdir: Path, *wanted: str, **files: dict[str, Any]) -> Run:
    (workdir / "sounds").mkdir(exist_ok=True)
    found = {"adapter": "folders", "sources": {"folder": "sounds"}, "audio": ["sounds"]}
    for name, says in {"sounds": found, **files}.items():
        (workdir / f"{name}.yaml").write_text(yaml.safe_dump({"name": name} | says))
    return load_run({"datasets": [f"{name}.yaml" for name in wanted]}, workdir)


def derived(of: str, **says: Any) -> dict[str, Any]:
    return {"adapter": "derived", "derive": {"from": [of], "mixtures": PAIRS} | says}


def of_recipe(*steps: dict[str, Any], **render: Any) -> dict[str, Any]:
    made = {"clips": "SELECT clip_id FROM clips", "recipe": [*steps]}
    return {"derive": {"from": ["sounds"], "render": render, "augmented": made}}


def test_what_makes_effects_is_wanted_where_these_are_written(workdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augment, "VENV", workdir / "none")
    both = ({"frequency_mask": {}}, {"gain": {}}, {"low_pass": {"cutoff_hz": 500}})
    with pytest.raises(SettingsError, match=r"recipe: audiomentations, which makes gain, low_pass, .* `make augment`"):
        run_of(workdir, "sounds", "more", more={"adapter": "derived"} | of_recipe(*both))
    for says in (of_recipe(*both, written=False), of_recipe(both[0])):
        run = run_of(workdir, "sounds", "more", more={"adapter": "derived"} | says)
        assert run.datasets["more"].derive["render"]["sample_rate"] is None
    (workdir / "none/bin").mkdir(parents=True)
    (workdir / "none/bin/python").touch()
    (workdir / "none/installed").touch()
    run_of(workdir, "sounds", "more", more={"adapter": "derived"} | of_recipe(*both))


def test_the_workflow_makes_its_sources_and_its_root(workdir: Path) -> None:
    run = run_of(workdir, "sounds", "pairs", pairs=derived("sounds"))
    dataset = run.datasets["pairs"]
    assert dataset.derived_from == ("sounds",)
    assert set(dataset.source_files) == {
        f"results/pairs/derived/plan/{name}.parquet" for name in ("scenes", "heard", "classes")
    }
    [slug] = dataset.audio
    assert run.roots[slug].path == str(workdir / "results/pairs/audio")
    assert slug.startswith("pairs-audio-")
    assert run.of_some(["sounds", "pairs"])["derived"] == ["pairs"]


def test_what_is_not_written_has_no_root(workdir: Path) -> None:
    run = run_of(workdir, "sounds", "pairs", pairs=derived("sounds", render={"written": False}))
    assert run.datasets["pairs"].audio == {}


def test_what_would_be_made_of_itself_is_refused(workdir: Path) -> None:
    with pytest.raises(SettingsError, match="nothing can be made of itself"):
        run_of(workdir, "one", "other", one=derived("other"), other=derived("one"))


def test_a_dataset_that_the_run_does_not_have_is_named_and_the_others_go_on(workdir: Path) -> None:
    run = run_of(workdir, "sounds", "pairs", "more", pairs=derived("sound"), more=derived("pairs"))
    assert list(run.datasets) == ["sounds"]
    [first, second] = run.left_out
    assert "derive.from: no dataset 'sound' in this run" in first
    assert "did you mean `sounds`?" in first
    assert "derive.from: 'pairs' is left out" in second
    with pytest.raises(MissingError, match="no dataset 'sounds'"):
        run_of(workdir, "pairs", pairs=derived("sounds"))


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ({"audio": ["sounds"]}, "audio: the workflow makes it"),
        ({"sources": {}}, "sources: the workflow makes it"),
        ({"derive": {"from": ["sounds"]}}, "expected one of soundscapes, mixtures, augmented; found none"),
        (
            {"derive": {"from": ["sounds"], "mixtures": {}, "soundscapes": {"scenes": 1, "foreground": "x"}}},
            "found mixtures, sounds",
        ),
        ({"derive": {"from": ["sounds"], "mixtures": {"pairs": "drawn"}}}, "takes `clips`, a query, and `scenes`"),
        (
            {"derive": {"from": ["sounds"], "mixtures": PAIRS | {"scenes": {1: 2}}}},
            "scenes: .* found 1; put it in quotes",
        ),
        (
            {"derive": {"from": ["sounds"], "soundscapes": SCAPE | {"room": {}, "outdoors": {}}}},
            "a `room` or `outdoors`; leave one",
        ),
        (
            {"derive": {"from": ["sounds"], "soundscapes": SCAPE | {"together": {"seen_in": ["sound"]}}}},
            "together.seen_in: sound: expected datasets that stand in `from`",
        ),
        ({"derive": {"from": ["sounds"], "soundscapes": SCAPE | {"together": {}}}}, "together"),
        (
            {"derive": {"from": ["sounds"], "mixtures": PAIRS, "render": {"masks": {"hop": 2048}}}},
            r"render\.masks: hop 2048 is above window 1024",
        ),
        ({"derive": {"from": ["sounds"], "mixtures": {"gain_db": {"uniform": [1]}}}}, "gain_db"),
        (of_recipe({"gian": {}}), r"recipe\.0\.gian: unknown key; did you mean `gain`"),
        (of_recipe({"gain": {}, "loudness": {}}), r"recipe\.0: .*too many properties"),
        (of_recipe({"low_pass": {}}), r"recipe\.0\.low_pass\.cutoff_hz: missing"),
        (of_recipe({"frequency_mask": {}}, stems=True), "what is augmented has no parts that sum to it"),
    ],
)
def test_what_a_file_of_it_cannot_say_is_told(workdir: Path, says: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        run_of(workdir, "sounds", "pairs", pairs=derived("sounds") | says)
