"""From tables of scores to `predictions`: of each clip and class the highest score, in bounded memory.

Rows are judged some at a time; what they say waits on disk as numbers, is put in order there, and gets its names last.
"""

import glob
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from workflow_scripts.media.stems import name_of, without_suffix
from workflow_scripts.sources.label_sets import look_up
from workflow_scripts.sources.predictions.tables import Scores, digest_of, read_scores
from workflow_scripts.sources.rejects import row_rejects, with_first_fault
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import ROW_GROUP, write_rows

MEMORY = "2GB"
"""That DuckDB takes to put scores in order; what is more waits on disk."""
NUMBERS = {"clip_row": pl.UInt32, "class_row": pl.UInt32, "score": pl.Float32}
FilesOf = Callable[[pl.DataFrame], pl.DataFrame]
"""Of `file`s, which clips they are or hold: `file`, `clip_row`, and `is_cut`: it is not the whole recording."""


@dataclass
class Predictions:
    """The predictions of a dataset, as they are read.

    Attributes:
        promised: `clip_id`, `start_s` and `end_s` of the clips, in the order of that table.
        classes: the `classes` table.
        files_of: which clips files are, by the dataset's match.
        in_recordings: files are whole recordings, of which clips are spans.
        aside: a folder for what waits.
    """

    promised: pl.DataFrame
    classes: pl.DataFrame
    files_of: FilesOf
    in_recordings: bool
    aside: Path
    _counted: list[tuple[str, str, int, None, int, int, int, int]] = field(default_factory=list)
    _waiting: list[Path] = field(default_factory=list)

    def tables(self, paths: Iterable[str]) -> Iterator[tuple[str, Iterable[pl.DataFrame]]]:
        """The tables `predictions`, `rejects` and `sources`, in parts; the same whatever the order of the files.

        Raises:
            SourceError: a file is no table, or has other columns; names it. Nothing has been given then.
        """
        numbers = self.aside / "numbers.parquet"
        write_rows(self._numbers(sorted(paths)), pl.Schema(NUMBERS), numbers)
        yield "predictions", self._named(self._in_order(numbers))
        yield "rejects", [schemas.REJECTS.empty(), *(pl.read_parquet(file, glob=False) for file in self._waiting)]
        yield "sources", [pl.DataFrame(self._counted, schema=schemas.SOURCES.empty().schema, orient="row")]

    def _numbers(self, paths: Iterable[str]) -> Iterator[pl.DataFrame]:
        """What the rows of all files say; their rejects are put aside, and they are counted."""
        for path in paths:
            digest, size = digest_of(path)
            read = rejected = 0
            for scores in read_scores(path):
                told, rejects = self._judged(path, scores)
                read += len(scores.rows) + len(scores.broken)
                rejected += len(rejects)
                if len(rejects):
                    self._waiting.append(self.aside / f"rejects-{len(self._waiting)}.parquet")
                    rejects.write_parquet(self._waiting[-1])
                yield told
            self._counted.append((path, digest, size, None, read, read - rejected, rejected, 0))

    def _judged(self, path: str, scores: Scores) -> tuple[pl.DataFrame, pl.DataFrame]:
        """NUMBERS of rows, several of one that holds for several clips; and the rejects among them."""
        rows = _with_classes(scores.rows.with_row_index("place"), self.classes)
        found = self._of_clips(rows)
        is_known = rows["place"].is_in(found["place"].implode())
        in_span = found.filter("in_span")
        is_inside = rows["place"].is_in(in_span["place"].implode())
        score, named = pl.col("score"), pl.coalesce("clip", "file", pl.lit("nothing"))
        labels = pl.concat_str("label", "other_label", separator=", ", ignore_nulls=True)
        judged = with_first_fault(
            rows.with_columns(is_known=is_known, is_inside=is_inside),
            [
                ("unknown_clip", ~pl.col("is_known"), pl.format("{} is no clip that is promised", named)),
                ("bad_span", pl.col("file").is_not_null() & ~_is_span(), pl.lit("no start and end in seconds")),
                (
                    "no_such_clip",
                    ~pl.col("is_inside"),
                    pl.format("no clip of {} holds the middle of this window", named),
                ),
                (
                    "no_such_class",
                    pl.col("class_row").is_null(),
                    pl.concat_str(labels, pl.lit(" is no class of the dataset")),
                ),
                (
                    "bad_score",
                    ~_is_score(),
                    pl.format("score: {}; expected 0 to 1", score.cast(pl.String).fill_null("none")),
                ),
            ],
        )
        good = judged.filter(pl.col("reason").is_null()).select("place", "class_row", pl.col("score").cast(pl.Float32))
        told = in_span.join(good, on="place", maintain_order="left").select(*NUMBERS)
        bad = judged.filter(pl.col("reason").is_not_null())
        bad = bad.select("line", "reason", "detail").with_columns(scores.raw_of(bad["place"]).alias("raw"))
        broken = scores.broken.select("line", "reason", "detail", "raw") if len(scores.broken) else bad.clear()
        return told, row_rejects(pl.concat([bad, broken]).with_columns(source=pl.lit(path)).sort("line"))

    def _of_clips(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`place` and `clip_row` of rows and the clips that they speak of; `in_span`: the window lies in the clip."""
        ids = self.promised.select("clip_id").with_row_index("clip_row")
        by_id = rows.select("place", clip_id="clip").drop_nulls().join(_asked(ids, rows, "clip"), on="clip_id")
        of_files = rows.filter(pl.col("clip").is_null()).select("place", "file", *_WINDOW).drop_nulls("file")
        named = of_files.select(pl.col("file").unique(maintain_order=True)).with_columns(
            stem=without_suffix(name_of(pl.col("file")))
        )
        as_clip = named.join(_asked(ids, named, "stem"), left_on="stem", right_on="clip_id")
        as_clip = as_clip.select("file", "clip_row", is_cut=pl.lit(value=True))
        others = self.files_of(named.select("file").join(as_clip, on="file", how="anti", maintain_order="left"))
        holding = pl.concat([as_clip, others.select("file", pl.col("clip_row").cast(pl.UInt32), "is_cut")])
        by_file = of_files.join(holding, on="file", maintain_order="left")
        spans = self.promised.select("start_s", "end_s")[by_file["clip_row"]]
        middle = (pl.col("at_s") + pl.col("until_s")) / 2
        inside = (middle >= pl.col("start_s").fill_null(0)) & (middle < pl.col("end_s").fill_null(float("inf")))
        is_whole = pl.col("is_cut") if self.in_recordings else pl.lit(value=True)
        by_file = by_file.hstack(spans).select("place", "clip_row", in_span=is_whole | inside.fill_null(value=False))
        return pl.concat([by_id.select("place", "clip_row", in_span=pl.lit(value=True)), by_file])

    def _in_order(self, numbers: Path) -> Path:
        """Of each clip and class the highest score, in the order of clips and classes."""
        import duckdb

        ordered = self.aside / "ordered.parquet"
        with duckdb.connect() as connection:
            connection.execute("SET threads = 2")
            connection.execute("SET memory_limit = ?", [MEMORY])
            connection.execute("SET temp_directory = ?", [str(self.aside / "spilled")])
            scores = connection.read_parquet(glob.escape(str(numbers)))
            highest = scores.aggregate("clip_row, class_row, max(score) AS score", "clip_row, class_row")
            highest.order("clip_row, class_row").write_parquet(str(ordered))
        return ordered

    def _named(self, ordered: Path) -> Iterator[pl.DataFrame]:
        """The `predictions` table."""
        yield schemas.PREDICTIONS.empty()
        clips, classes = self.promised["clip_id"], self.classes["class_id"].cast(pl.Categorical)
        parts = pl.scan_parquet(ordered, glob=False)
        for part in parts.collect_batches(chunk_size=ROW_GROUP, maintain_order=True, engine="streaming"):
            named = part.select(clip_id=clips.gather(part["clip_row"]), class_id=classes.gather(part["class_row"]))
            yield named.with_columns(part["score"])


_WINDOW = (pl.col("start_s").alias("at_s"), pl.col("end_s").alias("until_s"))


def _asked(ids: pl.DataFrame, rows: pl.DataFrame, of: str) -> pl.DataFrame:
    """The clips whose ids stand in a column."""
    return ids.join(rows.select(clip_id=pl.col(of).unique()), on="clip_id", how="semi")


def _is_span() -> pl.Expr:
    start, end = pl.col("start_s"), pl.col("end_s")
    return ((start >= 0) & (end > start) & end.is_finite()).fill_null(value=False)


def _is_score() -> pl.Expr:
    return pl.col("score").is_between(0, 1).fill_null(value=False) & pl.col("score").is_not_nan().fill_null(value=False)


def _with_classes(rows: pl.DataFrame, classes: pl.DataFrame) -> pl.DataFrame:
    """Rows with the place of their class among `classes`, null where it is none.

    It is found by id, name, or scientific name; where BirdNET says two names, by the scientific one first.
    """
    places = classes.select("class_id").with_row_index("class_row")
    species = (
        classes.select(label=pl.col("scientific_name"), class_id="class_id")
        .drop_nulls("label")
        .unique("label", keep="none")
    )
    labels = pl.concat([rows["label"], rows["other_label"]]).drop_nulls().unique(maintain_order=True)
    by_name = look_up(labels, classes).select("label", "class_id")
    known = by_name.join(species, on="label", how="left", suffix="_of_species", maintain_order="left")
    known = known.select("label", class_id=pl.coalesce("class_id", "class_id_of_species"))
    known = known.drop_nulls("class_id").join(places, on="class_id", maintain_order="left").select("label", "class_row")
    for name in ("label", "other_label"):
        rows = rows.join(
            known.rename({"label": name, "class_row": f"by_{name}"}), on=name, how="left", maintain_order="left"
        )
    return rows.with_columns(class_row=pl.coalesce("by_label", "by_other_label")).drop("by_label", "by_other_label")
