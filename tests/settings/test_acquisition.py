"""What of a run is fetched, what is waited for, and what nobody fetches without a word."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workflow_scripts.settings.places import Places
from workflow_scripts.settings.reading import MissingError, SettingsError
from workflow_scripts.settings.roots import root_slug
from workflow_scripts.settings.run import Run, load_run

SOURCES = {"segments": {"train": "labels/train.csv"}, "ontology": "labels/o.json", "classes": "labels/c.csv"}
LABELS = [
    {"url": f"https://example.org/{path}", "to": path} for path in ("labels/train.csv", "labels/o.json", "labels/c.csv")
]
AUDIO = {"url": "https://example.org/clips.zip", "to": "audio/clips.zip"}
PLACES = Places("results")
Files = Callable[..., str]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Writes the file of a dataset of which nothing is on the disk."""

    def write(name: str = "mine", **keys: Any) -> str:
        settings = {"name": name, "adapter": "audioset", "sources": SOURCES, "audio": ["audio"]} | keys
        (tmp_path / f"{name}.yaml").write_text(json.dumps({"acquire": [*LABELS, AUDIO]} | settings))
        return f"{name}.yaml"

    return write


def loaded(tmp_path: Path, *datasets: str, **config: Any) -> Run:
    return load_run({"datasets": list(datasets), **config}, tmp_path)


def touch(tmp_path: Path, *paths: str) -> None:
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()


def done(tmp_path: Path, stage: str, *brought: str) -> None:
    """What a run leaves that has fetched all of a stage."""
    (tmp_path / PLACES.fetch_plan("mine", stage)).mkdir(parents=True)
    touch(tmp_path, PLACES.acquired("mine", stage))
    (tmp_path / PLACES.acquired_entries("mine", stage)).write_text(json.dumps(brought))


def test_what_is_there_is_waited_for_no_longer_than_it_takes(tmp_path: Path, files: Files) -> None:
    run = loaded(tmp_path, files())
    assert run.stages_waited_for() == [("mine", "sources"), ("mine", "audio")]
    touch(tmp_path, *(entry["to"] for entry in [*LABELS, AUDIO]))
    assert loaded(tmp_path, "mine.yaml").stages_waited_for() == []


def test_what_was_read_before_it_was_ever_fetched_is_somebodys_own(tmp_path: Path, files: Files) -> None:
    touch(tmp_path, *(entry["to"] for entry in LABELS))
    slug = root_slug(str(tmp_path / "audio"), tmp_path)
    touch(tmp_path, PLACES.shards(slug))
    with pytest.raises(MissingError, match=r"audio.* An earlier run read it and it is gone since\. Is it mounted\?"):
        loaded(tmp_path, files())
    (tmp_path / PLACES.shards(slug)).unlink()
    assert loaded(tmp_path, "mine.yaml").stages_waited_for() == [("mine", "audio")]
    (tmp_path / "labels/o.json").unlink()
    touch(tmp_path, PLACES.table("mine", "promised"))
    with pytest.raises(MissingError, match=r"o\.json.* Is it mounted\?"):
        loaded(tmp_path, "mine.yaml")


def test_an_entry_that_is_added_is_fetched_and_what_was_taken_away_is_not(tmp_path: Path, files: Files) -> None:
    touch(tmp_path, *(entry["to"] for entry in [*LABELS[:2], AUDIO]))
    done(tmp_path, "sources", *(entry["to"] for entry in LABELS[:2]))
    assert loaded(tmp_path, files()).stages_waited_for() == [("mine", "sources")]
    (tmp_path / PLACES.acquired_entries("mine", "sources")).write_text(json.dumps([one["to"] for one in LABELS]))
    with pytest.raises(MissingError, match="An earlier run fetched it and it is gone since"):
        loaded(tmp_path, "mine.yaml")


def test_nothing_is_fetched_for_a_dataset_that_is_left_out_nor_waited_for(tmp_path: Path, files: Files) -> None:
    names = [files("one"), files("two", rights={"terms": "Ask first"})]
    run = loaded(tmp_path, *names)
    assert list(run.datasets) == ["one"]
    assert "Ask first" in run.left_out[0]
    assert {dataset for dataset, _ in run.stages_waited_for()} == {"one"}
    both = loaded(tmp_path, *names, accept_terms=["two"])
    assert set(both.datasets["two"].waits_for) == {("two", "sources")}


def test_offline_names_what_is_missing_and_no_key_of_an_address(tmp_path: Path, files: Files) -> None:
    touch(tmp_path, "audio/readme.txt")
    folder = {"url": "https://example.org/audio/?key=SECRET/", "to": "audio"}
    run = loaded(tmp_path, files(acquire=[*LABELS, folder]), offline=True)
    with pytest.raises(SettingsError, match=r"mine: audio: from https://example\.org/audio/") as error:
        run.refuse_offline()
    assert "SECRET" not in str(error.value)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            {"url": "htps://example.org/x", "to": "x"},
            r"acquire\[0\]: htps://example.org/x begins with none of .*https:",
        ),
        ({"url": "https://me:secret@example.org/x", "to": "x"}, "holds no name and password"),
        ({"url": "https://example.org/x", "to": "results/mine/tables/promised.parquet"}, "lies in the results"),
        ({"url": "https://example.org/x.zip", "to": "x.zip", "unpack": "results"}, "lies in the results"),
    ],
)
def test_an_entry_that_cannot_be(tmp_path: Path, files: Files, entry: dict[str, str], words: str) -> None:
    touch(tmp_path, *(one["to"] for one in [*LABELS, AUDIO]))
    with pytest.raises(SettingsError, match=words) as error:
        loaded(tmp_path, files(acquire=[entry]))
    assert "secret" not in str(error.value)


def test_a_folder_called_like_a_pattern_is_one(tmp_path: Path, files: Files) -> None:
    (inside := tmp_path / "sets [v2]").mkdir()
    (other := tmp_path / "sets [v1]").mkdir()
    for folder in (inside, other):
        (folder / "mine.yaml").write_text((tmp_path / files(folder.name[-3:-1])).read_text())
    for entry in [*LABELS, AUDIO]:
        touch(other, entry["to"])
    run = loaded(tmp_path, "sets [v1]/mine.yaml", "sets [v2]/mine.yaml")
    assert run.datasets["v1"].waits_for == ()
    assert set(run.datasets["v2"].waits_for) == {("v2", "sources")}
