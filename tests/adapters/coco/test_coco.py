"""Recordings and images of species in COCO's JSON; no sample of the real ones lies here: documents follow the notes."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.adapters.ingests import Tables, ingested_in
from workflow_scripts.sources import forms
from workflow_scripts.sources.faults import SourceError

GANNET: dict[str, Any] = {
    "id": 0,
    "name": "Morus bassanus",
    "common_name": "Northern Gannet",
    "supercategory": "Birds",
    "evaluation": 1,
    "kingdom": "Animalia",
    "phylum": "Chordata",
    "class": "Aves",
    "order": "Suliformes",
    "family": "Sulidae",
    "genus": "Morus",
    "specific_epithet": "bassanus",
    "audio_dir_name": "00000_Animalia_Morus_bassanus",
}
MULBERRY = {
    "id": 1,
    "name": "Morus alba",
    "common_name": "White Mulberry",
    "supercategory": "Plants",
    "evaluation": 0,
    "kingdom": "Plantae",
    "phylum": "Tracheophyta",
    "class": "Magnoliopsida",
    "order": "Rosales",
    "family": "Moraceae",
    "genus": "Morus",
    "specific_epithet": "alba",
}
OF_GANNET = "Animalia/Chordata/Aves/Suliformes/Sulidae/Morus/bassanus"
LICENCES = [
    {"id": 1, "name": "Attribution-NonCommercial License", "url": "http://creativecommons.org/licenses/by-nc/4.0/"},
    {"id": 2, "name": "Ask first", "url": ""},
]
Item = dict[str, Any]


def recording(number: Any, **members: Any) -> Item:
    told = {
        "id": number,
        "file_name": f"train/a/{number}.wav",
        "duration": 12.5,
        "license": 1,
        "rights_holder": "A. B.",
    }
    place = {"date": "2019-05-18 07:52:00+00:00", "latitude": 54.0, "longitude": -2.5, "location_uncertainty": 12.0}
    return told | place | members


def annotation(number: int, audio_id: Any, category_id: Any) -> Item:
    return {"id": number, "audio_id": audio_id, "category_id": category_id}


def document(audio: list[Item], annotations: Sequence[Item] = (), **lists: list[Item]) -> Item:
    told = {"info": {"year": 2024}, "audio": audio, "categories": [GANNET, MULBERRY], "annotations": list(annotations)}
    return told | {"licenses": LICENCES} | lists


def ingested(folder: Path, **documents: Any) -> Tables:
    """What comes of documents, each a value or the text of its file."""
    for split, one in documents.items():
        (folder / f"{split}.json").write_text(one if isinstance(one, str) else json.dumps(one), encoding="utf-8")
    files = {split: f"{split}.json" for split in documents}
    told = {"name": "species", "adapter": "coco", "sources": {"documents": files}}
    (folder / "species.yaml").write_text(yaml.safe_dump(told))
    return ingested_in(folder, "species.yaml")


def rejects(tables: Tables, *columns: str) -> list[tuple[Any, ...]]:
    return tables["rejects"].select(*columns).rows()


def test_a_recording_says_where_when_and_by_whom_it_was_made(tmp_path: Path) -> None:
    tables = ingested(tmp_path, train=document([recording(7)], [annotation(1, 7, 0)]))
    [clip] = tables["promised"].to_dicts()
    assert (clip["clip_id"], clip["media_key"], clip["split"]) == ("7", "train/a/7.wav", "train")
    assert (clip["licence"], clip["class_ids"], clip["class_names"]) == (
        "CC-BY-NC-4.0",
        [OF_GANNET],
        ["Northern Gannet"],
    )
    [origin] = tables["origins"].to_dicts()
    assert {name: value for name, value in origin.items() if value is not None} == {
        "clip_id": "7",
        "recorded_at": "2019-05-18T07:52:00+00:00",
        "latitude": 54.0,
        "longitude": -2.5,
        "location_uncertainty_m": 12.0,
        "recordist": "A. B.",
        "declared_duration_s": 12.5,
        "extra": '{"licence":"Attribution-NonCommercial License"}',
    }


def test_a_licence_of_its_own_stands_once_in_what_else_is_said(tmp_path: Path) -> None:
    own = [recording(7, licence="mine", note="x"), recording(8, licence="")]
    tables = ingested(tmp_path, train=document(own))
    assert tables["promised"]["licence"].to_list() == ["CC-BY-NC-4.0"] * 2
    assert [json.loads(extra, object_pairs_hook=list) for extra in tables["origins"]["extra"]] == [
        [("licence", "mine"), ("note", "x")],
        [("licence", "Attribution-NonCommercial License")],
    ]


def test_species_stand_below_all_that_they_are(tmp_path: Path) -> None:
    """The genus Morus is one of birds and one of plants."""
    classes = ingested(tmp_path, train=document([recording(7)]))["classes"]
    in_use = classes.drop_nulls("class_index")
    assert in_use.select("class_index", "name", "scientific_name", "rank").rows() == [
        (0, "Northern Gannet", "Morus bassanus", "species"),
        (1, "White Mulberry", "Morus alba", "species"),
    ]
    assert [json.loads(extra)["evaluation"] for extra in in_use["extra"]] == [1, 0]
    assert len(in_use["ancestor_ids"][0]) == 6
    assert classes.filter(name="Morus").select("class_id", "rank").rows() == [
        (OF_GANNET.rpartition("/")[0], "genus"),
        ("Plantae/Tracheophyta/Magnoliopsida/Rosales/Moraceae/Morus", "genus"),
    ]


def test_a_rank_that_is_not_said_leaves_its_place(tmp_path: Path) -> None:
    odd = GANNET | {"order": "", "family": None, "genus": "Mo/rus, or", "name": "Mo/rus, or bassanus"}
    classes = ingested(tmp_path, train=document([recording(7)], categories=[odd]))["classes"]
    assert classes["class_id"][-1] == "Animalia/Chordata/Aves///Mo%2Frus%2C%20or/bassanus"
    assert classes["parent_ids"][-2].to_list() == ["Animalia/Chordata/Aves"]


def test_a_species_of_no_known_kingdom_is_not_the_kingdom_of_its_name(tmp_path: Path) -> None:
    classes = ingested(tmp_path, train=document([recording(7)], categories=[GANNET, {"id": 1, "name": "Animalia"}]))[
        "classes"
    ]
    assert classes.filter(name="Animalia").select("class_id", "rank").rows() == [
        ("Animalia", "kingdom"),
        ("//////Animalia", "species"),
    ]


def test_several_annotations_are_several_labels_and_none_is_none(tmp_path: Path) -> None:
    said = [annotation(1, 7, 0), annotation(2, 7, 1), annotation(3, 7, 0)]
    tables = ingested(tmp_path, train=document([recording(7), recording(8)], said))
    assert tables["promised"].select("clip_id", pl.col("class_names").cast(pl.List(pl.String))).rows() == [
        ("7", ["Northern Gannet", "White Mulberry"]),
        ("8", []),
    ]
    assert tables["sources"]["rows_kept"].to_list() == [9]


@pytest.mark.parametrize("uncertainty", ["null", "NaN", '"unknown"', '"nan"'])
def test_a_place_may_be_uncertain_by_nobody_knows_how_much(tmp_path: Path, uncertainty: str) -> None:
    text = json.dumps(document([recording(7, location_uncertainty=0.125)])).replace("0.125", uncertainty)
    tables = ingested(tmp_path, train=text)
    assert tables["origins"].select("latitude", "location_uncertainty_m").rows() == [(54.0, None)]
    assert tables["rejects"].is_empty()


def test_images_are_promised_as_recordings_are(tmp_path: Path) -> None:
    image = {"id": 5, "width": 500, "height": 375, "file_name": "train/a/5.jpg", "license": 2}
    said = [{"id": 1, "image_id": 5, "category_id": 1, "bbox": [0, 0, 1, 1]}]
    one = document([], said, images=[image])
    del one["audio"]
    tables = ingested(tmp_path, train=one)
    assert tables["promised"].select("clip_id", "media_key", "licence").rows() == [("5", "train/a/5.jpg", "Ask first")]
    assert json.loads(tables["origins"]["extra"][0]) == {"licence": "Ask first", "width": 500, "height": 375}


def test_ids_are_of_one_document(tmp_path: Path) -> None:
    splits = {
        name: document([recording(7, file_name=f"{name}/{name}.wav")], [annotation(1, 7, number)])
        for number, name in enumerate(("train", "val"))
    }
    tables = ingested(tmp_path, **splits)
    assert tables["promised"].select("clip_id", "split", pl.col("class_names").list.first()).rows() == [
        ("train", "train", "Northern Gannet"),
        ("val", "val", "White Mulberry"),
    ]
    assert tables["rejects"].is_empty()


def test_categories_that_mean_others_in_another_document_stop(tmp_path: Path) -> None:
    other = MULBERRY | {"name": "Morus nigra", "specific_epithet": "nigra"}
    words = r"val\.json: the category of id 1 is Morus nigra; it is Morus alba in .*train"
    with pytest.raises(SourceError, match=words):
        ingested(tmp_path, train=document([recording(7)]), val=document([recording(7)], categories=[other]))


def test_an_id_that_repeats_a_species_means_no_other_in_another_document(tmp_path: Path) -> None:
    """Labels of the one would be labels of the other."""
    again, other = GANNET | {"id": 5}, MULBERRY | {"id": 5}
    train = document([recording(7)], [annotation(1, 7, 5)], categories=[GANNET, again])
    with pytest.raises(SourceError, match=r"val\.json: the category of id 5 is Morus alba; it is Morus bassanus in"):
        ingested(tmp_path, train=train, val=document([], categories=[other]))


def test_labels_of_a_category_that_repeats_a_species_are_of_that_species(tmp_path: Path) -> None:
    said = [annotation(1, 7, 5), annotation(2, 8, 0)]
    tables = ingested(
        tmp_path, train=document([recording(7), recording(8)], said, categories=[GANNET, GANNET | {"id": 5}])
    )
    assert tables["promised"]["class_ids"].to_list() == [[OF_GANNET], [OF_GANNET]]
    assert tables["classes"].drop_nulls("class_index")["class_index"].to_list() == [0]
    assert rejects(tables, "reason") == [("repeated_class",)]


NO_RANKS = [
    [{"id": 1, "name": "Motacilla alba"}, {"id": 2, "name": "Tyto alba"}],
    [
        {"id": 1, "name": "Motacilla alba", "genus": "Motacilla"},
        {"id": 2, "name": "Motacilla alba alba", "genus": "Motacilla"},
    ],
]


@pytest.mark.parametrize("categories", NO_RANKS)
def test_species_of_one_epithet_are_several(tmp_path: Path, categories: list[Item]) -> None:
    told = [one | {"specific_epithet": "alba"} for one in categories]
    tables = ingested(tmp_path, train=document([recording(7)], [annotation(1, 7, 2)], categories=told))
    assert [*tables["promised"]["class_names"][0]] == [categories[1]["name"]]
    assert tables["classes"].drop_nulls("class_index")["class_index"].to_list() == [1, 2]
    assert tables["rejects"].is_empty()


FOUND = [
    ("annotations", annotation(1, 8, 0), "no_such_clip", "it is of 8, which no item is that was kept"),
    ("annotations", annotation(1, 7, 5), "unknown_class", "category_id 5 is that of no category"),
    ("annotations", annotation(1, 7, None), "no_class", "category_id is missing"),
    ("annotations", annotation(1, [7], 0), "bad_value", "audio_id: expected a whole number or a text, found [7]"),
    ("annotations", "1", "no_object", "it is no object"),
    ("categories", GANNET, "duplicate_id", "categories: id 0 is that of item 2"),
    ("categories", GANNET | {"id": 3}, "repeated_class", "id 3 is the species of id 0 again"),
    ("categories", {"id": -1, "name": "x"}, "bad_index", "id -1: expected 0 to 2147483647"),
    ("categories", {"id": "b", "name": "x"}, "bad_value", 'id: expected a number, found "b"'),
    ("categories", {"id": 3, "name": ["x"]}, "bad_value", 'name: expected a text, found ["x"]'),
    ("licenses", {"name": "x"}, "bad_id", "licenses: id is missing"),
    ("audio", recording(7), "duplicate_id", "audio: id 7 is that of item 1"),
    ("audio", recording(8, file_name=5), "no_media", "file_name: expected a text, found 5"),
    ("audio", recording(8, id=None), "bad_id", "audio: id is missing"),
    ("audio", recording(8, file_name="\ud83d"), "not_json", "it holds half of a character"),
    ("audio", recording(8, note="x" * 2**20), "too_long_row", "it has more than 1,048,576 characters"),
]


@pytest.mark.parametrize(("name", "item", "reason", "words"), FOUND)
def test_what_cannot_be_taken_is_told(tmp_path: Path, name: str, item: Any, reason: str, words: str) -> None:
    one = document([recording(7)])
    tables = ingested(tmp_path, train=one | {name: [*one[name], item]})
    [(scope, found, detail)] = rejects(tables, "scope", "reason", "detail")
    assert (scope, found) == ("row", reason)
    assert words in detail
    assert tables["promised"]["clip_id"].to_list() == ["7"]


@pytest.mark.parametrize(
    ("members", "detail"),
    [
        ({"latitude": "north"}, 'latitude: expected a number, found "north"'),
        ({"latitude": 95.0}, "latitude: 95.0"),
        ({"latitude": True}, "latitude: expected a number, found true"),
        ({"longitude": [1]}, "longitude: expected a number, found [1]"),
        ({"date": "in May"}, "date: expected YYYY-MM-DD, found in May"),
        ({"license": 9}, "license: 9 is in no item of licenses"),
        ({"duration": "1e999"}, 'duration: expected a number, found "1e999"'),
    ],
)
def test_what_is_no_such_value_costs_no_recording(tmp_path: Path, members: Item, detail: str) -> None:
    tables = ingested(tmp_path, train=document([recording(7, **members)]))
    assert rejects(tables, "scope", "reason", "detail") == [("label", "bad_value", detail)]
    assert tables["promised"]["clip_id"].to_list() == ["7"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "not valid JSON: expected a map of lists"),
        ("", "not valid JSON: expected a map of lists"),
        ('{"audio": [', "not valid JSON"),
        ('{"audio": []} x', "not valid JSON: expected the end"),
        ('{"audio": {"id": 1}}', "audio: expected one list"),
        ('{"audio": [], "audio": []}', "audio: expected one list, found two"),
        ('{"audio": [], "images": []}', "expected a map with a list `audio` or `images`; found both audio and images"),
        ('{"annotations": []}', "expected a map with a list `audio` or `images`; found annotations"),
        ('{"audio": [' + "[" * 100_000 + "]" * 100_000 + "]}", "nested too deeply"),
    ],
)
def test_what_is_no_such_document_is_the_error_of_its_file(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SourceError) as error:
        ingested(tmp_path, train=text)
    assert "train.json" in str(error.value)
    assert words in str(error.value)


def test_a_tar_is_to_be_unpacked(tmp_path: Path) -> None:
    (tmp_path / "train.json.tar.gz").write_bytes(b"")
    told = {"name": "species", "adapter": "coco", "sources": {"documents": {"train": "train.json.tar.gz"}}}
    (tmp_path / "species.yaml").write_text(yaml.safe_dump(told))
    with pytest.raises(SourceError, match=r"train\.json\.tar\.gz: a tar, as these are published; unpack it"):
        ingested_in(tmp_path, "species.yaml")


def test_a_document_may_be_compressed(tmp_path: Path) -> None:
    (tmp_path / "train.json.gz").write_bytes(gzip.compress(json.dumps(document([recording(7)])).encode()))
    told = {"name": "species", "adapter": "coco", "sources": {"documents": {"train": "train.json.gz"}}}
    (tmp_path / "species.yaml").write_text(yaml.safe_dump(told))
    assert ingested_in(tmp_path, "species.yaml")["promised"]["clip_id"].to_list() == ["7"]


def test_lists_may_be_missing_but_that_of_media(tmp_path: Path) -> None:
    tables = ingested(tmp_path, test={"audio": [recording(7)]})
    assert tables["promised"].select("clip_id", "split", "licence").rows() == [("7", "test", None)]
    assert tables["rejects"].is_empty()


def test_items_come_in_the_same_rows_however_many_are_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = document([recording(number) for number in range(7)], [annotation(n, n, n % 2) for n in range(7)])
    whole = ingested(tmp_path, train=one)
    monkeypatch.setattr(forms, "ROWS_AT_ONCE", 2)
    assert all(whole[name].equals(table) for name, table in ingested(tmp_path, train=one).items())


LEAVES = (
    st.none() | st.booleans() | st.integers(-5, 2**70) | st.floats() | st.text(max_size=3) | st.sampled_from([0, 1, 7])
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)
KEYS = (
    "id",
    "file_name",
    "license",
    "date",
    "latitude",
    "duration",
    "audio_id",
    "category_id",
    "name",
    "kingdom",
    "url",
)
ITEMS = VALUES | st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6)
LISTS = st.fixed_dictionaries(
    {"audio": st.lists(ITEMS, max_size=4)},
    optional={name: st.lists(ITEMS, max_size=4) for name in ("annotations", "categories", "licenses", "info")},
)


@given(LISTS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_items_are_each_is_kept_or_rejected(tmp_path: Path, lists: Item) -> None:
    tables = ingested(tmp_path, train=lists)
    [(read, kept, rejected)] = tables["sources"].select("rows_read", "rows_kept", "rows_rejected").rows()
    assert read == sum(len(items) for name, items in lists.items() if name != "info") == kept + rejected
    lines = tables["rejects"].filter(scope="row")["line"]
    assert lines.is_unique().all()
    assert len(lines) == rejected
