"""What may pass is tried again."""

import logging
import random
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from workflow_scripts.deliver.errors import DeliverError
from workflow_scripts.deliver.outgoing import Outgoing
from workflow_scripts.deliver.target import Told

TRIES, LONGEST_WAIT_S = 6, 30.0
T = TypeVar("T")
_log = logging.getLogger(__name__)


def patiently(action: Callable[[], T]) -> T:
    """What an action gives; it is tried again, after a wait that doubles, while its fault may pass.

    Raises:
        DeliverError: the fault of the last try.
    """
    for tried in range(1, TRIES):
        try:
            return action()
        except DeliverError as error:
            if not error.passing:
                raise
            wait = random.uniform(0.5, 1) * min(2 ** (tried - 1), LONGEST_WAIT_S)
            _log.warning("%s; tried again in %.1f s", error, wait)
            time.sleep(wait)
    return action()


def each(put: Callable[[Outgoing], None], files: Sequence[Outgoing], told: Told, at_once: int) -> None:
    """Put each of some files, several at once; what arrives is told, in the order in which it was sent."""

    def one(file: Outgoing) -> Outgoing:
        patiently(lambda: put(file))
        return file

    with ThreadPoolExecutor(at_once) as pool:
        arrived: Iterable[Outgoing] = pool.map(one, files)
        try:
            for file in arrived:
                told(file)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
