"""gs://<bucket>/<object>: objects of Google Cloud Storage, as gcsfs knows them.

Credentials are those of the usual places (GOOGLE_APPLICATION_CREDENTIALS, gcloud's own, a role of the machine); without
them a bucket is asked as anybody may. STORAGE_EMULATOR_HOST names another server.

An address that ends with `#<generation>` names one version of an object, whose bytes never change. What is listed has
such addresses.
"""

import base64
import os
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from workflow_scripts.fetch.group import answered, in_our_words
from workflow_scripts.fetch.remote_file import Digest, FetchError, ListedFile, RemoteFile

if TYPE_CHECKING:
    from gcsfs.core import GCSFileSystem

_WITH_GENERATION = re.compile(r"(?P<key>.+)#(?P<generation>\d+)", re.DOTALL)
_FIELDS = "name,size,md5Hash,generation"


def locate(address: str) -> RemoteFile:
    """Where an object is; nobody is asked but for a token."""
    with in_our_words(address, _judged):
        return _remote(address, *_object(address))


def resolve(address: str) -> RemoteFile:
    """What the storage tells of an object: its size, MD5 (none if it was composed of others), and generation.

    Raises:
        FetchError: there is none, it may not be had, or the storage does not answer.
    """
    bucket, key, generation = _object(address)
    with in_our_words(address, _judged):
        asked = {"generation": generation} if generation else {}
        told = _gs().call("GET", f"b/{_quoted(bucket)}/o/{_quoted(key)}", json_out=True, fields=_FIELDS, **asked)
        remote = _remote(address, bucket, key, told["generation"])
    return RemoteFile(
        address,
        remote.url,
        remote.headers,
        int(told["size"]),
        _digest(told),
        ranges=True,
        state=told["generation"],
        pinned=remote.pinned,
    )


def below(address: str) -> Iterator[ListedFile]:
    """The objects below an address; its last part is whole: `gs://b/wav` has nothing of `wav2/` below it.

    Raises:
        FetchError: there is no such bucket, it may not be listed, or the storage does not answer.
    """
    bucket, prefix = _split(address)
    prefix = f"{prefix.rstrip('/')}/" if prefix else ""
    asked = {"prefix": prefix, "maxResults": "1000", "fields": f"nextPageToken,items({_FIELDS})"}
    while True:
        with in_our_words(address, _judged):
            page = _gs().call("GET", f"b/{_quoted(bucket)}/o", json_out=True, **asked)
        for it in page.get("items", ()):
            if not it["name"].endswith("/"):  # what consoles make for a folder
                there = f"gs://{bucket}/{it['name']}#{it['generation']}"
                yield ListedFile(it["name"][len(prefix) :], there, int(it["size"]), it["generation"], _digest(it))
        if not (token := page.get("nextPageToken")):
            return
        asked["pageToken"] = token


def _split(address: str) -> tuple[str, str]:
    bucket, _, key = address[len("gs://") :].partition("/")
    if not bucket:
        raise FetchError("bad_address", f"{address}: expected gs://<bucket>/<object>")
    return bucket, key


def _object(address: str) -> tuple[str, str, str | None]:
    """Bucket, name and generation."""
    bucket, key = _split(address)
    if not key:
        raise FetchError("bad_address", f"{address}: names a bucket, and no object in it")
    if with_generation := _WITH_GENERATION.fullmatch(key):
        return bucket, with_generation["key"], with_generation["generation"]
    return bucket, key, None


def _remote(address: str, bucket: str, key: str, generation: str | None) -> RemoteFile:
    gs = _gs()
    headers: dict[str, str] = {}
    gs.credentials.apply(headers)
    url = f"{gs._location}/download/storage/v1/b/{_quoted(bucket)}/o/{_quoted(key)}?alt=media"
    if generation is None:
        return RemoteFile(address, url, headers, ranges=True)
    pinned = f"gs://{bucket}/{key}#{generation}"
    return RemoteFile(address, f"{url}&generation={generation}", headers, ranges=True, pinned=pinned)


def _digest(told: Mapping[str, Any]) -> Digest | None:
    return Digest("md5", base64.b64decode(told["md5Hash"]).hex()) if told.get("md5Hash") else None


def _quoted(name: str) -> str:
    return quote(name, safe="")


def _gs() -> "GCSFileSystem":
    """The one of this process: fsspec keeps it, and makes another after a fork.

    Of `gcsfs.core`, which asks over HTTP alone: what `gcsfs` exports asks for the kind of a bucket over gRPC first, and
    waits for minutes where nobody answers.
    """
    from gcsfs.core import GCSFileSystem

    return GCSFileSystem(token="anon" if os.environ.get("STORAGE_EMULATOR_HOST") else None)


def _judged(address: str, error: Exception) -> FetchError | None:
    from aiohttp import ClientError
    from gcsfs.retry import HttpError
    from google.auth.exceptions import GoogleAuthError
    from requests import RequestException

    if isinstance(error, FileNotFoundError):
        return FetchError("not_found", f"{address}: there is no such bucket or object")
    if isinstance(error, HttpError):
        passing = error.code in (408, 429) or (error.code or 500) >= 500
        return answered(f"{address}: the storage answers {error.code}", passing=passing)
    if isinstance(error, GoogleAuthError):
        return FetchError("refused", f"{address}: no token is to be had ({type(error).__name__})")
    if isinstance(error, ClientError | RequestException | TimeoutError):
        return FetchError("dropped", f"{address}: the storage does not answer ({type(error).__name__})", passing=True)
    if isinstance(error, OSError):
        words = f"may not be read with the credentials there are ({type(error).__name__})"
        return FetchError("refused", f"{address}: {words}")
    return None
