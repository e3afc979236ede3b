"""hf://: files in repositories of the Hugging Face hub, as huggingface_hub knows them.

`hf://datasets/<owner>/<name>[@<revision>][/<path>]`, as fsspec has it. The hub is that of HF_ENDPOINT where this is
set; a token is taken from the environment (HF_TOKEN) or the hub's own file.

What is told of a file is told of a commit, and so are its bytes asked for: they can never change. A revision that is
not a commit, or none, stands for the commit that the hub says it is now.
"""

import functools
import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from workflow_scripts.fetch.group import answered, in_our_words
from workflow_scripts.fetch.remote_file import Digest, FetchError, ListedFile, RemoteFile

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_COMMIT = re.compile("[0-9a-f]{40}")
_SHA256 = re.compile("[0-9a-f]{64}")
_PREFIXES = {"dataset": "datasets/", "model": "", "space": "spaces/"}
"""What an address begins with, by the type of its repository."""


@dataclass(frozen=True)
class _Place:
    """A place in a repository.

    Attributes:
        kind: of the repository.
        repository: `owner/name`.
        revision: a branch, tag or commit; None if the address names none.
        path: in the repository; "" for all of it.
    """

    kind: Literal["dataset", "model", "space"]
    repository: str
    revision: str | None
    path: str

    @property
    def is_pinned(self) -> bool:
        return self.revision is not None and _COMMIT.fullmatch(self.revision) is not None

    def address(self, commit: str | None, path: str) -> str:
        at = f"@{commit}" if commit else ""
        return f"hf://{_PREFIXES[self.kind]}{self.repository}{at}/{path}"


def locate(address: str) -> RemoteFile:
    """Where a file is; nobody is asked."""
    return _remote(address, _place(address))


def resolve(address: str) -> RemoteFile:
    """What the hub tells of a file: its commit (in `pinned`), size, and sha256 if it is large enough to have one.

    Raises:
        FetchError: there is none, it may not be had, or the hub does not answer.
    """
    place = _place(address)
    with _in_our_words(address, place):
        from huggingface_hub import get_hf_file_metadata

        remote = _remote(address, place)
        told = get_hf_file_metadata(remote.url, token=_token() or False, endpoint=_endpoint())
        if not told.commit_hash or told.size is None:
            raise FetchError("refused", f"{address}: the hub tells neither its commit nor its size")
        pinned = _Place(place.kind, place.repository, told.commit_hash, place.path)
        sha256 = told.etag if told.etag and _SHA256.fullmatch(told.etag) else None
        return RemoteFile(
            address,
            _remote(address, pinned).url,
            remote.headers,
            told.size,
            Digest("sha256", sha256) if sha256 else None,
            # Where a file is redirected, the host that has it has an ETag of its own.
            None if sha256 or told.etag is None else f'"{told.etag}"',
            ranges=True,
            state=told.etag,
            pinned=pinned.address(told.commit_hash, place.path),
        )


def below(address: str) -> Iterator[ListedFile]:
    """The files below an address, each with the address that it has in the commit of now.

    Raises:
        FetchError: there is no such place, it may not be had, or the hub does not answer.
    """
    place = _place(address)
    with _in_our_words(address, place):
        from huggingface_hub.hf_api import RepoFile

        api = _api()
        commit = place.revision
        if not place.is_pinned:
            commit = api.repo_info(place.repository, revision=place.revision, repo_type=place.kind).sha
        found = api.list_repo_tree(
            place.repository, place.path or None, recursive=True, revision=commit, repo_type=place.kind
        )
        for entry in found:
            if isinstance(entry, RepoFile):
                path = entry.path.removeprefix(f"{place.path}/") if place.path else entry.path
                digest = Digest("sha256", entry.lfs.sha256) if entry.lfs else None
                state = entry.lfs.sha256 if entry.lfs else entry.blob_id
                yield ListedFile(path, place.address(commit, entry.path), entry.size, state, digest)


def _place(address: str) -> _Place:
    with _in_our_words(address, None):
        from huggingface_hub import parse_hf_uri
        from huggingface_hub.errors import HfUriError

        try:
            parsed = parse_hf_uri(address)
        except HfUriError:
            parsed = None
        if parsed is None or parsed.type not in _PREFIXES:
            raise FetchError(
                "bad_address", f"{address}: expected hf://datasets/<owner>/<name>, then @<revision>, then /<path>"
            )
        return _Place(parsed.type, parsed.id, parsed.revision, parsed.path_in_repo.strip("/"))


def _remote(address: str, place: _Place) -> RemoteFile:
    with _in_our_words(address, place):
        from huggingface_hub import hf_hub_url

        if not place.path:
            raise FetchError("bad_address", f"{address}: names a repository, and no file of it")
        url = hf_hub_url(
            place.repository,
            place.path,
            repo_type=place.kind,
            revision=place.revision,
            endpoint=_endpoint(),
        )
        token = _token()
        return RemoteFile(
            address,
            url,
            {"Authorization": f"Bearer {token}"} if token else {},
            ranges=True,
            pinned=address if place.is_pinned else None,
        )


def _api() -> "HfApi":
    from huggingface_hub import HfApi

    return HfApi(endpoint=_endpoint(), token=_token() or False, library_name="soundledger")


def _endpoint() -> str:
    """The hub that is asked: huggingface_hub reads HF_ENDPOINT once, as it is imported."""
    from huggingface_hub import constants

    return os.environ.get("HF_ENDPOINT", constants.ENDPOINT).rstrip("/")


def _token() -> str | None:
    from huggingface_hub import get_token

    return get_token()


def _in_our_words(address: str, place: _Place | None) -> AbstractContextManager[None]:
    return in_our_words(address, functools.partial(_judged, place))


def _judged(place: _Place | None, address: str, error: Exception) -> FetchError | None:
    import httpx2
    from huggingface_hub import errors

    if isinstance(error, errors.GatedRepoError):
        page = f"{_endpoint()}/{_PREFIXES[place.kind]}{place.repository}" if place else _endpoint()
        words = f"has terms that want to be accepted at {page}, and a token of who did (HF_TOKEN)"
        return FetchError("refused", f"{address}: {words}")
    if isinstance(error, errors.RepositoryNotFoundError):
        words = "no such repository, or a private one and no token that opens it (HF_TOKEN)"
        return FetchError("not_found", f"{address}: {words}")
    if isinstance(error, errors.RevisionNotFoundError):
        return FetchError("not_found", f"{address}: the repository has no such revision")
    if isinstance(error, errors.EntryNotFoundError):
        return FetchError("not_found", f"{address}: the repository has no such file or folder")
    if isinstance(error, errors.HfHubHTTPError):
        status = error.response.status_code
        return answered(f"{address}: the hub answers {status}", passing=status in (408, 429) or status >= 500)
    if isinstance(error, httpx2.HTTPError | OSError):
        return FetchError("dropped", f"{address}: the hub does not answer ({type(error).__name__})", passing=True)
    return None
