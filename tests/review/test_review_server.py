"""The server of the review page, as anybody on this machine may ask it."""

import contextlib
import errno
import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.review.served import HEADER, ROOT, Served, make_results, said, served
from workflow_scripts.review.serving.kept import KeptReviews
from workflow_scripts.review.serving.rows import RowsError, checked

SNIPPET = bytes(range(256)) * 40
KEPT = f"{HEADER}\r\na,keep,ann,2026-03-01T12:00:00Z,,,,,\r\n"


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    with served(make_results(folder / "results"), folder / "reviews" / "mine.csv") as server:
        yield server


@pytest.fixture
def server(shared_server: Served) -> Iterator[Served]:
    """The one server of this file, with no verdicts yet."""
    shared_server.file.unlink(missing_ok=True)
    yield shared_server
    assert shared_server.process.poll() is None


@pytest.fixture
def page(server: Served) -> Path:
    return server.file.parents[1] / "results" / "mine" / "review"


def raw(server: Served, sent: bytes) -> bytes:
    """What a socket gets back that sends this and nothing more."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(sent)
        got = b""
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                got += chunk
        return got


def request(server: Served, target: str, *headers: str, method: str = "GET", host: str | None = None) -> bytes:
    """One request as text, ended by the end of its headers."""
    lines = [
        f"{method} {target} HTTP/1.1",
        f"Host: {host or f'127.0.0.1:{server.port}'}",
        *headers,
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


# --- who is let in ---


def test_page_and_snippets_are_given_below_the_token(server: Served) -> None:
    code, headers, body = server.ask("GET", "")
    assert (code, body) == (200, b"<!doctype html><title>cards</title>")
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert server.ask("GET", "index.html")[2] == body
    code, headers, body = server.ask("GET", "snippets/-dash.flac")
    assert (code, headers["content-type"], body) == (200, "audio/flac", SNIPPET)
    assert server.ask("HEAD", "")[::2] == (200, b"")


def test_the_address_is_of_this_machine_alone(server: Served) -> None:
    listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    port = f":{server.port:04X}"
    assert [line.split()[1] for line in listening.splitlines() if port in line.split()[1] and " 0A " in line] == [
        f"0100007F{port}"
    ]


@pytest.mark.parametrize(
    "path",
    ["/", "/index.html", "/reviews", "//", "/x/", "/{token}", "/{token}x/", "/{half}/", "/x/{token}/", "//{token}/",
     "/{token}%2F", "/{upper}/", "/%2e/{token}/"],
)  # fmt: skip
def test_without_the_token_nothing_is_there(server: Served, path: str) -> None:
    target = path.format(token=server.token, half=server.token[:-1], upper=server.token.swapcase())
    for method in ("GET", "POST", "OPTIONS"):
        code, headers, body = server.ask(method, target)
        assert (code, body) == (404, b"not found\n")
        assert "location" not in headers


def test_each_start_has_a_token_of_its_own(server: Served, tmp_path: Path) -> None:
    with served(make_results(tmp_path / "results"), tmp_path / "mine.csv") as other:
        assert len(other.token) == len(server.token) == 43
        assert other.token != server.token


@pytest.mark.parametrize(
    "host",
    ["evil.example:{port}", "127.0.0.1", "localhost", "127.0.0.1:1", "127.0.0.1:{port}.evil.example", "[::1]:{port}",
     "0.0.0.0:{port}", "", "127.0.0.1:{port}, evil.example"],
)  # fmt: skip
def test_another_host_is_refused(server: Served, host: str) -> None:
    asked = f"GET /{server.token}/ HTTP/1.1\r\nHost: {host.format(port=server.port)}\r\nConnection: close\r\n\r\n"
    assert status(raw(server, asked.encode())) == 403


def test_two_hosts_or_none_are_refused(server: Served) -> None:
    two = f"GET /{server.token}/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nHost: evil\r\nConnection: close\r\n\r\n"
    assert status(raw(server, two.encode())) in (400, 403)
    assert status(raw(server, f"GET /{server.token}/ HTTP/1.0\r\n\r\n".encode())) == 404


def test_localhost_is_another_name_of_it(server: Served) -> None:
    assert status(raw(server, request(server, f"/{server.token}/", host=f"LocalHost:{server.port}"))) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://localhost:{port}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_no_other_page_saves(server: Served, headers: dict[str, str]) -> None:
    code, told = server.post(said(), **{name: value.format(port=server.port) for name, value in headers.items()})
    assert (code, told) == (403, "saving is for the page of this server only\n")
    assert not server.file.exists()


def test_the_page_saves(server: Served) -> None:
    ours = {"Origin": f"http://127.0.0.1:{server.port}", "Sec-Fetch-Site": "same-origin"}
    assert server.post(said(), **ours) == (200, '{"saved":1}')
    assert server.file.read_bytes().decode() == KEPT


@pytest.mark.parametrize("path", ["", "reviews", "snippets/-dash.flac", "none", "/"])
def test_no_answer_is_for_pages_of_others(server: Served, path: str) -> None:
    for method in ("GET", "OPTIONS", "POST"):
        _, headers, _ = server.ask(method, path, None, {"Origin": "http://evil.example"})
        assert not [name for name in headers if name.startswith("access-control")]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers
    assert server.ask("GET", "reviews")[1]["cache-control"] == "no-store"


def test_other_methods_are_refused(server: Served) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert server.ask(method, "reviews")[0] == 405
        assert server.ask(method, "index.html")[0] == 405


# --- what is given ---


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=100-199", (100, 200)),
        ("bytes=10000-", (10000, 10240)),
        ("bytes=-240", (10000, 10240)),
        ("bytes=0-999999999999999999", (0, 10240)),
    ],
)
def test_a_player_may_ask_for_a_part(server: Served, asked: str, expected: tuple[int, int]) -> None:
    code, headers, body = server.ask("GET", "snippets/-dash.flac", None, {"Range": asked})
    start, end = expected
    assert (code, body) == (206, SNIPPET[start:end])
    assert headers["content-range"] == f"bytes {start}-{end - 1}/{len(SNIPPET)}"
    assert headers["accept-ranges"] == "bytes"


def test_a_part_that_is_not_there_is_none(server: Served) -> None:
    code, headers, _ = server.ask("GET", "snippets/-dash.flac", None, {"Range": "bytes=10240-"})
    assert (code, headers["content-range"]) == (416, "bytes */10240")
    assert server.ask("GET", "snippets/-dash.flac", None, {"Range": "bytes=abc"})[0] == 400


@pytest.fixture
def traps(page: Path) -> Iterator[None]:
    """What lies in the page's folder and around it that nobody should get."""
    made = {
        "out": "../tables",
        "secret": "../../run.json",
        "top": "/",
        "self": ".",
        "mine.html": "index.html",
    }
    for name, target in made.items():
        (page / name).symlink_to(target)
    (page.parent / "review-of-others").mkdir()
    (page.parent / "review-of-others" / "index.html").write_text("others")
    (page / ".hidden").write_text("hidden")
    (page / ".git").mkdir()
    (page / ".git" / "config").write_text("hidden")
    os.mkfifo(page / "pipe")
    yield
    for name in [*made, ".hidden", "pipe", ".git/config"]:
        (page / name).unlink()
    (page / ".git").rmdir()
    (page.parent / "review-of-others" / "index.html").unlink()
    (page.parent / "review-of-others").rmdir()


