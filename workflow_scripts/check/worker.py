"""What a worker process does; imported once, before it is forked for its work."""

import os
import resource
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from workflow_scripts.check import limits
from workflow_scripts.check.task import Task
from workflow_scripts.media import archives
from workflow_scripts.media.content import Content, file_content
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.sound.examine import Row, examine, note, unforeseen
from workflow_scripts.sound.settings import CheckSettings


def start() -> None:
    """Silence, and a limit to memory."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # decoders in C complain there, file by file
    limit = _address_space() + limits.WORKER_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _address_space() -> int:
    """Bytes of address space in use; what libraries have mapped counts, and is far more than they use."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def examine_batch(batch: Sequence[Task], settings: CheckSettings) -> list[Row]:
    """The rows of loose files, or of members of one archive."""
    if batch[0].media.member is None:
        return [_examine_file(task, settings) for task in batch]
    contents = archives.contents([task.media for task in batch])
    return [_examine_member(contents, task, settings) for task in batch]


def _examine_file(task: Task, settings: CheckSettings) -> Row:
    try:
        with _in_time(task.media), file_content(task.media) as content:
            return examine(content, task.known_digest, settings)
    except MediaError as error:
        return _unread(error.kind, str(error))
    except Exception as error:  # noqa: BLE001  of the file, not of its decoding, which examine() takes care of
        return _unread(*unforeseen(error))


def _examine_member(contents: Iterator[tuple[Media, Content | MediaError]], task: Task, settings: CheckSettings) -> Row:
    try:
        with _in_time(task.media):
            _, content = next(contents)
            if isinstance(content, MediaError):
                return _unread(content.kind, str(content))
            return examine(content, task.known_digest, settings)
    except Exception as error:  # noqa: BLE001  see above
        return _unread(*unforeseen(error))


def _unread(kind: str, words: str) -> Row:
    row: Row = {"load_ok": False}
    note(row, kind, words)
    return row


@contextmanager
def _in_time(media: Media) -> Iterator[None]:
    """Let the system end this process, wherever it hangs, when one media takes too long."""
    signal.setitimer(signal.ITIMER_REAL, limits.seconds_for(media.bytes))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
