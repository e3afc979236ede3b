"""Folders of sounds: the folder as the class, and metadata beside the sounds."""

import datetime
import json
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.settings.run import load_run
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

Tables = dict[str, pl.DataFrame]


def ingested(at: Path, **sources: Any) -> Tables:
    """The tables of a dataset with such sources."""
    settings = {"name": "set", "adapter": "folders", "sources": sources}
    (at / "set.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))
    [dataset] = load_run({"datasets": ["set.yaml"]}, at).datasets.values()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(at)
        made = adapter("folders")(IngestSettings(**dataset.ingest_settings))
        tables = {name: table.collect() for name, table in made.by_name().items()}
    for name, schema in schemas.INGESTED.items():
        validate(tables[name], schema)
    return tables


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def clips(tables: Tables) -> dict[str, tuple[str, list[str]]]:
    """Split and classes of each media."""
    rows = tables["promised"].select("media_key", pl.col("split").cast(pl.String), pl.col("class_names"))
    return {key: (split, names) for key, split, names in rows.iter_rows()}


# --- folders as classes ---


def test_the_folder_that_a_sound_lies_in_is_its_class(tmp_path: Path) -> None:
    put(tmp_path, "s/dog/a.wav", "s/dog/puppy/b.FLAC", "s/sea lion/a.wav", "s/none.wav", "s/dog/notes.txt")
    assert clips(ingested(tmp_path, folder="s")) == {
        "dog/a.wav": ("all", ["dog"]),
        "dog/puppy/b.FLAC": ("all", ["puppy"]),
        "sea lion/a.wav": ("all", ["sea lion"]),
        "none.wav": ("all", []),
    }


def test_folders_that_are_all_called_like_splits_are_splits_and_keep_their_names(tmp_path: Path) -> None:
    put(tmp_path, "s/Train/dog/a.wav", "s/Train/b.wav", "s/dev/dog/x/a.wav", "s/c.wav")
    assert clips(ingested(tmp_path, folder="s")) == {
        "Train/dog/a.wav": ("Train", ["dog"]),
        "Train/b.wav": ("Train", []),
        "dev/dog/x/a.wav": ("dev", ["x"]),
        "c.wav": ("all", []),
    }


def test_what_lies_beside_splits_without_a_sound_makes_no_class(tmp_path: Path) -> None:
    put(tmp_path, "s/train/dog/a.wav", "s/docs/x.pdf", "s/packed/x.zip")
    assert clips(ingested(tmp_path, folder="s")) == {"train/dog/a.wav": ("train", ["dog"])}


def test_splits_beside_classes_are_no_guess(tmp_path: Path) -> None:
    put(tmp_path, "s/train/a.wav", "s/test/a.wav", "s/dog/a.wav")
    with pytest.raises(
        SoundledgerError, match=r"s: test, train would be splits, dog classes; say which, as `folder: \{all"
    ):
        ingested(tmp_path, folder="s")
    assert clips(ingested(tmp_path, folder={"all": "s"}))["test/a.wav"] == ("all", ["test"])


def test_folders_named_for_splits_tell_their_sounds_apart(tmp_path: Path) -> None:
    put(tmp_path, "one/dog/a.wav", "two/test/dog/a.wav")
    tables = ingested(tmp_path, folder={"train": "one", "rest": "two"})
    assert clips(tables) == {"one/dog/a.wav": ("train", ["dog"]), "two/test/dog/a.wav": ("rest", ["dog"])}
    assert tables["promised"]["clip_id"].is_unique().all()
    assert tables["sources"].select("source", "rows_read", "rows_kept").rows() == [("one", 1, 1), ("two", 1, 1)]


def test_folders_named_for_splits_hold_none_of_each_other(tmp_path: Path) -> None:
    put(tmp_path, "s/dog/a.wav", "s/test/dog/a.wav")
    with pytest.raises(SoundledgerError, match="s/test: it lies in s, which is named too"):
        ingested(tmp_path, folder={"train": "s", "test": "s/test"})


def test_what_is_no_file_of_audio_is_told(tmp_path: Path) -> None:
    put(tmp_path, "s/dog/a.wav", "s/dog/b.wma", "s/more.tar", "s/dog/._a.wav", "s/dog/read.me")
    rejects = ingested(tmp_path, folder="s")["rejects"]
    assert rejects.select("line", "reason", "raw").rows() == [
        (2, "not_looked_at", "dog/b.wma"),
        (3, "archive", "more.tar"),
    ]


@pytest.mark.parametrize("name", ["metadata.csv", "dog/metadata.jsonl", "train/dog/metadata.parquet"])
def test_metadata_that_is_not_named_is_no_secret(tmp_path: Path, name: str) -> None:
    put(tmp_path, "s/train/dog/a.wav" if name.startswith("train") else "s/dog/a.wav", f"s/{name}")
    with pytest.raises(SoundledgerError, match=f"s/{name}: it may say what the sounds beside it are"):
        ingested(tmp_path, folder="s")


def test_names_that_are_no_utf8_or_hold_ends_of_lines_are_clips(tmp_path: Path) -> None:
    put(tmp_path, "s/two\nlines/a\n.wav")
    os.mkdir(os.fsencode(tmp_path) + b"/s/caf\xe9")
    with open(os.fsencode(tmp_path) + b"/s/caf\xe9/\xff.wav", "wb"):
        pass
    tables = ingested(tmp_path, folder="s")
    assert clips(tables) == {
        "caf\\xe9/\\xff.wav": ("all", ["caf\\xe9"]),
        "two\nlines/a\n.wav": ("all", ["two\nlines"]),
    }


def test_links_are_followed_and_circles_are_not(tmp_path: Path) -> None:
    put(tmp_path, "s/dog/a.wav", "elsewhere/b.wav")
    (tmp_path / "s/cat").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "s/dog/up").symlink_to(tmp_path / "s")
    (tmp_path / "s/dog/gone.wav").symlink_to(tmp_path / "nowhere")
    assert list(clips(ingested(tmp_path, folder="s"))) == ["cat/b.wav", "dog/a.wav", "dog/gone.wav"]


