"""The review page in a real Chromium, from disk and from a server: it plays, is judged by keys, takes text for text."""

import csv
import functools
import http.server
import io
import json
import random
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.review.made_up import DIGEST, HOSTILE, ODD, write_few, write_made_up, write_many, write_odd, write_same
from tests.review.served import make_results
from tests.review.served import served as server_of

COLUMNS = "clip_id,verdict,reviewer,reviewed_at,ordinal,caption,class_ids,note,pcm_digest"
Look = Callable[..., Any]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = write_few(tmp_path_factory.mktemp("a folder, of few") / "review")
    return f"{(folder / 'index.html').as_uri()}"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> str:
    return (write_many(tmp_path_factory.mktemp("many") / "review", 5000) / "index.html").as_uri()


def test_a_clip_plays_from_disk_and_is_sought_by_click_slider_and_key(look: Look, few: str) -> None:
    told = look("reviewing", "listen", few)
    assert told["wrong"] == []
    assert told["by_click"] == pytest.approx(1.5, abs=0.02)
    assert float(told["playhead"].removesuffix("%")) == pytest.approx(75, abs=1)
    assert told["by_slider"] == pytest.approx(0.01)
    assert told["by_key"] == pytest.approx(1.01, abs=0.02)
    assert told["spectrogram"][0] > 40
    assert told["spectrogram"][1] == 96
    assert told["canvases"] > 0


