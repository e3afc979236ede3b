"""Queries of addresses may be keys: those of a dataset file get into nothing that a run writes, those of rows into no
log and nothing of Snakemake's."""

import gzip
import io
import re
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import polars as pl
import pytest
import yaml

from tests.made_files import noise16, wav
from tests.project import Project

pytestmark = pytest.mark.slow

KEY, KEY_OF_ROW = "averysecretword", "anothersecretword"
DATA = re.compile(r"/(promised|clips|missing)\.parquet$|/exports/|/audio\.plan/rows-|^catalog\.duckdb$")
"""Where a row's address stands as its source says it."""
RUN = ("--config", "datasets=['signed/set.yaml']", "report=True")


class SignedFiles:
    """A server that gives nothing without a key, and of what is not ready yet nothing at all."""

    def __init__(self) -> None:
        self.files, self.not_ready = dict[str, bytes](), set[str]()
        signed = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                name, _, query = self.path.removeprefix("/").partition("?")
                has_key = query in (f"sig={KEY}", f"sig={KEY_OF_ROW}")
                body = signed.files.get(name, b"") if has_key and name not in signed.not_ready else b""
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *of: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def address(self, name: str, key: str = KEY) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{name}?sig={key}"


@pytest.fixture
def signed() -> Iterator[SignedFiles]:
    signed = SignedFiles()
    yield signed
    signed.server.shutdown()


def written(file: Path) -> bytes:
    """All that a file tells, however it is packed."""
    if file.suffix == ".parquet":
        return str(pl.read_parquet(file, glob=False).to_dicts()).encode()
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


def holding(folder: Path, key: str) -> set[str]:
    """The files below a folder that hold a key."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)) for file in files if key.encode() in written(file) or key in file.name}


def test_keys_stay_where_they_were_written(tmp_path: Path, signed: SignedFiles) -> None:
    project = Project(tmp_path)
    folder = tmp_path / "signed"
    folder.mkdir()
    rows = [("one", signed.address("one.wav", KEY_OF_ROW)), ("gone", signed.address("gone.wav", KEY_OF_ROW))]
    signed.files["one.wav"] = wav(noise16(16_000))
    signed.files["rows.csv"] = ("key,url,text\n" + "".join(f"{key},{url},a\n" for key, url in rows)).encode()
    with zipfile.ZipFile(packed := io.BytesIO(), "w") as archive:
        archive.writestr("two.wav", wav(noise16(16_000, seed=1)))
    signed.files["more.zip"] = packed.getvalue()
    signed.not_ready = {"more.zip"}
    settings = {
        "name": "signed",
        "adapter": "table",
        "sources": {"table": "rows.csv"},
        "match": "stem",
        "clip": {"media": "key", "source_url": "url", "captions": "[text]"},
        "audio": ["sounds"],
        "exports": ["csv"],
        "acquire": [
            {"url": signed.address("none.csv"), "mirrors": [signed.address("rows.csv")], "to": "rows.csv"},
            {"url": signed.address("more.zip"), "to": "packed/more.zip", "unpack": "sounds"},
            {"from": "source_url", "to": "sounds"},
        ],
    }
    (folder / "set.yaml").write_text(yaml.safe_dump(settings))
    failed = project.run(*RUN, expect=1)
    assert "more.zip?…: the server says 404" in failed.output
    signed.not_ready = set()
    done = project.run(*RUN)
    assert project.ask("SELECT media_key, status FROM fetches WHERE media_key IS NOT NULL ORDER BY ALL") == [
        ("gone", "gone"),
        ("one", "there"),
    ]
    assert (folder / "sounds/two.wav").is_file()
    assert "the addresses of 2 media have a query like that of a key" in failed.output
    assert KEY not in failed.output + done.output
    assert KEY_OF_ROW not in failed.output + done.output
    assert holding(tmp_path, KEY) == {"signed/set.yaml"}
    assert holding(tmp_path / ".snakemake", KEY_OF_ROW) == holding(tmp_path / "results/logs", KEY_OF_ROW) == set()
    of_rows = holding(tmp_path / "results", KEY_OF_ROW)
    assert {file for file in of_rows if not DATA.search(file)} == set()
    for view in ("fetches", "missing", "clips"):
        assert KEY not in str(project.ask(f"SELECT * FROM {view}"))
