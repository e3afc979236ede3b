"""Forty real recordings of ESC-10: to a folder, S3, Google and the hub in one run, and all there by its digest."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from tests.deliver.places import Place, a_bucket, a_folder, a_hub, google, moto
from tests.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.shared, pytest.mark.consumer]
CONFIG = ("--config", "datasets=['esc10.yaml']")


@pytest.fixture
def places(tmp_path: Path) -> Iterator[list[Place]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(a_folder(tmp_path / "there")),
            stack.enter_context(a_bucket("s3", stack.enter_context(moto()), "of-esc10")),
            stack.enter_context(a_bucket("gs", stack.enter_context(google()), "of-esc10")),
            stack.enter_context(a_hub()),
        ]


def test_real_sounds_arrive_everywhere_and_are_not_sent_again(
    shared: Path, places: list[Place], tmp_path: Path
) -> None:
    project = Project(tmp_path / "project")
    sounds = str(tmp_path / "esc10")
    for file in sorted((shared / "data/esc10").rglob("*.ogg"))[::10]:
        there = tmp_path / file.relative_to(shared / "data")
        there.parent.mkdir(parents=True, exist_ok=True)
        there.symlink_to(file)
    settings = {
        "name": "esc10",
        "adapter": "folders",
        "sources": {"folder": sounds},
        "audio": [sounds],
        "exports": [{"audiofolder": {}}, {"huggingface": {}}, {"webdataset": {"pairs_a_tar": 5}}, "csv"],
        "rights": {"labels": "CC-BY-3.0", "audio": "CC-BY-3.0"},
    }
    exports = ["audiofolder", "webdataset", "webdataset", "huggingface"]
    entries = [{"export": name, "to": place.address} for name, place in zip(exports, places, strict=True)]
    (project.folder / "esc10.yaml").write_text(yaml.safe_dump(settings | {"deliver": entries}))
    told = project.run("deliver", *CONFIG).output
    for name, place in zip(exports, places, strict=True):
        assert f"esc10/{name} → {place.address}: " in told
        folder = project.folder / "results/esc10/exports" / name
        sums = dict(line.split("  ", 1)[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
        there = place.content()
        manifest = json.loads(there.pop("MANIFEST.json"))
        there.pop("SHA256SUMS")
        assert {path: hashlib.sha256(content).hexdigest() for path, content in there.items()} == sums
        assert len(manifest["files"]) == len(sums) + 1
    before = [place.between.seen for place in places if place.between]
    assert project.run("deliver", *CONFIG).jobs == {}
    again = project.run("deliver", *CONFIG, "--forcerun", "send")
    assert again.jobs == {"send": 4, "deliver": 1}
    assert again.output.count(" 0 sent (0 bytes); ") == 4
    assert [place.between.seen for place in places if place.between] == before
