"""What changes below a root that is an address, and what is cut out of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import requests

from tests.fetch.counted import Counted, counted
from tests.fetch.stores import AS_SOMEBODY, s3_server
from tests.made_files import noise16, wav
from tests.project import Project
from tests.workflow.small_set import IDS, write_small_set

pytestmark = [pytest.mark.slow, pytest.mark.consumer]
SOUNDS = {f"Y{one}.wav": wav(noise16(16_000, seed=seed)) for seed, one in enumerate(IDS)}


@dataclass
class World:
    """A small set whose sounds are on S3 alone."""

    project: Project
    s3: Counted
    store: Any

    def run(self, *targets: str, expect: int = 0, **config: str) -> dict[str, int]:
        """The jobs of a run, by rule."""
        more = [f"{key}={value}" for key, value in config.items()]
        command = ("--config", "datasets=['small/set.yaml']", *more, "--", *(targets or ("catalogue",)))
        return dict(self.project.run(*command, expect=expect).jobs)

    def looked(self) -> tuple[int, int]:
        """Of the last check: how many media had the same bytes, and how many were decoded."""
        [log] = (self.project.folder / "results/logs/check").rglob("*.log")
        [*_, (same, decoded)] = re.findall(r"(\d+) of the same bytes, (\d+) decoded", log.read_text())
        return int(same), int(decoded)

    def put_in_parts(self, name: str, content: bytes) -> None:
        """The same bytes have another ETag so."""
        of = {"Bucket": "sounds", "Key": f"small/{name}"}
        upload = self.store.call_s3("create_multipart_upload", **of)["UploadId"]
        part = self.store.call_s3("upload_part", **of, UploadId=upload, PartNumber=1, Body=content)
        parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        self.store.call_s3("complete_multipart_upload", **of, UploadId=upload, MultipartUpload=parts)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    s3fs = pytest.importorskip("s3fs", reason="`make remote` installs it")
    project = Project(tmp_path_factory.mktemp("changes") / "project")
    (tmp := project.folder / "tmp").mkdir()
    exports = ["csv", {"webdataset": {}}, {"ast": {"copies": "auto"}}, {"webdataset": {}, "as": "one", "subset": "one"}]
    subset = {"name": "one", "clips_a_class": 1}
    write_small_set(project, audio=["s3://sounds/small"], exports=exports, subsets=[subset])
    with s3_server() as server, counted(server) as s3, pytest.MonkeyPatch.context() as patch:
        for name, value in {**AS_SOMEBODY, "AWS_ENDPOINT_URL": s3.url, "TMPDIR": str(tmp)}.items():
            patch.setenv(name, value)
        requests.put(f"{s3.url}/sounds", timeout=30).raise_for_status()
        store = s3fs.S3FileSystem(endpoint_url=s3.url, skip_instance_cache=True)
        for name, content in SOUNDS.items():
            store.pipe_file(f"sounds/small/{name}", content)
        world = World(project, s3, store)
        world.run()
        yield world


def test_another_object_is_decoded_and_another_etag_of_the_same_bytes_is_not(world: World) -> None:
    first, second, _ = SOUNDS
    world.store.pipe_file(f"sounds/small/{first}", wav(noise16(16_000, seed=9)))
    world.put_in_parts(second, SOUNDS[second])
    before = world.s3.bytes
    assert world.run()["check"] == 1
    assert world.looked() == (1, 1)
    assert world.s3.bytes - before < 2.5 * len(SOUNDS[second])  # each once
    assert world.run() == {}


def test_without_a_connection_the_last_listing_holds(world: World) -> None:
    world.run()
    sent = world.s3.bytes
    assert world.run(offline="True") == {}
    assert world.run(look="never") == {}
    assert world.s3.bytes == sent


def test_what_is_gone_is_missing_and_what_comes_back_is_there(world: World) -> None:
    name = list(SOUNDS)[2]
    world.store.rm_file(f"sounds/small/{name}")
    world.run()
    [(status,)] = world.project.ask(f"SELECT status FROM clips WHERE clip_id = '{IDS[2]}'")
    assert status == "missing"
    world.store.pipe_file(f"sounds/small/{name}", SOUNDS[name])
    world.run()
    assert world.project.ask("SELECT DISTINCT status FROM clips") == [("usable",)]
    assert world.looked()[1] == 1


def test_exports_cut_what_they_take_and_leave_nothing_on_disk(world: World) -> None:
    before = world.s3.bytes
    world.run("exports")
    all_of_it = sum(map(len, SOUNDS.values()))
    assert 2.3 * all_of_it < world.s3.bytes - before < 2.8 * all_of_it  # webdataset, ast, and a third of it
    exports = world.project.folder / "results/small/exports"
    rows = pl.read_csv(exports / "csv/full_train_segments.csv")
    assert rows["file_path"].str.starts_with("s3://sounds/small/Y").all()
    assert [len(list((exports / name).rglob("*.tar"))) for name in ("webdataset", "one")] == [1, 1]
    named = (exports / "ast/train.json").read_text()
    assert "s3://" not in named
    assert named.count(".wav") == 3
    assert not [file for file in Path(world.project.folder / "tmp").rglob("*") if file.is_file()]


def test_cards_of_a_review_are_cut_of_what_they_play(world: World) -> None:
    before = world.s3.bytes
    world.run("review")
    assert world.s3.bytes - before < 1.5 * sum(map(len, SOUNDS.values()))
    page = world.project.folder / "results/small/review"
    assert len([sound for sound in page.rglob("packs/*/*") if sound.read_bytes()[:4] == b"OggS"]) == len(IDS)
    assert not [file for file in Path(world.project.folder / "tmp").rglob("*") if file.is_file()]
