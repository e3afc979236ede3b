"""What every entry script does: write to its rule's log, and end with a clear word when something is wrong."""

import contextlib
import logging
import sys
import traceback
from collections.abc import Iterator

from workflow_scripts.errors import SoundledgerError


@contextlib.contextmanager
def logged(log: str) -> Iterator[None]:
    """Send log records to a rule's log file; an error ends there too, and on the terminal.

    An error that is the user's to mend is told in its own words, any other with its traceback. Either ends the script
    with exit code 1.
    """
    logging.basicConfig(
        filename=log, filemode="w", level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", force=True
    )
    try:
        yield
    except SoundledgerError as error:
        _end(str(error))
    except Exception:  # noqa: BLE001  whatever it is, it belongs into the log
        _end(traceback.format_exc())


def _end(message: str) -> None:
    logging.error(message)
    print(f"error: {message}", file=sys.stderr)
    sys.exit(1)
