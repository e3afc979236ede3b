"""Snakemake's own report: the pictures of one category, each looked at, with its caption.

python -m tests.browser.snakemake_report ADDRESS CATEGORY SUBCATEGORY
"""

import json
import sys

from tests.browser.opened import opened


def main() -> None:
    """Print what was seen: captions, widths of the pictures as shown, and what went wrong."""
    address, category, subcategory = sys.argv[1:]
    captions, widths = [], []
    with opened(address, viewport={"width": 1400, "height": 1000}) as window:
        page = window.page
        for name in ("Results", category):
            page.get_by_text(name, exact=True).first.click()
        if page.get_by_text(subcategory, exact=True).count():
            page.get_by_text(subcategory, exact=True).first.click()
        for number in range(page.locator("a[iconname=eye]").count()):
            page.locator("a[iconname=eye]").nth(number).click()
            widths.append(page.wait_for_function(_WIDTH).json_value())
            page.locator("a[iconname=information-circle]").nth(number).click()
            captions.append(page.locator("li.prose").inner_text())
            page.get_by_text(category, exact=True).first.click()
        print(json.dumps({"captions": captions, "widths": widths, "wrong": window.wrong}))


_WIDTH = "() => [...document.images].filter(image => image.src.startsWith('data:image/svg')).pop().naturalWidth"

if __name__ == "__main__":
    main()
