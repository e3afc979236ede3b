"""What a job costs on Slurm, and a model of a run's wall time, checked against runs of three sizes.

A Slurm of one node with two cores is started on this machine (tests/slurm, which installs it where it is missing), so
both Snakemakes of a job, Slurm's daemons and the check share the cores that a local run has for itself.
"""

import contextlib
import math
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.checks import by_turns, medians
from benchmarks.clips import KINDS, SECONDS, write_clips
from benchmarks.one_class import write_dataset
from benchmarks.processes import Measured, measure
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT, USERS_VENV, Workflow

VENV = CHECKOUT / ".venv-slurm"
CORES = 2
REPEATS = 5
COMPARED = 64
"""Shards that are run locally and on Slurm."""
CLIPS_A_SHARD = 200
SIZES = (16, 32, COMPARED)
"""Shards of the runs that the model is checked against."""
IN_GROUPS = ("--groups", "check=two", "--group-components", f"two={CORES}")
"""As many shards a job as there are cores: a group asks for the cores of all its jobs."""
FIRST_POLL_S = 20
SPREAD = 1.5
"""What a shard may hold more than its share of the clips."""
"""The profile's slurm-init-seconds-before-status-checks: an end is seen so late, or sooner, while jobs go on ending."""
AUDIOSET = 2_000_000
CLUSTERS = ((1, 32), (10, 32), (100, 32))
"""Nodes, and cores of each."""
JOB_CORES = 4
"""As the profile has it."""


@dataclass(frozen=True)
class Run:
    """A run of the workflow: its wall time, and what the whole machine computed meanwhile, in core seconds."""

    shards: int
    measured: Measured
    busy_s: float


