"""Exports read by those whom they are for."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.exports.packed import exported
from tests.exports.small_run import BELL, SmallAudioset, make_small_audioset

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-consumers/bin/python"

pytestmark = pytest.mark.consumer


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallAudioset:
    if not (ROOT / ".venv-consumers/installed").exists():
        pytest.skip("no .venv-consumers: `make test` makes it")
    return make_small_audioset(tmp_path_factory.mktemp("consumers"))


def told_by(script: str, *arguments: Path | str, home: Path) -> dict[str, Any]:
    """What a script of this folder prints, without a network."""
    run = subprocess.run(
        [PYTHON, Path(__file__).with_name(script), *arguments],
        env={**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return told


def test_datasets_loads_every_row_with_its_types(small: SmallAudioset, tmp_path: Path) -> None:
    exported("huggingface", small.for_exports, tmp_path, clips_a_file=3)
    told = told_by("read_huggingface.py", tmp_path / "out", home=tmp_path / "home")
    assert {split: len(of_split["rows"]) for split, of_split in told.items()} == {"balanced_train": 7, "eval": 1}
    assert told["eval"]["kinds"] == {
        "audio": "Audio",
        "clip_id": "Value",
        "labels": "List",
        "captions": "List",
        "start_s": "Value",
        "end_s": "Value",
        "duration_s": "Value",
        "licence": "Value",
        "source_url": "Value",
    }
    assert told["eval"]["rows"]["quotedxxxxx"]["labels"] == [BELL, "Dog"]


def test_webdataset_yields_every_pair_under_two_workers(small: SmallAudioset, tmp_path: Path) -> None:
    written = exported("webdataset", small.for_exports, tmp_path, tars_a_split=2)
    tars = sorted(map(str, (tmp_path / "out/balanced_train").glob("*.tar")))
    told = told_by("read_webdataset.py", *tars, home=tmp_path / "home")
    assert len(told) == written.clips["balanced_train"] == 7
    assert {one["rate"] for one in told.values()} == {48_000}
    assert told["_bbbbbbbbbb"]["said"]["text"] == [f"The sounds of {BELL}"]
