"""One job's share: every row has its outcome, whatever became of its file."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.fetch.faulty import FaultyServer, Served, faulty_server
from workflow_scripts.acquire.first_seen import FirstSeen, read_first_seen
from workflow_scripts.acquire.lists import fetch_named, fetch_rows
from workflow_scripts.acquire.rows import to_fetch
from workflow_scripts.acquire.suffixes import rename_by_content
from workflow_scripts.fetch.remote_file import FetchError
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
    refused = row | {"media_key": "c", "refused": "same_path"}
    rows = wanted(row | {"media_key": "a/b"}, row | {"media_key": "a\\b"}, refused)
    fetched = fetch_rows(rows, FirstSeen(tmp_path / "seen.jsonl"), lambda path: None, offline=False)
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
    fetched = fetch_rows(wanted(*rows), FirstSeen(tmp_path / "seen.jsonl"), lambda path: None, offline=False)
    assert outcomes(fetched, "media_key") == [("bad", "refused", "bad_address"), ("good", "there", None)]


def test_a_name_below_an_address_that_nothing_can_be_called_is_refused_alone(
    server: FaultyServer, tmp_path: Path
) -> None:
    good = {"address": server.put("/good.wav", Served(WAV)), "path": str(tmp_path / "good.wav")}
    with Client() as client:
        fetched = fetch_named(
            wanted(good, {"address": server.address("/../x"), "path": "", "refused": "no_file_name"}),
            client,
            FirstSeen(tmp_path / "seen.jsonl"),
            lambda path, progress: None,
        )
    assert outcomes(fetched) == [("refused", "no_file_name"), ("there", None)]


def test_a_file_is_not_renamed_over_another(tmp_path: Path) -> None:
    (tmp_path / "two").write_bytes(WAV)
    (tmp_path / "two.wav").write_bytes(b"another")
    assert rename_by_content(tmp_path / "two") == tmp_path / "two"
    assert (tmp_path / "two.wav").read_bytes() == b"another"


def named(rows: pl.DataFrame, notes: Path) -> pl.DataFrame:
    """As a job does it: its notes are in a file that may be called otherwise with each plan."""
    with Client() as client:
        return fetch_named(
            rows, client, read_first_seen(notes, rows.iter_rows(named=True)), lambda path, progress: None
        )


def test_other_bytes_than_were_seen_first_are_told_and_not_taken(server: FaultyServer, tmp_path: Path) -> None:
    file, notes = tmp_path / "a.csv", tmp_path / "kept/first_seen"
    rows = wanted({"address": server.put("/a.csv", Served(b"first")) + "?key=secret", "path": str(file)})
    first = named(rows, notes / "audio.all.jsonl")["sha256"][0]
    assert "secret" not in (notes / "audio.all.jsonl").read_text()
    file.unlink()
    named(rows, notes / "audio.0.jsonl")
    file.unlink()
    server.put("/a.csv", Served(b"other"))
    with pytest.raises(FetchError) as error:
        named(rows, notes / "audio.1.jsonl")
    other = hashlib.sha256(b"other").hexdigest()
    for word in (first, other, f"remove the line of {file} from {notes / 'audio.all.jsonl'}"):
        assert word in str(error.value)
    assert not file.exists()
    (notes / "audio.all.jsonl").write_text("")
    assert named(rows, notes / "audio.1.jsonl")["sha256"][0] == other
    assert other in (notes / "audio.1.jsonl").read_text()


def test_what_somebody_put_there_is_not_held_against_what_was_seen_first(server: FaultyServer, tmp_path: Path) -> None:
    rows = wanted({"address": server.put("/a.csv", Served(b"first")), "path": str(tmp_path / "a.csv")})
    named(rows, tmp_path / "seen/all.jsonl")
    (tmp_path / "a.csv").write_bytes(b"mended by hand")
    assert outcomes(named(rows, tmp_path / "seen/all.jsonl")) == [("there", None)]


def test_files_of_rows_are_held_against_what_was_seen_first(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/x", Served(WAV))
    rows = wanted({"address": address, "path": str(tmp_path / "two"), "media_key": "two"})

    def fetched() -> list[tuple[Any, ...]]:
        seen = read_first_seen(tmp_path / "seen/all.jsonl", rows.iter_rows(named=True))
        return outcomes(fetch_rows(rows, seen, lambda path: None, offline=False))

    assert fetched() == [("there", None)]
    (tmp_path / "two.wav").unlink()
    server.put("/x", Served(WAV + b"other"))
    assert fetched() == [("failed", "wrong_digest")]