def test_a_folder_without_a_sound_is_told(tmp_path: Path) -> None:
    put(tmp_path, "s/dog/notes.txt")
    with pytest.raises(SoundledgerError, match=r"s: holds no file that is called like audio\. Is it mounted\?"):
        ingested(tmp_path, folder="s")


def test_the_order_in_which_files_were_made_changes_nothing(tmp_path: Path) -> None:
    names = [f"s/{one}/{number}.wav" for one in ("dog", "cat") for number in range(20)]
    made = []
    for number, order in enumerate((names, names[::-1])):
        put(tmp_path / str(number), *order)
        made.append(ingested(tmp_path / str(number), folder="s"))
    assert all(made[0][name].equals(made[1][name]) for name in made[0])


# --- metadata ---


def written(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    if name.endswith(".jsonl"):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    elif name.endswith(".csv"):
        pl.DataFrame(rows).write_csv(folder / name)
    else:
        pl.DataFrame(rows).write_parquet(folder / name)


ROWS = [
    {"file_name": "a.wav", "label": "dog", "text": "A dog barks.", "license": "CC0-1.0", "latitude": 12.5, "take": 1},
    {"file_name": "sub/b.wav", "label": None, "text": None, "license": None, "latitude": None, "take": 2},
]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_metadata_says_the_same_in_each_form(tmp_path: Path, kind: str) -> None:
    written(tmp_path, f"s/metadata.{kind}", ROWS)
    tables = ingested(tmp_path, metadata=f"s/metadata.{kind}")
    assert clips(tables) == {"a.wav": ("all", ["dog"]), "sub/b.wav": ("all", [])}
    assert tables["found_captions"]["text"].to_list() == ["A dog barks."]
    assert tables["promised"]["licence"].to_list() == ["CC0-1.0", None]
    assert tables["origins"]["latitude"].to_list() == [12.5, None]
    assert [str(json.loads(one)["take"]) for one in tables["origins"]["extra"]] == ["1", "2"]


def test_a_licence_is_its_spdx_id_and_its_words_are_kept(tmp_path: Path) -> None:
    said = ["CC BY 4.0", "cc-by-nc", "CC0-1.0", None]
    written(tmp_path, "s/metadata.csv", [{"file_name": f"{n}.wav", "License": one} for n, one in enumerate(said)])
    tables = ingested(tmp_path, metadata="s/metadata.csv")
    assert tables["promised"]["licence"].to_list() == ["CC-BY-4.0", "cc-by-nc", "CC0-1.0", None]
    assert dict(tables["origins"].select("clip_id", "extra").rows()) == {"0": '{"License": "CC BY 4.0"}'}


def test_metadata_of_each_split_calls_sounds_from_where_it_lies(tmp_path: Path) -> None:
    for split in ("train", "test"):
        written(tmp_path, f"s/{split}/metadata.csv", [{"file_name": "a.wav", "label": split}])
    assert clips(ingested(tmp_path, metadata="s/*/metadata.csv")) == {
        "test/a.wav": ("test", ["test"]),
        "train/a.wav": ("train", ["train"]),
    }
    both = ["s/train/metadata.csv", "s/test/metadata.csv"]
    assert set(clips(ingested(tmp_path, metadata=both))) == {"train/a.wav", "test/a.wav"}


def test_lists_and_several_columns_of_labels_and_captions(tmp_path: Path) -> None:
    row = {"file_name": "./x/../a.wav", "labels": ["dog", "cat", ""], "label": "pet", "captions": ["One.", "Two."]}
    written(tmp_path, "s/metadata.jsonl", [row])
    tables = ingested(tmp_path, metadata="s/metadata.jsonl")
    assert clips(tables) == {"a.wav": ("all", ["pet", "dog", "cat"])}
    assert tables["found_captions"]["text"].to_list() == ["One.", "Two."]


def test_what_cannot_be_what_its_column_is_called_is_kept_as_it_stands(tmp_path: Path) -> None:
    written(
        tmp_path,
        "s/metadata.csv",
        [{"file_name": "a.wav", "latitude": "far north"}, {"file_name": "b.wav", "latitude": "1"}],
    )
    origins = ingested(tmp_path, metadata="s/metadata.csv")["origins"]
    assert origins.select("latitude", "extra").rows() == [(None, '{"latitude": "far north"}'), (1.0, None)]


@pytest.mark.parametrize("span", [{"start_s": "0:10"}, {"end_s": "20 s"}, {"Start_s": [1.0]}])
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_span_that_is_no_number_is_no_clip_of_the_whole_file(tmp_path: Path, kind: str, span: dict[str, Any]) -> None:
    [(column, value)] = span.items()
    written(tmp_path, f"s/metadata.{kind}", [{"file_name": "a.wav"} | span, {"file_name": "b.wav", column: None}])
    tables = ingested(tmp_path, metadata=f"s/metadata.{kind}")
    assert list(clips(tables)) == ["b.wav"]
    assert tables["rejects"].select("scope", "reason", "detail").rows() == [
        ("row", "bad_span", f"{column}: expected seconds, found {value}")
    ]


def test_labels_of_rows_that_differ_in_kind_are_those_of_each(tmp_path: Path) -> None:
    said = [["dog", "cat"], "dog", [], ["cat", 5, None], 5, None, {"a": 1}, [["dog"]], '["dog"]', "[dog"]
    written(tmp_path, "s/metadata.jsonl", [{"file_name": str(n), "label": one} for n, one in enumerate(said)])
    tables = ingested(tmp_path, metadata="s/metadata.jsonl")
    assert [names for _, names in clips(tables).values()] == [
        ["dog", "cat"],
        ["dog"],
        [],
        ["cat", "5"],
        ["5"],
        [],
        [],
        [],
        ['["dog"]'],
        ["[dog"],
    ]
    assert [json.loads(one) for one in tables["origins"]["extra"].drop_nulls()] == [
        {"label": '{"a": 1}'},
        {"label": '[["dog"]]'},
    ]


SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(st.characters(codec="utf-8"), max_size=5)
SAID = (
    st.sampled_from(['["x"]', "{x", "[", '"x"'])
    | SCALARS
    | st.lists(SCALARS | st.lists(SCALARS, max_size=1), max_size=3)
)

BLANKS = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace() and sign not in "\x1c\x1d\x1e\x1f")
"""Unicode's White_Space, which labels are stripped of; to Python four separators are blank too."""


