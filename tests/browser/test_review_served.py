"""The server of the review page, asked by a real browser: from its own page, and from one of another origin."""

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.made_files import noise16, wav
from tests.review.served import make_results, served

PAGE = """<!doctype html><title>cards</title><link rel="icon" href="data:,">
<audio src="snippets/noise.wav"></audio><script src="page.js"></script><script>window.inline = true</script>"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[str]:
    """The address of a page of another origin."""
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>others</title>")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_our_page_plays_seeks_and_saves_and_no_other_does(look: Callable[..., Any], tmp_path: Path, other: str) -> None:
    results = make_results(tmp_path / "results")
    page = results / "mine" / "review"
    (page / "index.html").write_text(PAGE)
    (page / "page.js").write_text("window.fromFile = true;")
    (page / "snippets" / "noise.wav").write_bytes(wav(noise16(30 * 16_000)))
    with served(results, tmp_path / "mine.csv") as server:
        told = look("serve_review", server.address, other)
        ours = told["ours"]
        assert ours["played"] == [30, 25, 30]
        status, text, rows = ours["saved"]
        assert (status, text) == (200, '{"saved":1}')
        assert [row["clip_id"] for row in rows] == ["a"]
        assert ours["ran"] == [True, None]  # no script that stands in the page itself
        # of the script above, and of the part of the sound that is no longer wanted once it is sought elsewhere
        expected = ("Content Security Policy", "noise.wav: net::ERR_ABORTED")
        assert [wrong for wrong in ours["wrong"] if not any(one in wrong for one in expected)] == []
        assert ours["too_much"] == 413
        tries, is_closed = told["theirs"]
        assert tries == ["TypeError: Failed to fetch"] * 4
        assert is_closed
        assert [row["clip_id"] for row in server.kept()] == ["a"]
