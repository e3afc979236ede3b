"""A run over a root with archives that end, fill or hang who reads them: its other files are what they were."""

import os
import re
from pathlib import Path

import pytest

from tests.media.archives import bombs
from tests.project import Project

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The sample's clips, run without bombs first."""
    project = Project(tmp_path_factory.mktemp("bombs"))
    project.own_sample("clips", exports=[])
    project.run()
    return project


def _clips(project: Project) -> list[tuple]:
    return project.ask("SELECT clip_id, status, media_path, duration_s FROM clips ORDER BY clip_id")


def test_bombs_are_rejects_with_their_reasons_and_all_else_is_as_before(project: Project) -> None:
    before = _clips(project)
    root = project.folder / "mine" / "audio" / "clips"
    bombs.parquet_of_one_long_name(root / "long.parquet")
    bombs.tar_of_one_long_name(root / "long.tar", members=100)
    bombs.zip_that_overlaps(root / "overlaps.zip")
    aborting = bombs.parquets_with_altered_footers(root)
    run = project.run()
    assert run.jobs["scan"] == 1
    assert _clips(project) == before
    told = project.ask(
        "SELECT parse_filename(source), reason, count(*) FROM rejects WHERE scope = 'media' "
        "AND reason NOT IN ('archive_damaged', 'no_audio_column') GROUP BY ALL ORDER BY ALL"
    )
    told = [row for row in told if row[0].startswith(("long", "overlaps")) or row[1] == "archive_crashed"]
    crashed = [name for name, reason, _ in told if reason == "archive_crashed"]
    assert crashed
    assert set(crashed) < {file.name for file in aborting}
    assert [row for row in told if row[0] not in crashed] == [
        ("long.parquet", "archive_too_large", 1),
        ("long.tar", "name_too_long", 100),
        ("overlaps.zip", "overlapping_member", 249),
    ]
    now = project.ask("SELECT count(*) FROM rejects WHERE scope = 'media'")[0][0]
    assert re.search(r"have a fault that may pass \(\d+ archive_crashed\): the next run looks again", run.output)
    assert f", {now:,} faults in archives (view rejects)" in run.output
    assert [project.run().jobs.get("scan", 0) for _ in range(4)] == [1, 1, 1, 0], "as often as a fault may pass"
    assert project.run().jobs == {}


def test_of_many_archives_the_one_that_changed_is_listed(project: Project) -> None:
    root = project.folder / "mine" / "audio" / "clips"
    os.utime(root / "overlaps.zip", ns=(1, 1))
    project.run()
    [log] = Path(project.folder, "results", "logs", "scan").glob("*.log")
    listed, kept, *_ = map(int, re.findall(r"(\d+) archives listed, (\d+) as they were", log.read_text())[-1])
    crashed = project.ask("SELECT count(*) FROM rejects WHERE reason = 'archive_crashed'")[0][0]
    assert listed == 1 + crashed, "those whose fault may pass are listed again, whenever a scan runs"
    assert kept > 50
