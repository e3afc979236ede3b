"""A file is had whole or not at all, whatever its server does."""

import hashlib
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.fetch.faulty import Fault, FaultyServer, Served, faulty_server, some_bytes
from workflow_scripts.fetch import fetcher
from workflow_scripts.fetch.fetcher import Fetched, Wanted, fetch
from workflow_scripts.fetch.patience import Patience
from workflow_scripts.fetch.progress import FetchProgress
from workflow_scripts.fetch.remote_file import Digest, FetchError, RemoteFile
from workflow_scripts.fetch.session import Client

PATIENCE = Patience(connect_s=5, stall_s=5, tries=4, backoff_s=0.01, longest_wait_s=5)
BODY = some_bytes(3_000_000)


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty_server() as server:
        yield server


def had(wanted: Wanted, to: Path, patience: Patience = PATIENCE, connections: int = 4) -> Fetched:
    with Client(patience) as client:
        return fetch(wanted, to, client=client, connections=connections)


def not_had(wanted: Wanted, to: Path, patience: Patience = PATIENCE) -> FetchError:
    with pytest.raises(FetchError) as caught:
        had(wanted, to, patience)
    return caught.value


def sha256(body: bytes) -> Digest:
    return Digest("sha256", hashlib.sha256(body).hexdigest())


