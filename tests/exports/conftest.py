"""Fixtures of the tests of exports."""

import pytest

from tests.exports.small_run import SmallAudioset, make_small_audioset


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallAudioset:
    """A small AudioSet, resolved. Tests read it and change nothing."""
    return make_small_audioset(tmp_path_factory.mktemp("small"))
