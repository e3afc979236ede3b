"""Tables of events, tags and durations for scorers, which are to take them as they are."""

import itertools
import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exports.made_exports import account_of, exported
from tests.exports.own_dataset import annotated, ledger_of_checks, said
from workflow_scripts.exports.events.joined import covered, joined

Rows = list[tuple[str | None, ...]]


def tables_in(link: Path) -> dict[str, Rows]:
    """The cells of each table, by its path, below its header."""
    found = {}
    for file in sorted(link.resolve().glob("*/*.tsv")):
        table = pl.read_csv(file, separator="\t", infer_schema=False)
        found[f"{file.parent.name}/{file.stem}"] = [tuple(table.columns), *table.rows()]
    return found


ROWS = (
    'x/a.wav,,,Animal,1,2,"Chirp, tweet",train\nx/a.wav,,,,1.5,3,"Chirp, tweet",train\n'
    'x/a.wav,,,,3,4,"Chirp, tweet",train\nx/a.wav,,,,2,2.5,dog,train\n'
    "b.wav,,,wind|rain,,,,train\nc.wav,,,,1,2,dog,test\nquiet.wav,,,,,,,test\n"
)
MEDIA = {"x/a.wav": 10.0, "b.wav": 10.0, "c.wav": 5.5, "quiet.wav": 8.0}


def test_a_split_has_its_events_its_tags_and_the_durations_of_its_files(tmp_path: Path) -> None:
    """Events of one class that touch are one; a name has no comma, at which tags are parted."""
    tables = ledger_of_checks(tmp_path, MEDIA, **said(tmp_path, ROWS))
    link = exported("dcase", tables, tmp_path / "dcase", unlabelled="negative")
    assert tables_in(link) == {
        "durations/test": [("filename", "duration"), ("c.wav", "5.500000000"), ("quiet.wav", "8.000000000")],
        "durations/train": [("filename", "duration"), ("a.wav", "10.000000000")],
        "strong/test": [
            ("filename", "onset", "offset", "event_label"),
            ("c.wav", "1.000000000", "2.000000000", "dog"),
            ("quiet.wav", None, None, None),
        ],
        "strong/train": [
            ("filename", "onset", "offset", "event_label"),
            ("a.wav", "1.000000000", "4.000000000", "Chirp tweet"),
            ("a.wav", "2.000000000", "2.500000000", "dog"),
        ],
        "weak/test": [("filename", "event_labels"), ("c.wav", "dog"), ("quiet.wav", None)],
        "weak/train": [("filename", "event_labels"), ("a.wav", "Animal"), ("b.wav", "rain,wind")],
    }
    labels = json.loads((link / "labels.json").read_text())
    assert labels["left_out"] == {"joined": 2}
    assert labels["labels"] == labels["written"] + 2 == annotated(tables) == 8
    assert account_of(link).warnings == ["2 events touch or overlap others of their class, and are joined with these"]


def test_files_that_share_a_name_are_called_by_their_paths(tmp_path: Path) -> None:
    media = {"x/a.wav": 10.0, "y/a.wav": 11.0, "y/b.flac": 12.0, "y/b.wav": 13.0}
    rows = "".join(f"{path},,,,1,2,dog\n" for path in media)
    link = exported("dcase", ledger_of_checks(tmp_path, media, **said(tmp_path, rows)), tmp_path / "dcase")
    assert [row[0] for row in tables_in(link)["strong/train"][1:]] == sorted(media)
    assert account_of(link).warnings == [
        "2 files differ from another in their suffix alone, which sed_scores_eval ignores"
    ]


def test_recordings_of_which_clips_are_a_part_are_told(tmp_path: Path) -> None:
    """A scorer would count whatever is found in the rest as wrong."""
    rows = "n.wav,0,10,,1,2,dog\nn.wav,10,20,,11,12,dog\nwhole.wav,0,10,,1,2,dog\nwhole.wav,5,20,,9,12,dog\n"
    media = {"n.wav": 30.0, "whole.wav": 20.0}
    tables = ledger_of_checks(tmp_path, media, "recordings", **said(tmp_path, rows))
    link = exported("dcase", tables, tmp_path / "dcase")
    assert [row[1:3] for row in tables_in(link)["strong/train"][1:]] == [
        ("1.000000000", "2.000000000"),
        ("11.000000000", "12.000000000"),
        ("1.000000000", "2.000000000"),
        ("9.000000000", "12.000000000"),
    ]
    assert [warning[:7] for warning in account_of(link).warnings] == ["1 files"]


