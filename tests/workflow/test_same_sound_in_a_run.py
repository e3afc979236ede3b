"""Two datasets that share sound under other codecs, levels, beginnings and names, the whole way: what a run finds."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml

from tests.made_files import Samples, bands, encoded, wav
from tests.project import Project
from tests.report.made_reports import parsed

pytestmark = pytest.mark.slow
RATE = 16_000
CONFIG = ("--config", "datasets=['own/songs.yaml','own/heard.yaml']")
WALK = bands(60, seed=50)
NOTHING = np.zeros((RATE * 10, 1), np.int16)


def cut(sound: Samples, from_s: float, to_s: float, gain: float = 1.0) -> Samples:
    return gain * sound[round(from_s * RATE) : round(to_s * RATE)]


FILES = {
    "songs/a1.wav": wav(bands(10, seed=1)),
    "songs/a2.wav": wav(bands(10, seed=2)),
    "songs/a3.ogg": encoded(cut(bands(10, seed=2), 1.5, 10, 0.5), RATE, "OGG", "VORBIS"),
    "songs/walk.flac": encoded(WALK, RATE, "FLAC", "PCM_16"),
    "songs/nothing.wav": wav(NOTHING),
    "heard/t1.mp3": encoded(cut(bands(10, seed=1), 2, 9, 0.25), RATE, "MP3", "MPEG_LAYER_III"),
    "heard/t2.opus": encoded(cut(bands(10, seed=1), 0, 8, 0.7), RATE, "OGG", "OPUS"),
    "heard/t3.wav": wav(bands(10, seed=3)),
    "heard/again.ogg": encoded(cut(WALK, 20, 60), RATE, "OGG", "VORBIS"),
    "heard/nothing.flac": encoded(NOTHING, RATE, "FLAC", "PCM_16"),
}
CLIPS = {
    "songs": [
        # id, media, start, end, split, class
        ("a1", "a1.wav", "", "", "train", "dog"),
        ("a2", "a2.wav", "", "", "train", "dog"),
        ("a3", "a3.ogg", "", "", "eval", "cat"),
        ("nothing", "nothing.wav", "", "", "train", "cat"),
        *((f"w{start}", "walk.flac", start, start + 10, "train", "steps") for start in (0, 5, 10, 20, 30)),
    ],
    "heard": [
        ("t1", "t1.mp3", "", "", "eval", "dog"),
        ("t2", "t2.opus", "", "", "eval", "dog"),
        ("t3", "t3.wav", "", "", "eval", "dog"),
        ("nothing", "nothing.flac", "", "", "eval", "dog"),
        ("v0", "again.ogg", 0, 10, "eval", "steps"),
        ("v15", "again.ogg", 15, 25, "eval", "steps"),
    ],
}
OF_ONE_SOUND = {
    # both clips, and their offset and overlap in seconds
    ("heard/t1", "heard/t2"): (-2.0, 6.0),
    ("heard/t1", "songs/a1"): (-2.0, 7.0),
    ("heard/t2", "songs/a1"): (0.0, 8.0),
    ("heard/v0", "songs/w20"): (0.0, 10.0),
    ("heard/v15", "songs/w30"): (-5.0, 5.0),
    ("songs/a2", "songs/a3"): (1.5, 8.5),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("same_sound") / "project")
    for name, data in FILES.items():
        file = project.folder / "own" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    for name in CLIPS:
        write_labels(project, name, CLIPS[name])
        (project.folder / f"own/{name}.yaml").write_text(yaml.safe_dump(described(name)))
    project.run(*CONFIG)
    return project


def described(name: str) -> dict[str, object]:
    said = {"id": "id", "media": "media", "split": "split", "classes": "[class]"}
    said |= {"start_s": "try_cast(start AS DOUBLE)", "end_s": 'try_cast("end" AS DOUBLE)'}
    audio = [{"path": name, "holds": "recordings"}]
    return {"name": name, "adapter": "table", "sources": {"table": f"{name}.csv"}, "match": "path"} | {
        "clip": said,
        "audio": audio,
    }


def write_labels(project: Project, name: str, rows: list[tuple]) -> None:
    with (project.folder / f"own/{name}.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("id", "media", "start", "end", "split", "class"), *rows])


def test_what_is_one_sound_is_found_with_its_offset_and_nothing_else(project: Project) -> None:
    """Neither digital silence, which both datasets have, nor spans of one recording, nor spans that do not overlap."""
    asked = "SELECT dataset_a || '/' || clip_id_a, dataset_b || '/' || clip_id_b, offset_s, overlap_s FROM same_sound"
    found = {(a, b): (offset, overlap) for a, b, offset, overlap in project.ask(asked)}
    assert found.keys() == OF_ONE_SOUND.keys()
    for clips, (offset, overlap) in OF_ONE_SOUND.items():
        assert found[clips][0] == pytest.approx(offset, abs=0.051), clips
        assert found[clips][1] == pytest.approx(overlap, abs=1.0), clips
    assert project.ask("SELECT DISTINCT how FROM same_sound") == [("sound",)]


def test_it_is_in_the_views_that_tell_of_leaks(project: Project) -> None:
    across = "SELECT clip_id_a, clip_id_b FROM same_sound_across_datasets ORDER BY ALL"
    assert project.ask(across) == [("t1", "a1"), ("t2", "a1"), ("v0", "w20"), ("v15", "w30")]
    assert project.ask("SELECT clip_id_a, clip_id_b FROM same_sound_across_splits") == [("a2", "a3")]
    assert project.ask("SELECT clip_id_a, only_a, only_b FROM same_sound_other_labels ORDER BY ALL") == [
        ("a2", ["dog"], ["cat"])
    ]
    overlap = "SELECT dataset, split, other_dataset, other_split, media, clips, other_clips FROM overlap ORDER BY ALL"
    assert project.ask(overlap) == [
        ("heard", "eval", "songs", "train", 3, 4, 3),
        ("songs", "eval", "songs", "train", 1, 1, 1),
    ]
    leaks = "SELECT dataset, split, other_split, clip_ids, other_clip_ids FROM leaks WHERE shared_by = 'sound'"
    assert project.ask(leaks) == [("songs", "eval", "train", ["a3"], ["a2"])]
    assert project.ask("SELECT authors, authors_clips FROM leakage WHERE shared_by = 'sound' AND authors > 0") == [
        (1, 2)
    ]
    leaked = "SELECT clip_id, detail FROM findings WHERE finding = 'leaked' AND detail LIKE 'sound%'"
    assert project.ask(leaked) == [("a2", "sound with a3 of eval"), ("a3", "sound with a2 of train")]
    members = "list(dataset || '/' || clip_id ORDER BY dataset, clip_id)"
    groups = f"SELECT group_id, {members} FROM sound_groups GROUP BY group_id ORDER BY group_id"
    assert dict(project.ask(groups)) == {
        "heard/t1": ["heard/t1", "heard/t2", "songs/a1"],
        "heard/v0": ["heard/v0", "songs/w20"],
        "heard/v15": ["heard/v15", "songs/w30"],
        "songs/a2": ["songs/a2", "songs/a3"],
    }


def test_what_is_skipped_is_told(project: Project) -> None:
    asked = "SELECT path, reason FROM skipped_sounds JOIN checks ON pcm_digest = sound ORDER BY ALL"
    assert project.ask(asked) == [("nothing.flac", "silent"), ("nothing.wav", "silent")]


def test_the_report_leads_with_it_and_the_review_page_has_both(project: Project) -> None:
    project.run("report", "review", *CONFIG)
    page = parsed(project.folder / "results/songs/report/index.html")
    first = page.one("section", id="decisions").all("article")[0]
    assert first.one("h3").text == "Sound that another split or dataset has too: 5 usable clips (56 %)"
    assert first.all("p")[0].text == (
        "Clips that share their sound: 2 with another split and 3 with heard; 0 by the same samples, 5 by fingerprint. "
        "Of 5 pairs of clips 1 carry labels that disagree. The sound of 8 clips was compared, with one another and "
        "with 5 clips of other datasets; that of 1 could not be: 1 silent, or nearly so."
    )
    [pack] = (project.folder / "results/songs/review/packs").glob("*.js")
    cards = json.loads(pack.read_text().partition(" = ")[2].removesuffix(";\n"))
    assert {card: [one["clip"] for one in told.get("same", ())] for card, told in cards.items()} == {
        "a1": ["t2", "t1"], "a2": ["a3"], "a3": ["a2"], "nothing": [], "w0": [], "w5": [], "w10": [], "w20": ["v0"],
        "w30": ["v15"],
    }  # fmt: skip
    for other in (other for told in cards.values() for other in told.get("same", ())):
        here, there = (soundfile.read(pack.with_suffix("") / other[side]["sound"])[0] for side in ("here", "there"))
        alike = np.abs(np.fft.irfft(np.fft.rfft(here) * np.fft.rfft(there).conj()))
        lag = int(alike.argmax())
        assert min(lag, len(here) - lag) < 0.06 * 48_000, "they begin together, to a step of the fingerprint"


def test_a_change_of_labels_searches_for_no_sound_anew(project: Project) -> None:
    write_labels(project, "songs", [*CLIPS["songs"], ("w32", "walk.flac", 32, 42, "train", "steps")])
    jobs = project.run(*CONFIG).jobs
    assert jobs["tell_same_sound"] == 1
    assert not jobs.keys() & {"match_sounds", "check"}
    [(clip, offset)] = project.ask("SELECT clip_id_a, offset_s FROM same_sound WHERE clip_id_b = 'w32'")
    assert (clip, offset) == ("v15", pytest.approx(-3.0, abs=0.051))


def test_what_was_deleted_comes_back_and_nothing_is_done_twice(project: Project) -> None:
    before, asked = project.digests(), project.ask("FROM same_sound")
    os.unlink(project.folder / "results/matches/sound_groups.parquet")
    jobs = project.run(*CONFIG).jobs
    assert jobs["tell_same_sound"] == 1
    assert jobs["match_sounds"] == 0
    assert project.digests() == before
    for file in Path(project.folder, "results/.catalogue").glob("*/matches/same_sound.parquet"):
        file.unlink()
    assert set(project.run(*CONFIG).jobs) == {"build_catalogue", "losses", "all"}
    assert project.ask("FROM same_sound") == asked
