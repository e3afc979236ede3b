"""What words keep to themselves, whoever said them, before they are shown or kept."""

import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_entry import JOB, run
from workflow_scripts.deliver.errors import said_by
from workflow_scripts.errors import SoundledgerError, discreet
from workflow_scripts.fetch.remote_file import FetchError
from workflow_scripts.fetch.resolve import resolve
from workflow_scripts.fetch.session import Client

SECRET = "averysecretword"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"https://host/a.zip?X-Amz-Signature={SECRET}&b=c: gives 403", "https://host/a.zip?…: gives 403"),
        (f"'s3://bucket/key?sig={SECRET}'.", "'s3://bucket/key?…'."),
        (f"no proxy http://me:{SECRET}@host:80/a, said the system", "no proxy http://host:80/a, said the system"),
        (f"s3://key:{SECRET}@bucket/a", "s3://bucket/a"),
        (
            f"Max retries exceeded with url: /a?token={SECRET} (Caused by",
            "Max retries exceeded with url: /a?… (Caused by",
        ),
        (f"Authorization: Bearer {SECRET}", "Authorization: Bearer …"),
        (f"token hf_{SECRET}12345 refused", "token hf_… refused"),
    ],
)
def test_queries_passwords_and_tokens_are_left_out(said: str, kept: str) -> None:
    assert discreet(said) == kept
    assert discreet(kept) == kept
    assert str(SoundledgerError(said)) == kept
    assert said_by(ValueError(said)) == f"ValueError: {kept}"


@pytest.mark.parametrize(
    "said",
    [
        "hf://datasets/lab/birds@main/a.zip: the hub answers 404",
        "hf://birds@main/a.zip",
        "/data/what?a=b.wav: is empty; did you mean `what?b.wav`? (or: me@host)",
        "results/hf_datasets/tables/clips.parquet",
        "https://host/a.zip?…: gives 403",
    ],
)
def test_all_else_is_told_as_it_is(said: str) -> None:
    assert discreet(said) == said


def test_neither_what_a_library_logs_nor_a_traceback_brings_a_key_into_a_log(tmp_path: Path) -> None:
    address = f"https://me:{SECRET}@host/a?signature={SECRET}"
    end = f"    import logging\n    logging.getLogger('some').warning('%s failed', '{address}')\n"
    end += f"    raise ValueError('{address} is none')"
    done = run(JOB.format(end=end), tmp_path)
    log = (tmp_path / "job.log").read_text()
    assert done.returncode == 1
    assert "WARNING https://host/a?… failed" in log
    assert "ValueError: https://host/a?… is none" in log
    assert SECRET not in log + done.stderr


@pytest.mark.parametrize("scheme", ["zenodo:none/a.zip", "hf://none", "s3://", "gs://", "ftp://host/a.zip"])
def test_what_is_no_address_is_told_without_its_query(scheme: str) -> None:
    with pytest.raises(FetchError) as told:
        resolve(f"{scheme}?token={SECRET}")
    assert SECRET not in str(told.value)


@pytest.fixture
def odd_server() -> Iterator[int]:
    """A server whose answers have a header that is none: urllib3 warns of it, with all of the address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nno header at all\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)


def test_an_answer_with_odd_headers_has_no_query_logged(odd_server: int, caplog: pytest.LogCaptureFixture) -> None:
    url = f"http://127.0.0.1:{odd_server}/a?signature={SECRET}"
    with caplog.at_level(logging.DEBUG), Client() as client:
        client.ask(url, url, secret={}).close()
    assert SECRET not in caplog.text
