"""What pairs of sounds say of clips: which clips share sound, where in each, and which groups that makes.

Clips lie on lines: all those of one sound on one; those of two sounds that are paired on another, on which the stretch
that both share starts at 0. What two clips of a line have in common of it is what they share.
"""

from collections.abc import Collection

import polars as pl

from workflow_scripts.tables import schemas
from workflow_scripts.tables.connected import connected
from workflow_scripts.tables.declared import Schema

LEAST_S = 1.0
"""Two clips have to share so much, or all of the shorter where samples are the same."""
AT_MOST = 64
"""Of more clips than this at one place of a line all are paired with so many alone, else a jingle's were too many."""
BUCKET_S = 10.0
"""Places of a line: stretches of so many seconds, within which clips are held against each other."""
DIGITS = 3
"""Of seconds that are told: milliseconds."""
KEY = ["dataset", "clip_id"]
SAID = [*KEY, "split"]


def same_sound(pairs: pl.DataFrame, heard: pl.DataFrame, datasets: Collection[str]) -> pl.DataFrame:
    """The table SAME_SOUND.

    Args:
        pairs: SOUND_PAIRS.
        heard: heard.HEARD.
        datasets: those of the run: one clip of each pair is of these.
    """
    clips = heard.sort(KEY).with_row_index("clip")
    found = pl.concat([_of_same_samples(clips), _of_paired_sounds(pairs, clips)])
    found = found.sort("a", "b", pl.col("overlap_s").neg(), "start_a_s")
    found = found.unique(["a", "b"], keep="first", maintain_order=True)  # a clip may lie at several places
    for side in ("a", "b"):
        told = clips.select(pl.col("clip").alias(side), *[pl.col(name).alias(f"{name}_{side}") for name in SAID])
        found = found.join(told, on=side, how="left", maintain_order="left")
    is_own = pl.any_horizontal(pl.col(f"dataset_{side}").is_in(list(datasets)) for side in ("a", "b"))
    return _as_declared(found.filter(is_own), schemas.SAME_SOUND)


def sound_groups(same: pl.DataFrame) -> pl.DataFrame:
    """The table SOUND_GROUPS.

    Args:
        same: SAME_SOUND.
    """
    sides = [same.select(pl.col(f"{name}_{side}").cast(pl.String).alias(name) for name in SAID) for side in "ab"]
    members = pl.concat(sides).unique(KEY).sort(KEY)
    numbers = members.select(KEY).with_row_index("number")
    one, other = (side.join(numbers, on=KEY, how="left", maintain_order="left")["number"].to_numpy() for side in sides)
    first = pl.Series(connected(one, other, len(members)))
    group = members.select(pl.format("{}/{}", *KEY)).to_series().gather(first)
    return _as_declared(
        members.with_columns(group_id=group).with_columns(clips=pl.len().over("group_id")), schemas.SOUND_GROUPS
    )


def _of_same_samples(clips: pl.DataFrame) -> pl.DataFrame:
    """Clips of several media that hold the same, sample for sample."""
    lines = clips.filter(pl.col("media").n_unique().over("sound") > 1)
    lines = lines.with_columns(line=pl.col("sound").rank("dense"), shift_s="start_s", from_s="start_s", to_s="end_s")
    least = pl.min_horizontal(pl.lit(LEAST_S), pl.col("to_s") - pl.col("from_s"))
    found = _meeting(lines.with_columns(least_s=least), apart="media")
    return found.with_columns(how=pl.lit("samples"), error_rate=0.0, score=pl.lit(None, pl.Float64)).drop("line")


def _of_paired_sounds(pairs: pl.DataFrame, clips: pl.DataFrame) -> pl.DataFrame:
    """Clips of sounds that are paired."""
    numbered = pairs.with_row_index("line").cast({"line": pl.UInt32})
    sides = [
        numbered.select("line", "overlap_s", sound=f"sound_{side}", shared_s=f"start_{side}_s") for side in ("a", "b")
    ]
    lines = clips.join(pl.concat(sides), on="sound").with_columns(shift_s=pl.col("start_s") - pl.col("shared_s"))
    end = pl.col("end_s") - pl.col("shared_s")
    lines = lines.with_columns(
        from_s=pl.max_horizontal(pl.col("shift_s"), 0.0), to_s=pl.min_horizontal(end, "overlap_s"), least_s=LEAST_S
    )
    found = _meeting(lines, apart="sound")
    told = numbered.select("line", pl.lit("sound").alias("how"), "error_rate", "score")
    return found.join(told, on="line").drop("line")


def _meeting(lines: pl.DataFrame, apart: str) -> pl.DataFrame:
    """Each two clips that share enough of a line, and where: `line`, `a`, `b`, `offset_s`, `overlap_s`, `start_a_s`.

    Args:
        lines: `line`; `clip` and what is known of it; `from_s` and `to_s`, where it lies on the line; `shift_s`, where
            the clip's start does, which may lie before that; `least_s`, how much it has to share.
        apart: the column of which two clips have other values, or else they are no pair.
    """
    least = pl.col("least_s") - 10**-DIGITS / 2
    lines = lines.filter(pl.col("to_s") - pl.col("from_s") >= least)
    placed = _in_turn(_by_place(lines))
    one = placed.filter("is_held_against_all")
    met = one.join(placed, on=["line", "place"], suffix="_other")
    is_once = (pl.col("clip") < pl.col("clip_other")) | ~pl.col("is_held_against_all_other")
    met = met.filter(is_once, pl.col(apart) != pl.col(f"{apart}_other"))
    start = pl.max_horizontal("from_s", "from_s_other")
    overlap = pl.min_horizontal("to_s", "to_s_other") - start
    is_first = pl.col("clip") < pl.col("clip_other")
    shift_a, shift_b = (
        pl.when(is_first == wanted).then("shift_s").otherwise("shift_s_other") for wanted in (True, False)
    )
    return met.filter(overlap >= pl.min_horizontal(least, "least_s_other")).select(
        "line",
        a=pl.min_horizontal("clip", "clip_other"),
        b=pl.max_horizontal("clip", "clip_other"),
        offset_s=(shift_b - shift_a).round(DIGITS) + 0.0,  # no minus before 0
        overlap_s=overlap.round(DIGITS),
        start_a_s=(start - shift_a).round(DIGITS),
    )


def _by_place(lines: pl.DataFrame) -> pl.DataFrame:
    """A row for each place of its line that a clip touches."""
    first, behind = (pl.col("from_s") / BUCKET_S).floor(), (pl.col("to_s") / BUCKET_S).ceil()
    places = pl.int_ranges(first.cast(pl.Int32), behind.cast(pl.Int32), dtype=pl.Int32)
    return lines.with_columns(place=places).explode("place")


def _in_turn(placed: pl.DataFrame) -> pl.DataFrame:
    """The same with `is_held_against_all`: AT_MOST clips of each place are.

    Splits take turns, of both sounds where two are paired; within a split seconds in which clips start, and within
    these media: what one split shares with another is found however many clips either has of it.
    """
    place, split = ["line", "place"], ["dataset", "split", "sound"]
    rows = placed.with_columns(second=pl.col("from_s").floor()).sort("clip")
    for turns in ([*split, "second", "media"], [*split, "second"], split):
        rows = rows.with_columns(turn=pl.int_range(pl.len()).over(*place, *turns)).sort("turn", "clip")
    return rows.with_columns(is_held_against_all=pl.int_range(pl.len()).over(place) < AT_MOST)


def _as_declared(table: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    return table.select(pl.col(name).cast(kind) for name, kind in schema.empty().schema.items())
