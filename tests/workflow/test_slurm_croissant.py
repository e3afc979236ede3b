"""On a real Slurm the job of an export that tells of the others makes none of these again."""

from pathlib import Path

import pytest

from tests.slurm.cluster import Cluster, SlurmProject

pytestmark = [pytest.mark.slurm, pytest.mark.slow]


def test_the_others_are_made_once_and_croissant_after_them(tmp_path: Path, slurm: Cluster) -> None:
    project = SlurmProject(tmp_path)
    project.own_sample("clips", exports=["croissant", "csv", {"ast": {"copies": "auto"}}])
    project.local().run()
    local = project.digests()
    assert "results/sample/exports/croissant/croissant.json".removeprefix("results/") in local
    project.forget()

    run = project.run()
    assert project.digests() == local
    assert run.jobs["export"] == 3
    [folder] = (project.folder / "results/sample/exports").glob(".csv.*/")
    assert folder.name == ".csv.1", "the job of another export made it again"
    assert project.run().jobs == {}
