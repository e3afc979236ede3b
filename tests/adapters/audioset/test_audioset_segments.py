"""Segment lists in every dialect, and what becomes of rows that are none."""

import gzip

import polars as pl
import pytest
import zstandard

from tests.adapters.audioset.small_audioset import (
    ANIMAL,
    BARK,
    DOG,
    PETS,
    SPEECH,
    clips,
    counts,
    ingest,
    ingest_sources,
    rejects,
    write_classes,
    write_list,
)
from workflow_scripts.sources.source import SourceError

OFFICIAL = f"""\
# Segments csv created Sun Mar  5 10:54:31 2017
# num_ytids=3, num_segs=3, num_unique_labels=3, num_positive_labels=4
# YTID, start_seconds, end_seconds, positive_labels
--PJHxphWEs, 30.000, 40.000, "{DOG},{SPEECH}"
_low-score_, 0.000, 7.250, "{BARK}"
Yodel-hill1, 120.000, 130.000, "{SPEECH}"
"""
ROWS = [
    ("--PJHxphWEs", 30.0, 40.0, [DOG, SPEECH]),
    ("_low-score_", 0.0, 7.25, [BARK]),
    ("Yodel-hill1", 120.0, 130.0, [SPEECH]),
]
DIALECTS = {
    "official": OFFICIAL,
    "crlf": OFFICIAL.replace("\n", "\r\n"),
    "byte order mark": "\ufeff" + OFFICIAL,
    "no final newline": OFFICIAL.rstrip("\n"),
    "blank lines": OFFICIAL.replace("\n", "\n\n"),
    "no header": OFFICIAL[OFFICIAL.index("--PJ") :],
    "integers, quoted only when several": f"""\
# YTID, start_seconds, end_seconds, positive_labels
--PJHxphWEs,30,40,"{DOG},{SPEECH}"
_low-score_,0,7.25,{BARK}
Yodel-hill1,120,130,{SPEECH}
""",
    "columns named without a comment": f"""\
YTID,start_seconds,end_seconds,positive_labels
--PJHxphWEs,30,40,"{DOG},{SPEECH}"
_low-score_,0,7.25,{BARK}
Yodel-hill1,120,130,{SPEECH}
""",
    "padded by a spreadsheet": f"""\
# Segments csv created Sun Mar  5 10:54:31 2017,,,,,
# num_ytids=3,num_segs=3,num_unique_labels=3,num_positive_labels=4,,
# YTID, start_seconds, end_seconds, positive_labels,,,
--PJHxphWEs,30,40, {DOG},{SPEECH} ,,,
_low-score_,0,7.25, {BARK} ,,,,
Yodel-hill1,120,130, {SPEECH} ,,,,
,,,,,,
""",
    "triple quotes and trailing commas": f'''\
--PJHxphWEs,30.000,40.000,"""{DOG}","{SPEECH}""",,,
_low-score_,0.000,7.250,"""{BARK}""",,,,
Yodel-hill1,120.000,130.000,"""{SPEECH}""",,,,
''',
    "every field quoted": f"""\
"# YTID","start_seconds","end_seconds","positive_labels"
"--PJHxphWEs","30.000","40.000","{DOG},{SPEECH}"
"_low-score_","0.000","7.250","{BARK}"
"Yodel-hill1","120.000","130.000","{SPEECH}"
""",
    "blanks and tabs around": f"""\
 --PJHxphWEs ,\t30.000 , 40.000\t, " {DOG} , {SPEECH} "
_low-score_ , 0.000 , 7.250 , "{BARK}"
Yodel-hill1 , 120.000 , 130.000 , "{SPEECH}"\t
""",
}


def good(*lines):
    """A list in the shortest dialect."""
    return "".join(f"{line}\n" for line in lines)


# --- dialects ---


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_gives_the_same_clips(tmp_path, dialect):
    tables = ingest(tmp_path, {"train": DIALECTS[dialect]})
    assert clips(tables) == ROWS
    assert rejects(tables) == []
    assert counts(tables, "train.csv")[1:] == (3, 3, 0)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_compressed_list_gives_the_same_clips(tmp_path, pack):
    name = {gzip.compress: "train.csv.gz", zstandard.compress: "train.csv.zst"}[pack]
    packed = pack(OFFICIAL.encode())
    sources = write_classes(tmp_path) | {"segments": {"train": write_list(tmp_path, name, packed)}, "strong": []}
    tables = ingest_sources(sources)
    assert clips(tables) == ROWS
    [size] = tables["sources"].filter(pl.col("source").str.ends_with(name))["bytes"]
    assert size == len(packed)