def lies_there(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_comes_whole_and_leaves_nothing_beside(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(BODY))
    found = had(Wanted(address, sha256(BODY), len(BODY)), tmp_path / "new" / "a.zip")
    assert (found.how, found.bytes, found.transferred) == ("fetched", len(BODY), len(BODY))
    assert found.sha256 == sha256(BODY).hex
    assert found.etag == server.files["/a.zip"].tag
    assert (tmp_path / "new" / "a.zip").read_bytes() == BODY
    assert lies_there(tmp_path / "new") == ["a.zip"]
    assert server.times("/a.zip") == 1


def test_parts_of_a_large_file_come_side_by_side_and_no_more_at_once_than_are_allowed(
    server: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after another, nine parts would take nine seconds."""
    monkeypatch.setattr("workflow_scripts.fetch.transfer.PIECE", 100_000)
    address = server.put("/a.zip", Served(BODY[:900_000], bytes_a_s=100_000))
    began = time.monotonic()
    assert had(Wanted(address), tmp_path / "a.zip", connections=4).transferred == 900_000
    assert time.monotonic() - began < 6
    assert (tmp_path / "a.zip").read_bytes() == BODY[:900_000]
    assert 2 <= server.connections <= 5  # the first part's, and four


def test_an_empty_file(server: FaultyServer, tmp_path: Path) -> None:
    assert had(Wanted(server.put("/empty.csv", Served(b""))), tmp_path / "empty.csv").bytes == 0
    assert (tmp_path / "empty.csv").read_bytes() == b""


def test_drops_midway_are_gone_on_with(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(BODY, faults=[Fault(drops_after=n) for n in (-1, 700_001, 12)]))
    assert had(Wanted(address), tmp_path / "a.zip").transferred == len(BODY)
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.sent("/a.zip") == len(BODY)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(server: FaultyServer, tmp_path: Path, status: int) -> None:
    address = server.put("/a.zip", Served(BODY, faults=[Fault(status), Fault(status)]))
    assert had(Wanted(address), tmp_path / "a.zip").bytes == len(BODY)
    assert server.times("/a.zip") == 3


def test_retry_after_is_waited_for_in_seconds_and_as_a_date(server: FaultyServer, tmp_path: Path) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
    for name, retry_after, at_least in (("s", "1", 1.0), ("d", soon, 1.0)):
        address = server.put(f"/{name}", Served(BODY, faults=[Fault(503, {"Retry-After": retry_after})]))
        began = time.monotonic()
        had(Wanted(address), tmp_path / name)
        assert time.monotonic() - began >= at_least


def test_a_server_that_asks_for_an_hour_is_left_alone(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(BODY, faults=[Fault(429, {"Retry-After": "3600"})]))
    error = not_had(Wanted(address), tmp_path / "a.zip")
    assert (error.reason, error.passing) == ("busy", True)
    assert "asks to wait 3,600 s" in str(error)
    assert server.times("/a.zip") == 1


def test_tries_end(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(BODY, faults=[Fault(500)] * 99))
    assert not_had(Wanted(address), tmp_path / "a.zip").reason == "server_error"
    assert server.times("/a.zip") == PATIENCE.tries
    assert lies_there(tmp_path) == []


@pytest.mark.parametrize(("status", "reason"), [(404, "not_found"), (410, "not_found"), (403, "refused")])
def test_what_is_gone_is_not_asked_for_again(server: FaultyServer, tmp_path: Path, status: int, reason: str) -> None:
    error = not_had(Wanted(server.put("/a.zip", Served(faults=[Fault(status)]))), tmp_path / "a.zip")
    assert (error.reason, error.passing) == (reason, False)
    assert server.times("/a.zip") == 1


def test_without_ranges_it_starts_over_and_says_so(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(BODY, ranges=False, faults=[Fault(drops_after=2_000_000)]))
    told: list[FetchProgress] = []
    with Client(PATIENCE) as client:
        fetch(Wanted(address), tmp_path / "a.zip", told.append, client=client)
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert "the server gives no parts" in " ".join(one.why for one in told if one.doing == "starting_over")


def test_a_server_without_ranges_that_always_drops_is_given_up(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(BODY, ranges=False, drops_after=2_500_000))
    assert not_had(Wanted(address), tmp_path / "a.zip").reason == "dropped"
    assert not (tmp_path / "a.zip").exists()


def test_a_source_that_changed_starts_over(server: FaultyServer, tmp_path: Path) -> None:
    other = some_bytes(len(BODY), seed=1)

    def change() -> None:
        server.files["/a.zip"].body = other

    address = server.put("/a.zip", Served(BODY, faults=[Fault(drops_after=2_000_000, then=change)]))
    assert had(Wanted(address), tmp_path / "a.zip").sha256 == sha256(other).hex


def test_a_source_that_changes_its_date_starts_over(server: FaultyServer, tmp_path: Path) -> None:
    other = some_bytes(len(BODY), seed=1)

    def change() -> None:
        server.files["/a.zip"].body, server.files["/a.zip"].modified = other, "Tue, 02 Jan 2024 00:00:00 GMT"

    first = Served(BODY, etag=None, modified="Mon, 01 Jan 2024 00:00:00 GMT")
    address = server.put("/a.zip", first)
    first.faults.append(Fault(drops_after=2_000_000, then=change))
    assert had(Wanted(address), tmp_path / "a.zip").sha256 == sha256(other).hex


def test_a_source_that_always_changes_is_given_up(server: FaultyServer, tmp_path: Path) -> None:
    def change() -> None:
        server.files["/a.zip"].body = some_bytes(len(BODY), seed=time.monotonic_ns())

    address = server.put("/a.zip", Served(BODY, faults=[Fault(drops_after=2_000_000, then=change)] * 99))
    assert not_had(Wanted(address), tmp_path / "a.zip").reason in ("changed", "dropped")
    assert not (tmp_path / "a.zip").exists()


def test_a_wrong_digest_never_gets_the_name(server: FaultyServer, tmp_path: Path) -> None:
    digest = sha256(b"what was published")
    error = not_had(Wanted(server.put("/a.zip", Served(BODY)), digest), tmp_path / "a.zip")
    assert error.reason == "wrong_digest"
    assert digest.hex in str(error)
    assert sha256(BODY).hex in str(error)
    assert lies_there(tmp_path) == []


def test_md5_is_held_too(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(BODY))
    had(Wanted(address, Digest("md5", hashlib.md5(BODY).hexdigest())), tmp_path / "a.zip")
    assert not_had(Wanted(address, Digest("md5", "0" * 32)), tmp_path / "b.zip").reason == "wrong_digest"


def test_the_next_mirror_is_asked(server: FaultyServer, tmp_path: Path) -> None:
    bad = server.put("/bad.zip", Served(some_bytes(len(BODY), seed=1)))
    good = server.put("/good.zip", Served(BODY))
    wanted = Wanted(bad, sha256(BODY), mirrors=(server.address("/none.zip"), good))
    assert had(wanted, tmp_path / "a.zip").address == good
    assert (tmp_path / "a.zip").read_bytes() == BODY


def test_where_no_mirror_has_it_all_are_named(server: FaultyServer, tmp_path: Path) -> None:
    bad = server.put("/bad.zip", Served(some_bytes(10)))
    error = not_had(Wanted(bad, sha256(BODY), mirrors=(server.address("/none.zip"),)), tmp_path / "a.zip")
    assert "/bad.zip: has sha256" in str(error)
    assert "/none.zip: the server says 404" in str(error)


def test_a_length_that_was_published_is_held(server: FaultyServer, tmp_path: Path) -> None:
    for served in (Served(BODY), Served(BODY, ranges=False), Served(BODY, ranges=False, chunked=True)):
        error = not_had(Wanted(server.put("/a.zip", served), bytes=len(BODY) - 1), tmp_path / "a.zip")
        assert error.reason == "wrong_length"
        assert "2,999,999" in str(error)
        assert not (tmp_path / "a.zip").exists()


def test_a_length_that_promises_too_much(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(BODY, ranges=False, claims=len(BODY) + 10))
    error = not_had(Wanted(address), tmp_path / "a.zip")
    assert (error.reason, error.passing) == ("dropped", True)
    assert "3,000,000 of 3,000,010" in str(error)
    assert not (tmp_path / "a.zip").exists()


def test_a_length_that_promises_too_little(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(BODY, ranges=False, claims=len(BODY) - 10))
    assert not_had(Wanted(address, sha256(BODY)), tmp_path / "a.zip").reason == "wrong_digest"
    assert not_had(Wanted(address, bytes=len(BODY)), tmp_path / "a.zip").reason == "wrong_length"


def test_a_body_without_length(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(BODY, ranges=False, chunked=True, faults=[Fault(drops_after=100_000)]))
    assert had(Wanted(address), tmp_path / "a.zip").sha256 == sha256(BODY).hex


def test_a_body_that_ends_where_the_connection_does_is_held_by_what_was_published(
    server: FaultyServer, tmp_path: Path
) -> None:
    address = server.put("/a.zip", Served(BODY, ranges=False, closes=True))
    error = not_had(Wanted(address), tmp_path / "a.zip")
    assert error.reason == "no_length"
    assert "Say `bytes`, `sha256` or `md5`" in str(error)
    assert lies_there(tmp_path) == []
    server.files["/a.zip"].faults.append(Fault(drops_after=1_000_000))
    assert had(Wanted(address, sha256(BODY), mirrors=(address,)), tmp_path / "a.zip").bytes == len(BODY)


def test_what_fails_of_many_parts_is_what_is_told(server: FaultyServer, tmp_path: Path) -> None:
    """And not that the others were stopped by it."""
    address = server.put("/a.zip", Served(some_bytes(230 << 20), refused_from=150 << 20))
    error = not_had(Wanted(address), tmp_path / "a.zip")
    assert error.reason == "refused"
    assert "403" in str(error)


def test_gzip_that_nobody_asked_for_is_decoded(server: FaultyServer, tmp_path: Path) -> None:
    text = b"0123456789abcdef" * 200_000
    for name, chunked in (("a", False), ("b", True)):
        address = server.put(f"/{name}.csv", Served(text, gzipped=True, ranges=False, chunked=chunked))
        assert had(Wanted(address, sha256(text), len(text)), tmp_path / f"{name}.csv").bytes == len(text)
    assert {one.headers["Accept-Encoding"] for one in server.asked} == {"identity"}


def test_gzip_in_parts_is_asked_for_as_a_whole(server: FaultyServer, tmp_path: Path) -> None:
    text = b"0123456789abcdef" * 200_000
    address = server.put("/a.csv", Served(text, gzipped=True))
    assert had(Wanted(address, sha256(text)), tmp_path / "a.csv").bytes == len(text)


def test_a_file_that_is_a_gz_stays_one(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.tar.gz", Served(BODY, headers={"Content-Encoding": "x-gzip"}))
    assert had(Wanted(address, sha256(BODY)), tmp_path / "a.tar.gz").bytes == len(BODY)


@pytest.mark.parametrize(
    "served",
    [
        Served(b"PK\x03\x04", kind="text/html; charset=utf-8"),
        Served(b"\n<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>"),
        Served(b"<html lang='en'>", kind="text/plain"),
    ],
)
def test_a_web_page_is_no_archive(server: FaultyServer, tmp_path: Path, served: Served) -> None:
    error = not_had(Wanted(server.put("/o/r/blob/main/a.zip", served)), tmp_path / "a.zip")
    assert error.reason == "a_page"
    assert "/resolve/" in str(error)
    assert lies_there(tmp_path) == []


def test_a_page_that_is_wanted_comes(server: FaultyServer, tmp_path: Path) -> None:
    page = Served(b"<!doctype html>", kind="text/html")
    assert had(Wanted(server.put("/a.html", page)), tmp_path / "a.html").how == "fetched"


def test_a_stall_is_tried_again(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(BODY, faults=[Fault(drops_after=1_000_000, stalls_s=4)]))
    quick = Patience(connect_s=5, stall_s=0.5, tries=4, backoff_s=0.01)
    assert had(Wanted(address), tmp_path / "a.zip", quick).bytes == len(BODY)
    assert server.times("/a.zip") == 2


def test_a_crawl_is_a_stall_by_its_bound_and_else_is_not(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.csv", Served(some_bytes(2_500), bytes_a_s=1_000))
    never_enough = Patience(stall_s=0.3, stall_bytes=100_000, tries=3, backoff_s=0.01)
    error = not_had(Wanted(address), tmp_path / "a.csv", never_enough)
    assert (error.reason, error.passing) == ("stalled", True)
    found = had(Wanted(address), tmp_path / "a.csv", Patience(stall_s=1, stall_bytes=1))
    assert found.bytes == 2_500
    assert found.transferred < 2_500  # what crawled in before was kept


def test_what_is_there_is_not_fetched(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(BODY))
    (tmp_path / "a.zip").write_bytes(BODY)
    found = had(Wanted(address, sha256(BODY), len(BODY)), tmp_path / "a.zip")
    assert (found.how, found.sha256, found.transferred) == ("present", sha256(BODY).hex, 0)
    assert server.asked == []


def test_another_file_is_not_overwritten(server: FaultyServer, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"mine")
    for wanted in (Wanted("http://x/a.zip", sha256(BODY)), Wanted("http://x/a.zip", bytes=5)):
        error = not_had(wanted, tmp_path / "a.zip")
        assert error.reason == "another_file"
        assert "move it away" in str(error)
        assert (tmp_path / "a.zip").read_bytes() == b"mine"


def test_an_unknown_scheme_names_those_that_there_are(tmp_path: Path) -> None:
    error = not_had(Wanted("htps://example.org/a.zip"), tmp_path / "a.zip")
    assert error.reason == "no_scheme"
    assert "file:" in str(error)
    assert "zenodo:" in str(error)
    assert "did you mean `https`?" in str(error)


def test_offline_connects_to_nobody(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(BODY))
    with Client(offline=True) as client, pytest.raises(FetchError, match="offline: true") as caught:
        fetch(Wanted(address), tmp_path / "a.zip", client=client)
    assert caught.value.reason == "offline"
    assert server.asked == []


def test_an_address_whose_signature_runs_out_is_signed_anew(
    server: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = some_bytes(70 << 20)
    first = server.put("/first", Served(body, faults=[Fault(), *[Fault(403)] * 9]))
    second = server.put("/second", Served(body))
    urls = iter([first, second])
    monkeypatch.setattr(fetcher, "locate", lambda address: RemoteFile(address, next(urls)))
    assert had(Wanted("s3://bucket/a.zip", sha256(body)), tmp_path / "a.zip").transferred == len(body)
    assert server.sent("/first") == 32 << 20


def test_a_folder_that_cannot_be_written_is_named(server: FaultyServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    error = not_had(Wanted(server.put("/a.zip", Served(BODY))), tmp_path / "file" / "a.zip")
    assert error.reason == "cannot_write"
    assert "file/a.zip: cannot be written: " in str(error)


def test_a_name_as_long_as_names_may_be(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(BODY, faults=[Fault(drops_after=5_000)]))
    assert had(Wanted(address), tmp_path / ("ü" * 125 + ".wav")).bytes == len(BODY)


def test_progress_is_told_as_data(server: FaultyServer, tmp_path: Path) -> None:
    address = server.put("/a.zip", Served(some_bytes(60_000), bytes_a_s=40_000))
    told: list[FetchProgress] = []
    with Client(PATIENCE) as client:
        fetch(Wanted(address + "?key=hush"), tmp_path / "a.zip", told.append, client=client)
    midway = [one for one in told if one.doing == "fetching" and one.bytes_a_s]
    assert midway
    assert all(0 < one.bytes <= 60_000 == one.of and one.left_s is not None for one in midway)
    assert told[-1].doing == "done"
    assert told[-1].bytes == 60_000
    assert {one.address for one in told} == {f"{address}?…"}


def test_a_note_of_an_interrupted_fetch_holds_no_secret(server: FaultyServer, tmp_path: Path) -> None:
    server.put("/a.zip", Served(BODY, faults=[Fault(drops_after=1_000_000), *[Fault(500)] * 9]))
    address = server.address("/a.zip").replace("://", "://me:hush@") + "?X-Signature=hush"
    error = not_had(Wanted(address), tmp_path / "a.zip")
    note = json.loads((tmp_path / ".a.zip.fetching.json").read_text())
    assert "hush" not in str(error) + json.dumps(note)
    assert note["address"].endswith("/a.zip?…")
    assert note["there"][0][1] >= 1_000_000


def test_addresses_that_differ_in_their_query_share_no_part(server: FaultyServer, tmp_path: Path) -> None:
    """However their server calls the versions of both."""
    other = some_bytes(len(BODY), seed=1)
    server.put("/a.zip", Served(BODY, '"same"', faults=[Fault(drops_after=1_000_000), *[Fault(500)] * 9]))
    not_had(Wanted(server.address("/a.zip?id=1")), tmp_path / "a.zip")
    server.put("/a.zip", Served(other, '"same"'))
    assert had(Wanted(server.address("/a.zip?id=2")), tmp_path / "a.zip").transferred == len(other)
    assert (tmp_path / "a.zip").read_bytes() == other


def test_an_address_that_was_signed_anew_goes_on_where_a_digest_was_published(
    server: FaultyServer, tmp_path: Path
) -> None:
    server.put("/a.zip", Served(BODY, faults=[Fault(drops_after=1_000_000), *[Fault(500)] * 9]))
    not_had(Wanted(server.address("/a.zip?sig=1"), sha256(BODY)), tmp_path / "a.zip")
    server.put("/a.zip", Served(BODY))
    found = had(Wanted(server.address("/a.zip?sig=2"), sha256(BODY)), tmp_path / "a.zip")
    assert found.transferred <= len(BODY) - 1_000_000


def test_a_link_to_what_is_not_mounted_is_left_as_it_is(tmp_path: Path) -> None:
    to = tmp_path / "clips.zip"
    to.symlink_to(tmp_path / "disk/clips.zip")
    with faulty_server() as server, pytest.raises(FetchError, match="a link to what is not there"):
        fetch(Wanted(server.put("/clips.zip", Served(b"sound"))), to)
    assert to.is_symlink()
