"""Places that exports are delivered to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deliver.places import Place, a_bucket, a_folder, a_hub, google, moto

KINDS = [
    "folder",
    pytest.param("s3", marks=pytest.mark.consumer),
    pytest.param("gs", marks=pytest.mark.consumer),
    "hf",
]


@pytest.fixture(scope="session")
def moto_port() -> Iterator[int]:
    with moto() as port:
        yield port


@pytest.fixture(scope="session")
def google_port() -> Iterator[int]:
    with google() as port:
        yield port


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A place of each kind in turn."""
    yield from _place(request.param, request, tmp_path)


@pytest.fixture(params=KINDS[1:])
def served_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Those that lie behind a network."""
    yield from _place(request.param, request, tmp_path)


def _place(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if kind == "folder":
        with a_folder(tmp_path / "there") as place:
            yield place
    elif kind == "hf":
        with a_hub() as place:
            yield place
    else:
        port = request.getfixturevalue("moto_port" if kind == "s3" else "google_port")
        with a_bucket(kind, port, f"b{abs(hash(str(tmp_path))):x}"[:20]) as place:
            yield place
