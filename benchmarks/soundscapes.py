"""How fast soundscapes are measured by window, and how often the interval of a trend holds the trend that is known.

Needs what `make windows` installs; says what of it is absent. Run it in .venv, where that is.
"""

import importlib.util
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import soundfile
import xxhash

from benchmarks.report import Table
from tests.years.made_years import made

RATE, MINUTES = 44_100, 10
DRAWS = 1_000
CHANGE = 0.9
"""From one year to the next."""


def run(small: bool) -> Iterator[Table]:
    """Windows of a made recording, by what is measured of them; trends of sets of three years that nobody recorded."""
    absent = [name for name in ("maad", "statsmodels") if importlib.util.find_spec(name) is None]
    if absent:
        yield Table("Soundscapes", ["absent"], [[name] for name in absent])
        return
    yield _coverage(40 if small else DRAWS)
    yield _windows(1 if small else MINUTES)


def _coverage(draws: int) -> Table:
    from workflow_scripts.years.trends import Trend, trend

    began = time.process_time()
    found = [one for one in (trend(made(seed, CHANGE)) for seed in range(draws)) if isinstance(one, Trend)]
    took = (time.process_time() - began) / draws
    holds = sum(one.low <= CHANGE <= one.high for one in found)
    mean, width = np.mean([one.change for one in found]), np.mean([one.high - one.low for one in found])
    row: list[object] = [CHANGE, draws, len(found), f"{holds / len(found):.1%}", f"{mean:.4f}", f"{width:.3f}"]
    header = ["change a year", "sets", "told", "interval of 95 % holds it", "mean change", "mean width", "CPU s a set"]
    return Table("Trends of made-up sets of three years, two sites", header, [[*row, f"{took:.2f}"]])


def _windows(minutes: int) -> Table:
    """Seconds of sound that are measured in a second of a core; the decoding that all of them need is the first row."""
    from workflow_scripts.exports.audio.cutting import cut_clips
    from workflow_scripts.windows import measuring
    from workflow_scripts.windows.cutting_up import in_windows
    from workflow_scripts.windows.indices import library

    library()  # its import is none of what is measured
    with tempfile.TemporaryDirectory() as place:
        rows = _recording(Path(place), 60 * minutes)
        base = {"length_s": 60, "hop_s": 60}
        directions = {"directions": {"most_delay_s": 0.003, "peaks": 3}}
        indices = {"indices": {"which": ["aci", "ndsi", "adi", "aei", "bi"], "top_hz": 10_000}}
        asked: dict[str, dict[str, Any]] = {"directions": directions, "indices": indices, "both": directions | indices}
        began = time.process_time()
        for _ in cut_clips(in_windows(rows, 60, 60)):
            pass
        took = {"nothing: decoded alone": time.process_time() - began}
        for name, of in asked.items():
            listed = rows.with_columns(made_as=pl.lit(json.dumps(base | of)))
            folder = Path(place, name)
            folder.mkdir()
            began = time.process_time()
            failed = measuring.pack(listed, folder).failed
            took[name] = time.process_time() - began
            if failed:
                raise SystemExit(f"{name}: not measured: {failed}")
    told: list[list[object]] = [[name, f"{s:.1f}", f"{60 * minutes / s:,.0f}"] for name, s in took.items()]
    return Table(
        f"{minutes} min of stereo, 44.1 kHz, FLAC, windows of 60 s", ["measured", "CPU s", "× real time"], told
    )


def _recording(place: Path, seconds: int) -> pl.DataFrame:
    """Noise that both channels share, some samples apart, and noise of their own; as a plan lists it."""
    random = np.random.default_rng(0)
    shared, own = random.standard_normal(seconds * RATE + 5), random.standard_normal((seconds * RATE, 2))
    wave = 0.1 * np.column_stack([shared[5:], shared[:-5]]) + 0.05 * own
    file = place / "recording.flac"
    soundfile.write(file, wave, RATE, "PCM_16")
    row = {"clip_id": "a", "media": "a", "folder": f"{place}/", "path": file.name, "member": None}
    row |= {"bytes_digest": xxhash.xxh3_128_hexdigest(file.read_bytes()), "start_s": None, "end_s": None}
    row |= {"duration_s": float(seconds), "channel": "all", "channel_layout": "stereo", "as_is": False}
    types = {"member": pl.String, "start_s": pl.Float64, "end_s": pl.Float64}
    return pl.DataFrame([row], schema_overrides=types)
