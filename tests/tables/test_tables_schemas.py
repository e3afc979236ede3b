"""What the schemas of the tables promise, and how a table that breaks one is told."""

import re

import polars as pl
import pytest

from workflow_scripts.tables import schemas
from workflow_scripts.tables.declared import Schema
from workflow_scripts.tables.store import TableError, read_table, validate, write_table

ALL = {schema.name: schema for schema in vars(schemas).values() if isinstance(schema, Schema)}
CONTRACT = {
    "clips",
    "labels",
    "captions",
    "classes",
    "rejects",
    "sources",
    "media",
    "checks",
    "orphans",
    "summary",
}


def clip_rows(number, **columns):
    """So many sound clips, with these columns in place of their own."""
    rows = {
        "clip_id": [f"clip{place}" for place in range(number)],
        "media_key": ["media"] * number,
        "split": ["train"] * number,
        "start_s": [0.0] * number,
        "end_s": [10.0] * number,
        "class_ids": [["/m/0bt9lr"]] * number,
        "class_names": [["Dog"]] * number,
        "licence": [None] * number,
        "source_url": [None] * number,
        "source": ["train.csv"] * number,
        "line": list(range(1, number + 1)),
    }
    return pl.DataFrame(rows, schema=schemas.PROMISED.empty().schema).with_columns(**columns)


def complaint(frame, schema=schemas.PROMISED):
    with pytest.raises(TableError) as caught:
        validate(frame, schema)
    return str(caught.value)


# --- the schemas ---


def test_every_table_of_the_contract_has_a_schema():
    assert set(ALL) >= CONTRACT
    assert set(schemas.INGESTED) | set(schemas.RESOLVED) <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_every_column_says_in_one_line_what_it_holds(name):
    assert ALL[name].description
    for column, schema in ALL[name].columns.items():
        assert schema.description, f"{name}.{column} has no description"
        assert "\n" not in schema.description


@pytest.mark.parametrize("name", ALL)
def test_column_whose_name_has_a_unit_says_the_unit(name):
    units = {"_s": "second", "_hz": "frequency", "_ns": "nanoseconds", "_dbfs": "dB", "bytes": "size"}
    for column, schema in ALL[name].columns.items():
        for ending, word in units.items():
            said = schema.description.lower()
            assert not column.endswith(ending) or word.lower() in said or column == "fbank_frames", f"{name}.{column}"


@pytest.mark.parametrize("name", ALL)
def test_empty_table_keeps_to_its_schema(name):
    validate(ALL[name].empty(), ALL[name])


@pytest.mark.parametrize("name", ALL)
def test_empty_table_comes_back_from_disk_with_its_types(tmp_path, name):
    path = tmp_path / "tables" / f"{name}.parquet"
    write_table(ALL[name].empty(), path, ALL[name])
    assert read_table(path).schema == ALL[name].empty().schema


def test_statuses_are_asked_in_the_order_of_the_contract():
    assert (
        *(
            "missing",
            "ambiguous",
            "unreadable",
            "truncated",
            "too_short",
            "too_long",
            "resample_failed",
            "feature_failed",
        ),
        *("outside_media", "usable"),
    ) == schemas.STATUSES


def test_sound_clips_keep_to_their_schema():
    validate(clip_rows(3), schemas.PROMISED)


def test_clip_may_not_say_where_it_starts_and_ends():
    validate(clip_rows(2, start_s=pl.lit(None, pl.Float64), end_s=pl.lit(None, pl.Float64)), schemas.PROMISED)


# --- what breaks them ---


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("clip_id", pl.concat_str("clip_id", pl.lit("/../x")), "str_matches"),
        ("clip_id", pl.lit("always-the-same"), "uniq"),
        ("media_key", pl.lit(None, pl.String), "not_nullable"),
        ("class_ids", pl.lit(None, schemas.PROMISED.empty().schema["class_ids"]), "not_nullable"),
        ("start_s", pl.lit(-0.5), r"\(0"),
        ("line", pl.lit(0, pl.Int64), r"\(1"),
    ],
)
def test_violation_names_column_rule_number_of_rows_and_the_first_twenty(column, value, rule):
    words = complaint(clip_rows(25, **{column: value}))
    assert words.startswith("table promised: ")
    found = re.search(
        rf"column {column}: rule \S*{rule}.*: broken by 25 rows, the first 20: (.*)$", words, re.MULTILINE
    )
    assert found, words
    assert re.findall(r"row (\d+): ", found[1]) == [str(row) for row in range(20)]


def test_violation_shows_the_values_themselves():
    assert "row 1: a b" in complaint(clip_rows(2, clip_id=pl.Series(["fine", "a b"])))


def test_only_rows_that_break_the_rule_are_told():
    starts = pl.Series([0.0, -1.0, 0.0, -2.0])
    assert "broken by 2 rows, the first 2: row 1: -1.0; row 3: -2.0" in complaint(clip_rows(4, start_s=starts))


