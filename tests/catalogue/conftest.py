"""Fixtures of the tests of the catalogue."""

from collections.abc import Iterator

import duckdb
import pytest

from tests.exports.small_run import SmallAudioset, make_small_audioset
from workflow_scripts.catalogue.build import build_catalogue


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallAudioset:
    """A small AudioSet with its catalogue. Tests read it and change nothing."""
    small = make_small_audioset(tmp_path_factory.mktemp("catalogue"))
    build_catalogue(small.contents, small.folder / "results/catalog.duckdb")
    return small


@pytest.fixture
def catalogue(small: SmallAudioset) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(small.folder / "results/catalog.duckdb"), read_only=True) as connection:
        yield connection
