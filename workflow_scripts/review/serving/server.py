"""The server: `GET` of the page and what lies beside it, `GET` and `POST` of `reviews`."""

import asyncio
import contextlib
import errno
import json
import logging
import secrets
import socket
from collections.abc import Callable, Collection
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from workflow_scripts.errors import SoundledgerError, first_twenty, shown
from workflow_scripts.review.serving.gate import Gate
from workflow_scripts.review.serving.kept import BusyError, KeptReviews
from workflow_scripts.review.serving.page import given
from workflow_scripts.review.serving.rows import Row, RowsError, checked

LOOPBACK = "127.0.0.1"
MOST_BYTES = 1_000_000
"""Of what is posted at once."""
MOST_SECONDS = 30.0
"""That it may take to arrive."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOT_KEPT = {"Cache-Control": "no-store"}

ClipsThatAre = Callable[[Collection[str]], Collection[str]]
"""Which of some clip ids the dataset has; raises SoundledgerError where that cannot be told now."""


def application(folder: Path, reviews: KeptReviews, clips_that_are: ClipsThatAre) -> Starlette:
    """What answers below the token.

    Args:
        folder: of the page.
        reviews: where verdicts go.
        clips_that_are: of the dataset that the page is of.
    """

    async def kept(_: Request) -> Response:
        try:
            return JSONResponse(await run_in_threadpool(reviews.rows), headers=_NOT_KEPT)
        except (RowsError, OSError) as error:
            return _told(409 if isinstance(error, RowsError) else 500, str(error))

    async def save(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return _told(415, "expected application/json")
        try:
            async with asyncio.timeout(MOST_SECONDS):
                body = await _body(request)
        except TimeoutError:
            return _told(408, f"it did not arrive within {MOST_SECONDS:.0f} s; nothing was saved")
        except ClientDisconnect:
            return _told(400, "it ended before its end; nothing was saved")
        if body is None:
            return _told(413, f"more than {MOST_BYTES:,} bytes; save fewer rows at once")
        return await run_in_threadpool(_save, body, reviews, clips_that_are)

    async def page(request: Request) -> Response:
        return await run_in_threadpool(given, folder, request.path_params["path"]) or _told(404, "not found")

    return Starlette(
        routes=[
            Route("/reviews", kept, methods=["GET"]),
            Route("/reviews", save, methods=["POST"]),
            Route("/{path:path}", page, methods=["GET"]),
        ]
    )


def serve(application: ASGIApp, port: int, tell: Callable[[str], None]) -> None:
    """Answer on this machine alone until Ctrl-C.

    Args:
        application: what answers below a token.
        port: 0 for one that is free.
        tell: is told the address, as soon as it answers.

    Raises:
        SoundledgerError: the port is taken.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((LOOPBACK, port))
        except (OSError, OverflowError) as error:
            raise SoundledgerError(
                f"port {port} of {LOOPBACK} cannot be had ({error}); without PORT a free one is taken"
            ) from None
        listening.listen()
        port = listening.getsockname()[1]
        token = secrets.token_urlsafe(32)
        config = uvicorn.Config(
            Gate(application, token, port),
            http="h11",
            ws="none",
            lifespan="off",
            log_level="error",
            access_log=False,  # addresses hold the token
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        server = _Telling(config, lambda: tell(f"http://{LOOPBACK}:{port}/{token}/"))
        logging.getLogger("uvicorn.error").addFilter(
            lambda _: not server.should_exit
        )  # players that held on are let go
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listening])


class _Telling(uvicorn.Server):
    """A server that tells when it has started: by then Ctrl-C ends it in order."""

    def __init__(self, config: uvicorn.Config, tell: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = tell

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tell()


async def _body(request: Request) -> bytes | None:
    """What is posted; None if it is too much, and then it is not read to its end, nor at all if it says so itself."""
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _save(body: bytes, reviews: KeptReviews, clips_that_are: ClipsThatAre) -> Response:
    try:
        rows = _rows(body)
        ids = {row["clip_id"] for row in rows}
        if foreign := sorted(ids - set(clips_that_are(ids))):
            raise RowsError(f"no clips of this dataset: {first_twenty(foreign)}; was it made anew? Load the page again")
    except RowsError as error:
        return _told(400, f"{error}; nothing was saved")
    except SoundledgerError as error:
        return _told(503, f"{error}; nothing was saved")
    try:
        reviews.add(rows)
    except RowsError as error:
        return _told(409, f"{error}. Nothing was saved: mend the file, or serve with another REVIEWS")
    except BusyError as error:
        return _told(503, str(error))
    except OSError as error:
        return _told(
            507 if error.errno in _FULL else 500, f"{reviews.file}: {error.strerror or error}; nothing was saved"
        )
    return JSONResponse({"saved": len(rows)}, headers=_NOT_KEPT)


def _rows(body: bytes) -> list[Row]:
    """The rows that were posted.

    Raises:
        RowsError: it is no JSON of rows; says what.
    """
    try:
        posted = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise RowsError(f"not JSON in UTF-8: {error}") from None
    if not isinstance(posted, dict) or posted.keys() != {"rows"} or not isinstance(posted["rows"], list):
        raise RowsError('expected {"rows": [...]} and nothing beside it')
    for ordinal, row in enumerate(posted["rows"]):
        if not isinstance(row, dict):
            raise RowsError(f"rows[{ordinal}]: {shown(row)}: expected an object")
    return [checked(row, f"rows[{ordinal}]") for ordinal, row in enumerate(posted["rows"])]


def _told(status: int, why: str) -> Response:
    return PlainTextResponse(f"{why}\n", status, _NOT_KEPT)
