"""Answers of the API of xeno-canto: real ones of version 2 and 3, and what may be wrong with them."""

import json
import logging
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.adapters.ingests import Tables, ingested_in
from workflow_scripts.sources.faults import SourceError

Item = dict[str, Any]


def recording(number: Any = 1, **members: Any) -> Item:
    """One of version 3."""
    told = {"id": str(number), "gen": "Larus", "sp": "marinus", "en": "Great Black-backed Gull", "rec": "A. B."}
    where = {"cnt": "Sweden", "loc": "An island", "lat": "63.9403", "lon": "20.8029", "alt": "0", "q": "A"}
    when = {"date": "2022-07-17", "time": "02:30", "length": "0:21", "smp": "24000", "also": []}
    return told | where | when | {"lic": "https://creativecommons.org/licenses/by/4.0/"} | members


def page(*recordings: Any, number: int = 1, of: int = 1, total: int | None = None) -> Item:
    count = len(recordings) if total is None else total
    return {"numRecordings": str(count), "page": number, "numPages": of, "recordings": list(recordings)}


def ingested(folder: Path, *answers: Any, **sources: Any) -> Tables:
    """What comes of answers, each a value or the text of its file."""
    (folder / "pages").mkdir(exist_ok=True)
    for number, one in enumerate(answers):
        text = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)
        (folder / f"pages/{number}.json").write_text(text, encoding="utf-8")
    told = {"name": "birds", "adapter": "xeno_canto", "sources": {"pages": "pages/*.json"} | sources}
    (folder / "birds.yaml").write_text(yaml.safe_dump(told))
    return ingested_in(folder, "birds.yaml")


def labels(tables: Tables, origin: str) -> list[tuple[str, str]]:
    return tables["labels"].filter(origin=origin).select("clip_id", pl.col("class_id").cast(pl.String)).rows()


def of_real(shared: Path, *files: str, **more: str) -> Tables:
    folder = shared / "data/species/xeno_canto"
    return ingested(Path(more.pop("folder")), *((folder / file).read_text() for file in files), **more)


def test_a_page_of_version_3_is_read(shared: Path, tmp_path: Path) -> None:
    tables = of_real(shared, "xenocanto-rs/test_success_api_v3.json", folder=str(tmp_path))
    [clip] = tables["promised"].to_dicts()
    assert (clip["clip_id"], clip["media_key"], clip["class_names"]) == ("XC254462", "XC254462", ["Lazuli Bunting"])
    assert (clip["licence"], clip["source_url"]) == ("CC-BY-SA-4.0", "https://xeno-canto.org/254462")
    [origin] = tables["origins"].to_dicts()
    extra = json.loads(origin.pop("extra"))
    assert {name: value for name, value in origin.items() if value is not None} == {
        "clip_id": "XC254462",
        "recorded_at": "2015-06-23T07:17",
        "latitude": 43.6571,
        "longitude": -103.4143,
        "country": "United States",
        "locality": "Prairie Trail, Custer State Park, South Dakota",
        "recordist": "Jonathon Jongsma",
        "quality": "A",
        "declared_duration_s": 253.0,
        "declared_sample_rate": 48000,
    }
    assert (extra["alt"], extra["grp"], extra["animal-seen"]) == ("1300", "birds", "yes")
    assert extra["licence"] == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert labels(tables, "background") == [("XC254462", "Pipilo/maculatus")]


def test_version_2_says_the_same_in_other_words(shared: Path, tmp_path: Path) -> None:
    excerpt = "api_v2_excerpt/recordings_page1_first3_api_v2.json"
    tables = of_real(shared, excerpt, folder=str(tmp_path), on_count_mismatch="warn")
    assert tables["promised"].select("clip_id", "licence", "source_url").row(0) == (
        "XC494231",
        "CC-BY-NC-SA-4.0",
        "https://xeno-canto.org/494231",
    )
    first = tables["origins"].row(0, named=True)
    assert (first["longitude"], first["quality"], first["declared_duration_s"]) == (-100.1707, None, 96.0)
    assert {"grp", "animal-seen"} <= json.loads(first["extra"]).keys()
    assert tables["classes"].drop_nulls("class_index").select("class_index", "scientific_name", "name").rows() == [
        (0, "Euphonia godmani", "West Mexican Euphonia"),
        (1, "Saltator grandis", "Cinnamon-bellied Saltator"),
    ]
    assert len(labels(tables, "background")) == 3


