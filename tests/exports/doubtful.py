"""Files that are usable, and of which libsndfile by itself makes something else than their check heard, if anything."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from tests.exports.own_dataset import ledger_of, said
from tests.made_files import Samples, encoded, flac_of_length, noise, wav
from tests.sound.decoders.made_videos import melody, video
from workflow_scripts.exports.reading import MEDIA, Tables
from workflow_scripts.media.content import Content
from workflow_scripts.sound.decode import open_second, open_stream
from workflow_scripts.sound.decoders import Stream
from workflow_scripts.sound.pcm_digest import PcmDigest

RATE = 16_000
ID3 = b"ID3\4\0\0\0\0\x0f\x68" + bytes([7]) * 2024
TONES = melody(2 * RATE, 1, RATE)
TONES_24 = (np.random.default_rng(5).integers(-(2**21), 2**21, (2 * RATE, 1)) << 8).astype(np.int32)
"""Samples of 24 bits, in the upper ones."""


def _one(kind: str, subtype: str, seed: int) -> bytes:
    return encoded(noise(RATE, seed=seed), RATE, kind, subtype)


DOUBTFUL: dict[str, tuple[bytes, Samples | None]] = {
    "chained.ogg": (_one("OGG", "VORBIS", 1) + _one("OGG", "VORBIS", 2), None),
    "joined.mp3": (_one("MP3", "MPEG_LAYER_III", 1) + _one("MP3", "MPEG_LAYER_III", 2), None),
    "padded.mp3": (bytes(5000) + encoded(noise(2 * RATE), RATE, "MP3", "MPEG_LAYER_III"), None),
    "few.flac": (flac_of_length(encoded(TONES, RATE, "FLAC", "PCM_16"), RATE), TONES),
    "uncounted.flac": (flac_of_length(encoded(TONES, RATE, "FLAC", "PCM_16"), 0), TONES),
    "open.wav": (wav(TONES, RATE, declared_bytes=0), TONES),
    "tagged.wav": (ID3 + wav(TONES, RATE), TONES),
    "alac.caf": (video("caf", "alac", TONES_24, RATE, kind="s32p"), TONES_24),
    "wide.mkv": (video("matroska", "flac", TONES_24, RATE, kind="s32"), TONES_24),
    "film.mkv": (video("matroska", "flac", TONES, RATE, kind="s16"), TONES),
    "song.m4a": (video("ipod", "aac", TONES, RATE), None),
    "stream.mp4": (video("mpegts", "aac", TONES, RATE), None),
    "behind_a_tag.aac": (ID3 + video("adts", "aac", TONES, RATE), None),
    "flac.ogg": (video("ogg", "flac", TONES, RATE, kind="s16"), TONES),
}
"""The bytes of each, and what went into them where nothing is lost of that."""
PLAIN = {
    "plain_wav.wav": wav(TONES, RATE),
    "plain_flac.flac": encoded(TONES, RATE, "FLAC", "PCM_16"),
    "plain_ogg.ogg": encoded(noise(2 * RATE), RATE, "OGG", "VORBIS"),
    "plain_mp3.mp3": encoded(noise(2 * RATE), RATE, "MP3", "MPEG_LAYER_III"),
}
"""Files that everybody hears alike."""


class Heard(NamedTuple):
    """What the check heard of a file.

    Attributes:
        samples: (frames,), full scale 1.
        row: of its check.
    """

    samples: Samples
    row: dict[str, Any]


def ledger_of_doubtful(folder: Path, span: tuple[float, float] | None = None) -> Tables:
    """All of them taken to their ledger, whole or a span of each; the files lie in <folder>/audio."""
    (folder / "audio").mkdir(parents=True)
    for name, data in all_files().items():
        (folder / "audio" / name).write_bytes(data)
    times = "," if span is None else "{},{}".format(*span)
    holds = [{"path": "audio", "holds": "clips" if span is None else "recordings"}]
    rows = "".join(f"{name},{times},dog\n" for name in all_files())
    return ledger_of(folder, **said(folder, rows, audio=holds, limits={"train_min_duration_s": 0.1}))


def all_files() -> dict[str, bytes]:
    return {name: data for name, (data, _) in DOUBTFUL.items()} | PLAIN


def heard(tables: Tables) -> dict[str, Heard]:
    """What checks heard, by the names of the files: their digest says that it is this."""
    names = ["frames", "sample_rate", "channels", "decoder", "format", "pcm_digest"]
    checks = pl.concat(tables.each_checks([*MEDIA, *names]))
    return {row["path"]: Heard(_samples(all_files()[row["path"]], row), row) for row in checks.iter_rows(named=True)}


def _samples(data: bytes, row: dict[str, Any]) -> Samples:
    """By the decoder whose sound is the one that was heard."""
    for opens in (open_stream, open_second):
        with opens(Content.of(data)) as stream:
            samples, digest = _decoded(stream)
        if digest == row["pcm_digest"]:
            assert len(samples) == row["frames"]
            return samples
    raise AssertionError(f"neither decoder gives what was heard of {row['path']}")


def _decoded(stream: Stream) -> tuple[Samples, str]:
    digest, parts = PcmDigest(stream.sample_rate, stream.channels), []
    for block in stream.blocks(RATE):
        digest.add(block)
        parts.append(block[:, 0] / (2**15 if block.dtype == np.int16 else 1))
    return np.concatenate(parts), digest.hexdigest()
