"""The settings of a check and the fingerprint that names them. Imports nothing heavy: the Snakefile asks it."""

import hashlib
import json
from dataclasses import asdict, dataclass

CHECK_VERSION = 11
"""Raised by hand when the check of the same file would tell something else than before."""
CHECK_COLUMNS = 5
"""Raised by hand when `checks` has other columns, or pictures are told of otherwise, and earlier rows of sound still
hold: all shards look, and decode nothing of it."""

SAMPLE_RATE = 16_000
"""Of the feature, hertz."""
RESAMPLER_QUALITY = "HQ"
"""Of soxr; its other settings are lower or slower."""


@dataclass(frozen=True)
class CheckSettings:
    """What a user can set about the check; see config/README.md."""

    channel: str
    num_mel_bins: int
    loudness: str = "none"
    flac_md5: bool = True

    @property
    def fingerprint(self) -> str:
        """Names settings and version. Rows of another fingerprint are not kept; the text of the code does not count."""
        known = {
            "version": CHECK_VERSION,
            "resampler": f"soxr-{RESAMPLER_QUALITY}",
            "fbank": "kaldi",
            **asdict(self),
        }
        return hashlib.blake2b(json.dumps(known, sort_keys=True).encode(), digest_size=8).hexdigest()
