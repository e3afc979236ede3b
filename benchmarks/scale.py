"""Two million clips: what each step before and after the check costs, and how it grows with the number of shards.

Real label rows, and a file for each: hard links to a tenth of a second of silence. The checks of all shards are
made beforehand by benchmarks/hand_made.py, all but that of the one file that is added in the end.
"""

import csv
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks import official_lists
from benchmarks.hard_links import audio_root
from benchmarks.official_lists import SPLITS, write_dataset
from benchmarks.processes import Measured, measure
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT, VENV, Workflow
from workflow_scripts.run.shards import shards_in
from workflow_scripts.settings.roots import root_slug

FILES_PER_SHARD = (8_000, 700)
SMALL_FILES_PER_SHARD = (3_000, 1_500)
SHORTEST_S = 0.05
TOUCHED = ("python", str(CHECKOUT / "benchmarks" / "touched.py"))


def run(small: bool) -> Iterator[Table]:
    """The same files in more and more shards; small: the list `eval` in a few."""
    lists = official_lists.fetch()
    splits = ["eval"] if small else list(SPLITS)
    *clip_ids, added = _clip_ids(lists, splits)
    costs: dict[int, dict[str, list[object]]] = {}
    with audio_root(clip_ids) as root, tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        for files in SMALL_FILES_PER_SHARD if small else FILES_PER_SHARD:
            folder = Path(temporary) / str(files)
            folder.mkdir()
            dataset = write_dataset(folder / "audioset.yaml", splits, [str(root)], SHORTEST_S, SHORTEST_S)
            shards, told = _costs(folder, dataset, root, added, files)
            costs[shards] = told
    steps = list(next(iter(costs.values())))
    columns = ["", *(f"{shards:,} shards, {unit}" for shards in costs for unit in ("s", "MB"))]
    rows = [[step, *(figure for of_shards in costs.values() for figure in of_shards[step])] for step in steps]
    notes = [
        f"{len(clip_ids) + 1:,} label rows and as many files. Jobs as Snakemake's benchmark files tell them; commands "
        "with all that they start, memory of the whole tree. Once each. After the file was added, one shard had been "
        "checked, and the catalogue said that all clips were usable.",
    ]
    yield Table("Cost of a run around the check", columns, rows, notes)


def _clip_ids(lists: Path, splits: list[str]) -> list[str]:
    ids = []
    for split in splits:
        with (lists / f"{split}_segments.csv").open(newline="") as lines:
            ids += [row[0] for row in csv.reader(lines, skipinitialspace=True) if not row[0].startswith("#")]
    return ids


def _costs(folder: Path, dataset: Path, root: Path, added: str, files: int) -> tuple[int, dict[str, list[object]]]:
    """The number of shards, and seconds and MB of each step, in the order of a user's first days with a dataset."""
    workflow = Workflow(folder / "checkout", files_per_shard=files)
    audio = workflow.results / "audio" / root_slug(str(root), workflow.folder)
    workflow.snakemake(dataset, "--until", "scan", "ingest")
    costs = {f"job {job.name.partition('/')[0]}": [job.seconds, job.memory_mb] for job in workflow.jobs()}
    costs["`snakemake -n`, all shards to be checked"] = _figures(workflow.snakemake(dataset, "--dry-run"))
    measure(["python", "-m", "benchmarks.hand_made", str(root), str(audio)], CHECKOUT, VENV)
    touch = ("--touch", "--forcerun", "check", "--until", "check")  # as if Snakemake had made them
    costs["Snakemake's own work for all checks"] = _figures(workflow.snakemake(dataset, *touch, program=TOUCHED))
    before = {job.name for job in workflow.jobs()}
    costs["`snakemake`, all shards checked before"] = _figures(workflow.snakemake(dataset))
    for job in workflow.jobs():
        if job.name not in before:
            costs[f"job {job.name}"] = [job.seconds, job.memory_mb]
    costs["`snakemake -n`, nothing to do"] = _figures(workflow.snakemake(dataset, "--dry-run"))
    costs["`snakemake`, nothing to do"] = _figures(workflow.snakemake(dataset))
    costs["`snakemake`, one file added"] = _figures(_add(workflow, dataset, root, added))
    return len(shards_in(audio / "tables/shards.json")), costs


def _add(workflow: Workflow, dataset: Path, root: Path, added: str) -> Measured:
    os.link(next(root.glob("0000/*.wav")), file := root / f"0000/Y{added}.wav")
    try:
        with duckdb.connect(str(workflow.results / "catalog.duckdb"), read_only=True) as catalogue:
            if catalogue.execute("SELECT count(*) FROM clips WHERE NOT usable").fetchone() != (1,):
                raise AssertionError("before the file was added, one clip should have been missing")
        measured = workflow.snakemake(dataset)
        with duckdb.connect(str(workflow.results / "catalog.duckdb"), read_only=True) as catalogue:
            if catalogue.execute("SELECT count(*) FROM clips WHERE NOT usable").fetchone() != (0,):
                raise AssertionError("the file that was added was not found")
    finally:
        file.unlink()
    checked = [job for job in workflow.jobs() if job.name.startswith("check/")]
    if not 1 <= len(checked) <= 2:  # two where the file split the shard that it fell into
        raise AssertionError(f"one shard should have been checked, and there were {len(checked)}")
    return measured


def _figures(measured: Measured) -> list[object]:
    return [measured.seconds, measured.tree_mb]
