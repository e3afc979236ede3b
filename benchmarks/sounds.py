"""The check against other decoders: files as tools of many makers leave them, and all real recordings, by kind.

Needs ffmpeg, flac, lame, sox, oggenc and opusenc of the system; says which are absent and leaves out what they make.
"""

import io
import itertools
import os
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.hand_made import SETTINGS
from benchmarks.mutations import SHARED
from benchmarks.report import Table
from workflow_scripts.media.content import Content
from workflow_scripts.media.walk import AUDIO_SUFFIXES
from workflow_scripts.sound.containers.ogg import checksum
from workflow_scripts.sound.examine import examine

TOOLS = ("ffmpeg", "flac", "lame", "sox", "oggenc", "opusenc")
SECONDS = 3
LOSSY_S = 0.06
"""Encoders add priming and padding, and decoders take off more or less of them."""
LEVEL_DB = 0.1
AS_SAID = -1.0


@dataclass(frozen=True)
class Case:
    """A file that was made.

    Attributes:
        data: its bytes.
        status: that of a clip which is all of it.
        seconds: of sound that it holds, None where nobody says.
        within: seconds by which a decoder may differ.
        rate: samples a second, None where nobody says.
    """

    data: bytes
    status: str
    seconds: float | None
    within: float = 0.0
    rate: int | None = None


class Maker:
    """Files out of the tools of the system, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, itertools.count()

    def source(self, rate: int = 44_100, channels: int = 1, bits: int = 16, seconds: float = SECONDS) -> Path:
        """Tones in noise, as WAV."""
        file = self._new("wav")
        tones = ["synth", str(seconds), "sine", "300-3000", "vol", "0.5"]
        output_of("sox", "-R", "-n", "-r", rate, "-c", channels, "-b", bits, file, *tones)
        return file

    def made(self, suffix: str, *command: object, source: Path) -> bytes:
        """What a command makes of a source; `{}` stands for it, `[]` for what is made."""
        file = self._new(suffix)
        output_of(*({"{}": source, "[]": file}.get(str(word), word) for word in command))
        return file.read_bytes()

    def _new(self, suffix: str) -> Path:
        return self._folder / f"{next(self._numbers)}.{suffix}"


def run_ffmpeg(*words: object) -> tuple[object, ...]:
    """A command of FFmpeg that reads `{}` and writes `[]`."""
    return ("ffmpeg", "-v", "error", "-y", "-i", "{}", *words, "[]")


def output_of(*command: object) -> bytes:
    """What a command prints; its complaints are thrown away."""
    return subprocess.run([str(word) for word in command], check=True, capture_output=True).stdout


def joined_mp3(maker: Maker) -> Iterator[Case]:
    """LAME's, at several rates and bit rates, with counts and without, put one behind the other."""
    modes = (("-b", 64), ("-b", 128), ("-V", 2), ("-t", "-V", 5))
    for rate, mode in itertools.product((22_050, 44_100, 48_000), modes):
        one = maker.made("mp3", "lame", "--quiet", *mode, "{}", "[]", source=maker.source(rate))
        yield Case(one + one, "usable", 2 * SECONDS, 2 * LOSSY_S + 0.1, rate)


def mp3_in_wav(maker: Maker) -> Iterator[Case]:
    """FFmpeg's, of constant and of variable bit rate."""
    for rate, mode in itertools.product((22_050, 44_100, 48_000), (("-b:a", "96k"), ("-q:a", 2), ("-q:a", 7))):
        data = maker.made("wav", *run_ffmpeg("-c:a", "libmp3lame", *mode), source=maker.source(rate))
        yield Case(data, "usable", SECONDS, 0.1, rate)