def test_column_names_are_no_row_wherever_blank_lines_stand(tmp_path):
    text = f"\nYTID,start_seconds,end_seconds,positive_labels\n--PJHxphWEs,30,40,{DOG}\n"
    tables = ingest(tmp_path, {"train": text})
    assert counts(tables, "train.csv")[1:] == (1, 1, 0)


def test_clip_knows_its_source_line_split_and_address(tmp_path):
    [first, *_] = ingest(tmp_path, {"train": OFFICIAL})["promised"].to_dicts()
    assert first["media_key"] == "--PJHxphWEs"
    assert first["split"] == "train"
    assert (first["source"], first["line"]) == (str(tmp_path / "train.csv"), 4)
    assert first["class_names"] == ["Dog", "Speech"]
    assert first["source_url"] == "https://youtu.be/--PJHxphWEs?start=30"


def test_address_of_a_clip_starts_at_the_whole_second_before_it(tmp_path):
    [clip] = ingest(tmp_path, {"train": good(f"aaaaaaaaaaa,7.900,17.900,{DOG}")})["promised"].to_dicts()
    assert clip["source_url"] == "https://youtu.be/aaaaaaaaaaa?start=7"


def test_licence_of_a_clip_is_what_the_dataset_file_says_of_audio(tmp_path):
    sources = write_classes(tmp_path) | {"segments": {"train": write_list(tmp_path, "t.csv", OFFICIAL)}, "strong": []}
    assert ingest_sources(sources)["promised"]["licence"].to_list() == [None] * 3
    assert ingest_sources(sources, audio="CC0-1.0")["promised"]["licence"].to_list() == ["CC0-1.0"] * 3


def test_empty_list_has_no_clips(tmp_path):
    tables = ingest(tmp_path, {"train": "", "eval": OFFICIAL})
    assert clips(tables) == ROWS
    assert counts(tables, "train.csv") == (None, 0, 0, 0)


def test_dataset_of_nothing_but_empty_lists_has_empty_tables(tmp_path):
    tables = ingest(tmp_path, {"train": ""})
    assert len(tables["promised"]) == len(tables["labels"]) == len(tables["rejects"]) == 0


# --- labels ---


def test_bark_in_a_list_is_also_dog_domestic_animals_and_animal(tmp_path):
    labels = ingest(tmp_path, {"train": good(f"aaaaaaaaaaa,0,10,{BARK}")})["labels"]
    assert labels.select("class_name", "origin", "via_class_id").rows() == [
        ("Bark", "annotated", None),
        ("Domestic animals, pets", "ontology", BARK),
        ("Dog", "ontology", BARK),
        ("Animal", "ontology", BARK),
    ]
    assert set(labels["strength"]) == {"weak"}
    assert labels["onset_s"].null_count() == labels["offset_s"].null_count() == 4


def test_annotated_labels_are_the_classes_of_the_clip(tmp_path):
    tables = ingest(tmp_path, {"train": OFFICIAL})
    annotated = tables["labels"].filter(pl.col("origin") == "annotated")
    by_clip = annotated.group_by("clip_id", maintain_order=True).agg(pl.col("class_id").cast(pl.String)).rows()
    assert by_clip == [(clip_id, class_ids) for clip_id, _, _, class_ids in ROWS]


def test_one_unknown_class_among_known_ones_is_a_reject_of_that_label(tmp_path):
    row = f'aaaaaaaaaaa,0,10,"{DOG},/m/nope"'
    tables = ingest(tmp_path, {"train": good(row)})
    assert clips(tables) == [("aaaaaaaaaaa", 0.0, 10.0, [DOG])]
    [reject] = tables["rejects"].to_dicts()
    assert reject == {
        "source": str(tmp_path / "train.csv"),
        "line": 1,
        "scope": "label",
        "reason": "unknown_class",
        "detail": "/m/nope is in no source of classes",
        "raw": row,
    }
    assert counts(tables, "train.csv")[1:] == (1, 1, 0)


