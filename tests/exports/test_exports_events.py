"""Exports of events speak of media as they lie, in the media's own time; each clip and each label is accounted for."""

import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exports.made_exports import account_of, exported
from tests.exports.own_dataset import CLIP, annotated, ledger_of, ledger_of_checks, said
from tests.made_files import encoded, noise16, wav
from workflow_scripts.exports import reading
from workflow_scripts.exports.events.rows import DECIMALS, in_media_time, seconds
from workflow_scripts.exports.reading import Tables

Table = dict[str, list[tuple[float, float, str, str]]]


def tables_in(folder: Path) -> Table:
    """Begin, end, label and strength of each row of each selection table, by its path."""
    found: Table = {}
    for file in sorted(folder.rglob("*.selections.txt")):
        rows = pl.read_csv(file, separator="\t", infer_schema=False)
        times = rows.select(pl.col("Begin Time (s)", "End Time (s)").cast(pl.Float64), "Annotation", "Strength")
        found[str(file.relative_to(folder))] = times.rows()
    return found


def made(tables: Tables, folder: Path, **options: Any) -> tuple[Table, dict[str, int], dict[str, Any]]:
    """Selection tables, clips held back, and what labels.json says, after seeing that all clips and labels are told."""
    link = exported("raven", tables, folder / "raven", **options)
    account, labels = account_of(link), json.loads((link / "labels.json").read_text())
    clips = pl.read_parquet(tables.files["clips"])
    assert sum(account.clips.values()) + sum(account.held_back.values()) == len(clips)
    rows = tables_in(link / "selections") if (link / "selections").exists() else {}
    assert labels["written"] == sum(map(len, rows.values()))
    assert labels["labels"] == labels["written"] + sum(labels["left_out"].values()) == annotated(tables)
    return rows, account.held_back, labels


def test_events_of_spans_are_told_in_the_time_of_their_recording(tmp_path: Path) -> None:
    rows = "night.wav,60,70,,61.5,62.25,owl\nnight.wav,10,20,,10,20,owl\nnight.wav,60,70,,60.5,61,fox\n"
    tables = ledger_of_checks(tmp_path, {"night.wav": 100.0}, "recordings", **said(tmp_path, rows))
    table, held_back, _ = made(tables, tmp_path)
    assert table == {
        "night.Table.1.selections.txt": [
            (10.0, 20.0, "owl", "strong"),
            (60.5, 61.0, "fox", "strong"),
            (61.5, 62.25, "owl", "strong"),
        ]
    }
    assert held_back == {}


def test_a_file_that_is_the_clip_has_its_own_time_though_the_row_has_a_start(tmp_path: Path) -> None:
    tables = ledger_of_checks(tmp_path, {"a.wav": 10.0}, **said(tmp_path, "a.wav,30,40,,31,32,owl\n"))
    assert made(tables, tmp_path)[0] == {"a.Table.1.selections.txt": [(1.0, 2.0, "owl", "strong")]}


def test_events_end_with_their_clip_and_their_media(tmp_path: Path) -> None:
    """One recording ends 0.05 s before its last clip does, which is still usable; the other has no clips but itself."""
    rows = (
        "n.wav,0,10,,3,4,in\nn.wav,10,20,,19,20,to the end\nn.wav,10,20,,19.96,20,in what is missing\n"
        "o.wav,,,,8,12,goes on\no.wav,,,,10,11,behind\no.wav,,,,9,9,a click\n"
    )
    tables = ledger_of_checks(tmp_path, {"n.wav": 19.95, "o.wav": 10.0}, "recordings", **said(tmp_path, rows))
    table, _, labels = made(tables, tmp_path)
    assert table == {
        "n.Table.1.selections.txt": [(3.0, 4.0, "in", "strong"), (19.0, 19.95, "to the end", "strong")],
        "o.Table.1.selections.txt": [(8.0, 10.0, "goes on", "strong"), (9.0, 9.0, "a click", "strong")],
    }
    assert (labels["left_out"], labels["cut"]) == ({"outside_clip": 2}, 2)
    warnings = account_of(tmp_path / "raven").warnings
    assert warnings == [
        "2 events begin behind the end of their clip, and are left out",
        "2 events go on beyond the end of their clip, and end with it",
    ]


