"""The fuzzer finds what is planted, and what it once found is found no more."""

import os
import time
from pathlib import Path

import pytest

from tests.fuzzing.hunt import CORPUS, Hunt
from tests.fuzzing.reading import Read, Target
from workflow_scripts.errors import SoundledgerError

SEED = b"name,label\na,b\n" * 5


def seeds() -> list[bytes]:
    return [SEED]


def careful(_: Path) -> Read:
    def read(content: bytes) -> bool:
        if b"\0" in content:
            raise SoundledgerError("NUL is no text")
        return b"a" in content

    return read


def careless(folder: Path) -> Read:
    careful_read = careful(folder)

    def read(content: bytes) -> bool:
        if b'"' in content:
            raise IndexError(content.index(b'"'))
        return careful_read(content)

    return read


def deadly(_: Path) -> Read:
    def read(content: bytes) -> bool:
        if content != SEED:
            os.abort()
        return True

    return read


def hunted(corpus: Path, seconds: float, **targets: Target) -> Hunt:
    hunt = Hunt(targets, corpus, print, seconds_to_shrink=1)
    hunt.run(seconds)
    return hunt


def test_a_planted_fault_is_found_made_small_kept_and_found_again_until_it_is_mended(tmp_path: Path) -> None:
    hunt = hunted(tmp_path, 4, planted=Target(seeds, careless))
    [finding] = hunt.findings
    assert finding.what.startswith("IndexError in tests/test_fuzzing.py:")
    assert b'"' in finding.file.read_bytes()
    assert finding.file.parent == tmp_path / "planted"
    assert all(hunt.counts["planted"][kind] for kind in ("taken", "refused", "found"))
    assert len(hunted(tmp_path, 0, planted=Target(seeds, careless)).findings) == 1
    assert hunted(tmp_path, 0, planted=Target(seeds, careful)).findings == []


def test_the_end_of_who_reads_is_found_but_not_where_a_worker_would_have_read(tmp_path: Path) -> None:
    began = time.monotonic()
    hunt = hunted(tmp_path, 3, planted=Target(seeds, deadly), worker=Target(seeds, deadly, in_workers=True))
    assert [(one.target, one.what) for one in hunt.findings] == [("planted", "ended by SIGABRT")]
    assert hunt.counts["worker"]["died"]
    assert time.monotonic() - began < 60, "it ends with its time"


@pytest.mark.slow
def test_nobody_stumbles_over_seeds_or_over_what_was_once_found() -> None:
    from tests.fuzzing.targets import TARGETS  # the processes of the other tests begin sooner without

    hunt = hunted(CORPUS, 0, **TARGETS)
    assert hunt.findings == []
    assert all(count["taken"] for count in hunt.counts.values())
    assert {folder.name for folder in CORPUS.glob("*/")} <= set(TARGETS)
