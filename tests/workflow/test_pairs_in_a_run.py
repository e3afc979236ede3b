"""Sounds and images of iNaturalist in one run: the pairs are those that were counted by hand, in every form."""

import io
import json
import re
import tarfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import soundfile
from PIL import Image

from tests.consumers.test_consumers import needs_ffmpeg, told_by
from tests.pairs.naturalist import PAIRED, UNPAIRED, write_naturalist
from tests.project import REPOSITORY, Project
from workflow_scripts.exports.account import read_account

pytestmark = pytest.mark.slow
EXPORTS = [
    {"pairs": {"form": "jsonl"}, "as": "lines"},
    {"pairs": {"audio": {"sample_rate": 16000}}, "as": "tars"},
    {"pairs": {"form": "huggingface"}, "as": "hub", "licences": {"noncommercial": False}},
]
CONFIG = ("--config", 'datasets=["sounds.yaml","images.yaml"]')
ALL = {f"{sound}_with_images-{image}": (sound, image, split) for sound, image, split, *_ in PAIRED}
OF_TRAIN = {pair for pair, (*_, split) in ALL.items() if split == "train"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("pairs"))
    write_naturalist(project.folder, {}, EXPORTS)
    project.run(*CONFIG)
    return project


def image_of(project: Project, pair: str) -> bytes:
    _, image, split = ALL[pair]
    return (project.folder / f"images/{split}/images/{image}.jpg").read_bytes()


def held_back(project: Project, export: str) -> dict[str, int]:
    account = read_account(project.folder / f"results/sounds/exports/{export}.account.json")
    assert sum(account.clips.values()) + sum(account.held_back.values()) == 11
    return account.held_back


def test_pairs_are_those_that_were_counted_by_hand(project: Project) -> None:
    asked = "SELECT clip_id::INT, image_clip_id::INT, split, matched, taxon, km, days FROM pairs"
    assert set(project.ask(asked)) == PAIRED
    assert dict(project.ask("SELECT clip_id::INT, reason FROM unpaired")) == UNPAIRED
    [both] = project.ask("SELECT licence, image_licence, recordist, image_recordist FROM pairs WHERE clip_id = '4'")
    assert both == ("CC-BY-4.0", "CC-BY-4.0", "audio 4", "images 6")


def test_what_is_gone_or_broken_among_images_is_told(project: Project) -> None:
    asked = "SELECT clip_id::INT, status, error_kind FROM clips WHERE dataset = 'images' AND split = 'train'"
    told = {number: (status, kind) for number, status, kind in project.ask(asked)}
    assert (told.pop(4), told.pop(5)) == (("unreadable", "no_picture"), ("missing", None))
    assert set(told.values()) == {("unreadable", "no_audio")}
    [(said,)] = project.ask("SELECT error FROM checks WHERE path = 'train/images/6.jpg'")
    assert said == "a picture of 46 × 30 pixels, which holds no sound"


def test_lines_name_both_files_where_they_lie(project: Project) -> None:
    lines = {}
    for split in ("train", "val", "test"):
        text = (project.folder / f"results/sounds/exports/lines/{split}.jsonl").read_text()
        lines |= {line["pair_id"]: line for line in map(json.loads, text.splitlines())}
    assert lines.keys() == ALL.keys()
    for pair, line in lines.items():
        assert Path(line["image"]).read_bytes() == image_of(project, pair)
        assert Path(line["audio"]).name == f"{line['clip_id']}.wav"
    genus = lines["4_with_images-6"]
    assert (genus["matched"], genus["taxon"], genus["km"], genus["text"]) == (
        "genus", "Larus", 6.536, "The sounds of canus"
    )  # fmt: skip
    assert held_back(project, "lines") == {"missing": 1, "no_image": 3, "no_taxon": 1}


def test_tars_hold_both_and_what_is_said_of_them(project: Project) -> None:
    folder = project.folder / "results/sounds/exports/tars"
    assert json.loads((folder / "train/sizes.json").read_text()) == {"0.tar": 5}
    assert list((folder / "test").glob("*.tar")) == []
    with tarfile.open(folder / "train/0.tar") as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    assert {name.partition(".")[0] for name in members} == OF_TRAIN
    for pair in OF_TRAIN:
        assert members[f"{pair}.jpg"] == image_of(project, pair)
        heard, rate = soundfile.read(io.BytesIO(members[f"{pair}.flac"]), dtype="int16")
        sound = soundfile.read(project.folder / f"sounds/train/audio/{ALL[pair][0]}.wav", dtype="int16")[0]
        assert (rate, np.array_equal(heard, sound)) == (16_000, True)
        assert json.loads(members[f"{pair}.json"])["image_licence"] in ("CC-BY-4.0", "CC-BY-NC-4.0")


def test_an_export_takes_pairs_of_which_both_licences_are_taken(project: Project) -> None:
    [file] = (project.folder / "results/sounds/exports/hub/data").iterdir()
    rows = pq.read_table(file).to_pylist()
    free = {f"{sound}_with_images-{image}" for sound, image, *_ in PAIRED if sound % 2 == 0 and image % 2 == 0}
    assert {row["pair_id"] for row in rows} == free == {"2_with_images-2", "4_with_images-6"}
    for row in rows:
        assert row["image"] == {"bytes": image_of(project, row["pair_id"]), "path": f"{row['pair_id']}.jpg"}
        assert Image.open(io.BytesIO(row["image"]["bytes"])).size == (40 + int(row["image_clip_id"]), 30)
    assert held_back(project, "hub")["licence"] == 6


@pytest.mark.consumer
@needs_ffmpeg
def test_datasets_and_webdataset_load_both_of_each_pair(project: Project, tmp_path: Path) -> None:
    exports = project.folder / "results/sounds/exports"
    told = told_by("read_pairs.py", exports / "hub", exports / "tars/train/0.tar", home=tmp_path)
    kinds = {"audio": "Audio", "image": "Image", "km": "Value", "class_names": "List"}
    rows = {"2_with_images-2": [[42, 30], 48_000, 48_000], "4_with_images-6": [[46, 30], 48_000, 48_000]}
    assert told["hub"] == {"train": {"kinds": kinds, "rows": rows}}
    matched = {f"{sound}_with_images-{image}": rank for sound, image, _, rank, *_ in PAIRED}
    assert told["tars"] == {pair: [[40 + ALL[pair][1], 30], 16_000, 16_000, matched[pair]] for pair in OF_TRAIN}


def test_a_new_image_changes_the_pairs_that_take_it(project: Project) -> None:
    assert project.run(*CONFIG).jobs == {}
    images = project.folder / "images/train/images"
    (images / "5.jpg").write_bytes((images / "1.jpg").read_bytes())
    jobs = project.run(*CONFIG).jobs
    assert (jobs["scan"], jobs["check"], jobs["pair_images"], jobs["ingest"]) == (1, 1, 1, 0)
    now = set(project.ask("SELECT clip_id::INT, image_clip_id::INT FROM pairs"))
    others = {(2, 2), (4, 6), (5, 7), (21, 21)}
    assert now >= others | {(1, 5)}  # it was taken where sound 1 was recorded
    assert {image for _, image in now - others} == {1, 3, 5}
    assert len(now) == len(PAIRED) + 1


def test_the_answers_of_the_page_are_there(project: Project) -> None:
    [asked] = re.findall(r"```sql\n(.*?)```", (REPOSITORY / "docs/pairs.md").read_text(encoding="utf-8"), re.DOTALL)
    for query in asked.strip().removesuffix(";").split(";"):
        assert project.ask(query), query
