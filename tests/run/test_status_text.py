"""How far a run is, told from files alone."""

import json
import os
import re
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl
import pytest

from tests.project import REPOSITORY
from workflow_scripts.check.progress import Note
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.run.status import status_text
from workflow_scripts.settings.places import Places
from workflow_scripts.tables.files import publish, published

NOW = 1_800_000_000.0
STARTED = NOW - 720
FINGERPRINT = "d63f3713a5aa1d86"


@dataclass
class Results:
    """A results folder in the layout that the rules write."""

    folder: Path
    roots: dict[str, int] = field(default_factory=dict)

    def start(self, datasets: dict[str, list[str]], **roots: int) -> None:
        self.folder.mkdir(exist_ok=True)
        content = {"started": STARTED, "on_cluster": False, "fingerprint": FINGERPRINT, "version": "0.1.0"}
        content |= {"place": str(self.folder), "folder": "/project"}
        content |= {"datasets": datasets, "roots": list(roots)}
        (self.folder / "run.json").write_text(json.dumps(content))

    def scan(self, root: str, *shards: int, changed: int = 0) -> None:
        """Media lists of so many files each; changed: of how many the time is another."""
        for number, files in enumerate(shards):
            media = files_of(files).with_columns(
                pl.when(pl.int_range(pl.len()) < changed).then(1).otherwise("mtime_ns").alias("mtime_ns")
            )
            self.write(root, "media", number, media.with_columns(shard=pl.lit(f"{number:02b}")))
        said = json.dumps({f"{number:02b}": files for number, files in enumerate(shards)})
        publish(Path(Places(str(self.folder)).shards(root)), lambda part: part.write_text(said) and None)

    def check(
        self, root: str, shard: int, files: int, faults: tuple[str, ...] = (), fingerprint: str = FINGERPRINT
    ) -> None:
        kinds = pl.Series([*faults, *[None] * (files - len(faults))], dtype=pl.String)
        rows = files_of(files).with_columns(error_kind=kinds, fingerprint=pl.lit(fingerprint))
        self.write(root, "checks", shard, rows)

    def write(self, root: str, table: str, shard: int, rows: pl.DataFrame) -> None:
        file = published(self.folder / "audio" / root / table / f"shard={shard:02b}.parquet")
        file.parent.mkdir(parents=True, exist_ok=True)
        rows.write_parquet(file.with_suffix(".part"))
        file.with_suffix(".part").replace(file)

    def note(self, root: str, shard: int, said: Note) -> None:
        file = self.folder / "logs" / "check" / root / f"{said.name}.progress.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(said)))

    def text(self) -> str:
        return status_text(Places(str(self.folder)), NOW)

    def row(self, root: str, dataset: str = "birds") -> list[str]:
        """The cells after dataset and root."""
        (row,) = re.findall(rf"^{dataset} +{root}  +(.*)$", self.text(), re.MULTILINE)
        return re.split(r"  +", row.strip())

    def faults(self) -> list[list[str]]:
        table = re.search(
            r"^dataset +fault +files\n[- ]+\n(.*?)\n(?:\n|$)", self.text() + "\n", re.MULTILINE | re.DOTALL
        )
        return [line.split() for line in table[1].splitlines()] if table else []


def files_of(files: int) -> pl.DataFrame:
    """Every third is a member of an archive, whose size nobody knows."""
    number = pl.int_range(files, eager=True)
    member = pl.Series([f"{one}.wav" if one % 3 == 2 else None for one in range(files)], dtype=pl.String)
    return pl.DataFrame(
        {
            "path": [f"Y{one:011d}.wav" for one in range(files)],
            "member": member,
            "bytes": number * 1000,
            "mtime_ns": number + 10**18,
        },
        schema_overrides={"path": pl.String},
    )


def a_note(shard: int, done: int, total: int = 100, *, ago: float = 2, took: float = 10, **more: object) -> Note:
    return Note(
        f"shard={shard:02b}",
        total,
        done,
        more.get("faults", {}),
        NOW - ago - took,
        NOW - ago,
        more.get("state", "running"),
    )


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """Two shards of 100 files."""
    results = Results(tmp_path / "results")
    results.start({"birds": ["clips"]}, clips=2)
    results.scan("clips", 100, 100)
    return results


# --- shards and files ---


def test_before_the_scan_nobody_knows_how_many(tmp_path: Path) -> None:
    results = Results(tmp_path / "results")
    results.start({"birds": ["clips"]}, clips=3)
    assert results.row("clips") == ["-", "not scanned yet", "0", "-", "unknown"]
    results.scan("clips", 100, 100, 50)
    assert results.row("clips") == ["0 of 3", "0 of 250", "0", "-", "unknown"]


