"""Which splits share media, by name or sample for sample; what sources declare of media, and what these hold."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.ledger.checked import clips_table, resolved
from tests.made_files import encoded, noise16, wav
from tests.workers import scan_and_check
from workflow_scripts.catalogue.build import Contents, build_catalogue
from workflow_scripts.ledger.checked import RootChecks
from workflow_scripts.settings.places import Places
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

ONE, TWO = noise16(16_000, seed=1), noise16(32_000, seed=2)
AUDIO = {"one.wav": wav(ONE), "two.wav": wav(TWO), "onetoo.flac": encoded(ONE, 16_000, "FLAC", "PCM_16")}
FREESOUND = "https://freesound.org/people/some_body/sounds/123/"
CLIPS = {
    "first": [
        {
            "clip_id": "one",
            "split": "train",
            "source_url": "https://youtu.be/abcdefghijk?start=10",
            "licence": "CC0-1.0",
        },
        {"clip_id": "two", "split": "test", "source_url": FREESOUND, "licence": "CC-BY-NC-3.0"},
        {"clip_id": "gone", "split": "test", "source_url": "https://www.youtube.com/watch?v=abcdefghijk"},
    ],
    "second": [
        {"clip_id": "onetoo", "split": "all", "source_url": "https://freesound.org/s/123", "licence": "ask the author"},
        {"clip_id": "two", "split": "all", "source_url": "https://xeno-canto.org/77", "licence": "cc-by-nc"},
        {"clip_id": "gone", "split": "other", "source_url": "https://example.org/123"},
    ],
}
DECLARED = [("one", 1.0, 16_000), ("two", 1.5, 44_100), ("gone", 3.0, None)]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("overlap")
    results, root = folder / "results", folder / "audio"
    root.mkdir()
    for name, data in AUDIO.items():
        (root / name).write_bytes(data)
    scan_and_check(root, results / "audio/root")
    write_table(schemas.REJECTS.empty(), results / "audio/root/tables/rejects.parquet", schemas.REJECTS)
    checks = RootChecks("root", str(root), "clips", [results / "audio/root/checks/shard=all.parquet"])
    places = Places(str(results))
    columns = schemas.ORIGINS.empty().schema
    origins = pl.DataFrame(
        [{"clip_id": clip, "declared_duration_s": s, "declared_sample_rate": rate} for clip, s, rate in DECLARED],
        schema_overrides=columns,
    )
    origins = pl.concat([schemas.ORIGINS.empty(), origins], how="diagonal").select(*columns)
    for dataset, named in CLIPS.items():
        clips = clips_table(*named)
        tables = resolved(clips, [checks], "stem") | {"origins": origins if dataset == "first" else None}
        for name, schema in (schemas.INGESTED | schemas.RESOLVED).items():
            table = tables.get(name)
            write_table(schema.empty() if table is None else table, Path(places.table(dataset, name)), schema)
    contents = Contents(places, {name: ["root"] for name in CLIPS}, {"root": list(map(str, checks.checks))})
    build_catalogue(contents, Path(places.catalogue))
    return duckdb.connect(places.catalogue, read_only=True)


def asked(catalogue: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return catalogue.execute(query).fetchall()


def test_splits_that_share_media_are_told_once_each_way_they_do(catalogue: duckdb.DuckDBPyConnection) -> None:
    assert asked(catalogue, "FROM overlap") == [
        ("first", "test", "first", "train", "youtube", 1, 1, 1, ["abcdefghijk"]),
        ("first", "test", "second", "all", "freesound", 1, 1, 1, ["123"]),
        ("first", "test", "second", "all", "samples", 1, 1, 1, [_digest(catalogue, "two.wav")]),
        ("first", "train", "second", "all", "samples", 1, 1, 1, [_digest(catalogue, "one.wav")]),
    ]


def _digest(catalogue: duckdb.DuckDBPyConnection, path: str) -> str:
    [(digest,)] = asked(catalogue, f"SELECT pcm_digest FROM checks WHERE path = '{path}'")
    return str(digest)


def test_what_a_source_declares_is_held_against_the_file(catalogue: duckdb.DuckDBPyConnection) -> None:
    assert asked(catalogue, "FROM declared_against_found") == [
        ("first", "two", 1.5, 2.0, True, 44_100, 16_000, True),
        ("first", "one", 1.0, 1.0, False, 16_000, 16_000, False),
    ]


def test_clips_and_hours_are_told_by_licence(catalogue: duckdb.DuckDBPyConnection) -> None:
    hour = 3600
    assert asked(catalogue, "FROM rights") == [
        ("first", "CC-BY-NC-3.0", True, 1, 1, 2 / hour),
        ("second", "cc-by-nc", True, 1, 1, 2 / hour),
        ("first", "CC0-1.0", False, 1, 1, 1 / hour),
        ("second", "ask the author", None, 1, 1, 1 / hour),
        ("first", None, None, 1, 0, 0.0),
        ("second", None, None, 1, 0, 0.0),
    ]


def test_the_catalogue_tells_what_may_be_used_commercially_under_any_name(
    catalogue: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """What its views are made of comes along where it is one of several databases."""
    [(file,)] = asked(catalogue, "SELECT path FROM duckdb_databases() WHERE NOT internal")
    asked_for = "SELECT dataset, clip_id FROM {}clips WHERE NOT {}noncommercial(licence)"
    assert asked(catalogue, asked_for.format("", "")) == [("first", "one")]
    shutil.copy(file, tmp_path / "copy.duckdb")
    with duckdb.connect() as other:
        other.execute(f"ATTACH '{tmp_path}/copy.duckdb' AS there (READ_ONLY)")
        assert asked(other, asked_for.format("there.", "there.")) == [("first", "one")]
        assert asked(other, "SELECT count(*) FROM there.rights WHERE noncommercial") == [(2,)]
