"""Pair made-up sounds with made-up images: python -m benchmarks.one_pairing FOLDER SOUNDS IMAGES make|taxon|place.

`make` writes their tables to FOLDER; the others pair what lies there, and print how many pairs there are.
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl

from workflow_scripts.pairs.pairing import paired
from workflow_scripts.pairs.reading import PairSource
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

HEARD, SHOWN = 5_569, 10_000
"""Species of sounds, of which the first 4,000 have images, and species of images."""
SHARED = 4_000
ROOT = "images-0123abcd-images"


def main() -> None:
    """See above."""
    folder, (sounds, images), what = Path(sys.argv[1]), map(int, sys.argv[2:4]), sys.argv[4]
    if what == "make":
        _write(folder / "sounds", "s", sounds, np.arange(HEARD), 1.0)
        _write(folder / "images", "i", images, np.r_[:SHARED, HEARD : HEARD + SHOWN - SHARED], 0.0)
        return
    asked = {"by": what, "highest_rank": "family", "within_km": 1.0, "seed": 0}
    asked |= {"images_a_sound": 4, "sounds_an_image": 1, "pairs_a_class": 100}
    pairs, unpaired = paired(_source(folder / "sounds"), {"images": _source(folder / "images")}, asked)
    write_table(pairs, folder / "pairs.parquet", schemas.PAIRS)
    write_table(unpaired, folder / "unpaired.parquet", schemas.UNPAIRED)
    print(len(pairs))


def _source(folder: Path) -> PairSource:
    files = [folder / f"{name}.parquet" for name in ("clips", "origins", "classes")]
    return PairSource(*files, {ROOT: [folder / "checks.parquet"]})


def _write(folder: Path, letter: str, count: int, species: np.ndarray, skew: float) -> None:
    """Tables of a dataset: species by their share, which falls with their number to a power, places, days."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(len(letter) + count)
    shares = 1 / np.arange(1, len(species) + 1) ** skew
    of = species[random.permutation(len(species))[random.choice(len(species), count, p=shares / shares.sum())]]
    numbers = pl.Series(np.arange(count))
    ids = pl.select(pl.format(f"{letter}{{}}", numbers)).to_series()
    paths = pl.select(pl.format("train/{}.jpg", ids)).to_series()
    nothing = pl.lit(None, pl.String)
    pl.DataFrame({"clip_id": ids, "path": paths, "media_path": "/data/" + paths, "taxon": of}).select(
        "clip_id", "path", "media_path",
        split=pl.when(numbers % 20 == 0).then(pl.lit("val")).otherwise(pl.lit("train")),
        class_ids=pl.concat_list(pl.format("species{}", "taxon")),
        licence=pl.lit("CC-BY-NC-4.0"), source_url=nothing, verdict=nothing, trainable=pl.lit(value=True),
        root=pl.lit(ROOT),
    ).write_parquet(folder / "clips.parquet")  # fmt: skip
    known = random.random(count) < 0.95
    place = {
        "latitude": np.where(known, random.normal(40, 10, count), np.nan),
        "longitude": np.where(known, random.normal(0, 60, count) % 360 - 180, np.nan),
    }
    days = pl.from_epoch(pl.Series(random.integers(16_000, 20_000, count)), "d").dt.to_string("%Y-%m-%d")
    pl.DataFrame({"clip_id": ids, "recorded_at": days, "recordist": "A. B.", **place}).fill_nan(None).write_parquet(
        folder / "origins.parquet"
    )
    _classes(species).write_parquet(folder / "classes.parquet")
    pl.DataFrame({"path": paths, "bytes_digest": "0" * 32, "error_kind": "no_audio", "format": "JPEG"}).write_parquet(
        folder / "checks.parquet"
    )


def _classes(species: np.ndarray) -> pl.DataFrame:
    """Five species a genus, fifty a family."""
    rows = [
        (f"species{one}", f"Species {one}", "species", [f"genus{one // 5}", f"family{one // 50}"]) for one in species
    ]
    genera, families = sorted({one // 5 for one in species}), sorted({one // 50 for one in species})
    rows += [(f"genus{one}", f"Genus {one}", "genus", [f"family{one // 10}"]) for one in genera]
    rows += [(f"family{one}", f"Family {one}", "family", []) for one in families]
    columns = {"class_id": pl.String, "name": pl.String, "rank": pl.String, "ancestor_ids": pl.List(pl.String)}
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(scientific_name="name")


if __name__ == "__main__":
    main()
