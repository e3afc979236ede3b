"""What a dataset file says of a table becomes clips, labels, captions and rejects."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.ingests import Tables, ingested_in
from workflow_scripts.adapters.table.expressions import ExpressionError
from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.sources.clips.said import heard_in
from workflow_scripts.sources.faults import SourceError


def ingest(folder: Path, table: str, clip: dict[str, Any], name: str = "table.csv", **others: Any) -> Tables:
    """The tables of a dataset of one file."""
    (folder / name).write_text(table)
    return ingest_file(folder, {"sources": {"table": name}, "clip": clip} | others)


def ingest_file(folder: Path, content: dict[str, Any]) -> Tables:
    """The tables of a dataset file; every one keeps to its schema."""
    (folder / "set.yaml").write_text(json.dumps({"name": "set", "adapter": "table"} | content))
    return ingested_in(folder, "set.yaml")


def reasons(tables: Tables) -> list[tuple[int, str, str]]:
    return tables["rejects"].select("line", "scope", "reason").rows()


# --- what clips are called ---


@pytest.mark.parametrize(
    ("media", "ids"),
    [
        (["a.wav", "b/c.wav"], ["a", "c"]),
        (["train/1.wav", "test/1.wav"], ["1_#", "1_#"]),
        (["a b.wav", "a_b.wav"], ["a_b_#", "a_b_#"]),
        (["ж.wav"], ["__#"]),
        (["1.5.wav"], ["1_5_#"]),
        ([".wav"], ["_wav_#"]),
    ],
)
def test_a_clip_is_called_like_its_media(tmp_path: Path, media: list[str], ids: list[str]) -> None:
    """A hash stands behind what does not say all of it."""
    tables = ingest(tmp_path, "f\n" + "\n".join(media), {"media": "f"})
    found = tables["promised"]["clip_id"].to_list()
    assert [re.sub("[0-9a-f]{12}$", "#", one) for one in found] == ids
    assert len(set(found)) == len(media)


def test_spans_of_a_media_are_called_by_their_start(tmp_path: Path) -> None:
    table = "f,start,end\na.wav,0,10\na.wav,12.5,20\na.wav,12.5,30\nb.wav,3,\n"
    tables = ingest(tmp_path, table, {"media": "f", "start_s": "start", "end_s": 'said("end")'})
    assert tables["promised"]["clip_id"].to_list() == ["a_0", "a_12500_20000", "a_12500_30000", "b"]


def test_an_id_of_the_table_s_own_is_taken(tmp_path: Path) -> None:
    tables = ingest(tmp_path, "i,f\n7,a.wav\n7,b.wav\na b,c.wav\n", {"media": "f", "id": "i"})
    assert tables["promised"].select("clip_id", "media_key").rows() == [("7", "a.wav")]
    assert reasons(tables) == [(3, "row", "duplicate_id"), (4, "row", "bad_id")]
    assert "of another media" in tables["rejects"]["detail"][0]


def test_no_two_clips_are_called_the_same(tmp_path: Path) -> None:
    """What follows from a span is what another media is called, or what the table calls a clip."""
    table = "i,f,s\n,a.wav,5\n,a.wav,7\n,a_5000.wav,\n,b.wav,\nb,c.wav,\n"
    tables = ingest(tmp_path, table, {"media": "f", "id": "i", "start_s": "said(s)"})
    ids = tables["promised"]["clip_id"].to_list()
    assert [re.sub("[0-9a-f]{12}$", "#", one) for one in ids] == ["a_5000_#", "a_7000", "a_5000_#", "b_#", "b"]
    assert len(set(ids)) == 5


def test_no_start_is_the_start(tmp_path: Path) -> None:
    tables = ingest(
        tmp_path, "f,s,e,c\na,,10,x\na,0,10,y\n", {"media": "f", "start_s": "said(s)", "end_s": "e", "classes": "[c]"}
    )
    assert tables["promised"].select("clip_id", "class_names").rows() == [("a", ["x", "y"])]


# --- rows of one clip ---


def test_rows_of_one_clip_say_more_of_it(tmp_path: Path) -> None:
    table = "f,label,caption\na,dog,One\na,cat,One\na,dog,\na,dog,One\nb,dog,\n"
    tables = ingest(tmp_path, table, {"media": "f", "classes": "[label]", "captions": "[said(caption)]"})
    assert tables["promised"].select("clip_id", "class_names").rows() == [("a", ["dog", "cat"]), ("b", ["dog"])]
    assert tables["found_captions"].select("clip_id", "ordinal", "text").rows() == [("a", 0, "One"), ("a", 1, "One")]
    assert reasons(tables) == [(4, "row", "nothing_new"), (5, "row", "duplicate_id")]


def test_annotators_who_agree_say_nothing_new_and_a_row_that_stands_twice_is_another_matter(tmp_path: Path) -> None:
    """As SONYC-UST has it: a row an annotator, a column a class."""
    table = "f,who,dog,siren\na,1,1,0\na,2,1,0\na,3,0,0\na,4,1,1\na,1,1,0\nb,1,0,0\nb,2,0,0\n"
    classes = "[one.name for one in source_cells if one.value = '1' AND one.name <> 'who']"
    tables = ingest(tmp_path, table, {"media": "f", "classes": classes, "extra": ["who"]})
    assert tables["promised"].select("clip_id", "class_names").rows() == [("a", ["dog", "siren"]), ("b", [])]
    assert reasons(tables) == [
        (3, "row", "nothing_new"),
        (4, "row", "nothing_new"),
        (6, "row", "duplicate_id"),
        (8, "row", "nothing_new"),
    ]
    assert tables["origins"]["extra"].to_list() == ['{"who": "1"}', '{"who": "1"}']


def test_a_clip_of_two_splits_is_of_the_first(tmp_path: Path) -> None:
    tables = ingest(tmp_path, "f,s\na,train\na,test\n", {"media": "f", "split": "s"})
    assert tables["promised"]["split"].to_list() == ["train"]
    assert reasons(tables) == [(3, "row", "duplicate_id")]


# --- which files ---


def test_a_file_is_one_table(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("f,c\na,x\n")
    content = {"sources": {"table": "t.csv", "captions": "./t.csv"}, "clip": {"media": "f"}}
    with pytest.raises(SourceError, match=r"t\.csv: named as sources\.table and as sources\.captions"):
        ingest_file(tmp_path, content | {"captions": {"media": "f", "texts": "[c]"}})


def test_folders_and_files_may_be_called_like_patterns(tmp_path: Path) -> None:
    folder = tmp_path / "data [v2]"
    folder.mkdir()
    (folder / "t1.csv").write_text("f\nb\n")
    tables = ingest(folder, "f\na\n", {"media": "f"}, name="t[1].csv")
    assert tables["promised"]["clip_id"].to_list() == ["a"]
    assert tables["sources"]["source"].to_list() == ["t[1].csv"]


@pytest.mark.parametrize(("name", "words"), [("a{b}.csv", "holds a brace"), ("caf\udce9.csv", "its name is no UTF-8")])
def test_names_that_a_pattern_finds_are_held_against_the_rules_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("f\na\n")
    with pytest.raises(SettingsError, match=words):
        ingest_file(tmp_path, {"sources": {"table": "*.csv"}, "clip": {"media": "f"}})


def test_a_column_of_the_table_is_the_tables_also_if_others_are_called_so(tmp_path: Path) -> None:
    tables = ingest(tmp_path, "f,Source_Path\na,own\n", {"media": "f", "extra": {"from": "source_path"}})
    assert json.loads(tables["origins"]["extra"][0]) == {"from": "own"}


# --- what is wrong with a row ---


def test_each_row_that_cannot_be_taken_says_why(tmp_path: Path) -> None:
    table = "f,start,end\n,0,1\na,x,1\nb,-1,1\nc,2,1\nd,nan,1\ne,0,inf\nf,0\ng,0,1,more\nh,0,1,\ndraft,0,1\n"
    clip = {"media": "f", "start_s": "start", "end_s": '"end"'}
    tables = ingest(tmp_path, table, clip, where="f <> 'draft'")
    assert tables["promised"]["clip_id"].to_list() == ["h"]
    assert reasons(tables) == [
        (2, "row", "no_media"),
        (3, "row", "expression_failed"),
        *((line, "row", "bad_span") for line in (4, 5, 6, 7)),
        *((line, "row", "wrong_number_of_cells") for line in (8, 9)),
        (11, "row", "not_selected"),
    ]
    assert "clip.start_s: `start`: Conversion Error: Could not convert string 'x'" in tables["rejects"]["detail"][1]
    assert tables["rejects"]["raw"][1] == "a,x,1"


def test_a_split_that_no_file_can_be_called_after_is_no_split(tmp_path: Path) -> None:
    tables = ingest(tmp_path, "f,s\na,../up\nb,train\n", {"media": "f", "split": "s"})
    assert reasons(tables) == [(2, "row", "bad_split")]


def test_a_blank_text_says_nothing(tmp_path: Path) -> None:
    table = "f,i,s,l,c\na,, ,,\nb,7,x,CC0,One\n"
    said = {"media": "f", "id": "i", "split": "s", "licence": "l", "site": "l", "captions": "[c]"}
    tables = ingest(tmp_path, table, said, rights={"audio": "MIT"})
    assert tables["promised"].select("clip_id", "split", "licence").rows() == [("a", "all", "MIT"), ("7", "x", "CC0")]
    assert tables["origins"].select("clip_id", "site").rows() == [("7", "CC0")]
    assert tables["found_captions"].rows() == [("7", 0, "One")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("latitude", "91.0"),
        ("longitude", "-181.0"),
        ("location_uncertainty_m", "-1.0"),
        ("declared_duration_s", "-0.5"),
        ("declared_duration_s", "inf"),
        ("declared_sample_rate", "0"),
    ],
)
def test_what_no_origin_can_be_costs_no_clip(tmp_path: Path, field: str, value: str) -> None:
    kind = "BIGINT" if field == "declared_sample_rate" else "DOUBLE"
    tables = ingest(tmp_path, f"f,n\na,{value}\nb,1\n", {"media": "f", field: f"n::{kind}"})
    assert tables["promised"]["clip_id"].to_list() == ["a", "b"]
    assert tables["origins"]["clip_id"].to_list() == ["b"]
    rejects = tables["rejects"].select("line", "scope", "reason", "detail").rows()
    assert rejects == [(2, "label", "bad_value", f"{field}: {value}")]


def test_a_number_that_is_none_is_nothing(tmp_path: Path) -> None:
    """So pandas writes places that it does not know."""
    tables = ingest(tmp_path, "f,n\na,NaN\nb,1\n", {"media": "f", "latitude": "n::DOUBLE"})
    assert tables["origins"].select("clip_id", "latitude").rows() == [("b", 1.0)]
    assert reasons(tables) == []


def test_what_else_is_kept_is_json(tmp_path: Path) -> None:
    """Which has no NaN."""
    rows = {
        "f": ["a", "b"],
        "n": [float("nan"), 1.5],
        "l": [[1.0, float("inf")], []],
        "d": [timedelta(seconds=1), None],
    }
    pl.DataFrame(rows).write_parquet(tmp_path / "t.parquet")
    extra = {"n": "n", "l": "l", "d": "d", "cells": "[one.name for one in source_cells if one.value is not null]"}
    tables = ingest_file(tmp_path, {"sources": {"table": "t.parquet"}, "clip": {"media": "f", "extra": extra}})
    assert [json.loads(one, parse_constant=pytest.fail) for one in tables["origins"]["extra"]] == [
        {"l": [1.0, None], "d": "00:00:01", "cells": ["f"]},
        {"n": 1.5, "l": [], "cells": ["f", "n"]},
    ]


def test_a_value_of_megabytes_is_no_value(tmp_path: Path) -> None:
    tables = ingest(tmp_path, "f,n\na,1\nb,2000000\n", {"media": "f || repeat('x', n::INTEGER)"})
    assert reasons(tables) == [(3, "row", "expression_failed")]
    assert "its value is longer than a megabyte" in tables["rejects"]["detail"].item()


@pytest.mark.parametrize(
    "hostile", ["'; DROP TABLE clips; --", "<script>alert(1)</script>", "$(rm -rf /)", "a\nb", "a\0b"]
)
def test_hostile_cells_stay_text(tmp_path: Path, hostile: str) -> None:
    table = json.dumps([{"file": "a.wav", "said": hostile}])
    tables = ingest(
        tmp_path, table, {"media": "file", "captions": "[said]", "extra": ["said"], "classes": "[said]"}, "table.json"
    )
    assert tables["found_captions"]["text"].to_list() == [hostile]
    assert tables["promised"]["class_names"].to_list() == [[hostile]]
    assert json.loads(tables["origins"]["extra"][0]) == {"said": hostile}


# --- classes ---


def test_labels_are_a_vocabulary_by_themselves(tmp_path: Path) -> None:
    table = "f,labels\na,Dog;dog;Dog!\nb,\n"
    tables = ingest(tmp_path, table, {"media": "f", "classes": "string_split(labels, ';')"})
    named = tables["classes"].select("class_id", "class_index", "name").rows()
    assert [(index, name) for _, index, name in named] == [(0, "Dog"), (1, "Dog!"), (2, "dog")]
    assert all(re.fullmatch("dog_[0-9a-f]{8}", class_id) for class_id, *_ in named)
    ids = {name: class_id for class_id, _, name in named}
    assert tables["promised"]["class_ids"].to_list() == [[ids["Dog"], ids["dog"], ids["Dog!"]], []]


def test_blanks_around_a_label_do_not_count(tmp_path: Path) -> None:
    tables = ingest(tmp_path, "f,label\na, Dog \nb,Dog\nc,собака\n", {"media": "f", "classes": "[label]"})
    assert tables["classes"]["name"].to_list() == ["Dog", "собака"]
    assert tables["classes"]["class_id"].to_list()[0] == "dog"


def test_labels_of_audioset_are_found_by_id_or_name(tmp_path: Path) -> None:
    nodes = [
        {"id": "/m/animal", "name": "Animal", "child_ids": ["/m/dog"]},
        {"id": "/m/dog", "name": "Dog", "child_ids": []},
    ]
    (tmp_path / "ontology.json").write_text(json.dumps(nodes))
    (tmp_path / "classes.csv").write_text("index,mid,display_name\n0,/m/dog,Dog\n")
    (tmp_path / "t.csv").write_text("f,label\na,dog\nb,/m/dog\nc,cow\n")
    sources = {"table": "t.csv", "ontology": "ontology.json", "classes": "classes.csv"}
    clip = {"media": "f", "classes": "[label]"}
    tables = ingest_file(tmp_path, {"sources": sources, "clip": clip, "vocabulary": "audioset"})
    assert tables["promised"]["class_ids"].to_list() == [["/m/dog"], ["/m/dog"], []]
    assert tables["labels"].filter(clip_id="a").select("class_id", "origin").rows() == [
        ("/m/dog", "annotated"),
        ("/m/animal", "ontology"),
    ]
    assert reasons(tables) == [(4, "label", "unknown_class")]


def test_what_is_heard_behind_is_a_label_of_its_own_origin(tmp_path: Path) -> None:
    rows = "a.wav,dog,cat;dog;;cat\na.wav,dog,rain\nb.wav,cat,\nc.wav,cat, \n"
    (tmp_path / "t.csv").write_text("f,label,behind\n" + rows)
    clip = {"media": "f", "classes": "[label]", "background": "string_split(behind, ';')"}
    tables = ingest_file(tmp_path, {"sources": {"table": "t.csv"}, "clip": clip})
    labels = tables["labels"].select("clip_id", pl.col("class_id", "origin").cast(pl.String), "strength")
    assert labels.filter(origin="background").rows() == [
        ("a", "cat", "background", "weak"),
        ("a", "rain", "background", "weak"),
    ]
    assert tables["promised"]["class_ids"].to_list() == [["dog"], ["cat"], ["cat"]]
    assert tables["classes"]["class_id"].to_list() == ["cat", "dog", "rain"]
    assert tables["rejects"].is_empty()


def test_nothing_follows_from_what_is_heard_behind_and_an_unknown_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "classes.csv").write_text("id,above\nanimal,\ndog,animal\n")
    (tmp_path / "t.csv").write_text("f,behind\na.wav,dog\nb.wav,cow\n")
    sources = {"table": "t.csv", "vocabulary": "classes.csv"}
    told = {
        "vocabulary": {"id": "id", "parents": "words(above, ',')"},
        "clip": {"media": "f", "background": "[behind]"},
    }
    tables = ingest_file(tmp_path, {"sources": sources, **told})
    assert tables["labels"].select("clip_id", "class_id", "origin").rows() == [("a", "dog", "background")]
    assert reasons(tables) == [(3, "label", "unknown_class")]


# --- events and captions ---


def strong(tables: Tables) -> list[tuple[str, str, float, float, float | None]]:
    labels = tables["labels"].filter(strength="strong", origin="annotated")
    return labels.select("clip_id", "class_name", "onset_s", "offset_s", "value").rows()


EVENTS = "f\ton\toff\tlabel\tsure\na.wav\t0.5\t1\tdog\t0.25\na.wav\t2\t3\tcat\t\n"
OF_EVENTS = {"onset_s": '"on"', "offset_s": "off", "class": "label", "value": "said(sure)::DOUBLE"}


def test_events_of_a_table_of_their_own_are_strong_labels(tmp_path: Path) -> None:
    (tmp_path / "clips.csv").write_text("f\na.wav\nb.wav\n")
    (tmp_path / "e.tsv").write_text(
        EVENTS + "c.wav\t0\t1\tdog\t\na.wav\t3\t2\tdog\t\na.wav\tx\t2\tdog\t\na.wav\t1\t2\t\t\n"
    )
    sources = {"table": "clips.csv", "events": "e.tsv"}
    tables = ingest_file(tmp_path, {"sources": sources, "clip": {"media": "f"}, "events": {"media": "f", **OF_EVENTS}})
    assert strong(tables) == [("a", "dog", 0.5, 1.0, 0.25), ("a", "cat", 2.0, 3.0, None)]
    assert tables["promised"]["class_names"].to_list() == [[], []]
    assert [(line, reason) for line, _, reason in reasons(tables)] == [
        (4, "no_such_clip"),
        (5, "bad_span"),
        (6, "expression_failed"),
        (7, "no_class"),
    ]


def test_what_a_further_table_says_of_a_clip_of_several_rows_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "clips.csv").write_text("f,label\na.wav,dog\na.wav,cat\n")
    (tmp_path / "e.tsv").write_text("f\ton\toff\tlabel\na.wav\t1\t2\tdog\n")
    (tmp_path / "c.csv").write_text("f,said\na.wav,One\n")
    events = {"media": "f", "onset_s": '"on"', "offset_s": "off", "class": "label"}
    content = {"clip": {"media": "f", "classes": "[label]"}, "events": events}
    content |= {"captions": {"media": "f", "texts": "[said]"}}
    sources = {"table": "clips.csv", "events": "e.tsv", "captions": "c.csv"}
    tables = ingest_file(tmp_path, {"sources": sources, **content})
    assert strong(tables) == [("a", "dog", 1.0, 2.0, None)]
    assert tables["found_captions"].rows() == [("a", 0, "One")]


def test_events_are_heard_in_the_spans_that_they_fall_into(tmp_path: Path) -> None:
    (tmp_path / "clips.csv").write_text("f,s,e\na.wav,0,10\na.wav,10,20\n")
    (tmp_path / "e.tsv").write_text("f\ton\toff\tlabel\na.wav\t8\t12\tdog\na.wav\t15\t16\tcat\na.wav\t30\t31\tcow\n")
    sources = {"table": "clips.csv", "events": "e.tsv"}
    events = {"media": "f", "onset_s": '"on"', "offset_s": "off", "class": "label"}
    clip = {"media": "f", "start_s": "s", "end_s": "e"}
    tables = ingest_file(tmp_path, {"sources": sources, "clip": clip, "events": events})
    assert strong(tables) == [
        ("a_0", "dog", 8.0, 10.0, None),
        ("a_10000", "dog", 0.0, 2.0, None),
        ("a_10000", "cat", 5.0, 6.0, None),
    ]
    assert reasons(tables) == [(4, "row", "no_such_clip")]


def test_events_of_a_clip_that_is_named_count_from_its_start(tmp_path: Path) -> None:
    (tmp_path / "clips.csv").write_text("f,s,e\na.wav,10,20\n")
    (tmp_path / "e.csv").write_text("i,on,off,label\na,1,2,dog\n")
    sources = {"table": "clips.csv", "events": "e.csv"}
    events = {"id": "i", "onset_s": '"on"', "offset_s": "off", "class": "label"}
    tables = ingest_file(
        tmp_path, {"sources": sources, "clip": {"media": "f", "start_s": "s", "end_s": "e"}, "events": events}
    )
    assert strong(tables) == [("a", "dog", 1.0, 2.0, None)]


def test_one_file_a_recording_names_it_by_its_own_name(tmp_path: Path) -> None:
    """As people write labels by hand, here with Audacity: no header, one file a recording."""
    (tmp_path / "labels").mkdir()
    for name, text in (("one", "0.5\t1.5\tblackbird\n2\t3\trobin\n"), ("two", "1\t2\trobin\n")):
        (tmp_path / f"labels/{name}.txt").write_text(text)
    tables = ingest_file(
        tmp_path,
        {
            "sources": {"table": "labels/*.txt"},
            "reading": {"header": ["onset", "offset", "what"]},
            "clip": {"media": "stem(source_path) || '.wav'"},
            "events": {"onset_s": "onset", "offset_s": '"offset"', "class": "what"},
        },
    )
    assert tables["promised"]["media_key"].to_list() == ["one.wav", "two.wav"]
    assert [row[:3] for row in strong(tables)] == [
        ("one", "blackbird", 0.5),
        ("one", "robin", 2.0),
        ("two", "robin", 1.0),
    ]
    assert tables["sources"]["rows_kept"].to_list() == [2, 1]


def test_a_recording_of_which_the_file_has_no_rows_is_a_clip_in_which_nothing_is_heard(tmp_path: Path) -> None:
    """As Raven has them, with a header; and without one, as Audacity does, nothing at all. `where` speaks of rows."""
    clip, events = {"media": "stem(source_path) || '.wav'"}, {"onset_s": "start", "offset_s": "stop", "class": "what"}
    for header, reading in (("start\tstop\twhat\n", {}), ("", {"header": ["start", "stop", "what"]})):
        for name, text in (("heard", "1\t2\trobin\n"), ("nothing", "")):
            (tmp_path / f"{name}.txt").write_text(header + text)
        content = {"sources": {"table": "*.txt"}, "reading": reading, "clip": clip, "events": events}
        content |= {"where": "what <> '?'"}
        tables = ingest_file(tmp_path, content)
        assert tables["promised"].select("clip_id", "media_key").rows() == [
            ("heard", "heard.wav"),
            ("nothing", "nothing.wav"),
        ]
        assert [row[:2] for row in strong(tables)] == [("heard", "robin")]
        assert tables["sources"].select("rows_read", "rows_kept", "rows_rejected").rows() == [(1, 1, 0), (1, 1, 0)]
        assert reasons(tables) == []


@pytest.mark.parametrize("what", ["what", "[one.value for one in source_cells if one.name = 'what']"])
def test_a_file_of_events_without_rows_is_a_row_without_an_event(tmp_path: Path, what: str) -> None:
    (tmp_path / "clips.csv").write_text("f\na.wav\nb.wav\n")
    (tmp_path / "a.tsv").write_text("start\tstop\twhat\n1\t2\trobin\n")
    (tmp_path / "b.tsv").write_text("start\tstop\twhat\n")
    events = {"media": "stem(source_path) || '.wav'", "onset_s": "start", "offset_s": "stop", "class": what}
    content = {"sources": {"table": "clips.csv", "events": "*.tsv"}, "clip": {"media": "f"}, "events": events}
    tables = ingest_file(tmp_path, content)
    assert tables["rejects"].select("line", "reason", "detail").rows() == [(1, "no_event", "the file has no rows")]
    assert tables["sources"]["rows_rejected"].to_list() == [0, 0, 1]
    tables = ingest_file(tmp_path, content | {"events": events | {"media": "what || '.wav'"}})
    assert tables["sources"]["rows_read"].to_list() == [2, 1, 0]


@pytest.mark.parametrize(
    ("clip", "others"),
    [
        ({"media": "f"}, {}),
        ({"media": "f || stem(source_path)"}, {}),
        ({"media": "stem(source_path)"}, {"where": "stem(source_path) = 'a'"}),
        ({"media": "stem(source_path)"}, {"events": None}),
    ],
)
def test_a_file_without_rows_that_names_no_clip_has_no_row(
    tmp_path: Path, clip: dict[str, Any], others: dict[str, Any]
) -> None:
    (tmp_path / "a.csv").write_text("f,start,stop,what\nx,1,2,robin\n")
    (tmp_path / "nothing.csv").write_text("f,start,stop,what\n")
    events = {"onset_s": "start", "offset_s": "stop", "class": "what"}
    content = {"sources": {"table": "*.csv"}, "clip": clip, "events": events} | others
    content = {key: value for key, value in content.items() if value}
    tables = ingest_file(tmp_path, content)
    assert len(tables["promised"]) == 1
    assert tables["sources"]["rows_read"].to_list() == [1, 0]
    assert reasons(tables) == []


MANY = (
    "f\ton\toff\tdog\tcat\n"
    "a\t1\t2\tNEG\tUNK\na\t3\t4\tPOS\tPOS\na\t5\t6\tNEG\tPOS\nb\t1\t2\tNEG\tNEG\na\tx\t2\tNEG\tNEG\n"
)
OF_MANY = {
    "onset_s": 'TRY("on"::DOUBLE)',
    "offset_s": "off",
    "class": "[one.name for one in source_cells if one.value = 'POS']",
}


def test_each_column_may_be_a_class(tmp_path: Path) -> None:
    """As in the lists of few-shot detection. A row in which nothing is heard says only that there is the clip."""
    tables = ingest(tmp_path, MANY, {"media": "f"}, "t.tsv", events=OF_MANY)
    assert strong(tables) == [("a", "dog", 3.0, 4.0, None), ("a", "cat", 3.0, 4.0, None), ("a", "cat", 5.0, 6.0, None)]
    assert tables["promised"]["clip_id"].to_list() == ["a", "b"]
    assert reasons(tables) == [(6, "row", "no_event")]


def test_each_column_of_a_table_of_events_may_be_a_class(tmp_path: Path) -> None:
    (tmp_path / "clips.csv").write_text("f\na\nb\n")
    (tmp_path / "e.tsv").write_text(MANY)
    sources = {"table": "clips.csv", "events": "e.tsv"}
    tables = ingest_file(tmp_path, {"sources": sources, "clip": {"media": "f"}, "events": {"media": "f", **OF_MANY}})
    assert strong(tables) == [("a", "dog", 3.0, 4.0, None), ("a", "cat", 3.0, 4.0, None), ("a", "cat", 5.0, 6.0, None)]
    assert reasons(tables) == [(line, "row", "no_event") for line in (2, 5, 6)]


def test_an_event_of_several_classes_is_kept_with_those_that_are_known(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("id\ndog\n")
    (tmp_path / "clips.csv").write_text("f\na\n")
    (tmp_path / "e.tsv").write_text("f\ton\toff\twhat\na\t1\t2\tdog,cow\na\t3\t4\tcow,pig\n")
    events = {"media": "f", "onset_s": '"on"', "offset_s": "off", "class": "words(what, ',')"}
    content = {"clip": {"media": "f"}, "events": events, "vocabulary": {"id": "id"}}
    sources = {"table": "clips.csv", "events": "e.tsv", "vocabulary": "v.csv"}
    tables = ingest_file(tmp_path, {"sources": sources, **content})
    assert strong(tables) == [("a", "dog", 1.0, 2.0, None)]
    assert reasons(tables) == [(2, "label", "unknown_class"), (3, "row", "unknown_class")]


def test_frames_that_follow_each_other_are_one_event(tmp_path: Path) -> None:
    """Of two sources of a class at once as of one. What has another value is another event."""
    frames = [(2, "dog", 1), (0, "dog", 1), (1, "dog", 1), (1, "dog", 1), (1, "cat", 1), (5, "dog", 1), (3, "dog", 2)]
    table = "f,frame,what,sure\n" + "".join(f"a,{frame},{what},{sure}\n" for frame, what, sure in frames)
    events = {"onset_s": "frame::INTEGER / 10", "offset_s": "(frame::INTEGER + 1) / 10", "class": "what"}
    events |= {"value": "sure", "join_s": 0.01}
    tables = ingest(tmp_path, table + "b,3,dog,1\n", {"media": "f"}, events=events)
    assert strong(tables) == [
        ("a", "dog", 0.0, 0.3, 1.0),
        ("a", "cat", 0.1, 0.2, 1.0),
        ("a", "dog", 0.5, 0.6, 1.0),
        ("a", "dog", 0.3, 0.4, 2.0),
        ("b", "dog", 0.3, 0.4, 1.0),
    ]
    assert tables["sources"].select("rows_read", "rows_kept").rows() == [(8, 7)]


def test_an_event_of_an_unknown_class_is_a_reject(tmp_path: Path) -> None:
    (tmp_path / "ontology.json").write_text(json.dumps([{"id": "/m/dog", "name": "Dog", "child_ids": []}]))
    (tmp_path / "classes.csv").write_text("index,mid,display_name\n0,/m/dog,Dog\n")
    (tmp_path / "clips.csv").write_text("f\na.wav\n")
    (tmp_path / "e.tsv").write_text(EVENTS)
    sources = {"table": "clips.csv", "events": "e.tsv", "ontology": "ontology.json", "classes": "classes.csv"}
    content = {"sources": sources, "clip": {"media": "f"}, "events": {"media": "f", **OF_EVENTS}}
    tables = ingest_file(tmp_path, content | {"vocabulary": "audioset"})
    assert [row[1] for row in strong(tables)] == ["Dog"]
    assert reasons(tables) == [(3, "row", "unknown_class")]


def test_captions_of_a_table_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "clips.csv").write_text("f\na.wav\nb.wav\n")
    (tmp_path / "c.csv").write_text('f,said\na.wav,"One, two"\na.wav,One more\nc.wav,Nobody\n')
    sources = {"table": "clips.csv", "captions": "c.csv"}
    tables = ingest_file(
        tmp_path, {"sources": sources, "clip": {"media": "f"}, "captions": {"media": "f", "texts": "[said]"}}
    )
    assert tables["found_captions"].rows() == [("a", 0, "One, two"), ("a", 1, "One more")]
    assert reasons(tables) == [(4, "row", "no_such_clip")]


# --- what another table tells about clips ---


ABOUT = {"licence": "spdx(license)", "latitude": "lat::DOUBLE", "extra": ["uploader"]}


def test_another_table_tells_more_of_a_clip(tmp_path: Path) -> None:
    """FSD50K's licences: a JSON map of clips by their names."""
    (tmp_path / "t.csv").write_text("f,site,take\na.wav,hill,1\nb.wav,,2\nc.wav,,3\n")
    cc = "http://creativecommons.org/licenses/by/3.0/"
    told = {"a": {"license": cc, "lat": "1.5", "uploader": "me"}, "b": {"license": "?", "lat": "x"}, "d": {}}
    (tmp_path / "about.json").write_text(json.dumps(told))
    sources = {"table": "t.csv", "about": "about.json"}
    clip = {"media": "f", "site": "said(site)", "extra": ["take"]}
    tables = ingest_file(tmp_path, {"sources": sources, "clip": clip, "about": {"id": "key", **ABOUT}})
    assert tables["promised"].select("clip_id", "licence").rows() == [("a", "CC-BY-3.0"), ("b", None), ("c", None)]
    assert tables["origins"].select("clip_id", "site", "latitude", "extra").rows() == [
        ("a", "hill", 1.5, '{"take": "1", "uploader": "me"}'),
        ("b", None, None, '{"take": "2"}'),
        ("c", None, None, '{"take": "3"}'),
    ]
    assert reasons(tables) == [(2, "row", "expression_failed"), (3, "row", "no_such_clip")]
    assert tables["sources"].select("rows_read", "rows_kept").rows() == [(3, 3), (3, 1)]


