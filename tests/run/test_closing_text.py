"""The short table that a run ends with."""

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.exports.small_run import SmallAudioset, copied_dataset, make_small_audioset
from workflow_scripts.catalogue.build import Contents, build_catalogue
from workflow_scripts.run.closing import summary_text
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table


def _summary(small: SmallAudioset, contents: Contents | None = None) -> str:
    file = small.folder / "results/catalog.duckdb"
    build_catalogue(contents or small.contents, file)
    return summary_text(file)


def _rows(text: str, first: str) -> dict[str, list[str]]:
    """The rows of the table whose header begins so, by their second cell."""
    table = next(part for part in text.split("\n\n") if re.match(rf"dataset +{first} ", part))
    rows = [re.split(r"  +", line.strip()) for line in table.splitlines()[2:]]
    return {row[1]: row for row in rows}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallAudioset:
    return make_small_audioset(tmp_path_factory.mktemp("report"))


def test_splits_tell_what_was_promised_found_and_lost_and_why(small: SmallAudioset) -> None:
    rows = _rows(_summary(small), "split")
    assert rows == {
        "balanced_train": ["small", "balanced_train", "10", "9", "8", "7", "1 missing, 1 truncated"],
        "eval": ["small", "eval", "3", "2", "1", "1", "1 missing, 1 feature_failed"],
    }


def test_roots_tell_how_many_clips_they_serve(small: SmallAudioset) -> None:
    folder = small.folder / "audio"
    assert _rows(_summary(small), "audio root") == {
        str(folder / "clips"): ["small", str(folder / "clips"), "11", "9", "7", "2"],
        str(folder / "recordings"): ["small", str(folder / "recordings"), "1", "1", "1", "0"],
        str(folder / "mirror"): ["small", str(folder / "mirror"), "1", "1", "1", "0"],
    }


def test_numbers_add_up(small: SmallAudioset) -> None:
    ledger = small.table("clips")
    rows = _rows(_summary(small), "split").values()
    assert sum(int(row[2]) for row in rows) == len(ledger)
    assert sum(int(row[4]) for row in rows) == ledger["usable"].sum()
    assert sum(int(row[5]) for row in rows) == ledger["trainable"].sum()
    for row in rows:
        lost = sum(int(count) for count in re.findall(r"(\d+) [a-z_]+", row[6]))
        assert int(row[2]) - int(row[4]) == lost


def test_rejects_and_the_catalogue_are_named(small: SmallAudioset) -> None:
    text = _summary(small)
    assert "small: 1 rows and 1 labels rejected (view rejects)" in text
    assert text.endswith(f"\nCatalogue: {small.folder / 'results/catalog.duckdb'}\n")


def test_what_is_not_looked_at_is_counted_by_its_suffixes(tmp_path: Path) -> None:
    small = make_small_audioset(tmp_path)
    assert "not looked at" not in _summary(small)
    names = [("a.wma", None), ("b.TS", None), ("c.tar", "d.ts")]
    unread = pl.DataFrame(
        [("wav", path, member, "not_looked_at", None) for path, member in names],
        schema=schemas.ORPHANS.empty().schema,
        orient="row",
    )
    write_table(pl.concat([small.table("orphans"), unread]), small.tables_folder / "orphans.parquet", schemas.ORPHANS)
    assert "small: 3 files are of a kind that is not looked at: 2 .ts, 1 .wma (view orphans, " in _summary(small)


def test_it_is_short(small: SmallAudioset) -> None:
    assert len(_summary(small).splitlines()) < 20


def test_several_datasets_have_their_own_rows(small: SmallAudioset) -> None:
    copied_dataset(small, "one", "other")
    text = _summary(small, replace(small.contents, datasets={"one": small.roots, "other": small.roots}))
    for dataset in ("one", "other"):
        assert len(re.findall(rf"^{dataset} +(?:balanced_train|eval) ", text, re.MULTILINE)) == 2
        assert f"{dataset}: 1 rows and 1 labels rejected" in text


def test_without_audio_everything_is_missing(tmp_path: Path) -> None:
    text = _summary(make_small_audioset(tmp_path, roots=()))
    assert _rows(text, "split") == {
        "balanced_train": ["small", "balanced_train", "10", "0", "0", "0", "10 missing"],
        "eval": ["small", "eval", "3", "0", "0", "0", "3 missing"],
    }
    assert "audio root" not in text
    assert "small: no audio is named; its tables are of labels alone" in text


def test_names_that_differ_in_capitals_or_composition_alone_are_told(tmp_path: Path) -> None:
    small = make_small_audioset(tmp_path)
    assert "alone" not in _summary(small)
    ledger = small.table("clips")
    other = ledger.head(1).with_columns(pl.col("clip_id").str.to_uppercase())
    ids = sorted([ledger["clip_id"][0], other["clip_id"][0]])
    write_table(pl.concat([ledger, other]), small.tables_folder / "clips.parquet", schemas.RESOLVED["clips"])
    classes = small.table("classes")
    named = pl.concat([classes.head(1).with_columns(class_id=pl.lit(one)) for one in ("e\u0301", "\u00c9", "e")])
    indices = pl.Series("class_index", [900, 901, 902]).cast(classes.schema["class_index"])
    named = named.with_columns(indices)
    write_table(pl.concat([classes, named]), small.tables_folder / "classes.parquet", schemas.INGESTED["classes"])
    text = _summary(small)
    (told,) = [part for part in text.split("\n\n") if part.startswith("small: 2 ids of clips differ from another")]
    assert told.endswith(f"alone: {ids[0]}, {ids[1]}; on some disks they are one")
    assert "small: 2 ids of classes differ" in text
    assert "names of media" not in text
