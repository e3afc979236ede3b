"""Tables of scores: every row is taken or rejected, and of each clip and class the highest score holds."""

import itertools
import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.ledger.match import clips_of_files
from workflow_scripts.sources.clips.vocabulary import classes_of
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.predictions import tables as scored
from workflow_scripts.sources.predictions.read import Predictions
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

CLASSES = classes_of(["Great Tit", "Dog", "Rain"]).with_columns(
    scientific_name=pl.when(pl.col("name") == "Great Tit").then(pl.lit("Parus major"))
)
BIRDNET = "Start (s),End (s),Scientific name,Common name,Confidence,File\n"
Tables = dict[str, pl.DataFrame]


def promised(*clips: tuple[str, str, float | None, float | None]) -> pl.DataFrame:
    names = {"clip_id": pl.String, "media_key": pl.String, "start_s": pl.Float64, "end_s": pl.Float64}
    return pl.DataFrame(list(clips), schema=names, orient="row")


PLAIN = promised(("b", "b", None, None), ("a", "a", None, None))


def read(
    folder: Path, *files: Path, of: pl.DataFrame = PLAIN, match: str = "stem", in_recordings: bool = False
) -> Tables:
    aside = folder / "aside"
    aside.mkdir(exist_ok=True)
    told = Predictions(of, CLASSES, lambda names: clips_of_files(names, of, match), in_recordings, aside)
    tables = {name: pl.concat(parts) for name, parts in told.tables(map(str, files))}
    for name, schema in schemas.JUDGED["predictions"].items():
        validate(tables[name], schema)
    sources, rejects = tables["sources"], tables["rejects"]
    assert (sources["rows_read"] == sources["rows_kept"] + sources["rows_rejected"]).all()
    assert rejects.select("source", "line").is_unique().all()
    assert sources["rows_rejected"].sum() == len(rejects)
    return tables


def scores(tables: Tables) -> list[tuple[Any, ...]]:
    rows = tables["predictions"].select("clip_id", pl.col("class_id").cast(pl.String), "score").rows()
    return [(clip, one, round(score, 6)) for clip, one, score in rows]


def written(folder: Path, text: str, name: str = "p.csv") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def test_the_highest_score_of_a_clip_and_class_holds_in_the_order_of_clips_and_classes(tmp_path: Path) -> None:
    text = "clip_id,class_id,score\na,dog,0.25\nb,rain,1\na,dog,0.75\na,Great tit,0\na,dog,0.5\n"
    tables = read(tmp_path, written(tmp_path, text))
    assert scores(tables) == [("b", "rain", 1.0), ("a", "dog", 0.75), ("a", "great_tit", 0.0)]
    assert tables["sources"].select("rows_read", "rows_kept").rows() == [(5, 5)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("zz,dog,0.5", "unknown_clip"),
        (",dog,0.5", "unknown_clip"),
        ("a,catt,0.5", "no_such_class"),
        ("a,,0.5", "no_such_class"),
        ("a,dog,1.01", "bad_score"),
        ("a,dog,-0.1", "bad_score"),
        ("a,dog,nan", "bad_score"),
        ("a,dog,inf", "bad_score"),
        ("a,dog,", "bad_score"),
        ("a,dog,high", "bad_score"),
        ("a,dog", "wrong_number_of_cells"),
    ],
)
def test_a_row_that_is_wrong_is_a_reject_with_its_line_and_reason(tmp_path: Path, row: str, reason: str) -> None:
    tables = read(tmp_path, written(tmp_path, f"clip_id,class_id,score\na,dog,0.5\n{row}\na,rain,0.5\n"))
    assert scores(tables) == [("a", "dog", 0.5), ("a", "rain", 0.5)]
    assert tables["rejects"].select("line", "scope", "reason", "raw").rows() == [(3, "row", reason, row)]


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (
            "clip,klass,score",
            "no column class_id; a table of predictions has clip_id, class_id, score, a row a clip and",
        ),
        ("clip_id,dog,cat", "no column class_id and no column score"),
        ("Start (s),Scientific name,Confidence", r"no column End \(s\); results of birdnet have "),
    ],
)
def test_a_table_of_other_columns_is_an_error_that_names_them(tmp_path: Path, header: str, told: str) -> None:
    with pytest.raises(SourceError, match=told.replace("no column score", "no score")):
        read(tmp_path, written(tmp_path, f"{header}\na,b,c\n"))


def test_columns_may_be_called_clip_and_class_and_others_say_nothing(tmp_path: Path) -> None:
    tables = read(tmp_path, written(tmp_path, "model\tscore\tclass\tclip\nx\t0.5\tDog\ta\n", "p.tsv"))
    assert scores(tables) == [("a", "dog", 0.5)]


