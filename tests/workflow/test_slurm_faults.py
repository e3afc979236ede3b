"""What goes wrong on clusters goes wrong here, on a real Slurm; the tables come out as if nothing had happened."""

import os
import re
import signal
import subprocess
import time

import pytest

from tests.slurm.cluster import BackgroundRun, Cluster, Job, SlurmProject
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.run.leftovers import queued_jobs

SHARDS = 5
pytestmark = [pytest.mark.slurm, pytest.mark.slow]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, slurm: Cluster) -> tuple[SlurmProject, dict[str, str]]:
    """The sample's clips in five shards, and what a run on this machine makes of them."""
    project = SlurmProject(tmp_path_factory.mktemp("faults"))
    project.own_sample("clips", files_per_shard=18, exports=[])
    project.local().run()
    return project, project.digests()


@pytest.fixture
def project(undisturbed: tuple[SlurmProject, dict[str, str]]) -> SlurmProject:
    undisturbed[0].forget()
    return undisturbed[0]


def at_work(project: SlurmProject) -> list[Job]:
    """Checks whose step has begun."""
    return [job for job in checks(project) if job.state == "RUNNING" and job.pids()]


def checks(project: SlurmProject) -> list[Job]:
    return [job for job in project.jobs() if job.comment.startswith("rule_check_")]


def attempts(project: SlurmProject, run: str) -> dict[str, list[Job]]:
    """The checks of a run by shard, each shard's in the order of its attempts."""
    by_shard: dict[str, list[Job]] = {}
    for job in checks(project):
        if job.run == run:
            by_shard.setdefault(job.shard, []).append(job)
    return by_shard


def test_jobs_that_are_cancelled_killed_or_need_more_are_tried_again_and_one_that_cannot_ends_the_run(
    project: SlurmProject, undisturbed: tuple[SlurmProject, dict[str, str]]
) -> None:
    run = project.run_in_background(
        *("--set-threads", "check=1", "--set-resources"),
        'check:mem_mb={"10": 150 * 2 ** (attempt - 1), "111": 100}.get(wildcards.shard, 3000)',
        'check:runtime=attempt if wildcards.shard == "110" else 60',
    )
    name = disturb_first_attempts(project, run, {"00": cancel, "01": kill_step, "110": stop_step})
    output = run.end(expect=1).output

    jobs = attempts(project, name)
    ends = {shard: [job.state for job in of_shard] for shard, of_shard in jobs.items()}
    assert ends["00"] == ["CANCELLED", "COMPLETED"]
    assert ends["01"] == ["FAILED", "COMPLETED"]
    assert ends["10"][0] in ("FAILED", "OUT_OF_MEMORY")
    assert ends["10"][-1] == "COMPLETED"
    assert [job.memory for job in jobs["10"]] == ["150M", "300M", "600M", "1200M"][: len(jobs["10"])]
    assert ends["110"] == ["TIMEOUT", "COMPLETED"]
    assert [job.time_limit for job in jobs["110"]] == ["1:00", "2:00"]
    assert len(ends["111"]) == 4, "tried once and retried three times"
    assert not {"COMPLETED"} & set(ends["111"])

    [slug] = (folder.name for folder in (project.folder / "results" / "audio").iterdir())
    last = f".snakemake/slurm_logs/rule_check/{slug}_111/{jobs['111'][-1].number}.log"
    assert (
        f"""1 job failed:
  check {slug} 111: results/logs/check/{slug}/shard=111.log, {last}
What all others did is kept. Mend the cause and run the same command again: only what is missing is done.
"""
        in output
    )
    logs = sorted((project.folder / f".snakemake/slurm_logs/rule_check/{slug}_111").iterdir())
    assert len(logs) == 4
    assert all("exceeded memory limit" in log.read_text() for log in logs)

    again = project.run("--set-resources", "check:mem_mb=3000")
    assert again.jobs["check"] == 1
    assert project.digests() == undisturbed[1]
    assert project.run().jobs == {}


