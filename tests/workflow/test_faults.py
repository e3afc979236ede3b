"""Every planted fault is told: an AudioSet in the official layout, made of real recordings, with known truth."""

import csv
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import yaml

from tests.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.shared]

STATUS_OF_FAULT = {
    "none": "usable",
    "silent": "usable",
    "no_prefix": "usable",
    "missing": "missing",
    "empty_file": "unreadable",
    "not_audio": "unreadable",
    "half_file": "truncated",
    "header_only": "truncated",
    "too_short": "too_short",
    "nan_samples": "feature_failed",
}
WAV_HEADER = 44
PRINTED_TO_S = 0.0005
"""The truth gives seconds to three decimals."""


def test_every_planted_fault_is_told(shared: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    tool = shared / "tools" / "audioset_mini.py"
    subprocess.run([sys.executable, str(tool), str(made), "--clips", "200", "--seed", "20261121"], check=True)
    (tmp_path / "run").mkdir()
    project = Project(tmp_path / "run")
    project.run("--config", f"datasets=['{describe(made)}']")

    expected = pl.read_csv(made / "expected.csv", schema_overrides={"clip_id": pl.String})
    ledger = project.table("mini", "clips")
    told = expected.join(ledger, on="clip_id", how="full", coalesce=True)
    assert len(told) == len(ledger) == len(expected) == 200
    assert set(expected["fault"]) == set(STATUS_OF_FAULT)
    wrong = told.filter(pl.col("status").cast(pl.String) != pl.col("fault").replace_strict(STATUS_OF_FAULT))
    assert wrong.is_empty(), wrong.select("clip_id", "fault", "status", "error")

    for row in told.filter(pl.col("status") != "missing").iter_rows(named=True):
        if row["error_kind"] in ("empty", "not_audio"):
            assert row["duration_s"] is None
            continue
        seconds = row["seconds"]
        if row["fault"] == "half_file":  # the tool says half the seconds; half the bytes are half a header less
            seconds -= WAV_HEADER / 2 / (2 * row["channels"] * row["sample_rate"])
        assert row["duration_s"] == pytest.approx(seconds, abs=PRINTED_TO_S + 1 / row["sample_rate"]), row["clip_id"]

    manifest = list(csv.DictReader((project.folder / "results/mini/exports/csv/full_eval_segments.csv").open()))
    usable = told.filter(pl.col("usable") & (pl.col("split") == "eval"))
    assert {row["clip_id"] for row in manifest} == set(usable["clip_id"])
    assert all(Path(row["file_path"]).is_file() for row in manifest)


def describe(made: Path, exports: list[object] | None = None) -> Path:
    """The dataset file that a user would write beside the data."""
    file = made / "mini.yaml"
    splits = ("balanced_train", "unbalanced_train", "eval")
    settings = {
        "name": "mini",
        "adapter": "audioset",
        "sources": {
            "segments": {split: f"labels/{split}_segments.csv" for split in splits},
            "ontology": "labels/ontology.json",
            "classes": "labels/class_labels_indices.csv",
        },
        "audio": ["audio/wav"],
        "exports": ["csv", "ast"] if exports is None else exports,
    }
    file.write_text(yaml.safe_dump(settings))
    return file
