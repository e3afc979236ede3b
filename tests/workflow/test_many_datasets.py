"""One run over more than twenty datasets as their authors publish them: every source row is accounted for.

What the views say is held against the files themselves, read here in plain Python.
"""

import csv
import json
import shutil
from pathlib import Path

import pytest
import yaml

from tests.project import Project
from workflow_scripts.settings.schemas import CONFIG_FOLDER

pytestmark = [pytest.mark.slow, pytest.mark.shared]

SAMPLES = {
    "birdvox20k": "dcase_birdVox20k",
    "clotho": "dcase23_task6a",
    "dcase_bioacoustic": "dcase_bioacoustic",
    "eigenscape": "eigenscape",
    "freefield1010": "freefield1010",
    "fsd50k": "fsd50k",
    "fsdnoisy18k": "fsdnoisy18k",
    "maestro": "dcase23_task4b",
    "singapura": "singapura",
    "starss2022": "starss2022",
    "tau2019sse": "tau2019sse",
    "tau2019uas": "tau2019uas",
    "tau2020uas_mobile": "tau2020uas_mobile",
    "tau2021sse": "tau2021sse_nigens",
    "tut2017se": "tut2017se",
    "urbansound8k": "urbansound8k",
    "warblrb10k": "warblrb10k",
}
"""Names of datasets, and of the folders with a few of their rows and recordings."""
LINKED = 80
"""Of the 400 recordings of ESC-10."""
RECORDINGS = {
    **dict.fromkeys(("clotho", "dcase_bioacoustic", "eigenscape", "fsdnoisy18k", "singapura", "starss2022"), 1),
    **dict.fromkeys(("tau2019uas", "tut2017se", "urbansound8k"), 1),
    "fsd50k": 3,
    "fsdnoisy18k": 2,
    "esc50": LINKED,
}
"""How many of their clips have a recording there, as far as it is known for sure."""
XENO_CANTO = ("xenocanto-rs/test_success_api_v3.json",)


