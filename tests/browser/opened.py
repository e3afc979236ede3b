"""Pages in a real Chromium. Scripts that tests run in .venv-consumers, where Playwright is, import this."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Page, Response, sync_playwright


@dataclass
class Opened:
    """A browser's window, and all that went wrong in it.

    Attributes:
        context: for more tabs.
        page: the first tab.
        wrong: errors on the console, exceptions of scripts, requests that failed, answers of 400 and above.
    """

    context: BrowserContext
    page: Page
    wrong: list[str] = field(default_factory=list)


@contextmanager
def opened(url: str, **options: Any) -> Iterator[Opened]:
    """Open an address in a window of its own.

    Args:
        url: `file://` or of a server.
        options: of Playwright's `new_context`: viewport, color_scheme, device_scale_factor, offline and more.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(**options)
        window = Opened(context, context.new_page())
        context.on("page", lambda page: _watch(page, window.wrong))
        _watch(window.page, window.wrong)
        window.page.goto(url)
        yield window
        browser.close()


def _watch(page: Page, wrong: list[str]) -> None:
    def answered(answer: Response) -> None:
        if answer.status >= 400:
            wrong.append(f"answer: {answer.status} {answer.url}")

    page.on("console", lambda said: wrong.append(f"console: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.on("requestfailed", lambda request: wrong.append(f"request: {request.url}: {request.failure}"))
    page.on("response", answered)
