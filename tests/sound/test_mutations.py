"""Files damaged in every way that we can think of are rows, and do no harm to the files between them."""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from tests.made_files import noise16, wav
from tests.mutations import (
    KINDS,
    Mutant,
    Original,
    fields,
    mutants,
    originals,
    value_of,
    with_true_checksums,
    with_value,
)
from tests.workers import scan_and_check
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MUTANTS = 500
BETWEEN = 5
"""Mutants from one control to the next: each batch has some of both."""
CONTROL = wav(noise16(16_000, 2), rate=44_100)
OF_THE_FILE = ["path", "mtime_ns"]
UNREADABLE = {"empty", "not_audio", "corrupt", "changes", "digest_mismatch", "absurd_rate", "too_large", "unsupported"}
UNREADABLE |= {"no_index", "no_audio"}
OF_THE_SOUND = {
    "truncated",
    "wrong_count",
    "undecoded",
    "no_samples",
    "not_finite",
    "too_few_samples",
    "rate_too_low",
    "fbank_not_finite",
}


@pytest.fixture(scope="module")
def known() -> list[Original]:
    return originals(DATA)


@pytest.fixture(scope="module")
def made(known: list[Original]) -> list[Mutant]:
    return list(mutants(known, MUTANTS, seed=20))


@pytest.fixture(scope="module")
def table(made: list[Mutant], tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    folder = tmp_path_factory.mktemp("mutants")
    root = folder / "root"
    root.mkdir()
    for number, mutant in enumerate(made):
        (root / mutant.name).write_bytes(mutant.data)
        if number % BETWEEN == 0:
            (root / f"{number:05d}_control.wav").write_bytes(CONTROL)
    return scan_and_check(root, folder, workers=2)


@pytest.mark.slow
def test_every_mutant_is_one_row_that_fits_the_schema(table: pl.DataFrame, made: list[Mutant]) -> None:
    validate(table, schemas.CHECKS)
    assert len(table) == MUTANTS + MUTANTS // BETWEEN
    assert {mutant.name for mutant in made} < set(table["path"])


@pytest.mark.slow
def test_a_mutant_is_unreadable_for_a_reason_or_decoded(table: pl.DataFrame) -> None:
    of_the_file = table.filter(~pl.col("load_ok"))
    assert set(of_the_file["error_kind"]) <= UNREADABLE
    assert of_the_file["error"].str.len_chars().min() > 10
    of_the_sound = table.filter(pl.col("load_ok"))
    assert set(of_the_sound["error_kind"]) <= OF_THE_SOUND | {None}
    assert of_the_sound["frames"].null_count() == 0
    assert of_the_sound.filter(pl.col("error_kind").is_null())["feature_ok"].all()


@pytest.mark.slow
def test_files_between_mutants_have_the_same_row_always(table: pl.DataFrame) -> None:
    controls = table.filter(pl.col("path").str.ends_with("_control.wav")).drop(OF_THE_FILE)
    assert len(controls) == MUTANTS // BETWEEN
    assert controls["feature_ok"].all()
    assert controls["error_kind"].null_count() == len(controls)
    assert len(controls.unique()) == 1


@pytest.mark.slow
def test_mutants_are_of_every_sort(table: pl.DataFrame) -> None:
    """Else the tests above would tell little."""
    kinds = Counter(table["error_kind"])
    assert all(kinds[kind] >= 10 for kind in (None, "not_audio", "corrupt", "truncated"))
    assert set(table["subtype"]) >= {"PCM_16", "PCM_24", "FLOAT", "VORBIS", "OPUS", "MPEG_LAYER_III"}


def test_mutants_are_the_same_for_a_seed_and_others_for_another(known: list[Original]) -> None:
    some = list(mutants(known, 50, seed=1))
    assert some == list(mutants(known, 50, seed=1))
    assert [one.data for one in some] != [one.data for one in mutants(known, 50, seed=2)]


def test_each_kind_of_damage_is_as_frequent(known: list[Original], made: list[Mutant]) -> None:
    assert Counter(mutant.done for mutant in made) == dict.fromkeys(KINDS, MUTANTS // len(KINDS))
    sound = {original.data for original in known}
    assert sum(mutant.data in sound for mutant in made) < MUTANTS / 20


def test_sounds_are_made_where_there_are_no_recordings(tmp_path: Path) -> None:
    assert {original.suffix for original in originals(tmp_path)} >= {".wav", ".flac", ".ogg", ".mp3", ".m4a"}


def test_headers_are_read_where_they_are(tmp_path: Path) -> None:
    for suffix, data in originals(tmp_path):
        known = fields(data)
        values = {value_of(data, field) for field in known}
        rate = 48_000 if b"OpusHead" in data else 44_100
        assert suffix not in (".wav", ".flac", ".ogg", ".au") or rate in values
        assert all(with_value(data, field, value_of(data, field)) == data for field in known)
        assert all(value_of(with_value(data, field, 0), field) == 0 for field in known)


def test_true_checksums_are_those_that_an_encoder_writes(tmp_path: Path) -> None:
    for suffix, data in originals(tmp_path):
        if suffix == ".ogg":
            assert with_true_checksums(data) == data