def test_a_single_recording_is_an_answer_too(shared: Path, tmp_path: Path) -> None:
    tables = of_real(shared, "api_v2_excerpt/recording_737917_api_v3.json", folder=str(tmp_path))
    assert tables["origins"].select("device", "microphone").rows() == [
        ("Wildlife Acoustic SM4", "SM4 inbuilt stereo mics")
    ]


def test_an_answer_that_is_an_error_is_an_error(shared: Path, tmp_path: Path) -> None:
    words = r"pages/0\.json: the API answered with an error: client_error: Missing .* retrieve your API key\. Ask it"
    with pytest.raises(SourceError, match=words):
        of_real(shared, "xenocanto-rs/test_error_api_v3.json", folder=str(tmp_path))


def test_an_excerpt_of_a_query_stops(shared: Path, tmp_path: Path) -> None:
    words = r"pages: pages say that they are of 42; page 2, 3, .*, 21 and 21 more is missing"
    with pytest.raises(SourceError, match=words):
        of_real(shared, "api_v2_excerpt/recordings_page1_first3_api_v2.json", folder=str(tmp_path))


def test_what_is_heard_behind_is_no_class_of_the_clip(tmp_path: Path) -> None:
    gull = recording(1, also=["Sterna paradisaea", "Larus marinus", "", "Sterna paradisaea"])
    tables = ingested(tmp_path, page(gull, recording(2, gen="Sterna", sp="paradisaea", en="Arctic Tern")))
    assert tables["promised"]["class_names"].to_list() == [["Great Black-backed Gull"], ["Arctic Tern"]]
    assert labels(tables, "background") == [("XC1", "Sterna/paradisaea")]
    assert labels(tables, "annotated") == [("XC1", "Larus/marinus"), ("XC2", "Sterna/paradisaea")]
    assert labels(tables, "ontology") == [("XC1", "Larus"), ("XC2", "Sterna")]
    assert tables["rejects"].is_empty()


@pytest.mark.parametrize(
    ("names", "classes"),
    [
        ({"gen": "Mystery", "sp": "mystery", "en": "Identity unknown"}, []),
        ({"gen": "Sonus", "sp": "naturalis", "en": "Soundscape"}, []),
        ({"gen": "", "sp": None, "en": ""}, []),
        ({"gen": "Myotis", "sp": "sp.", "en": "Mouse-eared bat"}, ["Myotis"]),
        ({"gen": "Corvus", "sp": "corone x cornix", "en": "Crow"}, ["Corvus/corone%20x%20cornix"]),
        ({"ssp": "marinus"}, ["Larus/marinus"]),
    ],
)
def test_a_recording_of_no_species_is_kept_without_one(tmp_path: Path, names: Item, classes: list[str]) -> None:
    tables = ingested(tmp_path, page(recording(1, **names)))
    assert tables["promised"]["class_ids"].to_list() == [classes]
    extra = json.loads(tables["origins"]["extra"][0])
    assert {name: value for name, value in names.items() if value} == {
        name: extra[name] for name in names if names[name]
    }


def test_what_names_no_species_behind_is_told(tmp_path: Path) -> None:
    tables = ingested(tmp_path, page(recording(1, also=["two frogs", "Identity unknown", "Mystery mystery"])))
    assert tables["rejects"].select("scope", "reason", "detail").rows() == [
        ("label", "unknown_class", "two frogs is in no source of classes")
    ]


