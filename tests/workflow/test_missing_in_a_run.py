"""`snakemake missing`: which clips are not there, by class, and which files elsewhere may be theirs."""

import csv
import zipfile
from pathlib import Path

import pytest

from tests.made_files import noise16, wav
from tests.project import Project
from tests.workflow.small_set import IDS, write_small_set

pytestmark = pytest.mark.slow

SET = "datasets=['small/set.yaml']"


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as text:
        return list(csv.DictReader(text))


def test_what_stays_missing_and_where_it_may_lie(tmp_path: Path) -> None:
    project = Project(tmp_path)
    small = write_small_set(project)
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (small / "audio" / f"Y{IDS[0]}.wav").rename(mirror / f"{IDS[0]}.wav")
    (small / "audio" / f"Y{IDS[1]}.wav").rename(mirror / "kept.wav")
    with zipfile.ZipFile(mirror / "more.zip", "w") as archive:
        archive.write(mirror / "kept.wav", f"folder/Y{IDS[1]}.wav")
    (mirror / "kept.wav").unlink()
    (small / "audio" / f"Y{IDS[2]}.wav").unlink()
    of_ten_seconds = wav(noise16(160_000, seed=9))
    (small / "audio" / f"from-{IDS[2]}-again.wav").write_bytes(of_ten_seconds)
    (small / "audio" / f"other-{IDS[0]}-take.wav").write_bytes(wav(noise16(16_000, seed=8)))  # not as long as the clip
    project.run("missing", "--config", SET, f"look_in=['{mirror}']")

    exports = tmp_path / "results/small/exports"
    missing = rows(exports / "missing.csv")
    assert {row["clip_id"] for row in missing} == set(IDS)
    assert missing[0]["labels"] == "/m/dog;/m/cat"
    assert all(row["source_url"].startswith("https://youtu.be/") for row in missing)
    assert rows(exports / "missing_by_class.csv") == [
        {"split": "train", "class_id": one, "missing": "3", "of": "3"} for one in ("/m/cat", "/m/dog")
    ]
    proposed = {(row["clip_id"], row["by"], row["file"]) for row in rows(exports / "missing_proposed.csv")}
    assert proposed == {
        (IDS[0], "name", f"{IDS[0]}.wav"),
        (IDS[1], "name", f"more.zip/folder/Y{IDS[1]}.wav"),
        (IDS[2], "part_of_name", f"from-{IDS[2]}-again.wav"),
    }
    again = project.run("missing", "--config", SET, f"look_in=['{mirror}']")
    assert again.jobs.total() == 0
    (mirror / f"{IDS[0]}.wav").unlink()
    assert set(project.run("missing", "--config", SET, f"look_in=['{mirror}']").jobs) == {"tell_missing", "missing"}


def test_where_nothing_is_missing_the_tables_are_empty(tmp_path: Path) -> None:
    project = Project(tmp_path)
    write_small_set(project)
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    project.run("missing", "--config", SET, f"look_in=['{mirror}']")
    exports = tmp_path / "results/small/exports"
    assert [rows(exports / f"missing{of}.csv") for of in ("", "_by_class", "_proposed")] == [[], [], []]
