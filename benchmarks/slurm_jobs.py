"""What a job costs on Slurm, and a model of a run's wall time, checked against runs of three sizes.

A Slurm of one node with two cores is started on this machine (tests/slurm, which installs it where it is missing), so
both Snakemakes of a job, Slurm's daemons and the check share the cores that a local run has for itself.
"""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import yaml

from benchmarks.checks import by_turns, medians
from benchmarks.clips import KINDS, SECONDS, write_clips
from benchmarks.processes import Measured, measure
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT, USERS_VENV, Workflow

VENV = CHECKOUT / ".venv-slurm"
CORES = 2
REPEATS = 5
COMPARED = 64
"""Shards that are run locally and on Slurm."""
CLIPS_A_SHARD = 200
SIZES = (16, COMPARED, 128)
"""Shards of the runs that the model is checked against."""
FIRST_POLL_S = 40
"""The profile's slurm-init-seconds-before-status-checks."""
AUDIOSET = 2_000_000
CLUSTERS = ((1, 32), (10, 32), (100, 32))
"""Nodes and cores of each, of which a job takes four."""
JOB_CORES = 4


@dataclass(frozen=True)
class Run:
    """A run of the workflow: its wall time, and what the whole machine computed meanwhile, in core seconds."""

    shards: int
    measured: Measured
    busy_s: float


