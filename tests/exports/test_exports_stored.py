"""Exports in which media keep their bytes: what is cut out of one has the bits of its samples."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
import soundfile

from tests.exports.own_dataset import ledger_of, said
from tests.exports.packed import exported
from workflow_scripts.exports.audio.plan import MORE_THAN_16_BITS

RATE = 16_000
SUBTYPES = ("PCM_16", "PCM_24", "FLOAT")


def sounds_of(name: str, out: Path) -> dict[str, bytes]:
    """Of each clip, by what its media is called."""
    if name == "audiofolder":
        return {file.stem[:1]: file.read_bytes() for file in out.rglob("*.flac")}
    rows = [row for file in out.rglob("*.parquet") for row in pq.read_table(file).to_pylist()]
    return {row["clip_id"][:1]: row["audio"]["bytes"] for row in rows}


@pytest.mark.parametrize("name", ["huggingface", "audiofolder"])
def test_a_span_has_the_bits_of_its_media(tmp_path: Path, name: str) -> None:
    steps = np.random.default_rng(0).integers(-(2**23), 2**23, 5 * RATE)
    exact = {"a": steps >> 8 << 8, "b": steps, "c": steps}
    (tmp_path / "audio").mkdir()
    for clip, subtype in zip(exact, SUBTYPES, strict=True):
        samples = exact[clip] / 2**23
        soundfile.write(tmp_path / f"audio/{clip}.wav", samples, RATE, subtype=subtype)
    content: dict[str, Any] = said(
        tmp_path,
        "".join(f"{clip}.wav,1,3,dog\n" for clip in exact),
        audio=[{"path": "audio", "holds": "recordings"}],
        limits={"min_duration_s": 0.1, "train_min_duration_s": 0.1},
    )
    exported(name, ledger_of(tmp_path, **content), tmp_path / "made")
    sounds = sounds_of(name, tmp_path / "made/out")
    assert sounds.keys() == exact.keys()
    for clip, subtype in zip(exact, ("PCM_16", "PCM_24", "PCM_24"), strict=True):
        with soundfile.SoundFile(io.BytesIO(sounds[clip])) as file:
            assert file.subtype == subtype
            assert (file.read(dtype="int32") >> 8).tolist() == exact[clip][RATE : 3 * RATE].tolist()


def test_subtypes_of_more_bits_are_told_from_codecs_that_are_called_after_their_rate() -> None:
    more = ["PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ALAC_24", "PCM_S24LE", "PCM_S32BE_PLANAR", "PCM_F64LE"]
    others = ["PCM_16", "PCM_S8", "ALAC_16", "PCM_S16LE", "G723_24", "G721_32", "VOX_ADPCM", "MPEG_LAYER_III"]
    subtypes = pl.Series([*more, *others])
    assert subtypes.filter(subtypes.str.contains(MORE_THAN_16_BITS)).to_list() == more
