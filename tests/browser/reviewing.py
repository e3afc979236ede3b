"""What somebody does on a review page, in a real Chromium: python -m tests.browser.reviewing WHAT URL [FILE]."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.opened import Opened, opened

PHONE = {"width": 390, "height": 844}


def until(page: Page, holds: str, argument: object = None) -> None:
    """Wait until something holds; Playwright's own way asks by `eval`, which the page forbids."""
    end = time.monotonic() + 20
    while not page.evaluate(holds, argument):
        assert time.monotonic() < end, holds
        page.wait_for_timeout(20)


def ready(page: Page, clip: str | None = None) -> str:
    """Wait for a card; the clip that it is of."""
    until(page, "!document.getElementById('article').hidden && document.getElementById('clip').textContent")
    if clip:
        until(page, "clip => document.getElementById('clip').textContent === clip", clip)
    until(page, "document.getElementById('measures').children.length || !document.getElementById('reason').hidden")
    return str(page.text_content("#clip"))


def leave(page: Page) -> None:
    """Close a dialog by its key, which takes a moment."""
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('dialog[open]')")


def seconds(page: Page) -> float:
    return float(page.input_value("#seek"))


def grave(page: Page) -> list[str]:
    found = Axe().run(page, options={"preload": False}).response["violations"]  # it would fetch styles, from disk too
    return [
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html']}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def listen(window: Opened, _: Path) -> dict[str, Any]:
    """Play, seek by click and by the slider, and look at the spectrogram."""
    page = window.page
    ready(page)
    page.click("#play")
    until(page, "Number(document.getElementById('seek').value) > 0.1")
    page.keyboard.press("p")
    until(page, "document.getElementById('play').textContent.startsWith('Play')")
    box = (
        page.locator("#pictures").bounding_box() or {}
    )  # the bar of verdicts may lie over it: how high a line is, fonts say
    page.click("#pictures", position={"x": 0.75 * box["width"], "y": box["height"] - 10})
    by_click, playhead = seconds(page), page.locator("#playhead").evaluate("e => e.style.left")
    page.focus("#seek")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    by_slider = seconds(page)
    page.focus("#play")
    page.keyboard.press("ArrowRight")
    image = page.locator("#spectrogram").evaluate("async e => (await e.decode(), [e.naturalWidth, e.naturalHeight])")
    drawn = page.locator("#waveform").evaluate("e => e.firstChild.shadowRoot.querySelectorAll('canvas').length")
    return {
        "by_click": by_click, "playhead": playhead, "by_slider": by_slider, "by_key": seconds(page),
        "spectrogram": image, "canvases": drawn,
    }  # fmt: skip


def judge(window: Opened, file: Path) -> dict[str, Any]:
    """Judge by keys alone, in two tabs, and save."""
    page = window.page
    ready(page, "first")
    page.keyboard.press("k")  # asks who it is
    page.keyboard.type('Ann, "the ear" Ä')
    page.keyboard.press("Enter")
    ready(page, "second")
    page.keyboard.press("d")
    ready(page, "hostile0")
    page.keyboard.press("b")
    ready(page, "second")
    pressed = page.get_attribute("#drop", "aria-pressed")
    page.keyboard.press("r")
    page.wait_for_selector("#classes-dialog[open]")
    page.uncheck("#classes-dialog input[value='/m/bell']")
    page.fill("#classes-dialog [name=another]", "dog")
    page.keyboard.press("Enter")
    page.click("#classes-dialog button[value=ok]")
    page.keyboard.press("b")
    ready(page, "first")
    page.keyboard.press("c")
    page.wait_for_selector("#which-dialog[open]")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#text-dialog[open]")
    page.fill("#text-dialog textarea", 'Somewhere, "far",\na dog.')
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("t")
    page.wait_for_selector("#text-dialog[open]")
    page.keyboard.type("=1+1, and more")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('said').textContent.includes('=1+1')")
    other = window.context.new_page()
    other.goto(page.url.partition("#")[0] + "#clip=hostile0")
    ready(other, "hostile0")
    known = other.text_content("#counts")
    other.keyboard.press("k")
    ready(other, "hostile1")
    until(page, "document.getElementById('counts').textContent.startsWith('3 of')")
    other.close()
    page.keyboard.press("n")
    page.keyboard.press("n")
    page.keyboard.press("n")
    ready(page, "hostile1")
    page.keyboard.press("k")
    ready(page, "hostile2")
    page.keyboard.press("b")
    ready(page, "hostile1")
    page.keyboard.press("u")
    until(page, "document.getElementById('undo').disabled")
    with page.expect_download() as download:
        page.keyboard.press("s")
    download.value.save_as(file)
    page.reload()
    ready(page)
    return {
        "name": download.value.suggested_filename,
        "pressed": pressed,
        "known": known,
        "after": page.text_content("#counts"),
    }


def filters(window: Opened, _: Path) -> dict[str, Any]:
    """Addresses choose cards; fields of the form change the address."""
    page, start = window.page, window.page.url.partition("#")[0]
    ready(page)

    def at(address: str) -> list[str | None]:
        page.evaluate("address => { location.hash = address }", address)
        page.wait_for_timeout(150)
        return (
            [page.text_content(place) for place in ("#place", "#clip")]
            if page.is_visible("#article")
            else [page.text_content("#nothing")]
        )

    told = {
        address: at(address)
        for address in (
            "finding=leaked&class=Wind", "class=%2Fm%2Fcat&split=eval", "status=missing", "clip=broken", "clip=nobody",
            "text=woof", "finding=never", "order=doubtful", "order=doubtful&split=eval",
            "class=Church+bell%2C+%22big%22%3B+old",
        )
    }  # fmt: skip
    page.goto(f"{start}#status=usable")
    page.reload()
    ready(page)
    page.keyboard.press("f")
    page.select_option("[name=split]", "eval")
    until(page, "location.hash.includes('split=eval')")
    return {"told": told, "address": page.url.partition("#")[2], "shown": page.text_content("#shown")}


def hostile(window: Opened, _: Path) -> dict[str, Any]:
    """Texts are texts; nothing that they hold is run, fetched or followed."""
    page = window.page
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    texts, links = {}, {}
    for number in range(5):
        page.evaluate("number => { location.hash = `clip=hostile${number}` }", number)
        ready(page, f"hostile{number}")
        texts[number] = page.text_content("#captions li")
        links[number] = page.locator("#measures a").count()
    page.evaluate("location.hash = 'clip=first'")
    ready(page, "first")
    link = page.locator("#measures a")
    return {
        "texts": texts, "links": links, "hacked": page.evaluate("window.hacked ?? null"),
        "link": [link.get_attribute(name) for name in ("href", "rel", "target")],
        "requests": [url for url in requests if not url.startswith(page.url.rpartition("/")[0])],
    }  # fmt: skip


def faults(window: Opened, _: Path) -> dict[str, Any]:
    """What axe finds, of the page and of each dialog; how wide it is; reasons of what cannot be played."""
    page = window.page
    ready(page)
    found = {"card": grave(page)}
    page.keyboard.press("f")
    found["filters"] = grave(page)
    page.focus("#keep")
    page.keyboard.press("t")
    page.keyboard.type("Bo")
    found["who"] = grave(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("#text-dialog[open]")
    found["note"] = grave(page)
    leave(page)
    for key, dialog in {"c": "which", "r": "classes", "?": "help"}.items():
        page.keyboard.press(key)
        page.wait_for_selector(f"#{dialog}-dialog[open]")
        found[dialog] = grave(page)
        leave(page)
    page.evaluate("location.hash = 'clip=second'")
    ready(page, "second")
    found["events"] = grave(page)
    lanes = page.locator(".lane").evaluate_all(
        "all => all.map(e => [e.textContent, ...[...e.querySelectorAll('.event')].map(o => o.style.left)])"
    )
    reasons = {}
    for clip in ("gone", "broken"):
        page.evaluate("clip => { location.hash = `clip=${clip}` }", clip)
        ready(page, clip)
        reasons[clip] = [page.text_content("#reason"), page.is_visible("#player")]
    found["reason"] = grave(page)
    return {
        "axe": found,
        "width": page.evaluate("document.documentElement.scrollWidth"),
        "reasons": reasons,
        "lanes": lanes,
    }


def many(window: Opened, _: Path) -> dict[str, Any]:
    """Seconds until a card is there, until it sounds, from card to card, and what was read for that."""
    page = window.page
    begun = time.perf_counter()
    page.reload()
    ready(page)
    shown = time.perf_counter() - begun
    page.keyboard.press("p")
    until(page, "Number(document.getElementById('seek').value) > 0")
    sounded = time.perf_counter() - begun
    page.keyboard.press("p")
    read = page.evaluate("performance.getEntriesByType('resource').length")
    begun = time.perf_counter()
    for _ in range(20):
        before = page.text_content("#clip")
        page.keyboard.press("n")
        until(page, "before => document.getElementById('clip').textContent !== before", before)
    stepped = (time.perf_counter() - begun) / 20
    begun = time.perf_counter()
    page.evaluate("location.hash = 'text=caption+4321&order=widest'")
    until(page, "document.getElementById('clip').textContent === 'clip04321'")
    searched = time.perf_counter() - begun
    return {
        "shown_s": shown,
        "sounded_s": sounded,
        "next_s": stepped,
        "search_s": searched,
        "resources": read,
        "counts": page.text_content("#counts"),
    }


def widest(window: Opened, _: Path) -> dict[str, Any]:
    """The order that narrows the widest interval first: the classes of the cards that it proposes."""
    page = window.page
    page.evaluate("localStorage.setItem('soundledger reviewer', 'Ann')")
    page.goto(page.url.partition("#")[0] + "#order=widest")
    page.reload()
    ready(page)
    seen = []
    for _ in range(9):
        clip = page.text_content("#clip") or ""
        seen.append(int(clip.removeprefix("clip")) % 4)
        page.keyboard.press("k")
        until(page, "before => document.getElementById('clip').textContent !== before", clip)
    return {"classes": seen, "told": page.text_content("#widest")}


def served(window: Opened, _: Path) -> dict[str, Any]:
    """A server that has a verdict of another, and fails at first: what is told until it has all."""
    page = window.page
    ready(page, "first")
    until(page, "document.getElementById('saved').textContent === 'saved'")
    page.keyboard.press("k")
    page.keyboard.type("Ann")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('saved').textContent.startsWith('not saved')")
    told = page.text_content("#saved")
    until(page, "document.getElementById('saved').textContent === 'saved'")
    page.evaluate("location.hash = 'clip=first'")
    ready(page, "first")
    return {"told": told, "others": page.text_content("#others")}


def hasty(window: Opened, _: Path) -> dict[str, Any]:
    """A verdict before a card's pack was read; and one that was said of another sound of a clip."""
    page, start = window.page, window.page.url.partition("#")[0]
    other = {"clip_id": "clip00051", "reviewer": "Ann", "ordinal": "0", "verdict": "drop", "pcm_digest": "f" * 32,
             "reviewed_at": "2026-01-01T00:00:00Z", "note": "of another sound"}  # fmt: skip
    page.evaluate(
        "row => { localStorage.setItem('soundledger reviewer', 'Ann');"
        " const key = JSON.stringify([row.clip_id, 'Ann', '0']);"
        " localStorage.setItem(`soundledger review many ${key}`, JSON.stringify(row)) }",
        other,
    )
    page.goto(f"{start}#clip=clip00049")
    page.reload()
    ready(page, "clip00049")
    page.uncheck("#goon")
    page.route("**/packs/*.js", lambda route: (time.sleep(0.5), route.continue_()))
    page.keyboard.press("n")
    page.keyboard.press("k")
    until(page, "document.getElementById('keep').getAttribute('aria-pressed') === 'true'")
    page.keyboard.press("n")
    ready(page, "clip00051")
    told = page.text_content("#said")
    counts = page.text_content("#counts")
    page.keyboard.press("k")
    until(page, "document.getElementById('counts').textContent.startsWith('2 of')")
    ours = "([key]) => key.includes('review many')"
    rows = page.evaluate(f"Object.entries(localStorage).filter({ours}).map(([, row]) => JSON.parse(row))")
    return {"told": told, "counts": counts, "rows": {row["clip_id"]: row for row in rows}}


def unsaid(window: Opened, _: Path) -> dict[str, Any]:
    """Each dialog opened and saved as it is, on captions as fields do not hold them and beside corrections."""
    page, start = window.page, window.page.url.partition("#")[0]
    rows = [
        {"clip_id": "odd2", "reviewer": "Ann", "ordinal": "", "caption": "Two cats.", "note": " ends. ",
         "class_ids": "/m/seal"},
        {"clip_id": "odd0", "reviewer": "Bo", "ordinal": "1", "caption": "Of Bo."},
    ]  # fmt: skip
    page.evaluate(
        "rows => { localStorage.setItem('soundledger reviewer', 'Ann');"
        " for (const row of rows) { row.reviewed_at = '2026-01-01T00:00:00Z';"
        " const key = JSON.stringify([row.clip_id, row.reviewer, row.ordinal]);"
        " localStorage.setItem(`soundledger review odd ${key}`, JSON.stringify(row)) } }",
        rows,
    )
    ours = (
        "Object.entries(localStorage).filter(([key]) => key.includes('review odd')).map(([, row]) => JSON.parse(row))"
    )

    def write(key: str, text: str | None = None, caption: int = 0) -> None:
        page.keyboard.press(key)
        if key == "c":
            page.click(f"#which-dialog li:nth-child({caption + 1}) button")
        page.wait_for_selector("#text-dialog[open]")
        if text is not None:
            page.fill("#text-dialog textarea", text)
        page.click("#text-dialog button[value=ok]")
        page.wait_for_timeout(60)

    shown = {}
    for number in range(3):
        page.goto(f"{start}#clip=odd{number}")
        page.reload()
        ready(page, f"odd{number}")
        shown[number] = page.text_content("#captions ol") or ""
        for caption in (0, 1):
            write("c", caption=caption)
        write("t")
        for answer in ("ok", "none")[: 1 if number == 2 else 2]:
            page.keyboard.press("r")
            page.click(f"#classes-dialog button[value={answer}]")
            page.wait_for_timeout(60)
    unsaid = page.evaluate(ours)
    page.evaluate("location.hash = 'clip=odd0'")
    ready(page, "odd0")
    write("c", "A dog barks.\nTwice. ")
    corrected = page.evaluate(ours)
    write("c", page.evaluate("Review.index.cards.captions[0][0][1]"))
    return {
        "shown": shown,
        "unsaid": sorted([row["clip_id"], row["reviewed_at"]] for row in unsaid),
        "corrected": [row["caption"] for row in corrected if row["clip_id"] == "odd0" and row["reviewer"] == "Ann"],
        "back": [
            row["caption"] for row in page.evaluate(ours) if row["clip_id"] == "odd0" and row["reviewer"] == "Ann"
        ],
    }


def odd(window: Opened, _: Path) -> dict[str, Any]:
    """A caption of 5,000 letters, and filters of classes of one name."""
    page = window.page
    page.evaluate("location.hash = 'clip=odd1'")
    ready(page, "odd1")
    top, text = page.locator("#play").bounding_box() or {}, page.text_content("#captions li span")
    page.click("#captions .more")
    opened = page.locator("#play").bounding_box() or {}
    told = {}
    for address in ("class=/m/seal", "class=/m/stamp", "class=Seal", "class=Dog"):
        page.evaluate("address => { location.hash = address }", address)
        page.wait_for_timeout(150)
        told[address] = [page.text_content("#shown"), page.text_content("#place"), page.evaluate("location.hash")]
    named = page.locator("#filters [name=class] option").all_text_contents()
    page.evaluate("location.hash = 'clip=odd1'")
    ready(page, "odd1")
    return {"top": top["y"], "opened": opened["y"], "text": text, "told": told, "named": named, "axe": grave(page)}


def same(window: Opened, _: Path) -> dict[str, Any]:
    """Two clips of one sound, by keys: both play in step, one or the other is heard, then the next that has it."""
    page = window.page
    told: dict[str, Any] = {"alone": [ready(page, "alone"), page.is_visible("#same")]}
    page.keyboard.press("o")
    page.evaluate("location.hash = 'finding=same_sound'")
    ready(page, "leak")
    until(page, "document.querySelectorAll('#same audio')[1].src")
    told["place"], told["told"] = page.text_content("#place"), page.text_content("#same-told")
    told["sides"] = [sides(page, name) for name in ("here", "there")]
    told["axe"], told["width"] = grave(page), page.evaluate("document.documentElement.scrollWidth")
    page.keyboard.press("p")
    until(page, "Number(document.getElementById('seek').value) > 0.1")
    page.keyboard.press("o")
    times = "[...document.querySelectorAll('#same audio')].map(one => one.currentTime)"
    until(page, f"{times}.every(at => at > 0.5)")
    told["apart"] = page.evaluate(f"(([one, other]) => Math.abs(one - other))({times})")
    told["own"] = page.text_content("#play")
    told["heard"] = []
    for _ in range(3):
        told["heard"].append(page.evaluate(
            "[document.getElementById('hear').textContent,"
            " ...[...document.querySelectorAll('#same audio')].map(one => one.muted)]"
        ))  # fmt: skip
        page.keyboard.press("x")
    page.keyboard.press("o")
    told["paused"] = page.evaluate("[...document.querySelectorAll('#same audio')].every(one => one.paused)")
    page.focus("#same-seek")
    page.keyboard.press("End")
    told["sought"] = [page.evaluate(times), page.text_content("#same-time")]
    page.focus("#both")
    page.keyboard.press("m")
    told["next"] = [page.text_content(place) for place in ("#there-title", "#same-told", "#another")]
    page.click("#there-title a")
    ready(page, "twin")
    told["twin"] = sides(page, "there")
    page.keyboard.press("b")
    ready(page, "leak")
    page.click("#another")
    page.click("#another")
    told["far"] = [page.text_content("#same-not"), page.is_visible("#both"), page.is_visible("#there img")]
    told["far_axe"] = grave(page)
    return told | {"hacked": page.evaluate("window.hacked ?? null")}


def sides(page: Page, name: str) -> list[Any]:
    """What stands in one of the two sides: title, dataset and split, labels, captions."""
    return [
        page.text_content(f"#{name} h4"),
        *(page.locator(f"#{name} {place}").all_text_contents() for place in (".mark", "ul li", "ol li")),
    ]


def nothing(window: Opened, _: Path) -> dict[str, Any]:
    """A page of no cards, on which every key is pressed."""
    page = window.page
    for key in "pnbkdcrtu ":
        page.keyboard.press(key)
    return {"told": page.text_content("#nothing"), "counts": page.text_content("#counts")}


def functions(window: Opened, file: Path) -> dict[str, Any]:
    """What the page's own functions make of rows and of shares."""
    asked = json.loads(file.read_text())
    return {
        "csv": window.page.evaluate("rows => Review.csv(rows)", asked["rows"]),
        "intervals": window.page.evaluate("shares => shares.map(one => Review.wilson(...one))", asked["shares"]),
    }


WHAT: dict[str, Callable[[Opened, Path], dict[str, Any]]] = {
    act.__name__: act
    for act in (
        listen,
        judge,
        filters,
        hostile,
        faults,
        many,
        widest,
        served,
        functions,
        nothing,
        hasty,
        unsaid,
        odd,
        same,
    )
}


def main() -> None:
    what, url, *rest = sys.argv[1:]
    options: dict[str, Any] = {"viewport": PHONE, "color_scheme": "dark"} if "phone" in rest else {}
    with opened(url, **options) as window:
        told = WHAT[what](window, Path(rest[0]) if rest else Path())
        # axe styles what it looks at; a sound that another card takes the place of is not read to its end
        mine = ("Applying inline style" if what == "faults" else "ERR_ABORTED", "ERR_ABORTED")
        wrong = [one for one in window.wrong if not any(words in one for words in mine)]
        print(json.dumps(told | {"wrong": wrong}))


if __name__ == "__main__":
    main()
