"""The sound of a scene: its parts placed, brought to their levels, and summed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workflow_scripts.derive.acoustics import heard_from
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.feature import Resampler

Array = np.ndarray[Any, Any]

FULL_SCALE = 1.0 - 2.0**-15
"""The largest sample of a scene: the highest step of 16 bits."""


@dataclass(frozen=True)
class PlacedPart:
    """A part as it stands in the table, with its samples.

    Attributes:
        row: of PLANNED_PARTS.
        samples: (frames,) or (frames, channels), full scale 1, at its own rate.
        sample_rate: its own.
    """

    row: dict[str, Any]
    samples: Array
    sample_rate: int


@dataclass(frozen=True)
class Scene:
    """What was made.

    Attributes:
        samples: (frames, channels) float64, full scale 1, none beyond it.
        placed: of each part where it begins, in frames, and its samples there; they sum to `samples`.
        gains_db: of each part; None of one that is silent.
        scale_db: what all of it was scaled by: 0, or less.
        steps_db: what each step of a recipe came to, of a scene that is a clip with one: see `augmentations`.
    """

    samples: Array
    placed: list[tuple[int, Array]]
    gains_db: list[float | None]
    scale_db: float
    steps_db: list[float | None] = field(default_factory=list)

    def stem(self, number: int) -> Array:
        """A part by itself, as long as the scene."""
        stem = np.zeros_like(self.samples)
        first, samples = self.placed[number]
        stem[first : first + len(samples)] = samples
        return stem

    def background_db(self, rows: Sequence[dict[str, Any]]) -> float | None:
        """Root mean square of what is behind, dB of full scale; None where nothing is, or it is silent.

        Args:
            rows: of its parts.
        """
        behind = [one for one, row in zip(self.placed, rows, strict=True) if row["role"] == "background"]
        return decibel(_level(behind, len(self.samples)))


def mixed(parts: list[PlacedPart], duration_s: float, sample_rate: int, channels: int) -> Scene:
    """Sum parts.

    A part with `snr_db` gets the gain that brings its root mean square, from its onset to its offset, to so many dB
    above that of the background over the whole scene; what rings on behind that does not count. Where the sum or a
    part is beyond full scale all of the scene is scaled down until the largest sample of them is at it, so that parts
    written by themselves still sum to it.

    Args:
        parts: in their order.
        duration_s: of the scene.
        sample_rate: of the scene.
        channels: of the scene: of a part with one, each has that; of another number, each has the mean of all.

    Raises:
        MediaError: a level is asked for above a background that is silent, or not there.
    """
    frames = round(duration_s * sample_rate)
    placed = [placed_in(part, frames, sample_rate, channels) for part in parts]
    behind = _level([one for one, part in zip(placed, parts, strict=True) if part.row["role"] == "background"], frames)
    gains = [_gain(part.row, one, behind, sample_rate) for one, part in zip(placed, parts, strict=True)]
    total = np.zeros((frames, channels))
    heard = [(first, samples * (gain or 0.0)) for (first, samples), gain in zip(placed, gains, strict=True)]
    for first, samples in heard:
        total[first : first + len(samples)] += samples
    peak = max(float(np.abs(one).max(initial=0.0)) for one in (total, *(samples for _, samples in heard)))
    scale = min(1.0, FULL_SCALE / peak) if peak > 0 else 1.0
    if scale < 1:
        for samples in (total, *(samples for _, samples in heard)):
            samples *= scale
    return Scene(total, heard, [decibel(gain) for gain in gains], round(decibel(scale) or 0.0, 6))


def placed_in(part: PlacedPart, frames: int, rate: int, channels: int) -> tuple[int, Array]:
    """Where a part begins in its scene, and its samples there (frames, channels), faded."""
    row = part.row
    samples = part.samples[:, None] if part.samples.ndim == 1 else part.samples
    if samples.shape[1] not in (1, channels) or row["distance_m"] is not None:
        samples = samples.mean(axis=1, keepdims=True)
    brought = np.stack([_brought(one, part.sample_rate, rate, row) for one in samples.T], axis=1).astype(np.float64)
    first = min(round(row["onset_s"] * rate), frames)
    wanted = min(round(row["offset_s"] * rate), frames) - first
    there = brought[:wanted]
    if len(there) < wanted:  # by the rounding of a rate
        there = np.concatenate([there, np.zeros((wanted - len(there), there.shape[1]))])
    else:
        there = there.copy()
    fade = min(round(row["fade_s"] * rate), wanted // 2)
    if fade:
        ramp = np.sin(np.linspace(0, np.pi / 2, fade, endpoint=False))[:, None]
        there[:fade] *= ramp
        there[wanted - fade :] *= ramp[::-1]
    if row["distance_m"] is not None:
        there = heard_from(there[:, 0], rate, row)[: frames - first, None]
    return first, np.broadcast_to(there, (len(there), channels))


def _brought(wave: Array, own_rate: int, rate: int, row: dict[str, Any]) -> Array:
    """One channel at the rate of the scene, stretched and raised as it is asked for."""
    wave = np.ascontiguousarray(wave, np.float32)
    if row["stretch"] != 1.0 or row["pitch_semitones"]:
        from workflow_scripts.derive.transform import stretched

        raised = 2.0 ** (row["pitch_semitones"] / 12)
        # played faster by `raised`, what was stretched by so much more is as long as it should be
        wave = stretched(wave, row["stretch"] * raised)
        return _resampled(wave, round(own_rate * raised), rate)
    return _resampled(wave, own_rate, rate)


def _resampled(wave: Array, own_rate: int, rate: int) -> Array:
    return wave if own_rate == rate else Resampler(own_rate, rate).resample(wave, is_last=True)


def _level(placed: list[tuple[int, Array]], frames: int) -> float | None:
    """Root mean square of what is behind, over the whole scene; None where nothing is."""
    if not placed:
        return None
    return float(np.sqrt(sum(float(np.square(samples).mean(axis=1).sum()) for _, samples in placed) / max(frames, 1)))


def _gain(row: dict[str, Any], placed: tuple[int, Array], behind: float | None, rate: int) -> float | None:
    """What a part is multiplied by; None where it is silent and a level is asked for."""
    if row["snr_db"] is None:
        return float(10.0 ** (row["gain_db"] / 20))
    if not behind:
        raise MediaError(
            "silent_background", f"{row['snr_db']:g} dB above a background that is silent is no level; choose another"
        )
    first, samples = placed
    samples = samples[: max(0, round(row["offset_s"] * rate) - first)]
    own = float(np.sqrt(np.square(samples).mean())) if samples.size else 0.0
    return behind * float(10.0 ** (row["snr_db"] / 20)) / own if own else None


def decibel(gain: float | None) -> float | None:
    """A gain in dB; None of none, and of silence."""
    return None if not gain else round(20 * float(np.log10(gain)), 6)
