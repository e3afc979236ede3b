"""One job's share: every row has its outcome, whatever became of its file."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.fetch.faulty import Fault, FaultyServer, Served, faulty_server
from workflow_scripts.acquire.first_seen import FirstSeen, read_first_seen
from workflow_scripts.acquire.lists import fetch_named, fetch_rows
from workflow_scripts.acquire.rows import to_fetch
from workflow_scripts.acquire.suffixes import rename_by_content
from workflow_scripts.acquire.told import Teller
from workflow_scripts.check.passing import PassingFault
from workflow_scripts.fetch.remote_file import FetchError

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
    fetched, _ = fetch_rows(rows, FirstSeen(tmp_path / "seen.jsonl"), lambda path: None, offline=False)
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
    fetched, _ = fetch_rows(wanted(*rows), FirstSeen(tmp_path / "seen.jsonl"), lambda path: None, offline=False)
    assert outcomes(fetched, "media_key") == [("bad", "refused", "bad_address"), ("good", "there", None)]


def test_a_name_below_an_address_that_nothing_can_be_called_is_refused_alone(
    server: FaultyServer, tmp_path: Path
) -> None:
    good = {"address": server.put("/good.wav", Served(WAV)), "path": str(tmp_path / "good.wav")}
    rows = wanted(good, {"address": server.address("/../x"), "path": "", "refused": "no_file_name"})
    fetched = named(rows, tmp_path / "seen.jsonl")
    assert outcomes(fetched) == [("refused", "no_file_name"), ("there", None)]


def test_a_file_is_not_renamed_over_another(tmp_path: Path) -> None:
    (tmp_path / "two").write_bytes(WAV)
    (tmp_path / "two.wav").write_bytes(b"another")
    assert rename_by_content(tmp_path / "two") == tmp_path / "two"
    assert (tmp_path / "two.wav").read_bytes() == b"another"


def named(rows: pl.DataFrame, notes: Path) -> pl.DataFrame:
    """As a job does it: its notes are in a file that may be called otherwise with each plan."""
    seen = read_first_seen(notes, rows.iter_rows(named=True))
    with Teller(notes.with_name("progress.json"), len(rows)) as told:
        return fetch_named(rows, seen, told, offline=False)


def test_files_of_a_batch_come_side_by_side_and_no_more_than_a_host_allows(
    server: FaultyServer, tmp_path: Path
) -> None:
    """One after another they would take four seconds."""
    addresses = [server.put(f"/{n}.wav", Served(bytes(10_000), bytes_a_s=50_000)) for n in range(20)]
    began = time.monotonic()
    rows = wanted(*({"address": one, "path": str(tmp_path / one.rpartition("/")[2])} for one in addresses))
    assert set(named(rows, tmp_path / "seen.jsonl")["status"]) == {"there"}
    assert time.monotonic() - began < 2.5
    assert 1 < server.connections <= 4


def test_all_of_a_batch_are_tried_before_one_that_cannot_be_had_ends_it(server: FaultyServer, tmp_path: Path) -> None:
    here = [server.put(f"/{n}.csv", Served(b"%d" % n)) for n in range(5)]
    gone = [server.address(f"/gone{n}.csv") for n in range(2)]
    rows = wanted(*({"address": one, "path": str(tmp_path / one.rpartition("/")[2])} for one in (*gone, *here)))
    with pytest.raises(FetchError) as error:
        named(rows, tmp_path / "seen/audio.jsonl")
    assert error.value.reason == "not_found"
    assert all(one in str(error.value) for one in gone)
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == [f"{n}.csv" for n in range(5)]
    assert len((tmp_path / "seen/audio.jsonl").read_text().splitlines()) == 5


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


def test_an_address_with_another_query_may_be_of_another_file(server: FaultyServer, tmp_path: Path) -> None:
    file, notes = tmp_path / "a.csv", tmp_path / "seen/all.jsonl"
    for number, body in ((1, b"first"), (2, b"second")):
        address = server.put("/a.csv", Served(body)) + f"?id={number}"
        assert outcomes(named(wanted({"address": address, "path": str(file)}), notes)) == [("there", None)]
        file.unlink()


def test_what_somebody_put_there_is_not_held_against_what_was_seen_first(server: FaultyServer, tmp_path: Path) -> None:
    rows = wanted({"address": server.put("/a.csv", Served(b"first")), "path": str(tmp_path / "a.csv")})
    named(rows, tmp_path / "seen/all.jsonl")
    (tmp_path / "a.csv").write_bytes(b"mended by hand")
    assert outcomes(named(rows, tmp_path / "seen/all.jsonl")) == [("there", None)]


def test_files_of_rows_are_held_against_what_was_seen_first(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/x", Served(WAV))
    rows = wanted({"address": address, "path": str(tmp_path / "two"), "media_key": "two"})

    def fetched() -> tuple[list[tuple[Any, ...]], list[PassingFault]]:
        seen = read_first_seen(tmp_path / "seen/all.jsonl", rows.iter_rows(named=True))
        became, passing = fetch_rows(rows, seen, lambda path: None, offline=False)
        return outcomes(became), passing

    assert fetched() == ([("there", None)], [])
    (tmp_path / "two.wav").unlink()
    server.put("/x", Served(WAV + b"other"))
    assert fetched() == ([("failed", "wrong_digest")], [])


def test_another_run_asks_again_for_what_may_come_then(server: FaultyServer, tmp_path: Path) -> None:
    """A page in place of a file is given again; a server that is busy may not be; what is in the way may be moved."""
    (tmp_path / "folder.wav").mkdir()
    server.put("/folder.wav", Served(WAV))
    server.put("/page.wav", Served(b"<!doctype html>", kind="text/html"))
    server.put("/busy.wav", Served(faults=[Fault(503, {"Retry-After": "9999"})] * 9))
    names = ["folder", "page", "busy"]
    rows = [
        {"address": server.address(f"/{name}.wav"), "path": str(tmp_path / f"{name}.wav"), "media_key": name}
        for name in names
    ]
    found = [
        fetch_rows(wanted(row), FirstSeen(tmp_path / "seen.jsonl"), lambda path: None, offline=False) for row in rows
    ]
    assert [outcomes(became)[0] for became, _ in found] == [
        ("failed", "another_file"),
        ("failed", "a_page"),
        ("failed", "busy"),
    ]
    assert [[fault.kind for fault in passing] for _, passing in found] == [["another_file"], [], ["busy"]]


def test_hosts_that_rows_name_are_asked_politely(server: FaultyServer, tmp_path: Path) -> None:
    server.put("/robots.txt", Served(b"User-agent: *\nDisallow: /private", kind="text/plain"))
    addresses = [server.put(f"/{name}.wav", Served(WAV)) for name in ("private", "0", "1", "2", "3")]
    rows = wanted(
        *(
            {"address": one, "path": str(tmp_path / one.rpartition("/")[2]), "media_key": str(n)}
            for n, one in enumerate(addresses)
        )
    )
    began = time.monotonic()
    fetched, _ = fetch_rows(rows, FirstSeen(tmp_path / "seen.jsonl"), lambda path: None, offline=False)
    assert outcomes(fetched, "media_key")[0] == ("0", "refused", "robots")
    assert server.times("/private.wav") == 0
    assert time.monotonic() - began >= 0.4