@pytest.mark.parametrize(
    ("said", "recorded_at"),
    [
        ({"time": "?"}, "2022-07-17"),
        ({"time": "morning"}, "2022-07-17"),
        ({"time": "00:00"}, "2022-07-17T00:00"),
        ({"time": "7:05"}, "2022-07-17T07:05"),
        ({"time": "25:00"}, "2022-07-17"),
        ({"date": "2010-00-00"}, "2010"),
        ({"date": "2010-05-00", "time": "?"}, "2010-05"),
        ({"date": "0000-00-00"}, None),
        ({"date": "2011-02-30"}, None),
        ({"date": "", "time": "12:00"}, None),
    ],
)
def test_a_moment_is_as_precise_as_it_is_said(tmp_path: Path, said: Item, recorded_at: str | None) -> None:
    tables = ingested(tmp_path, page(recording(1, **said)))
    assert tables["origins"]["recorded_at"].to_list() == [recorded_at]
    extra = json.loads(tables["origins"]["extra"][0])
    assert all(extra[name] == value for name, value in said.items() if value)


@pytest.mark.parametrize(
    ("members", "detail"),
    [
        ({"lat": "north"}, 'lat: expected a number, found "north"'),
        ({"length": "21 s"}, 'length: expected a time as 1:23 or 1:02:03, found "21 s"'),
        ({"also": "Larus canus"}, 'also: expected a list of texts, found "Larus canus"'),
        ({"also": [1]}, "also: expected a list of texts, found [1]"),
        ({"rec": {"a": 1}}, 'rec: expected a text, found {"a": 1}'),
        ({"smp": "0.5"}, 'smp: expected a whole number, found "0.5"'),
        ({"smp": "0"}, "declared_sample_rate: 0"),
    ],
)
def test_what_is_no_such_value_costs_no_recording(tmp_path: Path, members: Item, detail: str) -> None:
    tables = ingested(tmp_path, page(recording(1, **members)))
    assert tables["rejects"].select("scope", "reason", "detail").rows() == [("label", "bad_value", detail)]
    assert tables["promised"]["clip_id"].to_list() == ["XC1"]


@pytest.mark.parametrize("number", ["1" + "0" * 310, "1e999"])
def test_a_number_that_no_float_holds_costs_no_recording(tmp_path: Path, number: str) -> None:
    text = json.dumps(page(recording(1, lat=0.125), recording(2))).replace("0.125", number)
    tables = ingested(tmp_path, text)
    assert tables["rejects"].select("scope", "reason", "detail").rows() == [
        ("label", "bad_value", f'lat: expected a number, found "{number[:299]}' + ('"' if len(number) < 99 else " …"))
    ]
    assert tables["promised"]["clip_id"].to_list() == ["XC1", "XC2"]


@pytest.mark.parametrize(("number", "kept"), [("1e999", "1e999"), ("1" + "0" * 30, "1" + "0" * 30), ("NaN", None)])
def test_what_else_is_said_is_json_whatever_numbers_it_holds(tmp_path: Path, number: str, kept: str | None) -> None:
    text = json.dumps(page(recording(1, foo=[0.125]))).replace("0.125", number)
    extra = ingested(tmp_path, text)["origins"]["extra"].str.json_decode(pl.Struct({"foo": pl.List(pl.String)}))
    assert extra.struct.field("foo").to_list() == [[kept]]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (recording("x"), "bad_id"),
        (recording(1) | {"id": None}, "bad_id"),
        (recording(1) | {"id": [1]}, "bad_id"),
        (recording("../1"), "bad_id"),
        (recording(2), "duplicate_id"),
        ("2", "no_object"),
        (recording(3, rmk="x" * 2**20), "too_long_row"),
        (recording(3, rmk="\ud83d"), "not_json"),
        ("\ud83d", "not_json"),
    ],
)
def test_what_is_no_recording_is_told(tmp_path: Path, item: Any, reason: str) -> None:
    tables = ingested(tmp_path, json.dumps(page(recording(2), item)))
    assert tables["rejects"].select("line", "scope", "reason").rows() == [(2, "row", reason)]
    assert tables["promised"]["clip_id"].to_list() == ["XC2"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not valid JSON"),
        ("[]", "expected a page of the API's answers with a list `recordings`, or one recording; found []"),
        ('{"a": 1}', "found the keys a"),
        ('{"recordings": {}}', "found the keys recordings"),
        ('{"recordings": [], "page": [1]}', "page: expected a number, found [1]"),
        ('{"recordings": [], "numPages": -1}', "numPages: expected a number from 0, found -1"),
        ('{"error": {"code": "missing_parameter", "message": "No query"}}', "missing_parameter: No query"),
        ('{"error": null, "message": null}', "the API answered with an error"),
        ('{"recordings": [' + "[" * 100_000 + "]" * 100_000 + "]}", "nested too deeply"),
        ('{"recordings": [], "page": 1' + "0" * 400 + "}", "page: expected a number, found "),
        ('{"recordings": {}, "\\ud83d": 1}', r"found the keys recordings, \ud83d"),
    ],
)
def test_what_is_no_page_is_the_error_of_its_file(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SourceError) as error:
        ingested(tmp_path, text)
    assert "pages/0.json" in str(error.value)
    assert words in str(error.value)


