"""Strong labels: events with onset and offset, in both sets of columns."""

import polars as pl
import pytest

from tests.adapters.audioset.small_audioset import ANIMAL, BARK, DOG, PETS, SPEECH, counts, ingest
from workflow_scripts.ledger.losses import EXCUSED
from workflow_scripts.sources.source import SourceError

CLIP = f'-lips1234_Y,30.000,40.000,"{DOG}"\n'
SEGMENT = "-lips1234_Y_30000"
OFFICIAL = ("segment_id", "start_time_seconds", "end_time_seconds", "label")
COPY = ("filename", "event_label", "onset", "offset")
PLACES = {OFFICIAL: (0, 1, 2, 3), COPY: (0, 3, 1, 2)}


def events(columns, *rows):
    """A list of (segment, onset, offset, class) in these columns."""
    lines = [columns, *(tuple(row[place] for place in PLACES[columns]) for row in rows)]
    return "".join("\t".join(map(str, line)) + "\n" for line in lines)


def strong(tables):
    labels = tables["labels"].filter(pl.col("strength") == "strong")
    return labels.select("clip_id", "onset_s", "offset_s", "class_id", "origin", "via_class_id").rows()


def rejects(tables):
    assert set(tables["rejects"]["scope"]) <= {"row"}
    return tables["rejects"].select("line", "reason").rows()


@pytest.mark.parametrize("columns", PLACES)
def test_both_sets_of_columns_give_the_same_events(tmp_path, columns):
    text = events(columns, (SEGMENT, "0.100", "2.5", SPEECH), (SEGMENT, 3, 10, ANIMAL))
    tables = ingest(tmp_path, {"train": CLIP}, strong=text)
    assert strong(tables) == [
        ("-lips1234_Y", 0.1, 2.5, SPEECH, "annotated", None),
        ("-lips1234_Y", 3.0, 10.0, ANIMAL, "annotated", None),
    ]
    assert counts(tables, "strong.tsv") == (None, 2, 2, 0)


def test_columns_may_stand_in_any_order_with_others_between(tmp_path):
    text = f"onset\tnote\toffset\tfilename\tevent_label\n1\tx\t2\t{SEGMENT}\t{SPEECH}\n"
    tables = ingest(tmp_path, {"train": CLIP}, strong=text)
    assert strong(tables) == [("-lips1234_Y", 1.0, 2.0, SPEECH, "annotated", None)]


def test_ancestors_follow_from_an_event_with_its_times(tmp_path):
    tables = ingest(tmp_path, {"train": CLIP}, strong=events(OFFICIAL, (SEGMENT, 1, 2, BARK)))
    assert sorted(strong(tables), key=str) == sorted(
        [
            ("-lips1234_Y", 1.0, 2.0, BARK, "annotated", None),
            *(("-lips1234_Y", 1.0, 2.0, above, "ontology", BARK) for above in (DOG, PETS, ANIMAL)),
        ],
        key=str,
    )


def test_events_are_added_to_the_weak_labels_of_the_clip(tmp_path):
    without = ingest(tmp_path, {"train": CLIP})["labels"]
    tables = ingest(tmp_path, {"train": CLIP}, strong=events(OFFICIAL, (SEGMENT, 1, 2, DOG)))
    assert tables["labels"].filter(pl.col("strength") == "weak").equals(without)
    assert len(tables["promised"]) == 1


def test_one_sound_heard_twice_is_two_events(tmp_path):
    text = events(OFFICIAL, (SEGMENT, 1, 2, SPEECH), (SEGMENT, 3, 4, SPEECH))
    assert len(strong(ingest(tmp_path, {"train": CLIP}, strong=text))) == 2


def test_crlf_and_blank_lines_do_not_count(tmp_path):
    text = events(COPY, (SEGMENT, 1, 2, SPEECH)).replace("\n", "\r\n") + "\r\n\r\n"
    tables = ingest(tmp_path, {"train": CLIP}, strong=text)
    assert counts(tables, "strong.tsv")[1:] == (1, 1, 0)


def test_header_that_stands_again_with_other_blanks_and_capitals_is_no_event(tmp_path):
    part = events(COPY, (SEGMENT, 1, 2, SPEECH))
    tables = ingest(
        tmp_path, {"train": CLIP}, strong=part + part.replace("filename\tevent_label", "Filename \tEvent label")
    )
    assert counts(tables, "strong.tsv") == (None, 2, 2, 0)


