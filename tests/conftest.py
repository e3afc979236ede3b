"""Fixtures that many tests share: the real data beside the checkout, projects to run the workflow in, a cluster."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import Project
from tests.slurm.cluster import Cluster, NoSlurmError

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real data beside the checkout; tests that need it are skipped where it is absent."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the real data in {folder}")
    return folder


@pytest.fixture(scope="session")
def sample_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The bundled sample, run once by `snakemake` as users run it. Tests read its results and change nothing."""
    project = Project(tmp_path_factory.mktemp("sample"))
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
