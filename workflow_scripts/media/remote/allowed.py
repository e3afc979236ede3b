"""Whether anything may be read from addresses at all."""

import os

from workflow_scripts.fetch.remote_file import FetchError

OFFLINE = "SOUNDLEDGER_OFFLINE"
"""The variable of the environment by which a run with `offline: true` tells its jobs."""


def refuse_offline(address: str) -> None:
    """Refuse to ask anybody where no connection may be made.

    Raises:
        FetchError: none may.
    """
    if os.environ.get(OFFLINE):
        raise FetchError(
            "offline", f"{address}: would have to be read from there, and `offline: true` forbids it; run once without"
        )
