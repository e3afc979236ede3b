"""Many media at once, in worker processes that may crash or hang without harm to any media but the culprit."""

import contextlib
import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from workflow_scripts.check import limits
from workflow_scripts.check.task import Task, WorkerError
from workflow_scripts.media import archives
from workflow_scripts.media.addresses import is_address
from workflow_scripts.media.media import Media
from workflow_scripts.sound.settings import CheckSettings
from workflow_scripts.workers import pool
from workflow_scripts.workers.limits import in_time
from workflow_scripts.workers.pool import CRASHED, FAILED, TIMED_OUT, TOO_LARGE, ask_all, how_it_ended

BATCH = 32
"""Media handed to a worker at once, at most; a batch in which a worker dies is done again one by one."""
BATCHES_A_WORKER = 8
"""At least, where there are media enough: so that workers end at about the same time."""
_WORDS = {
    CRASHED: "the decoder {}",
    TIMED_OUT: "the decoder {}",
    TOO_LARGE: f"checking it takes more than the {limits.WORKER_BYTES >> 20:,} MB that a worker may have",
    FAILED: "{}",
}

Row = dict[str, Any]


def start_server() -> None:
    """Begin to import what workers need, while others work."""
    pool.start_server("workflow_scripts.check.ready")


def examine_all(tasks: Sequence[Task], settings: CheckSettings, workers: int) -> Iterator[tuple[Task, Row]]:
    """Examine media in worker processes; rows come as they are ready.

    A media whose worker dies gives a row of error_kind `crashed`, one that takes too long `timed_out`, one that
    takes too much memory `too_large`.

    Args:
        tasks: those of one archive side by side, in the order of their offsets.
        settings: of the check.
        workers: number of processes.

    Raises:
        WorkerError: what workers need is not installed, or not whole.
    """
    size = max(1, min(BATCH, len(tasks) // (workers * BATCHES_A_WORKER)))
    start_server()
    batches = list(_batches(tasks, size, workers))
    examine = functools.partial(_examine_batch, settings=settings)
    start = functools.partial(_start_worker, any(is_address(task.media.path) for task in tasks[:1]))
    for task, row in ask_all(batches, examine, _patience, min(workers, max(1, len(batches))), start):
        if isinstance(row, WorkerError):
            raise row
        yield task, _lost(row) if isinstance(row, BaseException) else row


def _batches(tasks: Sequence[Task], most: int, workers: int) -> Iterator[Sequence[Task]]:
    """Batches of loose files, and of members of one archive each."""
    archive_of = {task: None if task.media.member is None else task.media.path for task in tasks}
    groups = [list(group) for _, group in itertools.groupby(tasks, archive_of.__getitem__)]
    in_parts = _opened_to_be_split([group for group in groups if _is_opened(group)], most, workers)
    for group in groups:
        if group[0].media.member is None:
            yield from (group[first : first + most] for first in range(0, len(group), most))
        else:
            medias = [task.media for task in group]
            parts = in_parts[medias[0].path] if _is_opened(group) else archives.split(medias, most)
            by_media = {task.media: task for task in group}
            yield from ([by_media[media] for media in part] for part in parts)


def _is_opened(group: Sequence[Task]) -> bool:
    """Whether an archive has to be opened to be split."""
    return group[0].media.member is not None and archives.kind_of(group[0].media.path) in archives.IN_GROUPS


def _opened_to_be_split(groups: Sequence[Sequence[Task]], most: int, workers: int) -> dict[str, list[list[Media]]]:
    """The parts of such archives, by their paths; workers open them, whom that may cost their lives as any reading."""
    medias = [[task.media for task in group] for group in groups]
    if not medias:
        return {}
    split = functools.partial(_split_batch, most=most)
    parts = {}
    start = functools.partial(_start_worker, is_remote=False)  # nothing of a media is read
    for of_one, told in ask_all([[of_one] for of_one in medias], split, _patience_to_split, workers, start):
        parts[of_one[0].path] = [list(of_one)] if isinstance(told, BaseException) else told
    return parts


def _split_batch(batch: Sequence[Sequence[Media]], most: int) -> list[list[list[Media]]]:
    with in_time(limits.SECONDS_A_FILE):
        return [archives.split(medias, most) for medias in batch]


def _patience_to_split(_: object) -> float:
    return 2 * limits.SECONDS_A_FILE


def _patience(batch: Sequence[Task]) -> float:
    """When a batch is given up. Workers end by themselves before; but Pebble does not notice one that ends with 0."""
    return limits.SECONDS_A_FILE + sum(limits.seconds_for(task.media.bytes) for task in batch)


def _lost(error: BaseException) -> Row:
    """The row of a media that its worker did not live to tell of."""
    kind, words = how_it_ended(error)
    return {
        "load_ok": False,
        "error_kind": "check_failed" if kind == FAILED else kind,
        "error": _WORDS[kind].format(words),
    }


def _examine_batch(batch: Sequence[Task], settings: CheckSettings) -> list[Row]:
    from workflow_scripts.check.ready import ready_worker

    return ready_worker().examine_batch(batch, settings)


def _start_worker(is_remote: bool) -> None:
    from workflow_scripts.check.ready import ready_worker

    with contextlib.suppress(WorkerError):  # the first batch will tell
        ready_worker().start(is_remote)
