"""The lists of AudioSet as its authors publish them, as other people keep them, and as they get damaged."""

import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from tests.adapters.audioset.small_audioset import clips, counts, ingest_sources, rejects, write_list
from workflow_scripts.sources.source import SourceError
from workflow_scripts.tables import schemas

pytestmark = pytest.mark.shared

REPOSITORY = Path(__file__).resolve().parents[3]
BALANCED, EVAL = "balanced_train_segments.csv", "eval_segments.csv"
ROWS = {BALANCED: 22_160, EVAL: 20_371}
POSITIVE_LABELS = {BALANCED: 52_882, EVAL: 51_804}
EVENTS = "audioset_strong_eval_top110classes_downloaded.tsv"
NAMELESS = {"/m/0bzvm2", "/m/0fw86", "/t/dd00138", "/t/dd00141"}


@pytest.fixture(scope="module")
def audioset(shared):
    return shared / "data/audioset"


@pytest.fixture(scope="module")
def ingest(audioset):
    """Ingest lists, by split, with the real classes."""

    def run(lists, on_count_mismatch="stop", **more):
        sources = {
            "segments": {split: str(path) for split, path in lists.items()},
            "ontology": str(audioset / "ontology.json"),
            "classes": str(audioset / "class_labels_indices.csv"),
            "strong": [],
        }
        return ingest_sources(sources | more, on_count_mismatch)

    return run


@pytest.fixture(scope="module")
def official(audioset, ingest):
    """The tables of both official lists."""
    return ingest({name: audioset / name for name in ROWS})


def read_with_csv(path):
    """The rows of an official list as Python's csv reads them."""
    with path.open(newline="") as file:
        rows = [row for row in csv.reader(file, skipinitialspace=True) if not row[0].startswith("#")]
    return [(clip_id, float(start), float(end), text.split(",")) for clip_id, start, end, text in rows]


# --- as published ---


@pytest.mark.parametrize("name", ROWS)
def test_official_list_is_all_clips_and_no_rejects(official, name):
    assert counts(official, name) == (ROWS[name], ROWS[name], ROWS[name], 0)
    assert (official["promised"]["split"] == name).sum() == ROWS[name]
    assert rejects(official) == []


def test_official_clips_are_what_the_csv_reader_of_python_reads(audioset, official):
    assert clips(official) == [row for name in ROWS for row in read_with_csv(audioset / name)]


@pytest.mark.parametrize("name", ROWS)
def test_official_lists_hold_as_many_labels_as_they_declare(official, name):
    of_list = official["promised"].filter(pl.col("split") == name).select("clip_id")
    annotated = official["labels"].filter(pl.col("origin") == "annotated").join(of_list, on="clip_id", how="semi")
    assert len(annotated) == POSITIVE_LABELS[name]
    assert annotated["class_id"].n_unique() == 527


def test_ids_that_look_like_options_and_short_clips_are_kept(official):
    balanced = official["promised"].filter(pl.col("split") == BALANCED)
    assert Counter(balanced["clip_id"].str.slice(0, 1))["-"] == 459
    assert Counter(balanced["clip_id"].str.slice(0, 1))["_"] == 322
    assert (balanced["end_s"] - balanced["start_s"] != 10).sum() == 347


def test_clip_labelled_bark_is_also_dog_domestic_animals_and_animal(official):
    names = official["labels"].group_by("clip_id").agg(pl.col("class_name").cast(pl.String))
    barking = names.filter(pl.col("class_name").list.contains("Bark"))["class_name"].to_list()
    assert barking
    assert all({"Dog", "Domestic animals, pets", "Animal"} <= set(said) for said in barking)


# --- as other people keep them ---


@pytest.mark.parametrize(
    ("variant", "name", "number"),
    [
        ("ast_official_eval_segments.csv", EVAL, 20_371),
        ("balanced_padded_commas.csv", BALANCED, 22_160),
        ("eval_segments_unquoted.csv", EVAL, 20_371),
    ],
)
def test_variant_gives_the_same_rows_as_the_official_list(audioset, ingest, official, variant, name, number):
    tables = ingest({"split": audioset / "variants" / variant})
    published = {clip_id: row for clip_id, *row in clips(official)}
    found = {clip_id: row for clip_id, *row in clips(tables)}
    assert len(found) == number
    assert found == {clip_id: published[clip_id] for clip_id in found}
    assert counts(tables, variant)[1:] == (number, number, 0)
    assert rejects(tables) == []


def test_list_given_again_in_another_dialect_is_all_duplicates(audioset, ingest):
    tables = ingest({"first": audioset / BALANCED, "again": audioset / "variants/balanced_padded_commas.csv"})
    assert counts(tables, "padded_commas.csv") == (22_160, 22_160, 0, 22_160)
    assert set(tables["rejects"]["reason"]) == {"duplicate_id"}
    assert set(tables["promised"]["split"]) == {"first"}


# --- as they get damaged ---


