"""A stand-in of the Hugging Face hub, for HF_ENDPOINT: its trees, commits and files, on loopback.

Small files come from the hub itself; large ones (LFS) are redirected, signed, to a host of their own, which has ETags
of its own and must never see a token.
"""

import functools
import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, unquote, urlsplit

TOKEN = "hf_of_nobody"
"""Opens what is private."""
LFS_BYTES = 1000
"""Files of so many bytes or more are LFS."""
PAGE = 50
"""Entries on a page of a tree: the hub's own has 1,000."""


@dataclass
class Repository:
    """A dataset on the hub.

    Attributes:
        commits: the files of each commit, by path.
        branches: the commit that each is at.
        private: wants `TOKEN`.
        gated: has terms that nobody accepted.
    """

    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    private: bool = False
    gated: bool = False


@dataclass(frozen=True)
class Asked:
    """A request that came in.

    Attributes:
        host: `hub`, or `files`: where LFS files are.
        method: GET or HEAD.
        path: with its query.
        headers: by their names in small letters.
        bytes: of the answer's body.
    """

    host: str
    method: str
    path: str
    headers: Mapping[str, str]
    bytes: int


class Hub:
    """The hub.

    Attributes:
        url: of the hub, for HF_ENDPOINT.
        files_url: of the host that LFS files are redirected to.
        asked: all requests that came in.
    """

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.asked: list[Asked] = []
        self._servers = [_serve(self, _HubHandler), _serve(self, _FilesHandler)]
        self.url = f"http://127.0.0.1:{self._servers[0].server_port}"
        self.files_url = f"http://localhost:{self._servers[1].server_port}"

    def commit(self, name: str, files: Mapping[str, bytes], branch: str = "main", **about: bool) -> str:
        """Put files into a dataset, which is made where it is not there; returns the commit."""
        repository = self.repositories.setdefault(name, Repository(**about))
        before = repository.branches.get(branch)
        now = {**repository.commits.get(before or "", {}), **files}
        told = f"{before} {sorted((path, hashlib.sha1(it).hexdigest()) for path, it in now.items())}"
        commit = hashlib.sha1(told.encode()).hexdigest()
        repository.commits[commit] = now
        repository.branches[branch] = commit
        return commit

    def bytes_given(self) -> int:
        """Bytes of files that were given so far."""
        return sum(it.bytes for it in self.asked if "/api/" not in it.path)

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()


@contextmanager
def hub() -> Iterator[Hub]:
    """One that answers until the context is left."""
    it = Hub()
    try:
        yield it
    finally:
        it.close()


