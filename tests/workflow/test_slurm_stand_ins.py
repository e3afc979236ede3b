"""The profile's sacct answers the plugin's questions with and without an accounting database; its sbatch waits."""

import os
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.slurm.cluster import BIN, Cluster, interruptible

STAND_INS = Path(__file__).resolve().parents[2] / "profiles" / "slurm" / "bin"
pytestmark = pytest.mark.slurm


def ask(command: str, folder: Path, path: str = os.environ["PATH"]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        shlex.split(command),
        cwd=folder,
        env=os.environ | {"PATH": f"{STAND_INS}:{path}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def question(name: str) -> str:
    """The plugin's own question for the states of all jobs of a name."""
    plugin = "from snakemake_executor_plugin_slurm.job_status_query import query_job_status_sacct as query"
    command = [BIN / "python", "-c", f"{plugin}; print(query({name!r}))"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def a_job(name: str, script: str, *options: str) -> str:
    """Submit a job, wait for its end, return its number."""
    command = ["sbatch", "--parsable", "--wait", "--output=/dev/null", f"--job-name={name}", f"--wrap={script}"]
    return subprocess.run([*command, *options], capture_output=True, text=True, check=False).stdout.strip()


def site_sacct(folder: Path, script: str) -> str:
    """A PATH on which a site's own sacct comes first, as where there is a database."""
    own = folder / "sacct"
    own.write_text(f"#!/bin/sh\n{script}\n")
    own.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


# --- sacct ---


def test_states_of_jobs_by_name(tmp_path: Path, slurm: Cluster) -> None:
    good, bad = a_job("of-this-run", "true"), a_job("of-this-run", "false")
    a_job("of-another", "true")
    answer = ask(question("of-this-run"), tmp_path)
    assert sorted(answer.stdout.splitlines()) == sorted([f"{good}|COMPLETED", f"{bad}|FAILED"])
    assert (answer.returncode, answer.stderr) == (0, "")


def test_a_job_that_squeue_has_forgotten_is_unknown(tmp_path: Path, slurm: Cluster) -> None:
    submitted = ask("sbatch --parsable --output=/dev/null --job-name forgotten --wrap=true", tmp_path).stdout.strip()
    [record] = (tmp_path / ".snakemake" / "slurm_logs").glob("*.jobs")
    assert record.read_text() == f"{submitted}\n"
    record.write_text(f"{submitted}\n999999\n")
    answer = ask(question("forgotten"), tmp_path).stdout.splitlines()
    assert answer[1:] == ["999999|UNKNOWN"]
    assert answer[0].startswith(f"{submitted}|")


def test_why_a_job_failed(tmp_path: Path, slurm: Cluster) -> None:
    job = a_job("failing", "exit 3")
    assert ask(f"sacct -j {job}.0 --format=Reason --noheader", tmp_path).stdout == "NonZeroExitCode\n"
    further = ask(f"sacct -j {job}.1 --format=Reason --noheader", tmp_path)
    assert (further.stdout, further.returncode) == ("", 0)


def test_a_question_that_squeue_cannot_answer_is_an_error(tmp_path: Path, slurm: Cluster) -> None:
    answer = ask("sacct --format=MaxRSS", tmp_path)
    assert answer.returncode == 1
    assert "no accounting database" in answer.stderr


def test_a_preempted_job_that_is_not_queued_again_is_cancelled(tmp_path: Path, slurm: Cluster) -> None:
    command = "sbatch --parsable --output=/dev/null --job-name preempted --exclusive --wrap='sleep 300'"
    job = ask(command, tmp_path).stdout.strip()
    while ask(f"squeue --noheader --jobs={job} --format=%T", tmp_path).stdout != "RUNNING\n":
        time.sleep(0.2)
    a_job("urgent", "true", "--partition=urgent", "--exclusive")
    assert ask(f"squeue --noheader --states=all --jobs={job} --format=%T", tmp_path).stdout == "PREEMPTED\n"
    assert ask(question("preempted"), tmp_path).stdout == f"{job}|CANCELLED\n"


def test_a_preempted_job_or_one_whose_node_failed_is_waited_for_while_it_is_queued(
    tmp_path: Path, slurm: Cluster
) -> None:
    held = ask("sbatch --parsable --output=/dev/null --hold --wrap=true", tmp_path).stdout.strip()
    over = a_job("over", "true")
    told = f"{held}|PREEMPTED\\n{over}|PREEMPTED\\n999999|NODE_FAIL\\n"
    try:
        answer = ask(question("x"), tmp_path, site_sacct(tmp_path, f"printf '{told}'"))
        assert answer.stdout == f"{held}|PREEMPTED\n{over}|CANCELLED\n999999|CANCELLED\n"
        alone = ask(question("x"), tmp_path, site_sacct(tmp_path, f"printf '{held}|NODE_FAIL\\n'"))
        assert alone.stdout == f"{held}|NODE_FAIL\n"
    finally:
        subprocess.run(["scancel", held], check=True)


def test_a_preempted_job_is_waited_for_while_squeue_does_not_answer(tmp_path: Path) -> None:
    path = site_sacct(tmp_path, "printf '7|PREEMPTED\\n8|PREEMPTED\\n'")
    (tmp_path / "squeue").write_text(
        "#!/bin/sh\necho 'Unable to contact slurm controller (connect failure)' >&2; exit 1\n"
    )
    (tmp_path / "squeue").chmod(0o755)
    assert ask(question("x"), tmp_path, path).stdout == "7|PREEMPTED\n8|PREEMPTED\n"


def test_states_of_a_database_are_told_in_the_words_that_the_plugin_knows(tmp_path: Path, slurm: Cluster) -> None:
    """What sacct of Slurm 22.05 and later prints of a job that its user cancelled."""
    path = site_sacct(tmp_path, "printf '7|CANCELLED by 1000\\n8|RUNNING\\n9|COMPLETED\\n'")
    answer = ask(question("x"), tmp_path, path)
    assert answer.stdout == "7|CANCELLED\n8|RUNNING\n9|COMPLETED\n"


def test_all_other_answers_of_a_database_are_given_unchanged(tmp_path: Path) -> None:
    path = site_sacct(tmp_path, 'echo "answer to $*"; echo oops >&2; exit 4')
    answer = ask("sacct -X --name x", tmp_path, path)
    assert (answer.stdout, answer.stderr, answer.returncode) == ("answer to -X --name x\n", "oops\n", 4)


def test_a_database_that_does_not_answer_is_an_error_and_squeue_is_not_asked(tmp_path: Path, slurm: Cluster) -> None:
    path = site_sacct(tmp_path, 'echo "sacct: error: Problem talking to the database: Connection refused" >&2; exit 1')
    answer = ask(question("x"), tmp_path, path)
    assert (answer.stdout, answer.returncode) == ("", 1)
    assert "Connection refused" in answer.stderr


# --- sbatch ---


def test_a_script_on_stdin_is_submitted(tmp_path: Path, slurm: Cluster) -> None:
    done = subprocess.run(
        [STAND_INS / "sbatch", "--parsable", "--wait", "--output=said", "/dev/stdin"],
        cwd=tmp_path,
        input="#!/bin/sh\necho from the script\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().isdigit()
    assert (tmp_path / "said").read_text() == "from the script\n"


def test_what_slurm_refuses_is_refused_at_once_in_its_words_which_stand_in_the_log(
    tmp_path: Path, slurm: Cluster
) -> None:
    answer = ask("sbatch --parsable --partition=none --output=logs/%j.log --wrap=true", tmp_path)
    assert (answer.stdout, answer.returncode) == ("", 1)
    assert "invalid partition specified: none" in answer.stderr
    (tmp_path / "logs").mkdir()
    answer = ask("sbatch --parsable --partition=none --output logs/%j.log --wrap=true", tmp_path)
    assert (tmp_path / "logs" / "refused.log").read_text() == answer.stderr


def refusing(folder: Path, times: int, word: str) -> str:
    """A PATH on which an sbatch comes first that gives this word so many times, and then does what Slurm's own does."""
    own = folder / "sbatch"
    own.write_text(
        f"""#!/bin/sh
echo try >> {folder}/tries
if [ "$(wc -l < {folder}/tries)" -le {times} ]; then
    echo "sbatch: error: Batch job submission failed: {word}" >&2
    exit 1
fi
exec {shutil.which("sbatch")} "$@"
"""
    )
    own.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize("word", ["QOSMaxSubmitJobPerUserLimit", "AssocGrpSubmitJobsLimit"])
def test_a_submission_waits_until_there_is_room(tmp_path: Path, slurm: Cluster, word: str) -> None:
    answer = ask("sbatch --parsable --output=/dev/null --wrap=true", tmp_path, refusing(tmp_path, 1, word))
    assert answer.stdout.strip().isdigit()
    assert (answer.stderr, answer.returncode) == ("", 0)


@pytest.mark.parametrize("submits", [True, False])
def test_a_job_whose_number_was_lost_on_its_way_is_found_in_the_queue(
    tmp_path: Path, slurm: Cluster, submits: bool
) -> None:
    """As of a slurmctld that is too busy to answer: the job is there, or it is not."""
    name = f"lost-{submits}"
    arguments = (
        f"--parsable --output=/dev/null --hold --job-name {name} --comment rule_check_wildcards_a_0001 --wrap=true"
    )
    earlier = ask(f"sbatch {arguments}", tmp_path).stdout.strip()  # an attempt that is known
    path = refusing(tmp_path, 1, "Socket timed out on send/recv operation")
    if submits:
        own = tmp_path / "sbatch"
        own.write_text(own.read_text().replace("    exit 1", f'    {shutil.which("sbatch")} "$@" > /dev/null; exit 1'))
    try:
        answer = ask(f"sbatch {arguments}", tmp_path, path)
        queue = ask(f"squeue --noheader --name={name} --format=%i --sort=i", tmp_path).stdout.split()
    finally:
        subprocess.run(["scancel", f"--name={name}"], check=True)
    assert queue == [earlier, answer.stdout.strip()], "submitted twice, or not told"
    assert (answer.stderr, answer.returncode) == ("", 0)
    assert (tmp_path / f".snakemake/slurm_logs/{name}.jobs").read_text().split() == queue


def test_a_submission_ends_with_the_snakemake_that_asked_for_it(
    tmp_path: Path, slurm: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    monkeypatch.setenv("SOUNDLEDGER_PID", str(gone.pid))
    answer = ask("sbatch --parsable --wrap=true", tmp_path, refusing(tmp_path, 1, "QOSMaxSubmitJobPerUserLimit"))
    assert (answer.stdout, answer.returncode) == ("", 1)


def test_one_interrupt_stops_all_submissions_of_a_run(tmp_path: Path, slurm: Cluster) -> None:
    path = refusing(tmp_path, 100, "QOSMaxSubmitJobPerUserLimit")
    command = [STAND_INS / "sbatch", "--parsable", "--job-name", "interrupted", "--wrap=true"]
    waiting = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=os.environ | {"PATH": f"{STAND_INS}:{path}"},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=interruptible,
    )
    while not (tmp_path / "tries").exists():
        time.sleep(0.1)
    os.killpg(waiting.pid, signal.SIGINT)  # as a terminal does
    assert waiting.wait(timeout=5) == 130
    answer = ask("sbatch --parsable --job-name interrupted --wrap=true", tmp_path)
    assert (answer.stdout, answer.returncode) == ("", 130)
