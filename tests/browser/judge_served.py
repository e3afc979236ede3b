"""Keep one clip and drop the next on a served review page, by keys: python -m tests.browser.judge_served ADDRESS."""

import json
import sys

from tests.browser.opened import opened
from tests.browser.reviewing import ready, until

SAVED = """said => document.getElementById("saved").textContent === "saved"
    && document.body.textContent.includes(said)"""


def main(address: str) -> None:
    """Print the clips, and what went wrong."""
    with opened(address) as window:
        page = window.page
        kept = ready(page)
        page.keyboard.press("k")  # asks who it is
        page.keyboard.type("Ann")
        page.keyboard.press("Enter")
        until(page, "before => document.getElementById('clip').textContent !== before", kept)
        dropped = ready(page)
        page.keyboard.press("d")
        until(page, SAVED, "1 kept, 1 dropped")
        print(json.dumps({"kept": kept, "dropped": dropped, "wrong": window.wrong}))


if __name__ == "__main__":
    main(*sys.argv[1:])
