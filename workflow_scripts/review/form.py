"""What is made of a clip for its card. Imports nothing heavy."""

from pathlib import Path

from workflow_scripts.exports.audio.form import AudioForm

PARTS = Path(__file__).with_name("parts")
"""The page: files that are copied as they are."""
VERSION = 1
"""Raised by hand when the same clip would give another picture, other peaks or other numbers."""
MONO = AudioForm("opus", 48_000, "mono", 16, "clip", bitrate=64)
STEREO = AudioForm("opus", 48_000, "all", 16, "clip", bitrate=96)
"""What is played: browsers play Ogg with Opus from disk, and nobody hears in these what they take away."""
PEAKS = 400
"""Values of a waveform at most."""
BINS, COLUMNS = 96, 800
"""Rows of a spectrogram, and columns at most."""
TOP_DB = 80.0
"""Decibels from black to white."""
STILL_PIXELS = 480
"""The longer side of a still."""
DARK = 0.05
"""A picture whose mean brightness is below this share of white is dark: the finding `dark_picture`."""
