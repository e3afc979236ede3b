"""A file at an address, read in parts as if it lay here."""

import io
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.fetch.faulty import Fault, FaultyServer, Served, faulty_server, some_bytes
from workflow_scripts.fetch.ahead import AHEAD
from workflow_scripts.fetch.patience import Patience
from workflow_scripts.fetch.ranged import ALONE, AT_ONCE, HELD, WITHOUT_PARTS, ChangedError, RangedFile
from workflow_scripts.fetch.remote_file import FetchError, RemoteFile
from workflow_scripts.fetch.resolve import locate
from workflow_scripts.fetch.session import Client

PATIENCE = Patience(connect_s=5, stall_s=5, tries=4, backoff_s=0.01, longest_wait_s=5)
BODY = some_bytes(3_000_000)
STRETCHES = [(2_999_990, 100), (0, 10), (1_500_000, 300_000), (5, 2_000_000), (3_000_000, 1), (9_999_999, 1)]


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty_server() as server:
        yield server


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(PATIENCE) as client:
        yield client


def test_any_stretch_is_what_it_is(server: FaultyServer, client: Client) -> None:
    file = RangedFile(locate(server.put("/a", Served(BODY))), client)
    assert file.size == len(BODY)
    for start, count in [
        (2_999_990, 100),
        (0, 10),
        (1_500_000, 300_000),
        (5, 2_000_000),
        (3_000_000, 1),
        (9_999_999, 1),
    ]:
        assert file.read_at(start, count) == BODY[start : start + count]


