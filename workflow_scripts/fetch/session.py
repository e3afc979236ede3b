"""Asking servers over HTTP: to where a redirect may lead, who is told a token, and what went wrong in words.

Tokens come with the file's own headers, which are made of the environment alone; `.netrc` is not read, and no cookie
is kept. Proxies and certificates are those of the environment (HTTPS_PROXY, REQUESTS_CA_BUNDLE), as requests has it.
They are looked up once a host: for each request that would be a fifth of what a small file costs.
"""

import functools
import logging
import socket
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import LocationParseError, ProtocolError, ReadTimeoutError

from workflow_scripts.fetch.addresses import origin, scheme_of, without_secrets
from workflow_scripts.fetch.patience import Patience, asked_to_wait_s
from workflow_scripts.fetch.remote_file import FetchError

USER_AGENT = "soundledger (a Snakemake workflow for audio datasets)"
MOST_REDIRECTS = 10
CONNECTIONS = 16
"""That are kept open to one host."""
ON_ITS_WAY = 3 << 19
"""Bytes that a server may send before they are read, on each connection: if this process is killed, they were sent for
nothing. Four connections still bring 60 MB/s from a server 100 ms away."""
_Origin = tuple[str, str, int | None]
HOSTS = 64
"""To which connections are kept."""
_NOT_FOUND = (404, 410)
_REFUSED = (401, 402, 403, 407, 451)
_PASSING = (408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529)


class NotNowError(FetchError):
    """A server that may answer later.

    Attributes:
        wait_s: that it asks for; None if it does not say.
    """

    def __init__(self, reason: str, message: str, wait_s: float | None = None) -> None:
        super().__init__(reason, message, passing=True)
        self.wait_s = wait_s


class Client:
    """Asks servers, on connections that are kept. May be used by several threads."""

    def __init__(
        self,
        patience: Patience | None = None,
        *,
        offline: bool = False,
        refuses: Callable[[str], None] | None = None,
    ) -> None:
        """Make one.

        Args:
            patience: how long servers are waited for.
            offline: refuse to connect at all.
            refuses: raises FetchError for a url that is not to be asked, be it one that a redirect leads to.
        """
        self._refuses = refuses
        self.patience = patience or Patience()
        self._offline = offline
        logging.getLogger("urllib3").setLevel(logging.ERROR)  # below that it logs addresses with their queries
        self._adapter = _Adapter(pool_connections=HOSTS, pool_maxsize=CONNECTIONS)
        self._surroundings: dict[_Origin, dict[str, Any]] = {}

    def ask(
        self,
        url: str,
        address: str,
        *,
        secret: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
    ) -> requests.Response:
        """The answer of the server that a url leads to, its body not yet read, whatever its status.

        Args:
            url: http or https.
            address: what is shown of it.
            secret: headers for the host of `url` alone.
            headers: for every host.
            method: of the request.

        Raises:
            FetchError: there is no answer, or a redirect leads where none may.
        """
        self.refuse_offline(address)
        for _ in range(MOST_REDIRECTS):
            if self._refuses:
                self._refuses(url)
            try:
                response = self._ask_once(method, url, {**(headers or {}), **secret}, address)
                if not response.is_redirect:
                    return response
                response.close()
                there = urljoin(url, response.headers["location"])
                is_elsewhere = origin(there) != origin(url)
            except ValueError:  # requests too looks at where a redirect leads
                shown = without_secrets(address)
                raise FetchError("bad_address", f"{shown}: is, or is redirected to, what is no address") from None
            _refuse_redirect(address, url, there)
            if is_elsewhere:
                secret = {}
            url = there
        raise FetchError("redirect", f"{without_secrets(address)}: is redirected more than {MOST_REDIRECTS} times")

    def refuse_offline(self, address: str) -> None:
        """Refuse a connection where none may be made."""
        if self._offline:
            raise FetchError(
                "offline",
                f"{without_secrets(address)}: is not on this disk, and `offline: true` forbids to fetch it. Bring it "
                "by hand, or run once without",
            )

    def _ask_once(self, method: str, url: str, headers: Mapping[str, str], address: str) -> requests.Response:
        every = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
        try:
            asked = requests.Request(method, url, headers={**every, **headers}, auth=_as_it_is).prepare()
            timeout = (self.patience.connect_s, self.patience.stall_s)
            return self._adapter.send(asked, stream=True, timeout=timeout, **self._surroundings_of(url))
        except (requests.RequestException, UnicodeError, LocationParseError) as error:
            raise in_words(error, address) from None  # its own words may hold the query

    def _surroundings_of(self, url: str) -> dict[str, Any]:
        """What the environment says of a host: by which proxies it is asked, and whose certificates are trusted."""
        site = origin(url)
        if site not in self._surroundings:
            said = requests.Session().merge_environment_settings(url, {}, None, None, None)
            self._surroundings[site] = {name: said[name] for name in ("proxies", "verify", "cert")}
        return self._surroundings[site]

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._adapter.close()


