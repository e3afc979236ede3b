"""What the catalogue answers."""

import math
from collections import Counter
from itertools import combinations
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.exports.small_run import AUDIO, ONTOLOGY, SmallAudioset

DESIGN = {
    "clips": "dataset clip_id media_key split start_s end_s class_ids class_names status usable trainable media_path "
    "duration_s sample_rate channels licence source_url",
    "labels": "dataset clip_id class_id class_name onset_s offset_s strength origin via_class_id value",
    "origins": "dataset clip_id recorded_at latitude longitude location_uncertainty_m country locality site recordist "
    "quality device microphone declared_duration_s declared_sample_rate extra",
    "captions": "dataset clip_id ordinal text",
    "classes": "dataset class_id class_index name parent_ids ancestor_ids depth is_abstract is_blacklisted description "
    "scientific_name rank extra",
    "media": "root path member stem bytes mtime_ns shard",
    "checks": "root path member bytes_digest load_ok resample_ok feature_ok error_kind error format subtype "
    "sample_rate channels frames duration_s declared_duration_s peak rms_dbfs dc_offset clipped_fraction "
    "silent_fraction bandwidth_hz channel_layout fbank_frames fbank_mean fbank_std acoustic_fingerprint pcm_digest "
    "fingerprint",
    "rejects": "dataset source line scope reason detail raw",
    "orphans": "dataset path member reason",
    "sources": "dataset source sha256 bytes rows_declared rows_read rows_kept rows_rejected rows_not_in_subset",
    "summary": "dataset split status clips",
}
READY_MADE = [
    *("audio_hours", "class_pairs", "clips_per_class", "declared_against_found", "duplicates", "duration_histogram"),
    *("board", "caption_findings", "captions_against_labels", "class_map", "exports", "losses", "overlap", "rights"),
    *("class_bands", "not_hearable", "recording_days"),
    *("same_sound_across_splits", "same_sound_across_datasets", "same_sound_other_span", "same_sound_captions"),
    "same_sound_other_labels",
    *("changes", "findings", "label_quality", "leakage", "leaks", "missing", "runs", "sharing", "species"),
]

Rows = list[dict[str, Any]]