def test_class_said_twice_of_a_clip_is_a_reject_of_that_label(tmp_path):
    tables = ingest(tmp_path, {"train": good(f'aaaaaaaaaaa,0,10,"{DOG},{SPEECH},{DOG}"')})
    assert clips(tables) == [("aaaaaaaaaaa", 0.0, 10.0, [DOG, SPEECH])]
    assert rejects(tables) == [(1, "label", "repeated_class")]


# --- rejects ---


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("aaaaaaaaaaa", "malformed_row"),
        ("aaaaaaaaaaa,0,10", "malformed_row"),
        (f"aaaaaaaaaaa;0;10;{DOG}", "malformed_row"),
        (f"aaaaaaaaaaa\t0\t10\t{DOG}", "malformed_row"),
        ("<html><body>404 Not Found</body></html>", "malformed_row"),
        (f"#NAME?,30,40,{DOG}", "bad_id"),
        (f'"#NAME?",30,40,"{DOG}"', "bad_id"),
        (f"aaaaaaaaaa,0,10,{DOG}", "bad_id"),
        (f"aaaaaaaaaaaa,0,10,{DOG}", "bad_id"),
        (f"aaaaa/aaaaa,0,10,{DOG}", "bad_id"),
        (f"aaaaaaaaaaé,0,10,{DOG}", "bad_id"),
        (f",0,10,{DOG}", "bad_id"),
        (f"aaaaaaaaaaa,zero,10,{DOG}", "bad_time"),
        (f"aaaaaaaaaaa,,10,{DOG}", "bad_time"),
        (f"aaaaaaaaaaa,0:10,0:20,{DOG}", "bad_time"),
        (f"aaaaaaaaaaa,-1,10,{DOG}", "bad_time"),
        (f"aaaaaaaaaaa,nan,10,{DOG}", "bad_time"),
        (f"aaaaaaaaaaa,0,inf,{DOG}", "bad_time"),
        (f"aaaaaaaaaaa,10,0,{DOG}", "backward_time"),
        (f"aaaaaaaaaaa,10,10,{DOG}", "backward_time"),
        ("aaaaaaaaaaa,0,10,", "no_known_label"),
        ('aaaaaaaaaaa,0,10,"",,,', "no_known_label"),
        ("aaaaaaaaaaa,0,10,/m/nope", "no_known_label"),
        ("aaaaaaaaaaa,0,10,Dog", "no_known_label"),
    ],
)
def test_row_that_cannot_be_read_is_a_reject_with_source_line_reason_and_raw_text(tmp_path, row, reason):
    tables = ingest(tmp_path, {"train": good(f"before-this,0,10,{DOG}", row, f"after-this-,0,10,{DOG}")})
    assert [clip_id for clip_id, *_ in clips(tables)] == ["before-this", "after-this-"]
    [reject] = tables["rejects"].to_dicts()
    assert reject | {"detail": ""} == {
        "source": str(tmp_path / "train.csv"),
        "line": 2,
        "scope": "row",
        "reason": reason,
        "detail": "",
        "raw": row,
    }
    assert reject["detail"]
    assert counts(tables, "train.csv")[1:] == (3, 2, 1)


@pytest.mark.parametrize("error", ["#NOM?", "#REF!", "#VALUE!", "#N/A"])
def test_other_errors_of_spreadsheets_are_rejects_and_not_comments_too(tmp_path, error):
    """#NOM? is what #NAME? is in French."""
    tables = ingest(tmp_path, {"train": good(f"before-this,0,10,{DOG}", f"{error},30,40,{DOG}")})
    assert rejects(tables) == [(2, "row", "bad_id")]


@pytest.mark.parametrize("start", ["1e19", "1e300", "92233720368547758080"])
def test_time_too_large_for_any_clip_does_not_stop_the_run(tmp_path, start):
    """A number of seconds is read as what it is, or rejected; it does not end in an overflow."""
    tables = ingest(tmp_path, {"train": good(f"aaaaaaaaaaa,{start},1e301,{DOG}", f"bbbbbbbbbbb,0,10,{DOG}")})
    assert counts(tables, "train.csv")[1] == 2
    assert ("bbbbbbbbbbb", 0.0, 10.0, [DOG]) in clips(tables)