def chained_ogg(maker: Maker) -> Iterator[Case]:
    """Those of oggenc and opusenc; a link of another rate."""
    for rate, quality in itertools.product((22_050, 44_100), (0, 3, 8)):
        one, two = (
            maker.made("ogg", "oggenc", "-Q", "-q", quality, "-s", serial, "-o", "[]", "{}", source=maker.source(rate))
            for serial in (1, 2)
        )
        yield Case(one + two, "usable", 2 * SECONDS, 0.0, rate)
    for bitrate in (24, 96):
        one, two = (
            maker.made(
                "opus", "opusenc", "--quiet", "--serial", serial, "--bitrate", bitrate, "{}", "[]",
                source=maker.source(48_000),
            )
            for serial in (1, 2)
        )  # fmt: skip
        yield Case(one + two, "usable", 2 * SECONDS, 0.0, 48_000)
    low, high = (
        maker.made("ogg", "oggenc", "-Q", "-s", rate, "-o", "[]", "{}", source=maker.source(rate))
        for rate in (22_050, 44_100)
    )
    yield Case(low + high, "unreadable", SECONDS, 0.0, 22_050)
    yield Case(high + low, "unreadable", SECONDS, 0.0, 44_100)


def lost_page(maker: Maker) -> Iterator[Case]:
    """A page of oggenc's and opusenc's taken out, or changed."""
    files = [
        maker.made("ogg", "oggenc", "-Q", "-q", 8, "-o", "[]", "{}", source=maker.source(44_100, 2, seconds=9)),
        maker.made("opus", "opusenc", "--quiet", "{}", "[]", source=maker.source(48_000, 2, seconds=9)),
    ]
    for data in files:
        starts = [place for place in range(len(data)) if data.startswith(b"OggS", place)]
        yield Case(data[: starts[-3]] + data[starts[-2] :], "unreadable", None)
        yield Case(data[: starts[-2] - 9] + b"\0\1" + data[starts[-2] - 7 :], "unreadable", None)


def tag_in_front(maker: Maker) -> Iterator[Case]:
    """ID3v2 before WAV and AIFF, whole and cut."""
    for suffix, length in itertools.product(("wav", "aiff"), (100, 3000)):
        tag = b"ID3\4\0\0\0\0" + bytes((length >> 7, length & 127)) + bytes([1]) * length
        data = tag + maker.made(suffix, "sox", "{}", "[]", source=maker.source())
        yield Case(data, "usable", SECONDS, 0.0, 44_100)
        yield Case(data[:-20_000], "truncated", SECONDS - 10_000 / 44_100, 0.001, 44_100)


def opus_rates(maker: Maker) -> Iterator[Case]:
    """Those of opusenc from several rates, and with other rates written into the header."""
    for rate in (8000, 16_000, 24_000, 44_100, 48_000):
        data = maker.made("opus", "opusenc", "--quiet", "{}", "[]", source=maker.source(rate))
        yield Case(data, "usable", SECONDS, 0.001, 48_000)
    for rate in (0, 8000, 96_000):
        first = bytearray(data[: data.index(b"OggS", 4)])
        first[40:44] = rate.to_bytes(4, "little")
        first[22:26] = checksum(bytes(first)).to_bytes(4, "little")
        yield Case(bytes(first) + data[len(first) :], "usable", SECONDS, 0.001, 48_000)