@pytest.mark.parametrize("columns", PLACES)
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("-lips1234_Y_30s", 1, 2, SPEECH), "bad_id"),
        (("", 1, 2, SPEECH), "bad_id"),
        ((SEGMENT, "", "", ""), "no_event"),
        ((SEGMENT, " ", "", '""'), "no_event"),
        (("-lips1234_Y_31000", "", "", ""), "no_event"),
        (("-lips1234_Y_30s", "", "", ""), "bad_id"),
        ((SEGMENT, "", "", SPEECH), "bad_time"),
        ((SEGMENT, "one", 2, SPEECH), "bad_time"),
        ((SEGMENT, 1, "", SPEECH), "bad_time"),
        ((SEGMENT, -1, 2, SPEECH), "bad_time"),
        ((SEGMENT, 1, "inf", SPEECH), "bad_time"),
        ((SEGMENT, "nan", 2, SPEECH), "bad_time"),
        ((SEGMENT, 2, 1, SPEECH), "backward_time"),
        ((SEGMENT, 2, 2, SPEECH), "backward_time"),
        (("-lips1234_Y_31000", 1, 2, SPEECH), "unknown_clip"),
        (("-lips1234_Y_99999999999999999999", 1, 2, SPEECH), "unknown_clip"),
        (("aaaaaaaaaaa_30000", 1, 2, SPEECH), "unknown_clip"),
        (("Yaaaaaaaaaaa.wav", 1, 2, SPEECH), "unknown_clip"),
        ((SEGMENT, 1, 2, "/m/nope"), "unknown_class"),
        ((SEGMENT, 1, 2, "Speeches"), "unknown_class"),
        ((SEGMENT, 1, 2, "Twice said"), "ambiguous_class"),
    ],
)
def test_event_that_cannot_be_taken_is_a_reject_with_line_reason_and_raw_text(tmp_path, columns, row, reason):
    text = events(columns, (SEGMENT, 1, 2, SPEECH), row, (SEGMENT, 3, 4, SPEECH))
    tables = ingest(tmp_path, {"train": CLIP}, strong=text, names="/m/x\tTwice said\n/m/y\tTwice said\n")
    assert [onset for _, onset, *_ in strong(tables)] == [1.0, 3.0]
    [reject] = tables["rejects"].to_dicts()
    assert (reject["line"], reject["reason"], reject["scope"]) == (3, reason, "row")
    assert reject["raw"] == text.splitlines()[2]
    assert reject["detail"]
    assert counts(tables, "strong.tsv")[1:] == (3, 2, 1)


@pytest.mark.parametrize("columns", PLACES)
@pytest.mark.parametrize("fields", [1, 2, 3])
def test_event_of_fewer_than_four_fields_is_malformed_whatever_the_columns(tmp_path, columns, fields):
    whole = events(columns, (SEGMENT, 1, 2, SPEECH))
    cut = "\t".join(whole.splitlines()[1].split("\t")[:fields])
    tables = ingest(tmp_path, {"train": CLIP}, strong=f"{whole}{cut}\n")
    assert rejects(tables) == [(3, "malformed_row")]


def test_clips_without_events_do_not_count_as_lost(tmp_path):
    text = events(COPY, (SEGMENT, 1, 2, SPEECH), *[(SEGMENT, "", "", "")] * 9)
    tables = ingest(tmp_path, {"train": CLIP}, strong=text)
    assert set(tables["rejects"]["reason"]) <= set(EXCUSED)


def test_class_that_only_the_display_names_know_can_be_heard(tmp_path):
    text = events(COPY, (SEGMENT, 1, 2, "/m/0fw86"))
    assert rejects(ingest(tmp_path, {"train": CLIP}, strong=text)) == [(2, "unknown_class")]
    tables = ingest(tmp_path, {"train": CLIP}, strong=text, names="/m/0fw86\tWaterfall far\n")
    assert strong(tables) == [("-lips1234_Y", 1.0, 2.0, "/m/0fw86", "annotated", None)]


def test_event_of_a_clip_whose_row_was_rejected_is_a_reject(tmp_path):
    lists = {"train": f"-lips1234_Y,30,40,{DOG}\n", "eval": "-lips1234_Y,50,60,/m/nope\n"}
    text = events(OFFICIAL, ("-lips1234_Y_50000", 1, 2, SPEECH))
    tables = ingest(tmp_path, lists, strong=text)
    assert tables["rejects"].select("reason").rows() == [("no_known_label",), ("unknown_clip",)]


def test_event_goes_to_the_clip_of_its_video_that_starts_where_it_says(tmp_path):
    lists = {"train": f"-lips1234_Y,30,40,{DOG}\n", "eval": f"-lips1234_Y,50,60,{DOG}\n"}
    tables = ingest(tmp_path, lists, strong=events(OFFICIAL, ("-lips1234_Y_50000", 1, 2, SPEECH)))
    assert [clip_id for clip_id, *_ in strong(tables)] == ["-lips1234_Y_50000"]


@pytest.mark.parametrize(("name", "end"), [("_30.000_40.000", 40000), ("_30.000_35.000", 35000), ("_30000", 40000)])
def test_event_goes_to_the_clip_that_ends_as_its_name_says_or_to_the_first(tmp_path, name, end):
    lists = {"train": f"{CLIP}-lips1234_Y,30,35,{DOG}\n"}
    tables = ingest(tmp_path, lists, strong=events(COPY, (f"-lips1234_Y{name}", 1, 2, SPEECH)))
    assert [clip_id for clip_id, *_ in strong(tables)] == [f"-lips1234_Y_30000_{end}"]


