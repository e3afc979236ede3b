"""From an address to what its server tells of it: one module a scheme, found by presence in `schemes/`."""

import functools
import importlib
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType

from workflow_scripts.errors import nearest
from workflow_scripts.fetch import schemes
from workflow_scripts.fetch.addresses import scheme_of, without_secrets
from workflow_scripts.fetch.remote_file import FetchError, ListedFile, RemoteFile

_PINNED = re.compile("hf://[^@]+@[0-9a-f]{40}(?:/|$)")
_SPELT = {"http": "https"}
"""Schemes that another one's module serves."""


@functools.cache
def known_schemes() -> tuple[str, ...]:
    """All that an address may begin with."""
    found = [module.name for module in pkgutil.iter_modules(schemes.__path__)]
    return tuple(sorted([*found, *(scheme for scheme, other in _SPELT.items() if other in found)]))


def resolve(address: str) -> RemoteFile:
    """What the server of an address tells of it.

    Raises:
        FetchError: there is no such scheme, or the server does not tell.
    """
    return _module(address).resolve(address)


def locate(address: str) -> RemoteFile:
    """Where its bytes are: as `resolve`, but nobody is asked where the answer itself will tell."""
    module = _module(address)
    return (module.locate if hasattr(module, "locate") else module.resolve)(address)


def below(address: str) -> Iterator[ListedFile]:
    """The files below an address.

    Raises:
        FetchError: there is no such scheme, or nothing can be listed by it.
    """
    module = _module(address)
    if not hasattr(module, "below"):
        raise FetchError("cannot_list", f"{without_secrets(address)}: {scheme_of(address)}: addresses cannot be listed")
    return module.below(address)


def is_pinned(address: str) -> bool:
    """Whether an address names a version (a commit of the hub's): what lies below it is the same for ever.

    >>> is_pinned(f"hf://datasets/a/b@{'0' * 40}/wav"), is_pinned("hf://datasets/a/b@main/wav")
    (True, False)
    """
    return _PINNED.match(address) is not None


def _module(address: str) -> ModuleType:
    scheme, known = scheme_of(address), known_schemes()
    if scheme not in known:
        raise FetchError(
            "no_scheme",
            f"{without_secrets(address)}: begins with none of {', '.join(f'{one}:' for one in known)}"
            f"{nearest(scheme, known)}",
        )
    return importlib.import_module(f"workflow_scripts.fetch.schemes.{_SPELT.get(scheme, scheme)}")
