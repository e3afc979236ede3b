"""A model of random weights: the same scores however it is asked; what is no such model is refused by name."""

import sys
from pathlib import Path

import numpy as np
import pytest

from tests.fit.tiny_clap import needs_clap, write_tiny_clap
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.fit.clap import Clap

RATE = 48_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_clap(tmp_path_factory.mktemp("clap"))


@pytest.fixture(scope="module")
def waves() -> list[np.ndarray]:
    noise = np.random.default_rng(0).standard_normal
    return [noise(frames).astype(np.float32) * 0.1 for frames in (RATE, 10 * RATE, 1)]


@needs_clap
def test_vectors_do_not_follow_from_threads_nor_from_what_else_is_asked(folder: Path, waves: list[np.ndarray]) -> None:
    one, two, texts = Clap(folder, 1), Clap(folder, 2), ["rain", "a dog barks"]
    together = two.hear(waves), two.read(texts)
    alone = np.concatenate([one.hear([wave]) for wave in waves]), np.concatenate([one.read([text]) for text in texts])
    for some, each in zip(together, alone, strict=True):
        assert some == pytest.approx(each, abs=1e-6)
        assert np.linalg.norm(each, axis=1) == pytest.approx(1)
    assert one.read(["rain " * 500]).shape == (1, 16)


@needs_clap
def test_a_model_that_fuses_stretches_is_not_asked_by_chance(tmp_path: Path, waves: list[np.ndarray]) -> None:
    clap = Clap(write_tiny_clap(tmp_path, fused=True), 1)
    assert clap.hear(waves) == pytest.approx(np.concatenate([clap.hear([wave]) for wave in waves]), abs=1e-6)


@needs_clap
def test_what_is_no_such_model_is_refused_by_its_folder(folder: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    weights = load_file(folder / "model.safetensors")
    weights.pop("audio_projection.linear1.weight")
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(SoundledgerError, match=rf"of {tmp_path} weights are missing .* audio_proj\S+1.weight"):
        Clap(tmp_path, 1)
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(SoundledgerError, match=f"{tmp_path} is not loaded as a CLAP model"):
        Clap(tmp_path, 1)


def test_without_the_library_its_group_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(SoundledgerError, match="`make clap` installs it"):
        Clap(tmp_path, 1)