def test_a_clip_s_own_word_counts_before_that_of_another_table(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("f,l\na.wav,CC0\nb.wav,\n")
    (tmp_path / "about.csv").write_text("f,l\na.wav,first\nb.wav,\nb.wav,second\nb.wav,third\n")
    sources, said = {"table": "t.csv", "about": "about.csv"}, {"media": "f", "licence": "said(l)"}
    tables = ingest_file(tmp_path, {"sources": sources, "clip": said, "about": said})
    assert tables["promised"]["licence"].to_list() == ["CC0", "second"]
    assert reasons(tables) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"sources": {"table": "t.csv", "about": "t.csv"}}, "sources.about: the dataset file says nothing"),
        ({"sources": {"table": "t.csv"}, "about": {"media": "f"}}, "about: sources name no `about`"),
        ({"sources": {"table": "t.csv", "vocabulary": "t.csv"}}, "sources.vocabulary: the dataset file says nothing"),
        ({"sources": {"table": "t.csv"}, "vocabulary": {"id": "f"}}, "vocabulary: sources name no `vocabulary`"),
    ],
)
def test_a_table_and_what_is_said_of_it_belong_together(tmp_path: Path, content: dict[str, Any], words: str) -> None:
    (tmp_path / "t.csv").write_text("f\na\n")
    with pytest.raises(SourceError, match=words):
        ingest_file(tmp_path, content | {"clip": {"media": "f"}})


