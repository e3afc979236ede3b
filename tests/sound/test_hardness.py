"""Whatever a file is or does to its decoder, it costs its own row and nobody else's."""

import functools
import multiprocessing
import os
import signal
import socket
import stat
import struct
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.made_files import encoded, flac_of_length, flac_of_unknown_length, noise16, wav
from tests.sound.decoders.made_videos import melody, video
from tests.workers import (
    CHANGES,
    FAULTS,
    SETTINGS,
    comparable,
    examine_what_changes,
    examine_with_culprits,
    examine_with_little,
    examined,
    scan_and_check,
    task_of,
)
from workflow_scripts.check import limits, pool
from workflow_scripts.check.pool import Row, examine_all
from workflow_scripts.media import limits as media_limits
from workflow_scripts.media.names import to_text
from workflow_scripts.sound import examine as examining
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate
from workflow_scripts.workers.limits import in_time

SECONDS_TO_HANG = 1.5
KIND_OF_FAULT = {
    "segfaults": "crashed",
    "aborts": "crashed",
    "is_killed": "crashed",
    "exits": "crashed",
    "exits_as_if_well": "crashed",
    "hangs": "timed_out",
    "hangs_with_the_lock": "timed_out",
    "takes_memory": "too_large",
    "takes_memory_of_numpy": "too_large",
    "takes_ever_more_memory": "too_large",
    "raises": "check_failed",
    "raises_what_is_hard_to_send": "check_failed",
    "raises_what_is_no_text": "check_failed",
    "raises_the_end_of_an_iterator": "check_failed",
}
PATIENCE_S = 3
"""Pebble does not see that a worker ended with exit code 0; its batch is given up after this time for each file."""
SOUND = wav(noise16(1600))


def _table(root: Path, results: Path) -> pl.DataFrame:
    table = scan_and_check(root, results, workers=2)
    validate(table, schemas.CHECKS)
    return table


def _kinds(table: pl.DataFrame) -> dict[str, str | None]:
    return dict(table.select("path", "error_kind").iter_rows())


@pytest.fixture(scope="module")
def crew_of_culprits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """Rows of one file for each fault of a decoder, each between files that are sound, two workers for all."""
    root = tmp_path_factory.mktemp("culprits")
    files = [root / f"{name}.wav" for fault in KIND_OF_FAULT for name in (fault, f"by_{fault}")]
    for file in files:
        file.write_bytes(SOUND)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "SECONDS_A_FILE", PATIENCE_S)  # of this process; workers keep to their own
        patch.setattr(pool, "_examine_batch", functools.partial(examine_with_culprits, seconds=SECONDS_TO_HANG))
        rows = examine_all([task_of(file) for file in files], SETTINGS, 2)
        return {Path(task.media.path).stem: comparable(row) for task, row in rows}


@pytest.mark.slow
@pytest.mark.parametrize("fault", KIND_OF_FAULT)
def test_a_decoder_that_fails_costs_one_row(crew_of_culprits: dict[str, Row], fault: str) -> None:
    assert fault in FAULTS
    row, neighbour = crew_of_culprits[fault], crew_of_culprits[f"by_{fault}"]
    assert (row["load_ok"], row["error_kind"]) == (False, KIND_OF_FAULT[fault])
    assert row["error"].encode()
    assert (neighbour["load_ok"], neighbour.get("error_kind")) == (True, None)


@pytest.mark.slow
def test_no_culprit_changes_what_is_told_of_others(crew_of_culprits: dict[str, Row]) -> None:
    told = [row for name, row in crew_of_culprits.items() if name.startswith("by_")]
    assert len(told) == len(crew_of_culprits) / 2
    assert all(row == told[0] for row in told)


@pytest.mark.slow
@pytest.mark.usefixtures("crew_of_culprits")
def test_no_worker_is_left_behind() -> None:
    assert multiprocessing.active_children() == []