class _Adapter(HTTPAdapter):
    """As requests has it, but for how much may be on its way."""

    def init_poolmanager(self, *args: Any, **pool: Any) -> None:
        options = [*HTTPConnection.default_socket_options]
        if hasattr(socket, "TCP_WINDOW_CLAMP"):  # on Linux
            options.append((socket.IPPROTO_TCP, socket.TCP_WINDOW_CLAMP, ON_ITS_WAY))
        super().init_poolmanager(*args, socket_options=options, **pool)


@functools.cache
def client() -> Client:
    """One for questions that need no more than the usual patience."""
    return Client()


def refuse_status(response: requests.Response, address: str) -> None:
    """Say why there is no file, where a status says so.

    Raises:
        FetchError: the status is none of success; `NotNowError` if another may come.
    """
    status, shown = response.status_code, without_secrets(address)
    if status < 400:
        return
    response.close()
    said = f"{shown}: the server says {status} {response.reason or ''}".rstrip()
    if status in _NOT_FOUND:
        raise FetchError("not_found", f"{said}: there is no such file any more, or the address is wrong")
    if status in _REFUSED:
        raise FetchError("refused", f"{said}: it wants a token, another one, or terms that were not accepted there")
    if status in _PASSING:
        wait_s = asked_to_wait_s(response.headers.get("Retry-After"))
        asks = "" if wait_s is None else f", and asks to wait {wait_s:,.0f} s"
        raise NotNowError("busy" if status in (429, 503) else "server_error", f"{said}{asks}", wait_s)
    raise FetchError("refused", said)


def in_words(error: Exception, address: str) -> FetchError:
    """What became of a connection, in words of ours: those of the libraries may hold a query."""
    shown = without_secrets(address)
    match error:
        case requests.exceptions.SSLError():
            return FetchError("untrusted", f"{shown}: the server's certificate cannot be trusted")
        case requests.ReadTimeout() | ReadTimeoutError():
            return NotNowError("stalled", f"{shown}: the server said nothing for too long")
        case requests.ConnectTimeout():
            return NotNowError("unreachable", f"{shown}: no connection in time")
        case requests.exceptions.ChunkedEncodingError() | ProtocolError():
            return NotNowError("dropped", f"{shown}: the connection broke")
        case requests.ConnectionError():
            return NotNowError("unreachable", f"{shown}: no connection: no such host, nobody listens, or it broke")
        case (
            requests.exceptions.InvalidURL()
            | requests.exceptions.InvalidSchema()
            | UnicodeError()
            | LocationParseError()
        ):
            return FetchError("bad_address", f"{shown}: is no address that can be asked")
    return NotNowError("dropped", f"{shown}: the connection broke ({type(error).__name__})")


def refuse_bad_address(address: str) -> None:
    """Refuse what looks like an address of the web and is none, by those who would have to ask it.

    Raises:
        FetchError: it has no host, no number for a port, a bracket too many.
    """
    try:
        origin(address)
        requests.Request("GET", address).prepare()
    except ValueError:  # as which requests has its own too
        raise FetchError("bad_address", f"{without_secrets(address)}: is no address that can be asked") from None


def _refuse_redirect(address: str, url: str, there: str) -> None:
    """A redirect leads to http(s) alone, and not from https to http: what is sent there can be read and changed."""
    to, shown = scheme_of(there), without_secrets(address)
    if to not in ("http", "https"):
        raise FetchError("redirect", f"{shown}: is redirected to {to}://, which is refused: only http(s) may be")
    if scheme_of(url) == "https" and to == "http":
        raise FetchError(
            "redirect", f"{shown}: is redirected from https to http ({without_secrets(there)}), which is refused"
        )


def _as_it_is(request: Any) -> Any:
    return request
