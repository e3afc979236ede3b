"""Snakemake's own report: the pictures of one category, each looked at, with its caption.

python -m tests.browser.snakemake_report ADDRESS CATEGORY SUBCATEGORY
"""

import json
import sys

from playwright.sync_api import Page

from tests.browser.opened import opened


def main() -> None:
    """Print what was seen: captions, widths of the pictures as shown, and what went wrong."""
    address, category, subcategory = sys.argv[1:]
    captions, widths = [], []
    with opened(address, viewport={"width": 1400, "height": 1000}) as window:
        page = window.page
        page.get_by_text("Results", exact=True).first.click()
        _list(page, category, subcategory)
        for number in range(page.locator("a[iconname=eye]").count()):
            page.locator("a[iconname=eye]").nth(number).click()
            widths.append(page.wait_for_function(_WIDTH).json_value())
            page.locator("a[iconname=information-circle]").nth(number).click()
            captions.append(page.locator("li.prose").inner_text())
            _list(page, category, subcategory)
        print(json.dumps({"captions": captions, "widths": widths, "wrong": window.wrong}))


def _list(page: Page, category: str, subcategory: str) -> None:
    """Have the pictures listed; a category of one subcategory lists them at once."""
    page.get_by_text(category, exact=True).first.click()
    if page.get_by_text(subcategory, exact=True).count():
        page.get_by_text(subcategory, exact=True).first.click()


_WIDTH = "() => [...document.images].filter(image => image.src.startsWith('data:image/svg')).pop().naturalWidth"

if __name__ == "__main__":
    main()