def test_one_file_may_be_several_tables(tmp_path: Path) -> None:
    """ESC-50's table of clips has the numbers of its classes."""
    (tmp_path / "t.csv").write_text("f,target,category\na,1,dog\nb,0,cat\nc,1,dog\nd,-1,\n")
    sources = {"table": "t.csv", "vocabulary": "t.csv"}
    clip, vocabulary = {"media": "f", "classes": "[category]"}, {"id": "category", "index": "target::INTEGER"}
    tables = ingest_file(tmp_path, {"sources": sources, "clip": clip, "vocabulary": vocabulary})
    assert tables["classes"].select("class_index", "name").rows() == [(1, "dog"), (0, "cat")]
    assert tables["sources"].select("rows_read", "rows_kept", "rows_rejected").rows() == [(8, 7, 1)]
    assert reasons(tables) == [(5, "row", "no_class")]


# --- columns that not all files of a table have ---


def test_a_column_that_only_other_files_have_is_null(tmp_path: Path) -> None:
    """FSD50K's dev.csv has a column `split`, its eval.csv none; neither file here has all that is asked for."""
    (tmp_path / "1.csv").write_text("f,Label\na,dog\n")
    (tmp_path / "2.csv").write_text("f,part\nb,val\n")
    (tmp_path / "3.csv").write_text("f,label,part\nc,cat,train\n")
    clip = {"media": "f", "split": "part", "classes": "[label]"}
    tables = ingest_file(tmp_path, {"sources": {"table": {"one": ["1.csv", "3.csv"], "two": "2.csv"}}, "clip": clip})
    assert tables["promised"].select("clip_id", "split", "class_names").rows() == [
        ("a", "one", ["dog"]),
        ("c", "train", ["cat"]),
        ("b", "val", []),
    ]
    assert tables["sources"]["source"].to_list() == ["1.csv", "3.csv", "2.csv"]