@pytest.mark.usefixtures("traps")
@pytest.mark.parametrize(
    "path",
    [
        "../../run.json", "..", "../", "snippets/../../../run.json", "%2e%2e/%2e%2e/run.json", "..%2f..%2frun.json",
        "%252e%252e/run.json", "..\\..\\run.json", "..%5c..%5crun.json", "index.html%00.png", "index.html\u0000",
        "/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd", "file:///etc/passwd", "secret", "out/clips.parquet",
        "top/etc/passwd", ".hidden", ".git/config", "snippets/.", "snippets/./-dash.flac", "self/.hidden",
        "../review-of-others/index.html", "pipe", "snippets", "snippets/", "index.html/", "./index.html",
        "snippets//-dash.flac", "index.htm%6c", "\u2024\u2024/run.json", "~root/.profile", "index.html;x", "CON",
        "a" * 5000, "a/" * 2000, "index.html/index.html",
    ],
)  # fmt: skip
def test_nothing_but_files_of_the_page_is_given(server: Served, path: str) -> None:
    answer = raw(server, f"GET /{server.token}/{path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                         "Connection: close\r\n\r\n".encode())  # fmt: skip
    assert status(answer) in (400, 404), answer[:200]
    assert b"root:" not in answer
    assert b"datasets" not in answer
    assert b"hidden" not in answer


@pytest.mark.usefixtures("traps")
def test_a_link_within_the_page_is_followed(server: Served) -> None:
    assert server.ask("GET", "mine.html")[0] == 200


def test_a_page_that_is_a_link_itself_is_given(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results")
    (results / "mine" / "review").rename(tmp_path / "elsewhere")
    (results / "mine" / "review").symlink_to(tmp_path / "elsewhere")
    with served(results, tmp_path / "mine.csv") as server:
        assert server.ask("GET", "snippets/-dash.flac")[0] == 200
        assert server.ask("GET", "../elsewhere/index.html")[0] == 404


def test_absolute_addresses_and_noise_are_no_way_in(server: Served) -> None:
    target = f"http://127.0.0.1:{server.port}/{server.token}/"
    assert status(raw(server, request(server, target))) == 404
    for noise in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"GET\r\n\r\n", b"\0" * 100 + b"\r\n\r\n"):
        assert status(raw(server, noise)) == 400
    upgrade = request(server, f"/{server.token}/", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    assert status(raw(server, upgrade)) == 200


# --- what is saved ---


def test_verdicts_come_back_as_they_were_posted(server: Served) -> None:
    hostile = "</script><script>alert(1)</script>\n\"quoted\", \u202eltr; =cmd|' /C calc'!A0"
    row = said(ordinal=2, caption=hostile, class_ids="/m/1|/m/2", note=hostile, pcm_digest="0f" * 16, verdict="drop")
    assert server.post(row, said("-dash"))[0] == 200
    assert [one["clip_id"] for one in server.kept()] == ["-dash", "a"]
    assert server.kept()[1] == row | {"ordinal": "2"}
    assert server.ask("GET", "reviews")[1]["content-type"] == "application/json"


def test_the_newer_word_holds_whichever_came_last(server: Served) -> None:
    server.post(said(at="2026-03-01T12:00:00Z", note="new"))
    server.post(said(at="2026-03-01T12:30:00+02:00", note="old"), said(reviewer="ben", note="ben's"))
    assert [row["note"] for row in server.kept()] == ["new", "ben's"]
    server.post(said(at="2026-03-01T12:00:01Z", verdict=""))
    assert [row["verdict"] for row in server.kept()] == ["", "keep"]


def test_the_same_rows_are_the_same_bytes(server: Served) -> None:
    rows = [said(clip, reviewer) for clip in ("a", "b") for reviewer in ("ann", "ben")]
    server.post(*rows)
    before = server.file.read_bytes()
    server.file.unlink()
    for row in reversed(rows):
        server.post(row)
    assert server.file.read_bytes() == before


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON in UTF-8"),
        (b"[]", 'expected {"rows": [...]}'),
        (b'{"rows": [], "more": 1}', "nothing beside it"),
        (b'{"rows": [1]}', "rows[0]: 1: expected an object"),
        (b"[" * 100_000, "not JSON"),
        (b'{"rows": [{"clip_id": ' + b"9" * 5000 + b"}]}", "not JSON"),
        (json.dumps({"rows": [said(), said("nobody")]}).encode(), "no clips of this dataset: nobody"),
        (json.dumps({"rows": [said(), said(verdict="maybe")]}).encode(), "rows[1]: verdict 'maybe'"),
        (json.dumps({"rows": [said(note="\ud800")]}).encode(), "half of a surrogate pair"),
        (json.dumps({"rows": [said(extra="x")]}).encode(), "no such column: 'extra'"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_saved(server: Served, body: bytes, told: str) -> None:
    code, _, answer = server.ask("POST", "reviews", body, {"Content-Type": "application/json"})
    assert code == 400
    assert told in answer.decode()
    assert "nothing was saved" in answer.decode()
    assert not server.file.exists()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_form_of_another_page_saves_nothing(server: Served, kind: str) -> None:
    body = json.dumps({"rows": [said()]})
    assert server.ask("POST", "reviews", body, {"Content-Type": kind})[0] == 415
    assert not server.file.exists()


def post_head(server: Served, *headers: str) -> bytes:
    return request(server, f"/{server.token}/reviews", "Content-Type: application/json", *headers, method="POST")


def test_a_body_that_says_it_is_too_large_is_not_read(server: Served) -> None:
    assert status(raw(server, post_head(server, "Content-Length: 1000001"))) == 413
    assert status(raw(server, post_head(server, f"Content-Length: {10**30}"))) in (400, 413)


def test_a_body_without_a_length_is_refused_while_it_is_read(server: Served) -> None:
    """Its sender never ends; the answer comes all the same."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(post_head(server, "Transfer-Encoding: chunked"))
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        sent = 0
        with contextlib.suppress(ConnectionError):
            for _ in range(1000):
                connection.sendall(chunk)
                sent += 65536
        answer = b""
        with contextlib.suppress(ConnectionError):
            answer = connection.recv(65536)
    assert sent < 1000 * 65536
    assert answer == b"" or status(answer) == 413


def test_just_over_a_megabyte_in_chunks_is_too_much(server: Served) -> None:
    body = b" " * 1_000_001
    chunked = b"%x\r\n%s\r\n" % (len(body), body)
    assert status(raw(server, post_head(server, "Transfer-Encoding: chunked") + chunked)) == 413


def test_a_body_that_comes_too_slowly_is_not_waited_for(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results")
    impatient = (
        "import sys; from workflow_scripts.review.serving import server; server.MOST_SECONDS = 0.2\n"
        "from workflow_scripts.run.serve_review import main; main(*sys.argv[1:])"
    )
    with served(results, tmp_path / "mine.csv", program=[sys.executable, "-c", impatient]) as server:
        assert status(raw(server, post_head(server, "Content-Length: 1000"))) == 408
        assert server.kept() == []


def test_a_body_that_ends_before_its_end_saves_nothing(server: Served) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        body = json.dumps({"rows": [said()]}).encode()
        connection.sendall(post_head(server, f"Content-Length: {len(body) + 1}") + body)
    assert server.kept() == []


@pytest.mark.parametrize(
    "content", ["clip_id,verdict\r\na,keep\r\n", f"{HEADER}\r\na,keep,ann,then,,,,,\r\n", "notes of mine"]
)
def test_a_file_of_something_else_is_left_as_it_is(server: Served, content: str) -> None:
    server.file.write_text(content, newline="")
    code, told = server.post(said())
    assert code == 409
    assert "Nothing was saved: mend the file" in told
    assert server.ask("GET", "reviews")[0] == 409
    assert server.file.read_bytes().decode() == content


def test_rows_written_by_hand_meanwhile_are_kept(server: Served) -> None:
    server.post(said())
    by_hand = "gone,drop,ben,2026-03-01,,,,by hand,\r\n"
    server.file.write_text(server.file.read_text() + by_hand, newline="")
    server.post(said("b"))
    assert [row["clip_id"] for row in server.kept()] == ["a", "b", "gone"]


def test_two_servers_and_many_tabs_lose_nothing(server: Served) -> None:
    results = server.file.parents[1] / "results"
    with served(results, server.file) as other:

        def tab(number: int) -> None:
            for clip in range(4):
                at = [server, other][number % 2]
                assert at.post(said(f"clip{number * 4 + clip}", f"tab {number}"))[0] == 200

        tabs = [threading.Thread(target=tab, args=(number,)) for number in range(8)]
        for one in tabs:
            one.start()
        for one in tabs:
            one.join()
        assert {row["clip_id"] for row in other.kept()} == {f"clip{number}" for number in range(32)}


def test_an_editor_that_saves_between_reading_and_renaming_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.csv"
    kept = KeptReviews(file)
    kept.add([checked(said(), "row")])
    read = KeptReviews.rows

    def rows_then_edited(self: KeptReviews) -> list[dict[str, str]]:
        rows = read(self)
        if len(rows) == 1:
            file.write_bytes(file.read_bytes() + b"b,keep,ben,2026-03-01,,,,,\r\n")
        return rows

    monkeypatch.setattr(KeptReviews, "rows", rows_then_edited)
    kept.add([checked(said("-dash"), "row")])
    assert [row["clip_id"] for row in read(kept)] == ["-dash", "a", "b"]


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "mine.csv").symlink_to("real/mine.csv")
    kept = KeptReviews(tmp_path / "mine.csv")
    kept.add([checked(said(), "row")])
    (tmp_path / "real" / "mine.csv").chmod(0o664)
    kept.add([checked(said("b"), "row")])
    assert (tmp_path / "mine.csv").is_symlink()
    assert (tmp_path / "real" / "mine.csv").stat().st_mode & 0o777 == 0o664
    assert len(kept.rows()) == 2


@pytest.mark.slow
def test_a_killed_server_leaves_a_whole_file(tmp_path: Path) -> None:
    """Each time it is killed at another moment of saving; what it said was saved is there."""
    results = make_results(tmp_path / "results")
    file = tmp_path / "mine.csv"
    note = "x" * 9000
    saved = 0
    for round_ in range(8):
        with served(results, file) as server:
            timer = threading.Timer(round_ * 0.017, server.process.kill)
            with contextlib.suppress(OSError, http.client.HTTPException):
                while True:
                    assert server.post(*(said(f"clip{saved + more}", note=note) for more in range(20)))[0] == 200
                    saved = min(saved + 20, 380)
                    if not timer.ident:
                        timer.start()
            timer.join()
            server.process.wait()
        rows = KeptReviews(file).rows() if file.exists() else []
        assert len(rows) >= saved
        assert {row["note"] for row in rows} <= {note}
    assert saved


def test_a_full_disk_is_told_and_the_file_stays(tmp_path: Path) -> None:
    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    with served(make_results(tmp_path / "results"), tmp_path / "mine.csv", preexec_fn=little_room) as server:
        assert server.post(said(note="kept"))[0] == 200
        code, told = server.post(*(said(f"clip{number}", note="x" * 9000) for number in range(10)))
        assert code == 507
        assert f"{os.strerror(errno.EFBIG)}; nothing was saved" in told
        assert [row["note"] for row in server.kept()] == ["kept"]
    assert [file.name for file in tmp_path.iterdir() if file.name.endswith(".part")] == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with served(make_results(tmp_path / "results"), tmp_path / "later" / "mine.csv") as server:
        (tmp_path / "later").write_text("in the way")
        code, told = server.post(said())
        assert code == 500
        assert "nothing was saved" in told


def test_while_results_are_made_anew_nothing_is_saved_yet(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results")
    catalogue = results / "catalog.duckdb"
    with served(results, tmp_path / "mine.csv") as server:
        catalogue.rename(tmp_path / "aside.duckdb")
        code, told = server.post(said())
        assert code == 503
        assert "cannot be asked which clips there are" in told
        (tmp_path / "aside.duckdb").rename(catalogue)
        assert server.post(said())[0] == 200


# --- the command ---


def refused(*arguments: str | Path) -> str:
    command = [sys.executable, "-m", "workflow_scripts.run.serve_review", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_what_cannot_be_served_is_told(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results", "one", "two")
    assert "no such file. A run writes it" in refused(tmp_path / "none")
    assert "which of one, two? make review DATASET=one" in refused(results)
    assert "no dataset 'thre'" in refused(results, "thre")
    assert "did you mean `two`" in refused(results, "twoo")
    assert "PORT 'http'" in refused(results, "one", tmp_path / "mine.csv", "http")
    (results / "two" / "review" / "index.html").unlink()
    assert "no such page; `snakemake review` makes it" in refused(results, "two")


def test_verdicts_are_never_kept_in_the_results(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results")
    (tmp_path / "link").symlink_to(results / "mine")
    for file in (results / "mine.csv", tmp_path / "link" / "reviews.csv", tmp_path / "x" / ".." / "results" / "r.csv"):
        assert "lies in the results, where a run may delete it" in refused(results, "", file)
    assert "is a folder; name a file" in refused(results, "", tmp_path)
    other = tmp_path / "other.csv"
    other.write_text("mine\n")
    assert "its header is 'mine'" in refused(results, "", other)


def test_verdicts_go_where_the_dataset_file_says(tmp_path: Path) -> None:
    named = {"one": ["labels/judged.csv"], "two": ["a.csv", "b.csv"], "three": [f"{tmp_path}/other.csv"]}
    results = make_results(tmp_path / "results", "one", "two", "three", "four", reviews=named)
    with served(results, None, "one") as server:
        assert server.post(said())[0] == 200
        assert server.file == tmp_path / "labels" / "judged.csv"
        assert server.file.exists()
    for dataset, file in {"three": tmp_path / "other.csv", "four": ROOT / "reviews" / "four.csv"}.items():
        with served(results, None, dataset) as server:
            assert server.file == file
    assert "into which of a.csv, b.csv? make review REVIEWS=a.csv" in refused(results, "two")


def test_a_port_that_is_taken_is_told(server: Served) -> None:
    results = server.file.parents[1] / "results"
    assert f"port {server.port} of 127.0.0.1 cannot be had" in refused(results, "", server.file, str(server.port))


def test_ctrl_c_ends_it_while_a_player_holds_on(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results")
    (results / "mine" / "review" / "long.wav").write_bytes(bytes(50_000_000))
    with served(results, tmp_path / "mine.csv") as server:
        holding = socket.create_connection(("127.0.0.1", server.port))
        holding.sendall(request(server, f"/{server.token}/long.wav"))
        assert holding.recv(100)
    holding.close()


def test_kept_reviews_say_what_is_wrong_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("mine\n")
    with pytest.raises(RowsError, match="its header is 'mine'"):
        KeptReviews(tmp_path / "mine.csv").rows()
