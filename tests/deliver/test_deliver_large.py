"""Files that go in parts, and more files than one commit of the hub takes."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.deliver.made_export import whole, write_export
from tests.deliver.once import deliver
from tests.deliver.places import Place, a_bucket, a_hub, moto
from workflow_scripts.deliver import outgoing
from workflow_scripts.deliver.errors import DeliverError
from workflow_scripts.deliver.manifest import MANIFEST, UNDER_WAY
from workflow_scripts.deliver.outgoing import digests_of
from workflow_scripts.deliver.targets import hf

PART = 5 * 2**20
"""The least that S3 takes for a part."""
LARGE = {"a.tar": b"0123456789abcdef" * (PART // 16 * 2 + 1000), "b.tar": b"small"}


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