@functools.cache  # large ones are asked for in parts, and found by it
def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@functools.cache
def blob_id(content: bytes) -> str:
    """What git calls a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _serve(hub: Hub, handler: type["_Handler"]) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type(handler.__name__, (handler,), {"hub": hub}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    """What both hosts do."""

    hub: ClassVar[Hub]
    host: ClassVar[str]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        raise NotImplementedError

    def _send(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        sent = b"" if self.command == "HEAD" else body
        asked = {name.lower(): value for name, value in self.headers.items()}
        self.hub.asked.append(Asked(self.host, self.command, self.path, asked, len(sent)))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    def _send_file(self, content: bytes, headers: Mapping[str, str]) -> None:
        """All of it, or the one range that is asked for."""
        headers = {"Accept-Ranges": "bytes", **headers}
        wanted = self.headers.get("Range", "").removeprefix("bytes=")
        if not wanted or self.headers.get("If-Range", headers["ETag"]) != headers["ETag"]:
            return self._send(200, headers, content)
        first, _, last = wanted.partition("-")
        start = int(first) if first else max(0, len(content) - int(last))
        stop = min(int(last) + 1, len(content)) if first and last else len(content)
        if start >= len(content):
            return self._send(416, {"Content-Range": f"bytes */{len(content)}"})
        return self._send(
            206, {**headers, "Content-Range": f"bytes {start}-{stop - 1}/{len(content)}"}, content[start:stop]
        )


class _FilesHandler(_Handler):
    """Where LFS files are, by their sha256."""

    host = "files"

    def _answer(self) -> None:
        digest = urlsplit(self.path).path.strip("/")
        commits = (files for one in self.hub.repositories.values() for files in one.commits.values())
        content = next((it for files in commits for it in files.values() if sha256(it) == digest), None)
        if content is None or "X-Signature" not in parse_qs(urlsplit(self.path).query):
            return self._send(403, {})
        return self._send_file(content, {"ETag": f'"{hashlib.md5(content).hexdigest()}-1"'})


class _HubHandler(_Handler):
    """The hub itself."""

    host = "hub"

    def _answer(self) -> None:
        parts = [unquote(it) for it in urlsplit(self.path).path.split("/")[1:]]
        is_api = parts[0] == "api"
        kind, owner, name, *rest = [*(parts[1:] if is_api else parts), "", ""]
        rest = [part for part in rest if part]
        repository = self.hub.repositories.get(f"{owner}/{name}")
        lacks_token = self.headers.get("Authorization") != f"Bearer {TOKEN}"
        if kind != "datasets" or repository is None or (repository.private and lacks_token):
            return self._refuse(401 if lacks_token else 404, "RepoNotFound")
        if repository.gated and not (is_api and rest[:1] == ["revision"]):
            return self._refuse(403, "GatedRepo")
        what, revision, path = (rest[0], rest[1], "/".join(rest[2:])) if rest else ("revision", "main", "")
        commit = repository.branches.get(revision, revision)
        if commit not in repository.commits:
            return self._refuse(404, "RevisionNotFound")
        files = repository.commits[commit]
        if what == "revision":
            return self._send_json({"id": f"{owner}/{name}", "sha": commit, "private": repository.private})
        if what == "tree":
            return self._send_tree(files, path.strip("/"))
        return self._send_content(files, path, commit)

    def _send_tree(self, files: Mapping[str, bytes], path: str) -> None:
        below = f"{path}/" if path else ""
        found: list[Any] = [_entry(name, files[name]) for name in sorted(files) if name.startswith(below)]
        if not found:
            return self._refuse(404, "EntryNotFound")
        folders = sorted({name.rpartition("/")[0] for name in files} - {""})
        found += [{"type": "directory", "path": name, "oid": "0" * 40, "size": 0} for name in folders]
        start = int(parse_qs(urlsplit(self.path).query).get("cursor", ["0"])[0])
        more = {}
        if start + PAGE < len(found):
            bare = self.path.partition("?")[0]
            more = {"Link": f'<{self.hub.url}{bare}?recursive=true&cursor={start + PAGE}>; rel="next"'}
        return self._send_json(found[start : start + PAGE], more)

    def _send_content(self, files: Mapping[str, bytes], path: str, commit: str) -> None:
        if path not in files:
            return self._refuse(404, "EntryNotFound", {"X-Repo-Commit": commit})
        content = files[path]
        about = {"X-Repo-Commit": commit, "ETag": f'"{blob_id(content)}"'}
        if len(content) < LFS_BYTES:
            return self._send_file(content, about)
        digest = sha256(content)
        return self._send(
            302,
            about
            | {
                "X-Linked-Size": str(len(content)),
                "X-Linked-Etag": f'"{digest}"',
                "Location": f"{self.hub.files_url}/{digest}?X-Signature={quote('of the hub')}",
            },
        )

    def _send_json(self, told: Any, headers: Mapping[str, str] | None = None) -> None:
        self._send(200, {"Content-Type": "application/json", **(headers or {})}, json.dumps(told).encode())

    def _refuse(self, status: int, code: str, headers: Mapping[str, str] | None = None) -> None:
        self._send(status, {"X-Error-Code": code, "X-Error-Message": code, **(headers or {})})


def _entry(path: str, content: bytes) -> dict[str, Any]:
    told = {"type": "file", "path": path, "oid": blob_id(content), "size": len(content)}
    if len(content) >= LFS_BYTES:
        told["lfs"] = {"oid": sha256(content), "size": len(content), "pointerSize": 134}
    return told
