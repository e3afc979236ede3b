"""Classes of any dataset find theirs in AudioSet's ontology, by id or by name; what is not called so is listed."""

from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from workflow_scripts.catalogue.build import Contents, build_catalogue
from workflow_scripts.settings.places import Places
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

ONTOLOGY = {
    "/m/animal": ("Animal", []),
    "/m/dog": ("Dog", ["/m/animal"]),
    "/m/plane": ("Fixed-wing aircraft, airplane", []),
    "/m/child": ("Child speech, kid speaking", []),
    "/m/motor": ("Motor vehicle (road)", []),
    "/m/hum": ("Hum, buzz", []),
    "/m/bee": ("Bee, buzz", []),
}
OTHERS = {
    "dog": "dog",
    "air": "airplane",
    "kid": "Child_speech_and_kid_speaking",
    "car": "Motor_vehicle_(road)",
    "buzz": "Buzz",
    "/m/dog": "a dog, by its id",
    "sand": "sand and rocks",
}
CLIPS_OF = {"dog": 2, "sand": 1}


def classes(of: dict[str, tuple[str, list[str]]], depth: int | None) -> pl.DataFrame:
    rows: list[dict[str, Any]] = [
        {
            "class_id": class_id,
            "name": name,
            "parent_ids": above,
            "ancestor_ids": above,
            "depth": depth,
            "is_abstract": False,
            "is_blacklisted": False,
        }
        for class_id, (name, above) in of.items()
    ]
    return pl.concat(
        [schemas.CLASSES.empty(), pl.DataFrame(rows, schema_overrides={"depth": pl.Int32})], how="diagonal"
    )


def labels() -> pl.DataFrame:
    rows = [
        {
            "clip_id": f"{class_id}{number}",
            "class_id": class_id,
            "class_name": "",
            "strength": "weak",
            "origin": "annotated",
        }
        for class_id, clips in CLIPS_OF.items()
        for number in range(clips)
    ]
    columns = schemas.LABELS.empty()
    return pl.concat(
        [
            columns,
            pl.DataFrame(rows).cast(
                {
                    "class_id": pl.Categorical,
                    "class_name": pl.Categorical,
                    "strength": pl.Categorical,
                    "origin": pl.Categorical,
                }
            ),
        ],
        how="diagonal",
    )


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    places = Places(str(tmp_path_factory.mktemp("class_map") / "results"))
    others = {class_id: (name, list[str]()) for class_id, name in OTHERS.items()}
    made = {
        "audioset": {"classes": classes(ONTOLOGY, 0)},
        "other": {"classes": classes(others, None), "labels": labels()},
    }
    for dataset, tables in made.items():
        for name, schema in (schemas.INGESTED | schemas.RESOLVED).items():
            write_table(tables.get(name, schema.empty()), Path(places.table(dataset, name)), schema)
    build_catalogue(Contents(places, {"audioset": [], "other": []}, {}), Path(places.catalogue))
    return duckdb.connect(places.catalogue, read_only=True)


def test_classes_are_found_by_id_by_name_or_by_one_of_several_names(catalogue: duckdb.DuckDBPyConnection) -> None:
    asked = "SELECT class_id, audioset_name, agrees_by, clips FROM class_map WHERE dataset = 'other' ORDER BY class_id"
    assert catalogue.execute(asked).fetchall() == [
        ("/m/dog", "Dog", "id", 0),
        ("air", "Fixed-wing aircraft, airplane", "synonym", 0),
        ("buzz", None, None, 0),
        ("car", "Motor vehicle (road)", "name", 0),
        ("dog", "Dog", "name", 2),
        ("kid", "Child speech, kid speaking", "name", 0),
        ("sand", None, None, 1),
    ]


def test_each_class_of_the_ontology_is_itself(catalogue: duckdb.DuckDBPyConnection) -> None:
    asked = "SELECT class_id, audioset_id, agrees_by FROM class_map WHERE dataset = 'audioset'"
    assert sorted(catalogue.execute(asked).fetchall()) == sorted((mid, mid, "id") for mid in ONTOLOGY)


def test_what_is_above_is_there_to_be_asked_for(catalogue: duckdb.DuckDBPyConnection) -> None:
    """Every animal, wherever it is."""
    asked = "FROM class_map WHERE list_contains(audioset_ancestor_ids, '/m/animal') OR audioset_id = '/m/animal'"
    named = catalogue.execute(f"SELECT dataset, class_id {asked} ORDER BY ALL").fetchall()
    assert named == [("audioset", "/m/animal"), ("audioset", "/m/dog"), ("other", "/m/dog"), ("other", "dog")]
