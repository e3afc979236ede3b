"""Clips to which a recipe is applied, the whole way: planned, made, checked, labelled, and traced."""

import hashlib
import re
import shutil
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
import yaml

from tests import augment
from tests.made_files import noise16, wav
from tests.project import REPOSITORY, Project
from workflow_scripts.derive.loader import Scenes
from workflow_scripts.exports.audio.loudness import loudness

pytestmark = [pytest.mark.slow, augment.NEEDED]

RATE = 16_000
DOCS = REPOSITORY / "docs/derive.md"
DATASETS = ["birds.yaml", "beds.yaml", "more.yaml", "asked.yaml"]
BEDS = "SELECT dataset, clip_id FROM clips WHERE dataset = 'beds'"
RECIPE = [
    {"background": {"query": BEDS, "snr_db": {"uniform": [6, 12]}, "p": 0.6}},
    {"gaussian_noise": {"snr_db": {"uniform": [10, 30]}, "p": 0.5}},
    {"tanh_distortion": {"p": 0.4}},
    {"band_stop": {"center_hz": {"uniform": [300, 2000]}, "p": 0.5}},
    {"frequency_mask": {"p": 0.5}},
    {"time_mask": {"p": 0.5}},
    {"loudness": {"lufs": {"uniform": [-20, -3]}}},
]
CLIPS = "SELECT dataset, clip_id FROM clips WHERE dataset = 'birds'"
MORE = {
    "from": ["birds", "beds"],
    "seed": 3,
    "render": {"channels": 2},
    "augmented": {"clips": CLIPS, "times": 3, "recipe": RECIPE},
}


def written(project: Project, name: str, **says: Any) -> None:
    (project.folder / f"{name}.yaml").write_text(yaml.safe_dump({"name": name, **says}))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("augmented"))
    augment.lent(project.folder)
    folder = project.folder
    rows, events = ["f,split,species,said"], ["f,from,to,species"]
    (folder / "birds").mkdir()
    for number in range(14):
        name, split = f"bird{number}", "train" if number < 10 else "eval"
        rate, channels = (RATE, 1) if number % 2 else (22_050, 2)
        samples = noise16(round(1.5 * rate), channels, level=0.05, seed=number)
        (folder / f"birds/{name}.wav").write_bytes(wav(samples * (number != 3), rate))  # one is silent
        rows.append(f"{name}.wav,{split},{'wren' if number % 3 else 'owl'},Bird {number} sings.")
        events.append(f"{name}.wav,{0.1 * number:.1f},{0.1 * number + 0.2:.1f},{'wren' if number % 3 else 'owl'}")
    (folder / "birds.csv").write_text("\n".join(rows))
    (folder / "events.csv").write_text("\n".join(events))
    for split, seeds in {"train": range(3), "eval": range(3, 5)}.items():
        (folder / "beds" / split / "rain").mkdir(parents=True)
        for seed in seeds:  # one is shorter than the clips, and one has another rate
            sound = wav(noise16((4, 4, 1)[seed % 3] * RATE, level=0.2, seed=100 + seed), RATE if seed else 44_100)
            (folder / f"beds/{split}/rain/bed{seed}.wav").write_bytes(sound)
    clip = {"media": "f", "split": "split", "classes": "[species]", "captions": "[said]"}
    written(
        project, "birds", adapter="table", match="path", audio=["birds"], clip=clip,
        sources={"table": "birds.csv", "events": "events.csv"},
        events={"media": "f", "onset_s": '"from"', "offset_s": '"to"', "class": "species"},
    )  # fmt: skip
    written(project, "beds", adapter="folders", sources={"folder": "beds"}, audio=["beds"])
    written(project, "more", adapter="derived", derive=MORE)
    written(project, "asked", adapter="derived", derive=MORE | {"render": {"written": False, "channels": 2}})
    project.run("--config", f"datasets={DATASETS}")
    return project