def test_rows_of_small_files_are_told_by_file_and_line(tmp_path: Path) -> None:
    """They are asked together; the second file has other columns."""
    for name, text in (("1.csv", "f,n\na,1\nb,x\n"), ("2.csv", "n,f\n2,c\n"), ("3.csv", "f,n\nd,y\ne,4,5\nf,3\n")):
        (tmp_path / name).write_text(text)
    clip = {"media": "f", "start_s": "n", "extra": {"from": "source_path"}}
    tables = ingest_file(tmp_path, {"sources": {"table": {"one": "1.csv", "two": ["2.csv", "3.csv"]}}, "clip": clip})
    assert tables["promised"].select("clip_id", "split", "start_s", "source", "line").rows() == [
        ("a", "one", 1.0, "1.csv", 2),
        ("c", "two", 2.0, "2.csv", 2),
        ("f", "two", 3.0, "3.csv", 4),
    ]
    assert [json.loads(one)["from"] for one in tables["origins"]["extra"]] == ["1.csv", "2.csv", "3.csv"]
    assert tables["rejects"].select("source", "line", "reason", "raw").rows() == [
        ("1.csv", 3, "expression_failed", "b,x"),
        ("3.csv", 2, "expression_failed", "d,y"),
        ("3.csv", 3, "wrong_number_of_cells", "e,4,5"),
    ]
    assert tables["sources"].select("rows_read", "rows_kept", "rows_rejected").rows() == [
        (2, 1, 1),
        (1, 1, 0),
        (3, 1, 2),
    ]


