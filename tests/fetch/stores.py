"""Servers that answer as S3 and as Google Cloud Storage do: processes of .venv-consumers, on loopback."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONSUMERS = ROOT / ".venv-consumers"
START_S = 60
"""To wait for a server, which may have to share its core."""
AS_SOMEBODY = {
    "AWS_ACCESS_KEY_ID": "somebody",
    "AWS_SECRET_ACCESS_KEY": "secret of S3",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of one, for AWS_ENDPOINT_URL."""
    port = free_port()
    with _server(["moto_server", "-H", "127.0.0.1", "-p", str(port)], port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def gs_server(folder: Path) -> Iterator[str]:
    """The address of one, for STORAGE_EMULATOR_HOST."""
    port = free_port()
    command = ["gcp-storage-emulator", "start", "--host=127.0.0.1", f"--port={port}", "--in-memory"]
    with _server(command, port, {"STORAGE_BASE": str(folder), "STORAGE_DIR": "store"}):
        yield f"http://127.0.0.1:{port}"


def free_port() -> int:
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


@contextmanager
def _server(command: list[str], port: int, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    program, *arguments = command
    if not (CONSUMERS / "bin" / program).exists():
        pytest.skip(f"no {program} in .venv-consumers: `make test` puts it there")
    process = subprocess.Popen(
        [CONSUMERS / "bin" / program, *arguments],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(process, port)
        yield
    finally:
        process.kill()
        process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        assert process.poll() is None, f"{process.args} has ended"
        with socket.socket() as it:
            if it.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"{process.args} does not listen")
