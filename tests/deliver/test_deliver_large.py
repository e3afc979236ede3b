"""Files that go in parts, and more files than one commit of the hub takes."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.deliver.between import KILL_AFTER, KILL_BEFORE, PASS
from tests.deliver.made_export import whole, write_export
from tests.deliver.once import deliver
from tests.deliver.places import Place, a_bucket, a_hub, environment_of, moto
from tests.project import REPOSITORY
from workflow_scripts.deliver import outgoing
from workflow_scripts.deliver.errors import DeliverError
from workflow_scripts.deliver.manifest import MANIFEST, UNDER_WAY
from workflow_scripts.deliver.outgoing import digests_of
from workflow_scripts.deliver.targets import hf

PART = 5 * 2**20
"""The least that S3 takes for a part."""
LARGE = {"a.tar": b"0123456789abcdef" * (PART // 16 * 2 + 1000), "b.tar": b"small"}

IN_PARTS = f"""
import runpy
from workflow_scripts.deliver import outgoing
outgoing.PART_BYTES = {PART}
runpy.run_module("tests.deliver.once", run_name="__main__")
"""
"""A delivery by a process of its own, in parts of that size."""


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr(outgoing, "PART_BYTES", PART)
    with moto() as port, a_bucket("s3", port, "of-large") as place:
        yield place


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr(hf, "CHANGES_A_COMMIT", 4)
    monkeypatch.setattr(hf.HubDataset, "IN_ONE_STEP", 4)
    with a_hub() as place:
        yield place


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 2 * PART])
def test_the_md5_of_parts_is_that_of_each_part_whatever_is_left_for_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(outgoing, "PART_BYTES", PART)
    (tmp_path / "file").write_bytes(bytes(size))
    assert len(digests_of(tmp_path / "file").parts) == max(1, -(-size // PART))


@pytest.mark.consumer
def test_a_large_object_goes_in_parts_and_is_known_again(bucket: Place, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", LARGE)
    deliver(export, bucket.address, tmp_path)
    assert bucket.between
    assert {name.rpartition("#")[2] for name in bucket.between.sent if "a.tar" in name} == {"1", "2", "3"}
    there = bucket.content()
    assert there.pop(MANIFEST)
    assert there == whole(LARGE, export)
    seen = bucket.between.seen
    assert deliver(export, bucket.address, tmp_path) == []
    assert bucket.between.seen == seen


@pytest.mark.consumer
def test_an_object_whose_etag_says_nothing_is_known_by_what_it_says_of_itself(
    bucket: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with keys of one's own for encryption; here, as it came in other parts."""
    export = write_export(tmp_path / "export", LARGE)
    deliver(export, bucket.address, tmp_path)
    monkeypatch.setattr(outgoing, "PART_BYTES", PART + 2**20)
    assert deliver(export, bucket.address, tmp_path) == []
    bucket.put("a.tar", LARGE["a.tar"][:-1] + b"x")
    assert sorted(deliver(export, bucket.address, tmp_path)) == [MANIFEST, "a.tar"]


@pytest.mark.consumer
def test_parts_that_a_killed_delivery_left_are_not_paid_for_any_longer(bucket: Place, tmp_path: Path) -> None:
    import s3fs

    files = s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)
    for key in ("of/mine/a.tar", "of/somebody/a.tar"):
        files.call_s3("create_multipart_upload", Bucket="of-large", Key=key)
    deliver(write_export(tmp_path / "export", LARGE), bucket.address, tmp_path)
    assert [one["Key"] for one in files.list_multipart_uploads("of-large")] == ["of/somebody/a.tar"]


@pytest.mark.consumer
def test_a_large_object_goes_on_where_a_kill_came(bucket: Place, tmp_path: Path) -> None:
    """Killed at some of its parts, before the server has one or when it has: none that came is sent again."""
    large = {"a.tar": b"".join(bytes([number]) * PART for number in range(8)) + b"end"}
    export, told = write_export(tmp_path / "export", large), bucket.between
    assert told
    command = [sys.executable, "-c", IN_PARTS, str(export), bucket.address, str(tmp_path)]
    for kill in ((3, KILL_AFTER), (4, KILL_BEFORE), (3, KILL_AFTER), None):
        told.killed, told.seen = False, 0
        with subprocess.Popen(command, cwd=REPOSITORY, env=environment_of(bucket), stderr=subprocess.PIPE) as process:
            told.client = process.pid
            told.fate = lambda ordinal, _, kill=kill: kill[1] if kill and ordinal == kill[0] else PASS
            _, said = process.communicate(timeout=120)
        assert process.returncode == (-9 if kill else 0), said.decode()
    parts = {name: count for name, count in told.sent.items() if "a.tar" in name}
    assert set(parts.values()) == {1}
    assert len(parts) == 9
    assert bucket.content()["a.tar"] == large["a.tar"]


@pytest.mark.consumer
def test_parts_of_another_file_are_not_gone_on_with(bucket: Place, tmp_path: Path) -> None:
    """Not where a part differs, nor where all that came are alike and the file is another all the same."""
    import s3fs

    files = s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)
    where = {"Bucket": "of-large", "Key": "of/mine/a.tar"}
    for body in (LARGE["a.tar"][:PART], bytes(PART)):
        upload = files.call_s3("create_multipart_upload", **where, Metadata={"sha256": "of another"})["UploadId"]
        files.call_s3("upload_part", **where, UploadId=upload, PartNumber=1, Body=body)
    export = write_export(tmp_path / "export", LARGE)
    deliver(export, bucket.address, tmp_path)
    assert bucket.content()["a.tar"] == LARGE["a.tar"]
    [sha256] = [line[:64] for line in (export / "SHA256SUMS").read_text().splitlines() if line.endswith("a.tar")]
    assert files.metadata("of-large/of/mine/a.tar", refresh=True)["sha256"] == sha256
    assert files.list_multipart_uploads("of-large") == []


def test_a_folder_without_room_says_so_before_anything_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, there = write_export(tmp_path / "export", LARGE), tmp_path / "there"
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    with pytest.raises(
        DeliverError, match=r"there: 10,\d+,\d+ bytes are to go there, and 1,000,000 are free; make room"
    ):
        deliver(export, str(there), tmp_path)
    assert {file.name for file in there.rglob("*")} == {UNDER_WAY}


def test_a_few_files_are_one_commit_with_their_manifest(tmp_path: Path) -> None:
    with a_hub() as place:
        deliver(write_export(tmp_path / "export", {"a": b"1", "b": b"2" * 3000}), place.address, tmp_path)
        assert place.hub
        assert place.hub.commits == [4]


def test_more_files_than_one_commit_takes_have_their_manifest_in_the_last(hub: Place, tmp_path: Path) -> None:
    files = {f"{number}.tar": bytes([65 + number]) * 2000 for number in range(9)}
    export = write_export(tmp_path / "export", files)
    assert hub.hub
    hub.hub.ignored.add("of/mine/8.tar")
    with pytest.raises(DeliverError, match=r"8\.tar is not listed"):
        deliver(export, hub.address, tmp_path)
    assert MANIFEST not in hub.content()
    assert UNDER_WAY in hub.content()
    hub.hub.ignored.clear()
    fewer = {path: content for path, content in files.items() if path != "0.tar"}
    now = write_export(tmp_path / "now", fewer)
    assert deliver(now, hub.address, tmp_path) == ["8.tar", "SHA256SUMS", MANIFEST]
    there = hub.content()
    assert there.pop(MANIFEST)
    assert there == whole(fewer, now)
    assert max(hub.hub.commits) <= 4