def test_clip_that_ends_before_it_starts_breaks_the_rule_of_its_table():
    words = complaint(clip_rows(3, start_s=pl.Series([0.0, 20.0, 0.0])))
    assert "rule end_s > start_s: broken by 1 rows" in words
    assert "clip1" in words


def test_a_row_that_holds_bytes_is_told_without_them():
    """JSON, as which rows are told, has none."""
    row = {"dataset": "far", "split": "eval", "clip_id": "a b", "start_s": 20.0, "end_s": 10.0, "duration_s": -1.0}
    row |= {"pcm_digest": None, "fingerprint_version": 1, "acoustic_fingerprint": b"\xff"}
    words = complaint(pl.DataFrame([row], schema=schemas.FINGERPRINTS.empty().schema), schemas.FINGERPRINTS)
    assert [line.split(": broken")[0] for line in words.splitlines()[1:]] == [
        "  column clip_id: rule str_matches('^[A-Za-z0-9_-]+$')",
        "  column duration_s: rule in_range(0, inf)",
        "  the whole table: rule end_s > start_s",
    ]
    assert '"end_s":10.0' in words


def test_every_broken_column_is_told_at_once():
    words = complaint(clip_rows(2, clip_id=pl.lit("a/b"), start_s=pl.lit(-1.0)))
    assert "column clip_id: rule str_matches" in words
    assert re.search(r"column clip_id: rule \S*uniq", words)
    assert "column start_s: rule " in words


def test_column_that_is_missing_is_named():
    words = complaint(clip_rows(2).drop("end_s"))
    assert "end_s" in words
    assert "column_in_dataframe" in words


def test_column_that_no_schema_knows_is_named():
    words = complaint(clip_rows(2, colour=pl.lit("red")))
    assert "colour" in words
    assert "column_in_schema" in words


def test_columns_in_another_order_are_refused():
    assert "column_ordered" in complaint(clip_rows(2).select(sorted(clip_rows(2).columns)))


def test_column_of_another_type_is_named_with_the_type_expected_and_found():
    words = complaint(clip_rows(2, line=pl.lit(1, pl.Int32)))
    assert re.search(r"column line: rule dtype\('Int64'\): .*Int32", words)


def test_word_outside_the_known_ones_is_refused_in_text_and_in_categories():
    summary = pl.DataFrame({"split": ["train"], "status": ["lost"], "clips": [1]})
    assert "column status: rule isin" in complaint(summary, schemas.SUMMARY)
    more = {name: dtype for name, dtype in schemas.CLIPS.empty().schema.items() if name not in clip_rows(0)}
    ledger = clip_rows(1).with_columns(pl.lit(None, dtype).alias(name) for name, dtype in more.items())
    ledger = ledger.with_columns(status=pl.lit("lost").cast(pl.Categorical), usable=False, trainable=False)
    assert "column status: rule isin" in complaint(ledger, schemas.CLIPS)


def test_two_rows_of_one_key_are_refused_even_where_a_part_of_the_key_is_null():
    row = {"root": "wav", "path": "a.wav", "member": None, "reason": "unclaimed", "clip_id": None}
    orphans = pl.DataFrame([row, row], schema=schemas.ORPHANS.empty().schema)
    assert "uniqueness: broken by 2 rows" in complaint(orphans, schemas.ORPHANS)


def test_source_that_lost_a_row_is_refused():
    row = {"source": "a.csv", "sha256": "0" * 64, "bytes": 1, "rows_declared": None}
    row |= {"rows_read": 3, "rows_kept": 1, "rows_rejected": 1, "rows_not_in_subset": 0}
    sources = pl.DataFrame([row], schema=schemas.SOURCES.empty().schema)
    assert "rule rows_read = rows_kept + rows_rejected + rows_not_in_subset: broken by 1 rows" in complaint(
        sources, schemas.SOURCES
    )


@pytest.mark.parametrize("column", ["start_s", "end_s"])
def test_what_is_not_a_number_is_no_number_of_seconds(column):
    """To polars NaN is larger than any number, so `at least 0` alone lets it pass."""
    assert "promised" in complaint(clip_rows(2, **{column: pl.lit(float("nan"))}))


@pytest.mark.parametrize("column", ["duration_s", "peak", "bandwidth_hz", "fbank_mean", "fbank_std", "rms_dbfs"])
def test_measure_that_is_not_a_number_is_refused(column):
    """A measure that cannot be taken is null: one NaN would make every mean over the table NaN."""
    row = dict.fromkeys(schemas.CHECKS.empty().columns)
    row |= {"path": "a.wav", "bytes": 1, "mtime_ns": 1, "load_ok": True, "fingerprint": "f"}
    checks = pl.DataFrame([row], schema=schemas.CHECKS.empty().schema)
    validate(checks, schemas.CHECKS)
    assert f"column {column}" in complaint(checks.with_columns(pl.lit(float("nan")).alias(column)), schemas.CHECKS)
