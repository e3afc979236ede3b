"""The folder of a CLAP model, as a dataset file names it: what is none is told before anything runs."""

import json
from pathlib import Path

import pytest

from workflow_scripts.settings.caption_fit import caption_fit, files_of_model
from workflow_scripts.settings.reading import MissingError, SettingsError

WRITTEN = {"model": "clap", "where": "true"}
FILE = Path("mine.yaml")


def model(folder: Path, config: str, *files: str) -> None:
    (folder / "clap").mkdir()
    for name, content in {"config.json": config, **dict.fromkeys(files, "x")}.items():
        (folder / "clap" / name).write_text(content)


def test_a_model_is_named_from_the_folder_of_the_dataset_file(tmp_path: Path) -> None:
    model(tmp_path, json.dumps({"model_type": "clap"}), "model.safetensors", "merges.txt", "model.bin", "README.md")
    told = caption_fit(WRITTEN | {"below": 0.2}, FILE, tmp_path, tmp_path)
    assert told == {"model": "clap", "where": "true", "below": 0.2}
    names = [Path(file).name for file in files_of_model(str(tmp_path / "clap"))]
    assert names == ["config.json", "merges.txt", "model.safetensors"]
    assert caption_fit(None, FILE, tmp_path, tmp_path) == {}


def test_without_its_folder_the_dataset_is_left_out(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=f"mine.yaml: caption_fit.model: no such folder: {tmp_path}/clap"):
        caption_fit(WRITTEN, FILE, tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("config", "files", "words"),
    [
        ('{"model_type": "clip"}', ["model.safetensors"], "config.json is of a model of type 'clip', and not 'clap'"),
        ("[]", ["model.safetensors"], "config.json is no configuration of a model"),
        ("{", ["model.safetensors"], "config.json is no configuration of a model"),
        ('{"model_type": "clap"}', ["pytorch_model.bin"], "no weights in safetensors .* may hold code"),
    ],
)
def test_what_is_no_model_is_told(tmp_path: Path, config: str, files: list[str], words: str) -> None:
    model(tmp_path, config, *files)
    with pytest.raises(SettingsError, match=words):
        caption_fit(WRITTEN, FILE, tmp_path, tmp_path)
    (tmp_path / "clap/config.json").unlink()
    with pytest.raises(SettingsError, match=r"there is no .*config\.json"):
        caption_fit(WRITTEN, FILE, tmp_path, tmp_path)
