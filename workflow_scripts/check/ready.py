"""The code of workers, imported by the server that they are forked from; where it cannot be, workers tell why.

Were the server to fail, the check would only hear that its pool is broken; were a worker to, that a decoder died.
"""

import traceback
from types import ModuleType

from workflow_scripts.check.task import WorkerError

_fault = None
try:
    from workflow_scripts.check import worker
except Exception as error:  # noqa: BLE001  a library that is not whole fails in ways of its own
    _last = traceback.extract_tb(error.__traceback__)[-1]
    _fault = (
        f"no audio can be decoded, since workers cannot import what they need: {_last.filename}, line {_last.lineno}: "
        f"{type(error).__name__}: {error}. Mend the environment, or make it anew (`rm -r .venv`, `make setup`)"
    )


def ready_worker() -> ModuleType:
    """The module `worker`.

    Raises:
        WorkerError: it could not be imported; says what failed, and where.
    """
    if _fault is not None:
        raise WorkerError(_fault)
    return worker
