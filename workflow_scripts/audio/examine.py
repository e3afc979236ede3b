"""Everything that one decoding of one media tells: a row of `checks`."""

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import xxhash

from workflow_scripts.audio import feature
from workflow_scripts.audio.decode import Decoded, MediaError, decode, read_bytes
from workflow_scripts.audio.measures import measure
from workflow_scripts.audio.settings import CheckSettings

Row = dict[str, Any]


def digest_of(data: bytes) -> str:
    """XXH3-128 in hex."""
    return xxhash.xxh3_128_hexdigest(data)


def examine(path: str, known_digest: str | None, settings: CheckSettings) -> Row:
    """Read one media once and tell all about it.

    Args:
        path: where it lies.
        known_digest: the digest of its bytes when it was checked before with these settings, else None.
        settings: of the check.

    Returns:
        Columns of `checks` without path, member, bytes, mtime_ns and fingerprint; only {"same_bytes": True} where the
        bytes are those of known_digest, and nothing was decoded.
    """
    row: Row = {"load_ok": False}
    try:
        data = read_bytes(path)
        row["bytes_digest"] = digest_of(data)
        if row["bytes_digest"] == known_digest:
            return {"same_bytes": True}
        decoded = decode(data)
        _describe(row, decoded)
        if len(decoded.samples):
            _measure_and_compute(row, decoded, settings)
    except MediaError as error:
        _note(row, error.kind, str(error))
    except MemoryError:
        _note(row, "too_large", "decoding it takes more memory than there is")
    return row


@contextlib.contextmanager
def _told_as(kind: str) -> Iterator[None]:
    """Make an unforeseen error of a library the media's fault of this kind: what was found before stays told."""
    try:
        yield
    except (MediaError, MemoryError):
        raise
    except Exception as error:
        raise MediaError(kind, f"{type(error).__name__}: {error}") from error


def _note(row: Row, kind: str, words: str) -> None:
    """Keep the first fault only: what comes after follows from it."""
    if row.get("error_kind") is None:
        row["error_kind"], row["error"] = kind, words


def _describe(row: Row, decoded: Decoded) -> None:
    frames, channels = decoded.samples.shape
    declared = decoded.declared_frames
    row |= {
        "format": decoded.format,
        "subtype": decoded.subtype,
        "sample_rate": decoded.sample_rate,
        "channels": channels,
        "frames": frames,
        "duration_s": frames / decoded.sample_rate,
        "declared_duration_s": None if declared is None else declared / decoded.sample_rate,
        "load_ok": decoded.fault is None or decoded.fault[0] == "truncated",
    }
    if decoded.fault:
        _note(row, *decoded.fault)
    elif not frames:
        _note(row, "no_samples", "the file is whole, and holds no samples")


def _measure_and_compute(row: Row, decoded: Decoded, settings: CheckSettings) -> None:
    samples = np.ascontiguousarray(decoded.samples)
    shape = f"{decoded.sample_rate}/{samples.shape[1]}/{samples.dtype}"
    digest = xxhash.xxh3_128(shape.encode())
    digest.update(samples.data)
    row["pcm_digest"] = digest.hexdigest()
    if samples.dtype != np.int16 and not np.isfinite(samples).all():
        row["feature_ok"] = False
        broken = int((~np.isfinite(samples)).sum())
        _note(row, "not_finite", f"{broken:,} samples are NaN or infinite")
        return
    row |= measure(samples, decoded.sample_rate)
    row["resample_ok"] = False
    with _told_as("resample_error"):
        wave = feature.resample(feature.signal(samples, settings.channel), decoded.sample_rate)
    row["resample_ok"], row["feature_ok"] = True, False
    with _told_as("feature_error"):
        statistics = feature.fbank_statistics(wave, settings.num_mel_bins)
    row |= {"fbank_frames": statistics.frames, "fbank_mean": statistics.mean, "fbank_std": statistics.std}
    row["feature_ok"] = True
