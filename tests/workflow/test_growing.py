"""Shards follow from what lies there: a root that grows and shrinks through their bounds decodes each file once."""

import re
import time
from pathlib import Path

import pytest
import yaml

from tests.made_files import noise16, wav
from tests.project import Project
from tests.workflow.small_set import write_small_set
from workflow_scripts.run.status import status_text
from workflow_scripts.settings.places import Places

FILES, BOUND = 7, 2
pytestmark = pytest.mark.slow


def decoded(project: Project, before: dict[Path, int]) -> tuple[int, int]:
    """How many checks there were in the last run, and how many media they decoded."""
    logs = [log.read_text() for log, time in project.check_logs().items() if before.get(log) != time]
    return len(logs), sum(int(count) for log in logs for count in re.findall(r"(\d+) decoded", log))


def test_a_root_that_grows_through_three_bounds_and_shrinks_decodes_each_file_once(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    small = write_small_set(project, exports=[])
    audio = small / "audio"
    for file in audio.iterdir():
        file.unlink()
    ids = [f"{number:011d}" for number in range(FILES)]
    (small / "train.csv").write_text("".join(f'{one}, 30.000, 40.000, "/m/dog"\n' for one in ids))
    config = ("--config", f"files_per_shard={BOUND}", "datasets=['small/set.yaml']")
    shards = []
    for number, one in enumerate(ids):
        (audio / f"Y{one}.wav").write_bytes(wav(noise16(8_000, seed=number)))
        before = project.check_logs()
        # what was split is dropped by a whole run only
        project.run(*(["checks"] if number % 2 else []), *config)
        jobs, media = decoded(project, before)
        assert media == 1, f"file {number}"
        [told] = project.folder.glob("results/audio/*/tables/shards.json")
        shards.append(set(yaml.safe_load(told.read_text())))
        assert jobs <= len(shards[-1] - (shards[-2] if number else set())) + 1
    assert max(map(len, shards[-1])) >= 3, "three bounds"
    project.run(*config)
    grown = project.digests()

    again = project.run("--config", f"files_per_shard={BOUND}", "datasets=['small/set.yaml']", "results=fresh")
    assert again.jobs["check"] == len(shards[-1])
    fresh = project.digests("fresh")
    assert {**fresh, "summary.txt": grown["summary.txt"]} == grown, "but for the place that it names"

    before = project.check_logs()
    for file in sorted(audio.iterdir())[BOUND:]:
        file.unlink()
    project.run(*config)
    assert decoded(project, before) == (1, 0)
    left = [file.name for file in project.folder.glob("results/audio/**/shard=*.parquet")]
    assert left == ["shard=all.parquet"] * 4
    assert project.run(*config).jobs == {}


def test_another_bound_cuts_otherwise_and_decodes_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    write_small_set(project, exports=[])
    config = ("--config", "datasets=['small/set.yaml']")
    project.run(*config)
    whole = {name: project.table("small", name) for name in ("clips", "orphans", "summary", "roots")}
    checks = project.ask("SELECT * FROM checks ORDER BY path")
    for bound in ("files_per_shard=1", "bytes_per_shard=1"):
        before = project.check_logs()
        project.run(*config, bound)
        assert decoded(project, before) == (3, 0)
        assert all(project.table("small", name).equals(table) for name, table in whole.items())
        assert project.ask("SELECT * FROM checks ORDER BY path") == checks
        assert project.run(*config, bound).jobs == {}
    assert all(len(shard) == 64 for (shard,) in project.ask("SELECT shard FROM media")), "each too large for others"


def test_what_was_split_counts_as_checked_until_it_goes_with_all_that_its_job_left(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    write_small_set(project, exports=[])
    results = project.folder / "results"
    whole, split = (("--config", "datasets=['small/set.yaml']", *more) for more in ([], ["files_per_shard=1"]))
    project.run(*whole)
    project.run("media", *split)
    assert re.search(r" 0 of 3 +3 of 3 ", status_text(Places(str(results)), time.time()))
    project.run(*split)
    assert re.search(r" 3 of 3 +3 of 3 ", status_text(Places(str(results)), time.time()))
    [told] = results.glob("audio/*/tables/shards.json")
    shards = {f"shard={shard}" for shard in yaml.safe_load(told.read_text())}
    for left in ("audio/*/checks/*", "logs/check/*/*.log", "logs/check/*/*.progress.json", "benchmarks/check/*/*"):
        assert {file.name.partition(".")[0] for file in results.glob(left)} == shards, left