def test_labels_that_are_numbers_all_of_them_are_told(tmp_path: Path) -> None:
    """sed_scores_eval fails at them."""
    tables = ledger_of_checks(tmp_path, {"a.wav": 10.0}, **said(tmp_path, "a.wav,,,,1,2,12\na.wav,,,,3,4,7\n"))
    [warning] = account_of(exported("dcase", tables, tmp_path / "dcase")).warnings
    assert warning == "pandas reads labels as numbers where all of them are; call a class otherwise"


@pytest.mark.shared
def test_desed_comes_back_as_it_is(tmp_path: Path, shared: Path) -> None:
    """The tables of DESED itself, of which every file is taken to be there: 10 s each."""
    desed = shared / "data/strong/DESED/data/real/metadata"
    (tmp_path / "desed").mkdir()
    (tmp_path / "desed/metadata").symlink_to(desed)
    sources = {"weak": "train/weak.tsv", "validation": "validation/validation.tsv", "public": "eval/public.tsv"}
    of_split = {split: pl.read_csv(desed / file, separator="\t") for split, file in sources.items()}
    names = pl.concat([table["filename"] for table in of_split.values()]).unique()
    tables = ledger_of_checks(
        tmp_path,
        dict.fromkeys(names, 10.0),
        sources={"table": {split: str(desed / file) for split, file in sources.items()}},
        clip={"media": "filename", "classes": "words(event_labels, ',')"},
        events={"onset_s": "said(onset)", "offset_s": 'said("offset")', "class": "said(event_label)"},
    )
    link = exported("dcase", tables, tmp_path / "dcase", unlabelled="negative")
    found = tables_in(link)
    for split in ("validation", "public"):
        theirs = of_split[split].sort("filename", "onset", "offset")
        joined_here = joined(
            theirs.drop_nulls().rename({"onset": "begin_s", "offset": "end_s", "event_label": "label"}),
            ["filename", "label"],
        )
        ours = [(row[0], float(row[1]), float(row[2]), row[3]) for row in found[f"strong/{split}"][1:] if row[1]]
        wanted = joined_here.select("filename", "begin_s", "end_s", "label").rows()
        assert sorted(ours) == sorted((name, on, min(off, 10.0), label) for name, on, off, label in wanted)
        assert {row[0] for row in found[f"strong/{split}"][1:]} == set(theirs["filename"])
    tags = {name: set(labels.split(",")) for name, labels in of_split["weak"].rows()}
    assert {name: set(labels.split(",")) for name, labels in found["weak/weak"][1:]} == tags
    labels = json.loads((link / "labels.json").read_text())
    assert labels["labels"] == labels["written"] + sum(labels["left_out"].values()) == annotated(tables)


STRETCHES = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5), st.sampled_from("ab")), max_size=15)


@given(STRETCHES)
def test_joined_events_cover_what_they_did_and_keep_apart(stretches: list[tuple[int, int, str]]) -> None:
    rows = [(float(begin), float(begin + length), label) for begin, length, label in stretches]
    types = {"begin_s": pl.Float64, "end_s": pl.Float64, "label": pl.String}
    events = pl.DataFrame(rows, schema=types, orient="row")
    made = joined(events, ["label"])
    for label in "ab":
        seconds = {s for begin, length, of in stretches if of == label for s in range(begin, begin + length)}
        runs = made.filter(label=label).select("begin_s", "end_s").rows()
        assert {s for begin, end in runs for s in range(int(begin), int(end))} == seconds
        assert all(end < begin for (_, end), (begin, _) in itertools.pairwise(runs))
        assert dict(covered(events, ["label"]).rows()).get(label, 0.0) == len(seconds)
    assert made["events"].sum() == len(stretches)
