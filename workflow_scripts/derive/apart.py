"""The process in which effects are made: that of another venv, which has versions that the lock cannot have."""

import functools
import json
import os
import socket
import subprocess
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.media.media import MediaError
from workflow_scripts.settings.augment import absent, python_of_effects

Array = np.ndarray[Any, Any]

_EFFECTS = Path(__file__).with_name("effects.py")


def applied(
    samples: Array, sample_rate: int, transform: str, parameters: Mapping[str, Any]
) -> tuple[Array, float | None]:
    """Have one effect made of samples.

    Args:
        samples: (frames, channels) float32, full scale 1.
        sample_rate: hertz.
        transform: one of effects.MAKES.
        parameters: those that were drawn for it.

    Returns:
        Samples of the same shape, and a gain in dB where the effect is told by one.

    Raises:
        MediaError: the effect cannot be made of these samples.
        SoundledgerError: what makes it is not installed.
    """
    wave = np.ascontiguousarray(samples[:, 0] if samples.shape[1] == 1 else samples.T, np.float32)
    asked = {"transform": transform, "parameters": dict(parameters), "sample_rate": sample_rate, "shape": wave.shape}
    if words := absent([transform]):
        raise SoundledgerError(words)
    try:
        connection, _ = _process(os.getpid())
        connection.send_bytes(json.dumps(asked).encode())
        connection.send_bytes(wave.data)
        answer = json.loads(connection.recv_bytes())
        made = np.frombuffer(connection.recv_bytes(), np.float32)
    except (EOFError, ConnectionError):
        _process.cache_clear()  # the next clip has a new one
        raise MediaError("effect_failed", f"{transform}: the process that makes it ended") from None
    if "error" in answer:
        raise MediaError("effect_failed", f"{transform}: {answer['error']}")
    return made.reshape(wave.shape).T.reshape(samples.shape), answer["gain_db"]


class _Process(NamedTuple):
    connection: Connection
    process: subprocess.Popen[bytes]


@functools.cache
def _process(_pid: int) -> _Process:
    """That of this process, which a fork of it does not share; it ends when this one does."""
    ours, theirs = socket.socketpair()
    with theirs:
        descriptor = theirs.fileno()
        # -I: it sees nothing of this process's Python
        command = [str(python_of_effects()), "-I", str(_EFFECTS), str(descriptor)]
        process = subprocess.Popen(command, pass_fds=[descriptor], stdin=subprocess.DEVNULL)
    return _Process(Connection(ours.detach()), process)