@given(st.lists(SAID | st.dictionaries(st.text("ab"), SCALARS, max_size=1), min_size=1, max_size=5))
@example(["\x1f"])
@example(["\u3000a\x85"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_labels_are_each_row_has_its_own(tmp_path: Path, said: list[Any]) -> None:
    """No matter what other rows say: those of one alone are those that it has beside others."""
    written(tmp_path, "metadata.jsonl", [{"file_name": f"{n}.wav", "label": one} for n, one in enumerate(said)])
    together = [names for _, names in clips(ingested(tmp_path, metadata="metadata.jsonl")).values()]
    for one, names in zip(said, together, strict=True):
        listed = one if isinstance(one, list) else [one]
        nested = any(isinstance(each, list | dict) for each in listed)
        texts = [each if isinstance(each, str) else json.dumps(each) for each in listed if each is not None]
        expected = [] if nested else [text.strip(BLANKS) for text in texts]
        assert names == [text for text in dict.fromkeys(expected) if text]


def test_labels_that_are_all_lists_of_numbers_are_several(tmp_path: Path) -> None:
    written(tmp_path, "s/metadata.jsonl", [{"file_name": "a", "labels": [1, 2]}])
    assert clips(ingested(tmp_path, metadata="s/metadata.jsonl")) == {"a": ("all", ["1", "2"])}


def test_cells_between_delimiters_are_texts_whatever_they_look_like(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text('file_name,label\na.wav,"[""x"", ""y""]"\n')
    assert clips(ingested(tmp_path, metadata="metadata.csv")) == {"a.wav": ("all", ['["x", "y"]'])}


def test_rows_without_a_file_are_rejects(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s/metadata.jsonl").write_text(
        '{"file_name": "a.wav"}\n{"text": "none"}\nnot json\n{"file_name": " "}\n'
    )
    tables = ingested(tmp_path, metadata="s/metadata.jsonl")
    assert tables["rejects"].select("line", "reason").rows() == [(2, "no_media"), (3, "not_json"), (4, "no_media")]
    assert tables["sources"].select("rows_read", "rows_kept", "rows_rejected").rows() == [(4, 1, 3)]


def test_a_table_without_file_names_is_no_metadata(tmp_path: Path) -> None:
    written(tmp_path, "s/metadata.csv", [{"filename": "a.wav"}])
    with pytest.raises(SoundledgerError, match=r"metadata.csv: no column file_name; did you mean `filename`\?"):
        ingested(tmp_path, metadata="s/metadata.csv")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "metadata.csv",
            "file_name,Label,label\na,b,c\n",
            "columns 'Label' and 'label' cannot be told apart; expected a name for each",
        ),
        ("metadata.csv", '"file_name,label\na,b\n', "no header: a quotation mark is left open"),
        ("metadata.json", "7", "no list or map of rows at the top"),
    ],
)
def test_what_is_no_metadata_is_told_without_keys_that_there_are_not(
    tmp_path: Path, name: str, text: str, words: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SoundledgerError, match=words) as error:
        ingested(tmp_path, metadata=name)
    assert "reading" not in str(error.value)


