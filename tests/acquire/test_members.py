"""Members of a zip that a server has: in an excerpt under its name, no byte twice, and never taken for all of it."""

import hashlib
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.fetch.faulty import Fault, FaultyServer, Served, faulty_server
from workflow_scripts.acquire.directories import directory_of
from workflow_scripts.acquire.first_seen import read_first_seen
from workflow_scripts.acquire.lists import fetch_named
from workflow_scripts.acquire.members import fetch_members, members_at
from workflow_scripts.acquire.narrowing import Narrowing
from workflow_scripts.acquire.rows import to_fetch
from workflow_scripts.acquire.told import Teller
from workflow_scripts.fetch.fetcher import Fetched
from workflow_scripts.fetch.patience import Patience
from workflow_scripts.fetch.remote_file import FetchError
from workflow_scripts.fetch.session import Client
from workflow_scripts.media.archives import list_members
from workflow_scripts.media.archives.excerpt import excerpt_of, is_excerpt

CHANGED = "Wed, 21 Oct 2026 07:28:00 GMT"
HURRIED = Patience(connect_s=2, stall_s=2, tries=1, backoff_s=0.01)
SIZE = 200_000


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty_server() as server:
        yield server


@pytest.fixture(params=[zipfile.ZIP64_LIMIT, 1000], ids=["32 bits", "64 bits"])
def _numbers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Zips are written as they are, and as if of members of 2 GiB and more: sizes and places take 64 bits."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", request.param)