def damaged_flac(maker: Maker) -> Iterator[Case]:
    """flac's: without a frame, with another MD5, with too small a count; whole ones of many widths."""
    for level, bits in itertools.product((0, 5, 8), (16, 24)):
        data = maker.made("flac", "flac", "-s", f"-{level}", "-o", "[]", "{}", source=maker.source(bits=bits))
        yield Case(data, "usable", SECONDS, 0.0, 44_100)
        yield Case(data[:26] + bytes([data[26] ^ 1]) + data[27:], "unreadable", SECONDS, 0.0, 44_100)
        yield Case(data[:22] + (50_000).to_bytes(4, "big") + data[26:], "usable", SECONDS, 0.0, 44_100)
        yield Case(data[: len(data) // 2] + data[len(data) // 2 + 9000 :], "unreadable", None)
        yield Case(data[: len(data) // 2], "truncated", None)


def by_ffmpeg(maker: Maker) -> Iterator[Case]:
    """What libsndfile refuses, by FFmpeg."""
    plain = maker.source(44_100, 2)
    for suffix, rate, words in (
        ("ogg", 44_100, ("-c:a", "flac")),
        ("ogg", 16_000, ("-ar", 16_000, "-c:a", "libspeex")),
        ("caf", 44_100, ("-c:a", "alac")),
        ("caf", 44_100, ("-c:a", "adpcm_ima_qt")),
        ("aac", 44_100, ("-c:a", "aac")),
        ("mkv", 44_100, ("-c:a", "flac")),
        ("m4a", 44_100, ("-c:a", "alac")),
        ("w64", 44_100, ("-c:a", "pcm_s24le")),
        ("au", 44_100, ("-c:a", "pcm_s16be")),
    ):
        yield Case(maker.made(suffix, *run_ffmpeg(*words), source=plain), "usable", SECONDS, LOSSY_S, rate)
    stream = maker.made("mp4", *run_ffmpeg("-c:a", "aac", "-f", "mpegts"), source=plain)
    yield Case(stream, "usable", SECONDS, 0.1, 44_100)


def mp3_in_rubbish(maker: Maker) -> Iterator[Case]:
    """LAME's behind zeros and noise, before tags."""
    noise = np.random.default_rng(3).bytes(30_000)
    for mode in (("-b", 128), ("-V", 4), ("-t", "-V", 4)):
        data = maker.made("mp3", "lame", "--quiet", *mode, "{}", "[]", source=maker.source())
        for before, behind in ((bytes(4000), b""), (noise, b""), (b"", b"LYRICSBEGINxLYRICSEND" + b"TAG".ljust(128))):
            yield Case(before + data + behind, "usable", SECONDS, LOSSY_S + 0.05, 44_100)


def cut_sphere(maker: Maker) -> Iterator[Case]:
    """SoX's NIST SPHERE, whole and cut, and GSM in WAV."""
    for rate, channels in itertools.product((8000, 16_000), (1, 2)):
        data = maker.made("sph", "sox", "{}", "[]", source=maker.source(rate, channels))
        yield Case(data, "usable", SECONDS, 0.0, rate)
        yield Case(data[:-9000], "truncated", None, 0.0, rate)
    for seconds in (1, 2.5, SECONDS):
        data = maker.made("wav", "sox", "{}", "-e", "gsm-full-rate", "[]", source=maker.source(8000, seconds=seconds))
        yield Case(data, "usable", seconds, 0.0, 8000)


KINDS: dict[str, Callable[[Maker], Iterator[Case]]] = {
    "MP3s joined": joined_mp3,
    "MP3 in WAV": mp3_in_wav,
    "MP3 in rubbish and tags": mp3_in_rubbish,
    "chained Ogg": chained_ogg,
    "Ogg without a page": lost_page,
    "ID3 before WAV, AIFF": tag_in_front,
    "Opus, rates in headers": opus_rates,
    "FLAC, whole, damaged, cut": damaged_flac,
    "NIST SPHERE, GSM": cut_sphere,
    "what libsndfile refuses": by_ffmpeg,
}


def run_table(small: bool) -> Table:
    """One row a kind."""
    rows: list[list[object]] = []
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    for kind, make in KINDS.items():
        outcomes: list[str] = []
        with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
            try:
                made = itertools.islice(make(Maker(Path(temporary))), 2 if small else None)
                outcomes.extend(map(_disagreement, made))
            except (FileNotFoundError, subprocess.CalledProcessError) as missing:
                outcomes.append(f"not made: {missing}")
        wrong = [outcome for outcome in outcomes if outcome]
        rows.append([kind, len(outcomes), len(outcomes) - len(wrong), "; ".join(wrong) or None])
    rows.append(["all", *(sum(int(str(row[at])) for row in rows) for at in (1, 2)), None])
    notes = [
        "Status, length, rate, and of what is usable peak and RMS within 0.1 dB of the ffmpeg of this machine where "
        f"that gives the same length. Absent: {', '.join(absent) or 'none'}."
    ]
    return Table("Files of many makers", ["kind", "files", "agree", "disagree in"], rows, notes)


def _disagreement(case: Case) -> str:
    row = examine(Content.of(case.data), None, SETTINGS)
    status = "unreadable" if not row["load_ok"] else "usable"
    status = "truncated" if row.get("error_kind") == "truncated" else status
    if status != case.status:
        return f"{status} for {case.status}: {row.get('error')}"
    seconds = row.get("duration_s", AS_SAID)
    if case.seconds is not None and abs(seconds - case.seconds) > case.within + 1e-6:
        return f"{seconds:.3f} s for {case.seconds} s"
    if case.rate is not None and row["sample_rate"] != case.rate:
        return f"{row['sample_rate']} Hz for {case.rate} Hz"
    with tempfile.NamedTemporaryFile() as file:
        file.write(case.data)
        file.flush()
        return _levels(row, Path(file.name)) if status == "usable" else ""


def _levels(row: dict[str, Any], file: Path) -> str:
    """How peak and RMS differ from those of FFmpeg's command, where that decodes the same length."""
    samples, _ = _by_ffmpeg(file)
    if abs(len(samples) - row["frames"]) > LOSSY_S * row["sample_rate"] or not samples.any():
        return ""
    return _difference(row, samples)


def _difference(row: dict[str, Any], samples: "np.ndarray[Any, Any]") -> str:
    peak, rms = np.abs(samples).max(), np.sqrt(np.mean(np.square(samples, dtype=np.float64)))
    differs = {"peak": 20 * np.log10(row["peak"] / peak), "RMS": row["rms_dbfs"] - 20 * np.log10(rms)}
    return ", ".join(f"{name} {value:+.2f} dB" for name, value in differs.items() if abs(value) > LEVEL_DB)


def _by_ffmpeg(file: Path) -> tuple["np.ndarray[Any, Any]", int]:
    """Samples and rate as FFmpeg's command has them; none where it fails."""
    try:
        data = output_of("ffmpeg", "-v", "error", "-i", file, "-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "wav", "-")
    except (FileNotFoundError, subprocess.CalledProcessError):
        return np.empty((0, 0), np.float32), 0
    return soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)


def real_table(small: bool) -> Table:
    """Real recordings against FFmpeg's command: frames, rate, channels, peak, RMS."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    wrong: dict[str, list[str]] = defaultdict(list)
    files = [Path(at) / name for at, _, names in os.walk(SHARED) for name in names]
    sounds = sorted(file for file in files if file.suffix.lower() in AUDIO_SUFFIXES)
    for file in sounds[:: 50 if small else 1]:
        kind = file.relative_to(SHARED).parts[0]
        row = examine(Content.of(file.read_bytes()), None, SETTINGS)
        if row.get("frames") and row.get("error_kind") in (None, "too_few_samples"):
            counts[kind][0] += 1
            fault = _against_ffmpeg(row, file)
            counts[kind][1] += not fault
            if fault:
                wrong[kind].append(f"{file.name}: {fault}")
    rows: list[list[object]] = [[kind, *counts[kind], "; ".join(wrong[kind]) or None] for kind in sorted(counts)]
    notes = ["All that the check finds no fault in, or too short for a feature; frames to the sample."]
    return Table("Real recordings against ffmpeg", ["folder", "files", "agree", "disagree in"], rows, notes)


def _against_ffmpeg(row: dict[str, Any], file: Path) -> str:
    samples, rate = _by_ffmpeg(file)
    here, there = (row["frames"], row["channels"], row["sample_rate"]), (*samples.shape, rate)
    if here != there:
        return "{:,} frames, {} channels, {:,} Hz for {:,}, {}, {:,}".format(*here, *there)
    return _difference(row, samples) if samples.any() else ""


def run(small: bool) -> Iterator[Table]:
    """Both tables."""
    yield run_table(small)
    yield real_table(small)
