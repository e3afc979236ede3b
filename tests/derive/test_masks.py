"""Masks of parts: applied to a scene they give its parts, by a transform of another library."""

import io
from typing import Any

import numpy as np
import pytest
import torch

from workflow_scripts.derive.masks import encoded_masks, masks_of

RATE, WINDOW, HOP = 16_000, 1024, 256


def parts() -> list[np.ndarray[Any, Any]]:
    """A tone that is there for a while, low noise and a click, in two channels."""
    time = np.arange(2 * RATE) / RATE
    tone = 0.3 * np.sin(2 * np.pi * 3000 * time) * ((time > 0.5) & (time < 1.5))
    spectrum = np.fft.rfft(np.random.default_rng(0).normal(0, 0.1, 2 * RATE))
    spectrum[4000:] = 0  # above 2 kHz
    click = np.zeros(2 * RATE)
    click[5000:5100] = 0.5
    waves = [np.fft.irfft(spectrum), tone, click]
    return [np.stack([wave, 0.5 * wave], axis=1) for wave in waves]


def transformed(wave: np.ndarray[Any, Any]) -> torch.Tensor:
    """(channels, bins, windows)."""
    return torch.stft(
        torch.from_numpy(wave.T.copy()), WINDOW, HOP, window=torch.hann_window(WINDOW, dtype=torch.float64),
        center=True, pad_mode="constant", return_complex=True,
    )  # fmt: skip


def si_sdr(found: np.ndarray[Any, Any], true: np.ndarray[Any, Any]) -> float:
    """Le Roux et al., ICASSP 2019, dB."""
    target = (found @ true) / (true @ true) * true
    return float(10 * np.log10((target @ target) / np.square(found - target).sum()))


@pytest.mark.parametrize(("kind", "least"), [("ratio", 16), ("binary", 15)])
def test_a_scene_times_a_mask_is_nearly_the_part(kind: str, least: float) -> None:
    stems = parts()
    masks = masks_of(stems, kind, WINDOW, HOP)
    scene = transformed(sum(stems))
    assert masks.shape == (3, *scene.shape)
    for stem, mask in zip(stems[:2], masks[:2], strict=True):
        window = torch.hann_window(WINDOW, dtype=torch.float64)
        found = torch.istft(scene * torch.from_numpy(mask.astype(float)), WINDOW, HOP, window=window, length=2 * RATE)
        assert si_sdr(found[1].numpy(), stem[:, 1]) > least
        assert si_sdr(sum(stems)[:, 1], stem[:, 1]) < 12  # as it was


def test_ratios_are_shares_of_power_and_sum_to_one_where_there_is_any() -> None:
    stems = [stem * (np.arange(2 * RATE)[:, None] < RATE) for stem in parts()]  # the last second is silent
    masks = masks_of(stems, "ratio", WINDOW, HOP).astype(float)
    powers = np.stack([np.square(np.abs(transformed(stem).numpy())) for stem in stems])
    total = powers.sum(axis=0)
    heard = total > 1e-12
    assert np.allclose(masks.sum(axis=0)[heard], 1, atol=2e-3)
    assert np.allclose(masks[:, heard], (powers / np.maximum(total, 1e-300))[:, heard], atol=1e-3)
    assert not masks[..., -20:].any()
    binary = masks_of(stems, "binary", WINDOW, HOP)
    assert set(np.unique(binary.sum(axis=0))) == {0, 1}
    assert (binary.argmax(axis=0) == powers.argmax(axis=0))[total > 1e-9].mean() > 0.999


def test_what_is_shorter_than_a_window_has_masks_too_and_the_same_bytes_each_time() -> None:
    [mask] = masks_of([np.ones((100, 1))], "ratio", WINDOW, HOP)
    assert mask.shape == (1, 513, 1)
    files = [encoded_masks(mask, ordinals=[0], kind="ratio", window=WINDOW) for _ in range(2)]
    assert files[0] == files[1]
    read = np.load(io.BytesIO(files[0]))
    assert (read["masks"].dtype, str(read["kind"]), int(read["window"])) == (np.float16, "ratio", WINDOW)