def sound(number: int) -> bytes:
    """Half of it can be packed."""
    return random.Random(number).randbytes(SIZE // 2) + bytes(SIZE // 2)


def made_zip(path: Path, numbers: range, names: str = "wav/é {}.wav", packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    with zipfile.ZipFile(path, "w", packed) as archive:
        archive.writestr("readme.txt", "not asked for")
        for number in numbers:
            archive.writestr(names.format(number), sound(number))
    return path.read_bytes()


def row(address: str, to: Path, wanted: set[int]) -> dict[str, Any]:
    """What a plan says of it."""
    with Client(HURRIED) as client:

        def called(paths: Any) -> set[str]:
            return {path for path in paths if int(path.rpartition(" ")[2].removesuffix(".wav")) in wanted}

        narrowing = Narrowing(called, lambda one: members_at(one, client))
        entry = {"address": address, "to": str(to)}
        [said] = narrowing.rows([{"address": address, "path": str(to), "mirrors": []}], entry)
    return to_fetch("acquire[0]", [said]).row(0, named=True)


def fetched(row: dict[str, Any]) -> Fetched:
    with Client(HURRIED) as client:
        return fetch_members(row, client, lambda progress: None)


def held(path: Path) -> dict[int, bytes]:
    """What an excerpt holds, as the standard library reads it."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {int(name.rpartition(" ")[2].removesuffix(".wav")): archive.read(name) for name in archive.namelist()}


@pytest.mark.usefixtures("_numbers")
@pytest.mark.parametrize("packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_no_more_comes_than_is_wanted_and_later_no_more_than_is_new(
    server: FaultyServer, tmp_path: Path, packed: int
) -> None:
    body = made_zip(tmp_path / "made", range(40), packed=packed)
    address, to = server.put("/a.zip", Served(body, modified=CHANGED)), tmp_path / "audio/a.zip"
    one = len(body) / 40
    had = fetched(row(address, to, {3, 20}))
    assert held(to) == {number: sound(number) for number in (3, 20)}
    assert had.sha256 == hashlib.sha256(to.read_bytes()).hexdigest()
    listing = list_members(str(to), 0)
    assert (sorted(media.member or "" for media in listing.members), listing.damages) == (
        ["wav/é 20.wav", "wav/é 3.wav"],
        [],
    )
    assert server.sent("/a.zip") < 3 * one
    before = server.sent("/a.zip")
    fetched(row(address, to, {3, 20, 7, 39}))
    assert held(to) == {number: sound(number) for number in (3, 7, 20, 39)}
    assert server.sent("/a.zip") - before < 3 * one
    fetched(row(address, to, {7}))
    assert set(held(to)) == {3, 7, 20, 39}  # what came once stays
    assert [path.name for path in to.parent.iterdir()] == ["a.zip"]


def all_of_it(address: str, to: Path, **published: Any) -> pl.DataFrame:
    wanted = to_fetch("acquire[0]", [{"address": address, "path": str(to), "mirrors": []} | published])
    seen = read_first_seen(to.parent.parent / "seen.jsonl", wanted.iter_rows(named=True))
    with Teller(to.parent.parent / "note.json", 1) as told:
        return fetch_named(wanted, seen, told, offline=False)


@pytest.mark.usefixtures("_numbers")
def test_of_all_of_it_what_the_excerpt_had_comes_no_second_time(server: FaultyServer, tmp_path: Path) -> None:
    body = made_zip(tmp_path / "made", range(40))
    address, to = server.put("/a.zip", Served(body, modified=CHANGED)), tmp_path / "audio/a.zip"
    fetched(row(address, to, set(range(30))))
    before = server.sent("/a.zip")
    had = all_of_it(address, to, sha256=hashlib.sha256(body).hexdigest())
    assert to.read_bytes() == body
    assert had["bytes"].to_list() == [len(body)]
    assert server.sent("/a.zip") - before < 0.3 * len(body)
    assert [path.name for path in to.parent.iterdir()] == ["a.zip"]
    before = server.sent("/a.zip")
    whole = row(address, to, {3})
    assert whole["members"] is None  # it is there, and stays
    assert server.sent("/a.zip") == before


def test_an_archive_that_changed_since_has_nothing_of_the_excerpt(server: FaultyServer, tmp_path: Path) -> None:
    address, to = server.put("/a.zip", Served(made_zip(tmp_path / "made", range(20)))), tmp_path / "audio/a.zip"
    fetched(row(address, to, {3, 5}))
    body = made_zip(tmp_path / "made", range(1, 20))
    server.put("/a.zip", Served(body))
    fetched(row(address, to, {3, 5, 9}))
    assert held(to) == {number: sound(number) for number in (3, 5, 9)}
    all_of_it(address, to)
    assert to.read_bytes() == body


@pytest.mark.usefixtures("_numbers")
def test_what_came_before_a_fault_is_gone_on_with(server: FaultyServer, tmp_path: Path) -> None:
    body = made_zip(tmp_path / "made", range(60), packed=zipfile.ZIP_STORED)
    served = Served(body, modified=CHANGED)
    address, to = server.put("/a.zip", served), tmp_path / "audio/a.zip"
    wanted = row(address, to, set(range(60)))
    directory = server.sent("/a.zip")
    served.refused_from = len(body) // 2
    with pytest.raises(FetchError):
        fetched(wanted)
    assert not to.exists()
    part = to.with_name(".a.zip.excerpt")
    with part.open("r+b") as file:  # as a power failure may leave it
        file.truncate(part.stat().st_size - 1000)
    served.refused_from = None
    fetched(wanted)
    assert len(held(to)) == 60
    assert server.sent("/a.zip") - directory < 1.35 * len(body)  # a stretch of 4 MiB at most


def test_a_member_that_is_damaged_is_told_and_no_excerpt_is_there(server: FaultyServer, tmp_path: Path) -> None:
    body = bytearray(made_zip(tmp_path / "made", range(4), packed=zipfile.ZIP_STORED))
    body[body.index(sound(2)) + 77] ^= 1
    address, to = server.put("/a.zip", Served(bytes(body))), tmp_path / "audio/a.zip"
    with pytest.raises(FetchError, match=r"its member wav/é 2\.wav is not what the directory .* has the CRC-32"):
        fetched(row(address, to, {1, 2, 3}))
    assert not to.exists()
    fetched(row(address, to, {1, 3}))
    assert set(held(to)) == {1, 3}


def test_an_excerpt_of_nothing_says_what_it_is_of(server: FaultyServer, tmp_path: Path) -> None:
    body = made_zip(tmp_path / "made", range(4))
    address, to = server.put("/a.zip", Served(body)), tmp_path / "audio/a.zip"
    fetched(row(address, to, set()))
    assert held(to) == {}
    told = excerpt_of(str(to))
    assert told is not None
    assert (told.address, told.bytes) == (address, len(body))
    assert list_members(str(to), 0).damages == []


def test_nothing_else_is_an_excerpt(tmp_path: Path) -> None:
    made_zip(tmp_path / "made.zip", range(2))
    assert not is_excerpt(str(tmp_path / "made.zip"))
    assert not is_excerpt(str(tmp_path / "none.zip"))
    assert not is_excerpt(str(tmp_path))


def test_the_next_mirror_tells_what_the_first_does_not(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/b.zip", Served(made_zip(tmp_path / "made", range(4))))
    gone = server.address("/gone.zip")
    with Client(HURRIED) as client:
        narrowing = Narrowing(set, lambda one: members_at(one, client))
        of = {"address": gone, "path": str(tmp_path / "a.zip"), "mirrors": [address]}
        [said] = narrowing.rows([of], {"address": gone, "to": str(tmp_path / "a.zip")})
        assert (said["address"], len(said["members"])) == (address, 4)
        with pytest.raises(FetchError):
            narrowing.rows([of | {"mirrors": []}], {"address": gone, "to": str(tmp_path / "a.zip")})


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.7z", "a.parquet", "a.zip"])
def test_what_cannot_be_had_in_parts_comes_whole_and_that_is_told(
    server: FaultyServer, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    address = server.put(f"/{name}", Served(b"no directory" * 9))
    with Client(HURRIED) as client:
        narrowing = Narrowing(set, lambda one: members_at(one, client))
        of = {"address": address, "path": str(tmp_path / name), "mirrors": [], "bytes": 108}
        assert narrowing.rows([of], {"address": address, "to": str(tmp_path / name)}) == [of]
    assert f"subset: {address} (108 bytes) is fetched whole: " in capsys.readouterr().err


def test_the_last_volume_of_a_zip_is_no_zip_by_itself(server: FaultyServer, tmp_path: Path) -> None:
    body = bytearray(made_zip(tmp_path / "made", range(4)))
    body[-18:-16] = (5).to_bytes(2, "little")  # it is the sixth
    address = server.put("/a.zip", Served(bytes(body)))
    with Client(HURRIED) as client:
        assert members_at(address, client) is None


def test_of_a_folder_come_files_of_chosen_clips_alone(tmp_path: Path) -> None:
    names = ("one.wav", "two.wav", "two.json", "pack.z01", "pack.zip", "rest.tar")
    rows = [{"address": f"hf://{name}", "path": f"{tmp_path}/{name}", "mirrors": []} for name in names]
    narrowing = Narrowing(lambda paths: {path for path in paths if "two" in path}, lambda one: None)
    found = narrowing.rows(rows, {"address": "hf://", "to": str(tmp_path)} | {"address": "hf://x/"})
    assert [row["address"] for row in found] == [f"hf://{name}" for name in names[1:]]


def test_a_directory_is_asked_for_again_where_the_archive_is_another(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(made_zip(tmp_path / "made", range(400)), modified=CHANGED))
    with Client(HURRIED) as client:
        told = directory_of(address, client, tmp_path / "kept")
        before = server.sent("/a.zip")
        assert directory_of(address, client, tmp_path / "kept") == told
        assert server.sent("/a.zip") - before <= 1  # a byte tells which version it is
        server.put("/a.zip", Served(made_zip(tmp_path / "made", range(7)), modified=CHANGED))
        again = directory_of(address, client, tmp_path / "kept")
        assert again is not None
        assert len(again[1]) == 7


def test_a_passing_fault_takes_nothing_whole(server: FaultyServer, tmp_path: Path) -> None:
    served = Served(made_zip(tmp_path / "made", range(4)), faults=[Fault(status=503)] * 9)
    address = server.put("/a.zip", served)
    with Client(HURRIED) as client, pytest.raises(FetchError):
        members_at(address, client)
