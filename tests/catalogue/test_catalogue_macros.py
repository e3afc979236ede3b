"""Macros of the catalogue: questions with a parameter."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.exports.small_run import SmallAudioset
from workflow_scripts.catalogue.build import MACROS, build_catalogue
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table


def test_clips_of_a_class_are_those_of_the_classes_below_it_too(catalogue: duckdb.DuckDBPyConnection) -> None:
    def clips(class_name: str) -> set[str]:
        return {clip for (clip,) in catalogue.execute("SELECT clip_id FROM clips_of(?)", [class_name]).fetchall()}

    dogs = {"-aaaaaaaaaa", "shortxxxxxx", "cutxxxxxxxx", "inrecording", "inmirrorxxx", "quotedxxxxx"}
    assert clips("Dog") == clips("/m/dog") == dogs
    assert clips("Bark") == {"-aaaaaaaaaa"}
    assert clips("Animal") == dogs | {"Ycccccccccc", "gonexxxxxxx", "nanxxxxxxxx"}
    assert clips("dog' OR 1=1 --") == set()


def test_a_sample_is_the_same_for_a_seed_and_another_for_another(catalogue: duckdb.DuckDBPyConnection) -> None:
    def sample(n: int, seed: int) -> list[str]:
        asked = catalogue.execute("SELECT clip_id FROM sample_of('Animal', ?, ?)", [n, seed]).fetchall()
        return [clip for (clip,) in asked]

    usable = {"-aaaaaaaaaa", "inrecording", "inmirrorxxx", "quotedxxxxx", "Ycccccccccc"}
    assert set(sample(100, 1)) == usable | ({"shortxxxxxx"} & set(sample(100, 1)))
    assert sample(3, 1) == sample(100, 1)[:3]
    assert len({tuple(sample(100, seed)) for seed in range(5)}) > 1


def test_what_opens_a_clip(catalogue: duckdb.DuckDBPyConnection, small: SmallAudioset) -> None:
    def audio(clip: str) -> list[tuple[object, ...]]:
        return catalogue.execute("SELECT media_path, start_s, end_s FROM audio_of(?)", [clip]).fetchall()

    recordings = small.folder / "audio/recordings"
    assert audio("inrecording") == [(str(recordings / "inrecording.wav"), 30.0, 40.0)]
    assert audio("-aaaaaaaaaa") == [(str(small.folder / "audio/clips/balanced_train/Y-aaaaaaaaaa.wav"), None, None)]
    assert audio("gonexxxxxxx") == []


@pytest.fixture
def placed(small: SmallAudioset, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """The same with clips in London, in Paris, and on both sides of the meridian where the date changes."""
    places = {"-aaaaaaaaaa": (51.5074, -0.1278), "_bbbbbbbbbb": (48.8566, 2.3522)}
    places |= {"Ycccccccccc": (-16.8, 179.95), "quotedxxxxx": (-16.8, -179.95)}
    file = small.tables_folder / "origins.parquet"
    before = file.read_bytes()
    columns = {name: [None] * len(places) for name in schemas.ORIGINS.empty().columns}
    latitudes, longitudes = zip(*places.values(), strict=True)
    columns |= {"clip_id": list(places), "latitude": list(latitudes), "longitude": list(longitudes)}
    try:
        write_table(pl.DataFrame(columns, schema=schemas.ORIGINS.empty().schema), file, schemas.ORIGINS)
        build_catalogue(small.contents, tmp_path / "catalog.duckdb")
    finally:
        file.unlink()
        file.write_bytes(before)
    return duckdb.connect(str(tmp_path / "catalog.duckdb"), read_only=True)


def test_clips_near_a_place(placed: duckdb.DuckDBPyConnection) -> None:
    def near(latitude: float, longitude: float, km: float) -> list[tuple[str, int]]:
        asked = placed.execute("SELECT clip_id, round(distance_km) FROM near(?, ?, ?)", [latitude, longitude, km])
        return asked.fetchall()

    london, paris = "-aaaaaaaaaa", "_bbbbbbbbbb"
    assert near(51.5074, -0.1278, 400) == [(london, 0), (paris, 344)]  # as any table of distances has it
    assert near(51.5074, -0.1278, 343) == [(london, 0)]
    assert {clip for clip, _ in near(-16.8, 180, 10)} == {"Ycccccccccc", "quotedxxxxx"}
    assert near(90, 0, 1) == []


def test_every_macro_says_what_it_gives(catalogue: duckdb.DuckDBPyConnection) -> None:
    asked = "SELECT function_name, comment FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal"
    comments = dict(catalogue.execute(asked).fetchall())
    assert comments.keys() >= {file.stem for file in MACROS.glob("*.sql")}
    assert all(comments[file.stem].count(f"{file.stem}(") == 1 for file in MACROS.glob("*.sql"))
