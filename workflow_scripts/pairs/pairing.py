"""The pairs of a dataset's sounds with the images of others, and why a sound has none."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.derive import draws
from workflow_scripts.derive.earth import km_between
from workflow_scripts.pairs.choosing import Assignment, Side
from workflow_scripts.pairs.nearness import Recorded, days_between
from workflow_scripts.pairs.places import Near
from workflow_scripts.pairs.reading import PairSource, with_class
from workflow_scripts.pairs.taxa import pools
from workflow_scripts.tables import schemas

Array = np.ndarray[Any, Any]

PLACE = "place"
_PAIR = {
    "sound": pl.Int64,
    "image": pl.Int64,
    "ordinal": pl.Int32,
    "matched": pl.String,
    "taxon": pl.String,
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Group:
    """Sounds of some classes, and the images that they draw from.

    Attributes:
        matched: the rank of the taxon that they share, or `place`.
        taxon: that taxon; None where it is a place.
        sounds: of each class its sounds, in the order of turns.
        most: how many pairs each class has at most.
        near: the images of a sound.
    """

    matched: str
    taxon: str | None
    sounds: list[Array]
    most: list[float]
    near: Callable[[int], Array]


def paired(
    source: PairSource, others: Mapping[str, PairSource], asked: Mapping[str, Any]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables PAIRS and UNPAIRED.

    Args:
        source: of the sounds.
        others: of the images, by dataset.
        asked: `pairs` of the dataset file.
    """
    by_taxon = asked["by"] == "taxon"
    known = source.lineages() if by_taxon else None
    sounds = with_class(source.sounds(), known)
    all_images = {name: other.images() for name, other in others.items()}
    shown = {name: other.lineages() for name, other in others.items()} if by_taxon else {}
    images = pl.concat(
        with_class(found, shown.get(name)).with_columns(dataset=pl.lit(name)) for name, found in all_images.items()
    ).sort("dataset", "clip_id")
    taxa = pl.concat([lineage.with_columns(dataset=pl.lit(name)) for name, lineage in shown.items()]) if shown else None
    heard = sounds.filter("trainable")
    made = _Making(heard, images, asked)
    for split in heard["split"].unique().sort():
        groups = made.by_taxon(split, known, taxa) if known is not None and taxa is not None else made.by_place(split)
        for group in groups:
            made.take(group)
    pairs, why = made.pairs(), made.why()
    _log.info("%d pairs of %d sounds and %d images", len(pairs), heard.height - len(why), images.height)
    lost = sounds.filter(~pl.col("trainable")).select("clip_id", "split", reason=pl.lit("not_trainable"))
    unpaired = pl.concat([why, lost]).sort("clip_id")
    return _as(pairs, schemas.PAIRS), _as(unpaired, schemas.UNPAIRED)


