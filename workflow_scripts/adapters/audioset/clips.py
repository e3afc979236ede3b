"""Which rows are which clip: ids, rows that say something again, rows that say one label each of the same clip."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from workflow_scripts.adapters.audioset.segments import TEXTS, SegmentList
from workflow_scripts.sources.rejects import RawRows, row_rejects, with_raw, without
from workflow_scripts.tables.distinct import all_distinct, maybe_repeated

ONE_LABEL_SHARE = 0.95
"""A list has one label a row where so many of the rows whose clip and span stand there again have a single label."""
ROWS_AT_ONCE = 2_000_000
"""So many rows of videos that stand there more than once are looked at together, or somewhat more."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Clips:
    """Rows of all lists, and the clips that they promise.

    Attributes:
        rows: one row a data row that told something of a clip: source, line, label_set, and clip_row, the place of the
            clip among `clips`.
        raw: of each source its rows as they stand there.
        rejects: those that did not, as `rejects`.
        clips: the first of the rows for each clip, with the label set of all of them: source, line, split, media_key,
            start_s, end_s, label_set, clip_id.
        sets: label sets: label_set, class_ids, class_names, unknown, ambiguous, repeated.
    """

    rows: pl.DataFrame
    raw: Mapping[str, RawRows]
    rejects: pl.DataFrame
    clips: pl.DataFrame
    sets: pl.DataFrame

    def named(self, rows: pl.DataFrame) -> pl.LazyFrame:
        """What has a `clip_row`, with the `clip_id`."""
        clip_id = pl.col("clip_row").map_batches(
            self.clips["clip_id"].gather, return_dtype=pl.String, is_elementwise=True
        )
        return rows.lazy().with_columns(clip_id=clip_id)


def find_clips(lists: dict[str, SegmentList]) -> Clips:
    """The clips of segment lists, by split.

    Clips are told apart by video and span (to the millisecond). Where a video has several, all of them are called
    `<id>_<start in ms>`, but for one that has no start, and those that start together `<id>_<start in ms>_<end in ms>`,
    but for one that has no end. Of rows of one clip the first good one is kept, in the order of the dataset file, then
    of lines; the later ones are rejects. In a list that has one label a row, a row that says another class of the same
    span belongs to the same clip.
    """
    sets = _all_sets(lists)
    numbers = sets.select("split", pl.col("text").cast(TEXTS), "label_set")
    rows = pl.concat(
        part.rows.drop("text").with_columns(
            _set_numbers(part.rows["text"], numbers.filter(split=split)),
            split=pl.lit(split).cast(pl.Categorical),
            source=pl.lit(part.counted.path).cast(pl.Categorical),
        )
        for split, part in lists.items()
    )
    sets = sets.drop("text", "split")
    nothing_known = sets.filter(pl.col("class_ids").list.len() == 0)["label_set"]
    rows, unknown = without(
        rows,
        rows["label_set"].is_in(nothing_known.implode()),
        "no_known_label",
        pl.lit("none of its classes is in the ontology or the class list"),
    )
    raw = {part.counted.path: part.raw for part in lists.values()}
    if all_distinct(rows["media_key"]):
        clips, rejected = rows.with_columns(clip_id="media_key"), unknown
        rows = rows.select("source", "line", "label_set").with_row_index("clip_row")
    else:
        rows, again, clips, sets = _with_spans(rows, sets, _with_one_label_a_row(lists))
        rejected = pl.concat([unknown, again])
    rejects = pl.concat([*(part.rejects for part in lists.values()), row_rejects(with_raw(rejected, raw))])
    return Clips(rows, raw, rejects, clips, sets)


def _set_numbers(texts: pl.Series, numbers: pl.DataFrame) -> pl.Series:
    """The label set of each text."""
    return texts.to_frame().join(numbers, on="text", how="left", maintain_order="left")["label_set"]


_Told = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]
"""Rows that are kept, those that are rejected, clips, and label sets."""


