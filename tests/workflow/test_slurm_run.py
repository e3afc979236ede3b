"""On a real Slurm, `snakemake --profile slurm` does what it does on one machine: the same bytes, the same reruns."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import Finished
from tests.slurm.cluster import HERE, Cluster, SlurmProject

pytestmark = [pytest.mark.slurm, pytest.mark.slow]


def submitted(run: Finished) -> int:
    return run.output.count(" has been submitted with SLURM jobid ")


def of_the_cluster(run: Finished) -> int:
    """The jobs of all rules but those that stay on this machine for good, which Snakemake calls local."""
    stayed = set(re.findall(r"^local(?:rule|checkpoint) (\w+):$", run.output, re.MULTILINE))
    assert stayed <= {"all", "make_sample", "build_catalogue", "losses"}
    return sum(jobs for rule, jobs in run.jobs.items() if rule not in stayed)


@pytest.fixture(scope="module")
def sharded(tmp_path_factory: pytest.TempPathFactory, slurm: Cluster) -> SlurmProject:
    """The sample's clips in 16 shards, checked in one process: a Snakemake for each would take two minutes."""
    project = SlurmProject(tmp_path_factory.mktemp("sharded"))
    project.own_sample("clips", files_per_shard=5, exports=["csv"])
    local = project.local()
    local.run("--until", "scan")
    [folder] = (project.folder / "results" / "audio").iterdir()
    code = """if True:
        import sys
        from pathlib import Path
        from workflow_scripts.sound.settings import CheckSettings
        from workflow_scripts.check.shard import check_shard

        folder, root = Path(sys.argv[1]), sys.argv[2]
        settings = CheckSettings(channel="first", num_mel_bins=128)
        for media in sorted((folder / "media").glob("shard=*.parquet")):
            note = folder / f"{media.stem}.progress.json"
            check_shard(media, root, settings, 1, folder / "checks" / media.name, note)
            note.unlink()
    """
    subprocess.run(
        [sys.executable, "-c", code, folder, project.folder / "mine" / "audio" / "clips"],
        cwd=project.folder,
        check=True,
    )
    local.run("--touch", "--forcerun", "check", "--until", "check")  # has Snakemake remember what they were made from
    local.run()
    return project


def test_a_run_on_slurm_has_the_bytes_of_a_local_run(tmp_path: Path, slurm: Cluster) -> None:
    """Files and members of an archive; exports with packs and without, and one that tells of the others."""
    project = SlurmProject(tmp_path)
    (project.folder / "slurm").unlink()
    project.profile = "profiles/slurm"  # which needs no link
    exports = ["croissant", "csv", {"ast": {"copies": "auto"}}, {"webdataset": {"pairs_a_tar": 20}}]
    project.own_sample("clips", "archive.tar", files_per_shard=40, exports=exports)
    project.local().run()
    local = project.digests()
    assert len(local) > 20
    assert "sample/exports/croissant/croissant.json" in local
    project.forget()

    before = slurm.jobs()["COMPLETED"]
    run = project.run()
    assert project.digests() == local
    assert submitted(run) == of_the_cluster(run) == slurm.jobs()["COMPLETED"] - before
    assert {"ingest", "resolve", "assign_splits", "plan"} < run.jobs.keys()
    assert (run.jobs["scan"], run.jobs["export"]) == (2, 4)
    assert run.jobs["check"] > 2
    assert run.jobs["pack"] > 2
    [folder] = (project.folder / "results/sample/exports").glob(".csv.*/")
    assert folder.name == ".csv.1", "the job of an export that tells of it made it again"
    assert "memory asked" in run.output, "a run on a cluster tells what its jobs used"

    again = project.run()
    assert (again.jobs, submitted(again)) == ({}, 0)
    assert project.local().run().jobs == {}, "what a cluster made is made again on one machine"


def test_one_new_file_among_16_shards_submits_one_job(sharded: SlurmProject) -> None:
    assert sharded.run().jobs == {}, "what one machine made is made again on a cluster"
    clips = sharded.folder / "mine" / "audio" / "clips"
    shutil.copy(clips / "eval" / "dinnerplate.wav", clips / "eval" / "Ygone_forevr.wav")
    run = sharded.run()
    assert (run.jobs["scan"], run.jobs["check"], run.jobs["ingest"]) == (1, 1, 0)
    assert submitted(run) == of_the_cluster(run)
    [log] = filter(None, (log.read_text() for log in sharded.check_logs()))
    assert "1 decoded: eval/Ygone_forevr.wav" in log


def test_a_site_can_keep_rules_on_the_machine_where_it_submits(sharded: SlurmProject) -> None:
    kept = "ingest, scan, resolve, assign_splits, tell_same_sound, plan, export"
    (sharded.folder / "site.smk").write_text(f"localrules: {kept}\n")
    run = sharded.run("--config", "custom_rules=['site.smk']", "--forcerun", "resolve")
    assert (run.jobs["resolve"], submitted(run)) == (1, 0)


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
