"""Addresses of S3 and of Google Cloud Storage, against servers that answer as they do."""

import hashlib
import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests

from tests.fetch.stores import AS_SOMEBODY, gs_server, s3_server
from workflow_scripts.fetch.fetcher import Wanted, fetch
from workflow_scripts.fetch.remote_file import Digest, FetchError
from workflow_scripts.fetch.resolve import below, locate, resolve

pytestmark = pytest.mark.consumer
CONTENT = bytes(range(256)) * 40
NAME = "train/a b#1%.wav"
Put = Callable[[str, bytes], None]


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    pytest.importorskip("s3fs", reason="`make remote` installs it")
    with s3_server() as endpoint:
        requests.put(f"{endpoint}/sounds", timeout=30).raise_for_status()
        yield endpoint


@pytest.fixture
def put_s3(s3: str, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Puts an object into s3://sounds, in the environment of somebody who may read it."""
    for name, value in {**AS_SOMEBODY, "AWS_ENDPOINT_URL": s3}.items():
        monkeypatch.setenv(name, value)

    from s3fs import S3FileSystem

    there = S3FileSystem(endpoint_url=s3, skip_instance_cache=True)

    def put(key: str, content: bytes) -> None:
        there.pipe_file(f"sounds/{key}", content, ACL="public-read")

    return put


@pytest.fixture(scope="module")
def gs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pytest.importorskip("gcsfs", reason="`make remote` installs it")
    with gs_server(tmp_path_factory.mktemp("gs")) as endpoint:
        requests.post(f"{endpoint}/storage/v1/b", json={"name": "sounds"}, timeout=30).raise_for_status()
        yield endpoint


@pytest.fixture
def put_gs(gs: str, monkeypatch: pytest.MonkeyPatch) -> Put:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", gs)

    def put(key: str, content: bytes) -> None:
        url = f"{gs}/upload/storage/v1/b/sounds/o?uploadType=media&name={quote(key, safe='')}"
        requests.post(url, content, timeout=30).raise_for_status()

    return put


@pytest.fixture(params=["s3", "gs"])
def store(request: pytest.FixtureRequest) -> tuple[str, Put]:
    """The scheme of a store, and what puts an object into it."""
    return request.param, request.getfixturevalue(f"put_{request.param}")


def test_an_object_is_told_with_size_and_digest_and_fetched(store: tuple[str, Put], tmp_path: Path) -> None:
    scheme, put = store
    put(NAME, CONTENT)
    address = f"{scheme}://sounds/{NAME}"
    told = resolve(address)
    assert (told.bytes, told.ranges) == (len(CONTENT), True)
    assert told.digest == Digest("md5", hashlib.md5(CONTENT).hexdigest())
    fetch(Wanted(address), tmp_path / "a.wav")
    assert (tmp_path / "a.wav").read_bytes() == CONTENT


def test_what_is_below_a_bucket_and_a_folder(store: tuple[str, Put]) -> None:
    scheme, put = store
    for key in ("wav/b.wav", NAME, "wav/a.wav", "wav2/c.wav"):
        put(key, CONTENT)
    everything = {it.path: it for it in below(f"{scheme}://sounds")}
    assert {"wav/b.wav", NAME, "wav/a.wav", "wav2/c.wav"} <= everything.keys()
    assert everything[NAME].bytes == len(CONTENT)
    folder = list(below(f"{scheme}://sounds/wav"))
    assert [it.path for it in folder] == ["a.wav", "b.wav"]
    assert [it.path for it in below(f"{scheme}://sounds/wav/")] == ["a.wav", "b.wav"]
    there = locate(folder[0].address)
    assert requests.get(there.url, headers=dict(there.headers), timeout=30).content == CONTENT


def test_state_changes_with_the_bytes(store: tuple[str, Put]) -> None:
    scheme, put = store
    states = []
    for content in (b"one", b"two"):
        put("state/a.wav", content)
        (it,) = below(f"{scheme}://sounds/state")
        states.append(it.state)
    assert states[0] != states[1]


def test_a_listing_of_many_pages_of_s3_is_whole(put_s3: Put) -> None:
    wanted = [f"{number:04}.wav" for number in range(1010)]
    for name in wanted:
        put_s3(f"many/{name}", b"")
    assert [it.path for it in below("s3://sounds/many")] == wanted


def test_a_listing_of_many_pages_of_google_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator has but one page."""
    pytest.importorskip("gcsfs", reason="`make remote` installs it")

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = int(parse_qs(urlsplit(self.path).query).get("pageToken", ["0"])[0])
            items = [{"name": f"wav/{page}{it}.wav", "size": "1", "generation": "7"} for it in "ab"]
            told = {"items": items} | ({"nextPageToken": str(page + 1)} if page < 2 else {})
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{server.server_port}")
        found = list(below("gs://sounds/wav"))
        server.shutdown()
    assert [it.path for it in found] == ["0a.wav", "0b.wav", "1a.wav", "1b.wav", "2a.wav", "2b.wav"]
    assert found[0].address == "gs://sounds/wav/0a.wav#7"


@pytest.mark.parametrize("address", ["{}://sounds/nothing.wav", "{}://nothing/a.wav"])
def test_what_is_not_there_is_said(store: tuple[str, Put], address: str) -> None:
    scheme, _ = store
    with pytest.raises(FetchError, match="no such bucket or object") as caught:
        resolve(address.format(scheme))
    assert (caught.value.reason, caught.value.passing) == ("not_found", False)


@pytest.mark.parametrize(("address", "said"), [("{}://sounds/", "no object in it"), ("{}:///a.wav", "expected {}://")])
def test_an_address_of_no_object_is_refused(store: tuple[str, Put], address: str, said: str) -> None:
    scheme, _ = store
    with pytest.raises(FetchError, match=said.format(scheme)):
        resolve(address.format(scheme))


def test_a_signed_address_is_in_no_text(put_s3: Put) -> None:
    put_s3("a.wav", CONTENT)
    told = resolve("s3://sounds/a.wav")
    assert "X-Amz-Signature=" in told.url
    assert "Signature" not in repr(told)


def test_an_object_that_was_uploaded_in_parts_has_no_md5(put_s3: Put, s3: str) -> None:
    from s3fs import S3FileSystem

    there = S3FileSystem(endpoint_url=s3, skip_instance_cache=True)
    with there.open("sounds/parts.wav", "wb", block_size=5 << 20) as file:
        file.write(bytes(11 << 20))
    told = resolve("s3://sounds/parts.wav")
    assert told.bytes == 11 << 20
    assert told.etag is not None
    assert re.search(r'-\d+"$', told.etag)
    assert told.digest is None


def test_without_credentials_a_bucket_is_asked_as_anybody_may(
    put_s3: Put, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from workflow_scripts.fetch.schemes import s3

    put_s3("a.wav", CONTENT)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    s3._is_anybody.cache_clear()
    told = resolve("s3://sounds/a.wav")
    s3._is_anybody.cache_clear()
    assert "?" not in told.url
    assert requests.get(told.url, timeout=30).content == CONTENT


@pytest.mark.parametrize(("scheme", "module"), [("s3", "s3fs"), ("s3", "botocore.exceptions"), ("gs", "gcsfs.core")])
def test_without_the_packages_it_is_said_what_installs_them(
    monkeypatch: pytest.MonkeyPatch, scheme: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(FetchError, match="`make remote` installs it"):
        resolve(f"{scheme}://sounds/a.wav")