def _with_spans(rows: pl.DataFrame, sets: pl.DataFrame, one_label_a_row: list[str]) -> _Told:
    """The clips where videos stand there more than once; the rows of all other videos are clips as they are."""
    several = maybe_repeated(rows["media_key"])
    kept, rejected, clips, more = [], [], [], sets.clear()
    for places in _by_video(rows["media_key"], several):
        some = rows[places].with_columns(place=places)
        told = _told_together(_named(some), sets, one_label_a_row, len(sets) + len(more))
        kept.append(told[0].select("place", "kept_place"))
        rejected.append(told[1])
        clips.append(told[2].select("place", "label_set", "clip_id"))
        more = pl.concat([more, told[3]])
    one_number = more.select("label_set", one=pl.col("label_set").first().over(pl.col("class_ids").list.join(",")))
    own = pl.concat(clips).join(one_number, on="label_set", how="left").with_columns(pl.coalesce("one", "label_set"))
    sets = pl.concat([sets, more.filter(one_number["label_set"] == one_number["one"])])
    is_clip = _also(~several, own["place"])
    return (
        _of_clips(rows, several, pl.concat(kept).sort("place"), is_clip),
        pl.concat(rejected),
        _clips(rows, own.with_columns(label_set="one").sort("place"), is_clip),
        sets,
    )


def _of_clips(rows: pl.DataFrame, several: pl.Series, kept: pl.DataFrame, is_clip: pl.Series) -> pl.DataFrame:
    """Rows that tell something of a clip, with the place of it among the clips."""
    first = pl.int_range(len(rows), dtype=pl.UInt32, eager=True).scatter(kept["place"], kept["kept_place"])
    clip_row = (is_clip.cum_sum() - 1).gather(first).alias("clip_row").cast(pl.UInt32)
    rows = rows.select("source", "line", "label_set", clip_row)
    return rows if len(kept) == several.sum() else rows.filter(_also(~several, kept["place"]))


def _clips(rows: pl.DataFrame, told: pl.DataFrame, is_clip: pl.Series) -> pl.DataFrame:
    """The first rows of clips in order, as they are or as they are told."""
    places = (is_clip.cum_sum() - 1).gather(told["place"])
    clips = rows if is_clip.all() else rows.filter(is_clip)
    label_set = clips["label_set"].clone().scatter(places, told["label_set"])
    return clips.with_columns(label_set, clips["media_key"].alias("clip_id").scatter(places, told["clip_id"]))


def _also(these: pl.Series, places: pl.Series) -> pl.Series:
    """True where it was, and in some places."""
    return these.clone().scatter(places.sort(), values=True)


def _by_video(media_keys: pl.Series, several: pl.Series) -> Iterator[pl.Series]:
    """Places of the rows whose video may stand there more than once, those of a video together; one part at least."""
    places = several.arg_true()
    parts = 1 + len(places) // ROWS_AT_ONCE
    if parts == 1:
        yield places
        return
    part_of = media_keys.gather(places).hash() % parts
    for part in range(parts):
        yield places.filter(part_of == part)


def _all_sets(lists: dict[str, SegmentList]) -> pl.DataFrame:
    """The sets of every list, numbered anew, with their `split`."""
    parts = [part.sets.drop("label_set").with_columns(split=pl.lit(split)) for split, part in lists.items()]
    return pl.concat(parts).with_row_index("label_set")


