"""What a site lets robots fetch, by its robots.txt (RFC 9309): asked for once a site."""

import threading
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import requests
from urllib3.exceptions import HTTPError

from workflow_scripts.fetch.addresses import origin, without_secrets
from workflow_scripts.fetch.remote_file import FetchError
from workflow_scripts.fetch.session import Client, NotNowError, in_words

NAME = "soundledger"
"""What a robots.txt would call this fetcher; what it says of `*` holds else."""
_MOST_BYTES = 512 << 10
"""That are read of one."""


class Robots:
    """The rules of sites. May be used by several threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._rules: dict[tuple[str, str, int | None], RobotFileParser] = {}
        self._locks: dict[tuple[str, str, int | None], threading.Lock] = {}

    def refuse(self, url: str) -> None:
        """Refuse to fetch what the site does not want fetched.

        Raises:
            FetchError: it does not want it, or its robots.txt cannot be had now, which counts as a no.
        """
        if not self._of(url).can_fetch(NAME, url):
            raise FetchError("robots", f"{without_secrets(url)}: the site's robots.txt asks not to fetch it")

    def every_s(self, url: str) -> float:
        """Seconds between two requests that the site asks for; 0 if it asks for none."""
        rules = self._of(url)
        delay, rate = rules.crawl_delay(NAME), rules.request_rate(NAME)
        return max(float(delay or 0), rate.seconds / rate.requests if rate and rate.requests else 0)

    def _of(self, url: str) -> RobotFileParser:
        site = origin(url)
        with self._locks.setdefault(site, threading.Lock()):
            if site not in self._rules:
                self._rules[site] = self._read(url)
            return self._rules[site]

    def _read(self, url: str) -> RobotFileParser:
        parts = urlsplit(url)
        address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/robots.txt"
        rules = RobotFileParser()
        with self._client.ask(address, address, secret={}) as response:
            if response.status_code >= 500 or response.status_code == 429:
                raise NotNowError("robots", f"{address}: cannot be read now, so nothing is fetched there")
            rules.parse([] if response.status_code >= 400 else _lines(response, address))
        return rules


def _lines(response: requests.Response, address: str) -> list[str]:
    try:
        return response.raw.read(_MOST_BYTES, decode_content=True).decode("utf-8", "replace").splitlines()
    except (HTTPError, OSError) as error:
        raise in_words(error, address) from None
