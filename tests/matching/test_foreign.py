"""Files of fingerprints that come from elsewhere: what is read of them, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.matching import foreign
from workflow_scripts.matching.foreign import write_foreign_clips
from workflow_scripts.sound import fingerprint
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import read_table, validate

HEARD = np.arange(1, 201, dtype="<u2").tobytes()


def handed(file: Path, *clips: str, dataset: str | None = "far", **columns: Any) -> Path:
    """Write a file as the export does, of clips of 10 s, with these columns in place of its own."""
    table = pl.DataFrame({"clip_id": clips}, {"clip_id": pl.String}).with_columns(
        dataset=pl.lit(dataset, pl.String),
        split=pl.lit("eval"),
        start_s=pl.lit(None, pl.Float64),
        end_s=pl.lit(None, pl.Float64),
        duration_s=pl.lit(10.0),
        pcm_digest=pl.lit("0" * 32),
        fingerprint_version=pl.lit(fingerprint.VERSION),
        acoustic_fingerprint=pl.lit(HEARD),
    )
    table.with_columns(**columns).select(list(schemas.FINGERPRINTS.columns)).write_parquet(file)
    return file


def read(folder: Path, *files: Path) -> pl.DataFrame:
    output = folder / "foreign_clips.parquet"
    write_foreign_clips(files, ["mine", "zoo"], output)
    table = read_table(output)
    validate(table, schemas.FOREIGN_CLIPS)
    return table


def refusal(folder: Path, *files: Path) -> str:
    with pytest.raises(SoundledgerError) as caught:
        read(folder, *files)
    assert not (folder / "foreign_clips.parquet").exists()
    return str(caught.value).replace(f"{folder}/", "")


def test_all_that_files_hold_is_one_table_whatever_their_order(tmp_path: Path) -> None:
    files = [
        handed(tmp_path / "b.parquet", "z", "y", pcm_digest=pl.lit(None, pl.String)),
        handed(tmp_path / "a.parquet", "x", dataset="near", start_s=pl.lit(2.0), end_s=pl.lit(12.0)),
    ]
    table = read(tmp_path, *files)
    assert table.select("dataset", "split", "clip_id", pl.col("file").cast(pl.String)).rows() == [
        ("near", "eval", "x", str(files[1])),
        ("far", "eval", "z", str(files[0])),
        ("far", "eval", "y", str(files[0])),
    ]
    assert table["acoustic_fingerprint"].to_list() == [HEARD] * 3
    assert read(tmp_path, *reversed(files)).equals(table)


def test_a_file_without_rows_holds_nothing(tmp_path: Path) -> None:
    assert len(read(tmp_path, handed(tmp_path / "a.parquet"))) == 0


def test_a_file_is_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "ROWS_AT_ONCE", 3)
    clips = [f"c{number}" for number in range(10)]
    assert read(tmp_path, handed(tmp_path / "a.parquet", *clips))["clip_id"].to_list() == clips


def test_columns_of_ones_own_are_left_out(tmp_path: Path) -> None:
    file = handed(tmp_path / "a.parquet", "x")
    pl.read_parquet(file).with_columns(more=pl.lit(1)).write_parquet(file)
    assert read(tmp_path, file).columns == list(schemas.FOREIGN_CLIPS.columns)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "far.parquet: no such file; `against` of the run names it"),
        (b"", "far.parquet: not a Parquet file that can be read"),
        (b"clip_id,split\n", "far.parquet: not a Parquet file that can be read"),
    ],
)
def test_what_is_no_parquet_is_told(tmp_path: Path, content: bytes | None, told: str) -> None:
    if content is not None:
        (tmp_path / "far.parquet").write_bytes(content)
    assert refusal(tmp_path, tmp_path / "far.parquet").startswith(told)


def test_a_file_that_is_cut_or_spoilt_is_told(tmp_path: Path) -> None:
    whole = handed(tmp_path / "far.parquet", *(f"c{number}" for number in range(1000))).read_bytes()
    (tmp_path / "far.parquet").write_bytes(whole[: len(whole) // 2])
    assert refusal(tmp_path, tmp_path / "far.parquet").startswith("far.parquet: not a Parquet file that can be read")
    (tmp_path / "far.parquet").write_bytes(whole[:4] + bytes(200) + whole[204:])
    assert refusal(tmp_path, tmp_path / "far.parquet").startswith("far.parquet: damaged (")


EXPECTED = "expected what the export `fingerprints` writes"


def test_a_table_of_something_else_is_told_by_its_columns(tmp_path: Path) -> None:
    file = tmp_path / "far.parquet"
    pl.DataFrame({"clip_id": ["a"], "dataset": ["far"]}).write_parquet(file)
    lacking = "split, start_s, end_s, duration_s, pcm_digest, fingerprint_version, acoustic_fingerprint"
    assert refusal(tmp_path, file) == f"far.parquet: lacks {lacking}; {EXPECTED}"
    handed(file, "a", duration_s=pl.lit(10), acoustic_fingerprint=pl.lit("abc"))
    kinds = "duration_s is Int32, not Float64, acoustic_fingerprint is String, not Binary"
    assert refusal(tmp_path, file) == f"far.parquet: {kinds}; {EXPECTED}"


def test_fingerprints_of_another_version_are_refused(tmp_path: Path) -> None:
    file = handed(tmp_path / "far.parquet", "a", "b", fingerprint_version=pl.Series([1, 7], dtype=pl.Int32))
    assert refusal(tmp_path, file) == (
        "far.parquet: fingerprints of version 1, 7, where this run's are of version 1, and none can be held against "
        "another's. Have the file written anew by a Soundledger of this run's version"
    )
    file = handed(tmp_path / "far.parquet", "a", fingerprint_version=pl.lit(None, pl.Int32))
    assert refusal(tmp_path, file).startswith("far.parquet: fingerprints of version none, where")


def test_a_dataset_that_the_run_has_too_is_refused(tmp_path: Path) -> None:
    files = [handed(tmp_path / "a.parquet", "x", dataset="zoo"), handed(tmp_path / "b.parquet", "y")]
    assert refusal(tmp_path, *files).startswith(
        "config: against: zoo (a.parquet): a dataset of the run is called so too, and nobody could tell whose a clip is"
    )


def test_clips_that_stand_there_twice_are_refused_with_their_files(tmp_path: Path) -> None:
    files = [handed(tmp_path / "a.parquet", "x", "y", "y"), handed(tmp_path / "b.parquet", "x", "z")]
    assert refusal(tmp_path, *files) == (
        "config: against: 2 clips stand there more than once; the first: far/x (a.parquet and b.parquet), far/y "
        "(a.parquet). Name each set once, or give one of them another `dataset`"
    )
    files[1] = handed(tmp_path / "b.parquet", "x", dataset="near")
    assert len(read(tmp_path, handed(tmp_path / "a.parquet", "x", "y"), files[1])) == 3


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"split": pl.lit("../eval")}, "column split"),
        ({"clip_id": pl.lit("a b")}, "column clip_id"),
        ({"dataset": "Far!"}, "column dataset"),
        ({"dataset": None}, "column dataset"),
        ({"duration_s": pl.lit(float("nan"))}, "column duration_s"),
        ({"duration_s": pl.lit(-1.0)}, "column duration_s"),
        ({"pcm_digest": pl.lit("x")}, "column pcm_digest"),
        ({"start_s": pl.lit(2.0), "end_s": pl.lit(1.0)}, "end_s > start_s"),
        ({"acoustic_fingerprint": pl.lit(b"abc")}, "acoustic_fingerprint: bytes that are no fingerprint"),
        ({"acoustic_fingerprint": pl.lit(b"\xff\xff")}, "acoustic_fingerprint: values that no fingerprint has"),
    ],
)
def test_values_that_none_of_ours_could_be_are_refused_with_the_file(
    tmp_path: Path, columns: dict[str, Any], told: str
) -> None:
    words = refusal(tmp_path, handed(tmp_path / "far.parquet", "a", **columns))
    assert words.startswith("far.parquet: ")
    assert told in words
