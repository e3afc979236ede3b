"""Fixtures of the audio tests."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.audio.workers import process_as_before

NOBODY = 65534


@pytest.fixture(autouse=True)
def _process_as_before() -> Iterator[None]:
    with process_as_before():
        yield


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