@pytest.mark.parametrize("sources", [{}, {"folder": "s", "metadata": "s/metadata.csv"}])
def test_either_folders_or_metadata_say_what_sounds_are(tmp_path: Path, sources: dict[str, str]) -> None:
    written(tmp_path, "s/metadata.csv", ROWS)
    with pytest.raises(SoundledgerError, match="dataset set: sources: expected `folder`"):
        ingested(tmp_path, **sources)


HOSTILE = [
    b"",
    b"\n",
    b"\x00",
    b"file_name",
    b'file_name\n"',
    b"[1, 2]",
    b'{"file_name": {"a": 1}}\n',
    b"PAR1",
    b"\xff\xfe",
]


@pytest.mark.parametrize("content", HOSTILE)
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_whatever_stands_in_metadata_ends_in_words_or_rejects(tmp_path: Path, kind: str, content: bytes) -> None:
    (tmp_path / f"metadata.{kind}").write_bytes(content)
    try:
        tables = ingested(tmp_path, metadata=f"metadata.{kind}")
    except SoundledgerError:
        return
    assert len(tables["sources"]) == 1


def test_nested_columns_stand_in_extra(tmp_path: Path) -> None:
    row = {
        "file_name": "a.wav",
        "label": {"x": 1},
        "place": {"at": [1.5, float("nan")]},
        "tags": [1, 2],
        "latitude": [3.0],
    }
    pl.DataFrame([row]).write_parquet(tmp_path / "metadata.parquet")
    tables = ingested(tmp_path, metadata="metadata.parquet")
    assert clips(tables) == {"a.wav": ("all", [])}
    assert set(json.loads(tables["origins"]["extra"][0])) >= {"place", "tags", "latitude"}


VALUES = {
    "list": pl.Series([["a"]]),
    "number": pl.Series([float("nan")]),
    "yes or no": pl.Series([True]),
    "date": pl.Series([datetime.date(2020, 1, 1)]),
    "time": pl.Series([datetime.time(3)]),
    "duration": pl.Series([datetime.timedelta(seconds=3)]),
    "struct": pl.Series([{"a": 1}]),
    "structs": pl.Series([[{"a": 1}]]),
    "lists": pl.Series([[["a"]]]),
    "durations": pl.Series([[datetime.timedelta(seconds=3)]]),
    "nothing": pl.Series([None]),
    "empty list": pl.Series([[]]),
    "array": pl.Series([[1.0, 2.0]], dtype=pl.Array(pl.Float64, 2)),
}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("column", ["file_name", "label", "captions", "latitude", "licence", "split", "other"])
def test_columns_of_any_kind_are_read_or_told(tmp_path: Path, column: str, kind: str) -> None:
    columns = {"file_name": pl.Series(["a.wav"]), column: VALUES[kind]}
    pl.DataFrame(columns).write_parquet(tmp_path / "metadata.parquet")
    try:
        tables = ingested(tmp_path, metadata="metadata.parquet")
    except SoundledgerError:
        assert column == "file_name"
    else:
        assert len(tables["promised"]) + len(tables["rejects"]) == 1
