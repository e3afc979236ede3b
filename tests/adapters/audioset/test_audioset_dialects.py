"""The same rows in every dialect that people write give the same clips, and what cannot be told stops the run."""

import csv
import io
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.audioset.small_audioset import BARK, DOG, NAMES, PETS, SPEECH, clips, counts, ingest, rejects
from workflow_scripts.sources.source import SourceError

Spell = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class Dialect:
    """How somebody writes a list.

    Attributes:
        columns: the header by what a column holds: index, id, start, end, labels, other.
        spell: the cell of some classes.
    """

    separator: str
    columns: dict[str, str]
    has_header: bool
    has_y: bool
    spell: Spell
    end: str

    def write(self, rows: Sequence[tuple[str, float, float, Sequence[str]]]) -> str:
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.separator, lineterminator=self.end)
        if self.has_header:
            writer.writerow(self.columns.values())
        for number, (clip_id, start, end, classes) in enumerate(rows):
            cells = {
                "index": number,
                "id": f"Y{clip_id}" if self.has_y else clip_id,
                "start": start,
                "end": end,
                "labels": self.spell(classes),
                "other": 'some "text", too',
            }
            writer.writerow([cells[column] for column in self.columns])
        return text.getvalue()


def names_of(classes: Sequence[str]) -> list[str]:
    return [NAMES[one] for one in classes]


SPELLINGS: dict[str, Spell] = {
    "ids, commas": ",".join,
    "ids, commas and blanks": ", ".join,
    "ids, semicolons": ";".join,
    "ids, bars": " | ".join,
    "ids, blanks": " ".join,
    "ids, Python": lambda classes: str(list(classes)),
    "ids, JSON": lambda classes: json.dumps(list(classes)),
    "ids, tuple": lambda classes: str(tuple(classes)),
    "ids, set": lambda classes: "{" + ", ".join(map(repr, classes)) + "}",
    "ids, JSON with escapes": lambda classes: json.dumps(list(classes)).replace('"', r"\""),
    "ids, numpy": lambda classes: "[" + " ".join(f"'{one}'" for one in classes) + "]",
    "names, commas": lambda classes: ",".join(names_of(classes)),
    "names, commas and blanks": lambda classes: ", ".join(names_of(classes)),
    "names, semicolons": lambda classes: ";".join(names_of(classes)),
    "names, bars": lambda classes: "|".join(names_of(classes)),
    "names, Python": lambda classes: str(names_of(classes)),
    "names, JSON": lambda classes: json.dumps(names_of(classes)),
    "names, tuple": lambda classes: str(tuple(names_of(classes))),
    "names, set": lambda classes: "{" + ", ".join(map(repr, names_of(classes))) + "}",
    "names, JSON with escapes": lambda classes: json.dumps(names_of(classes)).replace('"', r"\""),
    "names, small letters": lambda classes: ";".join(names_of(classes)).lower(),
    "names, each word with a capital": lambda classes: ", ".join(names_of(classes)).title(),
    "names, each in quotes": lambda classes: ",".join(f'"{name}"' for name in names_of(classes)),
}
HEADERS = {
    "id": ["YTID", "ytid", "youtube_id", "video_id", "id", "filename", "segment_id", "Video ID"],
    "start": ["start_seconds", "start", "start_time_seconds", "onset", "Start Time"],
    "end": ["end_seconds", "end", "end_time_seconds", "offset", "End Time"],
    "labels": ["positive_labels", "labels", "mids", "event_label", "event_labels", "Labels"],
}