def test_official_list_cut_after_65_per_cent_stops_with_both_numbers(audioset, ingest, tmp_path):
    lines = (audioset / BALANCED).read_text().splitlines(keepends=True)
    cut = write_list(tmp_path, BALANCED, "".join(lines[: 3 + 22_160 * 65 // 100]))
    with pytest.raises(SourceError) as caught:
        ingest({"train": cut})
    assert f"{cut}: its header declares 22,160 rows, but 14,404 were read" in str(caught.value)
    tables = ingest({"train": cut}, on_count_mismatch="warn")
    assert counts(tables, BALANCED) == (22_160, 14_404, 14_404, 0)


def test_ids_that_a_spreadsheet_took_for_formulas_are_rejects_with_their_lines(audioset, ingest, tmp_path):
    text = (audioset / BALANCED).read_text()
    damaged = write_list(tmp_path, BALANCED, re.sub(r"^-[\w-]{10},", "#NAME?,", text, flags=re.MULTILINE))
    tables = ingest({"train": damaged})
    expected = [number for number, line in enumerate(text.splitlines(), start=1) if line.startswith("-")]
    assert len(expected) == 459
    assert rejects(tables) == [(line, "row", "bad_id") for line in expected]
    assert counts(tables, BALANCED) == (22_160, 22_160, 22_160 - 459, 459)


DAMAGE = {
    "malformed_row": lambda row: row[: row.rindex(", ")],
    "bad_id": lambda row: row[1:],
    "bad_time": lambda row: re.sub(r"(\d+)\.000", r"\1:00", row, count=1),
    "backward_time": lambda row: re.sub(r"^([^,]+), ([^,]+), ([^,]+)", r"\1, \3, \2", row),
    "no_known_label": lambda row: re.sub(r'"(.*)"', '"/m/nope"', row),
    "duplicate_id": lambda row: f"--PJHxphWEs, 30.000, 40.000{row[row.rindex(', ') :]}",
}


def test_every_row_of_a_damaged_list_is_a_clip_or_a_reject(audioset, ingest, tmp_path):
    """Each seventh row of the official list is damaged, each time in the next of six ways."""
    lines = (audioset / BALANCED).read_text().splitlines()
    expected = {}
    for place, line in enumerate(range(9, len(lines), 7)):
        reason, damage = list(DAMAGE.items())[place % len(DAMAGE)]
        lines[line] = damage(lines[line])
        expected[line + 1] = reason
    tables = ingest({"train": write_list(tmp_path, BALANCED, "\n".join(lines))})
    assert dict(tables["rejects"].select("line", "reason").rows()) == expected
    assert dict(tables["rejects"].select("line", "raw").rows()) == {line: lines[line - 1] for line in expected}
    assert tables["promised"]["line"].to_list() == [line for line in range(4, len(lines) + 1) if line not in expected]


# --- strong labels ---


@pytest.fixture(scope="module")
def events(shared):
    return shared / "data/strong" / EVENTS


@pytest.fixture(scope="module")
def strong(audioset, ingest, events):
    names = str(audioset / "mid_to_display_name.tsv")
    return ingest({"eval": audioset / EVAL}, strong=[str(events)], display_names=names)


def strong_labels(tables):
    return tables["labels"].filter(pl.col("strength") == "strong")


def test_strong_labels_are_103_207_events_of_15_646_clips(strong):
    assert counts(strong, EVENTS) == (None, 103_207, 103_207, 0)
    annotated = strong_labels(strong).filter(pl.col("origin") == "annotated")
    assert len(annotated) == 103_207
    assert annotated["clip_id"].n_unique() == 15_646
    assert len(strong["promised"]) == 20_371


def test_strong_labels_need_display_names_for_four_classes(audioset, ingest, events):
    tables = ingest({"eval": audioset / EVAL}, strong=[str(events)])
    lost = tables["rejects"]
    assert set(lost["reason"]) == {"unknown_class"}
    assert set(lost["detail"].str.extract(r"^(\S+) ")) == NAMELESS
    with events.open() as file:
        expected = [line for line, row in enumerate(file, start=1) if row.split("\t")[1] in NAMELESS]
    assert lost["line"].to_list() == expected
    assert counts(tables, EVENTS) == (None, 103_207, 103_207 - len(expected), len(expected))


def test_strong_labels_in_the_official_columns_are_the_same(audioset, ingest, events, strong, tmp_path):
    rows = [line.split("\t") for line in events.read_text().splitlines()[1:]]
    head = "segment_id\tstart_time_seconds\tend_time_seconds\tlabel"
    text = "\n".join([head, *("\t".join((segment, on, off, mid)) for segment, mid, on, off in rows), ""])
    official = write_list(tmp_path, "audioset_eval_strong.tsv", text)
    names = str(audioset / "mid_to_display_name.tsv")
    again = ingest({"eval": audioset / EVAL}, strong=[official], display_names=names)
    assert counts(again, "audioset_eval_strong.tsv") == (None, 103_207, 103_207, 0)
    assert strong_labels(again).equals(strong_labels(strong))


def test_strong_labels_without_the_list_that_promises_their_clips_are_rejects(audioset, ingest, events):
    tables = ingest({"train": audioset / BALANCED}, strong=[str(events)])
    assert counts(tables, EVENTS) == (None, 103_207, 0, 103_207)
    assert set(tables["rejects"]["reason"]) == {"unknown_clip"}


# --- same in, same out ---

WRITE_ALL = """
import hashlib, json, sys
from pathlib import Path
from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

tables = adapter("audioset")(IngestSettings("audioset", json.loads(sys.argv[2]), {})).by_name()
for name, schema in schemas.INGESTED.items():
    path = Path(sys.argv[1]) / "tables" / f"{name}.parquet"
    write_table(tables[name].collect(), path, schema)
    print(name, hashlib.sha256(path.read_bytes()).hexdigest())
"""


def test_tables_are_the_same_bytes_on_one_core_and_on_two(audioset, events, tmp_path):
    sources = {
        "segments": {"train": str(audioset / BALANCED), "eval": str(audioset / EVAL)},
        "ontology": str(audioset / "ontology.json"),
        "classes": str(audioset / "class_labels_indices.csv"),
        "strong": [str(events)],
        "on_count_mismatch": "stop",
    }
    digests = [
        subprocess.run(
            [sys.executable, "-c", WRITE_ALL, str(tmp_path / threads), json.dumps(sources)],
            cwd=REPOSITORY,
            env=os.environ | {"POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    ]
    assert digests[0].count("\n") == len(schemas.INGESTED)
    assert digests[0] == digests[1]
