"""s3://<bucket>/<key>: objects of S3, and of all that answers as it does, as s3fs knows them.

Credentials, region and endpoint are those of the usual places (AWS_ACCESS_KEY_ID, AWS_PROFILE, ~/.aws, a role of the
machine, AWS_ENDPOINT_URL); without credentials a bucket is asked as anybody may. The bytes are asked for at an address
that is signed for a week, the longest there is.
"""

import base64
import errno
import functools
import os
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from workflow_scripts.fetch.group import answered, in_our_words
from workflow_scripts.fetch.remote_file import Digest, FetchError, ListedFile, RemoteFile

if TYPE_CHECKING:
    from s3fs import S3FileSystem

SIGNED_FOR_S = 7 * 24 * 3600
_MD5 = re.compile('"([0-9a-f]{32})"')
_PASSING = {errno.EBUSY, getattr(errno, "EREMOTEIO", errno.EIO)}
"""As s3fs calls answers 5xx."""


def locate(address: str) -> RemoteFile:
    """Where an object is; the bucket's region may be asked for, nothing else."""
    bucket, key = _object(address)
    with in_our_words(address, _judged):
        url = _s3().url(f"{bucket}/{key}", expires=SIGNED_FOR_S)
    return RemoteFile(address, url, ranges=True)


def resolve(address: str) -> RemoteFile:
    """What S3 tells of an object: its size, ETag, and the digest that it was uploaded with.

    Raises:
        FetchError: there is none, it may not be had, or S3 does not answer.
    """
    bucket, key = _object(address)
    with in_our_words(address, _judged):
        told = _s3().call_s3("head_object", Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    url = locate(address).url
    return RemoteFile(address, url, {}, told["ContentLength"], _digest(told), told.get("ETag"), ranges=True)


def below(address: str) -> Iterator[ListedFile]:
    """The objects below an address; its last part is whole: `s3://b/wav` has nothing of `wav2/` below it.

    Raises:
        FetchError: there is no such bucket, it may not be listed, or S3 does not answer.
    """
    bucket, prefix = _split(address)
    prefix = f"{prefix.rstrip('/')}/" if prefix else ""
    page: Mapping[str, Any] = {"NextContinuationToken": None}
    while "NextContinuationToken" in page:
        token = page["NextContinuationToken"]
        with in_our_words(address, _judged):
            page = _s3().call_s3(
                "list_objects_v2", Bucket=bucket, Prefix=prefix, **({"ContinuationToken": token} if token else {})
            )
        for it in page.get("Contents", ()):
            if not it["Key"].endswith("/"):  # what consoles make for a folder
                yield ListedFile(it["Key"][len(prefix) :], f"s3://{bucket}/{it['Key']}", it["Size"], it["ETag"])


def _split(address: str) -> tuple[str, str]:
    bucket, _, key = address[len("s3://") :].partition("/")
    if not bucket:
        raise FetchError("bad_address", f"{address}: expected s3://<bucket>/<key>")
    return bucket, key


def _object(address: str) -> tuple[str, str]:
    bucket, key = _split(address)
    if not key:
        raise FetchError("bad_address", f"{address}: names a bucket, and no object in it")
    return bucket, key


def _digest(told: Mapping[str, Any]) -> Digest | None:
    """The digest of an object's bytes, where what S3 tells is one of all of them.

    An ETag is their MD5 unless they came in parts, or are encrypted with a key of one's own:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html.
    """
    if (sha256 := told.get("ChecksumSHA256")) and "-" not in sha256:  # else it is one of the digests of parts
        return Digest("sha256", base64.b64decode(sha256).hex())
    is_plain = told.get("ServerSideEncryption", "AES256") == "AES256" and "SSECustomerAlgorithm" not in told
    md5 = _MD5.fullmatch(told.get("ETag", ""))
    return Digest("md5", md5[1]) if md5 and is_plain else None


def _s3() -> "S3FileSystem":
    """The one of this process: fsspec keeps it, and makes another after a fork."""
    from s3fs import S3FileSystem

    return S3FileSystem(
        anon=_is_anybody(),
        endpoint_url=os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"),
        cache_regions=True,  # a signed address has to name the region of its bucket
        config_kwargs={"signature_version": "s3v4"},
    )


@functools.cache
def _is_anybody() -> bool:
    """Whether no credentials are to be found; asked once, since a machine's role is asked for over the network."""
    from botocore.session import Session

    return Session().get_credentials() is None


def _judged(address: str, error: Exception) -> FetchError | None:
    from botocore.exceptions import BotoCoreError, ConnectionError, HTTPClientError

    if isinstance(error, FileNotFoundError):
        return FetchError("not_found", f"{address}: there is no such bucket or object")
    if isinstance(error, PermissionError):
        whose = "no" if _is_anybody() else "these"
        return FetchError("refused", f"{address}: may not be read with {whose} credentials")
    if isinstance(error, TimeoutError | ConnectionError | HTTPClientError):
        return FetchError("dropped", f"{address}: S3 does not answer ({type(error).__name__})", passing=True)
    if isinstance(error, OSError):
        return answered(f"{address}: S3 answers: {error.strerror or error}", passing=error.errno in _PASSING)
    if isinstance(error, BotoCoreError):
        return FetchError("refused", f"{address}: {error}")
    return None