def test_times_may_be_written_as_any_number(tmp_path):
    tables = ingest(tmp_path, {"train": good(f"aaaaaaaaaaa,3e1,+40.5,{DOG}", f"bbbbbbbbbbb,.5,1.,{DOG}")})
    assert [row[1:3] for row in clips(tables)] == [(30.0, 40.5), (0.5, 1.0)]


def test_bytes_that_are_no_utf_8_spoil_their_own_row_only(tmp_path):
    text = f"aaaaaaaaaa\u00e9,0,10,{DOG}\nbbbbbbbbbbb,0,10,{DOG}\n".encode("latin-1")
    tables = ingest(tmp_path, {"train": text})
    assert [clip_id for clip_id, *_ in clips(tables)] == ["bbbbbbbbbbb"]
    assert rejects(tables) == [(1, "row", "bad_id")]


def test_rejects_stand_in_the_order_of_sources_and_lines(tmp_path):
    broken = good(f"#NAME?,0,10,{DOG}", f'{{}},0,10,"{DOG},/m/nope"', "short,0,10,/m/nope")
    tables = ingest(tmp_path, {"train": broken.format("a" * 11), "eval": broken.format("b" * 11)})
    places = tables["rejects"].select("source", "line").rows()
    assert [(source.rsplit("/", 1)[1], line) for source, line in places] == [
        *(("eval.csv", line) for line in (1, 2, 3)),
        *(("train.csv", line) for line in (1, 2, 3)),
    ]


# --- ids that stand more than once ---


def test_id_twice_in_a_list_is_kept_in_its_first_row(tmp_path):
    row = f'aaaaaaaaaaa,0,10,"{DOG},{SPEECH}"'
    tables = ingest(tmp_path, {"train": good(row, f"aaaaaaaaaaa,0,10,{BARK}")})
    assert clips(tables) == [("aaaaaaaaaaa", 0.0, 10.0, [DOG, SPEECH])]
    assert rejects(tables) == [(2, "row", "duplicate_id")]
    assert tables["rejects"]["detail"].to_list() == [f"aaaaaaaaaaa is kept from {tmp_path}/train.csv, line 1"]


@pytest.mark.parametrize(
    "bad", ["aaaaaaaaaaa,x,10,/m/0bt9lr", "aaaaaaaaaaa,0,10,/m/nope", "aaaaaaaaaaa,10,0,/m/0bt9lr", "aaaaaaaaaaa,0"]
)
def test_bad_row_before_a_good_row_of_the_same_id_leaves_the_good_one_kept(tmp_path, bad):
    tables = ingest(tmp_path, {"train": good(bad, f"aaaaaaaaaaa,20,30,{SPEECH}")})
    assert clips(tables) == [("aaaaaaaaaaa", 20.0, 30.0, [SPEECH])]
    assert [line for line, _, _ in rejects(tables)] == [1]


def test_bad_row_after_a_good_row_of_the_same_id_keeps_its_own_reason(tmp_path):
    tables = ingest(tmp_path, {"train": good(f"aaaaaaaaaaa,20,30,{SPEECH}", f"aaaaaaaaaaa,x,10,{DOG}")})
    assert rejects(tables) == [(2, "row", "bad_time")]


@pytest.mark.parametrize("order", [("eval", "train"), ("train", "eval")])
def test_id_in_two_splits_is_kept_in_the_first_of_the_dataset_file(tmp_path, order):
    rows = {"train": f"aaaaaaaaaaa,20,30,{DOG}", "eval": f"aaaaaaaaaaa,20,30,{SPEECH}"}
    tables = ingest(tmp_path, {split: good(rows[split]) for split in order})
    assert tables["promised"]["split"].to_list() == [order[0]]
    [reject] = tables["rejects"].to_dicts()
    assert reject["source"].endswith(f"{order[1]}.csv")
    assert reject["reason"] == "duplicate_id"
    assert reject["detail"].endswith(f"{order[0]}.csv, line 1")


