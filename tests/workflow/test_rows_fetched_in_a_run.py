"""A table of addresses: each row's sound is fetched, or its clip is missing and the ledger says why."""

import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from tests.made_files import noise16, wav
from tests.project import Project

pytestmark = pytest.mark.slow

RUN = ("--config", "datasets=['web/set.yaml']")
LONG = "long" * 60  # no file can be called so, with what stands beside it while it is fetched
STATUSES = "SELECT media_key, status, reason FROM fetches ORDER BY media_key"


class Sounds:
    """A server of sounds by name; of `late` it says 503 as long as it is told to, and `gone` it has not."""

    def __init__(self) -> None:
        self.asked, self.is_late = Counter[str](), True
        sounds = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                name = self.path.rpartition("/")[2]
                sounds.asked[name] += 1
                is_there = name not in ("gone", "robots.txt")
                late = name == "late" and sounds.is_late
                body = wav(noise16(16_000, seed=len(name))) if is_there and not late else b""
                self.send_response(503 if late else 200 if is_there else 404)
                if late:
                    self.send_header("Retry-After", "1")  # who asks for nothing is asked after 1, 2, 4, 8 and 16 s
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *of: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def sounds() -> Iterator[Sounds]:
    sounds = Sounds()
    yield sounds
    sounds.server.shutdown()


def test_rows_of_addresses(tmp_path: Path, sounds: Sounds) -> None:
    project = Project(tmp_path)
    folder = tmp_path / "web"
    folder.mkdir()
    address = f"http://127.0.0.1:{sounds.server.server_port}/sounds"
    rows = [("one", f"{address}/one.wav"), ("plain", f"{address}/plain"), ("gone", f"{address}/gone")]
    rows += [("late", f"{address}/late"), (LONG, f"{address}/long.wav"), ("odd", "ftp://127.0.0.1/odd.wav")]
    (folder / "rows.csv").write_text("key,url,text\n" + "".join(f'{key},{url},"a {key}"\n' for key, url in rows))
    settings = {
        "name": "web",
        "adapter": "table",
        "sources": {"table": "rows.csv"},
        "match": "stem",
        "clip": {"media": "key", "source_url": "url", "captions": "[text]"},
        "audio": ["sounds"],
        "acquire": [{"from": "source_url", "to": "sounds"}],
    }
    (folder / "set.yaml").write_text(yaml.safe_dump(settings))
    project.run(*RUN)
    assert project.ask(STATUSES) == [
        ("gone", "gone", "not_found"),
        ("late", "failed", "busy"),
        (LONG, "refused", "no_file_name"),
        ("odd", "refused", "no_web_address"),
        ("one", "there", None),
        ("plain", "there", None),
    ]
    assert sounds.asked["robots.txt"] == 1
    assert (folder / "sounds/plain.wav").is_file()  # by what it holds
    missing = project.ask("SELECT media_key, fetched, why FROM missing ORDER BY media_key")
    assert missing == [row for row in project.ask(STATUSES) if row[1] != "there"]
    assert project.ask("SELECT count(*) FROM clips WHERE usable") == [(2,)]

    sounds.is_late = False
    asked = Counter(sounds.asked)
    project.run(*RUN)
    assert project.ask("SELECT count(*) FROM clips WHERE usable") == [(3,)]
    assert (sounds.asked - asked).keys() <= {"late", "gone", "robots.txt"}
    again = project.run(*RUN)
    assert again.jobs.total() == 0
    asked = Counter(sounds.asked)
    project.run("acquire", *RUN, "--forcerun", "fetch")
    assert sounds.asked - asked == Counter({"gone": 1, "robots.txt": 1})
