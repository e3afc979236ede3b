"""Loaders that do as the authors' own: they fail where those fail, and say nothing where those say nothing."""

import csv
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch

from tests.kaldi import fbank

Array = np.ndarray[Any, Any]

CLAP_TRAINS_ON, CLAP_VALIDATES_ON = ("train", "unbalanced_train", "balanced_train"), ("valid", "test", "eval")
CLAP_SAMPLES = 480_000


class AsAst:
    """AudiosetDataset of AST (src/dataloader.py, 31088be), and AudioDataset of SSAST, which is the same.

    Rates are not looked at: the features of a file of 44.1 kHz are of its own bands. Of several channels the first is
    taken, once the mean of all is off.
    """

    def __init__(self, manifest: Path, classes: Path, mean: float, std: float, frames: int = 1024) -> None:
        self.clips = json.loads(manifest.read_text())["data"]
        with classes.open(newline="") as lines:
            self._index = {row["mid"]: row["index"] for row in csv.DictReader(lines)}
        self._folder = manifest.parent  # trainers are started where relative paths start
        self._mean, self._std, self._frames = mean, std, frames

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, place: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Fbank (frames, 128), cut or filled with zeros before it is normalised, and target (classes,)."""
        clip = self.clips[place]
        return (self._padded(clip["wav"]) - self._mean) / (self._std * 2), self._target(clip["labels"])

    def _target(self, labels: str) -> torch.Tensor:
        """As many as the list has rows, and its indices fill them: a gap is an IndexError."""
        target = np.zeros(len(self._index))
        for label in labels.split(","):
            target[int(self._index[label])] = 1.0
        return torch.tensor(target, dtype=torch.float32)

    def _padded(self, wav: str) -> torch.Tensor:
        seen = whole_fbank(self._folder / wav)
        return torch.nn.functional.pad(seen, (0, 0, 0, max(0, self._frames - len(seen))))[: self._frames]


class AsAudioMae(AsAst):
    """AudiosetDataset of AudioMAE (dataset.py), where several labels are asked for, as of AudioSet.

    With `fbanks` it opens no WAV: it takes <name>.npy of that folder as it is, whatever its length.
    """

    def __init__(self, *given: Any, fbanks: Path | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        self._fbanks = fbanks

    def __getitem__(self, place: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Fbank (1, frames, 128) and target (classes,)."""
        values, target = super().__getitem__(place)
        return values[None], target

    def _padded(self, wav: str) -> torch.Tensor:
        if self._fbanks is None:
            return super()._padded(wav)
        return torch.from_numpy(np.load(self._fbanks / Path(wav).name.replace(".wav", ".npy")))


def whole_fbank(file: Path) -> torch.Tensor:
    """The fbank (frames, 128) of all of a file at its own rate, neither cut nor filled nor normalised."""
    samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
    wave = torch.from_numpy(np.ascontiguousarray(samples.T))
    return fbank(  # torchaudio's own
        wave - wave.mean(),
        htk_compat=True,
        sample_frequency=rate,
        use_energy=False,
        window_type="hanning",
        num_mel_bins=128,
        dither=0.0,
        frame_shift=10,
    )


def as_clap_does(
    datasets: Path, name: str, classes: Mapping[str, int] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """What get_data of LAION-CLAP makes of a dataset's folder (src/laion_clap/training/data.py, 1fd4c37), by split.

    It looks for sizes.json of the splits that it knows, and for `.flac` and `.json` in the tars that stand there. A
    split that is called otherwise does not exist. Of several channels the first is taken, nothing is resampled, and a
    tag that its classes lack sets none; classes are numbered by their order, whatever their indices.

    Args:
        datasets: the option `datasetpath`.
        name: one of `datasetnames`.
        classes: what `class-label-path` holds.

    Returns:
        For each pair its `key`; `waveform` (480,000,), filled up with zeros; `rate`, which it keeps and
        does not look at; `text`, all that one is drawn of; and with classes the `label` (classes,).
    """
    loaded: dict[str, list[dict[str, Any]]] = {}
    for split in (*CLAP_TRAINS_ON, *CLAP_VALIDATES_ON):
        sizes = datasets / name / split / "sizes.json"
        if sizes.exists():
            tars = [sizes.parent / tar for tar in json.loads(sizes.read_text())]
            loaded[split] = [_of_clap(sample, classes) for tar in tars for sample in neighbours(tar)]
    return loaded


def _of_clap(sample: dict[str, Any], classes: Mapping[str, int] | None) -> dict[str, Any]:
    sound, rate = soundfile.read(io.BytesIO(sample["flac"]), dtype="float32", always_2d=True)
    wave, said = sound[:, 0], json.loads(sample["json"])
    if len(wave) > CLAP_SAMPLES:
        raise AttributeError("module 'numpy.random' has no attribute 'integers'")
    texts = said["text"]
    if isinstance(texts, list):
        texts[0]
    filled = np.pad(wave, (0, CLAP_SAMPLES - len(wave)))
    pair = {"key": sample["__key__"], "rate": rate, "text": texts, "waveform": filled}
    return pair if classes is None else pair | {"label": np.isin(list(classes), said["tag"]).astype(np.float32)}


def neighbours(tar: Path) -> Iterator[dict[str, Any]]:
    """The samples of a tar by webdataset's rule: members that follow each other and share all before the first dot."""
    sample: dict[str, Any] = {}
    with tarfile.open(tar) as members:
        for member in members:
            key, _, field = member.name.partition(".")
            if sample and sample["__key__"] != key:
                yield sample
                sample = {}
            if field in sample:
                raise ValueError(f"{member.name}: duplicate file name in tar file")
            content = members.extractfile(member)
            assert content
            sample |= {"__key__": key, field: content.read()}
    if sample:
        yield sample
