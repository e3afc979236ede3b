"""hf://datasets/owner/name, with `@branch` and a folder behind it or not: a dataset of the Hugging Face hub.

Large files go to the store of the hub one by one, where they wait for the commit that names them: what has arrived is
not sent again, whichever commit a kill cut short.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote

from workflow_scripts.deliver.bucket import needs_group
from workflow_scripts.deliver.errors import DeliverError, said_by
from workflow_scripts.deliver.outgoing import Outgoing
from workflow_scripts.deliver.target import There, Told
from workflow_scripts.deliver.tries import patiently

T = TypeVar("T")
FORM = re.compile(r"hf://datasets/(?P<repo>[^/@]+/[^/@]+)(@(?P<branch>[^/]+))?(/(?P<folder>.+))?")
CHANGES_A_COMMIT = 100
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""What a server says that may answer otherwise the next time."""


class HubDataset:
    """A folder of a branch of a dataset on the hub."""

    IN_ONE_STEP = CHANGES_A_COMMIT

    def __init__(self, address: str, hub: Any) -> None:
        form = FORM.fullmatch(address)
        if not form:
            raise DeliverError(
                f"{address}: expected hf://datasets/owner/name, with @branch and a folder behind it or not"
            )
        self._address, self._hub = address, hub
        self._repo = {
            "repo_id": form["repo"],
            "repo_type": "dataset",
            "revision": unquote(form["branch"]) if form["branch"] else "main",
        }
        self._below = f"{form['folder']}/" if form["folder"] else ""

    def listed(self) -> dict[str, There]:
        """All files, by the SHA-256 of large ones, and the SHA-1 that git gives to others."""
        tree = self._asked("be listed", self._tree)
        return {
            file.path.removeprefix(self._below): There(file.size, file.lfs.sha256 if file.lfs else file.blob_id)
            for file in tree
        }

    def has(self, one: Outgoing, there: There) -> bool:
        """By one of the two."""
        return there.bytes == one.bytes and (there.digest == one.sha256 or there.digest == one.digests.git)

    def read(self, path: str) -> bytes:
        """A small file."""
        with tempfile.TemporaryDirectory() as folder:
            name = f"{self._below}{path}"
            got = self._asked(
                "be read", lambda: self._hub.hf_hub_download(filename=name, local_dir=folder, **self._repo)
            )
            return Path(got).read_bytes()

    def change(self, put: Sequence[Outgoing], gone: Sequence[str], told: Told) -> None:
        """In commits; where one is enough, nobody sees half of it."""
        there = self.listed() if gone else {}
        changes: list[Outgoing | str] = [*put, *(path for path in gone if path in there)]
        for commit in _in_parts(changes):
            patiently(lambda commit=commit: self._asked("be written", lambda: self._commit(commit)))  # type: ignore[misc]
            for one in commit:
                if isinstance(one, Outgoing):
                    told(one)

    def _tree(self) -> list[Any]:
        from huggingface_hub.errors import EntryNotFoundError, RepositoryNotFoundError, RevisionNotFoundError
        from huggingface_hub.hf_api import RepoFile

        try:
            tree = self._hub.list_repo_tree(path_in_repo=self._below.rstrip("/") or None, recursive=True, **self._repo)
            return [one for one in tree if isinstance(one, RepoFile)]
        except RevisionNotFoundError:
            raise DeliverError(f"{self._address}: there is no branch {self._repo['revision']}; make it first") from None
        except RepositoryNotFoundError:
            raise DeliverError(
                f"{self._address}: there is no dataset {self._repo['repo_id']}, or none that your token lets you see; "
                f"make it first: hf repos create {self._repo['repo_id']} --type dataset"
            ) from None
        except EntryNotFoundError:  # the folder comes with its first file
            return []

    def _commit(self, changes: Sequence[Outgoing | str]) -> None:
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        for one in changes:
            if isinstance(one, Outgoing):
                _ = one.digests  # read once more, so that nothing goes that was changed since it was written
        self._hub.create_commit(
            operations=[
                CommitOperationAdd(f"{self._below}{one.path}", str(one.file))
                if isinstance(one, Outgoing)
                else CommitOperationDelete(f"{self._below}{one}")
                for one in changes
            ],
            commit_message=_message(changes),
            **self._repo,
        )

    def _asked(self, what: str, question: Callable[[], T]) -> T:
        try:
            return question()
        except DeliverError:
            raise
        except Exception as error:  # noqa: BLE001  of the hub's library, of httpx, of the system
            root = error.__cause__ or error
            raise DeliverError(f"{self._address}: could not {what}: {said_by(root)}", passing=_may_pass(root)) from None


def _may_pass(error: BaseException) -> bool:
    response = getattr(error, "response", None)
    if response is not None:
        return response.status_code in PASSING
    return not isinstance(error, (ValueError, FileNotFoundError, PermissionError, TypeError))


def _in_parts(changes: Sequence[Outgoing | str]) -> Iterator[Sequence[Outgoing | str]]:
    for first in range(0, len(changes), CHANGES_A_COMMIT):
        yield changes[first : first + CHANGES_A_COMMIT]


def _message(changes: Sequence[Outgoing | str]) -> str:
    first = next((one.path for one in changes if isinstance(one, Outgoing)), None)
    removed = sum(isinstance(one, str) for one in changes)
    words = (
        [f"Add {first}" + (f" and {len(changes) - removed - 1:,} more" if len(changes) - removed > 1 else "")]
        if first
        else []
    )
    return ", ".join([*words, *([f"remove {removed:,} files"] if removed else [])])


def target(place: str) -> HubDataset:
    """What lies at an address of the hub; the token is that of the environment or of the hub's own file."""
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")  # by Git LFS, of which is known what a kill leaves there
    try:
        from huggingface_hub import HfApi
        from huggingface_hub.utils.tqdm import disable_progress_bars
    except ImportError:
        raise needs_group(place) from None
    disable_progress_bars()
    return HubDataset(place, HfApi(endpoint=os.environ.get("HF_ENDPOINT")))
