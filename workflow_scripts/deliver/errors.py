"""What may go wrong on the way to a place, told without what is secret."""

from workflow_scripts.errors import SoundledgerError, discreet


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
    'ValueError: 403 for https://host/file?… with Bearer …'
    """
    return f"{type(error).__name__}: {' '.join(discreet(str(error)).split())}"
