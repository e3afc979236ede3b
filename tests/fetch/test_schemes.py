"""Addresses of this machine and of Zenodo."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetch.faulty import Fault, FaultyServer, Served, faulty_server, some_bytes
from workflow_scripts.fetch.fetcher import Wanted, fetch
from workflow_scripts.fetch.remote_file import Digest, FetchError
from workflow_scripts.fetch.resolve import below, resolve
from workflow_scripts.fetch.schemes import zenodo

BODY = some_bytes(3_000_000)


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty_server() as server:
        yield server


def test_a_file_of_this_machine_takes_no_room_or_is_copied(tmp_path: Path) -> None:
    (tmp_path / "mine a.zip").write_bytes(BODY)
    address = f"file://{tmp_path}/mine%20a.zip"
    digest = Digest("sha256", hashlib.sha256(BODY).hexdigest())
    found = fetch(Wanted(address, digest, len(BODY)), tmp_path / "to" / "a.zip")
    assert (found.how, found.bytes, found.sha256, found.transferred) == ("fetched", len(BODY), digest.hex, 0)
    assert os.listdir(tmp_path / "to") == ["a.zip"]
    assert (tmp_path / "to" / "a.zip").read_bytes() == BODY
    assert fetch(Wanted(address, digest), tmp_path / "to" / "a.zip").how == "present"


def test_where_there_are_no_links_it_is_copied(tmp_path: Path) -> None:
    shared_memory = Path("/dev/shm")
    if not os.access(shared_memory, os.W_OK) or shared_memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs two filesystems")
    (tmp_path / "a.zip").write_bytes(BODY)
    to = shared_memory / f"soundledger-{os.getpid()}" / "a.zip"
    try:
        fetch(Wanted(f"file://{tmp_path}/a.zip"), to)
        assert to.read_bytes() == BODY
        assert os.listdir(to.parent) == ["a.zip"]
    finally:
        to.unlink(missing_ok=True)
        to.parent.rmdir()


def test_a_wrong_digest_is_told_of_files_of_this_machine_too(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(BODY)
    with pytest.raises(FetchError, match="should have 0000") as caught:
        fetch(Wanted(f"file://{tmp_path}/a.zip", Digest("md5", "0" * 32)), tmp_path / "b.zip")
    assert caught.value.reason == "wrong_digest"
    assert sorted(os.listdir(tmp_path)) == ["a.zip"]
    assert (tmp_path / "a.zip").read_bytes() == BODY


@pytest.mark.parametrize("address", ["file:///no/such/file", "file://elsewhere/a.zip", "file:a.zip", "file:///tmp"])
def test_what_is_no_file_of_this_machine(tmp_path: Path, address: str) -> None:
    with pytest.raises(FetchError):
        fetch(Wanted(address), tmp_path / "a")


def test_files_below_a_folder(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1.wav").write_bytes(b"one")
    (tmp_path / "a.wav").write_bytes(b"a")
    found = list(below(f"file://{tmp_path}"))
    assert [(one.path, one.bytes, one.address) for one in found] == [
        ("a.wav", 1, f"file://{tmp_path}/a.wav"),
        ("b/1.wav", 3, f"file://{tmp_path}/b/1.wav"),
    ]


def serve_record(server: FaultyServer, monkeypatch: pytest.MonkeyPatch, md5: str) -> None:
    monkeypatch.setattr(zenodo, "SITE", f"http://{server.host}")
    content = server.put("/api/records/4060432/files/doc.zip/content", Served(BODY))
    files = [{"key": "doc.zip", "size": len(BODY), "checksum": f"md5:{md5}", "links": {"self": content}}]
    server.put("/api/records/4060432", Served(json.dumps({"files": files}).encode(), kind="application/json"))


def test_a_file_of_a_record_of_zenodo(server: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve_record(server, monkeypatch, hashlib.md5(BODY).hexdigest())
    assert fetch(Wanted("zenodo:4060432/doc.zip"), tmp_path / "doc.zip").bytes == len(BODY)
    assert [(one.path, one.address) for one in below("zenodo:4060432")] == [("doc.zip", "zenodo:4060432/doc.zip")]
    assert resolve("zenodo:4060432/doc.zip").digest == Digest("md5", hashlib.md5(BODY).hexdigest())


def test_a_token_for_zenodo_goes_along_and_to_no_other_host(
    server: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENODO_TOKEN", "averysecretword")
    serve_record(server, monkeypatch, hashlib.md5(BODY).hexdigest())
    with faulty_server() as other:
        there = other.put("/doc.zip", Served(BODY))
        server.files["/api/records/4060432/files/doc.zip/content"].faults = [Fault(302, {"Location": there})]
        fetch(Wanted("zenodo:4060432/doc.zip"), tmp_path / "doc.zip")
        assert {asked.headers.get("Authorization") for asked in server.asked} == {"Bearer averysecretword"}
        assert [asked.headers.get("Authorization") for asked in other.asked] == [None]


def test_the_digest_that_zenodo_publishes_is_held(
    server: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_record(server, monkeypatch, "0" * 32)
    with pytest.raises(FetchError, match="md5"):
        fetch(Wanted("zenodo:4060432/doc.zip"), tmp_path / "doc.zip")
    assert list(tmp_path.iterdir()) == []


def test_what_a_record_does_not_hold(server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    serve_record(server, monkeypatch, "0" * 32)
    with pytest.raises(FetchError, match=r"did you mean `doc\.zip`"):
        resolve("zenodo:4060432/dok.zip")
    with pytest.raises(FetchError, match="names no record"):
        resolve("zenodo:FSD50K/doc.zip")
    with pytest.raises(FetchError, match="404"):
        resolve("zenodo:1/doc.zip")
