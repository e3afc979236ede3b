"""What changes, breaks off or is slow below a root that is an address, between its scan and its check: it may pass."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.fetch.faulty import FaultyServer, Served, faulty_server
from tests.fetch.stores import AS_SOMEBODY, s3_server
from tests.made_files import noise16, wav
from tests.project import Finished, Project
from tests.workflow.small_set import IDS, write_small_set

pytestmark = [pytest.mark.slow, pytest.mark.consumer]
FIRST, *_ = NAMES = [f"Y{one}.wav" for one in IDS]
DAYS = {name: f"Thu, 0{day} Jan 2026 00:00:00 GMT" for day, name in enumerate(("before", "after"), 1)}


def sounds(seed: int) -> dict[str, bytes]:
    return {name: wav(noise16(16_000, seed=seed + number)) for number, name in enumerate(NAMES)}


def zipped(seed: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in sounds(seed).items():
            archive.writestr(name, content)
    return file.getvalue()


@dataclass
class World:
    """Two small sets: one has its sounds loose on S3, the other in a zip of a web server that knows no ETags."""

    project: Project
    server: FaultyServer
    store: Any

    def run(self, *options: str, **config: str) -> Finished:
        more = [f"{key}={value}" for key, value in config.items()]
        datasets = "datasets=['loose/set.yaml','packed/set.yaml']"
        return self.project.run(*options, "--config", datasets, *more, "--", "catalogue")

    def scan(self) -> None:
        """Look at both roots and list them, and go no further."""
        self.run("--until", "scan")

    def kinds(self) -> dict[str, list[str]]:
        """The kinds of faults of each set."""
        told = self.project.ask(
            "SELECT DISTINCT dataset, error_kind FROM roots JOIN checks USING (root) "
            "WHERE error_kind IS NOT NULL ORDER BY ALL"
        )
        return {name: [kind for of, kind in told if of == name] for name in ("loose", "packed")}

    def decoded(self) -> int:
        """Media that the last checks decoded."""
        logs = (self.project.folder / "results/logs/check").rglob("*.log")
        return sum(int(re.findall(r"(\d+) decoded", log.read_text())[-1]) for log in logs)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    s3fs = pytest.importorskip("s3fs", reason="`make remote` installs it")
    project = Project(tmp_path_factory.mktemp("faults") / "project")
    with faulty_server() as server, s3_server() as s3, pytest.MonkeyPatch.context() as patch:
        for name, value in {**AS_SOMEBODY, "AWS_ENDPOINT_URL": s3}.items():
            patch.setenv(name, value)
        requests.put(f"{s3}/sounds", timeout=30).raise_for_status()
        world = World(project, server, s3fs.S3FileSystem(endpoint_url=s3, skip_instance_cache=True))
        for name, content in sounds(0).items():
            world.store.pipe_file(f"sounds/{name}", content)
        packed = server.put("/all.zip", Served(zipped(0), etag=None, modified=DAYS["before"]))
        write_small_set(project, "loose", audio=["s3://sounds"], exports=[])
        write_small_set(project, "packed", audio=[packed], exports=[], allow_loss=["audio"])
        yield world


def test_what_changes_between_listing_and_check_is_looked_at_again_by_the_next_run(world: World) -> None:
    world.scan()
    world.store.pipe_file(f"sounds/{FIRST}", sounds(7)[FIRST])
    world.server.files["/all.zip"].body = zipped(7)
    world.server.files["/all.zip"].modified = DAYS["after"]
    changed = world.run(look="never")
    assert "(4 changed): the next run looks again" in changed.output
    assert world.kinds() == {"loose": ["changed"], "packed": ["changed"]}
    again = world.run()
    assert (again.jobs["scan"], again.jobs["check"]) == (2, 2)
    assert world.decoded() == 4
    assert world.project.ask("SELECT DISTINCT status FROM clips") == [("usable",)]
    assert world.run().jobs == {}


def test_a_connection_that_breaks_is_looked_at_again_and_a_slow_one_is_waited_for(world: World) -> None:
    served = world.server.files["/all.zip"]
    served.body, served.modified = zipped(8), DAYS["before"]
    world.scan()
    served.drops_after = 10
    broken = world.run(look="never")
    assert "(3 io_error): the next run looks again" in broken.output
    assert world.kinds() == {"loose": [], "packed": ["io_error"]}
    served.drops_after, served.bytes_a_s = None, 40_000
    again = world.run()
    assert (again.jobs["scan"], again.jobs["check"]) == (0, 1)
    assert world.project.ask("SELECT DISTINCT status FROM clips") == [("usable",)]
    served.bytes_a_s = None


def test_runs_of_one_set_and_of_both_by_turns_have_nothing_to_do(world: World) -> None:
    world.run()
    for datasets in ("['loose/set.yaml']", "['loose/set.yaml','packed/set.yaml']"):
        assert world.project.run("--config", f"datasets={datasets}", "--", "catalogue").jobs["scan"] == 0