@pytest.fixture(scope="module")
def project(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("many") / "project")
    place, data = project.folder, shared / "data"
    for name, sample in SAMPLES.items():
        shutil.copytree(data / "soundata_layouts" / sample, place / name)
    captions = place / "clotho/clotho_captions_validation.csv"  # which are those of another clip there
    _, row = captions.read_text().splitlines()
    captions.write_text(captions.read_text().replace(row.partition(",")[0], "risas nenas.wav"))
    (place / "labels").mkdir()
    for file in ("ontology.json", "class_labels_indices.csv"):
        shutil.copy(data / "audioset" / file, place / "labels")
    (place / "audiocaps").mkdir()
    (place / "audiocaps/dataset").symlink_to(data / "captions/audiocaps")
    (place / "esc50/meta").mkdir(parents=True)
    shutil.copy(data / "esc10/esc50.csv", place / "esc50/meta")
    (place / "esc50/audio").mkdir()
    for sound in sorted((data / "esc10").rglob("*.ogg"))[:: 400 // LINKED]:
        (place / "esc50/audio" / f"{sound.stem}.ogg").symlink_to(sound)
    (place / "xeno_canto/pages").mkdir(parents=True)
    shutil.copy(data / "species/xeno_canto" / XENO_CANTO[0], place / "xeno_canto/pages/1.json")
    for name in [*SAMPLES, "audiocaps", "xeno_canto"]:
        for root in yaml.safe_load((CONFIG_FOLDER / f"datasets/{name}.yaml").read_text())["audio"]:
            (place / (root if isinstance(root, str) else root["path"])).mkdir(parents=True, exist_ok=True)
    written = yaml.safe_load((CONFIG_FOLDER / "datasets/audioset.yaml").read_text())
    lists = {split: f"{data}/audioset/{split}_segments.csv" for split in ("balanced_train", "eval")}
    written["sources"] |= {"segments": lists}
    (place / "audioset.yaml").write_text(yaml.safe_dump(written | {"audio": [], "exports": []}))
    esc50 = (
        (CONFIG_FOLDER / "datasets/esc50.yaml")
        .read_text()
        .replace("media: filename", r"media: regexp_replace(filename, '-\d+\.wav$', '.ogg')")
    )
    (place / "esc.yaml").write_text(esc50)
    (place / "captions.yaml").write_text(yaml.safe_dump(captions_of_clotho(data / "captions/clotho_v2")))
    names = [*SAMPLES, "audiocaps", "xeno_canto", "audioset.yaml", "esc.yaml", "captions.yaml"]
    project.run("--config", f"datasets={names}")
    return project


def captions_of_clotho(folder: Path) -> dict[str, object]:
    """Its lists as they are handed round without what else is known of the recordings."""
    return {
        "name": "clotho_captions",
        "adapter": "table",
        "sources": {"table": {split: str(folder / f"{split}.csv") for split in ("train", "val", "test")}},
        "clip": {
            "media": "stem(source_path) || '/' || file_name",
            "captions": "[caption_1, caption_2, caption_3, caption_4, caption_5]",
        },
    }


def test_every_row_of_every_source_is_accounted_for(project: Project) -> None:
    assert project.ask("SELECT count(DISTINCT dataset) FROM sources") == [(22,)]
    assert project.ask("SELECT source FROM sources WHERE rows_read <> rows_kept + rows_rejected") == []
    assert project.ask("SELECT dataset, count(*) FROM rejects WHERE scope = 'dataset' GROUP BY ALL") == []


def test_recordings_of_each_sample_are_found(project: Project) -> None:
    found = dict(project.ask("SELECT dataset, count(*) FROM clips WHERE media_path IS NOT NULL GROUP BY ALL"))
    assert {name: found.get(name) for name in RECORDINGS} == RECORDINGS
    assert project.ask("SELECT dataset, clip_id, status, licence FROM clips WHERE clip_id = '99'") == [
        ("fsd50k", "99", "usable", "CC-BY-3.0")
    ]


def test_full_lists_have_no_reject(project: Project, shared: Path) -> None:
    def rows(folder: str) -> int:
        return sum(len(list(csv.DictReader(file.open()))) for file in (shared / "data/captions" / folder).glob("*.csv"))

    captions = "SELECT count(*) FROM captions WHERE dataset = "
    assert project.ask(f"{captions} 'audiocaps'") == [(rows("audiocaps"),)]
    assert project.ask(f"{captions} 'clotho_captions'") == [(5 * rows("clotho_v2"),)]
    full = "('audiocaps', 'audioset', 'clotho_captions', 'esc50')"
    assert project.ask(f"SELECT count(*) FROM rejects WHERE dataset IN {full}") == [(0,)]


def test_board_tells_how_far_each_is(project: Project) -> None:
    stages = dict(project.ask("SELECT dataset, stage FROM board WHERE clips IS NOT NULL"))
    assert len(stages) == 22
    without_audio = {"audiocaps", "audioset", "birdvox20k", "clotho_captions", "freefield1010", "xeno_canto"}
    assert {name for name, stage in stages.items() if stage == "ingested"} == without_audio
    assert set(stages.values()) == {"ingested", "checked"}
    assert project.ask("SELECT count(*) > 50 FROM board WHERE stage = 'listed'") == [(True,)]


def test_rights_are_counted_as_the_tables_say_them(project: Project, shared: Path) -> None:
    with (shared / "data/esc10/esc50.csv").open() as table:
        of_esc10 = sum(row["esc10"] == "TRUE" for row in csv.DictReader(table))
    told = project.ask("SELECT licence, noncommercial, clips, usable FROM rights WHERE dataset = 'esc50' ORDER BY ALL")
    assert told == [("CC-BY-3.0", False, of_esc10, LINKED), ("CC-BY-NC-3.0", True, 2000 - of_esc10, 0)]


def test_classes_meet_on_the_ontology(project: Project, shared: Path) -> None:
    """Every dog, wherever it is: of ESC-50 by its name, of UrbanSound8K `dog_bark` has none in the ontology."""
    told = project.ask(
        "SELECT dataset, class_name FROM class_map WHERE audioset_name = 'Dog' AND clips > 0 ORDER BY ALL"
    )
    assert [dataset for dataset, _ in told] >= ["audioset", "esc50"]
    ontology = json.loads((shared / "data/audioset/ontology.json").read_text())
    names = {node["name"].lower() for node in ontology}
    by_name = project.ask("SELECT lower(class_name) FROM class_map WHERE dataset = 'esc50' AND agrees_by = 'name'")
    assert {name for (name,) in by_name} >= {name for (name,) in by_name if name.replace("_", " ") in names}
    unmapped = project.ask("SELECT count(*) FROM class_map WHERE dataset = 'urbansound8k' AND audioset_id IS NULL")
    assert unmapped[0][0] > 0


def test_overlap_is_what_the_lists_share(project: Project, shared: Path) -> None:
    def ids(file: Path, column: str) -> set[str]:
        return {row[column] for row in csv.DictReader(file.open())}

    captioned = {
        one: ids(shared / f"data/captions/audiocaps/{one}.csv", "youtube_id") for one in ("train", "val", "test")
    }
    lists = {}
    for split in ("balanced_train", "eval"):
        lines = (shared / f"data/audioset/{split}_segments.csv").read_text().splitlines()
        lists[split] = {line.partition(",")[0] for line in lines if not line.startswith("#")}
    expected = {
        (split, one): len(captioned[one] & lists[split])
        for split in lists
        for one in captioned
        if captioned[one] & lists[split]
    }
    told = project.ask(
        "SELECT CASE dataset WHEN 'audioset' THEN split ELSE other_split END, "
        "CASE dataset WHEN 'audiocaps' THEN split ELSE other_split END, media FROM overlap "
        "WHERE shared_by = 'youtube' AND dataset <> other_dataset"
    )
    assert {(split, one): media for split, one, media in told} == expected
    with (shared / "data/esc10/esc50.csv").open() as table:
        folds: dict[str, set[str]] = {}
        for row in csv.DictReader(table):
            folds.setdefault(row["src_file"], set()).add(row["fold"])
    in_two = sum(len(of_source) > 1 for of_source in folds.values())
    told = project.ask(
        "SELECT sum(media) FROM overlap WHERE dataset = 'esc50' AND other_dataset = 'esc50' AND shared_by = 'freesound'"
    )
    assert told == [(in_two,)]


def test_findings_of_captions_are_rows_of_the_lists(project: Project, shared: Path) -> None:
    """Rows that their own authors' later tools drop are found."""
    broken = sum(
        row["caption"] == "Broken link not working"
        for row in csv.DictReader((shared / "data/captions/audiocaps/train.csv").open())
    )
    found = "SELECT count(*) FROM caption_findings WHERE kind = 'junk' AND text = 'Broken link not working'"
    assert project.ask(found) == [(broken,)]


def test_species_of_xeno_canto_are_counted(project: Project, shared: Path) -> None:
    answer = json.loads((shared / "data/species/xeno_canto" / XENO_CANTO[0]).read_text())
    named = {f"{one['gen']} {one['sp']}" for one in answer["recordings"]}
    told = project.ask("SELECT scientific_name FROM species WHERE dataset = 'xeno_canto' AND clips > 0")
    assert {name for (name,) in told} == named
