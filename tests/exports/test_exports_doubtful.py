"""Who gets a path gets the sound that was heard: files that libsndfile does not read as they lie have copies."""

import gzip
import io
import itertools
import os
import re
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
import soundfile

from tests.exports.doubtful import DOUBTFUL, PLAIN, RATE, TONES_24, Heard, heard, ledger_of_doubtful
from tests.exports.packed import exported
from tests.made_files import Samples
from workflow_scripts.exports.reading import Tables
from workflow_scripts.review import making
from workflow_scripts.review.lists import to_make

READERS = {
    "nemo": {"audio": {"sample_rate": RATE}},
    "kaldi": {"audio": {"sample_rate": RATE}},
    "lhotse": {"audio": {"sample_rate": RATE, "bits": 24}},
    "speechbrain": {"audio": {"sample_rate": RATE}},
    "eat": {},
    "ast": {},
}
"""Exports that name files which their consumer opens by libsndfile, or as it does."""
SPAN = (0.7, 1.6)
"""Across the joints of those that are joined."""
A_STEP = 2**-15
SUFFIXES = (".wav", ".flac", ".ogg", ".mp3")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return ledger_of_doubtful(tmp_path_factory.mktemp("doubtful"))


@pytest.fixture(scope="module")
def spans(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return ledger_of_doubtful(tmp_path_factory.mktemp("doubtful_spans"), SPAN)


@pytest.fixture(scope="module")
def sounds(whole: Tables) -> dict[str, Heard]:
    return heard(whole)


def test_the_check_hears_all_of_what_went_in(sounds: dict[str, Heard]) -> None:
    lossless = {name: samples for name, (_, samples) in DOUBTFUL.items() if samples is not None}
    for name, samples in lossless.items():
        scale = 2**31 if samples.dtype == np.int32 else 2**15
        np.testing.assert_array_equal(sounds[name].samples, samples[:, 0] / scale, err_msg=name)
    assert {sounds[name].row["decoder"] for name in PLAIN} == {"libsndfile"}
    assert {sounds[name].row["decoder"] for name in DOUBTFUL} == {"libsndfile_mended", "ffmpeg"}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_libsndfile_by_itself_makes_something_else_of_them(sounds: dict[str, Heard], name: str) -> None:
    """But of some that it might have read otherwise: a copy of those is made for nothing."""
    try:
        alone, rate = soundfile.read(io.BytesIO(DOUBTFUL[name][0]))
    except (soundfile.LibsndfileError, ValueError):
        return
    differs = (len(alone), rate) != (len(sounds[name].samples), RATE)
    assert differs or name in ("tagged.wav", "padded.mp3")


def files_named(folder: Path) -> dict[str, Path]:
    """The files that an export names, by their clips' names without suffix."""
    texts = [file.read_bytes() for file in folder.rglob("*") if file.is_file() and file.suffix not in SUFFIXES]
    told = "\n".join((gzip.decompress(text) if text[:2] == b"\x1f\x8b" else text).decode() for text in texts)
    if above := re.search(r"^(/.*)\n\S+\t", told, re.MULTILINE):  # EAT's: the rest is below its first line
        told = re.sub(r"^(?=\S+\t)", f"{above[1]}/", told, flags=re.MULTILINE)
    said = re.findall(r"/[^\s\",|]+[.](?:wav|flac|ogg|mp3|mp4|caf|mkv|aac)\b", told)
    paths = {Path(os.path.normpath(path)) for path in said}
    return {path.stem: path for path in paths if path.exists()}


@pytest.mark.parametrize("name", READERS)
def test_a_named_file_is_what_was_heard_whoever_opens_it(
    whole: Tables, sounds: dict[str, Heard], tmp_path: Path, name: str
) -> None:
    written = exported(name, whole, tmp_path, copies="auto", **READERS[name])
    clips = clip_names(whole)
    named = files_named(tmp_path / "out")
    in_place = {path.name for path in named.values() if path.parent.name == "audio" and tmp_path not in path.parents}
    assert in_place == ({"plain_wav.wav"} if name == "kaldi" else set(PLAIN))
    assert sum(written.clips.values()) == len(named) == len(clips)
    for path in named.values():
        samples, rate = soundfile.read(path)
        was = sounds[path.name if path.name in in_place else clips[path.stem]].samples
        assert (rate, samples.ndim, len(samples)) == (RATE, 1, len(was)), path
        np.testing.assert_allclose(samples, was, rtol=0, atol=A_STEP)


@pytest.mark.parametrize("name", READERS)
def test_without_copies_they_are_left_out(whole: Tables, tmp_path: Path, name: str) -> None:
    written = exported(name, whole, tmp_path, copies="never", **READERS[name])
    taken = 1 if name == "kaldi" else len(PLAIN)
    assert sum(written.clips.values()) == taken
    assert written.held_back["needs_copy"] == len(DOUBTFUL) + len(PLAIN) - taken


def clip_names(tables: Tables) -> dict[str, str]:
    """What the media of each clip is called."""
    return dict(tables.read("clips").select("clip_id", "path").iter_rows())


def of_tars(folder: Path) -> dict[str, bytes]:
    packed = {}
    for file in folder.rglob("*.tar"):
        with tarfile.open(file) as tar:
            members = [member for member in tar if member.name.endswith(".flac")]
            packed |= {member.name.removesuffix(".flac"): tar.extractfile(member).read() for member in members}  # type: ignore[union-attr]
    return packed


def of_rows(folder: Path) -> dict[str, bytes]:
    rows = itertools.chain.from_iterable(pq.read_table(file).to_pylist() for file in folder.rglob("*.parquet"))
    return {row["clip_id"]: row["audio"]["bytes"] for row in rows}


def of_files(folder: Path) -> dict[str, bytes]:
    return {file.stem: file.read_bytes() for file in folder.rglob("*") if file.suffix in SUFFIXES and file.is_file()}


AUDIO = {"audio": {"sample_rate": RATE, "bits": 24}}
PACKS: dict[str, tuple[str, dict[str, object], Callable[[Path], dict[str, bytes]]]] = {
    "webdataset": ("webdataset", AUDIO, of_tars),
    "huggingface": ("huggingface", {"sound": "made", **AUDIO}, of_rows),
    "huggingface, stored": ("huggingface", {"sound": "stored"}, of_rows),
    "audiofolder": ("audiofolder", {"sound": "made", **AUDIO}, of_files),
    "audiofolder, stored": ("audiofolder", {"sound": "stored"}, of_files),
    "ast": ("ast", {"copies": "always"}, of_files),
}
"""Exports in packs, their options, and how the sounds in them are found."""
KEPT = ("song.m4a", "film.mkv")
"""What torchcodec plays as the check heard it: it is FFmpeg as well. See the tests of consumers."""
OF_16_BITS = ("ast",)


@pytest.mark.parametrize("stretch", ["whole", "spans"])
@pytest.mark.parametrize("name", PACKS)
def test_packs_hold_the_samples_that_were_heard(
    request: pytest.FixtureRequest, sounds: dict[str, Heard], tmp_path: Path, name: str, stretch: str
) -> None:
    tables: Tables = request.getfixturevalue(stretch)
    export, options, found = PACKS[name]
    exported(export, tables, tmp_path, **options)
    packed, clips = found(tmp_path / "out"), clip_names(tables)
    assert packed.keys() == clips.keys()
    for clip_id, content in packed.items():
        if name == "huggingface, stored" and stretch == "whole" and clips[clip_id] in KEPT:
            assert content == DOUBTFUL[clips[clip_id]][0]
            continue
        samples, rate = soundfile.read(io.BytesIO(content))
        was = part(sounds[clips[clip_id]].samples, None if stretch == "whole" else SPAN)
        assert (rate, len(samples)) == (RATE, len(was)), clips[clip_id]
        np.testing.assert_allclose(samples, was, rtol=0, atol=A_STEP)
        is_exact = DOUBTFUL.get(clips[clip_id], (b"", None))[1] is TONES_24 and name not in OF_16_BITS
        assert not is_exact or np.array_equal(samples, was), clips[clip_id]


def part(samples: Samples, span: tuple[float, float] | None) -> Samples:
    return samples if span is None else samples[round(span[0] * RATE) : round(span[1] * RATE)]


@pytest.mark.parametrize("stretch", ["whole", "spans"])
def test_cards_play_what_was_heard(
    request: pytest.FixtureRequest, sounds: dict[str, Heard], tmp_path: Path, stretch: str
) -> None:
    """Opus at 48 kHz, so by its correlation."""
    tables: Tables = request.getfixturevalue(stretch)
    none = [pl.lit(None, kind).alias(f"picture_{name}") for name, kind in OF_PICTURE.items()]
    checks = pl.concat(tables.each_checks(["root", "path", "member", "format", "bytes_digest"]))
    clips_table = tables.read("clips").with_columns(pl.col("root").cast(pl.String))
    listed = clips_table.join(checks, on=["root", "path", "member"], nulls_equal=True).with_columns(none)
    (tmp_path / "cards").mkdir()
    done = making.pack(to_make(listed, 60.0), tmp_path / "cards")
    assert done.failed == {}
    clips = clip_names(tables)
    for row in done.told.iter_rows(named=True):
        played, _ = soundfile.read(tmp_path / "cards" / row["sound"])
        was = part(sounds[clips[row["clip_id"]]].samples, None if stretch == "whole" else SPAN)
        assert row["seconds"] == pytest.approx(len(was) / RATE, abs=1 / RATE)
        assert np.corrcoef(played[::3][: len(was)], was)[0, 1] > 0.9, clips[row["clip_id"]]


OF_PICTURE = {"folder": pl.String, "path": pl.String, "bytes": pl.Int64, "mtime_ns": pl.Int64}
