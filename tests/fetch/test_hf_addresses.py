"""Addresses of the hub, against a stand-in of it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetch.hub import LFS_BYTES, TOKEN, Hub, blob_id, hub, sha256
from workflow_scripts.fetch.fetcher import Wanted, fetch
from workflow_scripts.fetch.remote_file import Digest, FetchError, RemoteFile
from workflow_scripts.fetch.resolve import below, locate, resolve

LARGE = bytes(range(256)) * 40
SMALL = b"of a few words\n"
NAME = "somebody/sounds"
FILES = {"README.md": SMALL, "data/audio 1.zip": LARGE, "data/more/é.txt": SMALL}
assert len(SMALL) < LFS_BYTES < len(LARGE)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    pytest.importorskip("huggingface_hub", reason="`make remote` installs it")
    with hub() as it:
        monkeypatch.setenv("HF_ENDPOINT", it.url)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        yield it


def test_a_large_file_is_told_with_commit_size_and_digest(served: Hub) -> None:
    commit = served.commit(NAME, FILES)
    told = resolve(f"hf://datasets/{NAME}@main/data/audio 1.zip")
    assert (told.bytes, told.digest, told.ranges) == (len(LARGE), Digest("sha256", sha256(LARGE)), True)
    assert told.pinned == f"hf://datasets/{NAME}@{commit}/data/audio 1.zip"
    assert commit in told.url


def test_a_small_file_has_no_digest_and_the_etag_of_its_blob(served: Hub) -> None:
    served.commit(NAME, FILES)
    told = resolve(f"hf://datasets/{NAME}/README.md")
    assert (told.bytes, told.digest, told.etag) == (len(SMALL), None, f'"{blob_id(SMALL)}"')


@pytest.mark.parametrize("revision", ["", "@main", "@v1", "@{commit}"])
def test_a_file_is_fetched_at_the_commit_that_its_revision_stands_for(
    served: Hub, revision: str, tmp_path: Path
) -> None:
    commit = served.commit(NAME, FILES)
    served.repositories[NAME].branches["v1"] = commit
    fetch(Wanted(f"hf://datasets/{NAME}{revision.format(commit=commit)}/data/audio 1.zip"), tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == LARGE


def test_bytes_are_those_of_the_commit_that_was_told(served: Hub) -> None:
    served.commit(NAME, {"a.txt": SMALL})
    told = resolve(f"hf://datasets/{NAME}/a.txt")
    served.commit(NAME, {"a.txt": b"others"})
    assert content(told) == SMALL
    assert content(resolve(f"hf://datasets/{NAME}/a.txt")) == b"others"


def test_a_token_goes_to_the_hub_and_to_no_other_host(served: Hub, tmp_path: Path) -> None:
    served.commit(NAME, FILES, private=True)
    address = f"hf://datasets/{NAME}/data/audio 1.zip"
    fetch(Wanted(address), tmp_path / "a.zip")
    tokens = {it.host: it.headers.get("authorization") for it in served.asked}
    assert tokens == {"hub": f"Bearer {TOKEN}", "files": None}
    assert TOKEN not in repr(resolve(address))


def test_what_is_below_a_repository_and_a_folder(served: Hub) -> None:
    commit = served.commit(NAME, FILES)
    all_of_it = {it.path: it for it in below(f"hf://datasets/{NAME}")}
    assert all_of_it.keys() == FILES.keys()
    zipped = all_of_it["data/audio 1.zip"]
    assert (zipped.bytes, zipped.state, zipped.digest) == (
        len(LARGE),
        sha256(LARGE),
        Digest("sha256", sha256(LARGE)),
    )
    assert zipped.address == f"hf://datasets/{NAME}@{commit}/data/audio 1.zip"
    assert all_of_it["README.md"].state == blob_id(SMALL)
    folder = list(below(f"hf://datasets/{NAME}@{commit}/data/"))
    assert [it.path for it in folder] == ["audio 1.zip", "more/é.txt"]
    assert content(locate(folder[1].address)) == SMALL


def test_a_listing_of_many_pages_is_whole(served: Hub) -> None:
    files = {f"wav/{number:03}.wav": b"%d" % number for number in range(120)}
    served.commit(NAME, files)
    assert {it.path: it.bytes for it in below(f"hf://datasets/{NAME}")} == {
        path: len(content) for path, content in files.items()
    }


@pytest.mark.parametrize(
    ("address", "reason", "said"),
    [
        ("hf://datasets/nobody/nothing/a.zip", "not_found", "no such repository, or a private one"),
        (f"hf://datasets/{NAME}@v9/README.md", "not_found", "no such revision"),
        (f"hf://datasets/{NAME}/b.zip", "not_found", "no such file or folder"),
        ("hf://datasets/somebody/hidden/README.md", "not_found", "no token that opens it"),
        ("hf://datasets/somebody/gated/README.md", "refused", "/datasets/somebody/gated, and a token of who did"),
        (f"hf://datasets/{NAME}", "bad_address", "no file of it"),
        ("hf://datasets/somebody", "bad_address", "expected hf://datasets/<owner>/<name>"),
        ("hf://buckets/somebody/things/a.zip", "bad_address", "expected hf://datasets/<owner>/<name>"),
    ],
)
def test_what_cannot_be_had_is_said(
    served: Hub, monkeypatch: pytest.MonkeyPatch, address: str, reason: str, said: str
) -> None:
    monkeypatch.setenv("HF_TOKEN", "another token")
    served.commit(NAME, FILES)
    served.commit("somebody/hidden", FILES, private=True)
    served.commit("somebody/gated", FILES, gated=True)
    with pytest.raises(FetchError, match=said) as caught:
        resolve(address)
    assert (caught.value.reason, caught.value.passing) == (reason, False)
    assert "another token" not in str(caught.value)


def test_a_hub_that_is_away_may_come_back(served: Hub) -> None:
    served.close()
    with pytest.raises(FetchError, match="does not answer") as caught:
        resolve(f"hf://datasets/{NAME}/README.md")
    assert caught.value.passing


def test_without_the_packages_it_is_said_what_installs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [it for it in sys.modules if it.startswith("huggingface_hub")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(FetchError, match="`make remote` installs it"):
        resolve(f"hf://datasets/{NAME}/README.md")
    with pytest.raises(FetchError, match="`make remote` installs it"):
        list(below(f"hf://datasets/{NAME}"))


def content(told: RemoteFile) -> bytes:
    """The bytes that a remote file gives, asked for as anybody does."""
    import requests

    answer = requests.get(told.url, headers=dict(told.headers), timeout=30)
    answer.raise_for_status()
    return answer.content
