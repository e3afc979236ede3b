"""The dataset files that come along say where their files come from, and what of it is checked."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from workflow_scripts.settings.acquire import (
    AUDIO,
    SOURCES,
    AcquireEntry,
    Acquisition,
    ReadPath,
    acquire_entries,
    read_path,
)
from workflow_scripts.settings.dataset import read_dataset
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.reading import load_yaml
from workflow_scripts.settings.schemas import CONFIG_FOLDER

FILES = {file.stem: file for file in sorted((CONFIG_FOLDER / "datasets").glob("*.yaml"))}
ADDRESS = re.compile(
    r"https://[a-z0-9.-]+/\S+"
    r"|zenodo:[0-9]+/[^/\s]+"
    r"|hf://datasets/[\w.-]+/[\w.-]+@[0-9a-f]{40}/\S+"
    r"|(s3|gs)://[a-z0-9._-]+/\S+"
)
AT_HAND = {
    "birdclef2021",
    "birdclef2022",
    "birdclef2023",
    "birdclef2024",
    "birdclef2025",
    "sample",
    "soundingearth",
    "soundingearth_tiles",
}
"""Of these nothing is fetched: what Kaggle asks for an account, or nobody says what files there are."""


def entries_of(name: str, workdir: Path) -> tuple[AcquireEntry, ...]:
    read = read_dataset(name, workdir, Places("results"))
    return acquire_entries(read.content["acquire"], read.leaves, read.match, read.file, read.base, workdir)


def roots_of(name: str) -> list[str]:
    return [root if isinstance(root, str) else root["path"] for root in load_yaml(FILES[name]).get("audio", [])]


def is_below(path: str, folder: str) -> bool:
    return Path(path).is_relative_to(folder)


def test_all_but_a_few_say_where_their_files_come_from() -> None:
    assert {name for name, file in FILES.items() if not load_yaml(file).get("acquire")} == AT_HAND


@pytest.mark.parametrize("name", FILES)
def test_each_address_is_of_a_kind_that_can_be_fetched_and_pinned_where_it_can_be(name: str) -> None:
    written = [one for one in load_yaml(FILES[name]).get("acquire", []) if "url" in one]
    addresses = [address for one in written for address in (one["url"], *one.get("mirrors", ()))]
    assert [address for address in addresses if not ADDRESS.fullmatch(address)] == []
    assert [address for address, times in Counter(addresses).items() if times > 1] == []


@pytest.mark.parametrize("name", FILES)
def test_what_the_adapter_reads_comes_first_and_audio_after(name: str, tmp_path: Path) -> None:
    """What is fetched for the audio is in a root, or goes there when it is unpacked; all else is or holds a source."""
    roots = roots_of(name)
    for entry in entries_of(name, tmp_path):
        is_part = re.fullmatch(r"archives/.*\.z\d\d", entry.to)
        assert entry.stage in (SOURCES, AUDIO)
        if entry.stage == AUDIO and not is_part:
            assert any(is_below(entry.brings, root) for root in roots), f"{entry.key}: {entry.brings}"


@pytest.mark.parametrize("name", sorted(FILES.keys() - AT_HAND))
def test_on_an_empty_disk_all_that_the_adapter_reads_is_on_its_way(name: str, tmp_path: Path) -> None:
    if name in ("url_text", "xeno_canto"):
        pytest.skip("its tables, or its answers of an API, are the reader's own")
    acquisition = Acquisition({name: entries_of(name, tmp_path)}, Places("results"), tmp_path)
    for leaf in read_dataset(name, tmp_path, Places("results")).leaves:
        if leaf.format in ("path", "files"):
            assert (name, SOURCES) in acquisition.stages_for(read_path(leaf)), leaf


@pytest.mark.parametrize(
    "name", ["clotho", "clotho1", "fsd50k", "tau2019uas", "inatsounds2024", "singapura", "audioset"]
)
def test_labels_are_had_without_the_audio(name: str, tmp_path: Path) -> None:
    by_stage = {stage: [] for stage in (SOURCES, AUDIO)}
    for entry in entries_of(name, tmp_path):
        by_stage[entry.stage].append(entry.to)
    assert not [to for to in by_stage[SOURCES] if "audio" in to or to.endswith((".7z", "train.tar.gz"))]
    assert by_stage[AUDIO]


def test_a_digest_belongs_to_one_file(tmp_path: Path) -> None:
    """One that stands at two files was copied from a place where somebody had mixed them up."""
    files: dict[str, set[str]] = {}
    for name in FILES:
        for entry in entries_of(name, tmp_path):
            if digest := entry.sha256 or entry.md5:
                files.setdefault(digest, set()).add((entry.address or "").rsplit("/", 1)[-1])
    assert {digest: names for digest, names in files.items() if len(names) > 1} == {}


def test_one_file_is_fetched_to_one_place_alike_in_all_files(tmp_path: Path) -> None:
    """Two datasets that share a file say the same of it, so that a run of both fetches it once."""
    said: dict[str, set[Any]] = {}
    for name in FILES:
        for entry in entries_of(name, tmp_path):
            if entry.address:
                said.setdefault(entry.to, set()).add(
                    (entry.address, entry.sha256, entry.md5, entry.bytes, entry.unpack)
                )
    assert {to: them for to, them in said.items() if len(them) > 1} == {}


@pytest.mark.parametrize("name", sorted(FILES.keys() - AT_HAND))
def test_a_root_waits_for_its_audio_also_where_labels_lie_there_already(name: str, tmp_path: Path) -> None:
    entries = entries_of(name, tmp_path)
    acquisition = Acquisition({name: entries}, Places("results"), tmp_path).of_roots
    for root in roots_of(name):
        (tmp_path / root).mkdir(parents=True)
        for label in (entry.to for entry in entries if entry.stage == SOURCES and is_below(entry.to, root)):
            (tmp_path / label).touch()
        (tmp_path / root / "readme.txt").touch()
        coming = [entry for entry in entries if entry.stage == AUDIO and is_below(entry.brings, root)]
        waited = [(name, AUDIO)] if coming else acquisition.stages_for(ReadPath(root))
        assert acquisition.waits_for([ReadPath(root)]) == waited
        (tmp_path / root / "there.wav").touch()
        assert acquisition.waits_for([ReadPath(root)]) == []
