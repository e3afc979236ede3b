"""Recordings of a species are counted over datasets, whatever each of them calls it."""

from pathlib import Path

import duckdb
import pytest

from tests.catalogue.by_hand import catalogue_of, clip

HOUR = 3600.0
DATASETS = {
    "birdclef": {
        "classes": [
            {"class_id": "houspa", "name": "House Sparrow", "scientific_name": "Passer domesticus"},
            {"class_id": "mallar3", "name": "Mallard", "scientific_name": "Anas platyrhynchos"},
            {"class_id": "12", "name": "Grey Wolf", "scientific_name": "Canis lupus"},
            {"class_id": "redava", "name": "Red Avadavat", "scientific_name": "Amandava amandava"},
        ],
        "clips": [
            clip("one", duration_s=HOUR),
            clip("two", duration_s=HOUR, status="too_long", usable=False),
            clip("three", duration_s=HOUR),
        ],
        "labels": [
            {"clip_id": "one", "class_id": "houspa"},
            {"clip_id": "two", "class_id": "houspa"},
            {"clip_id": "two", "class_id": "12"},
            {"clip_id": "two", "class_id": "houspa", "origin": "background"},
            {"clip_id": "three", "class_id": "houspa", "origin": "background"},
            {"clip_id": "one", "class_id": "mallar3", "origin": "ontology", "via_class_id": "houspa"},
        ],
    },
    "birdset": {  # codes of eBird alone, and spans of one recording
        "classes": [{"class_id": name, "name": name} for name in ("houspa", "unknow1", "12")],
        "clips": [clip(f"span{number}", media_key="long", duration_s=HOUR / 4) for number in range(3)],
        "labels": [
            *({"clip_id": f"span{number}", "class_id": "houspa"} for number in (0, 1)),
            {"clip_id": "span0", "class_id": "houspa", "strength": "strong", "onset_s": 1.0, "offset_s": 2.0},
            {"clip_id": "span2", "class_id": "12"},
            {"clip_id": "span2", "class_id": "unknow1"},
        ],
    },
    "inat": {
        "classes": [
            {"class_id": "7", "name": "sparrow", "scientific_name": "passer_domesticus  Linnaeus, 1758"},
            {"class_id": "8", "name": "dog", "scientific_name": "Canis lupus familiaris"},
            {"class_id": "9", "name": "hybrid", "scientific_name": "Anas platyrhynchos × acuta"},
            {"class_id": "10", "name": "other hybrid", "scientific_name": "Anas x ACUTA"},
            {"class_id": "11", "name": "ducks", "scientific_name": "Anas"},
        ],
        "clips": [clip("a", duration_s=HOUR)],
        "labels": [{"clip_id": "a", "class_id": class_id} for class_id in ("7", "8", "9", "10", "11")],
    },
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder: Path = tmp_path_factory.mktemp("species")
    return catalogue_of(folder, DATASETS)


def test_a_species_is_one_whatever_a_dataset_calls_it(catalogue: duckdb.DuckDBPyConnection) -> None:
    """By its name, with author, subspecies and underscores or without, or by a code of eBird that another explains."""
    of_some = "scientific_name IN ('Passer domesticus', 'Canis lupus')"
    assert catalogue.execute(f"FROM species WHERE {of_some}").fetchall() == [
        ("Canis lupus", "birdclef", "12", "Grey Wolf", 1, 1, 0.0, 0),
        ("Canis lupus", "inat", "8", "dog", 1, 1, 1.0, 0),
        ("Passer domesticus", "birdclef", "houspa", "House Sparrow", 2, 2, 1.0, 1),
        ("Passer domesticus", "birdset", "houspa", "houspa", 1, 2, 0.5, 0),
        ("Passer domesticus", "inat", "7", "sparrow", 1, 1, 1.0, 0),
    ]


def test_a_number_is_no_code_of_ebird(catalogue: duckdb.DuckDBPyConnection) -> None:
    """Each dataset counts from one: birdset's 12 is no wolf because birdclef's is."""
    found = catalogue.execute("SELECT class_id FROM species WHERE dataset = 'birdset'").fetchall()
    assert found == [("houspa",)]


def test_hybrids_and_what_is_above_species_stay_what_they_are_called(catalogue: duckdb.DuckDBPyConnection) -> None:
    asked = "SELECT class_name, scientific_name FROM species WHERE dataset = 'inat' AND class_id IN ('9', '10', '11')"
    assert dict(catalogue.execute(asked).fetchall()) == {
        "hybrid": "Anas platyrhynchos × acuta",
        "other hybrid": "Anas x acuta",
        "ducks": "Anas",
    }


def test_species_that_nobody_recorded_are_not_counted(catalogue: duckdb.DuckDBPyConnection) -> None:
    """Nor is what follows from another class."""
    found = {name for (name,) in catalogue.execute("SELECT class_name FROM species").fetchall()}
    assert found.isdisjoint({"Red Avadavat", "Mallard"})
