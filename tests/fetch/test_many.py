"""Many files of many hosts: each address has an outcome, and no host is treated badly or holds up another."""

import hashlib
import random
import socket
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetch.faulty import Fault, FaultyServer, Served, faulty_server, some_bytes
from workflow_scripts.fetch.fetcher import Wanted
from workflow_scripts.fetch.many import Outcome, fetch_many
from workflow_scripts.fetch.pace import Manners
from workflow_scripts.fetch.patience import Patience

PATIENCE = Patience(connect_s=5, stall_s=5, tries=6, backoff_s=0.01, longest_wait_s=5)


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty_server() as server:
        yield server


def outcomes(
    addresses: list[str], folder: Path, manners: Manners | None = None, patience: Patience = PATIENCE
) -> dict[str, Outcome]:
    """By name."""
    wanted = [(Wanted(address), folder / address.rpartition("/")[2]) for address in addresses]
    return {one.to.name: one for one in fetch_many(wanted, manners, patience)}


def test_a_thousand_files_with_a_tenth_of_faults_arrive_whole(server: FaultyServer, tmp_path: Path) -> None:
    chance = random.Random(1)
    faults = [
        lambda: Fault(drops_after=chance.randrange(20_000)),
        lambda: Fault(503, {"Retry-After": "0"}),
        lambda: Fault(429),
        lambda: Fault(500),
        lambda: Fault(drops_after=-1),
    ]
    bodies = {f"{n:04}.flac": some_bytes(chance.randrange(40_000), n) for n in range(1000)}
    for name, body in bodies.items():
        served = Served(body, ranges=chance.random() < 0.8)
        if chance.random() < 0.1:
            served.faults = [chance.choice(faults)() for _ in range(chance.randint(1, 2))]
        server.put(f"/{name}", served)
    found = outcomes([server.address(f"/{name}") for name in bodies], tmp_path)
    assert Counter(one.status for one in found.values()) == {"fetched": 1000}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == bodies
    assert all(found[name].sha256 == hashlib.sha256(body).hexdigest() for name, body in bodies.items())


def test_each_address_has_its_status_and_reason(server: FaultyServer, tmp_path: Path) -> None:
    (tmp_path / "there.wav").write_bytes(b"there")
    (tmp_path / "mine.wav").write_bytes(b"mine")
    server.put("/there.wav", Served(b"there"))
    server.put("/new.wav", Served(b"new"))
    server.put("/gone.wav", Served(faults=[Fault(410)]))
    server.put("/private.wav", Served(faults=[Fault(401)]))
    server.put("/page.wav", Served(b"<!doctype html><title>404</title>", kind="text/html"))
    server.put("/broken.wav", Served(faults=[Fault(500)] * 99))
    names = ["there", "new", "gone", "none", "private", "page", "broken"]
    found = outcomes([server.address(f"/{name}.wav") for name in names], tmp_path)
    assert {name: (one.status, one.reason, one.passing) for name, one in found.items()} == {
        "there.wav": ("present", "", False),
        "new.wav": ("fetched", "", False),
        "gone.wav": ("gone", "not_found", False),
        "none.wav": ("gone", "not_found", False),
        "private.wav": ("refused", "refused", False),
        "page.wav": ("failed", "a_page", False),
        "broken.wav": ("failed", "server_error", True),
    }
    assert found["new.wav"].bytes == 3
    assert found["gone.wav"].sha256 is None


def test_a_host_that_is_busy_is_left_alone_as_a_whole(server: FaultyServer, tmp_path: Path) -> None:
    """While it asks for a second, no file of it is asked for."""
    for n in range(20):
        server.put(f"/{n}.wav", Served(b"x", faults=[Fault(429, {"Retry-After": "1"})] if n == 0 else []))
    asked: list[float] = []
    began = time.monotonic()
    wanted = [(Wanted(server.address(f"/{n}.wav")), tmp_path / f"{n}.wav") for n in range(20)]
    for one in fetch_many(wanted, Manners(connections=1), PATIENCE):
        assert one.status == "fetched"
        asked.append(time.monotonic() - began)
    assert min(asked) >= 1.0


