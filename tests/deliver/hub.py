"""A stand-in of the Hugging Face hub for one dataset: what huggingface_hub asks to list, read and commit, over HTTP."""

import base64
import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

REPO, TOKEN = "somebody/sounds", "hf_averysecrettoken1234"
LARGE = 1000
"""Files of so many bytes go by Git LFS, as those above 10 MB do on the hub."""
PAGE = 5
"""So many entries of a tree are told at once."""
ROOT = f"/api/datasets/{REPO}"


@dataclass
class HubState:
    """What lies there.

    Attributes:
        files: of the branch `main`.
        store: large files by SHA-256, those too that no commit names yet.
        commits: how many files each changed.
        ignored: paths that a .gitignore there names.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    store: dict[str, bytes] = field(default_factory=dict)
    commits: list[int] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)


class _Hub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: HubState

    def log_message(self, *_: object) -> None:
        pass

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _json(self, value: Any, status: int = 200, **headers: str) -> None:
        self._send(json.dumps(value).encode(), status, **headers)

    def _send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response_only(status)
        for name, said in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), said)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self) -> None:
        path, asked = unquote(urlsplit(self.path).path), parse_qs(urlsplit(self.path).query)
        if not self._may():
            return
        if tree := re.fullmatch(rf"{ROOT}/tree/main/?(.*)", path):
            self._tree(tree[1], int(asked.get("cursor", ["0"])[0]))
        elif file := re.fullmatch(rf"/datasets/{REPO}/resolve/[^/]+/(.+)", path):
            content = self.state.files.get(file[1])
            if content is None:
                self._json({"error": "no"}, 404, X_Error_Code="EntryNotFound")
            else:
                self._send(content, ETag=f'"{_git(content)}"', X_Repo_Commit="0" * 40)
        elif "/tree/" in path:
            self._json({"error": "no"}, 404, X_Error_Code="RevisionNotFound")
        else:
            self._json({"id": REPO, "sha": "0" * 40})

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        path, body = unquote(urlsplit(self.path).path), self._body()
        if not self._may():
            return
        if path == f"{ROOT}/preupload/main":
            self._json({"files": [self._mode(one) for one in json.loads(body)["files"]]})
        elif path == f"/datasets/{REPO}.git/info/lfs/objects/batch":
            self._json({"transfer": "basic", "objects": [self._upload(one) for one in json.loads(body)["objects"]]})
        elif path == f"{ROOT}/commit/main":
            self._commit([json.loads(line) for line in body.splitlines()])
        else:
            self._json({"errors": [], "warnings": []})

    def do_PUT(self) -> None:
        content, parts = self._body(), urlsplit(self.path)
        oid = hashlib.sha256(content).hexdigest()
        assert parts.path == f"/store/{oid}", "a file was changed on its way"
        assert "Authorization" not in self.headers, "a token went to a store that has a signature"
        self.state.store[oid] = content
        self._send(b"")

    def _may(self) -> bool:
        is_there = REPO in unquote(self.path) or self.path == "/api/validate-yaml"
        if self.headers.get("Authorization") != f"Bearer {TOKEN}" or not is_there:
            self._json({"error": "Repository not found"}, 401, X_Error_Code="RepoNotFound")
            return False
        return True

    def _tree(self, below: str, first: int) -> None:
        names = sorted(name for name in self.state.files if not below or name.startswith(f"{below}/"))
        if below and not names:
            self._json({"error": "no"}, 404, X_Error_Code="EntryNotFound")
            return
        link = {}
        if first + PAGE < len(names):
            at = f"http://{self.headers['Host']}{urlsplit(self.path).path}?recursive=true&cursor={first + PAGE}"
            link = {"Link": f'<{at}>; rel="next"'}
        self._json([self._told(name) for name in names[first : first + PAGE]], **link)

    def _told(self, name: str) -> dict[str, Any]:
        content = self.state.files[name]
        told: dict[str, Any] = {"type": "file", "path": name, "size": len(content), "oid": _git(content)}
        if len(content) >= LARGE:
            told["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
        return told

    def _mode(self, one: dict[str, Any]) -> dict[str, Any]:
        there = self.state.files.get(one["path"])
        mode = "lfs" if one["size"] >= LARGE else "regular"
        told = {"path": one["path"], "uploadMode": mode, "shouldIgnore": one["path"] in self.state.ignored}
        return told | ({"oid": _git(there)} if there is not None and mode == "regular" else {})

    def _upload(self, one: dict[str, Any]) -> dict[str, Any]:
        told = {"oid": one["oid"], "size": one["size"]}
        if one["oid"] in self.state.store:
            return told
        href = f"http://{self.headers['Host']}/store/{one['oid']}?X-Amz-Signature=verysecretsignature"
        return told | {"actions": {"upload": {"href": href}}}

    def _commit(self, lines: list[dict[str, Any]]) -> None:
        changes = 0
        for line in lines:
            said = line["value"]
            if line["key"] == "file":
                self.state.files[said["path"]] = base64.b64decode(said["content"])
            elif line["key"] == "lfsFile":
                self.state.files[said["path"]] = self.state.store[said["oid"]]
            elif line["key"] == "deletedFile":
                del self.state.files[said["path"]]
            changes += line["key"] != "header"
        self.state.commits.append(changes)
        self._json(
            {
                "commitUrl": f"http://{self.headers['Host']}/datasets/{REPO}/commit/{'1' * 40}",
                "commitOid": "1" * 40,
                "success": True,
            }
        )


def _git(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@contextlib.contextmanager
def hub() -> Iterator[tuple[int, HubState]]:
    """The port that it listens at, and what lies there."""
    state = HubState()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Hub", (_Hub,), {"state": state}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server.server_address[1], state
    finally:
        server.shutdown()
        server.server_close()
