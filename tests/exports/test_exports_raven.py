"""Selection tables of Raven, as Raven has them, and as our own adapter reads them."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.exports.made_exports import account_of, exported
from tests.exports.own_dataset import annotated, events_of, ledger_of, ledger_of_checks
from tests.made_files import noise16, wav
from workflow_scripts.exports.reading import Tables

RAVEN = [
    *("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)", "High Freq (Hz)"),
    *("Begin File", "Begin Path"),
]
ODD = 'odd ["1"]; #2, ünïcode.wav'
QUOTED = '"so called" warbler'


def read_again(folder: Path, link: Path, durations: dict[str, float], **clip: str) -> Any:
    """The ledger of a dataset whose labels are the selection tables, read as docs/add-a-dataset.md says it."""
    folder.mkdir()
    return ledger_of_checks(
        folder,
        durations,
        sources={"table": f"{link}/selections/**/*.txt"},
        clip=clip,
        events={"onset_s": "Begin Time (s)", "offset_s": "End Time (s)", "class": "Annotation"},
        where="View LIKE 'Spectrogram%'",
    )


def rounded(events: Iterable[tuple[str, float, float]]) -> list[tuple[str, float, float]]:
    """To the nanosecond: starts were added and taken away."""
    return sorted((name, round(onset, 9), round(offset, 9)) for name, onset, offset in events)


def test_a_table_has_the_columns_of_raven_first(tmp_path: Path) -> None:
    """The ledger knows no frequencies: a box is as high as the sound is."""
    (tmp_path / "audio/deep").mkdir(parents=True)
    (tmp_path / "audio/deep" / ODD).write_bytes(wav(noise16(44_100), rate=22_050))
    (tmp_path / "said.jsonl").write_text(
        json.dumps({"media": f"deep/{ODD}", "onset": 0.000_001, "offset": 1 / 3, "event": QUOTED, "sure": 0.25}) + "\n"
    )
    events = {"onset_s": "onset", "offset_s": '"offset"', "class": "event", "value": "sure"}
    clip = {"media": "media", "id": "'the-clip'", "split": "'train'"}
    tables = ledger_of(tmp_path, sources={"table": "said.jsonl"}, clip=clip, events=events, audio=["audio"])
    link = exported("raven", tables, tmp_path / "raven")
    [file] = (link / "selections").rglob("*.txt")
    assert file.relative_to(link) == Path("selections/deep") / ODD.replace(".wav", ".Table.1.selections.txt")
    with file.open(encoding="utf-8", newline="") as lines:
        header, row = csv.reader(lines, delimiter="\t")  # which ends in an error where there are more lines
    assert header[: len(RAVEN)] == RAVEN
    assert dict(zip(header, row, strict=True)) == {
        "Selection": "1",
        "View": "Spectrogram 1",
        "Channel": "1",
        "Begin Time (s)": "0.000001000",
        "End Time (s)": "0.333333333",
        "Low Freq (Hz)": "0.0",
        "High Freq (Hz)": "11025.0",
        "Begin File": ODD,
        "Begin Path": str(tmp_path / "audio/deep" / ODD),
        "Annotation": QUOTED,
        "Class": tables.read("classes")["class_id"][0],
        "Clip": "the-clip",
        "Split": "train",
        "Strength": "strong",
        "Value": "0.25",
    }
    assert Path(row[header.index("Begin Path")]).is_file()


def test_labels_that_pandas_takes_for_others_are_told(tmp_path: Path) -> None:
    (tmp_path / "said.csv").write_text("media,onset,offset,event\na.wav,1,2,NA\na.wav,2,3,None\na.wav,3,4,owl\n")
    events = {"onset_s": "onset", "offset_s": '"offset"', "class": "event"}
    content = {"sources": {"table": "said.csv"}, "clip": {"media": "media"}, "events": events}
    link = exported("raven", ledger_of_checks(tmp_path, {"a.wav": 10.0}, **content), tmp_path / "raven")
    assert account_of(link).warnings == [
        f"pandas reads the label {label} as no label; call the class otherwise" for label in ("NA", "None")
    ]


def test_odd_names_and_labels_come_back_as_they_were(tmp_path: Path) -> None:
    names = [ODD, "two.dots.wav", "a 'quoted' one.flac", "tab,comma;semicolon.wav"]
    labels = [QUOTED, "a\tb", 'it\'s, well; "so"', "#tag"]
    pairs = zip(names, labels, strict=True)
    rows = [{"media": f"x/{name}", "onset": 1.5, "offset": 2.25, "event": label} for name, label in pairs]
    (tmp_path / "said.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    events = {"onset_s": "onset", "offset_s": '"offset"', "class": "event"}
    durations = {f"x/{name}": 10.0 for name in names}
    content = {"sources": {"table": "said.jsonl"}, "clip": {"media": "media"}, "events": events}
    tables = ledger_of_checks(tmp_path, durations, **content)
    link = exported("raven", tables, tmp_path / "raven")
    again = read_again(tmp_path / "again", link, durations, media="'x/' || \"Begin File\"")
    assert events_of(again) == [(*one[:1], one[1].replace("\t", " "), *one[2:]) for one in events_of(tables)]


@pytest.fixture
def strong(shared: Path) -> Path:
    return shared / "data/strong/audioset_strong_eval_top110classes_downloaded.tsv"


def of_strong_labels(folder: Path, strong: Path) -> tuple[Tables, dict[str, float]]:
    """A ledger of AudioSet's strong labels, whose every clip is there; and the clips' durations."""
    names = pl.read_csv(strong, separator="\t")["filename"].unique(maintain_order=True)
    durations = {f"{name}.wav": 10.0 for name in names}
    events = {"onset_s": "onset", "offset_s": '"offset"', "class": "event_label"}
    content = {"sources": {"table": str(strong)}, "clip": {"media": "filename || '.wav'"}, "events": events}
    return ledger_of_checks(folder, durations, **content), durations


@pytest.mark.shared
def test_every_one_of_audiosets_strong_labels_is_a_row(tmp_path: Path, strong: Path) -> None:
    """103,207 rows, of which 12 stand there twice."""
    tables, _ = of_strong_labels(tmp_path, strong)
    link = exported("raven", tables, tmp_path / "raven")
    labels = json.loads((link / "labels.json").read_text())
    assert len(tables.read("rejects")) == 12
    assert annotated(tables) == labels["labels"] == labels["written"] == 103_207 - 12
    assert len(list((link / "selections").iterdir())) == sum(account_of(link).clips.values()) == 15_646


@pytest.mark.shared
def test_audiosets_strong_labels_come_back_as_they_were(tmp_path: Path, strong: Path) -> None:
    (tmp_path / "some.tsv").write_text("".join(strong.read_text().splitlines(keepends=True)[:5000]))
    tables, durations = of_strong_labels(tmp_path, tmp_path / "some.tsv")
    link = exported("raven", tables, tmp_path / "raven")
    again = read_again(
        tmp_path / "again", link, durations, media="split_part(file_name(source_path), '.', 1) || '.wav'"
    )
    assert events_of(again) == events_of(tables)


@pytest.mark.shared
def test_events_of_spans_come_back_in_spans(tmp_path: Path, shared: Path) -> None:
    """A minute of field recordings of animals, as its authors label it, cut into spans of 10 s by the dataset file."""
    layout = shared / "data/soundata_layouts/tut2017se/TUT-sound-events-2017-development"
    named = pl.read_csv(
        layout / "meta/street/a001.ann",
        separator="\t",
        has_header=False,
        new_columns=["path", "scene", "onset", "offset", "label", "kind", "recording"],
    )
    whole = {"audio/street/a001.wav": 240.0}
    events = {"onset_s": "onset", "offset_s": '"offset"', "class": "label", "media": "path"}
    named.write_csv(tmp_path / "events.csv")
    spans = pl.DataFrame({"path": list(whole) * 24, "start": range(0, 240, 10)})
    spans.write_csv(tmp_path / "spans.csv")
    clip = {"media": "path", "start_s": "start", "end_s": "start::DOUBLE + 10"}
    content = {"sources": {"table": "spans.csv", "events": "events.csv"}, "clip": clip, "events": events}
    tables = ledger_of_checks(tmp_path, whole, "recordings", **content)
    link = exported("raven", tables, tmp_path / "raven")
    labels = json.loads((link / "labels.json").read_text())
    assert labels["labels"] == labels["written"] == len(events_of(tables)) > len(named)
    again = read_again(tmp_path / "again", link, whole, media="'audio/street/' || \"Begin File\"")
    starts = tables.read("labels").join(tables.read("clips").select("clip_id", "start_s"), on="clip_id")
    in_media = starts.select(pl.col("class_name").cast(pl.String), pl.col("onset_s", "offset_s") + pl.col("start_s"))
    assert rounded(event[1:] for event in events_of(again)) == rounded(in_media.rows())
