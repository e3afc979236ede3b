"""Where a redirect may lead, and who is told a token."""

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetch.faulty import Fault, FaultyServer, Served, faulty_server, some_bytes
from workflow_scripts.fetch.fetcher import Wanted, fetch
from workflow_scripts.fetch.patience import Patience
from workflow_scripts.fetch.remote_file import FetchError
from workflow_scripts.fetch.resolve import resolve
from workflow_scripts.fetch.session import Client, _refuse_redirect

BODY = some_bytes(100_000)
PATIENCE = Patience(tries=2, backoff_s=0.01)


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty_server() as server:
        yield server


@pytest.fixture
def other() -> Iterator[FaultyServer]:
    with faulty_server() as server:
        yield server


def redirected(server: FaultyServer, path: str, to: str) -> str:
    return server.put(path, Served(faults=[Fault(302, {"Location": to, "Set-Cookie": "session=hush"})] * 9))


def had(address: str, to: Path) -> bytes:
    with Client(PATIENCE) as client:
        fetch(Wanted(address), to, client=client)
    return to.read_bytes()


def not_had(address: str, to: Path) -> FetchError:
    with pytest.raises(FetchError) as caught:
        had(address, to)
    return caught.value


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://example.org/a", "data:text/plain,a", "gopher://x/"])
def test_redirects_to_other_schemes_are_refused(server: FaultyServer, tmp_path: Path, to: str) -> None:
    error = not_had(redirected(server, "/a.zip", to), tmp_path / "a.zip")
    assert error.reason == "redirect"
    assert f"{to.partition(':')[0]}://, which is refused" in str(error)
    assert list(tmp_path.iterdir()) == []


def test_a_redirect_from_https_to_http_is_refused() -> None:
    with pytest.raises(FetchError, match="from https to http"):
        _refuse_redirect("https://a.org/x", "https://a.org/x", "http://a.org/x")


def test_a_circle_of_redirects_ends(server: FaultyServer, tmp_path: Path) -> None:
    server.put("/a.zip", Served(faults=[Fault(302, {"Location": "/a.zip"})] * 99))
    assert "more than 10 times" in str(not_had(server.address("/a.zip"), tmp_path / "a.zip"))


def test_a_token_goes_to_its_own_host_alone(
    server: FaultyServer, other: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOUNDLEDGER_TOKEN_127_0_0_1", "hush")
    there = other.put("/there.zip", Served(BODY))
    address = redirected(server, "/a.zip", there)
    assert had(address, tmp_path / "a.zip") == BODY
    assert [one.headers.get("Authorization") for one in server.asked] == ["Bearer hush"]
    assert [one.headers.get("Authorization") for one in other.asked] == [None]


def test_a_token_is_gone_when_the_way_leads_back(
    server: FaultyServer, other: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOUNDLEDGER_TOKEN_127_0_0_1", "hush")
    back = redirected(other, "/back", server.put("/end.zip", Served(BODY)))
    had(redirected(server, "/a.zip", back), tmp_path / "a.zip")
    assert [one.headers.get("Authorization") for one in server.asked] == ["Bearer hush", None]


def test_a_redirect_within_a_host_keeps_the_token(
    server: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOUNDLEDGER_TOKEN_127_0_0_1", "hush")
    server.put("/end.zip", Served(BODY))
    had(redirected(server, "/a.zip", "/end.zip"), tmp_path / "a.zip")
    assert [one.headers.get("Authorization") for one in server.asked] == ["Bearer hush"] * 2


def test_no_cookie_is_kept(server: FaultyServer, tmp_path: Path) -> None:
    server.put("/end.zip", Served(BODY))
    had(redirected(server, "/a.zip", "/end.zip"), tmp_path / "a.zip")
    assert all("Cookie" not in one.headers for one in server.asked)


def test_netrc_is_not_read(server: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password hush\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    had(server.put("/a.zip", Served(BODY)), tmp_path / "a.zip")
    assert "Authorization" not in server.asked[0].headers


def test_a_name_and_password_go_along_and_are_never_shown(
    server: FaultyServer, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    server.put("/a.zip", Served(BODY, faults=[Fault(503), Fault(drops_after=10), Fault(404)]))
    address = server.address("/a.zip").replace("://", "://me:hush@") + "?key=hush#hush"
    told: list[object] = []
    with Client(Patience(backoff_s=0.01)) as client, pytest.raises(FetchError) as caught:
        fetch(Wanted(address), tmp_path / "a.zip", told.append, client=client)
    assert server.asked[0].headers["Authorization"].startswith("Basic ")
    shown = [str(caught.value), repr(told), "".join(capfd.readouterr())]
    shown += [path.read_text(errors="replace") for path in tmp_path.iterdir()]
    assert not any("hush" in one for one in shown)
    assert "hush" not in caplog.text


def test_a_token_is_not_sent_over_http_to_other_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDLEDGER_TOKEN_FILES_EXAMPLE_ORG", "hush")
    error = not_had("http://files.example.org/a.zip", tmp_path / "a.zip")
    assert "write https" in str(error)
    assert "hush" not in str(error)


def test_every_part_of_a_redirected_file_comes(server: FaultyServer, other: FaultyServer, tmp_path: Path) -> None:
    """A large file, in several parts at once, each by way of the redirect."""
    body = some_bytes(70 << 20)
    address = redirected(server, "/a.zip", other.put("/there.zip", Served(body)))
    assert hashlib.sha256(had(address, tmp_path / "a.zip")).digest() == hashlib.sha256(body).digest()
    assert sorted(one.headers["Range"] for one in other.asked) == [
        "bytes=0-33554431",
        "bytes=33554432-67108863",
        "bytes=67108864-73400319",
    ]


def test_what_a_server_tells_of_a_file(server: FaultyServer) -> None:
    found = resolve(server.put("/a.zip", Served(BODY)))
    assert (found.bytes, found.ranges, found.etag) == (len(BODY), True, server.files["/a.zip"].tag)
    assert [one.headers["Range"] for one in server.asked] == ["bytes=0-0"]
    found = resolve(server.put("/b.zip", Served(BODY, ranges=False, etag=None)))
    assert (found.bytes, found.ranges, found.etag) == (len(BODY), False, None)
