"""Fingerprints of clips in a file that is handed around without their audio."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.exports.made_exports import account_of, exported
from tests.exports.own_dataset import ledger_of
from tests.exports.small_run import SmallAudioset
from tests.made_files import noise16, wav
from workflow_scripts.exports.reading import Tables
from workflow_scripts.sound import fingerprint
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import read_checks, validate

RATE = 16_000
CLIPS = """\
id,media,start,stop,split
whole,whole.wav,,,train
second,walk.wav,4,9,eval
late,walk.wav,14,20,eval
short,walk.wav,0,0.5,train
silent,silent.wav,,,train
gone,gone.wav,,,train
blip,blip.wav,,,train
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """A whole file, stretches of a recording, silence, and what is very short."""
    folder = tmp_path_factory.mktemp("own")
    sounds = {
        "whole": noise16(5 * RATE, seed=1),
        "walk": noise16(20 * RATE, seed=2),
        "silent": np.zeros((5 * RATE, 1), np.int16),
        "blip": noise16(RATE // 4, seed=3),
    }
    (folder / "audio").mkdir()
    for name, sound in sounds.items():
        (folder / f"audio/{name}.wav").write_bytes(wav(sound, RATE))
    (folder / "said.csv").write_text(CLIPS)
    clip = {"id": "id", "media": "media", "split": "split", "classes": "['x']"}
    clip |= {"start_s": "try_cast(start AS DOUBLE)", "end_s": "try_cast(stop AS DOUBLE)"}
    audio = [{"path": "audio", "holds": "recordings"}]
    made = ledger_of(folder, sources={"table": "said.csv"}, clip=clip, audio=audio, limits={"max_duration_s": 30})
    return replace(made, dataset="own")


@pytest.fixture(scope="module")
def link(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported("fingerprints", tables, tmp_path_factory.mktemp("out") / "fingerprints")


@pytest.fixture(scope="module")
def rows(link: Path) -> dict[str, dict[str, object]]:
    table = pl.read_parquet(link / "own.fingerprints.parquet")
    validate(table, schemas.FINGERPRINTS)
    return {row["clip_id"]: row for row in table.iter_rows(named=True)}


def checked(tables: Tables, path: str) -> dict[str, object]:
    columns = ["path", "pcm_digest", "acoustic_fingerprint"]
    return read_checks(tables.of_roots, columns).row(by_predicate=pl.col("path") == path, named=True)


def test_a_whole_file_has_its_digest_and_the_fingerprint_of_its_check(tables: Tables, rows: dict[str, dict]) -> None:
    known = checked(tables, "whole.wav")
    assert rows["whole"] == {
        "dataset": "own",
        "split": "train",
        "clip_id": "whole",
        "start_s": None,
        "end_s": None,
        "duration_s": 5.0,
        "pcm_digest": known["pcm_digest"],
        "fingerprint_version": fingerprint.VERSION,
        "acoustic_fingerprint": known["acoustic_fingerprint"],
    }
    assert len(fingerprint.symbols(rows["whole"]["acoustic_fingerprint"])) > 80


def test_a_stretch_has_its_own_part_of_the_fingerprint_and_no_digest(tables: Tables, rows: dict[str, dict]) -> None:
    whole = checked(tables, "walk.wav")["acoustic_fingerprint"]
    second = rows["second"]
    assert (second["pcm_digest"], second["start_s"], second["end_s"], second["duration_s"]) == (None, 4.0, 9.0, 5.0)
    assert second["acoustic_fingerprint"] == fingerprint.span(whole, 4.0, 9.0)
    assert whole[160:].startswith(second["acoustic_fingerprint"])


def test_a_stretch_at_the_end_has_all_that_is_left(tables: Tables, rows: dict[str, dict]) -> None:
    whole = checked(tables, "walk.wav")["acoustic_fingerprint"]
    assert rows["late"]["duration_s"] == pytest.approx(6.0)
    assert whole.endswith(rows["late"]["acoustic_fingerprint"])


def test_what_is_too_short_has_its_digest_alone_and_what_has_neither_is_told(link: Path, rows: dict[str, dict]) -> None:
    assert set(rows) == {"whole", "second", "late", "blip"}
    assert (rows["blip"]["acoustic_fingerprint"], len(rows["blip"]["pcm_digest"])) == (None, 32)
    account = account_of(link)
    assert account.clips == {"train": 2, "eval": 2}
    assert account.held_back == {"missing": 1, "no_fingerprint": 2}
    assert account.hours == pytest.approx((5 + 5 + 6 + 0.25) / 3600, abs=1e-6)


def test_a_set_without_sound_is_a_file_without_rows(small: SmallAudioset, tmp_path: Path) -> None:
    link = exported("fingerprints", replace(small.for_exports, of_roots={}), tmp_path / "out")
    assert pl.read_parquet(link / "small.fingerprints.parquet").equals(schemas.FINGERPRINTS.empty())
    assert account_of(link).warnings == ["no clip was taken"]
