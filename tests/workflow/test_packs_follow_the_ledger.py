"""Packs hold the clips of the ledger as it is now, whatever made it another: each change is held against the csv."""

import csv
import json
import tarfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import soundfile
import yaml

from tests.made_files import noise16, wav
from tests.project import Project
from workflow_scripts.settings.places import Places
from workflow_scripts.tables.files import published

pytestmark = pytest.mark.slow

AUDIO = ["audio", "other"]
RATE = 16_000


def write_set(project: Project, **changes: Any) -> None:
    settings = {
        "name": "own",
        "adapter": "table",
        "sources": {"table": "clips.csv"},
        "match": "stem",
        "clip": {"media": "f", "start_s": "0.0", "end_s": "length", "split": "'train'", "classes": "['noise']"},
        "audio": AUDIO,
        "exports": ["csv", "webdataset", {"ast": {"copies": "always"}}],
    }
    (project.folder / "own.yaml").write_text(yaml.safe_dump(settings | changes))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Five sounds of 1.5 to 5.5 s, of which rows say the first 1.2 s; two have a shorter namesake in another folder."""
    project = Project(tmp_path_factory.mktemp("packs") / "project")
    for folder, numbers, cut in (("audio", range(5), 0.0), ("other", range(2), 0.25)):
        (project.folder / folder).mkdir()
        for number in numbers:
            sound = noise16(round((1.5 + number - cut) * RATE), channels=2, seed=number + int(4 * cut))
            (project.folder / f"{folder}/c{number}.wav").write_bytes(wav(sound, RATE))
    (project.folder / "clips.csv").write_text("f,length\n" + "".join(f"c{number},1.2\n" for number in range(5)))
    write_set(project)
    run(project)
    return project


def run(project: Project, *config: str) -> set[str]:
    """The names of the jobs of a run, after which none is left; losses are told when all else is made."""
    ran = project.run("--config", "datasets=['own.yaml']", *config)
    assert_packs_are_of_the_ledger(project)
    if "export" in ran.jobs:
        assert ran.output.rindex("rule export:") < ran.output.index("rule losses:"), ran.output
    again = project.run("--config", "datasets=['own.yaml']", *config)
    assert again.jobs == {}, again.output
    return set(ran.jobs)


def assert_packs_are_of_the_ledger(project: Project) -> None:
    of_csv = seconds_of_csv(project)
    exports = project.folder / "results/own/exports"
    in_tars: dict[str, float] = {}
    for file in exports.glob("webdataset/*/*.tar"):
        with tarfile.open(file) as tar:
            said = [json.load(tar.extractfile(name)) for name in tar.getnames() if name.endswith(".json")]  # type: ignore[arg-type]
        in_tars |= {one["original_data"]["clip_id"]: one["original_data"]["duration_s"] for one in said}
    assert in_tars == pytest.approx(of_csv, abs=1e-4)
    in_copies = {file.stem: soundfile.info(file).duration for file in (exports / "ast").resolve().rglob("*.wav")}
    assert in_copies == pytest.approx(of_csv, abs=1e-4)


def seconds_of_csv(project: Project) -> dict[str, float]:
    with (project.folder / "results/own/exports/csv/full_train_segments.csv").open() as file:
        return {row["clip_id"]: float(row["duration_s"]) for row in csv.DictReader(file)}


CHANGES: list[tuple[dict[str, Any], list[float] | None]] = [
    ({"limits": {"max_duration_s": 3}}, [1.5, 2.5]),
    ({"audio": [{"path": "audio", "holds": "recordings"}, "other"]}, [1.2] * 5),
    ({"audio": AUDIO[::-1]}, [1.25, 2.25, 3.5, 4.5, 5.5]),
    ({"audio": AUDIO[1:]}, [1.25, 2.25]),
    ({"match": "path"}, None),
    ({"clip": {"media": "f", "split": "'train'", "classes": "['noise']", "start_s": "0.3", "end_s": "1.2"}}, None),
    ({"rights": {"audio": "CC0-1.0"}}, [1.5, 2.5, 3.5, 4.5, 5.5]),
    ({}, [1.5, 2.5, 3.5, 4.5, 5.5]),
]
"""What the dataset file says otherwise than it does by itself, and the seconds of the clips that there are then."""


def test_what_the_dataset_file_says_otherwise_one_after_the_other(project: Project) -> None:
    for changes, seconds in CHANGES:
        write_set(project, **changes)
        assert "check" not in run(project), changes
        if seconds is not None:
            assert sorted(seconds_of_csv(project).values()) == pytest.approx(seconds), changes


def test_a_fault_that_has_passed(project: Project) -> None:
    """As if the disk had refused one file in the run before: nothing but a note asks for another look at it."""
    places = Places(str(project.folder / "results"))
    [(slug, file)] = [
        (folder.name, places.checks(folder.name, "all"))
        for folder in Path(places.results, "audio").iterdir()
        if len(pl.read_parquet(places.checks(folder.name, "all"))) == 5
    ]
    is_it = pl.col("path") == "c3.wav"
    refused = pl.read_parquet(file).with_columns(
        error_kind=pl.when(is_it).then(pl.lit("io_error")).otherwise("error_kind"), load_ok=~is_it & pl.col("load_ok")
    )
    for path in (Path(file), published(Path(file))):
        path.unlink()
        refused.write_parquet(path)
    jobs = project.run("--config", "datasets=['own.yaml']").jobs
    assert_packs_are_of_the_ledger(project)
    assert len(seconds_of_csv(project)) == 4, jobs

    note = Path(places.passing_note(slug, "all"))
    note.parent.mkdir(exist_ok=True)
    fault = {"path": "c3.wav", "member": None, "mtime_ns": 1, "kind": "io_error", "tries": 0}
    note.write_text(json.dumps({"asked": 1, "faults": [fault]}))
    assert {"check", "plan", "pack"} <= run(project)
    assert len(seconds_of_csv(project)) == 5


def test_another_channel_that_is_checked(project: Project) -> None:
    """Copies for AST are of the channel that its statistics are of."""

    def copied() -> dict[str, int]:
        files = (project.folder / "results/own/exports/ast").resolve().rglob("*.wav")
        return {file.stem: int(soundfile.read(file, dtype="int16")[0].astype("int64").sum()) for file in files}

    first = copied()
    assert {"check", "plan", "pack"} <= run(project, "check={channel: mean}")
    assert copied().keys() == first.keys()
    assert not copied().items() & first.items()
    run(project)
    assert copied() == first