def test_snakemake_that_is_killed_leaves_its_jobs_to_the_next_which_waits_for_them(
    project: SlurmProject, undisturbed: tuple[SlurmProject, dict[str, str]], slurm: Cluster
) -> None:
    first = project.run_in_background("--set-threads", "check=1")
    first.until(lambda: len(at_work(project)) == SHARDS)
    for job in at_work(project):
        job.signal(signal.SIGSTOP)
    refused = project.run(expect=1)
    assert "Directory cannot be locked" in refused.output
    assert "--unlock" in refused.output
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    left = [job for job in checks(project) if job.state == "RUNNING"]
    assert len(left) == SHARDS

    project.run("--unlock")
    stopped = project.run_in_background("--set-threads", "check=1")
    stopped.until(lambda: "of an earlier run" in stopped.log.read_text())
    stopped.process.send_signal(signal.SIGINT)
    output = stopped.end(expect=1).output
    assert "stopped while it waited. Those jobs go on" in output
    assert "Traceback" not in output

    second = project.run_in_background("--set-threads", "check=1")
    second.until(lambda: "of an earlier run" in second.log.read_text())
    assert f"scancel --name={left[0].run}" in second.log.read_text()
    time.sleep(2)
    assert {job.run for job in at_work(project)} == {left[0].run}, "a shard is done twice at once"
    for job in left:
        job.signal(signal.SIGCONT)
    second.end()

    ended = slurm.ended()
    of_second = [job for job in checks(project) if int(job.number) > int(left[-1].number)]
    assert len(of_second) == SHARDS
    assert max(ended[job.number]["EndTime"] for job in left) <= min(ended[job.number]["StartTime"] for job in of_second)
    assert all(" 0 decoded" in log.read_text() for log in project.check_logs()), "work of the killed run was lost"
    assert project.digests() == undisturbed[1]


def test_slurmctld_that_is_away_while_jobs_are_submitted_and_while_they_run_only_delays_the_run(
    project: SlurmProject, undisturbed: tuple[SlurmProject, dict[str, str]], slurm: Cluster
) -> None:
    earlier = {job.number for job in project.jobs()}
    run = project.run_in_background("--set-threads", "check=1")
    scan = first_to_begin(project, run, earlier, "rule_scan_")
    scan.signal(signal.SIGSTOP)
    first_to_begin(project, run, earlier, "rule_ingest_")  # what begins while slurmctld is away is tried again
    slurm.stop_controller()
    scan.signal(signal.SIGCONT)
    time.sleep(15)
    assert "rule check:" not in run.log.read_text()
    slurm.start_controller()
    run.until(lambda: len(at_work(project)) == SHARDS)
    slurm.stop_controller()
    back = time.monotonic() + 90  # of the plugin's own five tries the last is over after some 70 s
    with pytest.raises(SoundledgerError, match="Start again when Slurm answers"):
        queued_jobs(str(project.folder), re.compile("none"))
    time.sleep(back - time.monotonic())
    assert run.process.poll() is None
    slurm.start_controller()
    run.end()
    assert project.digests() == undisturbed[1]
    assert "Trying to restart job" not in run.log.read_text(), "retries were used up"
    assert sum(map(len, attempts(project, project.jobs()[-1].run).values())) == SHARDS


def test_ctrl_c_leaves_no_job_in_the_queue(project: SlurmProject) -> None:
    earlier = {job.number for job in checks(project)}  # of which Slurm forgets some by and by
    run = project.run_in_background("--set-threads", "check=1")
    run.until(lambda: {job.number for job in checks(project)} - earlier)  # others are about to be
    run.process.send_signal(signal.SIGINT)
    run.end(expect=1)
    states = {job.state for job in checks(project) if job.number not in earlier}
    assert states in ({"CANCELLED"}, {"CANCELLED", "COMPLETING"})
    assert not (project.folder / ".snakemake" / "locks").exists()


def first_to_begin(project: SlurmProject, run: BackgroundRun, earlier: set[str], rule: str) -> Job:
    """The job of a rule that is none of those earlier ones, as soon as its step has begun."""

    def begun() -> list[Job]:
        jobs = [job for job in project.jobs() if job.number not in earlier and job.comment.startswith(rule)]
        return [job for job in jobs if job.pids() or job.state in ("COMPLETED", "COMPLETING")]

    run.until(begun)
    return begun()[0]


def disturb_first_attempts(project: SlurmProject, run: BackgroundRun, disturb: dict[str, object]) -> str:
    """Do this to the first job of each of these shards as soon as its step has begun; the name of the run's jobs."""
    done: dict[str, Job] = {}

    def all_done() -> bool:
        for job in at_work(project):
            if job.shard in disturb and job.shard not in done:
                disturb[job.shard](job)
                done[job.shard] = job
        return len(done) == len(disturb)

    run.until(all_done)
    [name] = {job.run for job in done.values()}
    return name


def cancel(job: Job) -> None:
    subprocess.run(["scancel", job.number], check=True)


def kill_step(job: Job) -> None:
    job.signal(signal.SIGKILL)


def stop_step(job: Job) -> None:
    """As a filesystem that hangs stops it: until its time is over."""
    job.signal(signal.SIGSTOP)
