"""On a real Slurm, `snakemake --profile slurm` does what it does on one machine: the same bytes, the same reruns."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.project import Finished
from tests.slurm.cluster import HERE, Cluster, SlurmProject
from workflow_scripts.sample import make_sample

SHARDS = 64
pytestmark = [pytest.mark.slurm, pytest.mark.slow]


def submitted(run: Finished) -> int:
    return run.output.count(" has been submitted with SLURM jobid ")


@pytest.fixture(scope="module")
def sharded(tmp_path_factory: pytest.TempPathFactory, slurm: Cluster) -> SlurmProject:
    """The sample's sounds in 64 shards, checked on this machine: the cluster is only to see what changes."""
    project = SlurmProject(tmp_path_factory.mktemp("sharded"))
    make_sample(project.folder / "mine")
    shutil.rmtree(project.folder / "mine" / "audio" / "recordings")
    sample = (project.folder / "config" / "datasets" / "sample.yaml").read_text()
    settings = yaml.safe_load(sample.replace("data/sample", "mine"))
    settings["audio"] = [{"path": "mine/audio/clips", "shards": SHARDS}]
    (project.folder / "own.yaml").write_text(yaml.safe_dump(settings))
    config = project.folder / "config" / "config.yaml"
    config.write_text(config.read_text().replace("[sample]", "[own.yaml]"))
    project.local().run("--set-threads", "check=1")
    return project


def test_the_sample_on_slurm_has_the_bytes_of_a_local_run(tmp_path: Path, slurm: Cluster) -> None:
    project = SlurmProject(tmp_path)
    project.local().run()
    local = project.digests()
    assert len(local) > 20
    shutil.rmtree(project.folder / "results")
    shutil.rmtree(project.folder / ".snakemake")

    before = slurm.jobs()["COMPLETED"]
    run = project.run()
    assert project.digests() == local
    assert submitted(run) == run.jobs["check"] == slurm.jobs()["COMPLETED"] - before > 1

    again = project.run()
    assert (again.jobs, submitted(again)) == ({}, 0)
    assert project.local().run().jobs == {}, "what a cluster made is made again on one machine"


def test_one_new_file_among_64_shards_submits_one_job(sharded: SlurmProject) -> None:
    assert sharded.run().jobs == {}, "what one machine made is made again on a cluster"
    clips = sharded.folder / "mine" / "audio" / "clips"
    shutil.copy(clips / "eval" / "dinnerplate.wav", clips / "eval" / "Ygone_forevr.wav")
    before = sharded.check_logs()
    run = sharded.run()
    assert (run.jobs["scan"], run.jobs["check"], submitted(run)) == (1, 1, 1)
    after = sharded.check_logs()
    [changed] = [log for log, time in after.items() if before[log] != time]
    assert "1 decoded: eval/Ygone_forevr.wav" in changed.read_text()


def test_the_profile_is_found_by_its_path_too(tmp_path: Path, slurm: Cluster) -> None:
    project = SlurmProject(tmp_path)
    (tmp_path / "slurm").unlink()
    project.profile = "profiles/slurm"
    assert project.run("--dry-run").jobs["check"] > 1


def test_starting_a_cluster_that_runs_changes_nothing(slurm: Cluster) -> None:
    pids = {file: file.read_text() for file in (slurm.folder / "run").glob("*.pid")}
    assert len(pids) == 3
    slurm.start()
    assert {file: file.read_text() for file in (slurm.folder / "run").glob("*.pid")} == pids


def test_a_second_cluster_is_refused_and_the_first_goes_on(tmp_path: Path, slurm: Cluster) -> None:
    done = subprocess.run([HERE / "start.sh", tmp_path / "other"], capture_output=True, text=True, check=False)
    assert done.returncode == 77
    assert done.stderr == "no Slurm here: /etc/slurm/slurm.conf belongs to another Slurm\n"
    slurm.start()