def test_labels_of_whole_clips_are_rows_where_there_are_no_events(tmp_path: Path) -> None:
    rows = "n.wav,10,20,wind|rain,,,\nn.wav,20,30,wind,21,22,gust\n"
    tables = ledger_of_checks(tmp_path, {"n.wav": 40.0}, "recordings", **said(tmp_path, rows))
    table, _, labels = made(tables, tmp_path)
    assert table["n.Table.1.selections.txt"] == [
        (10.0, 20.0, "rain", "weak"),
        (10.0, 20.0, "wind", "weak"),
        (21.0, 22.0, "gust", "strong"),
    ]
    assert labels["left_out"] == {"weak_beside_events": 1}


def test_clips_of_which_nothing_is_said_are_told_by_the_option_alone(tmp_path: Path) -> None:
    rows = "a.wav,,,,1,2,owl\nquiet.wav,,,,,,\nbehind.wav,,,,,,\nall_outside.wav,,,,11,12,owl\n"
    clip = CLIP | {"background": "CASE WHEN media = 'behind.wav' THEN ['fox'] ELSE [] END"}
    media = dict.fromkeys(("a.wav", "quiet.wav", "behind.wav", "all_outside.wav"), 10.0)
    tables = ledger_of_checks(tmp_path, media, **said(tmp_path, rows, clip=clip))
    table, held_back, labels = made(tables, tmp_path)
    assert list(table) == ["a.Table.1.selections.txt"]
    assert held_back == {"unlabelled": 2, "labels_outside": 1}
    assert labels["left_out"] == {"of_clips_left_out": 1}
    table, held_back, _ = made(tables, tmp_path, unlabelled="negative")
    assert table == {"a.Table.1.selections.txt": [(1.0, 2.0, "owl", "strong")], "quiet.Table.1.selections.txt": []}
    assert held_back == {"unlabelled": 1, "labels_outside": 1}


@pytest.fixture
def sounds(tmp_path: Path) -> Callable[[dict[str, bytes]], None]:
    def write(files: dict[str, bytes]) -> None:
        for path, content in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(content)

    return write


SECOND = wav(noise16(16_000))
OTHER = wav(noise16(16_000, seed=1))


def test_members_of_archives_and_names_that_no_file_can_be_called_after_are_held_back(
    tmp_path: Path, sounds: Callable[[dict[str, bytes]], None]
) -> None:
    long = "x" * 230
    sounds({"audio/a.wav": SECOND, "audio/ta\tb.wav": OTHER, f"audio/{long}.wav": wav(noise16(16_000, seed=2))})
    with tarfile.open(tmp_path / "audio/more.tar", "w") as tar:
        tar.add(tmp_path / "audio/a.wav", "in_tar.wav")
    (tmp_path / "said.jsonl").write_text(
        "".join(
            json.dumps({"media": name, "onset": 0.1, "offset": 0.5, "event": "owl"}) + "\n"
            for name in ("a.wav", "ta\tb.wav", "in_tar.wav", f"{long}.wav", "gone.wav")
        )
    )
    content = {"sources": {"table": "said.jsonl"}, "clip": {"media": "media"}}
    events = {"onset_s": "onset", "offset_s": '"offset"', "class": "event"}
    tables = ledger_of(tmp_path, **content, events=events, audio=["audio"])
    table, held_back, labels = made(tables, tmp_path)
    assert list(table) == ["a.Table.1.selections.txt"]
    assert held_back == {"missing": 1, "in_archive": 1, "odd_name": 2}
    assert labels["left_out"] == {"of_clips_left_out": 4}


