"""What pairs are made of: sounds that can be trained on, and images that decode."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from workflow_scripts.pairs.taxa import lineages
from workflow_scripts.tables.store import lazy_table, read_checks, read_table

PICTURE = "no_audio"
"""What the check of a picture that decodes says of it."""
OF_ORIGINS = ["clip_id", "latitude", "longitude", "recorded_at", "recordist"]
_MEDIA = ["root", "path"]


@dataclass(frozen=True)
class PairSource:
    """The tables of a dataset.

    Attributes:
        clips, origins, classes: files of these.
        checks: of its roots of images, by slug.
    """

    clips: Path
    origins: Path
    classes: Path
    checks: Mapping[str, Sequence[Path]]

    def lineages(self) -> pl.DataFrame:
        """Its classes with the taxa that each belongs to; see `taxa.lineages`."""
        return lineages(read_table(self.classes, ["class_id", "name", "scientific_name", "rank", "ancestor_ids"]))

    def sounds(self) -> pl.DataFrame:
        """All clips: clip_id, split, class_ids, licence, trainable, and OF_ORIGINS."""
        clips = lazy_table(self.clips).select("clip_id", "split", "class_ids", "licence", "trainable")
        return self._with_origins(clips).sort("clip_id").collect()

    def images(self) -> pl.DataFrame:
        """Clips that are pictures which decode, and that no review drops.

        Returns:
            clip_id, split, class_ids, licence, source_url, `root`, `path`, `media_path`, `bytes_digest`, `format`, and
            OF_ORIGINS.
        """
        found = read_checks(self.checks, [*_MEDIA, "bytes_digest", "error_kind", "format"])
        decode = found.filter((pl.col("error_kind") == PICTURE) & pl.col("bytes_digest").is_not_null())
        columns = ["clip_id", "split", "class_ids", "licence", "source_url", *_MEDIA, "media_path"]
        clips = lazy_table(self.clips).filter((pl.col("verdict").cast(pl.String) != "drop").fill_null(value=True))
        clips = clips.select(columns).with_columns(pl.col("root").cast(pl.String))
        decode = decode.select(pl.col("root").cast(pl.String), "path", "bytes_digest", "format")
        return self._with_origins(clips.join(decode.lazy(), on=_MEDIA, how="inner")).collect()

    def _with_origins(self, clips: pl.LazyFrame) -> pl.LazyFrame:
        origins = lazy_table(self.origins).select(OF_ORIGINS)
        texts = [pl.col(name).cast(pl.String) for name in ("split", "licence")]
        return clips.with_columns(*texts, pl.col("class_ids").cast(pl.List(pl.String))).join(
            origins, on="clip_id", how="left"
        )


def with_class(clips: pl.DataFrame, known: pl.DataFrame | None) -> pl.DataFrame:
    """Clips with `class_id`: the first of their classes, among those that are known if these are said; null of none."""
    first = clips.select("clip_id", class_id="class_ids").explode("class_id")
    if known is not None:
        first = first.join(known.select("class_id").unique(), on="class_id", how="semi", maintain_order="left")
    first = first.drop_nulls().unique("clip_id", keep="first", maintain_order=True)
    return clips.drop("class_ids").join(first, on="clip_id", how="left", maintain_order="left")