def test_a_column_that_no_file_has_is_told(tmp_path: Path) -> None:
    for name in ("1.csv", "2.csv"):
        (tmp_path / name).write_text("f\na\n")
    with pytest.raises(ExpressionError, match=r"1\.csv: clip\.split: `past`: no column 'past'"):
        ingest_file(tmp_path, {"sources": {"table": "*.csv"}, "clip": {"media": "f", "split": "past"}})


# --- classes of a table of their own ---

VOCABULARY = {"id": "mid", "name": "label", "index": "i", "parents": "words(above, '+')"}
BIRDS = "i,mid,label,above\n,b,Bird,\n1,r,Robin,b\n0,o,Owl,b+n\n,n,At night,\n"


def of_vocabulary(folder: Path, vocabulary: str, said: dict[str, str]) -> Tables:
    (folder / "v.csv").write_text(vocabulary)
    (folder / "t.csv").write_text("f,what\na,o\nb,robin\nc,cow\n")
    sources = {"table": "t.csv", "vocabulary": "v.csv"}
    clip = {"media": "f", "classes": "[what]"}
    return ingest_file(folder, {"sources": sources, "clip": clip, "vocabulary": said})


def test_classes_stand_in_a_table_of_their_own(tmp_path: Path) -> None:
    tables = of_vocabulary(tmp_path, BIRDS + ",,,\n,b,Bird,\n-1,x,X,\n", {**VOCABULARY, "index": "said(i)::BIGINT"})
    assert tables["classes"].select("class_id", "class_index", "name", "parent_ids", "depth").rows() == [
        ("b", None, "Bird", [], 0),
        ("r", 1, "Robin", ["b"], 1),
        ("o", 0, "Owl", ["b", "n"], 1),
        ("n", None, "At night", [], 0),
    ]
    assert tables["promised"]["class_names"].to_list() == [["Owl"], ["Robin"], []]
    assert tables["labels"].filter(clip_id="a", origin="ontology")["class_id"].to_list() == ["b", "n"]
    assert reasons(tables) == [(4, "label", "unknown_class"), (8, "row", "bad_index")]
    assert tables["sources"].select("rows_read", "rows_kept").rows() == [(3, 3), (6, 5)]


