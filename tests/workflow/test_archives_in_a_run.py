"""The same clips as loose files and in archives are the same clips; archives are looked at again as files are."""

import io
import json
import os
import re
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from tests.project import Project
from workflow_scripts.sample import make_sample

ARCHIVES = {"tar": "mine/clips.tar", "zip": "mine/zips", "parquet": "mine/parquets"}
"""Roots by dataset: one that is an archive itself, and two folders of two archives each."""
Sounds = dict[str, bytes]
pytestmark = pytest.mark.slow


def write_tar(sounds: Sounds, path: Path) -> None:
    with tarfile.open(path, "w") as archive:
        for name, content in sounds.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))


def write_zip(sounds: Sounds, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sounds.items():
            archive.writestr(name, content)


def write_parquet(sounds: Sounds, path: Path) -> None:
    rows = [{"audio": {"bytes": content, "path": name}} for name, content in sounds.items()]
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=5)


def in_two(write: Callable[[Sounds, Path], None], sounds: Sounds, folder: Path, suffix: str) -> None:
    folder.mkdir(exist_ok=True)
    for first in (0, 1):
        write(dict(list(sounds.items())[first::2]), folder / f"{first}{suffix}")


def pack(sounds: Sounds, mine: Path) -> None:
    write_tar(sounds, mine / "clips.tar")
    in_two(write_zip, sounds, mine / "zips", ".zip")
    in_two(write_parquet, sounds, mine / "parquets", ".parquet")


def sounds_of(folder: Path) -> Sounds:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def describe(project: Project, name: str, root: str) -> str:
    """The dataset file of the eval split with one root."""
    labels = "mine/labels"
    settings = {
        "name": name,
        "adapter": "audioset",
        "sources": {
            "segments": {"eval": f"{labels}/eval_segments.csv"},
            "ontology": f"{labels}/ontology.json",
            "classes": f"{labels}/class_labels_indices.csv",
        },
        "audio": [root],
    }
    (project.folder / f"{name}.yaml").write_text(yaml.safe_dump(settings))
    return f"{name}.yaml"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The eval clips of the sample, sound and broken: loose, in a tar, in zips, in Parquet, in a tar that was cut."""
    project = Project(tmp_path_factory.mktemp("archives"))
    mine = project.folder / "mine"
    make_sample(mine)
    loose = mine / "audio" / "clips" / "eval"
    (loose / "Ygone_forevr.wav").write_bytes(b"")
    sounds = sounds_of(loose)
    pack(sounds, mine)
    write_tar(sounds, mine / "cut.tar")
    with tarfile.open(mine / "cut.tar") as archive:
        *_, last = archive
    os.truncate(mine / "cut.tar", last.offset_data + last.size // 2)
    roots = {"loose": "mine/audio/clips/eval", **ARCHIVES, "cut": "mine/cut.tar"}
    files = [describe(project, name, root) for name, root in roots.items()]
    config = project.folder / "config" / "config.yaml"
    config.write_text(config.read_text().replace("[sample]", json.dumps(files)))
    project.run()
    return project


@pytest.fixture
def settled(project: Project) -> None:
    """The run has nothing left to do."""
    project.run()


def clips_of(project: Project, dataset: str) -> list[tuple]:
    return project.ask(f"""
        SELECT clip_id, status, clips.error_kind, clips.duration_s, clips.rms_dbfs, bytes_digest, pcm_digest
        FROM clips LEFT JOIN checks
        ON checks.root = clips.root AND checks.path = clips.path AND checks.member IS NOT DISTINCT FROM clips.member
        WHERE dataset = '{dataset}' ORDER BY clip_id
    """)


def decoded(project: Project, before: dict[Path, int]) -> dict[str, list[str]]:
    """What the checks of the last run decoded, by the root."""
    names: dict[str, list[str]] = {}
    for log, time in project.check_logs().items():
        if before.get(log) != time:
            line = log.read_text()
            (count,) = re.findall(r"(\d+) decoded", line)
            told = re.findall(r"decoded: (.*)", line)
            names.setdefault(log.parent.name.rpartition("-")[0], []).extend(told)
            assert bool(told) == bool(int(count))
    return names


@pytest.mark.parametrize("kind", ARCHIVES)
def test_a_clip_in_an_archive_has_the_status_and_the_sound_of_the_loose_file(project: Project, kind: str) -> None:
    loose = clips_of(project, "loose")
    assert {status for _, status, *_ in loose} == {"usable", "unreadable", "truncated", "feature_failed", "missing"}
    assert sum(pcm_digest is not None for *_, pcm_digest in loose) > 15
    assert clips_of(project, kind) == loose


def test_a_tar_that_was_cut_off_gives_all_before_the_cut_and_says_so_in_rejects(project: Project) -> None:
    loose, cut = clips_of(project, "loose"), clips_of(project, "cut")
    ((lost, before, after),) = (
        (old[0], old[1], new[1]) for old, new in zip(loose, cut, strict=True) if old[1:] != new[1:]
    )
    assert (lost, before, after) == ("video-siren", "usable", "truncated")
    rejects = "SELECT dataset, parse_filename(source), reason FROM rejects WHERE scope = 'media'"
    assert project.ask(rejects) == [("cut", "cut.tar", "archive_cut")]


@pytest.mark.usefixtures("settled")
def test_touched_archives_are_looked_at_and_nothing_is_decoded(project: Project) -> None:
    mine = project.folder / "mine"
    for archive in (mine / "clips.tar", mine / "zips" / "0.zip", mine / "parquets" / "1.parquet"):
        os.utime(archive)
    before = project.check_logs()
    jobs = project.run().jobs
    assert jobs["scan"] == 3
    assert decoded(project, before) == {"mine-clips_tar": [], "mine-zips": [], "mine-parquets": []}
    assert project.run().jobs == {}


@pytest.mark.usefixtures("settled")
def test_of_archives_with_one_member_replaced_that_member_alone_is_decoded(project: Project) -> None:
    """The replaced one lies in front, so that all others stand in another place than before."""
    mine = project.folder / "mine"
    sounds = sounds_of(mine / "audio" / "clips" / "eval")
    name = "cut-in-half.wav"
    mended = sounds | {name: sounds["dinnerplate.wav"]}
    before = project.check_logs()
    pack(mended, mine)
    project.run()
    half = list(sounds).index(name) % 2
    assert decoded(project, before) == {
        "mine-clips_tar": [f"clips.tar/{name}"],
        "mine-zips": [f"{half}.zip/{name}"],
        "mine-parquets": [f"{half}.parquet/{name}"],
    }
    status = "SELECT dataset, status FROM clips WHERE clip_id = 'cut-in-half' ORDER BY dataset"
    assert project.ask(status) == [
        ("cut", "truncated"),
        ("loose", "truncated"),
        ("parquet", "usable"),
        ("tar", "usable"),
        ("zip", "usable"),
    ]
    pack(sounds, mine)