@dataclass(frozen=True)
class Model:
    """What a run on Slurm is made of, in seconds.

    Attributes:
        once: all but the checks.
        a_job: how long a job holds its place, without its clips; here each of the two places is a core.
        busy_a_job: core seconds that all of the machine spends on it. What it waits for is not in them.
        main_a_job: core seconds of these in the Snakemake that submits, which has one core.
        a_clip: core seconds of a clip.
    """

    once: float
    a_job: float
    busy_a_job: float
    main_a_job: float
    a_clip: float

    def wall_here(self, shards: int, clips: int) -> float:
        """Of a run on one machine, whose cores all of it shares, one job a core."""
        return self.once + (shards * self.a_job + clips * self.a_clip) / CORES + FIRST_POLL_S / 2

    def wall_of_checks(self, shards: int, clips: int, cores: int) -> float:
        """Of the checks on a cluster: in waves of as many jobs as it has room for, or as fast as they are submitted.

        A job begins with one core at work and the others idle.
        """
        a_job = self.a_job + self.a_clip * clips / shards / JOB_CORES
        waves = math.ceil(shards / (cores // JOB_CORES))
        return max(waves * a_job, shards * self.main_a_job) + FIRST_POLL_S / 2


def run(small: bool) -> Iterator[Table]:
    """Parameters, each from a run of its own; then runs of three sizes, and local against Slurm."""
    sizes, clips, compared = ((2, 4), 50, 4) if small else (SIZES, CLIPS_A_SHARD, COMPARED)
    yield _parses(1 if small else REPEATS)
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary, _cluster(Path(temporary) / "slurm"):
        folder = Path(temporary)
        one, many = Checkout(folder / "one", 1, 1), Checkout(folder / "many", 1, sizes[-1] * clips)
        first, once, all_in_one = one.run(), one.run("--forcerun", "ingest", "scan"), many.run()
        empty = Checkout(folder / "empty", compared, compared).run(on_slurm=True)
        local = Checkout(folder / "local", compared, compared * clips).run()
        runs = [Checkout(folder / f"{n}", n, n * clips).run(on_slurm=True) for n in sizes]
        groups = Checkout(folder / "groups", compared, compared * clips).run(*IN_GROUPS, on_slurm=True)
    a_clip = (all_in_one.busy_s - first.busy_s) / (sizes[-1] * clips - 1)
    model = Model(
        once=once.measured.seconds,
        a_job=(empty.measured.seconds - once.measured.seconds - FIRST_POLL_S / 2) * CORES / compared - a_clip,
        busy_a_job=(empty.busy_s - once.busy_s) / compared - a_clip,
        main_a_job=(empty.measured.cpu_seconds - once.measured.cpu_seconds) / compared,
        a_clip=a_clip,
    )
    yield _parameters(model)
    yield _against_local(local, next(one for one in runs if one.shards == compared), groups, clips)
    yield _checked(model, runs, clips)
    yield _said(model)


@contextlib.contextmanager
def _cluster(folder: Path) -> Iterator[None]:
    scripts = CHECKOUT / "tests" / "slurm"
    with tempfile.TemporaryFile() as said:  # not a pipe: the daemons would hold it open
        subprocess.run([scripts / "start.sh", folder, str(CORES)], stdout=said, stderr=said, check=True)
        try:
            yield
        finally:
            subprocess.run([scripts / "stop.sh", folder], stdout=said, stderr=said, check=True)


class Checkout:
    """A copy of the workflow, and so many clips in so many shards, a power of two: hashes spread evenly enough."""

    def __init__(self, folder: Path, shards: int, clips: int) -> None:
        folder.mkdir()
        self._shards, self._files = shards, math.ceil(SPREAD * clips / shards)
        self._workflow = Workflow(folder / "checkout")
        write_clips(folder / "audio", next(iter(KINDS)), clips)
        self._dataset = write_dataset(folder, clips, folder / "audio")

    def run(self, *arguments: str, on_slurm: bool = False) -> Run:
        """Run the workflow with one process a shard, two at once."""
        where = ["--profile", "profiles/slurm"] if on_slurm else ["--cores", str(CORES)]
        config = ["--config", f"datasets=['{self._dataset}']", f"files_per_shard={self._files}"]
        before = psutil.cpu_times()
        command = ["snakemake", *where, "--set-threads", "check=1", *arguments, *config]
        measured = measure(command, self._workflow.folder, VENV)
        after = psutil.cpu_times()
        if len([job for job in self._workflow.jobs() if job.name.startswith("check/")]) != self._shards:
            raise AssertionError("not all shards were checked")
        return Run(self._shards, measured, _busy(after) - _busy(before))


def _busy(times: "psutil._pslinux.scputimes") -> float:
    return times.user + times.nice + times.system + times.irq + times.softirq


def _parameters(model: Model) -> Table:
    rows = [
        ["start, scan, ingest, resolve, export, catalogue: wall s", model.once],
        ["a job without its clips: s that it holds its core", model.a_job],
        ["the same: core s", model.busy_a_job],
        ["of these in the Snakemake that submits: core s", model.main_a_job],
        ["a clip: core s", model.a_clip],
    ]
    notes = [
        f"Clips: {next(iter(KINDS))}, {SECONDS} s. Core seconds are those of the whole machine during a run, "
        "those of Slurm itself among them."
    ]
    return Table("What a run on Slurm is made of", ["", ""], rows, notes)


def _parses(repeats: int) -> Table:
    """What each job does before its own work, twice on Slurm: start Snakemake and parse the Snakefile."""
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        folders = {"a Snakefile of one rule": Path(temporary) / "one", "ours": Path(temporary) / "ours"}
        folders["a Snakefile of one rule"].mkdir()
        (folders["a Snakefile of one rule"] / "Snakefile").write_text('rule one:\n    output: "one"\n')
        Workflow(folders["ours"])
        parses = {
            f"{what}, {venv.name}": lambda folder=folder, venv=venv: measure(
                ["snakemake", "--list-rules"], folder, venv
            )
            for what, folder in folders.items()
            for venv in (USERS_VENV, VENV)
        }
        runs = by_turns(parses, repeats)
    seconds, cpu, memory = (medians(runs, figure) for figure in ("seconds", "cpu_seconds", "largest_mb"))
    least = cpu[next(iter(parses))]
    rows = [[name, seconds[name], cpu[name], cpu[name] / least, memory[name]] for name in parses]
    notes = [f"`snakemake --list-rules`, medians of {repeats} by turns. The venv of Slurm's users has pandas."]
    return Table(
        "Starting Snakemake and parsing the rules", ["", "wall s", "core s", "core s / first", "MB"], rows, notes
    )


def _against_local(local: Run, slurm: Run, groups: Run, clips: int) -> Table:
    named = {
        "`snakemake --cores 2`": local,
        "`snakemake --profile slurm`": slurm,
        f"the same, a job for each {CORES} shards (`--groups`)": groups,
    }
    rows: list[list[object]] = [
        [name, one.measured.seconds, one.busy_s, one.measured.seconds / local.measured.seconds]
        for name, one in named.items()
    ]
    for name, one in list(named.items())[1:]:
        wall = (one.measured.seconds - local.measured.seconds) / local.shards
        rows.append([f"more a shard: {name}", wall, (one.busy_s - local.busy_s) / local.shards, None])
    notes = [f"{local.shards} shards of {clips} clips, one core a job."]
    return Table("Local against Slurm, on the same two cores", ["", "wall s", "core s", "wall / local"], rows, notes)


def _checked(model: Model, runs: list[Run], clips: int) -> Table:
    rows = []
    for one in runs:
        said, wall = model.wall_here(one.shards, one.shards * clips), one.measured.seconds
        rows.append([f"{one.shards} shards", one.shards * clips, wall, said, said / wall])
    notes = ["The model's figures come from other runs than these."]
    return Table("The model against runs", ["", "clips", "wall s", "model s", "model / run"], rows, notes)


def _said(model: Model) -> Table:
    """Two million clips on clusters, in more and fewer shards."""
    of_clusters = [f"{nodes} × {cores} cores, min" for nodes, cores in CLUSTERS]
    columns = ["shards", "clips a shard", "starting jobs takes, core h", "the clips take, core h", *of_clusters]
    rows = []
    for shards in (128, 512, 2_048, 8_192):
        starting = shards * model.a_job * JOB_CORES / 3600
        walls = [model.wall_of_checks(shards, AUDIOSET, nodes * cores) / 60 for nodes, cores in CLUSTERS]
        rows.append([shards, AUDIOSET // shards, starting, AUDIOSET * model.a_clip / 3600, *walls])
    notes = [
        f"By the model: the checks alone, {JOB_CORES} cores a job, `jobs` larger than what can run at once. What comes "
        "before and after them is in the table of `scale`. Disks and the queue are not in it."
    ]
    return Table("Two million clips, by the model", columns, rows, notes)
