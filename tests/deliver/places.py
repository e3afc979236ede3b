"""Places of each kind and their servers: a folder, moto's S3, an emulator of Google's, a stand-in of the hub."""

import contextlib
import hashlib
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.deliver.between import Between, between
from tests.deliver.hub import REPO, TOKEN, HubState, hub
from tests.project import REPOSITORY

CONSUMERS = REPOSITORY / ".venv-consumers/bin"
SECRET = "averysecretkeyofs3"


@dataclass
class Place:
    """Somewhere to deliver to.

    Attributes:
        kind: folder, s3, gs or hf.
        address: of it.
        environment: that clients need.
        content: gives what lies there by path.
        put: has something else lie there.
        between: what stands between clients and the server; None for a folder.
        key: what `between` calls a file.
    """

    kind: str
    address: str
    environment: dict[str, str]
    content: Callable[[], dict[str, bytes]]
    put: Callable[[str, bytes], Any]
    between: Between | None = None
    hub: HubState | None = None

    def key(self, path: str, content: bytes) -> str:
        if self.kind == "hf":
            return hashlib.sha256(content).hexdigest()
        return f"{self.address.partition('://')[2]}/{path}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def server(*command: str, port: int) -> Iterator[int]:
    """A server of another project, in a process of its own."""
    if not Path(command[0]).exists():
        pytest.skip("no .venv-consumers: `make test` makes it")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, f"{command} ended with {process.returncode}"
            time.sleep(0.1)
        yield port
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def moto() -> Iterator[int]:
    port = free_port()
    with server(str(CONSUMERS / "moto_server"), "-p", str(port), port=port):
        yield port


@contextlib.contextmanager
def google() -> Iterator[int]:
    port = free_port()
    command = [str(CONSUMERS / "gcp-storage-emulator"), "start", "--host=127.0.0.1", f"--port={port}", "--in-memory"]
    with server(*command, port=port):
        yield port


# --- which file a request sends ---


def sent_to_s3(method: str, path: str, body: bytes) -> str | None:
    found = re.fullmatch(r"/([^?]+/[^?]+)(\?.*partNumber=(\d+).*)?", path)
    if method != "PUT" or not found:
        return None
    return found[1] + (f"#{found[3]}" if found[3] else "")


def sent_to_google(method: str, path: str, body: bytes) -> str | None:
    bucket = re.match(r"/upload/storage/v1/b/([^/]+)/o\?", path)
    name = re.search(rb'"name": ?"([^"]+)"', body[:5000])
    return f"{bucket[1]}/{name[1].decode()}" if method == "POST" and bucket and name else None


def sent_to_hub(method: str, path: str, body: bytes) -> str | None:
    if "/commit/" in path and method == "POST":
        return "commit"
    return path.removeprefix("/store/").partition("?")[0] if method == "PUT" else None


# --- the places ---


@contextlib.contextmanager
def a_folder(folder: Path) -> Iterator[Place]:
    def content() -> dict[str, bytes]:
        return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    def put(path: str, content: bytes) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)

    yield Place("folder", str(folder), {}, content, put)


@contextlib.contextmanager
def a_bucket(kind: str, port: int, name: str) -> Iterator[Place]:
    """A new bucket, and an address in it."""
    with between(port, sent_to_s3 if kind == "s3" else sent_to_google) as told:
        url = f"http://127.0.0.1:{told.port}"
        of_s3 = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": SECRET}
        of_s3 |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
        of_google = {"STORAGE_EMULATOR_HOST": url, "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false"}
        environment = of_s3 if kind == "s3" else of_google
        with pytest.MonkeyPatch.context() as patch:
            for variable, value in environment.items():
                patch.setenv(variable, value)
            files = _filesystem(kind)
            files.mkdir(name)
            below = f"{name}/of/mine"

            def content() -> dict[str, bytes]:
                return {path.removeprefix(f"{below}/"): files.cat_file(path) for path in files.find(below)}

            def put(path: str, content: bytes) -> None:
                files.pipe_file(f"{below}/{path}", content)

            yield Place(kind, f"{kind}://{below}", environment, content, put, told)


def _library(kind: str) -> Any:
    return pytest.importorskip("s3fs" if kind == "s3" else "gcsfs")


def _filesystem(kind: str) -> Any:
    library = _library(kind)
    made = library.S3FileSystem if kind == "s3" else library.GCSFileSystem
    return made(use_listings_cache=False, skip_instance_cache=True)


@contextlib.contextmanager
def a_hub() -> Iterator[Place]:
    """A dataset on a hub."""
    constants = pytest.importorskip("huggingface_hub.constants")
    with hub() as (port, state), between(port, sent_to_hub) as told, pytest.MonkeyPatch.context() as patch:
        environment = {"HF_ENDPOINT": f"http://127.0.0.1:{told.port}", "HF_TOKEN": TOKEN, "HF_HUB_DISABLE_XET": "1"}
        for variable, value in environment.items():
            patch.setenv(variable, value)
        patch.setattr(constants, "HF_HUB_DISABLE_XET", True)  # it may have been imported before

        def content() -> dict[str, bytes]:
            return {path.removeprefix("of/mine/"): content for path, content in state.files.items()}

        def put(path: str, content: bytes) -> None:
            state.files[f"of/mine/{path}"] = content

        yield Place("hf", f"hf://datasets/{REPO}/of/mine", environment, content, put, told, state)


def environment_of(place: Place) -> dict[str, str]:
    return os.environ | place.environment
