"""What may go wrong on the way to a place, told without what is secret."""

import re

from workflow_scripts.errors import SoundledgerError

_QUERY = re.compile(r"(\w+://[^\s?'\"<>]+)\?[^\s'\"<>]*")
"""What an address may have a signature in."""
_TOKEN = re.compile(r"\b(hf_|ya29\.|Bearer\s+)[A-Za-z0-9._~+/-]{8,}=*", re.IGNORECASE)


class DeliverError(SoundledgerError):
    """An export that did not arrive.

    Attributes:
        passing: another try may bring it there.
    """

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


def said_by(error: BaseException) -> str:
    """An error of a library in its own words, as one line, without signatures and tokens.

    >>> said_by(ValueError("403 for https://host/file?X-Amz-Signature=1234 with Bearer abcdefghij"))
    'ValueError: 403 for https://host/file with Bearer …'
    """
    words = _TOKEN.sub(r"\1…", _QUERY.sub(r"\1", str(error)))
    return f"{type(error).__name__}: {' '.join(words.split())}"
