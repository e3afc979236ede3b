"""One job's share: every row has its outcome, whatever became of its file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.fetch.faulty import FaultyServer, Served, faulty_server
from workflow_scripts.acquire.lists import fetch_named, fetch_rows
from workflow_scripts.acquire.rows import to_fetch
from workflow_scripts.acquire.suffixes import rename_by_content
from workflow_scripts.fetch.session import Client

WAV = b"RIFF\x24\x00\x00\x00WAVE"


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty_server() as server:
        yield server


def wanted(*rows: dict[str, Any]) -> pl.DataFrame:
    return to_fetch("acquire[0]", [{"mirrors": []} | row for row in rows])


def outcomes(fetched: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    strings = [pl.col(name).cast(pl.String) for name in (*columns, "status", "reason")]
    return sorted(fetched.select(strings).rows(), key=str)


def test_all_rows_of_one_path_have_its_outcome(server: FaultyServer, tmp_path: Path) -> None:
    row = {"address": server.put("/x", Served(WAV)), "path": str(tmp_path / "two")}
    fetched = fetch_rows(
        wanted(
            row | {"media_key": "a/b"}, row | {"media_key": "a\\b"}, row | {"media_key": "c", "refused": "same_path"}
        ),
        offline=False,
        told=lambda path: None,
    )
    assert outcomes(fetched, "media_key") == [
        ("a/b", "there", None),
        ("a\\b", "there", None),
        ("c", "refused", "same_path"),
    ]
    assert set(fetched.filter(pl.col("status").cast(pl.String) == "there")["path"]) == {str(tmp_path / "two.wav")}
    assert server.times("/x") == 1


def test_a_bad_address_of_a_row_is_refused_and_the_others_come(server: FaultyServer, tmp_path: Path) -> None:
    rows = [
        {"address": server.put("/good.wav", Served(WAV)), "path": str(tmp_path / "good.wav"), "media_key": "good"},
        {"address": "http://[bad/x.wav", "path": str(tmp_path / "bad.wav"), "media_key": "bad"},
    ]
    fetched = fetch_rows(wanted(*rows), offline=False, told=lambda path: None)
    assert outcomes(fetched, "media_key") == [("bad", "refused", "bad_address"), ("good", "there", None)]


def test_a_name_below_an_address_that_nothing_can_be_called_is_refused_alone(
    server: FaultyServer, tmp_path: Path
) -> None:
    good = {"address": server.put("/good.wav", Served(WAV)), "path": str(tmp_path / "good.wav")}
    with Client() as client:
        fetched = fetch_named(
            wanted(good, {"address": server.address("/../x"), "path": "", "refused": "no_file_name"}),
            client,
            lambda path, progress: None,
        )
    assert outcomes(fetched) == [("refused", "no_file_name"), ("there", None)]


def test_a_file_is_not_renamed_over_another(tmp_path: Path) -> None:
    (tmp_path / "two").write_bytes(WAV)
    (tmp_path / "two.wav").write_bytes(b"another")
    assert rename_by_content(tmp_path / "two") == tmp_path / "two"
    assert (tmp_path / "two.wav").read_bytes() == b"another"
