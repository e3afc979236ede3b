"""A folder to run in, with the sources and audio roots of a dataset, and dataset files to write into it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

DATASET = {
    "name": "mine",
    "adapter": "audioset",
    "sources": {
        "segments": {"train": "labels/train.csv", "eval": "labels/eval.csv"},
        "ontology": "labels/ontology.json",
        "classes": "labels/classes.csv",
    },
}


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    """Where Snakemake would run: labels/ and two audio roots. Settings look whether they are there, not inside."""
    folder = tmp_path / "work"
    for root in ("labels", "audio/wav", "mirror"):
        (folder / root).mkdir(parents=True)
    for source in ("train.csv", "eval.csv", "more.csv", "ontology.json", "classes.csv"):
        (folder / "labels" / source).touch()
    return folder


@pytest.fixture
def dataset_file(workdir: Path) -> Callable[..., str]:
    """Write a dataset file below the working directory: a sound one, with these keys in place of its own."""

    def write(path: str = "mine.yaml", **keys: Any) -> str:
        file = workdir / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(DATASET | keys, sort_keys=False), encoding="utf-8")
        return path

    return write
