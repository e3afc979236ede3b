"""Species from three kinds of places in one run: sounds and images of iNaturalist, and xeno-canto."""

import json
import shutil
from pathlib import Path

import pytest

from tests.made_files import noise16, wav
from tests.pairs.naturalist import jpeg
from tests.project import Project

pytestmark = pytest.mark.slow
NAMES = ("inatsounds2024", "inat2021", "xeno_canto")
CONFIG = ("--config", f"datasets={list(NAMES)}")
GULL = {"id": 0, "name": "Larus marinus", "common_name": "Great Black-backed Gull", "genus": "Larus"}
ABOVE = {"kingdom": "Animalia", "phylum": "Chordata", "class": "Aves", "order": "Charadriiformes", "family": "Laridae"}
CATEGORY = GULL | ABOVE | {"specific_epithet": "marinus"}


def write(file: Path, content: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


def document(what: str, name: str) -> dict[str, object]:
    said = {"id": 1, f"{what.removesuffix('s')}_id": 1, "category_id": 0}
    return {what: [{"id": 1, "file_name": name}], "annotations": [said], "categories": [CATEGORY], "licenses": []}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("species"))
    for split in ("train", "val", "test"):
        folder = project.folder / "inatsounds2024"
        write(folder / f"{split}.json", document("audio", f"{split}/gull/{split}.wav"))
        write(folder / f"{split}/gull/{split}.wav", wav(noise16(16_000, seed=len(split))))
    for split in ("train", "val"):
        write(project.folder / f"inat2021/{split}.json", document("images", f"{split}/gull/{split}.jpg"))
    write(project.folder / "inat2021/train/gull/train.jpg", jpeg(1))
    write(project.folder / "inat2021/train/gull/other.PNG", b"")
    write(project.folder / "inat2021/train/gull/sound.wav", b"")
    write(project.folder / "inat2021/val.tar", b"")
    recording = {"id": "7", "gen": "Larus", "sp": "marinus", "en": "Great Black-backed Gull", "also": ["Larus canus"]}
    page = {"numRecordings": "1", "page": 1, "numPages": 1, "recordings": [recording]}
    write(project.folder / "xeno_canto/pages/1.json", page)
    write(project.folder / "xeno_canto/audio/XC7 - Great Black-backed Gull.wav", wav(noise16(16_000, seed=9)))
    project.run(*CONFIG)
    return project


def test_sounds_and_images_are_decoded(project: Project) -> None:
    asked = "SELECT dataset, split, status, error_kind, path FROM clips ORDER BY ALL"
    assert project.ask(asked) == [
        ("inat2021", "train", "unreadable", "no_audio", "train/gull/train.jpg"),
        ("inat2021", "val", "missing", None, None),
        *(("inatsounds2024", split, "usable", None, f"{split}/gull/{split}.wav") for split in ("test", "train", "val")),
        ("xeno_canto", "all", "usable", None, "XC7 - Great Black-backed Gull.wav"),
    ]


def test_a_root_of_images_lists_these_alone(project: Project) -> None:
    asked = "SELECT path, error_kind, format FROM checks WHERE root LIKE '%images' ORDER BY path"
    assert project.ask(asked) == [
        ("train/gull/other.PNG", "no_picture", None),
        ("train/gull/train.jpg", "no_audio", "JPEG"),
    ]
    assert project.ask("SELECT path, reason FROM orphans WHERE dataset = 'inat2021'") == [
        ("train/gull/other.PNG", "unclaimed")
    ]
    assert project.ask("SELECT reason FROM rejects WHERE scope = 'media'") == [("packed_images",)]


def test_one_species_is_found_in_all_of_them(project: Project) -> None:
    asked = "SELECT DISTINCT dataset, name FROM classes WHERE scientific_name = 'Larus marinus' ORDER BY dataset"
    assert project.ask(asked) == [(name, "Great Black-backed Gull") for name in sorted(NAMES)]
    assert project.ask("SELECT class_name, origin FROM labels WHERE clip_id = 'XC7' ORDER BY origin") == [
        ("Great Black-backed Gull", "annotated"),
        ("Larus canus", "background"),
        ("Larus", "ontology"),
    ]
    assert project.ask("SELECT annotated FROM clips_per_class WHERE class_name = 'Larus canus'") == [(0,)]


def test_nothing_changed_runs_no_job_and_one_new_image_is_looked_at(project: Project) -> None:
    assert project.run(*CONFIG).jobs == {}
    folder = project.folder / "inat2021"
    shutil.copy(folder / "train/gull/train.jpg", folder / "val.jpg")
    (folder / "val/gull").mkdir(parents=True)
    (folder / "val.jpg").rename(folder / "val/gull/val.jpg")
    jobs = project.run(*CONFIG).jobs
    assert (jobs["scan"], jobs["check"], jobs["ingest"]) == (1, 1, 0)
    assert project.ask("SELECT count(*) FROM clips WHERE error_kind = 'no_audio'") == [(2,)]