def test_verdicts_given_by_keys_in_two_tabs_are_kept_and_saved(look: Look, few: str, tmp_path: Path) -> None:
    told = look("reviewing", "judge", few, tmp_path / "saved.csv")
    assert told["wrong"] == []
    assert (told["name"], told["pressed"]) == ("reviews.csv", "true")
    assert told["known"].startswith("2 of 10 judged")
    assert told["after"] == "3 of 10 judged: 2 kept, 1 dropped"
    content = (tmp_path / "saved.csv").read_bytes()
    assert content.splitlines()[0].decode() == COLUMNS
    with (tmp_path / "saved.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, strict=True))
    name = 'Ann, "the ear" Ä'
    assert {row.pop("reviewer") for row in rows} == {name}
    assert all(row.pop("reviewed_at").endswith("Z") for row in rows)
    nothing = {"caption": "", "class_ids": "", "note": "", "pcm_digest": DIGEST}
    assert rows == [
        {"clip_id": "first", "verdict": "keep", "ordinal": "0", **nothing, "note": "=1+1, and more"},
        {"clip_id": "first", "verdict": "", "ordinal": "1", **nothing, "caption": 'Somewhere, "far",\na dog.'},
        {"clip_id": "hostile0", "verdict": "keep", "ordinal": "0", **nothing},
        {"clip_id": "second", "verdict": "drop", "ordinal": "", **nothing, "class_ids": "/m/cat|/m/dog"},
    ]


def test_the_address_chooses_cards_and_says_which_are_chosen(look: Look, few: str) -> None:
    told = look("reviewing", "filters", few)
    assert told["wrong"] == []
    assert told["told"] == {
        "finding=leaked&class=Wind": ["1 of 1", "leaks"],
        "class=%2Fm%2Fcat&split=eval": ["1 of 1", "second"],
        "status=missing": ["1 of 1", "gone"],
        "clip=broken": ["10 of 10", "broken"],
        "clip=nobody": ["The clip nobody has no card on this page: it was not among those that were drawn."],
        "text=woof": ["1 of 1", "hostile2"],
        "finding=never": ["No card is like that. Choose others above."],
        "order=doubtful": ["1 of 10", "broken"],
        "order=doubtful&split=eval": ["1 of 2", "leaks"],
        "class=Church+bell%2C+%22big%22%3B+old": ["1 of 1", "second"],
    }
    assert told["address"] == "status=usable&split=eval&clip=second"
    assert told["shown"] == "2 of 10 · usable · eval"


def test_texts_that_would_do_harm_are_text(look: Look, few: str) -> None:
    told = look("reviewing", "hostile", few)
    assert told["wrong"] == []
    assert list(told["texts"].values()) == HOSTILE
    assert told["hacked"] is None
    assert set(told["links"].values()) == {0}  # an address that is no http is no link
    assert told["link"] == ["https://example.org/?a=1&b=<2>", "noopener noreferrer", "_blank"]
    assert told["requests"] == []


@pytest.mark.parametrize("width", ["", "phone"])
def test_axe_finds_nothing_serious_and_a_phone_is_wide_enough(look: Look, few: str, width: str) -> None:
    told = look("reviewing", "faults", few, *([width] if width else []))
    assert told["wrong"] == []
    assert {place: found for place, found in told["axe"].items() if found} == {}
    assert told["width"] == (390 if width else 1280)
    assert told["lanes"] == [["Cat", "25%", "75%"], ['Church bell, "big"; old', "0%"]]
    assert told["reasons"] == {
        "gone": ["This clip cannot be played: it is missing.", False],
        "broken": ["truncated: it ends <early> (truncated).", False],
    }


def test_a_page_of_5000_cards_reads_what_is_seen(look: Look, many: str) -> None:
    told = look("reviewing", "many", many)
    print({name: round(value, 3) for name, value in told.items() if name.endswith("_s")})
    assert told["wrong"] == []
    assert told["counts"].startswith("0 of 5,000")
    assert told["resources"] < 20  # of 100 packs one


def test_a_verdict_is_of_the_sound_of_its_own_card(look: Look, many: str) -> None:
    """However early it comes; and what was said of another sound that a clip had does not hold."""
    told = look("reviewing", "hasty", many)
    assert told["wrong"] == []
    assert told["told"] == "This clip had another sound when you said of it: drop."
    assert told["counts"].startswith("1 of 5,000 judged: 1 kept")
    assert {clip: row["pcm_digest"] for clip, row in told["rows"].items()} == {
        "clip00050": "00000032" * 4,
        "clip00051": "00000033" * 4,
    }
    assert told["rows"]["clip00051"]["note"] == ""


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> str:
    return (write_odd(tmp_path_factory.mktemp("odd") / "review") / "index.html").as_uri()


def test_a_dialog_that_is_saved_as_it_was_opened_says_nothing(look: Look, odd: str) -> None:
    """Whatever a field makes of a caption; what is typed is a correction, and the caption as found takes it back."""
    told = look("reviewing", "unsaid", odd)
    assert told["wrong"] == []
    assert "Two cats." in told["shown"]["2"]
    assert told["unsaid"] == [["odd0", "2026-01-01T00:00:00Z"], ["odd2", "2026-01-01T00:00:00Z"]]
    assert told["corrected"] == ["A dog barks.\nTwice."]
    assert told["back"] == [""]


def test_a_long_caption_leaves_play_in_sight_and_classes_of_one_name_are_two(look: Look, odd: str) -> None:
    told = look("reviewing", "odd", odd)
    assert (told["wrong"], told["axe"]) == ([], [])
    assert told["text"] == ODD[1]
    assert told["top"] < 700 < told["opened"]
    assert told["told"] == {
        "class=/m/seal": ["1 of 3 · Seal (/m/seal)", "1 of 1", "#class=%2Fm%2Fseal&clip=odd0"],
        "class=/m/stamp": ["1 of 3 · Seal (/m/stamp)", "1 of 1", "#class=%2Fm%2Fstamp&clip=odd1"],
        "class=Seal": ["2 of 3 · Seal", "1 of 2", "#class=Seal&clip=odd0"],
        "class=Dog": ["1 of 3 · Dog", "1 of 1", "#class=%2Fm%2Fdog&clip=odd2"],
    }
    assert told["named"] == ["all", "Dog (1)", "Seal (/m/seal) (1)", "Seal (/m/stamp) (1)", "Seal (2)"]


def test_two_clips_of_one_sound_play_in_step_from_the_server_too(look: Look, tmp_path: Path) -> None:
    results = make_results(tmp_path / "results", "same")
    shutil.rmtree(results / "same/review")
    write_same(results / "same/review")
    with server_of(results, tmp_path / "reviews.csv") as server:
        told = look("reviewing", "same", server.address)
    assert told["wrong"] == []
    assert told["apart"] < 0.05
    assert told["paused"]


@pytest.mark.parametrize("width", ["", "phone"])
def test_two_clips_of_one_sound_play_in_step_with_what_is_said_of_both(look: Look, tmp_path: Path, width: str) -> None:
    page = write_same(tmp_path / "review") / "index.html"
    told = look("reviewing", "same", page.as_uri(), *([width] if width else []))
    assert (told["wrong"], told["axe"], told["far_axe"], told["hacked"]) == ([], [], [], None)
    assert told["width"] == (390 if width else 1280)
    assert told["alone"] == ["alone", False]
    assert told["place"] == "1 of 2"
    assert told["told"] == (
        "By its fingerprint: 2 s are shared, 12.5 % of which differs, from 0.5 s of this clip and 3.25 s of the other. "
        "70 clips have it in all."
    )
    assert told["sides"] == [
        ["leak", ["same", "train"], ["Dog", "Cat (only here)"], ["A dog barks."]],
        ["loud", ["theirs", "test"], ["Dog", f"{HOSTILE[1]} (only here)"], [HOSTILE[0]]],
    ]
    assert told["apart"] < 0.05
    assert told["own"].startswith("Play")
    assert told["heard"] == [
        ["Hear: both x", False, False], ["Hear: this clip x", False, True], ["Hear: the other x", True, False],
    ]  # fmt: skip
    assert told["paused"]
    assert told["sought"] == [[2.0, 2.0], "2.0 / 2.0 s"]
    assert told["next"][0] == "twin"
    assert told["next"][1].startswith("Their files hold the same samples: 2 s are shared, from")
    assert told["next"][2] == "2 of 3: next m"
    assert told["twin"] == ["leak", ["same", "train"], ["Dog"], []]
    assert told["far"] == [
        "The two cannot be played side by side: of the other only its fingerprint is here.", False, False,
    ]  # fmt: skip


def test_a_page_without_cards_says_so(look: Look, tmp_path: Path) -> None:
    told = look("reviewing", "nothing", (write_made_up(tmp_path / "review", "none", []) / "index.html").as_uri())
    assert told == {
        "told": "No card is like that. Choose others above.",
        "counts": "0 of 0 judged: 0 kept, 0 dropped",
        "wrong": [],
    }


def test_widest_interval_next_takes_each_class_in_turn(look: Look, many: str) -> None:
    told = look("reviewing", "widest", many)
    assert told["wrong"] == []
    assert sorted(told["classes"][:4]) == sorted(told["classes"][4:8]) == [0, 1, 2, 3]
    assert "right in 2 of 2 judged: between 34 % and 100 %" in told["told"]


def test_rows_are_written_as_csv_reads_them_and_intervals_are_wilsons(look: Look, few: str, tmp_path: Path) -> None:
    """Intervals by Newcombe (1998), table I: 81 of 263 and 15 of 148, 0 of 20, 1 of 29, method 3."""
    letters = "ab\",\n;=\u2028|'<é\U0001f415 "
    texts = ["".join(random.Random(seed).choices(letters, k=seed % 12)) for seed in range(400)]
    rows = [
        dict.fromkeys(COLUMNS.split(","), "")
        | {
            "clip_id": f"clip{number:03}",
            "verdict": "keep",
            "reviewer": text.strip() or "x",
            "caption": text,
            "note": text,
        }
        for number, text in enumerate(texts)
    ]
    asked = {"rows": rows, "shares": [[81, 263], [15, 148], [0, 20], [1, 29], [0, 0]]}
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    told = look("reviewing", "functions", few, tmp_path / "asked.json")
    assert list(csv.DictReader(io.StringIO(told["csv"], newline=""), strict=True)) == rows
    assert [[round(end, 4) for end in ends] for ends in told["intervals"]] == [
        [0.2553, 0.3662], [0.0624, 0.1605], [0.0, 0.1611], [0.0061, 0.1718], [0, 1],
    ]  # fmt: skip


class Verdicts(http.server.SimpleHTTPRequestHandler):
    """Gives the page, has a verdict of another reviewer, and fails the first time that it is to save."""

    posted: ClassVar[list[dict[str, str]]] = []
    failed: ClassVar[list[int]] = []
    others: ClassVar[list[dict[str, Any]]] = [
        {"clip_id": "first", "verdict": "drop", "reviewer": "Bo", "reviewed_at": "2026-01-01T00:00:00Z", "ordinal": 0}
    ]

    def do_GET(self) -> None:
        if self.path == "/reviews":
            self._answer(200, json.dumps(self.others).encode())
        else:
            super().do_GET()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.failed:
            self.failed.append(1)
            self._answer(500, b"the disk is full")
            return
        self.posted.extend(body["rows"])
        self._answer(200, b"{}")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address(few: str) -> Iterator[str]:
    folder = Path(few.removeprefix("file://").replace("%20", " ").replace("%2C", ",")).parent
    handler = functools.partial(Verdicts, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/index.html"
        server.shutdown()


def test_a_server_gets_each_verdict_even_if_it_fails_at_first(look: Look, address: str) -> None:
    told = look("reviewing", "served", address)
    assert [one for one in told["wrong"] if "500" not in one] == []
    assert told["told"] == "not saved: 1 not saved yet: the disk is full"
    assert told["others"] == "Others: Bo drop"
    assert [(row["clip_id"], row["verdict"], row["reviewer"]) for row in Verdicts.posted] == [("first", "keep", "Ann")]
    assert ",".join(Verdicts.posted[0]) == COLUMNS
