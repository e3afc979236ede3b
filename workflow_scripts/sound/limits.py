"""What of one media is decoded at most, so that none takes a shard with it. Imports nothing."""

MAX_SAMPLES = 1 << 34
"""Frames times channels: 49 hours of stereo at 48 kHz. A few kilobytes of FLAC can declare, and give, more."""
MAX_SAMPLES_A_SECOND = 1 << 24
"""Rate times channels: what one second of sound may take, the least that is decoded at once."""
MIN_SAMPLE_RATE = 100
MAX_SAMPLE_RATE = 2_000_000
"""Hydrophones and bat detectors stay within; what lies outside is a damaged or a hostile header."""