@pytest.mark.parametrize(
    "name",
    [
        "-lips1234_Y_30.000_40.000.wav",
        "Y-lips1234_Y_30.000_40.000.wav",
        "-lips1234_Y_30.0-40.0",
        "-lips1234_Y_000030.mp4",
        "Y-lips1234_Y_30000",
        "audio/-lips1234_Y_30",
        "-lips1234_Y",
        "Y-lips1234_Y.wav",
    ],
)
def test_segment_may_be_called_as_files_are(tmp_path, name):
    tables = ingest(tmp_path, {"train": CLIP}, strong=events(COPY, (name, 1, 2, SPEECH)))
    assert strong(tables) == [("-lips1234_Y", 1.0, 2.0, SPEECH, "annotated", None)]
    assert rejects(tables) == []


def test_name_without_a_start_is_none_of_several_clips(tmp_path):
    text = events(COPY, ("Y-lips1234_Y.wav", 1, 2, SPEECH), (SEGMENT, 1, 2, SPEECH))
    tables = ingest(tmp_path, {"train": f"{CLIP}-lips1234_Y,50,60,{DOG}\n"}, strong=text)
    assert rejects(tables) == [(2, "bad_id")]
    assert "Y-lips1234_Y.wav does not say which clip is meant" in tables["rejects"]["detail"][0]


def test_classes_may_be_told_by_their_names_beside_ids(tmp_path):
    text = events(COPY, (SEGMENT, 1, 2, "Speech"), (SEGMENT, 3, 4, "Domestic animals, pets"), (SEGMENT, 5, 6, SPEECH))
    annotated = [row for row in strong(ingest(tmp_path, {"train": CLIP}, strong=text)) if row[4] == "annotated"]
    assert [class_id for _, _, _, class_id, *_ in annotated] == [SPEECH, PETS, SPEECH]


def test_events_in_milliseconds_stop_the_run(tmp_path):
    text = events(OFFICIAL, (SEGMENT, 100, 4500, SPEECH), (SEGMENT, 3000, 9000, DOG))
    with pytest.raises(SourceError, match=r"strong\.tsv: .* look like milliseconds: divide by 1000"):
        ingest(tmp_path, {"train": CLIP}, strong=text)


def test_clip_that_starts_at_a_fraction_of_a_second_is_found_by_its_milliseconds(tmp_path):
    text = events(OFFICIAL, ("aaaaaaaaaaa_1001", 1, 2, DOG))
    tables = ingest(tmp_path, {"train": f"aaaaaaaaaaa,1.001,11.001,{DOG}\n"}, strong=text)
    assert rejects(tables) == []


def test_clip_that_starts_later_than_milliseconds_can_count_does_not_stop_the_run(tmp_path):
    lists = {"train": f"{CLIP}aaaaaaaaaaa,1e16,2e16,{DOG}\n"}
    tables = ingest(tmp_path, lists, strong=events(OFFICIAL, (SEGMENT, 1, 2, SPEECH)))
    assert len(strong(tables)) == 1


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("filename\tonset\toffset", "label or event_label"),
        ("segment\tstart_time_seconds\tend_time_seconds\tlabel", "segment_id or filename"),
        ("filename,event_label,onset,offset", "segment_id or filename"),
        (f"{SEGMENT}\t1\t2\t{SPEECH}", "segment_id or filename"),
    ],
)
def test_list_of_events_with_other_columns_stops_with_what_is_missing(tmp_path, header, missing):
    with pytest.raises(SourceError, match=rf"strong\.tsv, line 1: expected tab-separated columns, .*no {missing}"):
        ingest(tmp_path, {"train": CLIP}, strong=f"{header}\n")


def test_list_of_events_without_a_line_stops_with_its_name(tmp_path):
    with pytest.raises(SourceError, match=r"strong\.tsv, line 1: expected"):
        ingest(tmp_path, {"train": CLIP}, strong="")


def test_list_with_columns_and_no_events_adds_nothing(tmp_path):
    tables = ingest(tmp_path, {"train": CLIP}, strong=events(OFFICIAL))
    assert strong(tables) == []
    assert counts(tables, "strong.tsv") == (None, 0, 0, 0)


def test_row_longer_than_any_is_a_reject_and_takes_no_other_with_it(tmp_path):
    text = events(OFFICIAL, (SEGMENT, 1, 2, SPEECH), (SEGMENT, 1, 2, "x" * 2_000_000), (SEGMENT, 3, 4, SPEECH))
    tables = ingest(tmp_path, {"train": CLIP}, strong=text)
    assert rejects(tables) == [(3, "too_long_row")]
    assert counts(tables, "strong.tsv")[1:] == (3, 2, 1)
