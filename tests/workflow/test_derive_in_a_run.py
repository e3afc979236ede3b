"""Datasets made of others, the whole way: planned, made, checked, in the catalogue and exported like any other."""

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
import yaml

from tests.made_files import noise16, wav
from tests.project import REPOSITORY, Project
from workflow_scripts.derive.loader import Scenes

pytestmark = pytest.mark.slow

RATE = 16_000
READERS = REPOSITORY / ".venv-consumers"
DOCS = REPOSITORY / "docs/derive.md"
DATASETS = ["sounds.yaml", "beds.yaml", "scenes.yaml", "pairs.yaml"]
ROOM = {"room": {"rt60_s": 0.2}} if importlib.util.find_spec("pyroomacoustics") else {}  # of `make rooms`
SCENES = {
    "from": ["sounds", "beds"],
    "seed": 5,
    "render": {"sample_rate": RATE, "stems": True, "masks": {"window": 512, "hop": 128}, "beside": ["jams", "tsv"]},
    "soundscapes": {
        "scenes": {"train": 20, "eval": 6},
        "duration_s": 3,
        "foreground": "SELECT dataset, clip_id FROM clips WHERE dataset = 'sounds'",
        "background": "SELECT dataset, clip_id FROM clips WHERE dataset = 'beds'",
        "event_s": 0.8,
        "snr_db": {"uniform": [3, 15]},
        "polyphony": 2,
        **ROOM,
        "caption": {"scene": "{background}, {events}", "event": "{a_name} {when}"},
    },
}
PAIRS = {
    "from": ["sounds"],
    "render": {"written": False, "sample_rate": RATE},
    "mixtures": {"pairs": "drawn", "clips": "SELECT clip_id FROM clips", "scenes": 4, "gain_db": {"uniform": [-6, 0]}},
}


def burst(hertz: float, seed: int) -> bytes:
    """Two seconds, of which the second half sounds."""
    wave = 0.2 * np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE) + np.random.default_rng(seed).normal(0, 0.01, RATE)
    return wav(np.concatenate([np.zeros(RATE), wave]).astype(np.float32)[:, None])


def write(project: Project, name: str, **says: Any) -> None:
    (project.folder / f"{name}.yaml").write_text(yaml.safe_dump({"name": name, "exports": ["csv"], **says}))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("derived"))
    sounds, beds = project.folder / "sounds", project.folder / "beds"
    for split, seeds in {"train": range(4), "eval": range(4, 6)}.items():
        for name, hertz in {"owl": 400, "wren": 3000}.items():
            (sounds / split / name).mkdir(parents=True)
            for seed in seeds:
                (sounds / split / name / f"{name}{seed}.wav").write_bytes(burst(hertz + 10 * seed, seed))
        (beds / split / "forest").mkdir(parents=True)
        for seed in seeds:
            bed = beds / split / "forest" / f"bed{seed}.wav"
            bed.write_bytes(wav(noise16(5 * RATE, level=0.02, seed=seed)))
    for name in ("sounds", "beds"):
        write(project, name, adapter="folders", sources={"folder": name}, audio=[name])
    write(project, "scenes", adapter="derived", derive=SCENES)
    write(project, "pairs", adapter="derived", derive=PAIRS)
    project.run("--config", f"datasets={DATASETS}")
    return project


def digests(project: Project) -> dict[str, str]:
    files = [file for name in ("audio", "stems", "masks") for file in project.folder.glob(f"results/scenes/{name}/*")]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_scenes_are_a_dataset_like_any_other(project: Project) -> None:
    assert project.ask(
        "SELECT split, status, count(*) FROM clips WHERE dataset = 'scenes' GROUP BY ALL ORDER BY 1"
    ) == [
        ("eval", "usable", 6),
        ("train", "usable", 20),
    ]
    assert project.ask("SELECT count(*) FROM orphans WHERE dataset = 'scenes'") == [(0,)]
    assert (project.folder / "results/scenes/exports/csv").is_dir()
    [(caption,)] = project.ask("SELECT text FROM captions WHERE dataset = 'scenes' ORDER BY clip_id LIMIT 1")
    assert caption.startswith("Forest, a")
    assert project.run("--config", f"datasets={DATASETS}").jobs.total() == 0