def test_classes_without_indices_are_counted_as_they_stand(tmp_path: Path) -> None:
    tables = of_vocabulary(tmp_path, "code\no\nROBIN\n", {"id": "code"})
    assert tables["classes"].select("class_id", "class_index", "name").rows() == [("o", 0, "o"), ("ROBIN", 1, "ROBIN")]


def test_a_class_has_the_scientific_name_that_its_row_says(tmp_path: Path) -> None:
    tables = of_vocabulary(tmp_path, "code,latin\no,Strix aluco\ncow, \n", {"id": "code", "scientific_name": "latin"})
    assert tables["classes"].select("class_id", "scientific_name").rows() == [("o", "Strix aluco"), ("cow", None)]


@pytest.mark.parametrize(
    ("vocabulary", "words"),
    [
        ("i,mid,label,above\n0,a,A,b\n", "v.csv: parents that are no classes: b \\(above a\\)"),
        ("i,mid,label,above\n0,a,A,b\n1,b,B,a\n", "v.csv: classes above themselves: "),
        ("i,mid,label,above\n3,a,A,\n3,b,B,\n", "v.csv: indices of more than one class: 3"),
    ],
)
def test_a_table_of_classes_that_contradicts_itself_is_told(tmp_path: Path, vocabulary: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        of_vocabulary(tmp_path, vocabulary, VOCABULARY)


def test_events_of_rows_of_clips_count_from_the_clip_s_start(tmp_path: Path) -> None:
    table = "f,s,e,on,off,label\na,10,20,12,14,bark\na,10,20,19,25,howl\na,10,20,30,31,purr\n"
    events = {"onset_s": '"on"', "offset_s": "off", "class": "label"}
    tables = ingest(tmp_path, table, {"media": "f", "start_s": "s", "end_s": "e"}, events=events)
    assert strong(tables) == [("a", "bark", 2.0, 4.0, None), ("a", "howl", 9.0, 10.0, None)]
    assert reasons(tables) == [(4, "label", "outside_clip")]


def test_rows_of_clips_hold_their_own_events_alone(tmp_path: Path) -> None:
    events = {"media": "g", "onset_s": '"on"', "offset_s": "off", "class": "label"}
    with pytest.raises(SourceError, match=r"events\.media: sources name no `events`"):
        ingest(tmp_path, "f,g,on,off,label\na,b,1,2,x\n", {"media": "f"}, events=events)


def test_a_clip_of_several_rows_hears_an_event_once(tmp_path: Path) -> None:
    (tmp_path / "clips.csv").write_text("f,c\na,dog\na,cat\n")
    (tmp_path / "e.csv").write_text("f,on,off,label\na,1,2,bark\n")
    (tmp_path / "c.csv").write_text("f,said\na,One\n")
    content = {
        "sources": {"table": "clips.csv", "events": "e.csv", "captions": "c.csv"},
        "clip": {"media": "f", "classes": "[c]"},
        "events": {"media": "f", "onset_s": '"on"', "offset_s": "off", "class": "label"},
        "captions": {"media": "f", "texts": "[said]"},
    }
    tables = ingest_file(tmp_path, content)
    assert len(strong(tables)) == len(tables["found_captions"]) == 1


def test_an_event_of_a_cut_of_a_video_counts_from_its_start(tmp_path: Path) -> None:
    (tmp_path / "clips.csv").write_text("f,s\nabcdefghijk,30\nabcdefghijk,60\n")
    (tmp_path / "e.csv").write_text(
        "f,on,off,label\nYabcdefghijk_60.000_70.000.wav,1,2,bark\nabcdefghijk_90.0,1,2,howl\n"
    )
    content = {
        "sources": {"table": "clips.csv", "events": "e.csv"},
        "clip": {"media": "f", "start_s": "s", "end_s": "s::DOUBLE + 10"},
        "events": {"media": "f", "onset_s": '"on"', "offset_s": "off", "class": "label"},
        "match": "youtube",
    }
    tables = ingest_file(tmp_path, content)
    assert strong(tables) == [("abcdefghijk_60000", "bark", 1.0, 2.0, None)]
    assert reasons(tables) == [(3, "row", "no_such_clip")]


def test_an_event_that_ends_where_a_clip_starts_is_not_heard_there(tmp_path: Path) -> None:
    (tmp_path / "clips.csv").write_text("f,s,e\na,0,10\na,10,20\n")
    (tmp_path / "e.csv").write_text("f,on,off,label\na,9,10,x\na,10,10,y\na,10,11,z\n")
    content = {
        "sources": {"table": "clips.csv", "events": "e.csv"},
        "clip": {"media": "f", "start_s": "s", "end_s": "e"},
        "events": {"media": "f", "onset_s": '"on"', "offset_s": "off", "class": "label"},
    }
    tables = ingest_file(tmp_path, content)
    assert [row[:4] for row in strong(tables)] == [("a_0", "x", 9, 10), ("a_10000", "y", 0, 0), ("a_10000", "z", 0, 1)]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9)), min_size=1, max_size=12, unique=True),
    st.lists(st.tuples(st.integers(0, 25), st.integers(0, 9)), max_size=12),
)
def test_events_are_heard_wherever_they_fall_into(spans: list[tuple[int, int]], events: list[tuple[int, int]]) -> None:
    """As each of them is held against each span."""
    clips = pl.DataFrame(
        [(f"c{n}", "m", float(start), float(start + length)) for n, (start, length) in enumerate(spans)],
        schema=["clip_id", "media_key", "start_s", "end_s"],
        orient="row",
    )
    nothing = {"id": None, "named_start": None, "reason": None, "detail": None}
    columns = {"place": pl.UInt32, "media_key": pl.String, "onset_s": pl.Float64, "offset_s": pl.Float64}
    rows = pl.DataFrame(
        [(n, "m", float(onset), float(onset + length)) for n, (onset, length) in enumerate(events)],
        schema=columns,
        orient="row",
    ).with_columns(
        *(pl.lit(value, pl.String).alias(name) for name, value in nothing.items()), **{"class": pl.lit(["x"])}
    )
    expected = {
        (n, f"c{m}")
        for n, (onset, length) in enumerate(events)
        for m, (start, of_clip) in enumerate(spans)
        if onset < start + of_clip and (onset + length > start or (length == 0 and onset == start))
    }
    found = heard_in(rows, clips).of_clips.select("place", "clip_id").rows()
    assert len(found) == len(set(found))
    assert set(found) == expected


