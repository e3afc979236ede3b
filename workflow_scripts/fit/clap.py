"""A CLAP model of the user's: sound and sentences as vectors whose product says how well they fit.

Wu, Chen and others, "Large-scale contrastive language-audio pretraining with feature fusion and keyword-to-caption
augmentation", ICASSP 2023. What is computed is the library's (transformers); nothing is fetched, no code of the folder
is run, and weights are read from safetensors alone.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.sound import torchaudio

Array = np.ndarray[Any, Any]

ON_GPU = 16
"""Stretches, or sentences, that a GPU is given at once. A core is given one at a time: it takes as long, and what comes
out does not follow from what else is asked."""
LOCAL = {"local_files_only": True, "trust_remote_code": False}


class Clap:
    """A model that is loaded.

    Attributes:
        sample_rate: of what it hears, hertz.
        most_frames: samples that it hears at once; shorter sound is repeated up to that, as it was in training.
        at_once: how many stretches, or sentences, are best given together.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        """Load it, to the first GPU where there is one.

        Args:
            folder: as transformers saves it: configuration, weights in safetensors, tokenizer.
            threads: cores that it may take.

        Raises:
            SoundledgerError: transformers is not installed, or the folder is none of such a model.
        """
        torch, self._model, processor = _loaded(folder)
        torch.set_num_threads(threads)
        self._torch = torch
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._model.to(self._device).eval()
        self._extractor, self._tokenizer = processor.feature_extractor, processor.tokenizer
        text = self._model.config.text_config
        # RoBERTa counts places from behind that of its padding.
        self._most_tokens = min(self._tokenizer.model_max_length, text.max_position_embeddings - text.pad_token_id - 1)
        self.sample_rate: int = self._extractor.sampling_rate
        self.most_frames: int = self._extractor.nb_max_samples
        self.at_once = ON_GPU if self._device.type == "cuda" else 1

    @property
    def runs_on(self) -> str:
        """The device, in a word or two."""
        return self._torch.cuda.get_device_name(self._device) if self._device.type == "cuda" else "cpu"

    def hear(self, waves: Sequence[Array]) -> Array:
        """Vectors (waves, size) of length 1.

        Args:
            waves: each (frames,) float32 at `sample_rate`, of 1 to `most_frames` frames: of longer ones the library
                takes a stretch by chance.
        """
        inputs = self._extractor(list(waves), sampling_rate=self.sample_rate, return_tensors="pt")
        features = inputs["input_features"].to(self._device, self._torch.float32)
        # Where none is longer the library calls one of them so, by chance.
        longer = self._torch.zeros((len(waves), 1), dtype=self._torch.bool, device=self._device)
        with self._torch.inference_mode():
            return self._vectors(self._model.get_audio_features(input_features=features, is_longer=longer))

    def read(self, texts: Sequence[str]) -> Array:
        """The same of sentences; of a long one as much as the model takes."""
        asked = {"padding": True, "truncation": True, "max_length": self._most_tokens, "return_tensors": "pt"}
        tokens = self._tokenizer(list(texts), **asked)
        given = {name: tokens[name].to(self._device) for name in ("input_ids", "attention_mask")}
        with self._torch.inference_mode():
            return self._vectors(self._model.get_text_features(**given))

    def _vectors(self, found: Any) -> Array:
        vectors = self._torch.nn.functional.normalize(found.pooler_output, dim=-1)
        return vectors.double().cpu().numpy()


def _loaded(folder: Path) -> tuple[Any, Any, Any]:
    """Torch, the model, and what prepares its inputs."""
    torch, transformers = _libraries()
    try:
        model, told = transformers.ClapModel.from_pretrained(
            folder, use_safetensors=True, dtype=torch.float32, output_loading_info=True, **LOCAL
        )
        processor = transformers.ClapProcessor.from_pretrained(folder, **LOCAL)
    except Exception as error:
        raise SoundledgerError(
            f"caption_fit: model: {folder} is not loaded as a CLAP model: {_first_line(error)}. {EXPECTED}"
        ) from error
    if lacking := sorted([*told["missing_keys"], *(str(key[0]) for key in told["mismatched_keys"])]):
        raise SoundledgerError(
            f"caption_fit: model: of {folder} weights are missing or of another shape, so its scores would be chance: "
            f"{', '.join(lacking[:3])}{' …' if len(lacking) > 3 else ''}. {EXPECTED}"
        )
    return torch, model, processor


EXPECTED = "Expected a folder as ClapModel and ClapProcessor of transformers save it (save_pretrained)"


def _libraries() -> tuple[Any, Any]:
    try:
        torchaudio.module("functional")  # transformers imports it wherever it finds it
        import torch
        import transformers
        from transformers import ClapModel  # noqa: F401  here the rest of it is imported
    except ModuleNotFoundError as error:
        raise SoundledgerError(
            "the dataset file asks how well captions fit (caption_fit), which is worked out by transformers, which is "
            f"not installed here (no module {error.name}): `make clap` installs it"
        ) from None
    except Exception as error:
        raise SoundledgerError(
            f"transformers is installed, and cannot be imported: {_first_line(error)}. A "
            "torchvision or torchaudio of another build than torch has that effect: take it out of this environment"
        ) from error
    transformers.logging.set_verbosity_error()
    return torch, transformers


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {(str(error).strip().splitlines() or [''])[0]}"
