"""What every entry script does: write to its rule's log, and end with a clear word when something is wrong.

It is the first of the project's modules that a script imports (pyproject.toml sees to it), for the sake of what it does
to Python's collector of garbage: imports make none, and are there to the end, but it looked at all of them again and
again while they came, and three times more when the process ended: 50 of the 180 ms that the start of a job takes.
"""

import contextlib
import gc
import logging
import os
import sys
import traceback
import zlib
from collections.abc import Iterator

from workflow_scripts.errors import SoundledgerError, discreet
from workflow_scripts.processes import lock
from workflow_scripts.run.garbage import leave_garbage

gc.disable()


@contextlib.contextmanager
def logged(log: str) -> Iterator[None]:
    """Send log records to a job's log file; an error ends there too, and on the terminal.

    An error that is the user's to mend is told in its own words, any other with its traceback. Either ends the script
    with exit code 1.
    """
    gc.freeze()
    gc.enable()
    turn = _own_turn(log)
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
        os.close(turn)
        leave_garbage()


def _own_turn(log: str) -> int:
    """Wait until no other process is at this job; closed, what this gives lets the next begin.

    Where Snakemake was killed its jobs may be at work still, and the next run starts them again: side by side one
    would sweep away what the other needs. Jobs are told apart by the names of their logs. Snakemake removes these, so
    what is locked is a byte for each of a file beside them.
    """
    folder, name = os.path.split(log)
    turns = os.open(os.path.join(folder, ".turns"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    waits = f"{log}: an earlier run, whose Snakemake is gone, is at this job still; waiting for its end"
    lock(turns, lambda: print(waits, file=sys.stderr, flush=True), byte=zlib.crc32(os.fsencode(name)))
    return turns


class _Discreet(logging.Formatter):
    """Whatever a library logs, no key of an address gets into a log."""

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))


def _end(message: str) -> None:
    message = discreet(message)
    logging.error(message)
    print(f"error: {message}", file=sys.stderr)
    sys.exit(1)
