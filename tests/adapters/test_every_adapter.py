"""Rows read = rows kept + rows rejected, by line, whatever the adapter.

Each adapter keeps a small source in the dialect of its real ones, with rows that can be taken and rows that cannot:
tests/adapters/<name>/source/dataset.yaml, and beside it rows.yaml, which says by hand what lines of each file hold a
row. An adapter without it fails here.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.settings.run import load_run
from workflow_scripts.settings.schemas import DERIVED, adapters
from workflow_scripts.sources.ingested import check_classes
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Ingest:
    """What an adapter made of its small source, and the rows that the source has by hand."""

    tables: dict[str, pl.DataFrame]
    kept: pl.DataFrame
    rows: dict[str, list[int]]

    def rejected(self, source: str) -> list[int]:
        rejects = self.tables["rejects"].filter((pl.col("scope") == "row") & (pl.col("source") == source))
        return rejects["line"].to_list()

    def kept_of(self, source: str) -> list[int]:
        """Lines; a row that tells of several clips is one."""
        rows = self.kept.filter(pl.col("source") == source)
        assert rows.is_unique().all()
        return rows["line"].unique(maintain_order=True).to_list()


@pytest.fixture(scope="module", params=[name for name in adapters() if name != DERIVED])
def ingest(request: pytest.FixtureRequest) -> Ingest:
    folder = HERE / request.param / "source"
    assert (folder / "dataset.yaml").is_file(), f"{request.param} needs a small source in {folder}"
    [dataset] = load_run({"datasets": ["dataset.yaml"]}, folder).datasets.values()
    told: dict[str, Any] = dataset.ingest_settings
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        made = adapter(dataset.adapter)(IngestSettings(**told))
        tables = {name: table.collect() for name, table in made.by_name().items()}
        kept = made.kept.collect()
    return Ingest(tables, kept, yaml.safe_load((folder / "rows.yaml").read_text(encoding="utf-8")))


def test_every_row_is_kept_or_rejected_once(ingest: Ingest) -> None:
    assert set(ingest.rows) == set(ingest.tables["sources"]["source"])
    for source, lines in ingest.rows.items():
        assert sorted(ingest.kept_of(source) + ingest.rejected(source)) == lines, source


def test_counts_of_each_source_are_those_of_its_rows(ingest: Ingest) -> None:
    counts = ingest.tables["sources"].select("source", "rows_read", "rows_kept", "rows_rejected").rows()
    assert counts == [
        (source, len(ingest.rows[source]), len(ingest.kept_of(source)), len(ingest.rejected(source)))
        for source, *_ in counts
    ]


def test_every_kept_row_names_its_clip_and_every_clip_has_one(ingest: Ingest) -> None:
    clips = ingest.tables["promised"]
    of_clips = ingest.kept.drop_nulls("clip_id")
    assert set(of_clips["clip_id"]) == set(clips["clip_id"])
    own = clips.select("clip_id", "source", "line").join(of_clips, on=["clip_id", "source", "line"], how="anti")
    assert own.rows() == []


def test_labels_are_of_classes_that_there_are(ingest: Ingest) -> None:
    check_classes(ingest.tables["labels"].lazy(), ingest.tables["classes"].lazy())


def test_the_classes_of_a_clip_are_its_weak_labels_by_annotators(ingest: Ingest) -> None:
    """Ready-made views count by the former, which is quicker."""
    is_said = (pl.col("strength") == "weak") & (pl.col("origin") == "annotated")
    labels = ingest.tables["labels"].filter(is_said).select("clip_id", pl.col("class_id").cast(pl.String))
    clips = ingest.tables["promised"].select("clip_id", class_id="class_ids").explode("class_id").drop_nulls()
    assert sorted(labels.rows()) == sorted(clips.with_columns(pl.col("class_id").cast(pl.String)).rows())


def test_whatever_is_said_is_said_of_a_promised_clip(ingest: Ingest) -> None:
    for name in ("labels", "found_captions", "origins"):
        said = ingest.tables[name].join(ingest.tables["promised"], on="clip_id", how="anti")
        assert said.rows() == [], name


def test_source_has_rows_of_both_kinds(ingest: Ingest) -> None:
    """Else nothing would be shown."""
    assert len(ingest.tables["promised"]) > 1
    assert (ingest.tables["rejects"]["scope"] == "row").any()


def test_every_table_keeps_to_its_schema(ingest: Ingest) -> None:
    assert list(ingest.tables) == list(schemas.INGESTED)
    for name, schema in schemas.INGESTED.items():
        validate(ingest.tables[name], schema)
