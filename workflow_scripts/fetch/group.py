"""The packages that some schemes want, which `make remote` installs beside the lock."""

import contextlib
from collections.abc import Callable, Iterator

from workflow_scripts.fetch.remote_file import FetchError


@contextlib.contextmanager
def in_our_words(address: str, judged: Callable[[str, Exception], FetchError | None]) -> Iterator[None]:
    """Say what went wrong where a package of the group is asked; its own words may hold a signed address.

    Args:
        address: what it is asked for.
        judged: what an error of that package means for an address; None for an error that is none of its.

    Raises:
        FetchError: it is not installed, or what `judged` says.
    """
    try:
        try:
            yield
        except Exception as error:
            if (meant := judged(address, error)) is None:
                raise
            raise meant from None
    except ModuleNotFoundError as error:  # of the package, or of one that it brings along
        raise _not_installed(address, error) from None


def answered(words: str, *, passing: bool) -> FetchError:
    """What to say of a server that answers, with something else than what was asked for."""
    return FetchError("not_now" if passing else "refused", words, passing=passing)


def _not_installed(address: str, error: ModuleNotFoundError) -> FetchError:
    return FetchError(
        "not_installed",
        f"{address}: what knows addresses of this kind is not installed here (no module {error.name}): "
        "`make remote` installs it",
    )