def test_large_files_have_more_time() -> None:
    def given(size: int | None) -> float:
        with in_time(limits.seconds_for(size)):
            return signal.getitimer(signal.ITIMER_REAL)[0]

    assert given(10_000) < given(500_000_000)
    assert given(None) == pytest.approx(given(limits.UNKNOWN_BYTES), abs=0.1)
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def _with_rate(rate: int) -> bytes:
    data = bytearray(SOUND)
    data[24:28] = rate.to_bytes(4, "little")
    return bytes(data)


BITS_CODES = {16: 8, 12: 4}


def _flac_of_silence(frames: int, channels: int, rate: int, bits: int = 16) -> bytes:
    """As little as FLAC can be: 34 bytes for 65,535 frames of eight channels. One of 12 bits is FFmpeg's."""
    info = struct.pack(">HHIHQ", 65_535, 65_535, 0, 0, rate << 44 | (channels - 1) << 41 | (bits - 1) << 36 | frames)
    blocks = [b"fLaC", (0x80 << 24 | 34).to_bytes(4, "big"), info, bytes(16)]
    for number, first in enumerate(range(0, frames, 65_535)):
        size = min(65_535, frames - first)
        head = struct.pack(">HBB", 0xFFF8, 0x70, (channels - 1) << 4 | BITS_CODES[bits]) + chr(number).encode()
        head += (size - 1).to_bytes(2, "big")
        silence = f"{0:0{channels * (8 + bits)}b}"  # a constant of each channel
        frame = head + _crc(head, 8, 0x07) + int(silence, 2).to_bytes(-(-len(silence) // 8), "big")
        blocks.append(frame + _crc(frame, 16, 0x8005))
    return b"".join(blocks)


def _crc(data: bytes, width: int, polynomial: int) -> bytes:
    value, top = 0, 1 << width
    for byte in data:
        value ^= byte << (width - 8)
        for _ in range(8):
            value = (value << 1) ^ (polynomial | top if value & top >> 1 else 0)
    return value.to_bytes(width // 8, "big")


FLAC = encoded(noise16(4000), 16_000, "FLAC", "PCM_16")
HOURS_200 = 200 * 3600
ABSURD: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "1 Hz WAV of 200 hours": (lambda: wav(noise16(HOURS_200), rate=1), "absurd_rate", "declares 1 samples a second"),
    "1 Hz FLAC of 200 hours": (
        lambda: encoded(np.zeros((HOURS_200, 1), np.int16), 1, "FLAC", "PCM_16"),
        "absurd_rate",
        "declares 1 samples a second",
    ),
    "0 Hz": (lambda: _with_rate(0), "absurd_rate", "declares 0 samples a second"),
    "99 Hz": (lambda: _with_rate(99), "absurd_rate", "declares 99 samples a second"),
    "2000001 Hz": (lambda: _with_rate(2_000_001), "absurd_rate", "declares 2,000,001 samples a second"),
    "0x7FFFFFFF Hz": (lambda: _with_rate(0x7FFFFFFF), "absurd_rate", "declares 2,147,483,647 samples a second"),
    "0x80000000 Hz": (lambda: _with_rate(0x80000000), "absurd_rate", "declares 2,147,483,648 samples a second"),
    "0xFFFFFFFF Hz": (lambda: _with_rate(0xFFFFFFFF), "absurd_rate", "declares 4,294,967,295 samples a second"),
    "1024 channels of 48 kHz": (lambda: wav(noise16(100, 1024), rate=48_000), "too_large", "declares 1,024 channels"),
    "65535 channels": (lambda: SOUND[:22] + b"\xff\xff" + SOUND[24:], "not_audio", "channels"),
    "no channel": (lambda: SOUND[:22] + b"\0\0" + SOUND[24:], "not_audio", "zero"),
    "a FLAC of 50 days": (lambda: flac_of_length(FLAC, (1 << 36) - 1), "too_large", "68,719,476,735 frames"),
}


@pytest.mark.parametrize("what", ABSURD)
def test_absurd_headers_are_told_in_words_before_anything_is_allocated(tmp_path: Path, what: str) -> None:
    data, kind, words = ABSURD[what]
    (tmp_path / "x.wav").write_bytes(data())
    before = time.monotonic()
    row = examined(tmp_path / "x.wav")
    assert time.monotonic() - before < 5
    assert (row["load_ok"], row["error_kind"]) == (False, kind)
    assert words in row["error"]


BEHIND = {"ID3v1": b"TAG" + bytes(125), "a byte": b"\0", "zeros": bytes(5000), "a page": 50 * b"<html>", "itself": FLAC}


@pytest.mark.parametrize("what", BEHIND)
@pytest.mark.parametrize("frames", [4000, 3 * 16_000 * 16])
def test_what_follows_a_flac_is_no_fault_of_its_sound(tmp_path: Path, what: str, frames: int) -> None:
    """Of a few blocks, and of no part of one; 16 seconds are a block."""
    sound = encoded(noise16(frames), 16_000, "FLAC", "PCM_16")
    (tmp_path / "alone.flac").write_bytes(sound)
    (tmp_path / "x.flac").write_bytes(sound + BEHIND[what])
    row, alone = examined(tmp_path / "x.flac"), examined(tmp_path / "alone.flac")
    assert (row["load_ok"], row.get("error_kind"), row["frames"]) == (True, None, frames)
    assert row["pcm_digest"] == alone["pcm_digest"]


def test_1024_channels_that_fit_are_sound(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(wav(noise16(4000, 1024), rate=8000))
    row = examined(tmp_path / "x.wav")
    assert (row["load_ok"], row["channels"], row["channel_layout"]) == (True, 1024, "multichannel")
    assert row.get("error_kind") is None


@pytest.mark.slow
@pytest.mark.parametrize("bits", [16, 12])
def test_a_little_flac_that_is_gigabytes_of_silence_is_decoded_in_bounded_memory(tmp_path: Path, bits: int) -> None:
    """Twenty minutes of eight channels: as float32 nearly twice what a worker may have."""
    frames = 20 * 60 * 44_100
    (tmp_path / "x.flac").write_bytes(_flac_of_silence(frames, 8, 44_100, bits))
    assert (tmp_path / "x.flac").stat().st_size < 50_000
    assert frames * 8 * 4 > 1.5 * limits.WORKER_BYTES
    [(_, row)] = examine_all([task_of(tmp_path / "x.flac")], SETTINGS, 1)
    assert row.get("error") is None
    assert (row["frames"], row["load_ok"], row["silent_fraction"], row["rms_dbfs"]) == (frames, True, 1.0, None)


def _with_little(files: list[Path], memory: int, seconds: float) -> list[Row]:
    """Rows of files, each checked with so little."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "_examine_batch", functools.partial(examine_with_little, memory=memory, seconds=seconds))
        rows = {task.media.path: row for task, row in examine_all([task_of(file) for file in files], SETTINGS, 1)}
    return [rows[str(file)] for file in files]


def test_what_ffmpeg_decodes_may_take_no_more_time_than_other_files(tmp_path: Path) -> None:
    """Twenty hours of silence in two megabytes, of 12 bits, which libsndfile refuses."""
    files = [tmp_path / "long.flac", tmp_path / "next.wav"]
    files[0].write_bytes(_flac_of_silence(20 * 3600 * 44_100, 1, 44_100, 12))
    files[1].write_bytes(SOUND)
    rows = _with_little(files, limits.WORKER_BYTES, seconds=2)
    assert [row.get("error_kind") for row in rows] == ["timed_out", None]


def test_what_ffmpeg_decodes_may_take_no_more_memory_than_other_files(tmp_path: Path) -> None:
    """A second of it is 5 million samples."""
    files = [tmp_path / "wide.flac", tmp_path / "next.wav"]
    files[0].write_bytes(_flac_of_silence(1_000_000, 8, 655_350, 12))
    files[1].write_bytes(SOUND)
    assert examined(files[0])["decoder"] == "ffmpeg"
    rows = _with_little(files, memory=16 << 20, seconds=60)
    assert [row.get("error_kind") for row in rows] == ["too_large", None], rows[0]


def test_an_mp4_with_an_index_of_gigabytes_is_a_row(tmp_path: Path) -> None:
    """FFmpeg would make an entry of 24 bytes for each of its samples."""
    data = bytearray(video("ipod", "aac", melody(20_000)))
    count = 2 * limits.WORKER_BYTES // 24
    for name, place, fields in (("stsz", 4, (1, count)), ("stts", 4, (1, count, 1)), ("stsc", 4, (1, 1, count, 1))):
        start = data.index(name.encode()) + 4 + place
        data[start : start + 4 * len(fields)] = struct.pack(f">{len(fields)}I", *fields)
    files = [tmp_path / "index.m4a", tmp_path / "next.wav"]
    files[0].write_bytes(bytes(data))
    files[1].write_bytes(SOUND)
    rows = {
        Path(task.media.path).name: row for task, row in examine_all([task_of(file) for file in files], SETTINGS, 1)
    }
    assert rows["index.m4a"]["load_ok"] is False
    assert rows["next.wav"].get("error_kind") is None


def test_more_samples_than_are_decoded_are_too_large_though_none_were_declared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "MAX_SAMPLES", 4_000_000)
    data = _flac_of_silence(100 * 65_535, 2, 44_100)
    (tmp_path / "x.flac").write_bytes(flac_of_unknown_length(data))
    row = examined(tmp_path / "x.flac")
    assert (row["load_ok"], row["error_kind"]) == (False, "too_large")
    assert row["error"].startswith("more than 2,")


@pytest.mark.slow
def test_a_file_that_takes_much_memory_leaves_enough_for_the_next(tmp_path: Path) -> None:
    """A worker keeps its buffers: the most that a second may take, then the most that is read at once, then a clip."""
    files = [tmp_path / f"{number}.wav" for number in range(4)]
    files[0].write_bytes(wav(noise16(2_000_000, 8), rate=2_000_000))
    files[1].write_bytes(encoded(noise16(1_900_000, 8), 1_999_993, "WAV", "FLOAT"))
    files[2].write_bytes(wav(noise16(16 << 20, 1), rate=48_000)[: media_limits.IN_MEMORY_BYTES])
    files[3].write_bytes(SOUND)
    rows = {task.media.path: row for task, row in examine_all([task_of(file) for file in files], SETTINGS, 1)}
    kinds = [rows[str(file)].get("error_kind") for file in files]
    assert kinds == [None, None, "truncated", None]


def test_sparse_files_of_100_gb_end_in_seconds(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name, head in (("headed.wav", wav(noise16(100), declared_bytes=0xFFFFFFFF)), ("headless.wav", b"")):
        (root / name).write_bytes(head)
        os.truncate(root / name, 100_000_000_000)
    (root / "z.wav").write_bytes(SOUND)
    before = time.monotonic()
    table = _table(root, tmp_path)
    assert time.monotonic() - before < 30
    assert _kinds(table) == {"headed.wav": "too_large", "headless.wav": "too_large", "z.wav": None}
    assert table["error"][0] == "100,000,000,000 bytes; at most 34,359,738,368 are read"


def test_places_that_are_no_file_are_rows(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "folder.wav").mkdir(parents=True)
    (root / "folder.wav" / "sound.wav").write_bytes(SOUND)
    os.mkfifo(root / "pipe.wav")
    _bind(root, "socket.wav")
    (root / "dangling.wav").symlink_to("nowhere.wav")
    (root / "dangling_far.wav").symlink_to("/nowhere/at all/x.wav")
    (root / "loop.wav").symlink_to("loop.wav")
    (root / "to.wav").symlink_to("fro.wav")
    (root / "fro.wav").symlink_to("to.wav")
    (root / "below_a_file.wav").symlink_to("folder.wav/sound.wav/x.wav")
    (root / "link.wav").symlink_to("folder.wav/sound.wav")
    (root / "folder.wav" / "up").symlink_to("..")
    before = time.monotonic()
    kinds = _kinds(_table(root, tmp_path))
    assert time.monotonic() - before < 30
    assert kinds == {
        "pipe.wav": "not_a_file",
        "socket.wav": "not_openable",
        "dangling.wav": "vanished",
        "dangling_far.wav": "vanished",
        "loop.wav": "not_openable",
        "to.wav": "not_openable",
        "fro.wav": "not_openable",
        "below_a_file.wav": "not_openable",
        "link.wav": None,
        "folder.wav/sound.wav": None,
    }


def _bind(folder: Path, name: str) -> None:
    """A socket; bound from within its folder, as the path of one may not be long."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(name)
    finally:
        os.chdir(before)


def test_a_device_called_x_wav_is_a_row(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    try:
        os.mknod(root / "x.wav", stat.S_IFCHR | 0o666, os.makedev(1, 5))  # as /dev/zero
    except OSError as error:
        pytest.skip(f"devices cannot be made here: {error}")
    assert _kinds(_table(root, tmp_path)) == {"x.wav": "not_a_file"}


def test_a_file_without_permission_is_a_row(
    open_folder: Path, as_ordinary_user: Callable[[], AbstractContextManager[None]]
) -> None:
    (open_folder / "x.wav").write_bytes(SOUND)
    (open_folder / "x.wav").chmod(0)
    with as_ordinary_user():
        row = examined(open_folder / "x.wav")
    assert (row["load_ok"], row["error_kind"]) == (False, "not_openable")


NAMES = [
    b"annoying name (derp).wav",
    b'it\'s, "so" $HOME `x`; #.wav',
    b"line\nbreak.wav",
    b"\n.wav",
    b"carriage\rreturn\tand tab.wav",
    b" .wav",
    b"-rf.wav",
    b"--help.wav",
    b"*?[a].wav",
    b"%s{wildcards.path}%(x)s.wav",
    b"a\\b.wav",
    b"caf\xe9.wav",
    b"caf\\xe9.wav",
    b"\xff\xfe\xed\xa0\x80.wav",
    b"\x1b[31mred\x7f\x01.wav",
    "é.wav".encode(),
    "e\u0301.wav".encode(),
    "\u202egnp.wav".encode(),
    "\ufeffmark.wav".encode(),
    "\U0001f426.wav".encode(),
    b"x" * 251 + b".wav",
    b"\xe9" * 251 + b".wav",
    "ü".encode() * 125 + b"x.wav",
    b"UPPER.WAV",
    b"...wav.wav",
    b"null.wav",
    b"nan.wav",
    b"1.wav",
]


def test_whatever_a_file_is_called_it_is_decoded(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name in NAMES:
        with open(os.fsencode(root) + b"/" + name, "wb") as file:
            file.write(SOUND)
    table = _table(root, tmp_path)
    assert sorted(table["path"]) == sorted(to_text(os.fsdecode(name)) for name in NAMES)
    assert table["feature_ok"].all()
    assert table["pcm_digest"].n_unique() == 1


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_file_that_changes_while_it_is_read_says_so_and_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: bool
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name in (*CHANGES, "stays"):
        (root / f"{name}.wav").write_bytes(SOUND)
    with monkeypatch.context() as patch:
        patch.setattr(limits, "SECONDS_A_FILE", PATIENCE_S)  # of this process; workers keep to their own
        patch.setattr(pool, "_examine_batch", functools.partial(examine_what_changes, in_memory=in_memory))
        table = _table(root, tmp_path)
    assert _kinds(table) == {f"{name}.wav": "changed" for name in CHANGES} | {"stays.wav": None}
    changed = table.filter(pl.col("error_kind") == "changed")
    assert changed["error"].str.contains("while it was read; the next run looks again").all()
    assert changed["pcm_digest"].null_count() == len(changed)
    again = _table(root, tmp_path)
    assert _kinds(again) == {
        "is_replaced.wav": None,
        "grows.wav": None,
        "is_cut.wav": "truncated",
        "is_touched.wav": None,
        "stays.wav": None,
    }


def test_a_file_that_changed_since_it_was_listed_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(SOUND)
    task = task_of(tmp_path / "x.wav")
    CHANGES["grows"](tmp_path / "x.wav")
    [(_, row)] = examine_all([task], SETTINGS, 1)
    assert row["error_kind"] == "changed"
    assert row["error"].startswith("3,344 bytes instead of 3,244")


ODD = {
    # samples of 24 bits in four bytes under a header that has no room to say so: libsndfile takes them for three
    "unsupported": """
        hound/pcmwaveformat-24bit-4byte-48kHz-stereo.wav
    """,
    None: """
        claxon/non_subset.flac
        claxon/wasted_bits.flac
        pysox/annoying filename (derp).wav
        pysox/input2.wav
        pysox/silence.wav
        scipy/test-44100Hz-be-1ch-4bytes.wav
        scipy/test-44100Hz-le-1ch-4bytes-rf64.wav
        scipy/test-44100Hz-le-1ch-4bytes.wav
        scipy/test-8000Hz-le-2ch-1byteu.wav
    """,
    # whole, and all of it is decoded; but at 16 kHz fewer than the 400 samples that a frame of the feature takes
    "too_few_samples": """
        claxon/empty_vorbis_comment.flac
        claxon/pop.flac
        claxon/repeated_vorbis_comment.flac
        claxon/short.flac
        hound/nonstandard-01.wav
        hound/nonstandard-02.wav
        hound/pcmwaveformat-16bit-44100Hz-mono-extra.wav
        hound/pcmwaveformat-16bit-44100Hz-mono.wav
        hound/pcmwaveformat-8bit-44100Hz-mono.wav
        hound/pop.wav
        hound/waveformatex-16bit-44100Hz-mono-extra.wav
        hound/waveformatex-16bit-44100Hz-mono.wav
        hound/waveformatex-16bit-44100Hz-stereo.wav
        hound/waveformatex-8bit-11025Hz-mono.wav
        hound/waveformatex-ieeefloat-44100Hz-mono.wav
        hound/waveformatextensible-24bit-192kHz-mono.wav
        hound/waveformatextensible-24bit-4byte-48kHz-stereo.wav
        hound/waveformatextensible-32bit-48kHz-stereo.wav
        hound/waveformatextensible-ieeefloat-44100Hz-mono.wav
        scipy/test-1234Hz-le-1ch-10S-20bit-extra.wav
        scipy/test-44100Hz-2ch-32bit-float-be.wav
        scipy/test-44100Hz-2ch-32bit-float-le.wav
        scipy/test-48000Hz-2ch-64bit-float-le-wavex.wav
        scipy/test-8000Hz-be-3ch-5S-24bit.wav
        scipy/test-8000Hz-le-1ch-1byte-ulaw.wav
        scipy/test-8000Hz-le-3ch-5S-24bit-inconsistent.wav
        scipy/test-8000Hz-le-3ch-5S-24bit-rf64.wav
        scipy/test-8000Hz-le-3ch-5S-24bit.wav
        scipy/test-8000Hz-le-4ch-9S-12bit.wav
        scipy/test-8000Hz-le-5ch-9S-5bit.wav
    """,
    "no_samples": """
        pysox/empty.aiff
        pysox/empty.wav
    """,
    "truncated": """
        scipy/test-44100Hz-le-1ch-4bytes-early-eof.wav
    """,
    # a FLAC header that is whole, and behind it no frame that is
    "corrupt": """
        claxon/02947f56c6c14d3d3d756dbeecc06352e66bd18a.flac
        claxon/0fd738fd5832a540bef0743db62f68c0c642e095.flac
        claxon/1cc7059cbdac01b75e91eef8e826895cdfbaccca.flac
        claxon/5b004788ba05db06d0f6cc8a7a43e334c9d31c44.flac
        claxon/64a18b4b38239295b0c2c9f8df778df3edddebbd.flac
        claxon/6710a7b64aea38e69c00f16b962bef82a167082d.flac
        claxon/74b23b5fb31a61f62c78659a76109f448d0f4763.flac
        claxon/7620659fe8f2e9751072660c5c7ed95f7659587d.flac
        claxon/848d2895bf8191ff6a94ccacb4e7fb696c62fa05.flac
        claxon/920866496c64684f55cdeeb4f464406702fc072a.flac
        claxon/a7f07b1dee76f1d975ac5ab0b803f5e886e02c21.flac
        claxon/b6d30db8ca1f537835a149e40677e5e58766260b.flac
        claxon/ca1081b95516599c96ace7425fa0a75752cbdc33.flac
    """,
    # a rate and a count out of a fuzzer, which libsndfile refuses
    "too_large": """
        claxon/6eccabf2c81748533cb0c4c8fce2c8426559d4ae.flac
    """,
    # rubbish before a FLAC header, or none; a WAV whose header makes no sense, or ends before its sound; widths that no
    # decoder takes (scipy's of 36 bits and more)
    "not_audio": """
        claxon/07d990b7992590022e2721bfaa83e4bd3b905443.flac
        claxon/23d1288573bb3485769da0a969bf5a5c20bd54f2.flac
        claxon/5a35e45b6b1c30fc71443b21e8bf0d1740f27361.flac
        claxon/5ef80ac28c9554fc3bdfa0096dac28f35c79c652.flac
        claxon/bb2b1d355f0ecf965baa3c1e2bb34142e62f6e9c.flac
        claxon/c377cba674ebd98def206ba4e22f826da2c646d3.flac
        claxon/c6c1d767d72b388aad8a020f661c90a2684a9470.flac
        claxon/d44b4144fc29194848ba4d973a3caca51164578b.flac
        claxon/da0edb2728a503e7a5cb6d87a39b07f9396a57c3.flac
        claxon/large_vendor_string.flac
        claxon/large_vorbis_comment_block.flac
        hound/crash-24728523ef4be15c838293b676f6853e73723bf4.wav
        hound/crash-b8447179832529c48f9c6bf17feab6337bbc78ea.wav
        hound/crash-cbd757427cea12bd8a21f86cd8cf74d98ce56bee.wav
        hound/crash-e5471f5b58397287b509db7d026e95f1724454f5.wav
        hound/crash-e879de4eb4d206c59e21f0e01def16457af80fdc.wav
        hound/oom-48ae4cd061ff8578ad3f23dc87624bd365cf5216.wav
        scipy/test-44100Hz-le-1ch-4bytes-early-eof-no-data.wav
        scipy/test-44100Hz-le-1ch-4bytes-incomplete-chunk.wav
        scipy/test-8000Hz-le-3ch-5S-36bit.wav
        scipy/test-8000Hz-le-3ch-5S-45bit.wav
        scipy/test-8000Hz-le-3ch-5S-53bit.wav
        scipy/test-8000Hz-le-3ch-5S-64bit.wav
    """,
}
"""Files that broke other decoders (from the tests of claxon, hound, scipy and pysox), by what is wrong with them."""


@pytest.mark.shared
def test_files_that_broke_other_decoders_are_what_they_are(shared: Path, tmp_path: Path) -> None:
    kinds = _kinds(_table(shared / "data" / "odd_audio", tmp_path))
    expected = {name.strip(): kind for kind, names in ODD.items() for name in names.strip().splitlines()}
    assert kinds == expected
