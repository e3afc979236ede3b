"""What a server's answer says of a file: which version of it, which part, and in what clothes."""

import email.utils
import re
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from workflow_scripts.fetch.addresses import without_secrets
from workflow_scripts.fetch.patience import Patience
from workflow_scripts.fetch.remote_file import FetchError
from workflow_scripts.fetch.session import NotNowError, in_words, refuse_status

BLOCK = 256 << 10
"""Bytes that are taken at once, at most."""
_PART = re.compile(r"bytes (?:(?P<start>\d+)-(?P<end>\d+)|\*)/(?P<of>\d+|\*)")
_IS_GZIPPED = (".gz", ".tgz", ".svgz")
_HTML_NAMES = (".html", ".htm", ".xhtml", ".shtml")
_HTML_BEGINS = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,400}?-->\s*)?<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL
)
_TITLE = re.compile(rb"<title[^>]*>\s*(.{1,200}?)\s*</title>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Version:
    """What tells one content of an address from another.

    Attributes:
        bytes: of the whole file; None if the server does not tell.
        etag: as the server writes it.
        modified: when, as the server writes it.
    """

    bytes: int | None = None
    etag: str | None = None
    modified: str | None = None

    def agrees_with(self, other: "Version") -> bool:
        """Whether both may be of one content: nothing that both tell differs."""
        pairs = ((self.bytes, other.bytes), (self.etag, other.etag), (self.modified, other.modified))
        return all(mine == its for mine, its in pairs if mine is not None and its is not None)

    @property
    def tells_changes(self) -> bool:
        """Whether another content of the same length would show."""
        return self.etag is not None or self.modified is not None

    @property
    def changed_s(self) -> float | None:
        """When it changed, seconds since 1970; None if the server does not tell, or not in the words of HTTP."""
        try:
            return email.utils.parsedate_to_datetime(self.modified).timestamp() if self.modified else None
        except (ValueError, OverflowError):
            return None

    @property
    def if_range(self) -> dict[str, str]:
        """The header by which a server gives a part of this version, and the whole of another.

        A weak ETag may not stand there; then the answer's own is compared.
        """
        if self.etag is not None:
            return {} if self.etag.startswith("W/") else {"If-Range": self.etag}
        return {} if self.modified is None else {"If-Range": self.modified}


@dataclass(frozen=True)
class HttpAnswer:
    """What an answer's headers say.

    Attributes:
        version: of the file.
        is_part: it holds a part of it, as was asked for.
        start: where that begins.
        is_encoded: its body has to be decoded, and is then as long as nobody knows.
    """

    version: Version
    is_part: bool = False
    start: int = 0
    is_encoded: bool = False


def read_answer(response: requests.Response, address: str) -> HttpAnswer:
    """Read the headers of an answer.

    Raises:
        FetchError: it holds no file.
    """
    headers, shown = response.headers, without_secrets(address)
    etag, modified = headers.get("ETag"), headers.get("Last-Modified")
    part = _PART.match(headers.get("Content-Range", ""))
    if response.status_code == 416 and part and part["of"] == "0":
        return HttpAnswer(Version(0, etag, modified))
    refuse_status(response, address)
    is_encoded = _is_encoded(response, address)
    if response.status_code == 206:
        if part is None or part["start"] is None:
            raise FetchError("bad_answer", f"{shown}: the server gives a part, and does not say which")
        of = None if part["of"] == "*" else int(part["of"])
        return HttpAnswer(Version(of, etag, modified), True, int(part["start"]), is_encoded)
    if response.status_code != 200:
        raise FetchError("bad_answer", f"{shown}: the server says {response.status_code}, which holds no file")
    length = headers.get("Content-Length", "")
    whole = int(length) if length.isascii() and length.isdigit() and not is_encoded else None
    return HttpAnswer(Version(whole, etag, modified), is_encoded=is_encoded)


def blocks(response: requests.Response, address: str, patience: Patience, *, decode: bool) -> Iterator[bytes]:
    """The body of an answer as it comes.

    Raises:
        FetchError: `NotNowError` if it breaks off or stalls.
    """
    raw = _raw_blocks(response, address, patience)
    return _decoded(raw, address) if decode else raw


def refuse_page(response: requests.Response, begins: bytes, address: str, name: str) -> None:
    """Refuse a page of HTML where a file of another kind is wanted.

    Args:
        response: its headers.
        begins: the first bytes of its body.
        address: of the file.
        name: that the file will have.
    """
    path = urlsplit(address).path
    if PurePath(name).suffix.lower() in _HTML_NAMES or PurePath(path).suffix.lower() in _HTML_NAMES:
        return
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in ("text/html", "application/xhtml+xml") and not _HTML_BEGINS.match(begins):
        return
    title = _TITLE.search(begins)
    called = f", called {title[1].decode(errors='replace')!r}" if title else ""
    hint = (
        " An address with /blob/ is that of a page about the file: write /raw/ or /resolve/."
        if "/blob/" in path
        else ""
    )
    raise FetchError(
        "a_page",
        f"{without_secrets(address)}: gives a web page{called}, not {name}: it may want a login, or be an address for "
        f"people.{hint}",
    )


def _is_encoded(response: requests.Response, address: str) -> bool:
    """Whether the body has to be decoded: asked not to, some servers compress all the same.

    Others say of a file that is a .gz, and is wanted as one, that it is encoded.
    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return False
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise FetchError("encoded", f"{without_secrets(address)}: comes encoded as {encoding!r}, asked for as it is")
    return not (encoding != "deflate" and urlsplit(address).path.lower().endswith(_IS_GZIPPED))


def _raw_blocks(response: requests.Response, address: str, patience: Patience) -> Iterator[bytes]:
    since, came = time.monotonic(), 0
    while True:
        try:
            block = response.raw.read1(BLOCK, decode_content=False)
        except (HTTPError, requests.RequestException, OSError) as error:
            raise in_words(error, address) from None
        if not block:
            return
        yield block
        came += len(block)
        if (now := time.monotonic()) - since > patience.stall_s:
            if came < patience.stall_bytes:
                raise NotNowError("stalled", f"{without_secrets(address)}: {came} bytes came in {now - since:.0f} s")
            since, came = now, 0


def _decoded(raw: Iterator[bytes], address: str) -> Iterator[bytes]:
    """What was compressed with gzip or zlib, in blocks of bounded size."""
    inflate = zlib.decompressobj(wbits=47)
    try:
        for block in raw:
            while block:
                if inflate.eof:  # another member follows
                    inflate = zlib.decompressobj(wbits=47)
                if plain := inflate.decompress(block, BLOCK):
                    yield plain
                block = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
    except zlib.error:
        raise NotNowError(
            "encoded", f"{without_secrets(address)}: comes compressed, and cannot be decompressed"
        ) from None
    if not inflate.eof:
        raise NotNowError("dropped", f"{without_secrets(address)}: comes compressed, and ends midway")
