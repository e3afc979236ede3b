"""What places in buckets have in common, whoever keeps them: objects below a prefix, reached through fsspec."""

import errno
import logging
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from workflow_scripts.deliver.errors import DeliverError, said_by
from workflow_scripts.deliver.outgoing import Outgoing
from workflow_scripts.deliver.target import There, Told
from workflow_scripts.deliver.tries import each, patiently

T = TypeVar("T")
AT_ONCE = 4
"""Objects sent side by side."""
FOR_GOOD = (PermissionError, FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError)
REFUSED = frozenset({errno.EACCES, errno.EINVAL, errno.ENOENT, errno.EPERM})
REFUSED_CODES = frozenset({"400", "401", "403", "404"})
SAID_REFUSED = re.compile(r"^Forbidden|credentials", re.IGNORECASE)
"""What another try would not mend, as the libraries tell it."""
_log = logging.getLogger(__name__)


class Bucket(ABC):
    """Objects below an address of a bucket.

    Attributes:
        address: as it is told.
        root: bucket and prefix, without a `/` at the end.
        files: fsspec's filesystem.
    """

    IN_ONE_STEP = 0

    def __init__(self, address: str, files: Any) -> None:
        self.address, self.files = address, files
        self.root = address.partition("://")[2]

    @abstractmethod
    def digest(self, told: Mapping[str, Any]) -> str | None:
        """What a listing tells of an object's bytes."""

    @abstractmethod
    def has(self, one: Outgoing, there: There) -> bool:
        """As of a Target."""

    @abstractmethod
    def put_file(self, one: Outgoing, to: str) -> None:
        """Send one file."""

    @abstractmethod
    def make_ready(self, put: Sequence[Outgoing]) -> None:
        """What is to be done before some files are sent."""

    def path(self, path: str) -> str:
        """What fsspec calls an object."""
        return f"{self.root}/{path}"

    def listed(self) -> dict[str, There]:
        """All objects below the address."""
        below = f"{self.root}/"
        found: Mapping[str, Any] = self.asked("be listed", self._find)
        return {
            name.removeprefix(below): There(int(told["size"]), self.digest(told))
            for name, told in found.items()
            if name.startswith(below) and not name.endswith("/")
        }

    def _find(self) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = self.files.find(self.root, detail=True)
        except FileNotFoundError:
            raise DeliverError(
                f"{self.address}: there is no bucket {self.root.partition('/')[0]}, or none that you may see; make it "
                "first"
            ) from None
        return found

    def read(self, path: str) -> bytes:
        """A small object."""
        content: bytes = self.asked("be read", lambda: self.files.cat_file(self.path(path)), path)
        return content

    def change(self, put: Sequence[Outgoing], gone: Sequence[str], told: Told) -> None:
        """Send some side by side, then remove others."""
        self.make_ready(put)
        each(self._put, put, told, AT_ONCE)
        if gone:
            patiently(lambda: self.asked("be changed", lambda: self._remove(gone)))

    def _put(self, one: Outgoing) -> None:
        self.asked("be written", lambda: self.put_file(one, self.path(one.path)), one.path)

    def _remove(self, gone: Sequence[str]) -> None:
        for path in gone:
            try:
                self.files.rm_file(self.path(path))
            except FileNotFoundError:
                _log.info("%s/%s: was gone already", self.address, path)

    def asked(self, what: str, question: Callable[[], T], path: str = "") -> T:
        """What a server answers.

        Args:
            what: could not be done, if it could not.
            question: what it is asked.
            path: that it is about; all, without one.

        Raises:
            DeliverError: it did not, or refused.
        """
        try:
            return question()
        except DeliverError:
            raise
        except Exception as error:  # noqa: BLE001  three libraries, each with errors of its own
            where = f"{self.address}/{path}".rstrip("/")
            raise DeliverError(
                f"{where}: could not {what}: {said_by(error)}", passing=not _is_for_good(error)
            ) from None


def _is_for_good(error: Exception) -> bool:
    is_refused = getattr(error, "errno", None) in REFUSED or str(getattr(error, "code", "")) in REFUSED_CODES
    return isinstance(error, FOR_GOOD) or is_refused or SAID_REFUSED.search(str(error)) is not None


def needs_group(address: str) -> DeliverError:
    """The error where the packages for an address are not installed."""
    return DeliverError(f"{address}: `make remote` installs what knows such addresses (envs/remote.txt)")