def test_media_of_several_roots_and_media_that_differ_in_their_suffix_have_files_of_their_own(
    tmp_path: Path, sounds: Callable[[dict[str, bytes]], None]
) -> None:
    flac = encoded(noise16(16_000, seed=2), 16_000, "FLAC", "PCM_16")
    sounds({"one/deep/a.wav": SECOND, "one/deep/a.flac": flac, "other/b.c.wav": OTHER})
    rows = "deep/a.wav,,,,0,0.5,owl\ndeep/a.flac,,,,0,0.5,fox\nb.c.wav,,,,0,0.5,hen\n"
    tables = ledger_of(tmp_path, **said(tmp_path, rows, audio=["one", "other"]))
    one, other = tables.read("clips")["root"].unique(maintain_order=True).cast(pl.String)
    assert {file: table[0][2] for file, table in made(tables, tmp_path)[0].items()} == {
        f"{one}/deep/a.wav.Table.1.selections.txt": "owl",
        f"{one}/deep/a.flac.Table.1.selections.txt": "fox",
        f"{other}/b.c.Table.1.selections.txt": "hen",
    }


def test_the_same_bytes_though_few_clips_are_held_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clips of each recording stand far from each other."""
    rows = "".join(
        f"n{n % 3}.wav,{10 * n},{10 * n + 10},,{10 * n + n / 7},{10 * n + n / 7 + 1},c{n % 5}\n" for n in range(30)
    )
    media = {f"n{n}.wav": 300.0 for n in range(3)}
    tables = ledger_of_checks(tmp_path, media, "recordings", **said(tmp_path, rows))
    digests = []
    for at_once in (100_000, 1, 7):
        monkeypatch.setattr(reading, "ROWS_AT_ONCE", at_once)
        table, *_ = made(tables, tmp_path)
        assert {len(rows) for rows in table.values()} == {10}
        digests.append({file: (tmp_path / "raven/selections" / file).read_bytes() for file in table})
    assert digests[0] == digests[1] == digests[2]
    assert sorted(path.name for path in (tmp_path / "raven").resolve().iterdir()) == [
        "SHA256SUMS",
        "labels.json",
        "selections",
    ]


@pytest.mark.parametrize(
    ("export", "suffix"), [("audacity", ".txt"), ("jams", ".jams"), ("raven", ".Table.1.selections.txt")]
)
def test_a_file_that_would_be_called_like_a_folder_is_held_back(tmp_path: Path, export: str, suffix: str) -> None:
    media = {"a.wav": 10.0, f"a{suffix}/below/b.wav": 10.0, f"c{suffix}.wav": 10.0, f"d{suffix}/a.wav": 10.0}
    rows = "".join(f"{path},,,,1,2,owl\n" for path in media)
    link = exported(export, ledger_of_checks(tmp_path, media, **said(tmp_path, rows)), tmp_path / export)
    account = account_of(link)
    assert (account.clips, account.held_back) == ({"train": 3}, {"odd_name": 1})
    files = {file.name for file in link.rglob("*") if file.is_file()} - {"labels.json", "SHA256SUMS"}
    assert files == {f"b{suffix}", f"c{suffix}{suffix}", f"a{suffix}"}


def test_clips_that_are_held_back_for_their_licence_are_in_no_table(tmp_path: Path) -> None:
    rows = "a.wav,,,,1,2,owl\nb.wav,,,,1,2,fox\n"
    clip = CLIP | {"licence": "CASE WHEN media = 'a.wav' THEN 'CC0-1.0' END"}
    tables = ledger_of_checks(tmp_path, {"a.wav": 10.0, "b.wav": 10.0}, **said(tmp_path, rows, clip=clip))
    licences = {"only": ["CC0-1.0"], "noncommercial": True, "unknown": "hold"}
    files = {name: str(file) for name, file in tables.files.items()}
    narrowed = reading.tables_of("small", files, {}, {}, {"licences": licences, "split_by": "authors", "subset": None})
    link = exported("raven", narrowed, tmp_path / "raven")
    assert list(tables_in(link / "selections")) == ["a.Table.1.selections.txt"]
    assert account_of(link).held_back == {"licence": 1}
    assert json.loads((link / "labels.json").read_text())["labels"] == 1


def test_classes_of_one_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "classes.csv").write_text("id,name\nm/bass,bass\nf/bass,bass\nf/cod,\tcod\n")
    vocabulary = {"id": "id", "name": "name"}
    rows = "a.wav,,,,1,2,m/bass\na.wav,,,,2,3,f/bass\na.wav,,,,3,4,f/cod\n"
    content = said(tmp_path, rows, vocabulary=vocabulary)
    content["sources"]["vocabulary"] = "classes.csv"
    table, *_ = made(ledger_of_checks(tmp_path, {"a.wav": 10.0}, **content), tmp_path)
    assert [row[2] for row in table["a.Table.1.selections.txt"]] == ["bass (m/bass)", "bass (f/bass)", "cod"]


def test_a_ledger_without_usable_clips_says_so(tmp_path: Path) -> None:
    tables = ledger_of_checks(tmp_path, {}, **said(tmp_path, "a.wav,,,,1,2,owl\n"))
    table, held_back, labels = made(tables, tmp_path)
    assert (table, held_back) == ({}, {"missing": 1})
    assert labels == {"labels": 1, "written": 0, "left_out": {"of_clips_left_out": 1}, "cut": 0}
    assert account_of(tmp_path / "raven").warnings == ["no clip was taken"]


def test_no_two_media_have_one_file(tmp_path: Path) -> None:
    media = {"a.wav": 10.0, "a.flac": 11.0, "a.wav.wav": 12.0, "b.wav": 13.0, "b.wav.wav": 14.0}
    rows = "".join(f"{name},,,,1,2,{name}\n" for name in media)
    table, *_ = made(ledger_of_checks(tmp_path, media, **said(tmp_path, rows)), tmp_path)
    assert {file.removesuffix(".Table.1.selections.txt"): row[2] for file, [row] in table.items()} == {
        "a.wav": "a.wav",
        "a.flac": "a.flac",
        "a.wav.wav": "a.wav.wav",
        "b": "b.wav",
        "b.wav.wav": "b.wav.wav",
    }


@given(st.floats(0, 7e6), st.sampled_from([6, 9]))
def test_seconds_as_text_are_seconds_to_the_last_decimal(number: float, decimals: int) -> None:
    [text] = pl.DataFrame({"s": [number]}).select(seconds("s", decimals)).to_series()
    assert len(text.split(".")[1]) == decimals
    assert abs(float(text) - number) <= 0.5 * 10**-decimals + 1e-15 * number


TIMES = st.floats(0, 1000).map(lambda seconds: round(seconds, 6))


@given(
    st.lists(st.tuples(st.booleans(), TIMES, st.floats(0.1, 100)), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 4), TIMES, TIMES), max_size=20),
)
def test_every_label_is_told_once_and_lies_in_its_clip(
    spans: list[tuple[bool, float, float]], events: list[tuple[int, float, float]]
) -> None:
    clips = pl.DataFrame(
        [
            (f"c{number}", "r", "m", None, whole, start, duration)
            for number, (whole, start, duration) in enumerate(spans)
        ],
        schema=["clip_id", "root", "path", "member", "whole_media", "start_s", "duration_s"],
        orient="row",
    )
    heard = [(f"c{clip}", "k", onset, onset + length) for clip, onset, length in events if length and clip < len(spans)]
    types = {"clip_id": pl.String, "class_id": pl.String, "onset_s": pl.Float64, "offset_s": pl.Float64}
    labels = pl.DataFrame(heard, schema=types, orient="row")
    rows = in_media_time(labels, clips, pl.DataFrame({"class_id": ["k"], "label": ["k"]}))
    assert sorted(rows.select("clip_id", "onset_s", "offset_s").rows()) == sorted(
        (c, on, off) for c, _, on, off in heard
    )
    assert rows["begin_s"].is_sorted()
    for row in rows.iter_rows(named=True):
        begins = 0.0 if row["whole_media"] else row["start_s"]
        assert row["is_outside"] == (row["onset_s"] >= row["duration_s"])
        if not row["is_outside"]:
            assert row["begin_s"] == pytest.approx(begins + row["onset_s"], abs=10**-DECIMALS)
            assert row["end_s"] == pytest.approx(begins + min(row["offset_s"], row["duration_s"]), abs=10**-DECIMALS)