def test_two_spans_of_a_video_are_two_clips_called_by_their_starts(tmp_path):
    rows = {"train": f"aaaaaaaaaaa,0,10,{DOG}", "eval": f"aaaaaaaaaaa,20.5,30.5,{SPEECH}"}
    tables = ingest(tmp_path, {split: good(row, "bbbbbbbbbbb,0,10,/m/09x0r") for split, row in rows.items()})
    assert tables["promised"].select("clip_id", "media_key", "split").rows() == [
        ("aaaaaaaaaaa_0", "aaaaaaaaaaa", "train"),
        ("bbbbbbbbbbb", "bbbbbbbbbbb", "train"),
        ("aaaaaaaaaaa_20500", "aaaaaaaaaaa", "eval"),
    ]
    assert tables["promised"]["source_url"].to_list()[2] == "https://youtu.be/aaaaaaaaaaa?start=20"
    assert set(tables["labels"]["clip_id"]) == set(tables["promised"]["clip_id"])
    assert rejects(tables) == [(2, "row", "duplicate_id")]


def test_spans_that_start_together_are_clips_called_by_their_ends_too(tmp_path):
    spans = [("a", 5, 10), ("b", 5, 10), ("a", 5, 11), ("a", 90, 100), ("c", 5, 10), ("c", 5, 10.5)]
    rows = [f"{letter * 11},{start},{end},{DOG}" for letter, start, end in spans]
    tables = ingest(tmp_path, {"train": good(*rows), "eval": good(rows[2])})
    assert [row[:3] for row in clips(tables)] == [
        ("aaaaaaaaaaa_5000_10000", 5.0, 10.0),
        ("bbbbbbbbbbb", 5.0, 10.0),
        ("aaaaaaaaaaa_5000_11000", 5.0, 11.0),
        ("aaaaaaaaaaa_90000", 90.0, 100.0),
        ("ccccccccccc_5000_10000", 5.0, 10.0),
        ("ccccccccccc_5000_10500", 5.0, 10.5),
    ]
    assert rejects(tables) == [(1, "row", "duplicate_id")]


def test_span_without_an_end_is_the_clip_that_starts_with_it(tmp_path):
    lists = {"train": f"filename,labels\naaaaaaaaaaa_30000,{DOG}\n", "eval": f"aaaaaaaaaaa,30,40,{DOG}\n"}
    tables = ingest(tmp_path, lists)
    assert [row[:3] for row in clips(tables)] == [("aaaaaaaaaaa", 30.0, None)]
    assert rejects(tables) == [(1, "row", "duplicate_id")]


def test_id_whose_first_row_is_bad_is_kept_in_the_next_split(tmp_path):
    tables = ingest(tmp_path, {"train": good("aaaaaaaaaaa,0,10,/m/nope"), "eval": good(f"aaaaaaaaaaa,0,10,{DOG}")})
    assert tables["promised"]["split"].to_list() == ["eval"]
    assert rejects(tables) == [(1, "row", "no_known_label")]


def test_two_ids_that_differ_only_in_case_are_two_clips(tmp_path):
    tables = ingest(tmp_path, {"train": good(f"aaaaaaaaaaa,0,10,{DOG}", f"AAAAAAAAAAA,0,10,{DOG}")})
    assert len(clips(tables)) == 2


@pytest.mark.parametrize("again", ["labels.csv", "./labels.csv", "link.csv"])
def test_one_list_for_two_splits_is_refused(tmp_path, again):
    """Every row of the second would be a duplicate of the first."""
    path = write_list(tmp_path, "labels.csv", OFFICIAL)
    (tmp_path / "link.csv").symlink_to("labels.csv")
    lists = {"train": path, "eval": f"{tmp_path}/{again}"}
    with pytest.raises(SourceError, match=r"named as segments\.train and as segments\.eval"):
        ingest_sources(write_classes(tmp_path) | {"segments": lists, "strong": []})


# --- counts that the header declares ---


def test_header_count_that_does_not_match_stops_with_both_numbers(tmp_path):
    cut = OFFICIAL.replace("num_segs=3", "num_segs=2041789")
    with pytest.raises(SourceError, match=r"train\.csv: its header declares 2,041,789 rows, but 3 were read") as caught:
        ingest(tmp_path, {"train": cut})
    assert "on_count_mismatch: warn" in str(caught.value)


def test_more_rows_than_the_header_declares_stop_with_both_numbers(tmp_path):
    with pytest.raises(SourceError, match="declares 2 rows, but 3 were read"):
        ingest(tmp_path, {"train": OFFICIAL.replace("num_segs=3", "num_segs=2")})