def test_all_pages_of_a_query_are_there_in_any_order(tmp_path: Path) -> None:
    pages = [page(recording(number), number=number, of=3, total=3) for number in (3, 1, 2)]
    tables = ingested(tmp_path, *pages, page(recording(4)), page(recording(5)))
    assert sorted(tables["promised"]["clip_id"]) == ["XC1", "XC2", "XC3", "XC4", "XC5"]
    assert tables["sources"]["rows_declared"].to_list() == [None, None, None, 1, 1]


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ([page(recording(1), of=2, total=2)], "page 2 is missing"),
        ([page(recording(1), number=2, of=2, total=2)], "page 1 is missing"),
        ([page(of=10**15)], "page 2, 3, .* and 999,999,999,999,979 more is missing"),
        ([*(page(recording(1), of=2) for _ in range(2)), page(recording(2), number=2, of=2)], "page 2 is missing, or"),
        ([page(recording(1), total=2)], "1 pages say that they have 2 recordings in all; they hold 1"),
    ],
)
def test_a_page_that_is_missing_stops_unless_it_may(
    tmp_path: Path, pages: list[Item], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SourceError, match=words):
        ingested(tmp_path, *pages)
    with caplog.at_level(logging.WARNING):
        ingested(tmp_path, *pages, on_count_mismatch="warn")
    assert "pages" in caplog.text


def test_queries_that_overlap_tell_some_recordings_again(tmp_path: Path) -> None:
    """It is no loss, whether word for word or, since somebody has named it better, not."""
    for query, numbers in (("area", (1, 2, 3)), ("species", (2, 3, 4))):
        (tmp_path / query).mkdir()
        answer = page(*(recording(number, q=query if number == 3 else "A") for number in numbers))
        (tmp_path / query / "1.json").write_text(json.dumps(answer))
    tables = ingested(tmp_path, pages=["area/*.json", "species/*.json"])
    assert tables["promised"]["clip_id"].to_list() == ["XC1", "XC2", "XC3", "XC4"]
    assert tables["rejects"].select("source", "line", "reason", "detail").rows() == [
        (
            "species/1.json",
            line,
            "nothing_new",
            f"XC{line + 1} is kept from area/1.json, line {line + 1}, which says the same",
        )
        for line in (1, 2)
    ]


def test_a_query_whose_number_changed_under_way_is_whole(tmp_path: Path) -> None:
    pages = [page(recording(number), number=number, of=2, total=number + 1) for number in (1, 2)]
    assert len(ingested(tmp_path, *pages)["promised"]) == 2


LEAVES = (
    st.none() | st.booleans() | st.integers(-5, 2**70) | st.floats() | st.text(max_size=4) | st.sampled_from(["1", 1])
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner))
KEYS = ("id", "gen", "sp", "also", "lic", "date", "time", "lat", "lng", "group", "url", "length", "smp", "q")
ITEMS = VALUES | st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8)


@given(st.lists(ITEMS, max_size=5))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_recordings_are_each_is_kept_or_rejected(tmp_path: Path, items: list[Any]) -> None:
    tables = ingested(tmp_path, json.dumps(page(*items)))
    [(read, kept, rejected)] = tables["sources"].select("rows_read", "rows_kept", "rows_rejected").rows()
    assert read == len(items) == kept + rejected
    assert len(tables["promised"]) <= kept
