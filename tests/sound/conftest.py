"""Each test leaves the process as it was."""

from collections.abc import Iterator

import pytest

from tests.workers import process_as_before


@pytest.fixture(autouse=True)
def _process_as_before() -> Iterator[None]:
    with process_as_before():
        yield
