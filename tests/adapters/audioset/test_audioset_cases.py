"""Lists as strangers brought them, each with its dataset file."""

import polars as pl
import pytest

from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.settings.run import load_run
from workflow_scripts.sources.source import SourceError

pytestmark = pytest.mark.shared


@pytest.fixture
def ingest(shared, monkeypatch):
    """The tables of a case's dataset file."""

    def run(case, file):
        folder = shared / "cases" / case
        [dataset] = load_run({"datasets": [file]}, folder).datasets.values()
        monkeypatch.chdir(folder)
        made = adapter(dataset.adapter)(IngestSettings(**dataset.ingest_settings))
        return {name: table.collect() for name, table in made.by_name().items()}

    return run


def said(tables):
    return tables["promised"].select("clip_id", "start_s", "end_s", "class_ids").rows()


def test_weak_list_with_one_label_a_row(ingest):
    tables = ingest("04-weak-list-as-tsv", "dataset.yaml")
    assert said(tables) == [
        ("tsvRow_one1", 30.0, None, ["/m/09x0r", "/m/04rlf"]),
        ("-tsvRowtwo2", 0.0, None, ["/m/06mb1"]),
        ("tsv_row-thr", 110.0, None, ["/m/0bt9lr", "/m/05tny_"]),
    ]
    assert tables["sources"].select("rows_read", "rows_kept", "rows_rejected").row(0) == (5, 5, 0)


@pytest.mark.parametrize("file", ["dataset.yaml", "dataset_mids.yaml"])
def test_strong_labels_named_like_files(ingest, file):
    tables = ingest("05-strong-desed", file)
    strong = tables["labels"].filter(strength="strong", origin="annotated")
    assert strong.select("clip_id", "class_name", "onset_s", "offset_s").rows() == [
        ("0sY-sEVTf2E", "Speech", 0.0, 10.0),
        ("Yum2ui5-eyo", "Dog", 0.5, 2.25),
        ("Yum2ui5-eyo", "Speech", 3.0, 10.0),
        ("_zjb1cI6aEs", "Cat", 0.0, 9.1),
    ]
    assert len(tables["rejects"]) == 0


@pytest.mark.parametrize("file", ["dataset_a.yaml", "dataset_e.yaml"])
def test_lists_that_pandas_wrote(ingest, file):
    tables = ingest("11-lists-from-pandas", file)
    assert said(tables) == [
        ("-pandasRow1", 30.0, 40.0, ["/m/09x0r", "/m/04rlf"]),
        ("pandas_Row2", 0.0, 10.0, ["/m/06mb1"]),
        ("Ypandas-Ro3", 110.0, 120.0, ["/m/0bt9lr", "/m/05tny_"]),
    ]
    assert tables["rejects"].filter(pl.col("scope") == "row").is_empty()


def test_list_in_milliseconds_stops_the_run(ingest):
    with pytest.raises(SourceError, match=r"i_milliseconds\.csv: .* look like milliseconds: divide by 1000"):
        ingest("11-lists-from-pandas", "dataset_i.yaml")
