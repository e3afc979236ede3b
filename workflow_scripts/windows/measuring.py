"""What one job measures: the windows of its clips, one decoding of each media. See exports/packs.py."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.exports.audio.cutting import Cut, Failed, cut_clips
from workflow_scripts.exports.formats import Packed
from workflow_scripts.media.media import MediaError
from workflow_scripts.tables import schemas
from workflow_scripts.windows.cutting_up import in_windows
from workflow_scripts.windows.directions import DirectionSettings, angle, direction, side
from workflow_scripts.windows.indices import indices, library
from workflow_scripts.windows.synchrony import Lag, drift, is_unsynchronised, lag

Array = np.ndarray[Any, Any]
Rows = list[dict[str, Any]]

NOT_MEASURED = tuple(layout for layout in schemas.CHANNEL_LAYOUTS if layout != "stereo")
"""Layouts of channels that are told in place of directions."""


@dataclass
class _Clip:
    """A clip as it is being measured.

    Attributes:
        layout: of the channels of its media.
        windows: how many were measured.
        rows: of each table of schemas.BY_WINDOW.
        lags: between its channels, where they are measured.
        sample_rate: of its samples, once there are any.
        is_one_sound: all that was heard so far is the same in both channels.
    """

    layout: str | None
    windows: int = 0
    rows: dict[str, Rows] = field(default_factory=lambda: {name: [] for name in schemas.BY_WINDOW})
    lags: list[Lag] = field(default_factory=list)
    sample_rate: int = 0
    is_one_sound: bool = True
    failed: tuple[str, str] | None = None


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """Measure the windows of the clips of a list, and write <table>.parquet for each of schemas.BY_WINDOW.

    No more than a window of a recording is held at a time, or as many as overlap.

    Returns:
        Rows of `windowed`; kind and words of what could not be measured.
    """
    settings = json.loads(rows["made_as"][0])
    if "indices" in settings:
        library()  # if it is not there, no clip is at fault
    measured = {row["clip_id"]: _Clip(row["channel_layout"]) for row in rows.iter_rows(named=True)}
    for one in cut_clips(in_windows(rows, settings["length_s"], settings["hop_s"])):
        clip = measured[one.row["clip_id"]]
        try:
            if isinstance(one, Failed):
                clip.failed = (one.kind, one.words)
            elif not clip.failed:
                _measure(clip, one, settings)
        except Exception as error:  # noqa: BLE001  whatever a library does, it costs this clip alone
            fault = Failed.of(one.row, error)
            clip.failed = (fault.kind, fault.words)
    told = [_told(clip_id, clip, settings) for clip_id, clip in measured.items()]
    for name in schemas.BY_WINDOW:
        of_all = [row for clip in measured.values() if not clip.failed for row in clip.rows[name]]
        _frame(name, of_all).write_parquet(folder / f"{name}.parquet", compression="zstd", compression_level=1)
    failed = {clip_id: list(clip.failed) for clip_id, clip in measured.items() if clip.failed}
    return Packed(_frame("windowed", told), failed)


def _measure(clip: _Clip, window: Cut, settings: dict[str, Any]) -> None:
    if not np.isfinite(window.samples).all():
        raise MediaError("not_finite", "it holds samples that are no numbers")
    clip.windows += 1
    clip.sample_rate = window.sample_rate
    if "directions" in settings and window.samples.ndim == 2:
        _measure_direction(clip, window, settings["directions"])
    if "indices" in settings:
        _measure_indices(clip, window, settings["indices"])


def _measure_direction(clip: _Clip, window: Cut, settings: dict[str, Any]) -> None:
    rate, row = window.sample_rate, window.row
    clip.is_one_sound = clip.is_one_sound and bool((window.samples[:, 0] == window.samples[:, 1]).all())
    how = DirectionSettings(
        settings["most_delay_s"], settings.get("distance_m"), settings.get("band_hz"), settings["peaks"]
    )
    found = direction(window.samples, rate, how)
    if (seen := lag(window.samples, rate, row["onset_s"])) is not None:
        clip.lags.append(seen)
    of_window = {name: row[name] for name in ("clip_id", "onset_s", "offset_s")} | {
        "level_difference_db": found.level_difference_db,
        "coherence": found.coherence,
        "coherent_share": found.coherent_share,
    }
    for ordinal, peak in enumerate(found.peaks):
        clip.rows["directions"].append(
            of_window
            | {
                "ordinal": ordinal,
                "delay_s": peak.delay_s,
                "delay_samples": peak.delay_s * rate,
                "height": peak.height,
                "side": side(peak.delay_s * rate),
                "angle_deg": angle(peak.delay_s, how.distance_m),
            }
        )
    if not found.peaks:
        clip.rows["directions"].append(of_window)


def _measure_indices(clip: _Clip, window: Cut, settings: dict[str, Any]) -> None:
    """Of the first channel."""
    first = window.samples if window.samples.ndim == 1 else window.samples[:, 0]
    of_window = {name: window.row[name] for name in ("clip_id", "onset_s", "offset_s")}
    for one in indices(first, window.sample_rate, settings["which"], settings["top_hz"]):
        told = {"index": one.name, "value": one.value, "lowest_hz": one.lowest_hz, "highest_hz": one.highest_hz}
        clip.rows["indices"].append(of_window | told)


def _told(clip_id: str, clip: _Clip, settings: dict[str, Any]) -> dict[str, Any]:
    """The row of `windowed`; directions that are none are forgotten."""
    told: dict[str, Any] = {"clip_id": clip_id, "windows": 0 if clip.failed else clip.windows}
    if clip.failed:
        return told | {"error_kind": clip.failed[0], "error": clip.failed[1]}
    if "directions" not in settings:
        return told
    told["directions"] = _directions_are(clip, settings["directions"]["most_delay_s"])
    if told["directions"] in ("measured", "unsynchronised"):
        slope, lags = drift(clip.lags), [one.lag_s for one in clip.lags]
        told["lag_s"] = float(np.median(lags)) if lags else None
        told["drift_ppm"] = None if slope is None else slope * 1e6
    if told["directions"] != "measured":
        clip.rows["directions"].clear()
    return told


def _directions_are(clip: _Clip, most_delay_s: float) -> str:
    if clip.layout and clip.layout in NOT_MEASURED:
        return clip.layout
    if clip.is_one_sound:
        return "dual_mono"
    return "unsynchronised" if is_unsynchronised(clip.lags, most_delay_s, clip.sample_rate) else "measured"


def _frame(name: str, rows: Rows) -> pl.DataFrame:
    types = {column: told.dtype for column, told in schemas.WINDOWS[name].columns.items()}
    return pl.DataFrame(rows, types, orient="row")
