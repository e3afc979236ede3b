"""The published benchmark has 527 classes, and each has a clip in eval: so has its export, without any option."""

import json
from pathlib import Path

import pytest

from tests.project import Project


@pytest.mark.slow
@pytest.mark.shared
def test_every_class_of_the_benchmark_keeps_a_positive_in_eval(shared: Path, tmp_path: Path) -> None:
    """Per-class scores end with an error where a class has none."""
    project = Project(tmp_path / "project")
    file = shared / "cases/15-every-class-in-eval/dataset.yaml"
    told = project.run("--config", f"datasets=['{file}']").output
    export = project.folder / "results/everyclass/exports/ast"
    clips = json.loads((export / "eval.json").read_text())["data"]
    assert len(clips) == 332
    listed = (export / "class_labels_indices.csv").read_text().splitlines()[1:]
    assert {label for clip in clips for label in clip["labels"].split(",")} == {line.split(",")[1] for line in listed}
    assert len(listed) == 527
    assert "nothing to train on" in (export / "README").read_text()
    assert "needs_copy" not in told