def test_it_serves_as_a_file(server: FaultyServer, client: Client, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        for number in range(50):
            made.writestr(f"{number}.wav", some_bytes(30_000, number))
    body = (tmp_path / "a.zip").read_bytes()
    file = RangedFile(locate(server.put("/a.zip", Served(body))), client)
    with zipfile.ZipFile(io.BufferedReader(file)) as read:
        assert read.read("31.wav") == some_bytes(30_000, 31)
    assert file.transferred < 150_000


def test_what_is_read_in_a_row_is_asked_for_in_growing_parts(server: FaultyServer, client: Client) -> None:
    body = some_bytes(20 << 20)
    file = RangedFile(locate(server.put("/a", Served(body))), client, size=len(body))
    read = b"".join(iter(lambda: file.read(8192), b""))
    assert read == body
    assert file.questions < 20
    assert file.transferred == len(body)


def test_here_and_there_no_more_is_asked_for_than_is_worth_a_question(server: FaultyServer, client: Client) -> None:
    file = RangedFile(locate(server.put("/a", Served(BODY))), client, size=len(BODY))
    for start in range(0, len(BODY) - 100, 300_000):
        assert file.read_at(start, 100) == BODY[start : start + 100]
    assert file.transferred == 10 * ALONE


def test_what_is_expected_is_asked_for_at_once_and_no_more(server: FaultyServer, client: Client) -> None:
    file = RangedFile(locate(server.put("/a", Served(BODY))), client, size=len(BODY))
    spans = [(0, 100_000), (110_000, 200_000), (1_000_000, 1_000_500)]
    file.expect(spans)
    for first, stop in spans:
        for start in range(first, stop, 10_000):
            assert file.read_at(start, min(10_000, stop - start)) == BODY[start : min(start + 10_000, stop)]
    assert (file.questions, file.transferred) == (2, 200_000 + 500)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


def asked_in_the_end(server: FaultyServer, path: str, times: int) -> int:
    """How often it was asked for, as soon as that is so often, or some time later."""
    until = time.monotonic() + 10
    while server.times(path) < times and time.monotonic() < until:
        time.sleep(0.02)
    return server.times(path)


def test_what_is_expected_is_asked_for_before_it_is_read(
    server: FaultyServer, client: Client, threads: ThreadPoolExecutor
) -> None:
    file = RangedFile(locate(server.put("/a", Served(BODY))), client, size=len(BODY), threads=lambda: threads)
    spans = [(start, start + 1000) for start in range(0, len(BODY), 300_000)]
    file.expect(spans)
    assert file.read_at(0, 1000) == BODY[:1000]
    assert asked_in_the_end(server, "/a", len(spans)) == len(spans)
    for start, stop in spans[1:]:
        assert file.read_at(start, stop - start) == BODY[start:stop]
    assert (file.questions, file.transferred) == (len(spans), 1000 * len(spans))


def test_no_more_is_read_ahead_than_memory_is_for(
    server: FaultyServer, client: Client, threads: ThreadPoolExecutor
) -> None:
    body = some_bytes(3 * AHEAD)
    file = RangedFile(locate(server.put("/a", Served(body))), client, size=len(body), threads=lambda: threads)
    file.expect([(0, len(body))])
    for start in range(0, len(body), AT_ONCE):
        assert file.read_at(start, 1000) == body[start : start + 1000]
        assert asked_in_the_end(server, "/a", 1 + min(AHEAD, len(body) - AT_ONCE - start) // AT_ONCE) <= (
            1 + (start + AHEAD) // AT_ONCE
        )
    file.expect([])
    assert file.transferred == len(body)


def test_of_a_server_that_gives_no_parts_nothing_is_read_ahead(
    server: FaultyServer, client: Client, threads: ThreadPoolExecutor
) -> None:
    server.put("/a", Served(BODY, ranges=False))
    file = RangedFile(locate(server.address("/a")), client, size=len(BODY), threads=lambda: threads)
    spans = [(start, start + 1000) for start in range(0, len(BODY), 300_000)]
    file.expect(spans)
    for start, stop in spans:
        assert file.read_at(start, stop - start) == BODY[start:stop]
    assert server.times("/a") == 1


def test_what_fails_ahead_is_told_where_it_is_read(
    server: FaultyServer, client: Client, threads: ThreadPoolExecutor
) -> None:
    served = Served(BODY)
    file = RangedFile(locate(server.put("/a", served)), client, size=len(BODY), threads=lambda: threads)
    file.expect([(0, 1000)])
    assert file.read_at(0, 1000) == BODY[:1000]
    served.body = some_bytes(len(BODY), 1)
    file.expect([(1_000_000, 1_001_000), (2_000_000, 2_001_000)])
    assert file.read_at(0, 1000) == BODY[:1000]
    for start in (1_000_000, 2_000_000):
        with pytest.raises(ChangedError):
            file.read_at(start, 1000)


def test_memory_is_bounded(server: FaultyServer, client: Client) -> None:
    body = some_bytes(HELD + 6 * AT_ONCE)
    file = RangedFile(locate(server.put("/a", Served(body))), client, size=len(body))
    for start in range(0, len(body), 50_000):
        file.read_at(start, 50_000)
    assert sum(len(data) for _, data in file._held) <= HELD + AT_ONCE


@pytest.mark.parametrize(
    "fault",
    [
        Fault(drops_after=70_000),
        Fault(drops_after=-1),
        Fault(status=503),
        Fault(status=429, headers={"Retry-After": "0"}),
        Fault(status=500),
    ],
)
def test_what_fails_for_now_is_asked_for_again(server: FaultyServer, client: Client, fault: Fault) -> None:
    server.put("/a", Served(BODY, faults=[fault] * 2))
    file = RangedFile(locate(server.address("/a")), client, size=len(BODY))
    assert file.read_at(0, len(BODY)) == BODY
    assert file.transferred < len(BODY) + 300_000


def test_a_server_that_goes_on_failing_is_a_fault_that_may_pass(server: FaultyServer, client: Client) -> None:
    server.put("/a", Served(BODY, faults=[Fault(status=503)] * 9))
    with pytest.raises(FetchError) as caught:
        RangedFile(locate(server.address("/a")), client, size=len(BODY)).read_at(0, 10)
    assert caught.value.passing


def test_a_server_that_gives_a_few_bytes_each_time_is_not_asked_for_ever(server: FaultyServer, client: Client) -> None:
    server.put("/a", Served(BODY, drops_after=10))
    with pytest.raises(FetchError):
        RangedFile(locate(server.address("/a")), client, size=len(BODY)).read_at(0, 1000)
    assert server.times("/a") == PATIENCE.tries


def test_a_file_that_changes_while_it_is_read(server: FaultyServer, client: Client) -> None:
    served = Served(BODY)
    file = RangedFile(locate(server.put("/a", served)), client)
    assert file.read_at(0, 10) == BODY[:10]
    served.body = some_bytes(len(BODY), 1)
    with pytest.raises(ChangedError, match="is another file than it was") as caught:
        file.read_at(2_000_000, 10)
    assert caught.value.passing


@pytest.mark.parametrize(("size", "state"), [(len(BODY) + 1, None), (len(BODY) - 1, None), (None, '"another"')])
def test_a_file_that_is_another_than_the_one_that_was_listed(
    server: FaultyServer, client: Client, size: int | None, state: str | None
) -> None:
    server.put("/a", Served(BODY))
    is_same = None if state is None else state.__eq__
    with pytest.raises(ChangedError):
        RangedFile(locate(server.address("/a")), client, size=size, is_same=is_same).read_at(0, 10)


def test_of_a_server_that_gives_no_parts_a_small_file_is_held(server: FaultyServer, client: Client) -> None:
    server.put("/a", Served(BODY, ranges=False))
    file = RangedFile(locate(server.address("/a")), client)
    assert file.read_at(2_000_000, 10) == BODY[2_000_000:2_000_010]
    assert file.read_at(100, 10) == BODY[100:110]
    assert server.times("/a") == 1


def test_of_a_server_that_gives_no_parts_a_large_file_is_refused(server: FaultyServer, client: Client) -> None:
    server.put("/a", Served(bytes(WITHOUT_PARTS + 1), ranges=False))
    with pytest.raises(FetchError, match=r"gives no parts .* have it fetched \(`acquire`\)") as caught:
        RangedFile(locate(server.address("/a")), client, size=WITHOUT_PARTS + 1).read_at(5, 10)
    assert not caught.value.passing


def test_an_address_whose_time_is_over_is_made_anew(server: FaultyServer, client: Client) -> None:
    server.put("/new", Served(BODY))
    server.put("/old", Served(BODY, faults=[Fault(status=403)] * 9))
    there = [RemoteFile("s3://b/a", server.address("/new"))]
    file = RangedFile(RemoteFile("s3://b/a", server.address("/old")), client, size=len(BODY), locate=lambda: there[0])
    assert file.read_at(7, 10) == BODY[7:17]
    there[0] = RemoteFile("s3://b/a", server.address("/old"))
    file = RangedFile(there[0], client, size=len(BODY), locate=lambda: there[0])
    with pytest.raises(FetchError) as caught:
        file.read_at(7, 10)
    assert caught.value.reason == "refused"


def test_where_a_file_is_redirected_is_remembered(server: FaultyServer, client: Client) -> None:
    with faulty_server() as other:
        there = other.put("/b", Served(BODY))
        server.put("/a", Served(BODY, faults=[Fault(status=302, headers={"Location": there})] * 9))
        remote = RemoteFile("hf://x", server.address("/a"), {"Authorization": "Bearer secret"})
        file = RangedFile(remote, client, size=len(BODY))
        for start in (0, 1_000_000, 2_000_000):
            assert file.read_at(start, 10) == BODY[start : start + 10]
        assert (server.times("/a"), other.times("/b")) == (1, 3)
        assert not [it for it in other.asked if "Authorization" in it.headers]
        other.files["/b"].faults.append(Fault(status=403))
        assert file.read_at(500_000, 10) == BODY[500_000:500_010]


def test_an_empty_file(server: FaultyServer, client: Client) -> None:
    file = RangedFile(locate(server.put("/a", Served(b""))), client)
    assert (file.size, file.read_at(0, 10)) == (0, b"")
