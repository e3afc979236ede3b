"""Many files of many hosts, politely: each address gets an outcome, as soon as it is known."""

import contextlib
import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from workflow_scripts.fetch.addresses import scheme_of, without_secrets
from workflow_scripts.fetch.fetcher import Fetched, Wanted, bring_whole
from workflow_scripts.fetch.pace import Errand, Manners, Rota
from workflow_scripts.fetch.part import sync_folder
from workflow_scripts.fetch.patience import Patience
from workflow_scripts.fetch.remote_file import FetchError
from workflow_scripts.fetch.robots import Robots
from workflow_scripts.fetch.session import Client, refuse_bad_address

WORKERS = 32
Status = Literal["fetched", "present", "gone", "refused", "failed"]
_STATUS: dict[str, Status] = {"not_found": "gone", "refused": "refused", "robots": "refused", "bad_address": "refused"}
_Errand = Errand[tuple[Wanted, Path]]


@dataclass(frozen=True)
class Outcome:
    """What became of one address.

    Attributes:
        address: without secrets; of a file that came, the one that gave it.
        to: its final name, by which it is told from others.
        status: `gone`: the server has it no more; `refused`: by the server or its robots.txt, or nobody can be asked at
            such an address; `failed`: else.
        reason: a word: that of a FetchError; "" if it is there.
        detail: the same in a sentence.
        passing: another try may have it.
        bytes: that it has; None if it is not there.
        sha256: of it; None if it is not there.
    """

    address: str
    to: Path
    status: Status
    reason: str = ""
    detail: str = ""
    passing: bool = False
    bytes: int | None = None
    sha256: str | None = None


def fetch_many(
    wanted: Iterable[tuple[Wanted, Path]],
    manners: Manners | None = None,
    patience: Patience | None = None,
    *,
    offline: bool = False,
    workers: int = WORKERS,
) -> Iterator[Outcome]:
    """Fetch many files; each address ends in one outcome, given as soon as it is known.

    A host that says 429 or 503 is left alone as a whole for as long as it asks, and then asked by one connection until
    it answers; one that is down, or asks for longer than `patience` has, is given up with all its files.

    Each file is whole, and its bytes on the disk for good, when its outcome is given; its name is when all are.

    Args:
        wanted: files and their final names, all of them different.
        manners: how each host is treated.
        patience: as with `fetch`; tries are counted a file, and those that find a host busy also a host.
        offline: connect to nobody.
        workers: files at once, of all hosts together.

    Raises:
        FetchError: the disk is full: no other file will fare better.
    """
    patience, manners = patience or Patience(), manners or Manners()
    wanted = list(wanted)
    errands = [Errand(_host(one.address), (one, to)) for one, to in wanted]
    rota = Rota(errands, manners, patience)
    outcomes: queue.SimpleQueue[Outcome | BaseException | None] = queue.SimpleQueue()
    with Client(replace(patience, tries=1), offline=offline) as plain:
        robots = Robots(plain) if manners.asks_robots else None
        client = Client(plain.patience, offline=offline, refuses=robots.refuse) if robots else plain
        threads = [
            threading.Thread(target=_work, args=(rota, client, robots, outcomes), daemon=True)
            for _ in range(min(workers, len(errands), manners.connections * rota.hosts))  # idle ones cost as others end
        ]
        for thread in threads:
            thread.start()
        try:
            yield from _until_all_end(outcomes, len(threads))
        finally:
            rota.stop()
            for thread in threads:
                thread.join()
            for folder in {to.parent for _, to in wanted}:
                with contextlib.suppress(FileNotFoundError):  # none of its files came
                    sync_folder(folder)


def _until_all_end(outcomes: "queue.SimpleQueue[Outcome | BaseException | None]", workers: int) -> Iterator[Outcome]:
    while workers:
        match outcomes.get():
            case None:
                workers -= 1
            case BaseException() as error:
                raise error
            case outcome:
                yield outcome


def _work(
    rota: Rota[tuple[Wanted, Path]],
    client: Client,
    robots: Robots | None,
    outcomes: "queue.SimpleQueue[Outcome | BaseException | None]",
) -> None:
    try:
        while (errand := rota.take()) is not None:
            for outcome in _run(errand, rota, client, robots):
                outcomes.put(outcome)
    except BaseException as error:  # noqa: BLE001 - raised where the outcomes are read
        rota.stop()
        outcomes.put(error)
    finally:
        outcomes.put(None)


def _run(errand: _Errand, rota: Rota[tuple[Wanted, Path]], client: Client, robots: Robots | None) -> list[Outcome]:
    """The outcomes that one try has: often one; none if there will be another; those of a whole host if it is down."""
    wanted, to = errand.what
    may_ask = False
    try:
        if robots is not None and _site(wanted.address):
            robots.refuse(wanted.address)
            rota.ask_less_often(errand.host, robots.every_s(wanted.address))
        may_ask = True
        found = bring_whole(wanted, to, None, client=client, connections=1)
    except FetchError as error:
        if error.reason == "no_space":
            raise
        if not error.passing:
            rota.went_well(errand)
            return [_not_had(errand, error)]
        given_up = rota.failed(
            errand,
            is_busy=error.reason == "busy" or (error.reason == "robots" and not may_ask),
            is_unreachable=error.reason == "unreachable",
            wait_s=getattr(error, "wait_s", None),
        )
        host_given_up = f"{errand.host} was given up: {error}"
        return [_not_had(one, error, "" if one is errand else host_given_up) for one in given_up]
    rota.went_well(errand)
    return [_had(found, to)]


def _had(found: Fetched, to: Path) -> Outcome:
    return Outcome(found.address, to, found.how, bytes=found.bytes, sha256=found.sha256)


def _not_had(errand: _Errand, error: FetchError, detail: str = "") -> Outcome:
    wanted, to = errand.what
    status: Status = "failed" if error.passing else _STATUS.get(error.reason, "failed")
    return Outcome(without_secrets(wanted.address), to, status, error.reason, detail or str(error), error.passing)


def _host(address: str) -> str:
    """Whom an address asks: its host, or its scheme where all of that have one."""
    return _site(address) or scheme_of(address)


def _site(address: str) -> str:
    """Host and port of an address of the web; "" of another, and of one that nobody can be asked at."""
    if scheme_of(address) not in ("http", "https"):
        return ""
    try:
        refuse_bad_address(address)
    except FetchError:  # `fetch` tells so, unless a mirror has the file
        return ""
    return urlsplit(address).netloc.rpartition("@")[2].lower()
