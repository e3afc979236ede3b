"""A dataset that cannot be ingested: what is written in its stead."""

from pathlib import Path

import polars as pl
import pytest

from workflow_scripts.sources.failed import keep_tables, write_failed
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import published
from workflow_scripts.tables.store import write_table

Paths = dict[str, Path]
CLASS = {"class_id": "dog", "class_index": 0, "name": "Dog", "parent_ids": [], "ancestor_ids": [], "depth": 0}
CLASSES = pl.DataFrame(
    [CLASS | {"is_abstract": False, "is_blacklisted": False, "description": None, "scientific_name": None}],
    schema=schemas.CLASSES.empty().schema,
)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return {name: tmp_path / "tables" / f"{name}.parquet" for name in schemas.INGESTED}


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    return tmp_path / "tables/crashed"


def write_good(paths: Paths, crashed: Path) -> None:
    for name, path in paths.items():
        write_table(CLASSES if name == "classes" else schemas.INGESTED[name].empty(), path, schemas.INGESTED[name])
    keep_tables(paths, crashed)


def test_tables_are_empty_where_none_were_kept(paths: Paths, crashed: Path) -> None:
    write_failed("mine", SourceError("a.csv, line 3: not a list"), "mine.log", paths, crashed)
    assert all(len(pl.read_parquet(path)) == 0 for name, path in paths.items() if name != "rejects")
    [row] = pl.read_parquet(paths["rejects"]).rows(named=True)
    assert (row["source"], row["scope"], row["detail"]) == ("mine", "dataset", "a.csv, line 3: not a list")


def test_tables_of_the_last_time_that_went_well_are_kept_through_failures(paths: Paths, crashed: Path) -> None:
    write_good(paths, crashed)
    for words in ("one", "two"):
        for path in paths.values():  # as Snakemake does before a job
            path.unlink()
        write_failed("mine", SourceError(words), "mine.log", paths, crashed)
        assert pl.read_parquet(paths["classes"])["class_id"].to_list() == ["dog"]
        assert pl.read_parquet(paths["rejects"])["detail"].to_list() == [words]


def test_tables_that_an_earlier_version_kept_in_another_form_are_not_taken(paths: Paths, crashed: Path) -> None:
    write_good(paths, crashed)
    CLASSES.drop("description").write_parquet(published(paths["classes"]))
    write_failed("mine", SourceError("broken"), "mine.log", paths, crashed)
    assert pl.read_parquet(paths["classes"]).is_empty()


def test_fault_of_the_program_names_its_log(paths: Paths, crashed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_failed("mine", KeyError("start"), "logs/ingest/mine.log", paths, crashed)
    assert pl.read_parquet(paths["rejects"])["detail"].item() == "KeyError: 'start'; see logs/ingest/mine.log"
    assert capsys.readouterr().err.startswith("error: mine: KeyError: 'start'")
    assert crashed.exists()
    write_failed("mine", SourceError("broken"), "mine.log", paths, crashed)
    assert not crashed.exists()