known = st.sampled_from(sorted(NAMES))
spans = st.tuples(st.integers(0, 80_000_000), st.integers(1, 12_000)).map(
    lambda span: (span[0] / 1000, (span[0] + span[1]) / 1000)
)
rows_of_lists = st.lists(
    st.tuples(
        st.from_regex(r"[A-Za-z0-9_-]{11}", fullmatch=True),
        spans,
        st.lists(known, min_size=1, max_size=4, unique=True),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[0],
).map(lambda rows: [(clip_id, *span, classes) for clip_id, span, classes in rows])


@st.composite
def dialects(draw: st.DrawFn) -> Dialect:
    """With a header any order of columns; without one that of the official list, behind an index or not."""
    has_header = draw(st.booleans())
    kinds = ["id", "start", "end", "labels"]
    if has_header:
        kinds = draw(st.permutations(kinds))
        if draw(st.booleans()):
            kinds.insert(draw(st.integers(0, len(kinds))), "other")
    if draw(st.booleans()):
        kinds.insert(0, "index")
    names = {kind: draw(st.sampled_from(HEADERS[kind])) for kind in HEADERS} | {"index": "", "other": "Comment"}
    return Dialect(
        separator=draw(st.sampled_from([",", "\t", ";", "|"])),
        columns={kind: names[kind] for kind in kinds},
        has_header=has_header,
        has_y=draw(st.booleans()),
        spell=SPELLINGS[draw(st.sampled_from(sorted(SPELLINGS)))],
        end=draw(st.sampled_from(["\n", "\r\n"])),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dialects")


@settings(max_examples=120, deadline=None)
@given(rows_of_lists, dialects())
def test_same_rows_in_any_dialect_are_the_same_clips(folder, rows, dialect):
    tables = ingest(folder, {"train": dialect.write(rows)})
    assert rejects(tables) == []
    assert clips(tables) == [(clip_id, start, end, classes) for clip_id, start, end, classes in rows]
    assert counts(tables, "train.csv") == (None, len(rows), len(rows), 0)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_labels_are_told_apart_however_they_are_spelled(tmp_path, spelling):
    rows = [("aaaaaaaaaaa", 0.0, 10.0, [PETS, DOG]), ("bbbbbbbbbbb", 5.0, 15.0, [BARK]), ("ccccccccccc", 0, 1, [PETS])]
    columns = {"id": "YTID", "start": "start", "end": "end", "labels": "labels"}
    dialect = Dialect(",", columns, True, False, SPELLINGS[spelling], "\n")
    assert [row[3] for row in clips(ingest(tmp_path, {"train": dialect.write(rows)}))] == [[PETS, DOG], [BARK], [PETS]]


def test_published_rows_with_semicolons_between_labels_keep_clips_of_several_classes(tmp_path):
    """Of such a list the clips of a single class alone would be left, a biased set."""
    text = f'aaaaaaaaaaa, 0.000, 10.000, "{DOG};{SPEECH}"\nbbbbbbbbbbb, 0.000, 10.000, "{BARK}"\n'
    tables = ingest(tmp_path, {"train": text})
    assert [row[3] for row in clips(tables)] == [[DOG, SPEECH], [BARK]]


def test_labels_without_quotes_that_shift_the_columns_behind_them_are_no_single_label(tmp_path):
    """The first of them would stay, and nobody would see that the others are gone."""
    rows = [
        f"aaaaaaaaaaa,0,10,{DOG},{SPEECH},train",
        f"bbbbbbbbbbb,0,10,{BARK},train,,",
        f'ccccccccccc,0,10,"{DOG},{BARK}",',
    ]
    rows += [f"ddddddddddd,0,10,{DOG},{SPEECH},"]
    tables = ingest(tmp_path, {"train": "\n".join(["YTID,start,end,labels,split", *rows])})
    assert [(row[0], row[3]) for row in clips(tables)] == [("bbbbbbbbbbb", [BARK]), ("ccccccccccc", [DOG, BARK])]
    assert rejects(tables) == [(2, "row", "malformed_row"), (5, "row", "malformed_row")]
    assert "one that holds commas needs quotes" in tables["rejects"]["detail"][0]


NUMPY = f"""aaaaaaaaaaa,0,10,"['{DOG}' '{SPEECH}'\n '{BARK}']"\n"""


@pytest.mark.parametrize("header", ["", "YTID,start,end,labels\n"])
def test_array_that_numpy_wrapped_is_one_cell(tmp_path, header):
    """Of a clip of many classes those in its first line alone would stay."""
    tables = ingest(tmp_path, {"train": f"{header}{NUMPY}bbbbbbbbbbb,0,10,['{BARK}']\n"})
    assert [row[3] for row in clips(tables)] == [[DOG, SPEECH, BARK], [BARK]]
    assert rejects(tables) == []
    assert counts(tables, "train.csv") == (None, 2, 2, 0)


def test_cell_of_several_lines_may_stand_before_others(tmp_path):
    rows = ["\"['Dog'", " 'Domestic animals, pets']\",aaaaaaaaaaa,0,10", "['Bark'],bbbbbbbbbbb,0,10"]
    rows += [
        "\"['Dog'",
        " 'Bark'",
        "  'Speech']\",ccccccccccc,0,10",
        '"[Dog,ddddddddddd,0,10',
        "\"['Bark']\",eeeeeeeeeee,0,10",
    ]
    tables = ingest(tmp_path, {"train": "\n".join(["labels,YTID,start,end", *rows])})
    assert [row[3] for row in clips(tables)] == [[DOG, PETS], [BARK], [DOG, BARK, SPEECH], [BARK]]
    assert rejects(tables) == [(8, "row", "no_known_label")]


def test_quote_that_is_never_closed_takes_no_other_row_with_it(tmp_path):
    rows = [f'aaaaaaaaaaa,0,10,"{DOG}', f'#NAME?,0,10,"{SPEECH}', "total 3", f'bbbbbbbbbbb,0,10,"{PETS}"']
    tables = ingest(tmp_path, {"train": "\n".join(rows)})
    assert [row[3] for row in clips(tables)] == [[DOG], [PETS]]
    assert rejects(tables) == [(2, "row", "bad_id"), (3, "row", "malformed_row")]


def test_longest_known_name_is_meant_where_names_hold_commas(tmp_path):
    text = 'YTID,start,end,labels\naaaaaaaaaaa,0,10,"Dog, Domestic animals, pets, Hound, Speech"\n'
    tables = ingest(tmp_path, {"train": text})
    assert [row[3] for row in clips(tables)] == [[DOG, PETS, SPEECH]]
    assert tables["rejects"]["detail"].to_list() == ["Hound is in no source of classes"]


def test_name_of_several_classes_is_none_of_them(tmp_path):
    text = "YTID,start,end,labels\naaaaaaaaaaa,0,10,Speech;Echo\nbbbbbbbbbbb,0,10,Dog;Bark\n"
    tables = ingest(tmp_path, {"train": text}, names="/m/x\tEcho\n/m/y\tEcho\n")
    assert [row[3] for row in clips(tables)] == [[SPEECH], [DOG, BARK]]
    assert rejects(tables) == [(2, "label", "ambiguous_class")]


def test_name_is_no_class_in_a_list_of_ids(tmp_path):
    tables = ingest(tmp_path, {"train": f'aaaaaaaaaaa,0,10,"{DOG},{BARK}"\nbbbbbbbbbbb,0,10,"{DOG},Speech"\n'})
    assert rejects(tables) == [(2, "label", "unknown_class")]


# --- names of clips ---


def test_ids_may_be_names_of_files_whose_columns_tell_the_times(tmp_path):
    rows = ["YTID,start,end,labels", f"audio/Y-aaaaaaaaaa_30.wav,5,15,{DOG}", f"bbbbbbbbbbb_000017.m4a,17,27,{DOG}"]
    assert [row[:3] for row in clips(ingest(tmp_path, {"train": "\n".join(rows)}))] == [
        ("-aaaaaaaaaa", 5.0, 15.0),
        ("bbbbbbbbbbb", 17.0, 27.0),
    ]


@pytest.mark.parametrize(
    ("names", "spans"),
    [
        (["aaaaaaaaaaa_30000_40000", "bbbbbbbbbbb_0_10000"], [(30.0, 40.0), (0.0, 10.0)]),
        (["aaaaaaaaaaa_30_40", "bbbbbbbbbbb_0_10"], [(30.0, 40.0), (0.0, 10.0)]),
        (["Yaaaaaaaaaaa_30.000_40.000.wav", "Ybbbbbbbbbbb_0.000_9.500.wav"], [(30.0, 40.0), (0.0, 9.5)]),
        (["aaaaaaaaaaa_390.0-400.0", "bbbbbbbbbbb_7.0-17.0"], [(390.0, 400.0), (7.0, 17.0)]),
        (["aaaaaaaaaaa_30000", "bbbbbbbbbbb_0"], [(30.0, None), (0.0, None)]),
        (["aaaaaaaaaaa_000030", "bbbbbbbbbbb_000000"], [(30.0, None), (0.0, None)]),
        (["aaaaaaaaaaa_30", "bbbbbbbbbbb_0"], [(30.0, None), (0.0, None)]),
        (["aaaaaaaaaaa", "bbbbbbbbbbb.wav"], [(None, None), (None, None)]),
        (["aaaaaaaaaaa_1200", "bbbbbbbbbbb_1500", "ccccccccccc_30.5"], [(1200.0, None), (1500.0, None), (30.5, None)]),
        (["aaaaaaaaaaa_1200", "bbbbbbbbbbb_1500", "ccccccccccc_0030"], [(1200.0, None), (1500.0, None), (30.0, None)]),
        (
            ["aaaaaaaaaaa_30000_40000", "bbbbbbbbbbb_50000_60000", "ccccccccccc_30.000_40.000", "ddddddddddd_1200"],
            [(30.0, 40.0), (50.0, 60.0), (30.0, 40.0), (1200.0, None)],
        ),
        (
            ["aaaaaaaaaaa_0_900", "bbbbbbbbbbb_30.5_40.5", "ccccccccccc_7.5_17.5"],
            [(0.0, 900.0), (30.5, 40.5), (7.5, 17.5)],
        ),
    ],
)
def test_names_tell_the_times_where_no_column_does(tmp_path, names, spans):
    tables = ingest(tmp_path, {"train": "filename\tlabels\n" + "".join(f"{name}\t{DOG},{BARK}\n" for name in names)})
    assert [row[:3] for row in clips(tables)] == [
        (letter * 11, *span) for letter, span in zip("abcd"[: len(spans)], spans, strict=True)
    ]


def test_address_of_a_clip_without_times_is_its_video(tmp_path):
    [clip] = ingest(tmp_path, {"train": f"id\tlabels\naaaaaaaaaaa\t{DOG}\n"})["promised"].to_dicts()
    assert clip["source_url"] == "https://youtu.be/aaaaaaaaaaa"


# --- one label a row ---

ONE_A_ROW = f"""\
filename\tevent_label
aaaaaaaaaaa_30000\t{DOG}
bbbbbbbbbbb_0\t{SPEECH}
aaaaaaaaaaa_30000\t{SPEECH}
aaaaaaaaaaa_90000\t{BARK}
aaaaaaaaaaa_30000\t/m/nope
aaaaaaaaaaa_30000\t{DOG}
"""


def test_rows_of_one_label_each_are_one_clip(tmp_path):
    tables = ingest(tmp_path, {"train": ONE_A_ROW})
    assert [(row[0], row[3]) for row in clips(tables)] == [
        ("aaaaaaaaaaa_30000", [DOG, SPEECH]),
        ("bbbbbbbbbbb", [SPEECH]),
        ("aaaaaaaaaaa_90000", [BARK]),
    ]
    assert tables["promised"]["line"].to_list() == [2, 3, 5]
    assert rejects(tables) == [(6, "row", "no_known_label"), (7, "row", "duplicate_id")]
    assert counts(tables, "train.csv") == (None, 6, 4, 2)
    annotated = tables["labels"].filter(tables["labels"]["origin"] == "annotated").select("clip_id", "class_id").rows()
    assert annotated == [(row[0], one) for row in clips(tables) for one in row[3]]


def test_rows_of_one_label_in_another_split_are_duplicates(tmp_path):
    tables = ingest(tmp_path, {"train": ONE_A_ROW, "eval": f"filename\tevent_label\nbbbbbbbbbbb_0\t{DOG}\n"})
    assert (2, "row", "duplicate_id") in rejects(tables)
    assert dict(tables["promised"].select("clip_id", "split").rows())["bbbbbbbbbbb"] == "train"


def test_one_label_a_row_is_told_by_the_rows_of_clips_that_stand_again(tmp_path):
    """Clips whose labels stand together elsewhere in the list say nothing of those whose labels do not."""
    ids = [f"clip-{number:06}" for number in range(85)]
    rows = [f"{one},30,40,{DOG}" for one in ids[:79]]
    rows += [f"{one},30,40,{SPEECH}" for one in ids[:15]]
    rows += [f'{one},30,40,"{DOG},{SPEECH}"' for one in ids[79:]]
    tables = ingest(tmp_path, {"train": "\n".join(rows)})
    assert rejects(tables) == []
    assert [row[3] for row in clips(tables)] == [[DOG, SPEECH]] * 15 + [[DOG]] * 64 + [[DOG, SPEECH]] * 6


def test_row_of_another_end_takes_no_label_from_the_clip(tmp_path):
    rows = [f"aaaaaaaaaaa,30,{end},{one}" for end, one in ((40, DOG), (41, SPEECH), (40, SPEECH))]
    tables = ingest(tmp_path, {"train": "\n".join(rows)})
    assert clips(tables) == [
        ("aaaaaaaaaaa_30000_40000", 30.0, 40.0, [DOG, SPEECH]),
        ("aaaaaaaaaaa_30000_41000", 30.0, 41.0, [SPEECH]),
    ]
    assert rejects(tables) == []


# --- headers ---


def test_header_that_stands_again_where_lists_were_put_on_end_is_no_row(tmp_path):
    part = f"YTID,start,end,labels\n{{}},0,10,{DOG}\n"
    tables = ingest(tmp_path, {"train": part.format("aaaaaaaaaaa") + part.format("bbbbbbbbbbb")})
    assert len(clips(tables)) == 2
    assert rejects(tables) == []


@pytest.mark.parametrize(
    ("header", "again"),
    [
        ("YTID,start,end,labels", "ytid, start, end, labels"),
        ("Video ID,Start Time,End Time,labels,,", '"video_id" ,"start-time","END TIME", labels'),
        ("clip,from,to,sounds", "# Clip, From, To, Sounds"),
        ("YTID,start,end,labels", "# num_ytids=1, num_segs=1, num_unique_labels=1"),
        ("YTID,start,end,labels", '"# YTID","start_seconds","end_seconds","positive_labels"'),
    ],
)
def test_no_line_of_a_header_that_stands_again_is_a_row(tmp_path, header, again):
    """As where lists of several people were put on end."""
    row = "{},0,10,Dog;Bark\n"
    text = f"{header}\n{row.format('a' * 11)}{again}\n{row.format('b' * 11)}"
    tables = ingest(tmp_path, {"train": text}, on_count_mismatch="warn")
    assert [row[0] for row in clips(tables)] == ["a" * 11, "b" * 11]
    assert rejects(tables) == []
    assert counts(tables, "train.csv")[1:] == (2, 2, 0)


def test_lists_that_were_put_on_end_declare_their_rows_together(tmp_path):
    part = f"# num_ytids=1, num_segs=1\n# YTID, start, end, labels\n{{}}, 0, 10, {DOG}\n"
    tables = ingest(tmp_path, {"train": part.format("aaaaaaaaaaa") + part.format("bbbbbbbbbbb")})
    assert counts(tables, "train.csv") == (2, 2, 2, 0)


@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("bad", [f"#aaaaaaaaaaa,0,10,{DOG}", f"#NAME?,0,10,{DOG}", f"#NAME?,x,10,{DOG}"])
def test_row_that_begins_as_a_comment_does_is_no_comment(tmp_path, separator, bad):
    rows = ["YTID,start,end,labels", f"bbbbbbbbbbb,0,10,{DOG}", bad]
    tables = ingest(tmp_path, {"train": "\n".join(rows).replace(",", separator)})
    assert rejects(tables) == [(3, "row", "bad_id")]


@pytest.mark.parametrize(
    "header",
    [
        "clip,from,to,sounds",
        "clé,début,fin,étiquettes",
        "Video,Start (s),End (s),Sound classes",
        '"Clip #","t0 [s]","t1 [s]","What, by whom"',
        "0,1,2,3",
    ],
)
@pytest.mark.parametrize("index", ["", "7,"])
def test_header_in_words_that_nobody_knows_is_no_row(tmp_path, header, index):
    line = f",{header}" if index else header
    tables = ingest(tmp_path, {"train": f"{line}\n{index}aaaaaaaaaaa,0,10,{DOG}\n{index}bbbbbbbbbbb,1,2,{BARK}\n"})
    assert clips(tables) == [("aaaaaaaaaaa", 0.0, 10.0, [DOG]), ("bbbbbbbbbbb", 1.0, 2.0, [BARK])]
    assert rejects(tables) == []


@pytest.mark.parametrize(("first", "second"), [("0", "3"), ("2;3", "4"), ("[2, 3]", "[4]")])
def test_of_several_columns_of_labels_that_of_numbers_is_not_meant(tmp_path, first, second):
    rows = [f'aaaaaaaaaaa,"{first}",0,10,Dog;Bark', f'bbbbbbbbbbb,"{second}",0,10,Speech']
    tables = ingest(tmp_path, {"train": "\n".join(["YTID,class_id,start,end,class_name", *rows])})
    assert [row[3] for row in clips(tables)] == [[DOG, BARK], [SPEECH]]


@pytest.mark.parametrize("separator", [",", ";"])
def test_header_may_stand_below_a_title(tmp_path, separator):
    """As in what spreadsheets save; the title is no header, and a reject."""
    lines = [f"sep={separator}", "YTID,labels,start,end", f"aaaaaaaaaaa,{DOG}|{BARK},0,10"]
    tables = ingest(tmp_path, {"train": "\n".join(lines).replace(",", separator)})
    assert clips(tables) == [("aaaaaaaaaaa", 0.0, 10.0, [DOG, BARK])]
    assert rejects(tables) == [(1, "row", "malformed_row")]


def test_comment_may_name_the_columns_of_rows_that_do_not_tell(tmp_path):
    tables = ingest(tmp_path, {"train": f"# segment_id, labels\naaaaaaaaaaa_30000, {DOG}\n"})
    assert [row[:2] for row in clips(tables)] == [("aaaaaaaaaaa", 30.0)]


def test_dialect_is_told_in_the_log(tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        ingest(tmp_path, {"train": f"YTID;start;end;labels\naaaaaaaaaaa;0;10;{DOG}|{BARK}\n"})
    words = "semicolons between columns of id, start, end, classes, named by a header; class ids between"
    assert any(f'train.csv: {words} "|"' in record.getMessage() for record in caplog.records)


# --- encodings ---


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_list_that_a_spreadsheet_saved_as_unicode_is_read(tmp_path, encoding, end):
    text = end.join(["YTID\tstart\tend\tlabels\tnote", f"aaaaaaaaaaa\t0\t10\t{DOG};{BARK}\té", ""])
    tables = ingest(tmp_path, {"train": text.encode(encoding), "eval": b"\xfe\xff" + text.encode("utf-16-be")})
    assert clips(tables) == [("aaaaaaaaaaa", 0.0, 10.0, [DOG, BARK])]
    assert rejects(tables) == [(2, "row", "duplicate_id")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_list_in_an_encoding_that_does_not_tell_itself_stops_with_its_likely_name(tmp_path, encoding):
    with pytest.raises(SourceError, match=r"train\.csv: .* perhaps one in UTF-16; save it as UTF-8"):
        ingest(tmp_path, {"train": f"YTID,start,end,labels\naaaaaaaaaaa,0,10,{DOG}\n".encode(encoding)})


def test_utf_16_that_is_cut_spoils_its_last_line_only(tmp_path):
    text = f"aaaaaaaaaaa,0,10,{DOG}\nbbbbbbbbbbb,0,10,/m/nope\n"
    tables = ingest(tmp_path, {"train": text.encode("utf-16")[:-3]})
    assert clips(tables) == [("aaaaaaaaaaa", 0.0, 10.0, [DOG])]
    assert rejects(tables) == [(2, "row", "no_known_label")]


# --- what cannot be told ---


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<html>\n<body>404 Not Found</body>\n</html>\n", "cannot tell which of its columns holds what"),
        (f"aaaaaaaaaaa_30000 {DOG}\nbbbbbbbbbbb_0 {DOG}\n", "cannot tell which of its columns holds what"),
        (f"aaaaaaaaaaa,{DOG}\n", "cannot tell which of its columns holds what"),
        ("YTID,start,end\naaaaaaaaaaa,0,10\n", "no positive_labels or .* in its header ytid, start, end"),
        (f"YTID,start_seconds,to,labels\naaaaaaaaaaa,0,10,{DOG}\n", "no end_seconds or"),
        (f"YTID,t0,t1,labels\naaaaaaaaaaa,0,10,{DOG}\n", "no start_seconds or .*, no end_seconds or"),
        (f"start,end,labels\n0,10,{DOG}\n", "no ytid or"),
        (
            f"YTID,start,end,labels\naaaaaaaaaaa,0,10,{DOG}&{BARK}\nbbbbbbbbbbb,0,10,{DOG}&{SPEECH}\n",
            "between its labels",
        ),
        *(
            (
                f"YTID,start,end,labels\naaaaaaaaaaa,0,10,Dog{between}Bark\nbbbbbbbbbbb,0,10,Speech{between}Dog\n"
                + "".join(f"ccccccccc{number},0,10,Speech\n" for number in range(10, 40)),
                "between its labels",
            )
            for between in (" / ", "&", " and ", "_")
        ),
    ],
)
def test_list_that_cannot_be_told_stops_with_its_first_lines(tmp_path, text, words):
    with pytest.raises(SourceError, match=rf"(?s)train\.csv: .*{words}") as caught:
        ingest(tmp_path, {"train": text})
    assert all(f"\n  {line}" in str(caught.value) for line in text.splitlines()[:5])


def test_first_lines_are_shown_without_what_a_terminal_would_obey(tmp_path):
    with pytest.raises(SourceError) as caught:
        ingest(tmp_path, {"train": "\x1b[2J" + "x" * 10_000})
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 2_000