def test_a_shard_is_done_when_each_of_its_files_has_its_row(results: Results) -> None:
    results.check("clips", 0, 100)
    results.check("clips", 1, 99)
    assert results.row("clips") == ["1 of 2", "199 of 200", "0", "-", "unknown"]
    results.check("clips", 1, 100)
    assert results.row("clips") == ["2 of 2", "200 of 200", "0", "-", "done"]


def test_a_root_that_holds_nothing_is_done(results: Results) -> None:
    results.scan("clips")
    assert results.row("clips") == ["0 of 0", "0 of 0", "0", "-", "done"]


def test_rows_of_a_shard_that_was_split_count_and_do_not_make_what_came_of_it_done(results: Results) -> None:
    results.check("clips", 0, 60, ("empty",))
    table = published(results.folder / "audio/clips/checks/shard=00.parquet")
    table.rename(table.with_name("shard=0.parquet"))
    assert results.row("clips") == ["0 of 2", "120 of 200", "2", "-", "unknown"]
    results.check("clips", 0, 100)
    assert results.row("clips") == ["1 of 2", "160 of 200", "1", "-", "unknown"]


def test_rows_of_other_settings_do_not_count(results: Results) -> None:
    results.check("clips", 0, 100, ("empty",), fingerprint="ffffffffffffffff")
    assert results.row("clips")[:3] == ["0 of 2", "0 of 200", "0"]


def test_rows_of_files_that_have_changed_since_do_not_count(results: Results) -> None:
    results.check("clips", 0, 100, ("empty", "empty", "truncated"))
    results.scan("clips", 100, 100, changed=2)
    assert results.row("clips")[:3] == ["0 of 2", "98 of 200", "1"]


def test_another_size_is_another_file_and_an_unknown_size_is_not(results: Results) -> None:
    results.check("clips", 0, 100)
    bytes_of = pl.when(pl.int_range(pl.len()) == 0).then(7).when(pl.col("member").is_null()).then("bytes")
    results.write("clips", "media", 0, files_of(100).with_columns(bytes=bytes_of))
    assert results.row("clips")[:2] == ["0 of 2", "99 of 200"]


def test_a_table_of_an_older_version_is_no_table(results: Results) -> None:
    results.write("clips", "checks", 0, files_of(100))
    (results.folder / "audio/clips/.published/checks/shard=01.parquet").write_bytes(b"PAR1 and then nothing")
    assert results.row("clips")[:2] == ["0 of 2", "0 of 200"]


# --- jobs ---


def test_jobs_at_work_tell_files_faults_rate_and_time_left(results: Results) -> None:
    results.note("clips", 0, a_note(0, 40, faults={"empty": 1}))
    results.note("clips", 1, a_note(1, 60, faults={"empty": 2, "truncated": 1}))
    assert results.row("clips") == ["0 of 2", "100 of 200", "4", "2 jobs, 10.0 files/s", "10 s"]
    assert results.faults() == [["birds", "empty", "3"], ["birds", "truncated", "1"]]


def test_a_job_that_looks_only_at_what_is_new_adds_to_the_rows_that_stay(results: Results) -> None:
    results.check("clips", 0, 90, ("empty",))
    results.note("clips", 0, a_note(0, 4, total=10, faults={"empty": 1}))
    assert results.row("clips") == ["0 of 2", "94 of 200", "2", "1 job, 0.4 files/s", "4 min"]


def test_a_job_that_has_finished_counts_until_its_table_is_there(results: Results) -> None:
    results.note("clips", 0, a_note(0, 100, state="finished", faults={"empty": 1}))
    before = results.row("clips")
    assert before == ["0 of 2", "100 of 200", "1", "1 job, 10.0 files/s", "10 s"]
    results.check("clips", 0, 100, ("empty",))
    assert results.row("clips") == ["1 of 2", "100 of 200", "1", "-", "10 s"]


def test_a_finished_job_does_not_count_for_files_that_changed_after_its_table(results: Results) -> None:
    results.note("clips", 0, a_note(0, 100, state="finished"))
    results.check("clips", 0, 100)
    os.utime(published(results.folder / "audio/clips/checks/shard=00.parquet"), (NOW - 1, NOW - 1))
    results.scan("clips", 100, 100, changed=2)
    assert results.row("clips")[:4] == ["0 of 2", "98 of 200", "0", "-"]


