"""Everything that one decoding of one media tells: a row of `checks`."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from workflow_scripts.media.content import Content
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.decode import block_frames, open_second, open_stream, refuse_absurd, too_many_samples
from workflow_scripts.sound.decoders import HARMLESS, Block, Fault, Stream
from workflow_scripts.sound.feature import Feature, Resampler
from workflow_scripts.sound.fingerprint import Fingerprint
from workflow_scripts.sound.flac_md5 import FlacMd5
from workflow_scripts.sound.limits import MAX_SAMPLES
from workflow_scripts.sound.loudness import Loudness, TruePeak
from workflow_scripts.sound.measures import Measures
from workflow_scripts.sound.pcm_digest import PcmDigest
from workflow_scripts.sound.planes import Planes
from workflow_scripts.sound.settings import CheckSettings

Array = np.ndarray[Any, Any]
Row = dict[str, Any]

MENDED = "libsndfile_mended"
"""What the decoder of a file is called of which libsndfile by itself would make something else."""
UNDECODED_BYTES, UNDECODED_SHARE = 1 << 16, 0.05
"""More bytes than both of these that no decoder took are a fault: tags of an unknown kind are fewer."""

_planes = Planes()


def examine(content: Content, known_digest: str | None, settings: CheckSettings) -> Row:
    """Decode one media once, block by block, and tell all about it.

    Args:
        content: its bytes.
        known_digest: their digest when it was checked before with these settings, else None.
        settings: of the check.

    Returns:
        Columns of `checks` without path, member, mtime_ns and fingerprint; only {"same_bytes": True} where the bytes
        are those of known_digest, and nothing was decoded.
    """
    return told_once(content, known_digest, lambda row: row.update(_told(content, settings)))


def told_once(content: Content, known_digest: str | None, tell: Callable[[Row], None]) -> Row:
    """What is told of the bytes of a media, whatever it is; see `examine`.

    Args:
        content: its bytes.
        known_digest: as `examine` has it.
        tell: adds to the row what one decoding tells; what it raises ends as an error of this media alone.
    """
    row: Row = {"load_ok": False, "bytes": content.size}
    try:
        digest = content.digest()
        if content.failure is not None:
            raise content.failure
        if digest == known_digest:
            return {"same_bytes": True}
        row["bytes_digest"] = digest
        tell(row)
    except MediaError as error:
        note(row, error.kind, str(error))
    except Exception as error:  # noqa: BLE001  whatever a library does, it costs this media alone
        note(row, *unforeseen(error))
    return row


def _told(content: Content, settings: CheckSettings) -> Row:
    """What the decoder of a media tells; what FFmpeg does where the first one's answer is doubted and it has one.

    Raises:
        MediaError: nothing of it can be decoded.
    """
    row, is_doubted = _told_by(open_stream, content, settings)
    if is_doubted:
        try:
            second, _ = _told_by(open_second, content, settings)
        except MediaError:
            return row
        agree = row.get("error_kind") is None and (second.get("error_kind"), second["frames"]) == (None, row["frames"])
        return row if agree else second
    return row


def _told_by(
    opens: Callable[[Content], AbstractContextManager[Stream]], content: Content, settings: CheckSettings
) -> tuple[Row, bool]:
    row: Row = {}
    with opens(content) as stream:
        _describe(row, stream)
        try:
            refuse_absurd(stream)
            is_doubted = _decode(row, stream, settings, content)
        except MediaError as error:
            note(row, error.kind, str(error))
            return row, False
    return row, is_doubted


def unforeseen(error: Exception) -> tuple[str, str]:
    """Kind and words of an error that nobody raised on purpose."""
    if isinstance(error, MemoryError):
        return "too_large", "checking it takes more memory than a worker may have"
    return "check_failed", f"{type(error).__name__}: {error}"


def note(row: Row, kind: str, words: str) -> None:
    """Keep the first fault only: what comes after follows from it. Tables hold no text that is not UTF-8."""
    if row.get("error_kind") is None:
        row["error_kind"], row["error"] = kind, words.encode("utf-8", "backslashreplace").decode()


def _describe(row: Row, stream: Stream) -> None:
    declared, rate = stream.declared_frames, stream.sample_rate
    row |= {
        "load_ok": False,
        "decoder": stream.decoder,
        "format": stream.format,
        "subtype": stream.subtype,
        "sample_rate": rate or None,
        "channels": stream.channels or None,
        "declared_duration_s": declared / rate if declared is not None and rate else None,
    }


def _decode(row: Row, stream: Stream, settings: CheckSettings, content: Content) -> bool:
    """Decode to the end or to where it fails; each block goes through all that is told of a media.

    Returns:
        Whether the answer is doubted.
    """
    digest = PcmDigest(stream.sample_rate, stream.channels)
    measured, featured = _Measured(stream, settings), _Featured(stream, settings)
    is_compared = stream.format == "FLAC" and settings.flac_md5
    md5 = FlacMd5.of(content) if is_compared else None
    frames, size = 0, block_frames(stream)
    for block in stream.blocks(size):
        frames += len(block)
        if frames * stream.channels > MAX_SAMPLES:
            raise too_many_samples(f"more than {frames:,} frames of {stream.channels} channels")
        digest.add(block)
        if md5 is not None:
            md5.add(block)
        planes, full_scale = _planes.of(block)
        measured.add(block, planes, full_scale)
        if measured.fault is None:
            featured.add(planes, full_scale, is_last=len(block) < size)
    if _is_mended(stream, content, frames):
        row["decoder"] = MENDED
    row |= {"frames": frames, "duration_s": frames / stream.sample_rate, "undecoded_bytes": stream.undecoded_bytes}
    fault = _fault_of(stream, md5, content.size)
    row["load_ok"] = fault is None or fault[0] in HARMLESS
    if fault:
        note(row, *fault)
    elif not frames:
        note(row, "no_samples", "the file is whole, and holds no samples")
    if frames:
        row["pcm_digest"] = digest.hexdigest()
        row |= measured.told() if measured.fault else measured.told() | featured.told()
        for part in (measured, featured):
            if part.fault:
                note(row, part.fault.kind, str(part.fault))
    is_unsure = is_compared and (md5 is None or (fault is not None and fault[0] == "digest_mismatch"))
    return stream.is_doubted or (is_unsure and stream.decoder == "libsndfile")


def _is_mended(stream: Stream, content: Content, frames: int) -> bool:
    """Whether libsndfile would make something else of the file as it lies: it was given other bytes, or counts others.

    So it is with a tag in front, a size that was left open, links of a chain, or a last block that is in part rubbish.
    """
    if stream.decoder != "libsndfile":
        return False
    is_counted = stream.expected_frames == frames if stream.fault is None else stream.expected_frames is not None
    return stream.content is not content or content.is_overlaid or not is_counted


def _fault_of(stream: Stream, md5: FlacMd5 | None, size: int) -> Fault | None:
    """What the decoder says, or what the file says of its samples, or what no decoder took of its bytes."""
    if stream.fault is not None and stream.fault[0] not in ("wrong_count", "undecoded"):
        return stream.fault
    if md5 is not None and md5.differs:
        return "digest_mismatch", "the MD5 of its samples is not the one that it declares"
    undecoded = stream.undecoded_bytes or 0
    if stream.fault is None and undecoded > max(UNDECODED_BYTES, size * UNDECODED_SHARE):
        return "undecoded", f"{undecoded:,} of its {size:,} bytes are no tags, and no decoder was given them"
    return stream.fault


class _Measured:
    """The measures of a media, up to the first block that cannot be measured."""

    def __init__(self, stream: Stream, settings: CheckSettings) -> None:
        rate, channels, asked = stream.sample_rate, stream.channels, settings.loudness
        self._measures = Measures(rate, channels)
        self._loudness = None if asked == "none" else Loudness(rate, channels, stream.layout)
        self._true_peak = TruePeak(rate, channels) if asked == "with_true_peak" else None
        self.fault: MediaError | None = None

    def add(self, block: Block, planes: Array, full_scale: float) -> None:
        if self.fault is None:
            try:
                self._measures.add(block, planes, full_scale)
            except MediaError as fault:
                self.fault = fault
                return
            for level in (self._loudness, self._true_peak):
                if level is not None:
                    level.add(block)

    def told(self) -> Row:
        """Columns of `checks`; none of a media that no feature can be computed of either."""
        if self.fault:
            return {"feature_ok": False}
        row: Row = dict(self._measures.measured())
        if self._loudness is not None:
            row["loudness_lufs"] = self._loudness.lufs()
        if self._true_peak is not None:
            row["true_peak_dbtp"] = self._true_peak.dbtp()
        return row


class _Featured:
    """Resampling and feature of a media, up to the first block that one of them fails on."""

    def __init__(self, stream: Stream, settings: CheckSettings) -> None:
        self._channel = settings.channel
        self._fingerprint = Fingerprint()
        self._feature = Feature(settings.num_mel_bins, self._fingerprint)
        self._resampler = Resampler(stream.sample_rate)
        self._full_scale = 1.0
        self._is_over = False
        self._told: Row = {"resample_ok": False}
        self.fault: MediaError | None = None

    def add(self, planes: Array, full_scale: float, is_last: bool) -> None:
        if self.fault is None:
            self._full_scale = full_scale
            self._add(planes[0] if self._channel == "first" else planes.mean(0), is_last)

    def _add(self, signal: Array, is_last: bool) -> None:
        self._is_over = is_last
        kind, self._told = "resample_error", {"resample_ok": False}
        try:
            piece = self._resampler.resample(signal, is_last)
            kind, self._told = "feature_error", {"resample_ok": True, "feature_ok": False}
            self._feature.add(piece, self._full_scale)
        except MediaError as fault:
            self.fault = fault
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  an unforeseen error of a library is the media's fault
            self.fault = MediaError(kind, f"{type(error).__name__}: {error}")

    def told(self) -> Row:
        """Columns of `checks`."""
        if self.fault is None and not self._is_over:
            self._add(np.empty(0, np.float32), is_last=True)
        if self.fault is None:
            try:
                statistics = self._feature.statistics()
            except MediaError as fault:
                self.fault = fault
            else:
                return {
                    "resample_ok": True,
                    "feature_ok": True,
                    "fbank_frames": statistics.frames,
                    "fbank_mean": statistics.mean,
                    "fbank_std": statistics.std,
                    "acoustic_fingerprint": self._fingerprint.packed(),
                }
        return self._told