def _with_one_label_a_row(lists: dict[str, SegmentList]) -> list[str]:
    """The splits whose lists have it; asked only where ids stand more than once."""
    splits = []
    for split, part in lists.items():
        media_keys = part.rows["media_key"]
        of_one = part.sets.filter(pl.col("labels") == 1)["text"]
        again = single = 0
        for places in _by_video(media_keys, maybe_repeated(media_keys)):
            some = part.rows[places]
            texts = some.filter(pl.struct("media_key", "start_s", "end_s").is_duplicated())["text"]
            again += len(texts)
            single += len(texts.filter(texts.cast(pl.String).is_in(of_one.implode())))
        if again and single >= ONE_LABEL_SHARE * again:
            _log.info("%s: one label a row: rows of the same span are one clip", part.counted.path)
            splits.append(split)
    return splits


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the `clip_id`. A row without an end may mean any end, so it tells no clips apart."""
    ms = [
        (pl.col(f"{one}_s") * 1000).round().cast(pl.Int64, strict=False).alias(f"{one}_ms") for one in ("start", "end")
    ]
    again = rows.filter(pl.col("media_key").is_duplicated()).select("media_key", *ms)
    starts = again.group_by("media_key").agg(starts=pl.col("start_ms").n_unique())
    ends = again.group_by("media_key", "start_ms").agg(ends=pl.col("end_ms").drop_nulls().n_unique())
    rows = rows.with_columns(ms).join(starts, on="media_key", how="left", maintain_order="left")
    rows = rows.join(ends, on=["media_key", "start_ms"], how="left", maintain_order="left")
    start_tells, has_end = pl.col("ends") < 2, pl.col("end_ms").is_not_null()
    name = (
        pl.when(~start_tells & has_end)
        .then(pl.format("{}_{}_{}", "media_key", "start_ms", "end_ms"))
        .when(~start_tells | (pl.col("starts") > 1) & pl.col("start_ms").is_not_null())
        .then(pl.format("{}_{}", "media_key", "start_ms"))
        .otherwise("media_key")
    )
    return rows.with_columns(clip_id=name).drop("start_ms", "end_ms", "starts", "ends")


def _told_together(rows: pl.DataFrame, sets: pl.DataFrame, one_label_a_row: list[str], first_own: int) -> _Told:
    """Rows by clip: the first, those that add a label to it, and duplicates; of the label sets only new ones."""
    first = rows.unique("clip_id", keep="first", maintain_order=True).select(
        "clip_id",
        kept_in=pl.format("{}, line {}", pl.col("source").cast(pl.String), pl.col("line")),
        kept_place="place",
        kept_split="split",
        kept_line="line",
        kept_end="end_s",
    )
    said = sets.select("label_set", said=pl.col("class_ids").list.join(","))
    rows = rows.join(first, on="clip_id", how="left", maintain_order="left")
    rows = rows.join(said, on="label_set", how="left", maintain_order="left")
    same_list = pl.col("split") == pl.col("kept_split")
    is_first = same_list & (pl.col("line") == pl.col("kept_line"))
    is_new = pl.struct("clip_id", "end_s", "said").is_first_distinct()
    adds = (
        same_list
        & pl.col("split").cast(pl.String).is_in(one_label_a_row)
        & pl.col("end_s").eq_missing(pl.col("kept_end"))
        & is_new
    )
    detail = pl.format("{} is kept from {}", pl.col("clip_id"), pl.col("kept_in"))
    again = rows.select(~(is_first | adds)).to_series()
    kept, rejected = without(rows, again, "duplicate_id", detail)
    return kept, rejected, *_merged(kept, sets, first_own)


def _merged(kept: pl.DataFrame, sets: pl.DataFrame, first_own: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The clips, those of several rows with a label set of their own, the classes in the order of the rows; and these.

    Args:
        kept: rows by clip.
        sets: the label sets of rows.
        first_own: the number of the first set of several rows.
    """
    clips = kept.unique("clip_id", keep="first", maintain_order=True)
    if len(clips) == len(kept):
        return kept, sets.clear()
    lists = ("class_ids", "class_names")
    together = (
        kept.filter(pl.col("clip_id").is_duplicated())
        .select("clip_id", "label_set")
        .join(sets.select("label_set", *lists), on="label_set", how="left", maintain_order="left")
        .explode(*lists)
        .unique(["clip_id", "class_ids"], keep="first", maintain_order=True)
        .group_by("clip_id", maintain_order=True)
        .agg(*lists)
        .with_columns(said=pl.col("class_ids").list.join(","))
    )
    more = together.unique("said", maintain_order=True).drop("clip_id").with_row_index("own", offset=first_own)
    own = together.select("clip_id", "said").join(more.select("said", "own"), on="said", how="left")
    clips = clips.join(own.drop("said"), on="clip_id", how="left", maintain_order="left")
    clips = clips.with_columns(label_set=pl.coalesce("own", "label_set")).drop("own")
    nothing = pl.lit([], dtype=pl.List(pl.String))
    more = pl.concat([sets.clear(), more.rename({"own": "label_set"}).drop("said")], how="diagonal")
    return clips, more.with_columns(pl.col("unknown", "ambiguous", "repeated").fill_null(nothing))
