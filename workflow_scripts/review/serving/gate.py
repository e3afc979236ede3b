"""Who is let in: whoever has the token, asks this very address, and saves from no other page than ours.

A page of another origin may send requests to an address of this machine, and a name of its own may lead here (DNS
rebinding); it knows neither the token nor may it call itself like us.
"""

import re
import secrets
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""No script that stands in the page itself runs: what is said of a clip cannot become one."""
ON_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the token is in the address
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
READS = ("GET", "HEAD")
_PLAIN = re.compile(rb"[A-Za-z0-9_./-]*")


class Gate:
    """An ASGI app before another, which sees paths below the token only."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = token.encode("ascii")
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the app answer."""
        if scope["type"] != "http":  # nothing is told of a start, and there are no sockets
            return
        headers = Headers(scope=scope)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(raw=message["headers"])
                answered.update(ON_EVERY_ANSWER)
                answered.setdefault("Cache-Control", "no-cache")
                message["headers"] = answered.raw
            await send(message)

        path = self._below_token(scope["raw_path"])
        if headers.getlist("host") and not self._are_ours(headers.getlist("host")):
            await _refused(403, "this server answers under its own address only")(scope, receive, with_headers)
        elif not headers.getlist("host") or path is None:
            await _refused(404, "not found")(scope, receive, with_headers)
        elif scope["method"] not in READS and not self._is_of_our_page(headers):
            await _refused(403, "saving is for the page of this server only")(scope, receive, with_headers)
        else:
            await self._app(dict(scope) | {"path": path, "raw_path": path.encode()}, receive, with_headers)

    def _are_ours(self, hosts: list[str]) -> bool:
        return len(hosts) == 1 and hosts[0].lower() in self._hosts

    def _is_of_our_page(self, headers: Headers) -> bool:
        """Browsers say whose page asks, and pages cannot change what they say; others than browsers have the token."""
        ours = {f"http://{host}" for host in self._hosts if host == headers["host"].lower()}
        return _all_in(headers.getlist("origin"), ours) and _all_in(headers.getlist("sec-fetch-site"), {"same-origin"})

    def _below_token(self, raw_path: bytes) -> str | None:
        """What follows the token; None without it, or where it holds what no file of ours is called."""
        first, _, rest = raw_path.removeprefix(b"/").partition(b"/")
        has_token = secrets.compare_digest(first, self._token)
        if not has_token or not raw_path.startswith(b"/" + first + b"/") or not _PLAIN.fullmatch(rest):
            return None
        return f"/{rest.decode('ascii')}"


def _all_in(said: Iterable[str], expected: set[str]) -> bool:
    return set(said) <= expected


def _refused(status: int, why: str) -> PlainTextResponse:
    return PlainTextResponse(f"{why}\n", status, {"Cache-Control": "no-store", "Connection": "close"})
