"""zenodo:RECORD/file: files of a record, with the size and MD5 that Zenodo publishes of each.

The API: https://developers.zenodo.org/#records. A record that is not public wants ZENODO_TOKEN in the environment.
"""

import os
from collections.abc import Iterator
from typing import Any

from workflow_scripts.errors import nearest
from workflow_scripts.fetch.addresses import without_secrets
from workflow_scripts.fetch.remote_file import Digest, FetchError, ListedFile, RemoteFile
from workflow_scripts.fetch.session import client, refuse_status

SITE = "https://zenodo.org"


def resolve(address: str) -> RemoteFile:
    """What the record tells of a file.

    Raises:
        FetchError: there is no such record, or it has no such file.
    """
    record, name = _parts(address)
    files = _files(address, record)
    if name not in files:
        raise FetchError(
            "not_found", f"{without_secrets(address)}: the record holds no such file{nearest(name, files)}"
        )
    file = files[name]
    return RemoteFile(address, file["links"]["self"], _token(), file["size"], digest=_digest(file), ranges=True)


def below(address: str) -> Iterator[ListedFile]:
    """Every file of a record, by name."""
    record, _ = _parts(address)
    for name, file in sorted(_files(address, record).items()):
        yield ListedFile(name, f"zenodo:{record}/{name}", file["size"], file["checksum"], _digest(file))


def _parts(address: str) -> tuple[str, str]:
    record, _, name = address.partition(":")[2].partition("/")
    if not record.isascii() or not record.isdigit():
        raise FetchError(
            "bad_address",
            f"{without_secrets(address)}: names no record by its number; write zenodo:4060432/FSD50K.doc.zip",
        )
    return record, name


def _files(address: str, record: str) -> dict[str, dict[str, Any]]:
    with client().ask(f"{SITE}/api/records/{record}", address, secret=_token()) as response:
        refuse_status(response, address)
        try:
            return {file["key"]: {**file, "size": int(file["size"])} for file in response.json()["files"]}
        except (ValueError, KeyError, TypeError):
            raise FetchError("bad_answer", f"{without_secrets(address)}: Zenodo's answer lists no files") from None


def _digest(file: dict[str, Any]) -> Digest | None:
    algorithm, _, digest = file.get("checksum", "").partition(":")
    return Digest("md5", digest.lower()) if algorithm == "md5" else None


def _token() -> dict[str, str]:
    token = os.environ.get("ZENODO_TOKEN")
    return {"Authorization": f"Bearer {token}"} if token else {}