def _asked(catalogue: duckdb.DuckDBPyConnection, view: str) -> Rows:
    answer = catalogue.execute(f'SELECT * FROM "{view}"')
    names = [name for name, *_ in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Categories as text, in lists too: what DuckDB gives."""
    return frame.with_columns(
        pl.col(pl.Categorical).cast(pl.String), pl.col(pl.List(pl.Categorical)).cast(pl.List(pl.String))
    )


@pytest.mark.parametrize("view", DESIGN)
def test_every_view_of_the_design_has_its_columns(catalogue: duckdb.DuckDBPyConnection, view: str) -> None:
    columns = [name for name, *_ in catalogue.execute(f'DESCRIBE "{view}"').fetchall()]
    assert set(DESIGN[view].split()) <= set(columns)
    assert columns[0] == ("root" if view in ("media", "checks") else "dataset")


def test_there_are_ready_made_views(catalogue: duckdb.DuckDBPyConnection) -> None:
    views = {
        name for (name,) in catalogue.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    }
    assert views == {
        *DESIGN,
        *READY_MADE,
        "agreement",
        "label_issues",
        "roots",
        "clips_before",
        "fetches",
        "mixtures",
        "predictions",
        "reviews",
        "splits",
        "subsets",
        "windowed",
        "directions",
        "scenes",
        "parts",
        "augmentations",
        "indices",
        "daylight",
        "trends",
        "caption_fit",
        "detections",
        "pairs",
        "unpaired",
        "sound_pairs",
        "skipped_sounds",
        "same_sound",
        "sound_groups",
        "foreign_clips",
    }


def test_every_view_and_every_column_has_a_comment(catalogue: duckdb.DuckDBPyConnection) -> None:
    views = catalogue.execute("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall()
    columns = catalogue.execute(
        "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()
    assert len(columns) > 100
    assert [view for view, comment in views if not comment] == []
    assert [f"{table}.{column}" for table, column, comment in columns if not comment] == []


@pytest.mark.parametrize("table", ["labels", "captions", "classes", "rejects", "orphans", "sources", "summary"])
def test_a_view_holds_the_rows_of_its_table(
    catalogue: duckdb.DuckDBPyConnection, small: SmallAudioset, table: str
) -> None:
    expected = [{"dataset": "small"} | row for row in _texts(small.table(table)).iter_rows(named=True)]
    assert _asked(catalogue, table) == expected


def test_clips_are_the_ledger(catalogue: duckdb.DuckDBPyConnection, small: SmallAudioset) -> None:
    expected = [{"dataset": "small"} | row for row in _texts(small.table("clips")).iter_rows(named=True)]
    assert _asked(catalogue, "clips") == expected


def test_media_and_checks_are_those_of_all_shards_of_all_roots(catalogue: duckdb.DuckDBPyConnection) -> None:
    there = {(root, path) for root, files in AUDIO.items() for path in files}
    for view in ("media", "checks"):
        rows = _asked(catalogue, view)
        assert len(rows) == len(there)
        assert {(row["root"], row["path"]) for row in rows} == there
    assert {row["error_kind"] for row in _asked(catalogue, "checks")} >= {None, "truncated", "not_audio", "not_finite"}


@pytest.mark.parametrize("view", [*DESIGN, *READY_MADE, "roots"])
def test_a_view_gives_its_rows_in_the_same_order_each_time(catalogue: duckdb.DuckDBPyConnection, view: str) -> None:
    assert _asked(catalogue, view) == _asked(catalogue, view)


@pytest.fixture(scope="module")
def weak(small: SmallAudioset) -> Rows:
    """Each class said of the whole of a clip, with what became of the clip."""
    clips = {row["clip_id"]: row for row in small.table("clips").iter_rows(named=True)}
    labels = _texts(small.table("labels")).filter(pl.col("strength") == "weak")
    return [row | {"clip": clips[row["clip_id"]]} for row in labels.iter_rows(named=True)]


def test_clips_per_class(catalogue: duckdb.DuckDBPyConnection, weak: Rows) -> None:
    rows = _asked(catalogue, "clips_per_class")
    for class_id, name, _, _ in ONTOLOGY:
        said = [row for row in weak if row["class_id"] == class_id]
        annotated = [row for row in said if row["origin"] == "annotated"]
        assert {
            "dataset": "small",
            "class_id": class_id,
            "class_name": name,
            "annotated": len({row["clip_id"] for row in annotated}),
            "with_ancestors": len({row["clip_id"] for row in said}),
            "usable": len({row["clip_id"] for row in said if row["clip"]["usable"]}),
            "trainable": len({row["clip_id"] for row in annotated if row["clip"]["trainable"]}),
        } in rows
    assert len(rows) == len(ONTOLOGY)
    counts = [row["with_ancestors"] for row in rows]
    assert counts == sorted(counts, reverse=True)
    animal = next(row for row in rows if row["class_name"] == "Animal")
    assert (animal["annotated"], animal["with_ancestors"]) == (0, 9)


def test_class_pairs(catalogue: duckdb.DuckDBPyConnection, weak: Rows) -> None:
    said: dict[str, set[str]] = {}
    for row in weak:
        if row["origin"] == "annotated":
            said.setdefault(row["clip_id"], set()).add(row["class_id"])
    expected = Counter(pair for classes in said.values() for pair in combinations(sorted(classes), 2))
    names = {class_id: name for class_id, name, _, _ in ONTOLOGY}
    rows = _asked(catalogue, "class_pairs")
    assert {(row["class_a_id"], row["class_b_id"]): row["clips"] for row in rows} == expected
    assert len(rows) == len(expected)
    assert all((row["class_a"], row["class_b"]) == (names[row["class_a_id"]], names[row["class_b_id"]]) for row in rows)


def test_losses(catalogue: duckdb.DuckDBPyConnection, small: SmallAudioset) -> None:
    ledger = _texts(small.table("clips"))
    promised = Counter(ledger["split"])
    lost = Counter(ledger.filter(~pl.col("usable")).select("split", "status", "error_kind").rows())
    rows = _asked(catalogue, "losses")
    assert {(row["split"], row["status"], row["error_kind"]): row["clips"] for row in rows} == lost
    assert all(row["share"] == pytest.approx(row["clips"] / promised[row["split"]]) for row in rows)
    assert len(rows) == len(lost)
    assert {status for _, status, _ in lost} == {"missing", "truncated", "feature_failed"}


def test_duration_histogram(catalogue: duckdb.DuckDBPyConnection, small: SmallAudioset) -> None:
    ledger = _texts(small.table("clips")).filter(pl.col("duration_s").is_not_null())
    bins = [(row["split"], math.floor(row["duration_s"] * 2) / 2) for row in ledger.iter_rows(named=True)]
    usable = Counter(key for key, is_usable in zip(bins, ledger["usable"], strict=True) if is_usable)
    rows = _asked(catalogue, "duration_histogram")
    assert {(row["split"], row["from_s"]): row["clips"] for row in rows} == Counter(bins)
    assert {(row["split"], row["from_s"]): row["usable"] for row in rows if row["usable"]} == usable
    assert all(row["to_s"] == row["from_s"] + 0.5 for row in rows)


def test_audio_hours(catalogue: duckdb.DuckDBPyConnection, small: SmallAudioset) -> None:
    usable = _texts(small.table("clips")).filter("usable")
    rows = {row["split"]: row for row in _asked(catalogue, "audio_hours")}
    assert rows.keys() == set(usable["split"])
    for split, row in rows.items():
        own = usable.filter(pl.col("split") == split)
        hours = own["duration_s"].sum() / 3600
        assert row == {
            "dataset": "small",
            "split": split,
            "usable": len(own),
            "hours": pytest.approx(hours),
            "clips_per_hour": pytest.approx(len(own) / hours),
            "trainable": own["trainable"].sum(),
            "trainable_hours": pytest.approx(own.filter("trainable")["duration_s"].sum() / 3600),
        }
