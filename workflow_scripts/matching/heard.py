"""Which sound is heard in which clip: sounds are called by the digest of their samples, so identical ones are one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from workflow_scripts.sound.fingerprint import COVERED_S
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import lazy_table, read_table

SOUNDS = pl.col("load_ok") & (pl.col("peak") > 0) & pl.col("pcm_digest").is_not_null()
"""Rows of `checks` whose sound may be another's too; all digital silence is the same, and says nothing."""
MEDIA = ["root", "path", "member"]
HEARD = pl.Schema(
    {
        "dataset": pl.String,
        "clip_id": pl.String,
        "split": pl.String,
        "media": pl.UInt32,
        "sound": pl.String,
        "start_s": pl.Float64,
        "end_s": pl.Float64,
    }
)
"""A row for each clip: a number of the media that serves it, its sound, and from where to where the clip is of that."""


ROWS_AT_ONCE = 100_000
FOREIGN = pl.coalesce("pcm_digest", pl.concat_str("dataset", pl.lit("/"), "clip_id")).alias("sound")
"""What the sound of a row of `foreign_clips` is called: of a stretch of a file nobody knows the digest."""

FOREIGN_HEARD: list[pl.Expr | str] = [
    *("dataset", "clip_id", "split"),
    *(pl.lit("").alias("root"), pl.concat_str("dataset", pl.lit("/"), "clip_id").alias("path")),  # no root is called so
    pl.lit(None, pl.String).alias("member"),
    FOREIGN,
    *(pl.lit(0.0).alias("start_s"), pl.col("duration_s").alias("end_s")),
]
"""Such a row as that of a clip, which is all of a media, and what is heard there."""


def sounds(checks: Sequence[Path], foreign_clips: Iterable[Path] = ()) -> Iterator[pl.DataFrame]:
    """Each `sound` once with its `acoustic_fingerprint`, of one file of checks at a time.

    Args:
        checks: of all roots.
        foreign_clips: that table, where the run has files of `against`; what it shares with checks is of these.
    """
    firsts = _firsts(checks)
    for number, file in enumerate(checks):
        table = read_table(file, ["pcm_digest", "acoustic_fingerprint"])[firsts.filter(file=number)["row"]]
        yield table.rename({"pcm_digest": "sound"}).drop_nulls()
    for file in foreign_clips:
        own = [lazy_table(of_checks).filter(SOUNDS).select(sound="pcm_digest") for of_checks in checks]
        rows = lazy_table(file).with_row_index("row").select("row", FOREIGN, "acoustic_fingerprint").drop_nulls()
        others = rows.select("row", "sound").unique("sound", keep="first")
        others = others.join(pl.concat([pl.LazyFrame(schema={"sound": pl.String}), *own]), on="sound", how="anti")
        told = rows.join(others.select("row"), on="row", how="semi", maintain_order="left").drop("row")
        yield from told.collect_batches(chunk_size=ROWS_AT_ONCE, maintain_order=True, engine="streaming")


def without_fingerprint(checks: Sequence[Path], foreign_clips: Iterable[Path] = ()) -> pl.DataFrame:
    """SKIPPED_SOUNDS of those that nothing can be told of: all digital silence, and what has no fingerprint."""
    is_silent, is_short = pl.col("silent_fraction") == 1, pl.col("duration_s") < COVERED_S
    of_sound = pl.when(is_short).then(pl.lit("too_short")).otherwise(pl.lit("steady"))
    reason = pl.when(is_silent).then(pl.lit("silent")).otherwise(of_sound)
    parts = [
        lazy_table(file)
        .filter("load_ok", pl.col("pcm_digest").is_not_null(), pl.col("acoustic_fingerprint").is_null())
        .select(sound="pcm_digest", reason=reason)
        for file in checks
    ]
    parts += [
        lazy_table(table).filter(pl.col("acoustic_fingerprint").is_null()).select(FOREIGN, reason=of_sound)
        for table in foreign_clips
    ]
    nothing = schemas.SKIPPED_SOUNDS.empty().lazy()
    return pl.concat([nothing, *parts]).unique("sound").sort("sound").collect(engine="streaming")


def _firsts(checks: Sequence[Path]) -> pl.DataFrame:
    """For each sound one `row` of one `file` that holds it, in their order."""
    nothing = pl.DataFrame(schema={"row": pl.UInt32, "file": pl.UInt32})
    if not checks:
        return nothing
    of_all = pl.concat(
        lazy_table(file)
        .with_row_index("row")
        .filter(SOUNDS)
        .select("pcm_digest", "row", file=pl.lit(number, pl.UInt32))
        for number, file in enumerate(checks)
    )
    return of_all.unique("pcm_digest").select("row", "file").sort("file", "row").collect(engine="streaming")


def heard(
    clips: Mapping[str, Path],
    checks: Mapping[str, Iterable[Path]],
    pairs: pl.DataFrame,
    foreign_clips: Iterable[Path] = (),
) -> pl.DataFrame:
    """HEARD of the clips that may share sound with others, in the order of datasets and ids.

    That is few of many: those of media that hold the same samples as others, and of sounds that are paired.

    Args:
        clips: the ledger of each dataset.
        checks: the files of the checks of each root, by its slug.
        pairs: SOUND_PAIRS.
        foreign_clips: that table, where the run has files of `against`. Each of its clips has a media of its own.
    """
    foreign = [lazy_table(table).select(FOREIGN_HEARD) for table in foreign_clips]
    suspected = _suspected(checks, foreign, pl.concat([pairs["sound_a"], pairs["sound_b"]]))
    parts = [
        lazy_table(file)
        .filter(pl.col("path").is_not_null(), pl.col("peak") > 0, pl.col("duration_s") > 0)
        .select(
            pl.lit(dataset).alias("dataset"),
            "clip_id",
            pl.col("split").cast(pl.String),
            *[pl.col(name).cast(pl.String) for name in MEDIA],
            start_s=pl.when("whole_media").then(0.0).otherwise("start_s"),
            end_s=pl.when("whole_media").then(0.0).otherwise("start_s") + pl.col("duration_s"),
        )
        for dataset, file in clips.items()
    ]
    parts += [clips_there.drop("sound") for clips_there in foreign]
    nothing = pl.LazyFrame(schema=HEARD)
    placed = [part.join(suspected.lazy(), on=MEDIA, nulls_equal=True).select(HEARD.names()) for part in parts]
    return pl.concat([nothing, *placed]).sort("dataset", "clip_id").collect(engine="streaming")


def _suspected(
    checks: Mapping[str, Iterable[Path]], foreign: Iterable[pl.LazyFrame], paired: pl.Series
) -> pl.DataFrame:
    """Media that hold what others do, sample for sample, and those of sounds that are paired, each with a number.

    Digests are compared as numbers.
    """
    parts = [
        lazy_table(file).filter(SOUNDS).select(pl.lit(slug).alias("root"), "path", "member", sound="pcm_digest")
        for slug, files in checks.items()
        for file in files
    ]
    parts += [clips.select(*MEDIA, "sound") for clips in foreign]
    nothing = pl.LazyFrame(schema=dict.fromkeys([*MEDIA, "sound"], pl.String))
    of_all = pl.concat([nothing, *parts]).with_columns(number=pl.col("sound").hash())
    repeated = of_all.group_by("number").len().filter(pl.col("len") > 1).select("number")
    known = pl.concat([repeated.collect(engine="streaming"), paired.hash().to_frame("number")]).unique()
    suspected = of_all.join(known.lazy(), on="number", how="semi").drop("number")
    return suspected.sort(MEDIA).collect(engine="streaming").with_row_index("media")
