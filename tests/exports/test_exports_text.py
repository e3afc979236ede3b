"""Files of text, plain or packed: the same bytes for the same text, and readable by whoever reads Zstandard."""

import itertools
import os
import random
import shutil
import subprocess
import tempfile
from pathlib import Path

import duckdb
import polars as pl
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tests.exports.made_exports import exported
from tests.exports.small_run import SmallAudioset
from workflow_scripts.exports.text import SUFFIX, stored_as, text_file
from workflow_scripts.settings.schemas import exports, options_schema


def written(parts: list[bytes], compress: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        with text_file(Path(folder), "text", compress) as file:
            for part in parts:
                file.write(part)
                file.flush()
        return (Path(folder) / stored_as("text", compress)).read_bytes()


def cut(text: bytes, places: list[int]) -> list[bytes]:
    ends = sorted(place % (len(text) + 1) for place in places)
    return [text[one:other] for one, other in itertools.pairwise([0, *ends, len(text)])]


@given(st.integers(0, 2**32), st.integers(0, 400_000), st.lists(st.integers(0), max_size=20))
def test_bytes_follow_from_the_text_and_not_from_its_parts(seed: int, length: int, places: list[int]) -> None:
    words = random.Random(seed).choices([b"rain,", b"a dog\n", b"0.5", seed.to_bytes(5, "big")], k=length // 5)
    text = b"".join(words)
    assert written(cut(text, places), "none") == text
    packed = written(cut(text, places), "zstd")
    assert packed == written([text], "zstd")
    assert zstandard.ZstdDecompressor().decompressobj().decompress(packed) == text


def test_a_packed_file_that_is_damaged_is_noticed() -> None:
    packed = bytearray(written([random.Random(0).randbytes(1000)], "zstd"))
    packed[500] ^= 1
    with pytest.raises(zstandard.ZstdError, match="checksum"):
        zstandard.ZstdDecompressor().decompressobj().decompress(bytes(packed))


@pytest.mark.parametrize("kind", ["csv", "url_text"])
def test_packed_tables_are_read_by_polars_duckdb_and_zstd(small: SmallAudioset, tmp_path: Path, kind: str) -> None:
    as_text = exported(kind, small.for_exports, tmp_path / "plain")
    as_packed = exported(kind, small.for_exports, tmp_path / "packed", compress="zstd")
    names = sorted({*os.listdir(as_text)} - {"SHA256SUMS"})
    assert len(names) == 2
    assert {*os.listdir(as_packed)} == {"SHA256SUMS", *(f"{name}.zst" for name in names)}
    for name in names:
        plain, packed = as_text / name, as_packed / f"{name}.zst"
        assert pl.read_csv(packed).equals(table := pl.read_csv(plain))
        assert duckdb.sql(f"SELECT clip_id FROM read_csv('{packed}')").fetchall() == table.select("clip_id").rows()
        if shutil.which("zstd"):
            unpacked = subprocess.run(["zstd", "-d", "-c", packed], capture_output=True, check=True).stdout
            assert unpacked == plain.read_bytes()


def test_packed_lines_are_read_by_polars_duckdb_and_zstd(small: SmallAudioset, tmp_path: Path) -> None:
    plain = exported("url_text", small.for_exports, tmp_path / "plain", form="jsonl") / "balanced_train.jsonl"
    made = exported("url_text", small.for_exports, tmp_path / "packed", form="jsonl", compress="zstd")
    packed = made / "balanced_train.jsonl.zst"
    assert pl.read_ndjson(packed).equals(table := pl.read_ndjson(plain))
    assert duckdb.sql(f"SELECT clip_id, tags FROM read_json('{packed}')").fetchall() == table["clip_id", "tags"].rows()
    if shutil.which("zstd"):
        unpacked = subprocess.run(["zstd", "-d", "-c", packed], capture_output=True, check=True).stdout
        assert unpacked == plain.read_bytes()


def test_all_formats_call_it_the_same() -> None:
    said = {name: options_schema(name, "")["properties"].get("compress") for name in exports()}
    having = {name: option for name, option in said.items() if option}
    assert {"csv", "url_text"} <= having.keys()
    assert all(option["enum"] == list(SUFFIX) and option["default"] == "none" for option in having.values())


def test_manifests_of_ast_are_the_same_once_they_are_unpacked(small: SmallAudioset, tmp_path: Path) -> None:
    plain, packed = (
        exported("ast", small.for_exports, tmp_path / compress / "ast", compress=compress) for compress in SUFFIX
    )
    for split in ("balanced_train", "eval"):
        content = zstandard.ZstdDecompressor().stream_reader((packed / f"{split}.json.zst").open("rb")).read()
        assert content == (plain / f"{split}.json").read_bytes()
        assert not (packed / f"{split}.json").exists()
