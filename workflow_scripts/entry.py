"""What every entry script does: write to its rule's log, and end with a clear word when something is wrong.

It is the first of the project's modules that a script imports (pyproject.toml sees to it), for the sake of what it does
to Python's collector of garbage: imports make none, and are there to the end, but it looked at all of them again and
again while they came, and three times more when the process ended: 50 of the 180 ms that the start of a job takes.
"""

import contextlib
import gc
import logging
import sys
import traceback
from collections.abc import Iterator

from workflow_scripts.errors import SoundledgerError, discreet
from workflow_scripts.run.garbage import leave_garbage

gc.disable()


@contextlib.contextmanager
def logged(log: str) -> Iterator[None]:
    """Send log records to a rule's log file; an error ends there too, and on the terminal.

    An error that is the user's to mend is told in its own words, any other with its traceback. Either ends the script
    with exit code 1.
    """
    gc.freeze()
    gc.enable()
    handler = logging.FileHandler(log, "w")
    handler.setFormatter(_Discreet("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    try:
        yield
    except SoundledgerError as error:
        _end(str(error))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001  whatever it is, a panic of polars too, it belongs into the log
        _end(traceback.format_exc())
    finally:
        leave_garbage()


class _Discreet(logging.Formatter):
    """Whatever a library logs, no key of an address gets into a log."""

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))


def _end(message: str) -> None:
    message = discreet(message)
    logging.error(message)
    print(f"error: {message}", file=sys.stderr)
    sys.exit(1)
