"""Fixtures that many tests share: the real data beside the checkout, projects to run the workflow in, a cluster."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from filelock import FileLock
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.processes import process_as_before
from tests.project import Project
from tests.slurm.cluster import Cluster, NoSlurmError

REPOSITORY = Path(__file__).resolve().parents[1]
NOBODY = 65534


@pytest.fixture(autouse=True)
def _process_as_before() -> Iterator[None]:
    """What a check did to this process would be inherited by every workflow that a later test runs."""
    with process_as_before():
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real data beside the checkout; tests that need it are skipped where it is absent."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the real data in {folder}")
    return folder


@pytest.fixture(scope="session")
def sample_project(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Project:
    """The bundled sample, run once by `snakemake` as users run it. Tests read its results and change nothing.

    All processes of the tests share it: for the second of them nothing is left to be done.
    """
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "sample"
    with FileLock(f"{folder}.lock"):
        project = Project(folder)
        project.run()
    return project


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A Slurm of one node, stopped when the tests are done; tests that need it are skipped where it cannot be had."""
    cluster = Cluster(tmp_path_factory.mktemp("slurm"))
    try:
        cluster.start()
    except NoSlurmError as reason:
        pytest.skip(str(reason))
    yield cluster
    cluster.stop()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter; those of pytest are its user's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for below, _, _ in os.walk(folder):
        os.chmod(below, 0o755)
    shutil.rmtree(folder)


@pytest.fixture
def as_ordinary_user() -> Callable[[], AbstractContextManager[None]]:
    """Root may read everything; in this context the process is somebody who may not."""

    @contextlib.contextmanager
    def somebody() -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        try:
            os.seteuid(NOBODY)
        except OSError as error:
            pytest.skip(f"root may read all, and cannot become somebody else here: {error}")
        try:
            yield
        finally:
            os.seteuid(0)

    return somebody


class ByFile(LoadFileScheduling):
    """The tests of a file share what they made, so one process gets them all; those on the cluster are one file."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "slurm" if "/test_slurm_" in file else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: those on the cluster, which mostly wait, and whole workflows beside them."""
    for mark in ("slow", "slurm"):
        items.sort(key=lambda item, mark=mark: item.get_closest_marker(mark) is None)