def test_time_left_is_unknown_long_after_the_last_job(results: Results) -> None:
    results.check("clips", 0, 100)
    results.note("clips", 0, a_note(0, 100, state="finished", ago=61))
    assert results.row("clips") == ["1 of 2", "100 of 200", "0", "-", "unknown"]


def test_a_job_that_has_just_begun_tells_no_rate(results: Results) -> None:
    results.note("clips", 0, a_note(0, 0, took=0))
    assert results.row("clips") == ["0 of 2", "0 of 200", "0", "1 job", "unknown"]


@pytest.mark.parametrize("said", [{"ago": 61}, {"state": "stopped"}], ids=["killed", "ended by an error"])
def test_a_job_that_stopped_is_named_and_what_it_looked_at_is_lost(results: Results, said: dict) -> None:
    results.note("clips", 1, a_note(1, 60, faults={"empty": 2}, **said))
    assert results.row("clips") == ["0 of 2", "0 of 200", "0", "1 stopped", "unknown"]
    assert "1 stopped before the end, and will be done anew by the next run: clips/shard=01. Logs: " in results.text()


def test_a_job_that_an_earlier_run_lost_only_waits(results: Results) -> None:
    results.note("clips", 1, a_note(1, 60, ago=721))
    assert results.row("clips") == ["0 of 2", "0 of 200", "0", "-", "unknown"]
    assert "stopped" not in results.text()


# --- datasets ---


def test_a_dataset_of_several_roots_has_a_row_for_all_and_one_for_each(results: Results) -> None:
    results.start({"birds": ["clips", "mirror"], "bells": ["mirror"], "words": []}, clips=2, mirror=1)
    results.check("clips", 0, 100, ("empty",))
    results.check("clips", 1, 100)
    assert results.row("all 2") == ["-", "not scanned yet", "1", "-", "unknown"]
    results.scan("mirror", 50)
    results.note("mirror", 0, a_note(0, 10, 50, faults={"truncated": 3}))
    assert results.row("all 2") == ["2 of 3", "210 of 250", "4", "1 job, 1.0 files/s", "40 s"]
    assert results.row("clips") == ["2 of 2", "200 of 200", "1", "-", "done"]
    assert results.row("mirror") == ["0 of 1", "10 of 50", "3", "1 job, 1.0 files/s", "40 s"]
    assert results.row("mirror", "bells") == ["0 of 1", "10 of 50", "3", "1 job, 1.0 files/s", "40 s"]
    assert results.row("all 0", "words") == ["0 of 0", "0 of 0", "0", "-", "done"]
    assert results.faults() == [["birds", "truncated", "3"], ["birds", "empty", "1"], ["bells", "truncated", "3"]]


def test_it_says_since_when_and_where(results: Results) -> None:
    assert re.match(
        rf"{results.folder}: the last run started \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d, 12 min ago\.\n", results.text()
    )


# --- in the world ---


def test_without_a_run_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SoundledgerError, match=r"run\.json: no such file.*start the run.*make status RESULTS="):
        status_text(Places(str(tmp_path)), NOW)
    (tmp_path / "run.json").write_text('{"roots": {}}')
    with pytest.raises(SoundledgerError, match=r"run\.json: not what this version writes.*start the run again"):
        status_text(Places(str(tmp_path)), NOW)


def ask(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "workflow_scripts.run.status", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_tells_of_a_folder_and_changes_nothing(results: Results) -> None:
    results.check("clips", 0, 100)
    before = {file: file.stat().st_mtime_ns for file in results.folder.rglob("*")}
    done = ask(str(results.folder))
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 of 2" in done.stdout
    assert {file: file.stat().st_mtime_ns for file in results.folder.rglob("*")} == before


def test_the_command_ends_with_1_where_there_is_no_run(tmp_path: Path) -> None:
    done = ask(str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {tmp_path}/run.json: no such file.")


def test_it_can_be_asked_while_tables_are_replaced_and_vanish(results: Results) -> None:
    ended = threading.Event()

    def replace() -> None:
        kinds = 0
        while not ended.is_set():
            kinds = (kinds + 1) % 50
            results.check("clips", 0, 100, ("empty",) * kinds)
            results.check("clips", 1, 100, ("truncated",) * (50 - kinds))
            published(results.folder / "audio/clips/checks/shard=01.parquet").unlink()

    replacing = threading.Thread(target=replace)
    replacing.start()
    try:
        seen = [tuple(results.row("clips")[:2]) for _ in range(200)]
    finally:
        ended.set()
        replacing.join()
    assert set(seen) <= {("0 of 2", "0 of 200"), ("1 of 2", "100 of 200"), ("2 of 2", "200 of 200")}
    assert ("1 of 2", "100 of 200") in seen