def test_header_count_of_5000_digits_does_not_match_either(tmp_path):
    with pytest.raises(SourceError, match=r"declares 999,999,999,999,999,999 rows, but 3 were read"):
        ingest(tmp_path, {"train": OFFICIAL.replace("num_segs=3", "num_segs=" + "9" * 5000)})


def test_header_count_that_does_not_match_goes_on_with_a_warning_where_told_so(tmp_path, caplog):
    tables = ingest(tmp_path, {"train": OFFICIAL.replace("num_segs=3", "num_segs=5")}, on_count_mismatch="warn")
    assert clips(tables) == ROWS
    assert counts(tables, "train.csv") == (5, 3, 3, 0)
    [record] = [record for record in caplog.records if record.levelname == "WARNING"]
    assert "declares 5 rows, but 3 were read" in record.getMessage()


def test_rows_that_are_rejected_count_as_read(tmp_path):
    text = OFFICIAL.replace(", 30.000", ", thirty").replace("_low-score_", "#NAME?")
    tables = ingest(tmp_path, {"train": text})
    assert counts(tables, "train.csv") == (3, 3, 1, 2)


def test_second_list_that_is_cut_stops_the_run_too(tmp_path):
    with pytest.raises(SourceError, match=r"eval\.csv: its header declares 3 rows, but 2 were read"):
        ingest(tmp_path, {"train": OFFICIAL, "eval": OFFICIAL[: OFFICIAL.index("Yodel")]})


# --- the other sources ---


def test_every_source_is_told_with_digest_and_counts(tmp_path):
    tables = ingest(tmp_path, {"train": OFFICIAL, "eval": ""}, names="/m/nope\tNope\n")
    rows = tables["sources"].select("source", "rows_declared", "rows_read", "rows_kept").rows()
    assert [(source.removeprefix(f"{tmp_path}/"), *rest) for source, *rest in rows] == [
        ("train.csv", 3, 3, 3),
        ("eval.csv", None, 0, 0),
        ("ontology.json", None, 5, 5),
        ("class_labels_indices.csv", None, 5, 5),
        ("names.tsv", None, 1, 1),
    ]


def test_class_that_only_the_display_names_know_is_a_known_class(tmp_path):
    lists = {"train": good("aaaaaaaaaaa,0,10,/m/nope")}
    assert clips(ingest(tmp_path, lists)) == []
    assert clips(ingest(tmp_path, lists, names="/m/nope\tNope\n")) == [("aaaaaaaaaaa", 0.0, 10.0, ["/m/nope"])]


def test_missing_list_stops_with_its_name(tmp_path):
    sources = write_classes(tmp_path) | {"segments": {"train": str(tmp_path / "gone.csv")}, "strong": []}
    with pytest.raises(SourceError, match=r"gone\.csv: cannot be read"):
        ingest_sources(sources)


def test_classes_table_holds_the_whole_ontology(tmp_path):
    classes = ingest(tmp_path, {"train": OFFICIAL})["classes"]
    assert classes["class_id"].to_list() == [ANIMAL, PETS, DOG, BARK, SPEECH]
    assert classes.filter(pl.col("class_id") == BARK)["ancestor_ids"].to_list() == [[PETS, DOG, ANIMAL]]


def test_a_row_that_begins_with_a_hash_is_a_reject_below_the_head(tmp_path):
    tables = ingest(
        tmp_path, {"train": f"# a comment\naaaaaaaaaaa,0,10,{DOG}\n#AbCdEfGhIj,0,10,{DOG}\n#¿NOMBRE?,0,10,{DOG}\n"}
    )
    assert [row[:3] for row in tables["rejects"].select("line", "scope", "reason").iter_rows()] == [
        (3, "row", "bad_id"),
        (4, "row", "bad_id"),
    ]
    assert tables["sources"].filter(pl.col("rows_read") == 3).height == 1


@pytest.mark.parametrize("labels", [f"{BARK}," * 200_000, "x" * 2_000_000], ids=["labels", "no labels"])
def test_row_longer_than_any_is_a_reject_and_takes_no_other_with_it(tmp_path, labels):
    tables = ingest(tmp_path, {"eval": OFFICIAL.replace(f'"{BARK}"', f'"{labels}"')})
    assert tables["promised"]["clip_id"].to_list() == ["--PJHxphWEs", "Yodel-hill1"]
    assert tables["rejects"].select("line", "scope", "reason").rows() == [(5, "row", "too_long_row")]
