"""Tables of made-up sounds and images, as `paired` reads them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from workflow_scripts.pairs.pairing import paired
from workflow_scripts.pairs.reading import PairSource
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

ASKED = {"by": "taxon", "highest_rank": "family", "within_km": 100.0, "seed": 0}
ASKED |= {"images_a_sound": 2, "sounds_an_image": 2, "pairs_a_class": 100}
CLIP = {"clip_id": pl.String, "split": pl.String, "class_ids": pl.List(pl.String), "trainable": pl.Boolean}
CLIP |= dict.fromkeys(("licence", "source_url", "verdict", "root", "path", "media_path"), pl.String)
ORIGIN = {"clip_id": pl.String, "latitude": pl.Float64, "longitude": pl.Float64}
ORIGIN |= {"recorded_at": pl.String, "recordist": pl.String}
CHECK = dict.fromkeys(("path", "bytes_digest", "error_kind", "format"), pl.String)


class One(NamedTuple):
    """A sound or an image: a species is a letter for its family, one for its genus, one for itself."""

    name: str
    split: str = "train"
    species: str | None = "aaa"
    latitude: float | None = None
    longitude: float | None = None
    day: str | None = None
    trainable: bool = True
    fault: str = "no_audio"


def lineage(species: str) -> list[str]:
    return [species[:1], species[:2], species]


def source(folder: Path, rows: Sequence[One]) -> PairSource:
    """Write the tables of a dataset."""
    folder.mkdir(parents=True)
    clips = [
        {
            "clip_id": row.name,
            "split": row.split,
            "class_ids": [row.species] if row.species else [],
            "trainable": row.trainable,
            "root": "r-images",
            "path": f"{row.name}.jpg",
            "media_path": f"/r/{row.name}.jpg",
        }
        for row in rows
    ]
    taxa = sorted({taxon for row in rows if row.species for taxon in lineage(row.species)})
    ranks = ("family", "genus", "species")
    classes = [
        {"class_id": one, "name": one, "rank": ranks[len(one) - 1], "ancestor_ids": lineage(one)[: len(one) - 1]}
        for one in taxa
    ]
    origins = [
        {"clip_id": row.name, "latitude": row.latitude, "longitude": row.longitude, "recorded_at": row.day}
        for row in rows
        if row.latitude is not None or row.day
    ]
    checks = [
        {"path": f"{row.name}.jpg", "bytes_digest": "0" * 32, "error_kind": row.fault, "format": "JPEG"} for row in rows
    ]
    of_class = {"class_id": pl.String, "name": pl.String, "scientific_name": pl.String, "rank": pl.String}
    of_class |= {"ancestor_ids": pl.List(pl.String)}
    files = {}
    for name, told, types in (
        ("clips", clips, CLIP),
        ("origins", origins, ORIGIN),
        ("classes", classes, of_class),
        ("checks", checks, CHECK),
    ):
        columns = {column: [row.get(column) for row in told] for column in types}
        files[name] = folder / f"{name}.parquet"
        pl.DataFrame(columns, schema=types).write_parquet(files[name])
    return PairSource(files["clips"], files["origins"], files["classes"], {"r-images": [files["checks"]]})


def pairs_of(
    folder: Path, sounds: Sequence[One], images: Sequence[One] | Mapping[str, Sequence[One]], **asked: Any
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables `pairs` and `unpaired` of sounds and images; every one keeps to its schema."""
    by_dataset = images if isinstance(images, Mapping) else {"seen": images}
    others = {name: source(folder / name, rows) for name, rows in by_dataset.items()}
    pairs, unpaired = paired(source(folder / "heard", sounds), others, ASKED | asked)
    validate(pairs, schemas.PAIRS)
    validate(unpaired, schemas.UNPAIRED)
    return pairs, unpaired


def names(pairs: pl.DataFrame) -> list[tuple[str, str]]:
    return list(pairs.sort("clip_id", "ordinal").select("clip_id", "image_clip_id").iter_rows())
