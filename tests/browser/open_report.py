"""A report in Chromium, opened from disk.

python -m tests.browser.open_report PAGE FOLDER: what is seen, asked for and heard of it; its print goes to FOLDER.
"""

import json
import sys
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.opened import opened

PHONE = {"width": 360, "height": 740}
SEEN = """() => ({
    title: document.title,
    pictures: [...document.querySelectorAll("figure svg")].map(one => {
        const box = one.getBBox(), shown = one.getBoundingClientRect();
        return {
            drawn: [box.width, box.height], shown: [shown.width, shown.height], role: one.getAttribute("role"),
            label: (one.getAttribute("aria-labelledby") ?? "").split(" ")
                .map(id => document.getElementById(id)?.textContent ?? "").join(": "),
        };
    }),
    scripts: document.scripts.length,
    beyond: [...document.querySelectorAll("main *")].filter(one => {
        const box = one.getBoundingClientRect();
        return box.right > document.documentElement.clientWidth + 1 && !one.closest(".scroll, .unseen");
    }).map(one => one.outerHTML.slice(0, 200)),
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    overflow: [...new Set([...document.querySelectorAll("figure svg")].map(one => getComputedStyle(one).overflow))],
    broken: [...document.querySelectorAll("th, table bdi")].flatMap(one => [...one.childNodes]).flatMap(one => {
        const words = one.nodeType === Node.TEXT_NODE ? [...one.data.matchAll(/\\S+/g)] : [];
        return words.filter(word => {
            const place = document.createRange();
            place.setStart(one, word.index);
            place.setEnd(one, word.index + word[0].length);
            return word[0].length <= 20 && !/[-/]/.test(word[0]) && place.getClientRects().length > 1;
        }).map(word => word[0]);
    }),
    wide: [...document.querySelectorAll(".scroll:has(table)")].filter(one => one.scrollWidth > one.clientWidth + 1)
        .map(one => one.querySelector("caption").textContent),
    ink: getComputedStyle(document.body).color,
})"""
FOCUSED = """() => {
    const one = document.activeElement, style = getComputedStyle(one);
    const name = one.getAttribute("href") ?? one.textContent.trim().slice(0, 60);
    return [one.tagName.toLowerCase(), name, style.outlineStyle];
}"""


def looked_at(url: str, **options: Any) -> dict[str, Any]:
    """What is seen, what went wrong, what was asked for besides the page, and what axe says."""
    asked: list[str] = []
    with opened("about:blank", **options) as window:
        window.context.on("request", lambda request: asked.append(request.url))
        window.page.goto(url)
        seen = window.page.evaluate(SEEN)
        found = Axe().run(window.page).response["violations"]
        faults = [[one["impact"], one["id"], node["html"][:200]] for one in found for node in one["nodes"]]
        return {**seen, "wrong": window.wrong, "asked": [one for one in asked if one != url], "axe": faults}


def by_keys(page: Page, most: int = 400) -> list[list[str]]:
    """What has the focus, key by key, until it has gone round."""
    stops: list[list[str]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop[0] == "body" or stop == (stops[0] if stops else None):
            break
        stops.append(stop)
    return stops


def main(page: str, folder: str) -> None:
    """Look at it as all its readers do."""
    url = Path(page).resolve().as_uri()
    told: dict[str, Any] = {scheme: looked_at(url, color_scheme=scheme, offline=True) for scheme in ("light", "dark")}
    told |= {f"phone_{scheme}": looked_at(url, color_scheme=scheme, viewport=PHONE) for scheme in ("light", "dark")}
    with opened(url, color_scheme="dark") as window:
        told["stops"] = by_keys(window.page)
        window.page.pdf(path=f"{folder}/report.pdf", format="A4", prefer_css_page_size=True)
        window.page.emulate_media(media="print")
        told["print_ink"] = window.page.evaluate("() => getComputedStyle(document.body).color")
        told["printed_sql"] = window.page.evaluate("() => document.querySelector('pre').getBoundingClientRect().height")
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
