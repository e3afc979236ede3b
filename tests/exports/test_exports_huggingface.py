"""Parquet and a card for Hugging Face's datasets, looked at without it; tests/consumers has it read them."""

import hashlib
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
import soundfile
import yaml

from tests.exports.packed import exported
from tests.exports.small_run import AUDIO, BELL, SmallAudioset, instead
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports import hub_files, huggingface
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.huggingface import rows as huggingface_rows
from workflow_scripts.media.content import Content
from workflow_scripts.tables import schemas


def rows_of(folder: Path) -> dict[str, dict[str, Any]]:
    files = sorted((folder / "out/data").glob("*.parquet"))
    return {row["clip_id"]: row for file in files for row in pq.read_table(file).to_pylist()}


def test_rows_are_the_trainable_clips_with_their_own_bytes(small: SmallAudioset, tmp_path: Path) -> None:
    captions = pl.DataFrame([("_bbbbbbbbbb", 0, "NA")], schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    written = exported("huggingface", instead(small.for_exports, tmp_path / "tables", captions=captions), tmp_path)
    rows = rows_of(tmp_path)
    trainable = small.table("clips").filter("trainable")
    assert rows.keys() == set(trainable["clip_id"])
    assert written.clips == {"balanced_train": 7, "eval": 1}
    assert sum(written.clips.values()) + sum(written.held_back.values()) == len(small.table("clips"))
    assert rows["_bbbbbbbbbb"]["audio"]["bytes"] == AUDIO["clips"]["balanced_train/_bbbbbbbbbb.flac"]
    assert rows["_bbbbbbbbbb"]["captions"] == ["NA"]
    assert rows["quotedxxxxx"]["audio"]["path"] == "quotedxxxxx.ogg"
    [schema] = {pq.read_schema(file).metadata[b"huggingface"] for file in (tmp_path / "out/data").glob("*.parquet")}
    names = json.loads(schema)["info"]["features"]["labels"]["feature"]["names"]
    assert [names[label] for label in rows["quotedxxxxx"]["labels"]] == [BELL, "Dog"]


def test_a_span_of_a_recording_is_cut_to_the_sample(small: SmallAudioset, tmp_path: Path) -> None:
    exported("huggingface", small.for_exports, tmp_path)
    cut, rate = soundfile.read(io.BytesIO(rows_of(tmp_path)["inrecording"]["audio"]["bytes"]), dtype="int16")
    whole, own = soundfile.read(io.BytesIO(AUDIO["recordings"]["inrecording.wav"]), dtype="int16")
    assert rate == own
    assert (cut == whole[30 * own : 40 * own]).all()


def test_files_and_card_are_as_datasets_finds_them(small: SmallAudioset, tmp_path: Path) -> None:
    exported("huggingface", small.for_exports, tmp_path, clips_a_file=3)
    names = sorted(file.name for file in (tmp_path / "out/data").iterdir())
    train = [name for name in names if name.startswith("balanced_train")]
    assert train == [f"balanced_train-{n:05}-of-{len(train):05}.parquet" for n in range(len(train))]
    _, head, _ = (tmp_path / "out/README.md").read_text().split("---\n", 2)
    said = yaml.safe_load(head)
    assert said["configs"][0]["data_files"] == [
        {"split": "balanced_train", "path": "data/balanced_train-*"},
        {"split": "eval", "path": "data/eval-*"},
    ]
    assert said["license"] == "cc-by-4.0"
    counted = {one["name"]: one["num_examples"] for one in said["dataset_info"]["splits"]}
    assert counted == {"balanced_train": 7, "eval": 1}
    for line in (tmp_path / "out/SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == digest


def test_sound_is_stored_plain_and_the_rest_packed(small: SmallAudioset, tmp_path: Path) -> None:
    exported("huggingface", small.for_exports, tmp_path)
    [file] = (tmp_path / "out/data").glob("eval-*")
    group = pq.ParquetFile(file).metadata.row_group(0)
    columns = {group.column(n).path_in_schema: group.column(n) for n in range(group.num_columns)}
    assert columns["audio.bytes"].compression == "UNCOMPRESSED"
    assert columns["captions.list.element"].compression == columns["clip_id"].compression == "SNAPPY"
    assert "RLE_DICTIONARY" not in columns["audio.bytes"].encodings


def test_a_media_that_only_ffmpeg_opens_keeps_its_bytes(tmp_path: Path) -> None:
    content = b"\0\0\0\x20ftypM4A what FFmpeg decodes"
    (tmp_path / "a.m4a").write_bytes(content)
    form = AudioForm("flac", None, "all", 16, "clip")
    row = {
        "clip_id": "a",
        "folder": f"{tmp_path}/",
        "path": "a.m4a",
        "member": None,
        "media": "r/a.m4a",
        "bytes_digest": Content.of(content).digest(),
        "start_s": None,
        "end_s": None,
        "duration_s": 1.0,
        "own_rate": 44_100,
        "own_channels": 2,
        "channel": "all",
        "made_as": form.made_as,
        "as_is": True,
        "texts": [],
        "labels": [],
        "said_start_s": None,
        "said_end_s": None,
        "licence": None,
        "source_url": None,
        "features": json.dumps({"audio": {"_type": "Audio"}, "clip_id": {"dtype": "string", "_type": "Value"}}),
    }
    (tmp_path / "pack/files").mkdir(parents=True)
    rows = pl.DataFrame([row], infer_schema_length=None)
    assert huggingface.pack(rows, tmp_path / "pack/files").failed == {}
    [made] = pq.read_table(tmp_path / "pack/files/pack.parquet").to_pylist()
    assert made["audio"] == {"bytes": content, "path": "a.m4a"}


def test_same_clips_are_the_same_bytes(small: SmallAudioset, tmp_path: Path) -> None:
    for folder in "12":
        exported("huggingface", small.for_exports, tmp_path / folder, sound="made")
    first, again = (
        {file.name: file.read_bytes() for file in (tmp_path / folder / "out/data").iterdir()} for folder in "12"
    )
    assert first == again


OF_ANOTHER = {
    "audio": {"bytes": b"", "path": "_bbbbbbbbbb.flac"},
    "captions": ["of another clip"],
    "labels": [0, 0],
    "end_s": 0.5,
    "source_url": "https://another",
}


@pytest.mark.parametrize("column", OF_ANOTHER)
def test_what_is_not_read_back_as_it_was_meant_is_an_error(
    small: SmallAudioset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    right = hub_files.write_hub_file

    def wrong(file: Path, features: dict[str, Any], rows: Iterable[dict[str, Any]]) -> None:
        of_another = {"_bbbbbbbbbb": {column: OF_ANOTHER[column]}}
        right(file, features, (row | of_another.get(row["clip_id"], {}) for row in rows))

    monkeypatch.setattr(huggingface_rows, "write_hub_file", wrong)
    monkeypatch.setattr(hub_files, "ROW_GROUP_BYTES", 1)
    with pytest.raises(SoundledgerError, match=r"pack\.parquet: _bbbbbbbbbb was not read back as it was written"):
        exported("huggingface", small.for_exports, tmp_path)


def test_splits_that_would_be_called_the_same_are_refused(small: SmallAudioset, tmp_path: Path) -> None:
    called = pl.col("split").cast(pl.String).replace({"balanced_train": "a-b", "eval": "a.b"}).cast(pl.Categorical)
    tables = instead(small.for_exports, tmp_path / "tables", clips=small.table("clips").with_columns(split=called))
    with pytest.raises(SoundledgerError, match=r"two of the splits a-b, a\.b would be called the same"):
        exported("huggingface", tables, tmp_path)