# --- media ---


def test_a_video_is_called_by_its_id(tmp_path: Path) -> None:
    table = "f,start\nY-cq7SqKl9AE.wav,\nabcdefghijk_30.000_40.000.wav,30\nnot one,\nabcdefghijk_000060.mp4,\n"
    tables = ingest(tmp_path, table, {"media": "f", "start_s": "said(start)"}, match="youtube")
    assert tables["promised"].select("clip_id", "media_key", "source_url").rows() == [
        ("-cq7SqKl9AE", "-cq7SqKl9AE", "https://youtu.be/-cq7SqKl9AE"),
        ("abcdefghijk", "abcdefghijk", "https://youtu.be/abcdefghijk?start=30"),
    ]
    assert reasons(tables) == [(4, "row", "no_media"), (5, "row", "no_start")]


def test_a_stem_has_neither_folders_nor_the_suffix_of_audio(tmp_path: Path) -> None:
    tables = ingest(tmp_path, "f\nx/a.WAV\nDr. Who\n", {"media": "f"}, match="stem")
    assert tables["promised"]["media_key"].to_list() == ["a", "Dr. Who"]


# --- what cannot be read at all ---


def test_a_column_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ExpressionError, match=r"clip\.media: `filname`: no column 'filname'; did you mean `filename`"):
        ingest(tmp_path, "filename\na\n", {"media": "filname"})


