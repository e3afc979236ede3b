"""https:// and http://: files that a web server gives.

A token for a host is taken from the environment, SOUNDLEDGER_TOKEN_<HOST> with `_` for what is neither letter nor
digit (SOUNDLEDGER_TOKEN_FILES_EXAMPLE_ORG), and goes to that host alone, never over http. A name and password in an
address go along in the same way.
"""

import base64
import os
import re
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from workflow_scripts.fetch.addresses import host_of, without_secrets
from workflow_scripts.fetch.answers import read_answer
from workflow_scripts.fetch.remote_file import FetchError, RemoteFile
from workflow_scripts.fetch.session import client

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def locate(address: str) -> RemoteFile:
    """Where it is: nobody is asked, so size and ETag are not known."""
    try:
        parts = urlsplit(address)
        host = f"[{host_of(parts)}]" if ":" in host_of(parts) else host_of(parts)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        host = port = ""
    if not host:
        raise FetchError("bad_address", f"{without_secrets(address)}: names no host")
    url = urlunsplit((parts.scheme.lower(), host + port, parts.path or "/", parts.query, ""))
    return RemoteFile(address, url, _token(parts))


def resolve(address: str) -> RemoteFile:
    """What the server tells of it, asked for its first byte: some answer no HEAD, or another than to GET."""
    there = locate(address)
    with client().ask(there.url, address, secret=there.headers, headers={"Range": "bytes=0-0"}) as response:
        answer = read_answer(response, address)
    version = answer.version
    return RemoteFile(
        address, there.url, there.headers, version.bytes, etag=version.etag or version.modified, ranges=answer.is_part
    )


def _token(parts: SplitResult) -> dict[str, str]:
    host = host_of(parts)
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        secret = f"Basic {base64.b64encode(pair.encode()).decode()}"
    elif token := os.environ.get(f"SOUNDLEDGER_TOKEN_{re.sub('[^A-Z0-9]', '_', host.upper())}"):
        secret = f"Bearer {token}"
    else:
        return {}
    if parts.scheme.lower() != "https" and host not in _THIS_MACHINE:
        raise FetchError(
            "refused",
            f"{without_secrets(urlunsplit(parts))}: a token would go there over http, for anybody to read; write https",
        )
    return {"Authorization": secret}
