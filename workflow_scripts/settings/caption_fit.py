"""How well captions fit their sound: what a dataset file says of it, and the folder of the model."""

import json
import os
from pathlib import Path
from typing import Any

from workflow_scripts.settings.path_names import refuse_unfit
from workflow_scripts.settings.reading import MissingError, SettingsError
from workflow_scripts.settings.sources import seen_from

KINDS = (".json", ".txt", ".safetensors")
"""Files of a model: configuration, tokenizer, weights. Others are not read."""


def caption_fit(written: dict[str, Any] | None, file: Path, base: Path, workdir: Path) -> dict[str, Any]:
    """The settings; nothing where the file says nothing.

    Args:
        written: `caption_fit` of the file, with defaults.
        file: the dataset file.
        base: where its relative paths start.
        workdir: the folder of the run.

    Raises:
        MissingError: there is no such folder.
        SettingsError: the folder holds no CLAP model whose weights are safetensors.
    """
    if written is None:
        return {}
    where, folder = f"{file}: caption_fit.model", Path(os.path.abspath(base / written["model"]))
    refuse_unfit(str(folder), where)
    if not folder.is_dir():
        raise MissingError(f"{where}: no such folder: {folder}")
    expected = "expected a folder as ClapModel and ClapProcessor of transformers save it (save_pretrained)"
    config = folder / "config.json"
    try:
        kind = json.loads(config.read_text(encoding="utf-8")).get("model_type")
    except FileNotFoundError:
        raise SettingsError(f"{where}: there is no {config}; {expected}") from None
    except (OSError, ValueError, AttributeError) as error:
        raise SettingsError(f"{where}: {config} is no configuration of a model: {error}; {expected}") from None
    if kind != "clap":
        raise SettingsError(f"{where}: {config} is of a model of type {kind!r}, and not 'clap'; {expected}")
    if not any(name.endswith(".safetensors") for name in os.listdir(folder)):
        raise SettingsError(
            f"{where}: {folder} has no weights in safetensors (model.safetensors). Those of other kinds "
            "(pytorch_model.bin, .pt) are not read, as they may hold code; ClapModel's save_pretrained writes them anew"
        )
    return written | {"model": seen_from(workdir, str(folder))}


def files_of_model(folder: str) -> tuple[str, ...]:
    """Those files of a folder that a model is read from, in the order of their names."""
    return tuple(f"{folder}/{name}" for name in sorted(os.listdir(folder)) if name.endswith(KINDS))