def test_a_host_that_is_busy_for_ever_is_given_up_and_no_other(server: FaultyServer, tmp_path: Path) -> None:
    with faulty_server() as other:
        for n in range(30):
            server.put(f"/busy{n}.wav", Served(faults=[Fault(503)] * 999))
            other.put(f"/fine{n}.wav", Served(b"fine"))
        addresses = [
            one.address(f"/{name}{n}.wav") for n in range(30) for one, name in ((server, "busy"), (other, "fine"))
        ]
        found = outcomes(addresses, tmp_path)
    assert Counter(one.status for one in found.values()) == {"failed": 30, "fetched": 30}
    assert {one.reason for one in found.values() if one.status == "failed"} == {"busy"}
    assert len(server.asked) <= PATIENCE.tries + 4


def test_a_host_that_nobody_answers_at_is_given_up(server: FaultyServer, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and listens not
        dead = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        addresses = [f"{dead}/{n}.wav" for n in range(50)]
        found = outcomes([*addresses, server.put("/fine.flac", Served(b"fine"))], tmp_path)
    assert found.pop("fine.flac").status == "fetched"
    assert {(one.status, one.reason, one.passing) for one in found.values()} == {("failed", "unreachable", True)}


def test_outcomes_come_while_a_slow_host_is_at_it(server: FaultyServer, tmp_path: Path) -> None:
    """The others are there before the slow one ends, whichever is asked first."""
    with faulty_server() as slow:
        addresses = [slow.put(f"/slow{n}.wav", Served(some_bytes(3_000), bytes_a_s=1_000)) for n in range(4)]
        addresses += [server.put(f"/{n}.wav", Served(b"x")) for n in range(50)]
        wanted = [(Wanted(address), tmp_path / address.rpartition("/")[2]) for address in addresses]
        order = [one.to.name for one in fetch_many(wanted, Manners(), PATIENCE)]
    assert all(name.startswith("slow") for name in order[-4:])


def test_no_more_connections_to_a_host_than_manners_allow(server: FaultyServer, tmp_path: Path) -> None:
    addresses = [server.put(f"/{n}.wav", Served(some_bytes(2_000), bytes_a_s=20_000)) for n in range(20)]
    outcomes(addresses, tmp_path, Manners(connections=3))
    assert 1 < server.connections <= 3


def test_requests_to_a_host_are_so_far_apart(server: FaultyServer, tmp_path: Path) -> None:
    addresses = [server.put(f"/{n}.wav", Served(b"x")) for n in range(5)]
    began = time.monotonic()
    outcomes(addresses, tmp_path, Manners(every_s=0.2))
    assert time.monotonic() - began >= 0.8


def test_robots_txt_is_asked_once_and_honoured(server: FaultyServer, tmp_path: Path) -> None:
    rules = b"User-agent: *\nDisallow: /private/\nCrawl-delay: 0.1\n\nUser-agent: greedy\nDisallow: /\n"
    server.put("/robots.txt", Served(rules, kind="text/plain"))
    addresses = [server.put(f"/open/{n}.wav", Served(b"x")) for n in range(3)]
    addresses.append(server.put("/private/p.wav", Served(b"x")))
    found = outcomes(addresses, tmp_path, Manners(asks_robots=True))
    assert (found["p.wav"].status, found["p.wav"].reason) == ("refused", "robots")
    assert {found[f"{n}.wav"].status for n in range(3)} == {"fetched"}
    assert server.times("/robots.txt") == 1
    assert server.times("/private/p.wav") == 0


def test_robots_txt_of_mirrors_and_of_where_redirects_lead_is_honoured_too(
    server: FaultyServer, tmp_path: Path
) -> None:
    with faulty_server() as other:
        other.put("/robots.txt", Served(b"User-agent: *\nDisallow: /private/", kind="text/plain"))
        private = other.put("/private/p.wav", Served(b"x"))
        opened = other.put("/open/o.wav", Served(b"x"))
        server.put("/to-private", Served(faults=[Fault(302, {"Location": private})] * 9))
        server.put("/to-open", Served(faults=[Fault(302, {"Location": opened})] * 9))
        wanted = [
            (Wanted(server.address("/to-private")), tmp_path / "private"),
            (Wanted(server.address("/to-open")), tmp_path / "open"),
            (Wanted(server.address("/none"), mirrors=(private,)), tmp_path / "mirror"),
        ]
        found = {one.to.name: one for one in fetch_many(wanted, Manners(asks_robots=True), PATIENCE)}
        assert (found["private"].status, found["private"].reason) == ("refused", "robots")
        assert private in found["private"].detail
        assert found["open"].status == "fetched"
        assert found["mirror"].status == "gone"
        assert other.times("/robots.txt") == 1
        assert other.times("/private/p.wav") == 0


def test_a_site_without_robots_txt_lets_all_be_fetched(server: FaultyServer, tmp_path: Path) -> None:
    found = outcomes([server.put("/a.wav", Served(b"x"))], tmp_path, Manners(asks_robots=True))
    assert found["a.wav"].status == "fetched"


def test_robots_txt_that_cannot_be_had_is_a_no_for_now(server: FaultyServer, tmp_path: Path) -> None:
    server.put("/robots.txt", Served(faults=[Fault(503)] * 99))
    found = outcomes([server.put("/a.wav", Served(b"x"))], tmp_path, Manners(asks_robots=True))
    assert (found["a.wav"].status, found["a.wav"].reason, found["a.wav"].passing) == ("failed", "robots", True)
    assert server.times("/a.wav") == 0


def test_connections_are_kept(server: FaultyServer, tmp_path: Path) -> None:
    outcomes([server.put(f"/{n}.wav", Served(b"x")) for n in range(200)], tmp_path, Manners(connections=2))
    assert server.connections <= 4


def test_what_was_interrupted_goes_on(server: FaultyServer, tmp_path: Path) -> None:
    body = some_bytes(2_000_000)
    address = server.put("/a.wav", Served(body, faults=[Fault(drops_after=1_500_000)]))
    assert outcomes([address], tmp_path)["a.wav"].status == "fetched"
    assert server.sent("/a.wav") == len(body)


BAD = [
    "http://[bad/x",
    "https://h:port/x",
    "http://h:99999/x",
    "http://",
    "http://.h/x",
    "https://][",
    f"http://{'h' * 70}.org/x",
]


@pytest.mark.parametrize("asks_robots", [False, True])
def test_addresses_that_nobody_can_be_asked_at_are_refused_and_stop_no_batch(
    server: FaultyServer, tmp_path: Path, asks_robots: bool
) -> None:
    wanted = [(Wanted(address), tmp_path / str(n)) for n, address in enumerate(BAD)]
    wanted.append((Wanted(server.put("/fine.wav", Served(b"fine"))), tmp_path / "fine"))
    wanted.append((Wanted(BAD[0], mirrors=(server.address("/fine.wav"),)), tmp_path / "by mirror"))
    server.put("/away.wav", Served(faults=[Fault(302, {"Location": "http://[bad/x"})] * 9))
    wanted.append((Wanted(server.address("/away.wav")), tmp_path / "away"))
    found = {one.to.name: one for one in fetch_many(wanted, Manners(asks_robots=asks_robots), PATIENCE)}
    assert {(found[str(n)].status, found[str(n)].reason) for n in range(len(BAD))} == {("refused", "bad_address")}
    assert found["fine"].status == found["by mirror"].status == "fetched"
    assert (found["away"].status, found["away"].reason) == ("refused", "bad_address")
