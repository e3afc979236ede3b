"""What a worker process does; imported once, before it is forked for its work."""

from collections.abc import Iterator, Sequence

from workflow_scripts.check import limits
from workflow_scripts.check.picture import examine_picture
from workflow_scripts.check.task import Task
from workflow_scripts.media import archives
from workflow_scripts.media.content import Content, file_content
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.media.opened import will_read
from workflow_scripts.media.walk import is_image
from workflow_scripts.sound.examine import Row, examine, note, unforeseen
from workflow_scripts.sound.settings import CheckSettings
from workflow_scripts.workers.limits import be_silent, in_time, limit_memory


def start(is_remote: bool) -> None:
    """Silence, and a limit to memory: that of what is read ahead from addresses comes to it."""
    be_silent()
    if is_remote:
        from workflow_scripts.media.remote.reading import threads

        threads()  # what these take for themselves is not what a media takes
    limit_memory(limits.WORKER_BYTES + (limits.AHEAD_BYTES if is_remote else 0))


def examine_batch(batch: Sequence[Task], settings: CheckSettings) -> list[Row]:
    """The rows of loose files, or of members of one archive."""
    if batch[0].media.member is None:
        will_read([task.media for task in batch])
        return [_examine_file(task, settings) for task in batch]
    contents = archives.contents([task.media for task in batch])
    return [_examine_member(contents, task, settings) for task in batch]


def _examine_file(task: Task, settings: CheckSettings) -> Row:
    try:
        with in_time(limits.seconds_for(task.media.bytes)), file_content(task.media) as content:
            if is_image(task.media.path):  # they are in lists of roots that hold such alone
                return examine_picture(content, task.known_digest)
            return examine(content, task.known_digest, settings)
    except MediaError as error:
        return _unread(error.kind, str(error))
    except Exception as error:  # noqa: BLE001  of the file, not of its decoding, which examine() takes care of
        return _unread(*unforeseen(error))


def _examine_member(contents: Iterator[tuple[Media, Content | MediaError]], task: Task, settings: CheckSettings) -> Row:
    try:
        with in_time(limits.seconds_for(task.media.bytes)):
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
