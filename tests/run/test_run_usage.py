"""What jobs asked for and used, out of benchmark files as Snakemake writes them."""

import json
from pathlib import Path

import pytest

from tests.project import Project
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.run.usage import usage_text
from workflow_scripts.settings.places import Places
from workflow_scripts.tables.files import publish


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Of a run over one root in two shards."""
    run = {"started": 0.0, "on_cluster": True, "fingerprint": "", "version": "0.1.0", "datasets": {"mine": ["clips"]}}
    run |= {"place": str(tmp_path), "folder": "/project"}
    (tmp_path / "run.json").write_text(json.dumps(run | {"roots": ["clips"]}))
    publish(Path(Places(str(tmp_path)).shards("clips")), lambda part: part.write_text('{"00": 9, "01": 8}'))
    return tmp_path


def write_job(results: Path, name: str, rule: str = "check", **said: object) -> None:
    job = {"rule_name": rule, "wildcards": None, "threads": 4, "s": 100.0, "cpu_time": 250.0, "max_rss": 731.4}
    job |= {"resources": {"mem_mb": 4000, "runtime": 240, "tmpdir": "/tmp"}, **said}
    file = results / "benchmarks" / rule / f"{name}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(job) + "\n")


def rows(results: Path) -> dict[str, list[str]]:
    lines = usage_text(Places(str(results))).split("\n\n")[0].splitlines()[2:]
    return {line.split()[0]: line.split()[1:] for line in lines}


def test_a_row_tells_the_most_that_was_asked_and_used(results: Path) -> None:
    write_job(results, "clips/shard=00", s=400.0, cpu_time=1000.0, max_rss=1900.0)
    write_job(results, "clips/shard=01", s=200.0, cpu_time=800.0, resources={"mem_mb": 8000, "runtime": 480})
    assert " ".join(rows(results)["check"]) == "2 4 3.0 8,000 MB 1,900 MB 8 h 0 min 7 min"


def test_jobs_of_earlier_roots_shards_and_datasets_are_not_counted(results: Path) -> None:
    for root, shard in (("clips", "01"), ("clips", "10"), ("gone", "00")):
        write_job(results, f"{root}/shard={shard}", wildcards={"root": root, "shard": shard})
    for root in ("gone", "clips"):
        write_job(results, root, "scan", wildcards={"root": root})
    for dataset in ("gone", "mine"):
        write_job(results, f"{dataset}/csv", "export", wildcards={"dataset": dataset, "export": "csv"})
    write_job(results, "gone", "ingest", wildcards={"dataset": "gone"})
    assert {rule: row[0] for rule, row in rows(results).items()} == {"check": "1", "scan": "1", "export": "1"}


def test_a_job_too_short_to_be_seen_has_only_its_time(results: Path) -> None:
    write_job(results, "clips/shard=00", s=0.3, cpu_time="NA", max_rss="NA")
    assert " ".join(rows(results)["check"]) == "1 4 - 4,000 MB - 4 h 0 min 0 s"


def test_a_job_that_asked_for_no_memory_and_no_time_is_told(results: Path) -> None:
    write_job(results, "clips/shard=00", resources={})
    assert " ".join(rows(results)["check"]) == "1 4 2.5 - 731 MB - 2 min"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"s": 1}', "s\tmax_rss\n1\t2\n"])
def test_a_file_that_snakemake_did_not_write_so_is_named(results: Path, text: str) -> None:
    write_job(results, "clips/shard=00")
    (results / "benchmarks" / "odd.jsonl").write_text(text)
    with pytest.raises(SoundledgerError, match=r"odd\.jsonl: not what Snakemake writes of a job"):
        usage_text(Places(str(results)))


def test_results_without_a_job_say_what_to_do(results: Path) -> None:
    with pytest.raises(SoundledgerError, match=r"make usage RESULTS=/scratch/out"):
        usage_text(Places(str(results)))


@pytest.mark.slow
def test_the_benchmark_files_of_a_real_run_hold_what_is_told(sample_project: Project) -> None:
    told = rows(sample_project.folder / "results")
    assert set(told) == {
        "assign_splits",
        "build_catalogue",
        "check",
        "export",
        "ingest",
        "losses",
        "make_sample",
        "match_sounds",
        "pack",
        "plan",
        "resolve",
        "scan",
        "tell_same_sound",
    }
    jobs, cores, _, asked, unit, *_ = told["check"]
    assert (int(jobs), asked, unit) == (4, f"{2000 + 500 * int(cores):,}", "MB")
