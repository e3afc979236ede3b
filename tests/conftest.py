"""Fixtures that many tests share: the real data beside the checkout, and projects to run the workflow in."""

from pathlib import Path

import pytest

from tests.project import Project

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
