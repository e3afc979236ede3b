"""croissant.json tells what the tables tell; tests/consumers has mlcroissant read it."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exports.described import ALL_SAID, KNOWN, described
from tests.exports.made_exports import account_of, exported
from tests.exports.small_run import SmallAudioset, instead
from workflow_scripts.exports import reading
from workflow_scripts.exports.croissant import distribution
from workflow_scripts.exports.croissant.facts import Facts
from workflow_scripts.exports.croissant.records import of_tables
from workflow_scripts.exports.licences import Licences
from workflow_scripts.exports.reading import Tables
from workflow_scripts.exports.sums import complete_sums
from workflow_scripts.tables import schemas

OTHERS = ("ast", "csv", "webdataset")
NOTHING = Facts([], [], None, 0.0, [], [], (0, 0), None, [])


@pytest.fixture(scope="module")
def tables(small: SmallAudioset, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return described(small.for_exports, tmp_path_factory.mktemp("exports"), *OTHERS)


def said_by(export: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((export / "croissant.json").read_text(encoding="utf-8"))
    return said


def by_id(nodes: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    assert len({node["@id"] for node in nodes}) == len(nodes)
    return {node["@id"]: node for node in nodes}


def rows_of(export: Path, table: str) -> pl.DataFrame:
    files = sorted((export / table).glob("*/rows.parquet"))
    return pl.concat([pl.read_parquet(file).with_columns(split=pl.lit(file.parent.name)) for file in files])


# --- the tables ---


def test_every_clip_has_a_row_in_the_folder_of_its_split(small: SmallAudioset, tables: Tables, tmp_path: Path) -> None:
    made = exported("croissant", tables, tmp_path / "croissant")
    ledger = small.table("clips").with_columns(pl.col("split", "status", "licence").cast(pl.String))
    columns = ["clip_id", "split", "status", "licence", "duration_s", "trainable"]
    assert rows_of(made, "clips").select(columns).rows() == ledger.select(columns).rows()
    split_of = dict(ledger.select("clip_id", "split").iter_rows())
    labels = rows_of(made, "labels")
    assert labels.height == small.table("labels").height
    assert labels["split"].to_list() == [split_of[clip_id] for clip_id in labels["clip_id"]]
    assert account_of(made).clips == {"balanced_train": 10, "eval": 3}
    assert account_of(made).held_back == {}


def test_a_table_without_rows_has_no_files_and_no_records(tables: Tables, tmp_path: Path) -> None:
    made = exported("croissant", tables, tmp_path / "croissant")
    assert not (made / "captions").exists()
    assert "captions" not in by_id(said_by(made)["recordSet"])


def test_nothing_tells_of_places_on_this_machine(small: SmallAudioset, tables: Tables, tmp_path: Path) -> None:
    made = exported("croissant", tables, tmp_path / "croissant")
    values = [str(row) for name in ("clips", "labels") for row in rows_of(made, name).rows()]
    texts = [(made / "croissant.json").read_text(), *values]
    assert not [text for text in texts if str(small.folder) in text or str(tmp_path) in text or small.roots[1] in text]


@pytest.mark.parametrize("rows", [1, 3])
def test_size_of_the_parts_changes_no_byte(
    tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    def files(export: Path) -> dict[str, bytes]:
        return {str(file.relative_to(export)): file.read_bytes() for file in export.rglob("*") if file.is_file()}

    whole = files(exported("croissant", tables, tmp_path / "one"))
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", rows)
    assert files(exported("croissant", tables, tmp_path / "other")) == whole


def test_of_clips_that_are_held_back_for_their_licence_nothing_is_told(
    small: SmallAudioset, tables: Tables, tmp_path: Path
) -> None:
    free = pl.when(pl.col("clip_id") == "quotedxxxxx").then(pl.lit("CC0-1.0")).otherwise(pl.lit("CC-BY-NC-4.0"))
    clips = small.table("clips").with_columns(licence=free.cast(pl.Categorical))
    narrowed = replace(instead(tables, tmp_path / "tables", clips=clips), licences=Licences(noncommercial=False))
    made = exported("croissant", narrowed, tmp_path / "croissant")
    assert rows_of(made, "clips")["clip_id"].to_list() == ["quotedxxxxx"]
    assert rows_of(made, "labels")["clip_id"].unique().to_list() == ["quotedxxxxx"]
    assert "CC-BY-NC" not in (made / "croissant.json").read_text()
    assert account_of(made).held_back == {"licence": 12}


# --- what is said of the dataset ---


def test_what_nobody_said_is_asked_for(tables: Tables, tmp_path: Path) -> None:
    made = exported("croissant", tables, tmp_path / "some")
    words = "croissant.json lacks what only you know; say it by the options creators, published, version"
    assert account_of(made).warnings == [words]
    assert not {"creator", "datePublished", "version"} & said_by(made).keys()
    assert account_of(exported("croissant", tables, tmp_path / "all", **ALL_SAID)).warnings == []


def test_of_a_dataset_that_the_registry_does_not_know_nothing_is_made_up(tables: Tables, tmp_path: Path) -> None:
    unknown = replace(tables, about={**tables.about, "known": {}, "rights": {}})
    said = said_by(exported("croissant", unknown, tmp_path / "croissant"))
    assert not {"url", "citeAs", "alternateName", "usageInfo"} & said.keys()
    assert said["name"] == "small"


def test_registry_and_options_say_who_and_where(tables: Tables, tmp_path: Path) -> None:
    said = said_by(exported("croissant", tables, tmp_path / "croissant", **ALL_SAID, url="https://example.org/mine"))
    assert (said["url"], said["citeAs"]) == ("https://example.org/mine", KNOWN["citation"])
    assert said["creator"] == [
        {"@type": "sc:Person", "name": "A. Person"},
        {"@type": "sc:Organization", "name": "An Institute"},
    ]
    assert said["description"] == (
        "A small AudioSet. 13 clips of 10 s. Here: 13 clips, of which 9 are usable, 0.01 hours of sound. "
        "Each has a row, whatever became of it."
    )


def test_licences_are_addresses_where_they_have_any_and_words_else(
    small: SmallAudioset, tables: Tables, tmp_path: Path
) -> None:
    licences = {"quotedxxxxx": "CC-BY-NC-4.0", "onlyabstrac": 'Ask "me"'}
    ids = pl.col("clip_id")
    said = ids.replace_strict(licences, default="CC-BY-4.0")
    clips = small.table("clips").with_columns(
        licence=pl.when(ids != "nanxxxxxxxx").then(said).cast(pl.Categorical),
    )
    made = said_by(exported("croissant", instead(tables, tmp_path / "tables", clips=clips), tmp_path / "croissant"))
    assert made["license"] == [
        "https://spdx.org/licenses/CC-BY-4.0",
        {"@type": "sc:CreativeWork", "name": 'Ask "me"'},
        "https://spdx.org/licenses/CC-BY-NC-4.0",
        "https://spdx.org/licenses/CC-BY-SA-4.0",
    ]
    assert [one["termCode"] for one in made["usageInfo"] if "termCode" in one] == ["DUO_0000046"]
    assert made["usageInfo"][0]["description"] == "1 clips under CC-BY-NC-4.0"
    assert made["rai:dataLimitations"][0] == "Of 13 clips 1 have no licence that is known."
    rows = by_id(made["recordSet"])["licences"]["data"]
    assert {row["licences/name"]: row["licences/clips"] for row in rows} == {
        "CC-BY-4.0": 10,
        'Ask "me"': 1,
        "CC-BY-NC-4.0": 1,
        None: 1,
    }


def test_sources_stand_there_by_name_and_digest(small: SmallAudioset, tables: Tables, tmp_path: Path) -> None:
    said = said_by(exported("croissant", tables, tmp_path / "croissant"))["prov:wasDerivedFrom"]
    labels = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in (small.folder / "labels").iterdir()}
    assert {one["prov:label"]: one["sha256"] for one in said} == labels


def test_very_many_sources_are_one_collection(tables: Tables, tmp_path: Path) -> None:
    digests = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(101)]
    row = {"bytes": 2, "rows_read": 1, "rows_kept": 1, "rows_rejected": 0}
    rows = [{"source": f"{number}.txt", "sha256": digest, **row} for number, digest in enumerate(digests)]
    sources = pl.DataFrame(rows, schema=schemas.SOURCES.empty().schema)
    made = exported("croissant", instead(tables, tmp_path / "tables", sources=sources), tmp_path / "croissant")
    [told] = said_by(made)["prov:wasDerivedFrom"]
    assert (told["prov:label"], told["contentSize"]) == ("101 files", "202 B")
    assert told["sha256"] == hashlib.sha256("".join(f"{one}\n" for one in sorted(digests)).encode()).hexdigest()


def test_what_is_counted_stands_behind_what_is_said(tables: Tables, tmp_path: Path) -> None:
    said = said_by(exported("croissant", tables, tmp_path / "croissant", **ALL_SAID))
    assert {key.removeprefix("rai:"): text for key, text in said.items() if key.startswith("rai:")} == {
        "annotationsPerItem": "On average 1.46 weak labels a clip that has any.",
        "dataAnnotationProtocol": [
            "Labels: 19 that annotators said (weak); 15 that follow from these by the ontology (weak)."
        ],
        "dataBiases": [
            "Birds alone.",
            "Classes are not equally frequent: of 7 that annotators said, Dog is said of 6 clips, "
            "Sounds of things of 1.",
        ],
        "dataCollection": "Found in a drawer.",
        "dataCollectionMissingData": "Of 13 clips 4 have no usable sound: 2 missing, 1 feature_failed, 1 truncated.",
        "dataCollectionRawData": ("Audio: Nothing is handed out. 4 sources with 29 rows, of which 28 were taken."),
        "dataLimitations": ["Of 13 clips 4 have no usable sound: 2 missing, 1 feature_failed, 1 truncated."],
        "dataPreprocessingProtocol": [
            "Every media was decoded to its end once, and each clip has one status. "
            "A usable clip has 0.1 to 11 s of sound; one of at least 1 s is trainable."
        ],
        "dataUseCases": ["Training: balanced_train (8 usable clips)", "Testing: eval (1 usable clips)"],
    }


def test_days_of_recording_are_those_that_a_source_says(tables: Tables, tmp_path: Path) -> None:
    days = {"a": "2019-05", "b": "2021-03-04T10:00:00", "c": "2020-01-31", "d": None}
    origins = pl.DataFrame({"clip_id": list(days), "recorded_at": list(days.values())})
    full = pl.concat([schemas.ORIGINS.empty(), origins], how="diagonal")
    said = said_by(exported("croissant", instead(tables, tmp_path / "tables", origins=full), tmp_path / "croissant"))
    assert said["rai:dataCollectionTimeframe"] == ["2020-01-31", "2021-03-04"]


# --- files and records ---


def test_files_lie_where_it_says_with_the_bytes_it_says(
    tables: Tables, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = next(iter(tables.others.values())).parent
    made = exported("croissant", tables, place / "croissant")
    files = by_id(said_by(made)["distribution"])
    objects = [one for one in files.values() if one["@type"] == "cr:FileObject"]
    assert {one["@id"].split("/")[1] for one in objects if one["@id"].startswith("exports/")} == set(OTHERS)
    for one in objects:
        content = (made / unquote(one["contentUrl"])).read_bytes()
        assert one["sha256"] == hashlib.sha256(content).hexdigest()
        assert one["contentSize"] == f"{len(content)} B"
    assert files["exports/webdataset/eval/tar-files"]["includes"] == "../webdataset/eval/*.tar"
    assert list(made.glob(files["exports/webdataset/eval/tar-files"]["includes"]))
    tables_told = {one["contentUrl"] for one in objects if not one["@id"].startswith("exports/")}
    assert tables_told == {str(file.relative_to(made)) for file in made.rglob("*.parquet")}


def test_of_very_many_files_a_set_is_told(tmp_path: Path) -> None:
    for number in range(distribution.MOST_FILES + 1):
        (tmp_path / f"{number}.txt").write_text("")
    (tmp_path / "one, two.csv").write_text("")
    complete_sums(tmp_path)
    one, sums, many = distribution.files_of("raven", tmp_path)
    assert (one["@id"], one["contentUrl"]) == ("exports/raven/one%2C%20two.csv", "../raven/one%2C%20two.csv")
    assert sums["contentUrl"] == "../raven/SHA256SUMS"
    assert (many["includes"], many["description"]) == ("../raven/*.txt", "101 files")


def test_files_without_an_end_of_their_names_are_a_set_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "eval").mkdir()
    for name in ("text", "utt2spk", "wav.scp"):
        (tmp_path / "eval" / name).write_text("")
    complete_sums(tmp_path)
    sets = {one["@id"]: one for one in distribution.files_of("kaldi", tmp_path) if one["@type"] == "cr:FileSet"}
    plain = sets["exports/kaldi/eval/other-files"]
    assert (plain["includes"], plain["excludes"]) == ("../kaldi/eval/*", "../kaldi/eval/*.*")
    assert (plain["description"], plain["encodingFormat"]) == ("2 files", "text/plain")
    assert sets["exports/kaldi/eval/scp-files"]["includes"] == "../kaldi/eval/*.scp"


def test_clips_that_each_export_took_are_records(tables: Tables, tmp_path: Path) -> None:
    records = by_id(said_by(exported("croissant", tables, tmp_path / "croissant"))["recordSet"])
    took = {(row["exports/export"], row["exports/split"]): row["exports/clips"] for row in records["exports"]["data"]}
    assert took == {
        (name, split): clips
        for name, account in distribution.accounts_of(tables.others).items()
        for split, clips in account.clips.items()
    }
    left_out = [row["held_back/clips"] for row in records["held_back"]["data"]]
    assert sum(took.values()) + sum(left_out) == len(OTHERS) * 13


def test_columns_are_said_with_their_meaning_and_type(tables: Tables, tmp_path: Path) -> None:
    made = exported("croissant", tables, tmp_path / "croissant")
    records = by_id(said_by(made)["recordSet"])
    for name in ("clips", "labels"):
        fields = by_id(records[name]["field"])
        columns = pl.read_parquet_schema(made / name / "eval/rows.parquet")
        assert [field["name"] for field in fields.values()] == ["split", *columns]
        assert {field["name"] for field in fields.values() if field.get("isArray")} == {
            column for column, dtype in columns.items() if dtype == pl.List(pl.String)
        }
    assert by_id(records["clips"]["field"])["clips/channels"]["dataType"] == "sc:Integer"
    [count] = records["clips"]["annotation"]
    assert count["value"] == 13


@given(st.from_regex(re.compile(schemas.FILE_NAME), fullmatch=True), st.sampled_from(["clips", "labels"]))
def test_the_split_is_told_by_the_path_and_by_itself(split: str, table: str) -> None:
    [records] = of_tables({table: {split: 1}}, NOTHING)
    [field] = [field for field in records["field"] if field["name"] == "split"]
    expression = re.compile(field["source"]["transform"]["regex"])
    for path in (f"{table}/{split}/rows.parquet", split):
        found = expression.match(path)
        assert found
        assert found[1] == split