def test_the_query_of_the_docs_tells_what_scenes_are_made_of(project: Project) -> None:
    [query] = re.findall(r"^ {4}(SELECT p\.clip_id.*?)\n\n", DOCS.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    rows = project.ask(query)
    assert len(rows) == 3
    assert all(Path(path).is_file() for *_, path in rows)


def test_every_part_is_traced_and_of_the_split_of_its_scene(project: Project) -> None:
    mixed = """
        SELECT count(*) FILTER (s.split <> c.split), count(*) FROM parts AS p
        JOIN scenes AS s USING (dataset, clip_id)
        JOIN clips AS c ON c.dataset = p.from_dataset AND c.clip_id = p.from_clip_id
    """
    [(wrong, parts)] = project.ask(mixed)
    assert wrong == 0
    assert parts > 26 * 2 - 1


def test_labels_are_the_events_where_they_are_heard(project: Project) -> None:
    wrong = """
        SELECT p.clip_id, p.onset_s, p.offset_s FROM parts AS p
        LEFT JOIN clips AS c ON c.dataset = p.from_dataset AND c.clip_id = p.from_clip_id
        LEFT JOIN labels AS l ON l.dataset = 'scenes' AND l.clip_id = p.clip_id AND l.strength = 'strong'
            AND l.class_id = c.class_ids[1] AND abs(l.onset_s - p.onset_s) + abs(l.offset_s - p.offset_s) < 1e-5
        WHERE p.dataset = 'scenes' AND p.role = 'foreground' AND l.clip_id IS NULL
    """
    assert project.ask(wrong) == []
    assert project.ask("SELECT DISTINCT class_id, origin FROM labels WHERE dataset='scenes' AND strength='weak'") == [
        ("forest", "background")
    ]
    loud = project.ask(
        "SELECT min(from_s), max(from_s + taken_s) FROM parts WHERE dataset = 'scenes' AND role='foreground'"
    )
    assert loud == [(pytest.approx(1.1, abs=0.11), pytest.approx(2.0, abs=0.11))]  # the first second is silent


def test_measured_levels_are_those_asked_for_and_stems_sum_to_scenes(project: Project) -> None:
    rows = project.ask(
        "SELECT clip_id, list((ordinal, role, onset_s, offset_s, snr_db) ORDER BY ordinal) FROM parts WHERE dataset = "
        "'scenes' GROUP BY 1"
    )
    for clip, parts in rows:
        scene, _ = soundfile.read(project.folder / f"results/scenes/audio/{clip}.flac")
        stems = [
            soundfile.read(project.folder / f"results/scenes/stems/{clip}.{ordinal}.flac")[0] for ordinal, *_ in parts
        ]
        assert np.abs(sum(stems) - scene).max() <= 2**-15
        behind = np.sqrt(np.square(stems[0]).mean())
        for (_, role, onset, offset, snr), stem in zip(parts, stems, strict=True):
            if role == "foreground":
                heard = stem[round(onset * RATE) : round(offset * RATE)]
                assert 20 * np.log10(np.sqrt(np.square(heard).mean()) / behind) == pytest.approx(snr, abs=0.1)


def test_what_stands_beside_scenes_says_what_the_tables_say(project: Project) -> None:
    results = project.folder / "results/scenes"
    rows = project.ask("""
        SELECT clip_id, list([onset_s::VARCHAR, offset_s::VARCHAR, class_name] ORDER BY onset_s, offset_s)
        FROM labels WHERE dataset = 'scenes' AND strength = 'strong' AND origin = 'annotated' GROUP BY 1
    """)
    assert len(rows) == 26
    for clip, events in rows:
        lines = (results / f"audio/{clip}.tsv").read_text().splitlines()
        assert lines[0] == "filename\tonset\toffset\tevent_label"
        assert [line.split("\t")[0] for line in lines[1:]] == [f"{clip}.flac"] * len(events)
        assert [line.split("\t")[1:] for line in lines[1:]] == events
        read = json.loads((results / f"audio/{clip}.jams").read_text())
        scaper, segments, tags = read["annotations"]
        assert [row["value"]["role"] for row in scaper["data"]] == ["background"] + ["foreground"] * len(events)
        assert {row["value"] for row in tags["data"]} == {"forest"}
        assert [row["value"] for row in segments["data"]] == [label for *_, label in events]
        masks = np.load(results / f"masks/{clip}.npz")
        assert masks["masks"].shape == (len(events) + 1, 1, 257, 3 * RATE // 128 + 1)
    source = "SELECT from_clip_id, gain_db FROM parts WHERE dataset='scenes' AND clip_id = $clip ORDER BY ordinal"
    made = [(part["from_clip_id"], part["gain_db"]) for part in scaper["sandbox"]["parts"]]
    assert made == project.ask(source.replace("$clip", f"'{clip}'"))


@pytest.mark.consumer
def test_jams_reads_and_finds_valid_what_stands_beside_scenes(project: Project) -> None:
    """Strictly, by its schemas of JAMS and of scaper's namespace."""
    if not (read_here := READERS / "bin/python").is_file():
        pytest.skip("`make test` sets up .venv-consumers")
    code = (
        "import jams, sys, pathlib\n"
        "for file in pathlib.Path(sys.argv[1]).glob('*.jams'):\n"
        "    read = jams.load(str(file), validate=True, strict=True)\n"
        "    [one] = read.search(namespace='scaper')\n"
        "    assert one.sandbox.scaper['original_duration'] == read.file_metadata.duration == 3\n"
        "    print(len(one.data))"
    )
    done = subprocess.run(
        [read_here, "-c", code, project.folder / "results/scenes/audio"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    [(parts,)] = project.ask("SELECT count(*) FROM parts WHERE dataset = 'scenes'")
    assert sum(map(int, done.stdout.split())) == parts


def test_a_loader_makes_the_same_samples_as_the_files(project: Project) -> None:
    scenes = Scenes(project.folder / "results", "scenes", "eval")
    assert len(scenes) == 6
    for item in (scenes[number] for number in (0, 5)):
        written, rate = soundfile.read(project.folder / f"results/scenes/audio/{item['clip_id']}.flac", dtype="float32")
        assert (rate, item["samples"].shape) == (item["sample_rate"], (1, 3 * RATE))
        assert np.array_equal(item["samples"][0].numpy(), written)
    several = torch.utils.data.DataLoader(scenes, batch_size=2, num_workers=2, timeout=100)  # forks
    assert [len(batch["clip_id"]) for batch in several] == [2, 2, 2]


def test_what_is_not_written_is_a_recipe_that_a_loader_makes(project: Project) -> None:
    assert not (project.folder / "results/pairs/audio").exists()
    statuses = "SELECT split, status, count(*) FROM clips WHERE dataset = 'pairs' GROUP BY ALL ORDER BY 1"
    assert project.ask(statuses) == [("eval", "missing", 4), ("train", "missing", 4)]
    pairs = Scenes(project.folder / "results", "pairs")
    assert [item["samples"].shape for item in (pairs[number] for number in range(8))] == [(1, 2 * RATE)] * 8
    assert (
        project.ask("SELECT count(DISTINCT from_clip_id) FROM parts WHERE dataset = 'pairs' GROUP BY clip_id")
        == [(2,)] * 8
    )


def test_a_new_clip_changes_only_the_scenes_that_take_it(project: Project) -> None:
    before = digests(project)
    new = project.folder / "sounds/train/owl/owl9.wav"
    new.write_bytes(burst(450, 9))
    jobs = project.run("--config", f"datasets={DATASETS}").jobs
    assert jobs["check"] == 2  # of the sounds, and of the scenes
    taking = {
        clip for (clip,) in project.ask("SELECT clip_id FROM parts WHERE dataset='scenes' AND from_clip_id = 'owl9'")
    }
    after = digests(project)
    changed = {name.split(".")[0] for name in before if after.get(name) != before[name]}
    assert changed == taking
    assert 0 < len(taking) < 20
    new.unlink()
    project.run("--config", f"datasets={DATASETS}")
    assert digests(project) == before


def test_a_sound_of_two_splits_is_refused_by_name(project: Project) -> None:
    planted = project.folder / "sounds/eval/wren/taken.wav"
    shutil.copy(project.folder / "sounds/train/wren/wren0.wav", planted)
    told = project.run("--config", f"datasets={DATASETS}", expect=1).output
    assert "1 sounds would be in scenes of several splits: sounds/" in told
    assert "(eval) = sounds/" in told
    assert "(train). Have the query" in told


def test_what_was_made_comes_back_when_it_is_gone(project: Project) -> None:
    """Here a sound of two splits stands in the way no more."""
    (project.folder / "sounds/eval/wren/taken.wav").unlink(missing_ok=True)
    project.run("--config", f"datasets={DATASETS}")
    before, results = digests(project), project.folder / "results"
    shutil.rmtree(results / "scenes/audio")
    (results / "scenes/tables/scenes.parquet").unlink()
    jobs = project.run("--config", f"datasets={DATASETS}").jobs
    assert digests(project) == before
    assert (jobs["gather_scenes"], jobs["render"], jobs["check"]) == (1, 0, 0)
    next((results / "scenes/stems").iterdir()).unlink()
    project.run("--config", f"datasets={DATASETS}")
    assert digests(project) == before
