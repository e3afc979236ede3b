"""Usable clips and what people said of them: all of a media at once, and some media at a time.

A ledger has its clips in the order of their label rows, which may name a recording here and there. What belongs
together is put aside on disk, so that of millions of clips only a part is held.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl

from workflow_scripts.exports import reading
from workflow_scripts.exports.events.files import without_suffix
from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.reading import MEDIA, Tables, in_ranges
from workflow_scripts.tables.files import aside

OF_CLIPS = ["clip_id", "split", *MEDIA, "media_path", "whole_media", "start_s", "duration_s", "sample_rate"]
OF_LABELS = ["clip_id", "class_id", "onset_s", "offset_s", "strength", "origin", "value"]
_AS_TEXT = pl.col(pl.Categorical).cast(pl.String)


class MediaPart(NamedTuple):
    """Some media.

    Attributes:
        clips: all usable clips of each, side by side and in order of time, media in the order of the ledger: OF_CLIPS,
            and whether the name of their media without its suffix is that of another too, with or without one
            (`shares_stem`).
        labels: OF_LABELS of these clips, but those that follow from others.
    """

    clips: pl.DataFrame
    labels: pl.DataFrame


def media_parts(tables: Tables, folder: Path) -> Iterator[MediaPart]:
    """All usable clips of a dataset, and their labels.

    Args:
        tables: clips and labels.
        folder: of the export; what is put aside lies in it meanwhile.
    """
    usable = tables.lazy("clips").filter("usable")
    labels = tables.lazy("labels").filter(pl.col("origin") != "ontology").select(OF_LABELS)
    nothing = labels.with_columns(_AS_TEXT).clear().collect()
    with aside(folder / "parts") as there:
        _put_clips(usable, there)
        parts = Keyed(lambda: _parts_of_clips(there), ["clip_id"])
        for number, some in enumerate(in_ranges(labels)):
            _put(some.with_columns(parts.of(some)["part"]), there, f"labels-{number:06}")
        del parts
        for part in sorted(there.iterdir()):
            clips = pl.concat(_taken_up(part, "clips")).sort("first", "start_s", "place", nulls_last=False)
            yield MediaPart(clips.drop("first", "place"), pl.concat(_taken_up(part, "labels") or [nothing]))


def _put_clips(usable: pl.LazyFrame, there: Path) -> None:
    places, begin = _places(usable), 0
    for number, clips in enumerate(in_ranges(usable.select(OF_CLIPS))):
        _put(clips.hstack(places[begin : begin + len(clips)]), there, f"clips-{number:06}")
        begin += len(clips)


def _parts_of_clips(there: Path) -> Iterator[pl.DataFrame]:
    yield pl.DataFrame(schema={"clip_id": pl.String, "part": pl.UInt32})
    for part in sorted(there.iterdir()):
        for file in sorted(part.glob("clips-*")):
            clips = pl.read_ipc(file, columns=["clip_id"])
            yield clips.with_columns(part=pl.lit(int(part.name), pl.UInt32))


def _taken_up(part: Path, what: str) -> list[pl.DataFrame]:
    return [pl.read_ipc(file) for file in sorted(part.glob(f"{what}-*"))]


def _places(usable: pl.LazyFrame) -> pl.DataFrame:
    """Of each clip its `place`, that of the `first` of its media, the `part` that these go into, and `shares_stem`.

    Numbers alone are held, of texts their hashes: two media with one would come into one part, and no harm.
    """
    root = pl.concat_str(pl.col("root").cast(pl.String), pl.lit("\n"))
    media = pl.concat_str(root, "path", pl.lit("\n"), pl.col("member").fill_null(""))
    beside = pl.concat_str(root, without_suffix("path"), pl.lit("\n"), pl.col("member").fill_null(""))
    hashed = usable.select(media=media.hash(), beside=beside.hash()).collect().with_row_index("place")
    first = pl.col("place").min().over("media")
    has_twin = pl.col("media").min().over("beside") != pl.col("media").max().over("beside")
    is_called_so = pl.col("beside").is_in(hashed["media"].unique().implode())
    return hashed.select("place", first=first, part=first // reading.ROWS_AT_ONCE, shares_stem=has_twin | is_called_so)


def _put(rows: pl.DataFrame, there: Path, name: str) -> None:
    """Write rows to the folder of their `part`; those without one are of clips that are not usable."""
    as_text = rows.drop_nulls("part").with_columns(_AS_TEXT)
    for (part,), some in as_text.partition_by("part", as_dict=True, include_key=False, maintain_order=True).items():
        folder = there / f"{part:06}"
        folder.mkdir(exist_ok=True)
        some.write_ipc(folder / f"{name}.arrow", compression="lz4")
