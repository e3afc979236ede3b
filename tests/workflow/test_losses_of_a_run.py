"""A loss that is total or lopsided is never a success: all that can be is made, then the run ends with its cause."""

from pathlib import Path

import pytest

from tests.project import Project
from tests.workflow.small_set import IDS, write_small_set

pytestmark = pytest.mark.slow

BOTH = "datasets=['lost/set.yaml','whole/set.yaml']"
CAUSE = "lost: audio: 0 of 3 files match a promised id; they are called like "


def test_run_that_lost_a_root_makes_all_else_and_ends_with_the_cause_until_it_is_allowed(tmp_path: Path) -> None:
    project = Project(tmp_path)
    lost = write_small_set(project, "lost", names="clip of {id}.wav")
    write_small_set(project, "whole")

    run = project.run("--config", BOTH, expect=1)
    assert run.output.splitlines()[-1].startswith(CAUSE)
    assert "lost" in run.output.split("\ndataset ")[1], "the closing table comes before"
    assert project.ask("SELECT dataset, status, clips FROM summary WHERE clips > 0 ORDER BY dataset") == [
        ("lost", "missing", 3),
        ("whole", "usable", 3),
    ]
    for dataset in ("lost", "whole"):
        assert (tmp_path / "results" / dataset / "exports/csv/full_train_segments.csv").is_file()
    before = project.digests()

    again = project.run("--config", BOTH, expect=1)
    assert again.output.splitlines()[-1].startswith(CAUSE)
    assert set(again.jobs) == {"losses"}
    assert project.digests() == before
    project.run("--config", BOTH, "--keep-going", expect=1)

    file = lost / "set.yaml"
    file.write_text(file.read_text() + "allow_loss: [audio]\n")
    assert set(project.run("--config", BOTH).jobs) == {"losses", "all"}
    assert project.run("--config", BOTH).jobs == {}

    file.write_text(file.read_text().replace("allow_loss: [audio]\n", ""))
    assert project.run("--config", BOTH, expect=1).output.splitlines()[-1].startswith(CAUSE)


def test_run_that_loses_what_the_run_before_had_ends_with_the_cause_at_once(tmp_path: Path) -> None:
    """With an export in packs: Snakemake looks at its jobs anew when it is planned, and must not forget the losses."""
    project = Project(tmp_path)
    small = write_small_set(project, exports=["csv", {"ast": {"copies": "auto"}}])
    project.run("--config", "datasets=['small/set.yaml']")
    for place, file in enumerate(sorted((small / "audio").rglob("*.wav"))):
        file.rename(file.with_name(f"clip {place}.wav"))
    run = project.run("--config", "datasets=['small/set.yaml']", expect=1)
    assert run.output.splitlines()[-1].startswith(CAUSE.replace("lost", "small"))
    assert run.jobs["losses"] == 1


def test_each_target_from_the_ledger_on_ends_with_the_cause(tmp_path: Path) -> None:
    project = Project(tmp_path)
    write_small_set(project, "lost", names="clip of {id}.wav")
    for target in ("tables", "exports", "catalogue"):
        run = project.run(target, "--config", "datasets=['lost/set.yaml']", expect=1)
        assert run.output.splitlines()[-1].startswith(CAUSE), target


def test_split_that_lost_every_row_stands_in_the_summary_with_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path)
    small = write_small_set(project, segments={"train": "train.csv", "eval": "eval.csv"}, exports=[])
    (small / "eval.csv").write_text('ddddddddddd, 40.000, 30.000, "/m/dog"\n')
    run = project.run("--config", "datasets=['small/set.yaml']", expect=1)
    assert run.output.splitlines()[-1].startswith("small: segments.eval: 0 of 1 rows were taken; 1 for backward_time, ")
    assert ["small", "eval", *"0000"] in [line.split() for line in run.output.splitlines()]
    assert project.ask("SELECT split, status, clips FROM summary") == [("train", "usable", 3), ("eval", "usable", 0)]


def test_run_whose_events_are_all_rejected_ends_with_the_cause(tmp_path: Path) -> None:
    project = Project(tmp_path)
    small = write_small_set(project, strong=["strong.tsv"])
    header = "segment_id\tstart_time_seconds\tend_time_seconds\tlabel\n"
    (small / "strong.tsv").write_text(header + f"{IDS[0]}_30000\t0.5\tnever\t/m/dog\n")
    run = project.run("--config", "datasets=['small/set.yaml']", expect=1)
    last = run.output.splitlines()[-1]
    assert last.startswith("small: strong[0]: 0 of 1 rows were taken; 1 for bad_time, the first of them line 2: ")
    assert 'allow_loss: ["strong[0]"]' in run.output


@pytest.mark.parametrize("audio", [[], ["nothing"]])
def test_labels_alone_are_no_loss_and_are_said(tmp_path: Path, audio: list[object]) -> None:
    project = Project(tmp_path)
    small = write_small_set(project, audio=audio)
    (small / "nothing").mkdir()
    run = project.run("--config", "datasets=['small/set.yaml']")
    said = "small: no audio is named" if not audio else f"{small / 'nothing'}: no audio lies there"
    assert said in run.output
