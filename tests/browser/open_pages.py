"""Report and review page of datasets in Chromium, from disk: python -m tests.browser.open_pages FOLDER...

Each folder is that of a dataset in the results.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.browser.open_report import SEEN
from tests.browser.opened import opened
from tests.browser.reviewing import listen, ready, until


def report(page: Path) -> dict[str, Any]:
    """What is seen of it, and what went wrong."""
    with opened(page.resolve().as_uri()) as window:
        return {**window.page.evaluate(SEEN), "wrong": window.wrong}


def review(page: Path) -> dict[str, Any]:
    """Every card that can be played has its spectrogram; one is played and sought in."""
    with opened(f"{page.resolve().as_uri()}#status=usable") as window:
        heard = listen(window, page)
        cards = int(str(window.page.text_content("#place")).rpartition(" ")[2])
        widths = []
        for number in range(cards):
            if number:
                before = window.page.text_content("#clip")
                window.page.keyboard.press("n")
                until(window.page, "before => document.getElementById('clip').textContent !== before", before)
                ready(window.page)
            image = window.page.locator("#spectrogram")
            widths.append(image.evaluate("async e => (await e.decode(), e.naturalWidth)"))
        return {"heard": heard, "cards": cards, "widths": widths, "wrong": window.wrong}


if __name__ == "__main__":
    folders = map(Path, sys.argv[1:])
    print(
        json.dumps(
            {
                folder.name: {
                    "report": report(folder / "report/index.html"),
                    "review": review(folder / "review/index.html"),
                }
                for folder in folders
            }
        )
    )
