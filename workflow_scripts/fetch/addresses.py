"""What an address is: its scheme, its host, and how it may be shown."""

import hashlib
import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

_MARK = re.compile("…[0-9a-f]{16}")
_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*):", re.IGNORECASE)


def scheme_of(address: str) -> str:
    """What stands before the colon, in small letters; "" if nothing does.

    >>> scheme_of("zenodo:4060432/FSD50K.doc.zip")
    'zenodo'
    """
    found = _SCHEME.match(address)
    return found["scheme"].lower() if found else ""


def without_secrets(address: str) -> str:
    """An address as it may be shown and kept: without a name and password, and without a query, which may be a key.

    >>> without_secrets("https://me:secret@example.org/a.zip?X-Signature=abc#top")
    'https://example.org/a.zip?…'
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return f"{scheme_of(address)}:…"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "…" if parts.query else "", ""))


def mark_of_query(address: str) -> str:
    """Tells addresses apart that differ in their query alone, and tells nothing of it; "" without one.

    >>> mark_of_query("https://example.org/a?id=1") == mark_of_query("https://example.org/b?id=1"), mark_of_query("s3://b/k")
    (True, '')
    """
    query = address.partition("?")[2]
    return hashlib.sha256(query.encode(errors="surrogatepass")).hexdigest()[:16] if query else ""


def masked(address: str) -> str:
    """An address with the mark of its query in place of that: kept where the query, which may be a key, must not be.

    >>> masked("https://example.org/a.zip?X-Signature=abc")
    'https://example.org/a.zip?…99178e95fc5a613b'
    >>> masked(masked("https://example.org/a?id=1")) == masked("https://example.org/a?id=1"), masked("zenodo:1/a.zip")
    (True, 'zenodo:1/a.zip')
    """
    head, _, query = address.partition("?")
    return address if not query or _MARK.fullmatch(query) else f"{head}?…{mark_of_query(address)}"


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what a token belongs to.

    >>> origin("HTTPS://Example.org/a") == origin("https://example.org:443/b")
    True
    """
    parts = urlsplit(url)
    return parts.scheme.lower(), host_of(parts), parts.port or {"http": 80, "https": 443}.get(parts.scheme.lower())


def host_of(parts: SplitResult) -> str:
    """The host in small letters, "" if there is none."""
    return (parts.hostname or "").lower()