@dataclass(frozen=True)
class Model:
    """Seconds of a run on Slurm.

    Attributes:
        once: of the jobs before and after the checks, and of Snakemake itself.
        a_job: core seconds of a job, without its clips.
        a_clip: core seconds of a clip.
        main_a_job: core seconds of a job in the Snakemake that submits; it has one core.
    """

    once: float
    a_job: float
    a_clip: float
    main_a_job: float

    def wall_s(self, shards: int, clips: int, cores: int, job_cores: int = 1, once: float | None = None) -> float:
        """Of a run of so many shards and clips, on cores that take a job each, or one for every few.

        The last end is seen up to FIRST_POLL_S after it happened: half of that is taken.
        """
        slots = max(cores // job_cores, 1)
        one_job = self.a_job + self.a_clip * clips / shards / job_cores
        submitting = shards * self.main_a_job
        return (self.once if once is None else once) + max(shards * one_job / slots, submitting) + FIRST_POLL_S / 2


def run(small: bool) -> Iterator[Table]:
    """Parameters, each from a run of its own; then runs of three sizes, and local against Slurm."""
    sizes, clips, compared = ((2, 4), 4, 4) if small else (SIZES, CLIPS_A_SHARD, COMPARED)
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary, _cluster(Path(temporary) / "slurm"):
        folder = Path(temporary)
        once = _run(folder / "once", 1, 1, on_slurm=False)
        empty = _run(folder / "empty", compared, 1, on_slurm=True)
        one_by_one = _run(folder / "one", 1, sizes[-1] * clips, on_slurm=False)
        local = _run(folder / "local", compared, compared * clips, on_slurm=False)
        runs = [_run(folder / f"slurm{shards}", shards, shards * clips, on_slurm=True) for shards in sizes]
    model = Model(
        once=once.measured.seconds,
        a_job=(empty.busy_s - once.busy_s) / compared,
        a_clip=(one_by_one.busy_s - once.busy_s) / (sizes[-1] * clips),
        main_a_job=(empty.measured.cpu_seconds - once.measured.cpu_seconds) / compared,
    )
    yield _parameters(model)
    yield _parses(1 if small else REPEATS)
    yield _against_local(local, next(one for one in runs if one.shards == compared), clips)
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


def _run(folder: Path, shards: int, clips: int, *, on_slurm: bool) -> Run:
    """Run the workflow over so many clips, one process a shard, two at once; from no results to the summary."""
    folder.mkdir()
    workflow = Workflow(folder / "checkout")
    dataset = _write_dataset(folder, shards, clips)
    config = ["--config", f"datasets=['{dataset}']"]
    where = ["--profile", "profiles/slurm"] if on_slurm else ["--cores", str(CORES)]
    before = psutil.cpu_times()
    measured = measure(["snakemake", *where, "--set-threads", "check=1", *config], workflow.folder, VENV)
    after = psutil.cpu_times()
    if len([job for job in workflow.jobs() if job.name.startswith("check/")]) != shards:
        raise AssertionError("not all shards were checked")
    return Run(shards, measured, _busy(after) - _busy(before))


def _busy(times: "psutil._pslinux.scputimes") -> float:
    return times.user + times.nice + times.system + times.irq + times.softirq


def _write_dataset(folder: Path, shards: int, clips: int) -> Path:
    kind = next(iter(KINDS))
    write_clips(folder / "audio", kind, clips)
    rows = [f'{number:011d}, 0.000, {SECONDS}.000, "/m/a"\n' for number in range(clips)]
    (folder / "list.csv").write_text("".join(rows))
    (folder / "ontology.json").write_text('[{"id": "/m/a", "name": "A sound", "child_ids": []}]')
    (folder / "classes.csv").write_text('index,mid,display_name\n0,/m/a,"A sound"\n')
    content = {
        "name": "clips",
        "adapter": "audioset",
        "sources": {"segments": {"all": "list.csv"}, "ontology": "ontology.json", "classes": "classes.csv"},
        "audio": [{"path": "audio", "shards": shards}],
        "exports": ["csv"],
    }
    file = folder / "clips.yaml"
    file.write_text(yaml.safe_dump(content))
    return file


def _parameters(model: Model) -> Table:
    rows = [
        ["start, scan, ingest, resolve, export, catalogue: wall s", model.once],
        ["a job without its clips: core s", model.a_job],
        ["of that in the Snakemake that submits: core s", model.main_a_job],
        ["a clip: core s", model.a_clip],
    ]
    notes = [f"Clips: {next(iter(KINDS))}, {SECONDS} s. Core seconds are those of the whole machine during a run."]
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
    seconds, cpu = medians(runs, "seconds"), medians(runs, "cpu_seconds")
    least = cpu[next(iter(parses))]
    rows = [[name, seconds[name], cpu[name], cpu[name] / least] for name in parses]
    notes = [f"`snakemake --list-rules`, medians of {repeats} by turns. The venv of Slurm's users has pandas."]
    return Table("Starting Snakemake and parsing the rules", ["", "wall s", "core s", "core s / first"], rows, notes)


def _against_local(local: Run, slurm: Run, clips: int) -> Table:
    rows: list[list[object]] = [
        [name, one.measured.seconds, one.busy_s, one.measured.seconds / local.measured.seconds]
        for name, one in (("`snakemake --cores 2`", local), ("`snakemake --profile slurm`", slurm))
    ]
    wall, busy = (
        (slurm.measured.seconds - local.measured.seconds) / local.shards,
        (slurm.busy_s - local.busy_s) / local.shards,
    )
    rows.append(["more a job on Slurm", wall, busy, None])
    notes = [f"{local.shards} shards of {clips} clips, one core a job."]
    return Table("Local against Slurm, on the same two cores", ["", "wall s", "core s", "wall / local"], rows, notes)


def _checked(model: Model, runs: list[Run], clips: int) -> Table:
    rows = []
    for one in runs:
        said = model.wall_s(one.shards, one.shards * clips, CORES)
        rows.append(
            [f"{one.shards} shards", one.shards * clips, one.measured.seconds, said, said / one.measured.seconds]
        )
    notes = [
        "The model's figures come from other runs than these: see above. How late an end is seen differs by ± 20 s."
    ]
    return Table("The model against runs", ["", "clips", "wall s", "model s", "model / run"], rows, notes)


def _said(model: Model) -> Table:
    """Two million clips on clusters, in more and fewer shards."""
    columns = [
        "shards",
        "clips a shard",
        "jobs cost, core h",
        *(f"{nodes} × {cores} cores, min" for nodes, cores in CLUSTERS),
    ]
    rows = []
    for shards in (128, 512, 2_048, 8_192):
        walls = [model.wall_s(shards, AUDIOSET, n * cores, JOB_CORES, 0.0) / 60 for n, cores in CLUSTERS]
        rows.append([shards, AUDIOSET // shards, shards * model.a_job / 3600, *walls])
    notes = [
        f"By the model, {JOB_CORES} cores a job, without what comes before and after the checks (see scale). Disks and "
        "the queue are not in it."
    ]
    return Table("Two million clips, by the model", columns, rows, notes)
