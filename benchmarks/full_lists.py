"""AudioSet's three official lists at full size, without audio: the whole workflow against plain pandas.

Ours is everything that a user waits for: Snakemake's start, reading, judging every row, what follows from the ontology,
validation, the ledger, the catalogue and two exports. pandas does the plain part of it (pandas_plain.py).
"""

import json
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks import official_lists
from benchmarks.official_lists import LABELS, SPLITS, write_dataset
from benchmarks.processes import Measured, measure
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT, VENV, Job, Workflow, seconds_with_a_job

REPEATS = 3
READERS = ("csv.reader", "read_csv")
"""How pandas_plain reads the lists: as most people do, and as the fastest do."""


def run(small: bool) -> Iterator[Table]:
    """Ours and pandas by turns, so that both meet the same weather; small: the two small lists, once."""
    lists = official_lists.fetch()
    splits = [split for split in SPLITS if not small or SPLITS[split] < 100_000]
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        folder = Path(temporary)
        workflow = Workflow(folder / "checkout")
        dataset = write_dataset(folder / "audioset.yaml", splits)
        ours, jobs, starts, plain = [], [], [], {reader: [] for reader in READERS}
        for _ in range(1 if small else REPEATS):
            workflow.fresh()
            starts.append(workflow.snakemake(dataset, "--dry-run"))
            ours.append(workflow.snakemake(dataset))
            jobs.append(workflow.jobs())
            _check_ours(workflow.results / "catalog.duckdb", splits)
            for reader, runs in plain.items():
                runs.append(_run_pandas(lists, folder, reader, splits))
        again = workflow.snakemake(dataset)
    yield _overall(ours, plain, sum(SPLITS[split] for split in splits))
    yield _breakdown(ours, jobs, starts, again)
    yield _pandas_steps(plain)


def _check_ours(catalogue: Path, splits: list[str]) -> None:
    """Every clip is there and missing, nothing is rejected, and no label is lost."""
    asked = {
        "SELECT split, count(*) FROM clips WHERE status = 'missing' GROUP BY split": {s: SPLITS[s] for s in splits},
        "SELECT 'clips', count(*) FROM clips": {"clips": sum(SPLITS[split] for split in splits)},
        "SELECT 'rejects', count(*) FROM rejects": {"rejects": 0},
        "SELECT origin, count(*) FROM labels WHERE origin = 'annotated' GROUP BY origin": {
            "annotated": sum(LABELS[split] for split in splits)
        },
    }
    with duckdb.connect(str(catalogue), read_only=True) as connection:
        for question, expected in asked.items():
            found = dict(connection.execute(question).fetchall())
            if found != expected:
                raise AssertionError(f"{question}: expected {expected}, found {found}")


def _run_pandas(lists: Path, folder: Path, reader: str, splits: list[str]) -> Measured:
    output = folder / "pandas"
    output.mkdir(exist_ok=True)
    command = ["python", "-m", "benchmarks.pandas_plain", str(lists), str(output), reader, *splits]
    measured = measure(command, CHECKOUT)
    counts = json.loads(measured.output)
    if (counts["clips"], counts["labels"]) != (sum(SPLITS[s] for s in splits), sum(LABELS[s] for s in splits)):
        raise AssertionError(f"pandas found {counts}")
    return measured


def _overall(ours: list[Measured], plain: dict[str, list[Measured]], clips: int) -> Table:
    rows = []
    seconds = _median(ours, "seconds")
    for name, runs in {"Soundledger, all of it": ours, **{f"pandas, {how}": plain[how] for how in plain}}.items():
        middle = {key: _median(runs, key) for key in ("seconds", "cpu_seconds", "tree_mb", "largest_mb")}
        spread = f"{min(one.seconds for one in runs):.1f} to {max(one.seconds for one in runs):.1f}"
        rows.append([name, middle["seconds"], spread, *list(middle.values())[1:], seconds / middle["seconds"]])
    columns = ["", "wall s", "lowest to highest", "CPU s", "tree MB", "largest process MB", "ours / this one, wall"]
    notes = [
        f"{clips:,} clips, every one `missing`, and 0 rejects, as the catalogue said after each run. "
        f"Medians of {len(ours)}. Ours ran from `{VENV.name}`."
    ]
    return Table("Official lists, from files to catalogue and exports", columns, rows, notes)


def _breakdown(ours: list[Measured], jobs: list[list[Job]], starts: list[Measured], again: Measured) -> Table:
    rows: list[list[object]] = []
    for name in sorted({job.name for run in jobs for job in run}, key=[job.name for job in jobs[0]].index):
        same = [job for run in jobs for job in run if job.name == name]
        rows.append([name, *(_median(same, key) for key in ("seconds", "cpu_seconds", "memory_mb"))])
    idle = [whole.seconds - seconds_with_a_job(run) for whole, run in zip(ours, jobs, strict=True)]
    rows += [
        ["no job running", statistics.median(idle), None, None],
        ["`snakemake --dry-run` by itself", *(_median(starts, key) for key in ("seconds", "cpu_seconds", "tree_mb"))],
        ["`snakemake` again, nothing to do", again.seconds, again.cpu_seconds, again.tree_mb],
    ]
    notes = [
        "Jobs as Snakemake's benchmark files tell them, which miss processor time of short ones and peaks of memory. "
        "The exports and the catalogue run two at a time."
    ]
    return Table("Ours by job", ["job", "wall s", "CPU s", "MB"], rows, notes)


def _pandas_steps(plain: dict[str, list[Measured]]) -> Table:
    steps = {how: [json.loads(one.output)["seconds"] for one in runs] for how, runs in plain.items()}
    names = list(next(iter(steps.values()))[0])
    rows = [[name, *(statistics.median(one[name] for one in runs) for runs in steps.values())] for name in names]
    return Table("pandas by step", ["step", *(f"{how}, s" for how in steps)], rows)


def _median(runs: list[Measured] | list[Job], key: str) -> float:
    return statistics.median(getattr(one, key) for one in runs)
