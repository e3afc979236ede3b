"""Fixtures of the tests in which others read exports."""

from pathlib import Path

import pytest

from tests.exports.small_run import SmallAudioset, make_small_audioset

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallAudioset:
    """A small AudioSet, resolved, where consumers are installed. Tests read it and change nothing."""
    if not (ROOT / ".venv-consumers/installed").exists():
        pytest.skip("no .venv-consumers: `make test` makes it")
    return make_small_audioset(tmp_path_factory.mktemp("consumers"))