def test_a_column_of_nothing_is_a_list_of_nothing(tmp_path: Path) -> None:
    rows = {"f": ["a"], "tags": [None], "pair": pl.Series([["x", "y"]], dtype=pl.Array(pl.String, 2))}
    pl.DataFrame(rows).write_parquet(tmp_path / "t.parquet")
    clip = {"media": "f", "classes": "pair", "captions": "tags"}
    tables = ingest_file(tmp_path, {"sources": {"table": "t.parquet"}, "clip": clip})
    assert tables["promised"]["class_names"].to_list() == [["x", "y"]]
    assert tables["found_captions"].rows() == []


def test_a_column_may_be_called_like_a_word_of_sql(tmp_path: Path) -> None:
    table = "order,start,end,my take,offset\na,1,2,x,3\n"
    clip = {"media": "order", "start_s": "start", "end_s": " End ", "site": "my take", "extra": {"more": "offset"}}
    tables = ingest(tmp_path, table, clip)
    assert tables["promised"].select("media_key", "start_s", "end_s").rows() == [("a", 1.0, 2.0)]
    assert tables["origins"].select("site", "extra").rows() == [("x", '{"more": "3"}')]


def test_rows_below_a_key_are_told_to_be_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ExpressionError, match=r"no column 'f'; .* below one of its keys\? reading: {at: …}"):
        ingest(tmp_path, '{"data": [{"f": "a"}]}', {"media": "f"}, "t.json")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("t.csv", "f,F\na,b\n", r"expected a name for each, or declare them: reading: {header: \[…\]}"),
        ("t.csv", '"f,g\na,b\n', r'no header: .*; reading: {quote: ""}\?'),
        ("t.json", "7", r"no list or map of rows at the top; say where: reading: {at: …}"),
    ],
)
def test_how_a_table_is_written_may_be_declared(tmp_path: Path, name: str, text: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        ingest(tmp_path, text, {"media": "f"}, name)


def test_a_spreadsheet_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"t\.xlsx: a spreadsheet; save it as CSV"):
        ingest(tmp_path, "PK", {"media": "f"}, "t.xlsx")


def test_what_is_no_list_of_labels_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExpressionError, match=r"clip\.classes: `\"?label\"?`: expected a list, `\[…\]`"):
        ingest(tmp_path, "f,label\na,dog\n", {"media": "f", "classes": "label"})


def test_a_key_that_no_adapter_knows_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"clip\.start: unknown key; did you mean `start_s`"):
        ingest(tmp_path, "f\na\n", {"media": "f", "start": "0"})
    with pytest.raises(SettingsError, match=r"wher: unknown key; did you mean `where`"):
        ingest(tmp_path, "f\na\n", {"media": "f"}, wher="true")


def test_a_list_that_has_no_value_in_one_file_is_a_list_of_none(tmp_path: Path) -> None:
    for name, tags in (("1.json", "null"), ("2.json", '["rain", "wind"]'), ("3.json", "null")):
        (tmp_path / name).write_text(f'[{{"f": "{name[0]}", "tags": {tags}}}]')
    asked = {"media": "f", "classes": "list_transform(tags, lambda one: upper(one))"}
    tables = ingest_file(tmp_path, {"sources": {"table": "*.json"}, "clip": asked})
    assert tables["promised"].select("clip_id", "class_names").rows() == [("1", []), ("2", ["RAIN", "WIND"]), ("3", [])]
    tables = ingest_file(tmp_path, {"sources": {"table": "1.json"}, "clip": asked})
    assert tables["promised"].select("clip_id", "class_names").rows() == [("1", [])]


def test_a_list_of_texts_is_a_table_of_values(tmp_path: Path) -> None:
    tables = ingest(tmp_path, '["a.wav", "b.wav", null]', {"media": "value"}, "t.json")
    assert tables["promised"]["clip_id"].to_list() == ["a", "b"]
    assert tables["rejects"].select("line", "reason").rows() == [(3, "no_media")]


@pytest.mark.parametrize(("name", "text"), [("t.csv", ""), ("t.json", "[]"), ("t.json", "[{}]")])
def test_what_is_empty_is_told(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(SourceError, match=f"{name}: no table: it is empty, or its rows are"):
        ingest(tmp_path, text, {"media": "f"}, name)


def test_a_file_of_nothing_among_others_is_no_fault(tmp_path: Path) -> None:
    for name, text in (("1.json", "[]"), ("2.json", '[{"f": "a"}]'), ("3.json", "[{}]")):
        (tmp_path / name).write_text(text)
    tables = ingest_file(tmp_path, {"sources": {"table": "*.json"}, "clip": {"media": "f"}})
    assert tables["promised"]["clip_id"].to_list() == ["a"]
    assert tables["rejects"].select("source", "line", "reason").rows() == [("3.json", 1, "no_object")]


def test_a_name_where_a_list_of_names_is_meant_is_told(tmp_path: Path) -> None:
    words = r"clip\.extra: expected a list, `\[one, two\]` or a mapping, `key: value`, found 'take'"
    with pytest.raises(SettingsError, match=words):
        ingest(tmp_path, "f,take\na,1\n", {"media": "f", "extra": "take"})


def test_the_same_name_twice_in_extra_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"clip\.extra: .* has non-unique elements"):
        ingest(tmp_path, "f\na\n", {"media": "f", "extra": ["f", "f"]})


def test_a_pattern_that_no_file_fits_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"sources\.table: dataset set: no such file: .*nothing/\*\.csv"):
        ingest_file(tmp_path, {"sources": {"table": "nothing/*.csv"}, "clip": {"media": "f"}})


def test_one_file_of_two_splits_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("f\na\n")
    with pytest.raises(SourceError, match=r"sources\.table: a\.csv is named for the splits train and test"):
        ingest_file(tmp_path, {"sources": {"table": {"train": "a.csv", "test": "*.csv"}}, "clip": {"media": "f"}})


def test_a_row_that_is_left_out_may_fail_at_anything(tmp_path: Path) -> None:
    tables = ingest(tmp_path, "f,s\na,x\nb,1\n", {"media": "f", "start_s": "s"}, where="f <> 'a'")
    assert reasons(tables) == [(2, "row", "not_selected")]


@pytest.mark.parametrize("start", ["1e10", "9.3e15", "1e300"])
def test_a_span_of_centuries_is_none(tmp_path: Path, start: str) -> None:
    for match in ("path", "youtube"):
        tables = ingest(tmp_path, f"f,s\nabcdefghijk,{start}\n", {"media": "f", "start_s": "s"}, match=match)
        assert reasons(tables) == [(2, "row", "bad_span")]