def test_windows_of_birdnet_are_of_the_clip_that_their_file_is(tmp_path: Path) -> None:
    text = (
        f"{BIRDNET}"
        "0.0,3.0,Parus major,Great Tit,0.31,/data/audio/a.wav\n"
        "3.0,6.0,Parus major,Kohlmeise,0.92,/data/audio/a.wav\n"
        "0.0,3.0,Canis lupus familiaris,Dog,0.4,C:\\audio\\b.flac\n"
        "0.0,3.0,Corvus corax,Common Raven,0.9,/data/audio/a.wav\n"
        "0.0,3.0,Parus major,Great Tit,0.9,/data/audio/c.wav\n"
        "3.0,0.0,Parus major,Great Tit,0.99,/data/audio/a.wav\n"
    )
    tables = read(tmp_path, written(tmp_path, text))
    assert scores(tables) == [("b", "dog", 0.4), ("a", "great_tit", 0.92)]
    told = tables["rejects"].select("line", "reason").rows()
    assert told == [(5, "no_such_class"), (6, "unknown_clip"), (7, "bad_span")]


def test_results_of_one_file_are_of_the_recording_that_they_are_called_after(tmp_path: Path) -> None:
    text = "Start (s),End (s),Scientific name,Common name,Confidence\n0.0,3.0,Parus major,Great Tit,0.5\n"
    assert scores(read(tmp_path, written(tmp_path, text, "a.BirdNET.results.csv"))) == [("a", "great_tit", 0.5)]


def test_of_a_recording_each_clip_has_the_windows_whose_middle_it_holds(tmp_path: Path) -> None:
    clips = promised(("one", "rec", 0.0, 4.0), ("two", "rec", 4.0, 10.0), ("rest", "rec", 20.0, None))
    windows = [(0, 3, 0.1), (2, 5, 0.2), (3, 6, 0.3), (9, 12, 0.9), (30, 33, 0.4)]
    rows = "".join(f"{start},{end},Parus major,,{score},x/rec.wav\n" for start, end, score in windows)
    tables = read(tmp_path, written(tmp_path, BIRDNET + rows), of=clips, in_recordings=True)
    assert scores(tables) == [("one", "great_tit", 0.2), ("two", "great_tit", 0.3), ("rest", "great_tit", 0.4)]
    assert tables["rejects"].select("line", "reason").rows() == [(5, "no_such_clip")]


def test_names_of_files_are_read_as_those_of_media_are(tmp_path: Path) -> None:
    clips = promised(("-aaaaaaaaaa", "-aaaaaaaaaa", 30.0, 40.0), ("Ybbbbbbbbbb", "Ybbbbbbbbbb", 0.0, 10.0))
    rows = "0,3,Parus major,,0.5,Y-aaaaaaaaaa_30.000.wav\n0,3,Parus major,,0.6,Ybbbbbbbbbb.wav\n"
    tables = read(tmp_path, written(tmp_path, BIRDNET + rows), of=clips, match="youtube")
    assert scores(tables) == [("-aaaaaaaaaa", "great_tit", 0.5), ("Ybbbbbbbbbb", "great_tit", 0.6)]


def test_parquet_is_read_some_rows_at_a_time_and_a_row_has_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scored, "ROWS_AT_ONCE", 7)
    rows = [{"clip_id": "ab"[n % 2], "class_id": "dog", "score": n / 100, "logits": [n]} for n in range(50)]
    rows[33] |= {"score": math.nan}
    rows[40] |= {"clip_id": None}
    file = tmp_path / "p.parquet"
    pl.DataFrame(rows).with_columns(pl.col("score").cast(pl.Float32)).write_parquet(file, row_group_size=11)
    tables = read(tmp_path, file)
    assert scores(tables) == [("b", "dog", 0.49), ("a", "dog", 0.48)]
    assert tables["rejects"].select("line", "reason").rows() == [(34, "bad_score"), (41, "unknown_clip")]
    assert tables["rejects"]["raw"][1] == '{"clip_id":null,"class_id":"dog","score":0.4}'


def test_what_is_no_parquet_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"p\.parquet: not a Parquet file"):
        read(tmp_path, written(tmp_path, "PAR1", "p.parquet"))


