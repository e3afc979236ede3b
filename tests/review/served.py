"""A review page in small and the real server over it, as `make review` starts it."""

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "workflow_scripts.run.serve_review")
CLIPS = ("a", "b", "-dash", *(f"clip{number}" for number in range(400)))
HEADER = "clip_id,verdict,reviewer,reviewed_at,ordinal,caption,class_ids,note,pcm_digest"


def make_results(folder: Path, *datasets: str, reviews: Mapping[str, Sequence[str]] | None = None) -> Path:
    """Results with a run of some datasets, of which each has the same clips and a page, and names files of reviews."""
    names = datasets or ("mine",)
    folder.mkdir(parents=True)
    run = {
        "started": 0.0,
        "on_cluster": False,
        "fingerprint": "",
        "version": "",
        "datasets": {name: [] for name in names},
        "roots": [],
        "place": str(folder),
        "folder": str(folder.parent),
        "reviews": {name: list((reviews or {}).get(name, ())) for name in names},
    }
    (folder / "run.json").write_text(json.dumps(run))
    with duckdb.connect(str(folder / "catalog.duckdb")) as catalogue:
        catalogue.execute("CREATE TABLE clips (dataset VARCHAR, clip_id VARCHAR)")
        catalogue.executemany("INSERT INTO clips VALUES (?, ?)", [(name, clip) for name in names for clip in CLIPS])
    for name in names:
        page = folder / name / "review"
        (page / "snippets").mkdir(parents=True)
        (page / "index.html").write_text("<!doctype html><title>cards</title>")
        (page / "snippets" / "-dash.flac").write_bytes(bytes(range(256)) * 40)
    return folder


def said(
    clip: str = "a", reviewer: str = "ann", at: str = "2026-03-01T12:00:00Z", **cells: object
) -> dict[str, object]:
    """A row as the page posts it."""
    return {"clip_id": clip, "verdict": "keep", "reviewer": reviewer, "reviewed_at": at} | cells


@dataclass
class Served:
    """A server at work."""

    process: "subprocess.Popen[str]"
    port: int
    token: str
    file: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/{self.token}/"

    def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of an answer; a path is below the token, unless it begins with `/`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            target = path if path.startswith("/") else f"/{self.token}/{path}"
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def post(self, *rows: object, **headers: str) -> tuple[int, str]:
        """Status and text of the answer to rows that are posted as the page posts them."""
        given = {"Content-Type": "application/json"} | {name.replace("_", "-"): said for name, said in headers.items()}
        status, _, body = self.ask("POST", "reviews", json.dumps({"rows": rows}), given)
        return status, body.decode()

    def kept(self) -> list[dict[str, str]]:
        """The rows that it gives."""
        status, _, body = self.ask("GET", "reviews")
        assert status == 200, body
        return json.loads(body)


@contextlib.contextmanager
def served(
    results: Path, reviews: Path | None, dataset: str = "", program: Sequence[str] = COMMAND, **process: object
) -> Iterator[Served]:
    """Serve; afterwards the server is ended as Ctrl-C ends it, and has to have said nothing wrong."""
    command = [*program, str(results), dataset, str(reviews or "")]
    started = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, **process
    )
    try:
        first = started.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/([\w-]+)/", first)
        assert found, started.communicate(timeout=60)[1]
        file = started.stdout.readline().removeprefix("Verdicts: ").rpartition(" (")[0]
        yield Served(started, int(found[1]), found[2], Path(file))
        if started.poll() is None:
            os.kill(started.pid, signal.SIGINT)
            assert (started.communicate(timeout=60)[1], started.returncode) == ("", 0)
    finally:
        if started.poll() is None:
            started.kill()
            started.wait()
        started.stdout.close()
        started.stderr.close()