class _Making:
    """Pairs on their way."""

    def __init__(self, sounds: pl.DataFrame, images: pl.DataFrame, asked: Mapping[str, Any]) -> None:
        self._sounds, self._images, self._asked = sounds.with_row_index("sound"), images.with_row_index("image"), asked
        of_sounds = draws.hashes_of(sounds, "clip_id")
        self._choice = Assignment(
            Side(Recorded.of(sounds), of_sounds),
            Side(Recorded.of(images), draws.hashes_of(images, "dataset", "clip_id")),
            draws.keys(asked["seed"], of_sounds, "pairs"),
            np.full(len(images), asked["sounds_an_image"], np.int64),
            asked["images_a_sound"],
        )
        self._rows: list[tuple[int, int, int, str, str | None]] = []
        self._could = np.zeros(len(sounds), bool)
        self._is_full = np.zeros(len(sounds), bool)
        self._images_of = {
            (split, dataset, class_id): rows["image"].to_numpy().astype(np.int64)
            for (split, dataset, class_id), rows in self._images.select("split", "dataset", "class_id", "image")
            .partition_by("split", "dataset", "class_id", as_dict=True)
            .items()
        }

    def by_taxon(self, split: str, known: pl.DataFrame, shown: pl.DataFrame) -> Iterator[Group]:
        """The groups of a split, those of the nearest rank first."""
        of_split = self._sounds_of(split)
        heard = known.filter(pl.col("class_id").is_in(list(of_split)))
        there = self._images.filter(split=split).select("dataset", "class_id").unique()
        seen = shown.join(there, on=["dataset", "class_id"], how="semi")
        for pool in pools(heard, seen, self._asked["highest_rank"]):
            images = np.sort(np.concatenate([self._images_of[(split, *one)] for one in pool.images]))
            classes = self._in_turn(pool.sounds)
            yield Group(
                pool.rank,
                pool.taxon,
                [of_split[one] for one in classes],
                [self._asked["pairs_a_class"]] * len(classes),
                lambda _, images=images: images,  # type: ignore[misc]
            )

    def by_place(self, split: str) -> Iterator[Group]:
        """All of a split in one group. Sounds without a class take turns as if they were of one, and have no limit."""
        of_split = self._sounds_of(split)
        images = self._images.filter(split=split)["image"].to_numpy().astype(np.int64)
        near = Near(self._choice.images.recorded.at, images, self._asked["within_km"])
        classes = self._in_turn([one for one in of_split if one]) + [one for one in of_split if not one]
        most = [self._asked["pairs_a_class"] if one else float("inf") for one in classes]
        at = self._choice.sounds.recorded.at
        yield Group(PLACE, None, [of_split[one] for one in classes], most, lambda sound: near.to(at[sound]))

    def take(self, group: Group) -> None:
        """Choose the pairs of a group."""
        found = list(self._choice.pairs(group.sounds, group.most, group.near))
        self._rows += [(*one, group.matched, group.taxon) for one in found]
        pairs_of = Counter(sound for sound, _, _ in found)
        for sounds, most in zip(group.sounds, group.most, strict=True):
            without = [sound for sound in sounds.tolist() if not pairs_of[sound]]
            self._could[without] = [len(group.near(sound)) > 0 for sound in without]
            if sum(pairs_of[sound] for sound in sounds.tolist()) >= most:
                self._is_full[without] = True

    def pairs(self) -> pl.DataFrame:
        """All that were chosen, with what is to be known of both sides."""
        rows = pl.DataFrame(self._rows, schema=_PAIR, orient="row")
        sounds, images = self._choice.sounds.recorded, self._choice.images.recorded
        one, other = (rows[name].to_numpy() for name in ("sound", "image"))
        rows = rows.with_columns(
            km=pl.Series(km_between(sounds.at[one], images.at[other]).round(3)).fill_nan(None),
            days=pl.Series(days_between(sounds.day[one], images.day[other]).round(2)).fill_nan(None),
        )
        of_sound = self._sounds[rows["sound"]].select("clip_id", "split", "class_id", "licence", "recordist")
        renamed = {"clip_id": "image_clip_id", "dataset": "image_dataset", "class_id": "image_class_id"}
        renamed |= {name: f"image_{name}" for name in ("licence", "recordist", "source_url", "root", "path")}
        renamed |= {"media_path": "image_media_path", "bytes_digest": "image_digest", "format": "image_format"}
        of_image = self._images[rows["image"]].select(*renamed).rename(renamed)
        ids = pl.concat_str("clip_id", pl.lit("_with_"), "image_dataset", pl.lit("-"), "image_clip_id")
        both = rows.drop("sound", "image").hstack(of_sound).hstack(of_image)
        return both.with_columns(pair_id=ids).sort("clip_id", "ordinal")

    def why(self) -> pl.DataFrame:
        """The sounds that have no image, and the reason."""
        has_none = np.ones(len(self._sounds), bool)
        has_none[[sound for sound, *_ in self._rows]] = False
        rest = self._sounds.filter(pl.Series(has_none))
        rest = rest.with_columns(
            could=pl.Series(self._could[rest["sound"]]), is_full=pl.Series(self._is_full[rest["sound"]])
        )
        by_taxon = self._asked["by"] == "taxon"
        is_unknown = pl.col("class_id").is_null() if by_taxon else pl.col("latitude").is_null()
        reason = (
            pl.when(is_unknown)
            .then(pl.lit("no_taxon" if by_taxon else "no_place"))
            .when(~pl.col("could"))
            .then(pl.lit("no_image"))
            .when(pl.col("is_full"))
            .then(pl.lit("class_full"))
            .otherwise(pl.lit("images_taken"))
        )
        return rest.select("clip_id", "split", reason=reason)

    def _sounds_of(self, split: str) -> dict[str, Array]:
        """The sounds of each class of a split; those without one under ""."""
        rows = self._sounds.filter(split=split).select(pl.col("class_id").fill_null(""), "sound")
        of_class = rows.partition_by("class_id", as_dict=True)
        return {str(name): some["sound"].to_numpy().astype(np.int64) for (name,), some in of_class.items()}

    def _in_turn(self, classes: Any) -> list[str]:
        """Classes in an order that the seed settles."""
        names = sorted(classes)
        return [names[place] for place in np.argsort(draws.keys(self._asked["seed"], draws.hashed(names), "turn"))]


def _as(rows: pl.DataFrame, schema: Any) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(column.dtype) for name, column in schema.columns.items())