@settings(deadline=None, max_examples=20)
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from("ab"), st.sampled_from(["dog", "rain"]), st.integers(0, 100)),
        max_size=20,
    )
)
def test_the_highest_of_all_files_holds_whatever_their_order(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str, str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("scores")
    lines = [[f"{clip},{one},{score / 100}\n" for file, clip, one, score in rows if file == place] for place in (0, 1)]
    files = [
        written(folder, "clip_id,class_id,score\n" + "".join(of_file), f"{place}.csv")
        for place, of_file in enumerate(lines)
    ]
    told = [read(folder, *order) for order in itertools.permutations(files)]
    assert all(told[0][name].equals(told[1][name]) for name in told[0])
    most: dict[tuple[str, str], int] = {}
    for _, clip, one, score in rows:
        most[clip, one] = max(score, most.get((clip, one), 0))
    assert {(clip, one): round(score * 100) for clip, one, score in scores(told[0])} == most


def detections(tables: Tables) -> list[tuple[Any, ...]]:
    columns = ["clip_id", "class_id", "onset_s", "offset_s", "origin", "value"]
    rows = tables["detections"].with_columns(pl.col(pl.Categorical).cast(pl.String)).select(columns)
    return [(*rest, round(value, 4)) for *rest, value in rows.rows()]


RAVEN = "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\t"
OF_TOOLS = {
    "a.BirdNET.results.csv": (
        "Start (s),End (s),Scientific name,Common name,Confidence,File\n"
        "3.0,6.0,Parus major,Great Tit,0.9200,/data/a.wav\n",
        "birdnet",
    ),
    "a.BirdNET.results.kaleidoscope.csv": (
        "INDIR,FOLDER,IN FILE,OFFSET,DURATION,scientific_name,common_name,confidence,lat,lon,week,overlap,sensitivity\n"
        "/data,audio,a.wav,3.0,3.0,Parus major,Great Tit,0.9200,-1.0000,-1.0000,-1,0.0,1.0\n",
        "birdnet",
    ),
    "BirdNET_SelectionTable.txt": (  # of several files: times go on from one to the next
        f"{RAVEN}Common Name\tSpecies Code\tConfidence\tBegin Path\tFile Offset (s)\n"
        "7\tSpectrogram 1\t1\t63.0\t66.0\t0\t15000\tGreat Tit\tgretit1\t0.9200\t/data/a.wav\t3.0\n",
        "birdnet",
    ),
    "a.Table.1.selections.txt": (  # Raven writes a selection for each view
        f"{RAVEN}Species\tScore\n"
        "1\tWaveform 1\t1\t3.0\t6.0\t0\t15000\tGreat Tit\t0.92\n"
        "1\tSpectrogram 1\t1\t3.0\t6.0\t0\t15000\tGreat Tit\t0.92\n",
        "raven",
    ),
    "inference.csv": (
        "idx,project,filename,window_start,window_end,label,logits\n12,pond,site/a.wav,3.0,6.0,Great Tit,2.4423470\n",
        "perch",
    ),
    "mine.csv": ("clip_id,class_id,score,onset_s,offset_s\na,Great Tit,0.92,3,6\na,dog,0.5,,\n", "mine"),
    "several.csv": ("clip_id,class_id,score,onset_s,offset_s,model\na,Great Tit,0.92,3,6,yamnet\n", "yamnet"),
}
"""What tools write, under the names that they give, and what their model is called."""


@pytest.mark.parametrize("name", OF_TOOLS)
def test_what_tools_hear_is_there_from_when_to_when_with_its_confidence_and_model(tmp_path: Path, name: str) -> None:
    text, model = OF_TOOLS[name]
    tables = read(tmp_path, written(tmp_path, text, name))
    assert detections(tables) == [("a", "great_tit", 3.0, 6.0, f"model:{model}", 0.92)]
    assert ("a", "great_tit", 0.92) in scores(tables)
    assert tables["rejects"].is_empty()
    assert tables["detections"].columns == list(schemas.LABELS.columns)


def test_the_dataset_file_says_what_a_model_is_called(tmp_path: Path) -> None:
    file = written(tmp_path, OF_TOOLS["inference.csv"][0])
    told = Predictions(
        PLAIN, CLASSES, lambda names: clips_of_files(names, PLAIN, "stem"), False, tmp_path, {str(file): "v2"}
    )
    tables = {name: pl.concat(parts) for name, parts in told.tables([str(file)])}
    assert detections(tables) == [("a", "great_tit", 3.0, 6.0, "model:v2", 0.92)]


def test_windows_of_a_recording_are_told_in_the_time_of_their_clip(tmp_path: Path) -> None:
    clips = promised(("one", "rec", 0.0, 4.0), ("two", "rec", 4.0, 10.0))
    rows = "".join(f"{start},{start + 3},Parus major,,0.5,x/rec.wav\n" for start in (2, 3, 8))
    tables = read(tmp_path, written(tmp_path, BIRDNET + rows), of=clips, in_recordings=True)
    of = [row[:1] + row[2:4] for row in detections(tables)]
    assert of == [("one", 2.0, 4.0), ("two", 0.0, 2.0), ("two", 4.0, 6.0)]