def digests(project: Project) -> dict[str, str]:
    files = project.folder.glob("results/more/audio/*")
    return {file.stem: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_augmented_clips_are_a_dataset_of_the_rates_and_splits_of_theirs(project: Project) -> None:
    told = project.ask(
        "SELECT split, status, sample_rate, channels, round(min(duration_s), 2), count(*) FROM clips "
        "WHERE dataset = 'more' GROUP BY ALL ORDER BY ALL"
    )
    assert told == [
        ("eval", "usable", 16_000, 2, 1.5, 6),
        ("eval", "usable", 22_050, 2, 1.5, 6),
        ("train", "usable", 16_000, 2, 1.5, 15),
        ("train", "usable", 22_050, 2, 1.5, 15),
    ]
    mixed = """
        SELECT count(*) FILTER (s.split <> c.split), count(DISTINCT p.from_dataset) FROM parts AS p
        JOIN scenes AS s USING (dataset, clip_id)
        JOIN clips AS c ON c.dataset = p.from_dataset AND c.clip_id = p.from_clip_id
        WHERE s.dataset = 'more'
    """
    assert project.ask(mixed) == [(0, 2)]
    assert project.run("--config", f"datasets={DATASETS}").jobs.total() == 0


def test_what_was_said_of_a_clip_is_said_of_what_is_made_of_it(project: Project) -> None:
    said = """
        SELECT {clip} AS clip, class_id, strength, onset_s, offset_s FROM labels
        WHERE dataset = '{dataset}' AND origin = 'annotated' AND strength = 'strong' ORDER BY ALL
    """
    of_birds = project.ask(said.format(clip="clip_id", dataset="birds"))
    assert len(of_birds) == 14
    own = "regexp_extract(clip_id, '^birds_(.*)_[0-9]+$', 1)"
    assert project.ask(said.format(clip=own, dataset="more")) == sorted(of_birds * 3)
    behind = "SELECT DISTINCT class_id, strength FROM labels WHERE dataset = 'more' AND origin = 'background'"
    assert project.ask(behind) == [("rain", "weak")]
    classes = "SELECT DISTINCT class_names FROM clips WHERE dataset = 'more'"
    assert sorted(project.ask(classes)) == [(["owl"],), (["wren"],)]
    caption = "SELECT text FROM captions WHERE dataset = 'more' AND clip_id = 'birds_bird7_1'"
    assert project.ask(caption) == [("Bird 7 sings.",)]


def test_what_was_drawn_and_what_came_of_it_can_be_asked(project: Project) -> None:
    assert project.ask("SELECT count(*), count(DISTINCT clip_id) FROM augmentations WHERE dataset = 'more'") == [
        (42 * 7, 42)
    ]
    shares = "SELECT transform, avg(applied::INT) FROM augmentations WHERE dataset = 'more' GROUP BY 1"
    for transform, share in project.ask(shares):
        p = next(step[transform].get("p", 1) for step in RECIPE if transform in step)
        assert abs(share - p) < 0.3, transform
    snr = """
        SELECT (a.parameters ->> 'snr_db')::DOUBLE, p.gain_db, a.gain_db FROM augmentations AS a
        LEFT JOIN parts AS p ON p.dataset = a.dataset AND p.clip_id = a.clip_id AND p.ordinal = a.step + 1
        WHERE a.dataset = 'more' AND a.transform = 'background' AND a.applied
    """
    rows = project.ask(snr)
    assert all(6 <= drawn <= 12 and of_part == of_step for drawn, of_part, of_step in rows)
    parts = "SELECT count(*) FROM parts WHERE dataset = 'more' AND role = 'background'"
    assert project.ask(parts) == [(len(rows),)]
    assert len(rows) > 10
    [query] = re.findall(
        r"^ {4}(SELECT clip_id, step.*?)\n\n", DOCS.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert len(project.ask(query)) == 5
    silent = "SELECT DISTINCT gain_db FROM augmentations WHERE dataset = 'more' AND clip_id LIKE 'birds_bird3_%'"
    assert project.ask(silent) == [(None,)]


def test_the_last_step_says_how_loud_each_clip_is(project: Project) -> None:
    rows = project.ask(
        "SELECT a.clip_id, (a.parameters ->> 'lufs')::DOUBLE, s.scale_db FROM augmentations AS a "
        "JOIN scenes AS s USING (dataset, clip_id) "
        "WHERE s.dataset = 'more' AND transform = 'loudness' AND a.gain_db IS NOT NULL"
    )
    assert len(rows) == 39
    assert 0 < sum(scale < 0 for *_, scale in rows) < 39
    for clip, lufs, scale in rows:
        samples, rate = soundfile.read(project.folder / f"results/more/audio/{clip}.flac")
        assert loudness(samples, rate) == pytest.approx(lufs + scale, abs=0.1)
        assert np.abs(samples).max() < 1 - 2**-17


def test_files_and_loaders_have_the_same_samples(project: Project) -> None:
    assert project.ask("SELECT DISTINCT status FROM clips WHERE dataset = 'asked'") == [("missing",)]
    assert not (project.folder / "results/asked/audio").exists()
    for dataset in ("more", "asked"):
        scenes = Scenes(project.folder / "results", dataset)
        assert len(scenes) == 42
        several = torch.utils.data.DataLoader(scenes, batch_size=None, num_workers=2, timeout=100)  # forks
        for item in several:
            file = project.folder / f"results/more/audio/{item['clip_id']}.flac"
            samples, rate = soundfile.read(file, dtype="float32")
            assert rate == item["sample_rate"]
            assert np.array_equal(item["samples"].numpy().T, samples)


def test_a_new_clip_changes_no_other_and_other_packs_give_the_same_bytes(project: Project) -> None:
    before = digests(project)
    table, lists = project.folder / "birds.csv", project.folder / "workflow_scripts/derive/lists.py"
    text, code = table.read_text(), lists.read_text()
    (project.folder / "birds/new.wav").write_bytes(wav(noise16(RATE, seed=77), RATE))
    table.write_text(text + "\nnew.wav,train,owl,New.")
    lists.write_text(code.replace("SCENES_A_PACK, PACKS = 50", "SCENES_A_PACK, PACKS = 20"))
    finished = project.run("--config", f"datasets={DATASETS}", "--cores", "1")
    assert finished.jobs["render"] > 2
    after = digests(project)
    assert after.keys() - before.keys() == {f"birds_new_{nth}" for nth in range(3)}
    assert {name: after[name] for name in before} == before
    table.write_text(text)
    lists.write_text(code)


def test_a_sound_of_two_splits_is_refused_by_name(project: Project) -> None:
    """A background of the one that is a clip of the other."""
    planted = project.folder / "beds/train/rain/taken.wav"
    shutil.copy(project.folder / "birds/bird13.wav", planted)
    told = project.run("--config", f"datasets={DATASETS}", expect=1).output
    planted.unlink()
    assert "1 sounds would be in scenes of several splits: " in told
    assert "birds/bird13 (eval) = beds/" in told


def test_an_absent_venv_is_told_before_anything_starts(project: Project) -> None:
    (project.folder / ".venv-augment").unlink()
    finished = project.run("--config", f"datasets={DATASETS}", expect=1)
    assert re.search(
        r"more\.yaml: derive\.augmented\.recipe: audiomentations, which makes gaussian_noise,", finished.output
    )
    assert "`make augment` makes it" in finished.output
    assert not finished.jobs
    written(
        project,
        "masked",
        adapter="derived",
        derive=MORE | {"augmented": {"clips": CLIPS, "recipe": [{"frequency_mask": {}}]}},
    )
    dry = project.run("--config", 'datasets=["birds.yaml","beds.yaml","asked.yaml","masked.yaml"]', "-n")
    assert dry.jobs["plan_scenes"]
    augment.lent(project.folder)
