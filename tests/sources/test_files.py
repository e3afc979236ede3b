"""Files are found by their names, or by patterns that say so."""

from pathlib import Path

import pytest

from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.files import files_of, pattern_below, refuse_one_file_twice


def made(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()
    return folder


def found(folder: Path, named: str) -> list[str]:
    return [Path(path).name for path in files_of(pattern_below(str(folder), named))]


def test_only_what_is_said_is_a_pattern(tmp_path: Path) -> None:
    folder = made(tmp_path / "data [v2]", "a.csv", "b.csv")
    made(tmp_path / "data v", "c.csv")
    assert found(folder, "a.csv") == ["a.csv"]
    assert found(folder, "*.csv") == ["a.csv", "b.csv"]
    assert found(folder, "../data [[]v2]/[b-z].csv") == ["b.csv"]


def test_a_file_that_is_called_like_a_pattern_goes_before_those_that_it_fits(tmp_path: Path) -> None:
    folder = made(tmp_path / "data", "labels[1].csv", "labels1.csv")
    assert found(folder, "labels[1].csv") == ["labels[1].csv"]
    assert found(folder, "labels[0-9].csv") == ["labels1.csv"]


def test_a_file_is_named_for_one_thing_once(tmp_path: Path) -> None:
    folder = made(tmp_path / "data", "a.csv", "b.csv")
    (folder / "c.csv").symlink_to("a.csv")
    a, b, c = (str(folder / name) for name in ("a.csv", "b.csv", "c.csv"))
    refuse_one_file_twice([("table", a), ("events", b)])
    with pytest.raises(SourceError, match=r"a\.csv: named as table and as events"):
        refuse_one_file_twice([("table", a), ("events", a)])
    with pytest.raises(SourceError, match=r"c\.csv: named as table and as table \(it is also .*a\.csv\)"):
        refuse_one_file_twice([("table", a), ("table", c)])
