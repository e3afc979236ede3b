"""What a place is that exports are handed on to."""

import importlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from workflow_scripts.deliver.outgoing import Outgoing

Told = Callable[[Outgoing], None]
"""What is called with each file that has arrived."""
FOLDER = "folder"
"""The kind of a place without a scheme."""


@dataclass(frozen=True)
class There:
    """A file at a place, as its listing tells.

    Attributes:
        bytes: its size.
        digest: what the place calls its bytes by; None where it does not tell.
    """

    bytes: int
    digest: str | None = None


class Target(Protocol):
    """A place. All paths are below it, with `/`."""

    IN_ONE_STEP: int
    """So many files can be put and removed at once, so that nobody sees some of it; 0 where that cannot be."""

    def listed(self) -> dict[str, There]:
        """All files that lie there now, by path."""

    def has(self, one: Outgoing, there: There) -> bool:
        """Whether what lies there under a file's path has its bytes, by digest."""

    def read(self, path: str) -> bytes:
        """A small file."""

    def change(self, put: Sequence[Outgoing], gone: Sequence[str], told: Told) -> None:
        """Put files, and then remove others, which need not be there.

        Raises:
            DeliverError: it could not be done; what was put until then stays.
        """


QUIET = ("aiobotocore", "botocore", "gcsfs", "httpx", "httpx2", "huggingface_hub", "urllib3")
"""Libraries that tell each request, and warn of those that failed, with their signatures. Errors tell what is wrong."""


def target_of(place: str) -> Target:
    """The place of an address, or of the absolute path of a folder."""
    for library in QUIET:
        logging.getLogger(library).setLevel(logging.ERROR)
    module: Any = importlib.import_module(f"workflow_scripts.deliver.targets.{kind_of(place)}")
    found: Target = module.target(place)
    return found


def kind_of(place: str) -> str:
    """Which module of `targets` a place is of.

    >>> kind_of("s3://bucket/prefix"), kind_of("/data/out")
    ('s3', 'folder')
    """
    return place.partition("://")[0] if "://" in place else FOLDER
