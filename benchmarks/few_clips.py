"""Is small instant? Two hundred clips with defaults, from command to exports.

Beside Snakemake's own start (a run with nothing to do) and the bare decoding of the same clips: what cannot be less.
"""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.checks import rival
from benchmarks.clips import KINDS, write_clips
from benchmarks.one_class import write_dataset
from benchmarks.processes import Measured
from benchmarks.report import Table
from benchmarks.workflow import Workflow

CLIPS, REPEATS = 200, 5


def run(small: bool) -> Iterator[Table]:
    """Medians of five by turns; small: of one."""
    repeats = 1 if small else REPEATS
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        folder = Path(temporary)
        workflow = Workflow(folder / "checkout")
        rows = []
        for kind in KINDS:
            (here := folder / kind.replace(" ", "_")).mkdir()
            write_clips(here / "audio", kind, CLIPS)
            dataset = write_dataset(here, CLIPS, here / "audio", exports=["csv", "ast"])
            rows.append([f"{CLIPS} clips, {kind}", *_figures(workflow, dataset, here / "audio", repeats)])
            jobs = workflow.jobs()
    columns = ["", "whole run, s", "its CPU, s", "nothing to do, s", "bare decoding, s", "whole / (these two)"]
    yield Table("From command to exports", columns, rows, [f"Defaults, two cores, medians of {repeats} by turns."])
    rows = [[job.name, job.seconds, job.cpu_seconds] for job in jobs]
    yield Table("Its jobs, of the last run", ["job", "s", "CPU s"], rows, ["As Snakemake's benchmark files tell it."])


def _figures(workflow: Workflow, dataset: Path, audio: Path, repeats: int) -> list[float]:
    runs: dict[str, list[Measured]] = {"whole": [], "nothing": [], "bare": []}
    bare = rival("decode_loop", audio, 2)
    for _ in range(repeats):
        workflow.fresh()
        runs["whole"].append(workflow.snakemake(dataset))
        runs["nothing"].append(workflow.snakemake(dataset))
        runs["bare"].append(bare())
    whole, nothing, decoding = (statistics.median(one.seconds for one in some) for some in runs.values())
    cpu = statistics.median(one.cpu_seconds for one in runs["whole"])
    return [whole, cpu, nothing, decoding, whole / (nothing + decoding)]
