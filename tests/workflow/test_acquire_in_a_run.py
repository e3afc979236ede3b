"""A dataset on an empty disk: from addresses to the catalogue with one command, and nothing fetched twice."""

import functools
import hashlib
import shutil
import threading
import zipfile
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from tests.project import Project
from tests.workflow.small_set import write_small_set

pytestmark = pytest.mark.slow

SET = "datasets=['small/set.yaml']"


class Web:
    """A server on loopback that gives a folder's files, and counts who was asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.asked = folder, list[str]()
        web = self

        class Handler(SimpleHTTPRequestHandler):
            def log_message(self, *of: object) -> None:
                web.asked.append(self.path)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    folder = tmp_path / "web"
    folder.mkdir()
    web = Web(folder)
    yield web
    web.server.shutdown()


def served_set(project: Project, web: Web, **keys: object) -> Path:
    """The small set, of which nothing but the dataset file is on this disk."""
    small = write_small_set(project, audio=["audio/clips.zip"], **keys)
    for name in ("ontology.json", "classes.csv", "train.csv"):
        shutil.move(small / name, web.folder / name)
    with zipfile.ZipFile(web.folder / "clips.zip", "w") as archive:
        for file in sorted((small / "audio").iterdir()):
            archive.write(file, file.name)
    shutil.rmtree(small / "audio")
    entries = [
        {"url": f"{web.address}/{name}", "to": name, "bytes": (web.folder / name).stat().st_size}
        for name in ("ontology.json", "classes.csv", "train.csv")
    ]
    sha256 = hashlib.sha256((web.folder / "clips.zip").read_bytes()).hexdigest()
    entries.append({"url": f"{web.address}/clips.zip", "to": "audio/clips.zip", "sha256": sha256})
    settings = yaml.safe_load((small / "set.yaml").read_text()) | {"acquire": entries}
    (small / "set.yaml").write_text(yaml.safe_dump(settings))
    return small


def test_one_command_on_an_empty_disk(tmp_path: Path, web: Web) -> None:
    project = Project(tmp_path)
    small = served_set(project, web)
    run = project.run("--config", SET)
    assert run.jobs["fetch"] == 2  # the labels of known size together, the archive by itself
    assert project.ask("SELECT status, count(*) FROM clips GROUP BY ALL") == [("usable", 3)]
    assert (small / "audio/clips.zip").read_bytes() == (web.folder / "clips.zip").read_bytes()
    asked = len(web.asked)
    again = project.run("--config", SET)
    assert again.jobs.total() == 0
    assert len(web.asked) == asked


def test_what_is_there_is_taken_as_it_is_and_the_rest_comes_when_it_is_asked_for(tmp_path: Path, web: Web) -> None:
    project = Project(tmp_path)
    small = served_set(project, web)
    for name in ("ontology.json", "classes.csv", "train.csv"):
        shutil.copy(web.folder / name, small / name)
    (small / "audio").mkdir()
    with zipfile.ZipFile(web.folder / "clips.zip") as served, zipfile.ZipFile(small / "audio/clips.zip", "w") as mine:
        first = served.namelist()[0]
        mine.writestr(first, served.read(first))
    project.run("--config", SET)
    assert web.asked == []
    assert sorted(project.ask("SELECT status, count(*) FROM clips GROUP BY ALL")) == [("missing", 2), ("usable", 1)]
    (small / "audio/clips.zip").unlink()
    gone = project.run("--config", SET, expect=1)  # it was there, and its disk may not be mounted
    assert "An earlier run read it and it is gone since. Is it mounted?" in gone.output
    assert web.asked == []
    [shards] = (tmp_path / "results/audio").glob("*/tables/shards.json")
    assert f"remove {shards.relative_to(tmp_path)} and run again" in gone.output
    shards.unlink()
    run = project.run("acquire", "--config", SET)
    assert [path for path in web.asked if "clips.zip" in path]
    assert run.jobs["ingest"] == 0
    project.run("--config", SET)
    assert project.ask("SELECT status, count(*) FROM clips GROUP BY ALL") == [("usable", 3)]


def test_what_was_fetched_and_taken_away_is_not_fetched_again_without_a_word(tmp_path: Path, web: Web) -> None:
    project = Project(tmp_path)
    small = served_set(project, web)
    project.run("--config", SET)
    (small / "train.csv").unlink()
    asked = len(web.asked)
    run = project.run("--config", SET, expect=1)
    assert "An earlier run fetched it and it is gone since" in run.output
    assert "remove results/small/acquired and results/small/tables/promised.parquet and run again" in run.output
    assert len(web.asked) == asked
    shutil.rmtree(tmp_path / "results/small/acquired")
    (tmp_path / "results/small/tables/promised.parquet").unlink()
    project.run("--config", SET)
    assert (small / "train.csv").is_file()
    assert not [path for path in web.asked[asked:] if "clips" in path]  # it is there, with its digest


def test_a_file_that_nobody_publishes_a_digest_of_is_the_one_that_was_seen_first(tmp_path: Path, web: Web) -> None:
    project = Project(tmp_path)
    small = served_set(project, web)
    project.run("acquire", "--config", SET)
    (small / "train.csv").unlink()
    shutil.rmtree(tmp_path / "results/small/acquired")
    served = web.folder / "train.csv"
    served.write_bytes(bytes(reversed(served.read_bytes())))  # of the same length
    run = project.run("acquire", "--config", SET, expect=1)
    assert "it should be the file that was seen first" in run.output
    assert not (small / "train.csv").exists()


def test_terms_are_asked_for_before_anything_is_fetched(tmp_path: Path, web: Web) -> None:
    project = Project(tmp_path)
    served_set(project, web, rights={"terms": "Research only: https://example.org/terms."})
    run = project.run("--config", SET, expect=1)
    assert "Research only: https://example.org/terms." in run.output
    assert "accept_terms" in run.output
    assert web.asked == []
    project.run("--config", SET, "accept_terms=['small']")
    assert project.ask("SELECT count(*) FROM clips WHERE usable") == [(3,)]


def test_offline_tells_what_is_missing(tmp_path: Path, web: Web) -> None:
    project = Project(tmp_path)
    served_set(project, web)
    run = project.run("--config", SET, "offline=True", expect=1)
    assert web.asked == []
    assert "train.csv" in run.output
    assert "offline" in run.output


def test_a_wrong_digest_ends_the_run_and_leaves_nothing_under_the_final_name(tmp_path: Path, web: Web) -> None:
    project = Project(tmp_path)
    small = served_set(project, web)
    with (web.folder / "clips.zip").open("ab") as file:
        file.write(b"more")
    run = project.run("--config", SET, expect=1)
    assert "sha256" in run.output
    assert not (small / "audio/clips.zip").exists()
    assert sum("clips.zip" in path for path in web.asked) == 1  # another try would bring the same
    assert (small / "train.csv").is_file()


def test_archives_are_unpacked_once_and_may_be_deleted(tmp_path: Path, web: Web) -> None:
    project = Project(tmp_path)
    small = served_set(project, web)
    settings = yaml.safe_load((small / "set.yaml").read_text())
    settings["acquire"][-1] |= {"to": "packed/clips.zip", "unpack": "audio"}
    settings["audio"] = ["audio"]
    (small / "set.yaml").write_text(yaml.safe_dump(settings))
    project.run("--config", SET)
    assert project.ask("SELECT status, count(*), any_value(member) IS NULL FROM clips GROUP BY ALL") == [
        ("usable", 3, True)
    ]
    (small / "packed/clips.zip").unlink()
    asked = len(web.asked)
    assert project.run("--config", SET).jobs.total() == 0
    assert len(web.asked) == asked
