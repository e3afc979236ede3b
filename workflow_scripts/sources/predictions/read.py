"""From tables of scores to `predictions`, of each clip and class the highest score, and `detections`.

Memory is bounded. Rows are judged some at a time; what they say waits on disk as numbers, is put in order there, and
gets its names last.
"""

import glob
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

import polars as pl

from workflow_scripts.media.stems import name_of, without_suffix
from workflow_scripts.sources.label_sets import look_up
from workflow_scripts.sources.predictions.tables import Scores, digest_of, read_scores
from workflow_scripts.sources.rejects import row_rejects, with_first_fault
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import ROW_GROUP, write_rows

MEMORY = "2GB"
"""That DuckDB takes to put scores in order; what is more waits on disk."""
NUMBERS = {
    "clip_row": pl.UInt32,
    "class_row": pl.UInt32,
    "score": pl.Float32,
    "onset_s": pl.Float64,
    "offset_s": pl.Float64,
    "model_row": pl.UInt32,
}
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
        models: of paths what their model is called, where the dataset file says so.
        aside: a folder for what waits.
    """

    promised: pl.DataFrame
    classes: pl.DataFrame
    files_of: FilesOf
    in_recordings: bool
    aside: Path
    models: Mapping[str, str] = field(default_factory=dict)
    _known_models: dict[str, int] = field(default_factory=dict)
    _counted: list[tuple[str, str, int, None, int, int, int, int]] = field(default_factory=list)
    _waiting: list[Path] = field(default_factory=list)

    def tables(self, paths: Iterable[str]) -> Iterator[tuple[str, Iterable[pl.DataFrame]]]:
        """The tables of schemas.JUDGED, in parts; the same whatever the order of the files.

        Raises:
            SourceError: a file is no table, or has other columns; names it. Nothing has been given then.
        """
        numbers = self.aside / "numbers.parquet"
        write_rows(self._numbers(sorted(paths)), pl.Schema(NUMBERS), numbers)
        yield "predictions", self._named(self._in_order(numbers, _HIGHEST, "highest"))
        yield "detections", self._detected(self._in_order(numbers, _EVENTS, "events"))
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
        rows = rows.with_columns(model_row=self._model_rows(path, scores))
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
                (
                    "bad_span",
                    _has_span() & ~_is_span(),
                    pl.lit("no start and end in seconds"),
                ),
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
        good = judged.filter(pl.col("reason").is_null()).select(
            "place", "class_row", "model_row", pl.col("score").cast(pl.Float32)
        )
        told = in_span.join(good, on="place", maintain_order="left").select(*NUMBERS)
        bad = judged.filter(pl.col("reason").is_not_null())
        bad = bad.select("line", "reason", "detail").with_columns(scores.raw_of(bad["place"]).alias("raw"))
        broken = scores.broken.select("line", "reason", "detail", "raw") if len(scores.broken) else bad.clear()
        return told, row_rejects(pl.concat([bad, broken]).with_columns(source=pl.lit(path)).sort("line"))

    def _of_clips(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`place` and `clip_row` of rows and the clips that they speak of; `in_span`: the window lies in the clip.

        `onset_s` and `offset_s` are those of the window in the clip.
        """
        ids = self.promised.select("clip_id").with_row_index("clip_row")
        said = rows.select("place", *_WINDOW, clip_id="clip").drop_nulls("clip_id")
        by_id = said.join(_asked(ids, rows, "clip"), on="clip_id")
        of_files = rows.filter(pl.col("clip").is_null()).select("place", "file", *_WINDOW).drop_nulls("file")
        named = of_files.select(pl.col("file").unique(maintain_order=True)).with_columns(
            stem=without_suffix(name_of(pl.col("file")))
        )
        as_clip = named.join(_asked(ids, named, "stem"), left_on="stem", right_on="clip_id")
        as_clip = as_clip.select("file", "clip_row", is_cut=pl.lit(value=True))
        others = self.files_of(named.select("file").join(as_clip, on="file", how="anti", maintain_order="left"))
        holding = pl.concat([as_clip, others.select("file", pl.col("clip_row").cast(pl.UInt32), "is_cut")])
        by_file = of_files.join(holding, on="file", maintain_order="left")
        by_file = by_file.hstack(self.promised.select("start_s", "end_s")[by_file["clip_row"]])
        middle = (pl.col("at_s") + pl.col("until_s")) / 2
        is_whole = pl.col("is_cut") if self.in_recordings else pl.lit(value=True)
        starts, ends = pl.col("start_s").fill_null(0), pl.col("end_s").fill_null(float("inf"))
        inside = ((middle >= starts) & (middle < ends)).fill_null(value=False)
        by_file = by_file.select(
            "place",
            "clip_row",
            in_span=is_whole | inside,
            onset_s=pl.when(is_whole).then("at_s").otherwise((pl.col("at_s") - starts).clip(0)),
            offset_s=pl.when(is_whole).then("until_s").otherwise(pl.min_horizontal("until_s", ends) - starts),
        )
        by_id = by_id.select("place", "clip_row", in_span=pl.lit(value=True), onset_s="at_s", offset_s="until_s")
        return pl.concat([by_id, by_file])

    def _model_rows(self, path: str, scores: Scores) -> pl.Series:
        """The number of the model of each row: as the dataset file says, the row, the tool, or else the file's name."""
        known = self.models.get(path)
        other = scores.tool or PurePath(path).name.partition(".")[0]
        names = scores.rows["model"].fill_null(other) if known is None else pl.Series([known] * len(scores.rows))
        numbers = {name: self._known_models.setdefault(name, len(self._known_models)) for name in names.unique().sort()}
        return names.cast(pl.String).replace_strict(numbers, return_dtype=pl.UInt32)

    def _in_order(self, numbers: Path, sql: str, name: str) -> Path:
        """What a question to `numbers` finds, in the order that it asks for."""
        import duckdb

        ordered = self.aside / f"{name}.parquet"
        with duckdb.connect() as connection:
            connection.execute("SET threads = 2")
            connection.execute("SET memory_limit = ?", [MEMORY])
            connection.execute("SET temp_directory = ?", [str(self.aside / "spilled")])
            connection.read_parquet(glob.escape(str(numbers))).create_view("numbers")
            connection.sql(sql).write_parquet(str(ordered))
        return ordered

    def _named(self, ordered: Path) -> Iterator[pl.DataFrame]:
        """The `predictions` table."""
        yield schemas.PREDICTIONS.empty()
        clips, classes = self.promised["clip_id"], self.classes["class_id"].cast(pl.Categorical)
        parts = pl.scan_parquet(ordered, glob=False)
        for part in parts.collect_batches(chunk_size=ROW_GROUP, maintain_order=True, engine="streaming"):
            named = part.select(clip_id=clips.gather(part["clip_row"]), class_id=classes.gather(part["class_row"]))
            yield named.with_columns(part["score"])

    def _detected(self, ordered: Path) -> Iterator[pl.DataFrame]:
        """The `detections` table."""
        nothing = schemas.DETECTIONS.empty()
        yield nothing
        clips, classes = self.promised["clip_id"], self.classes.select("class_id", "name").cast(pl.Categorical)
        models = pl.Series([f"model:{name}" for name in self._known_models], dtype=pl.Categorical)
        parts = pl.scan_parquet(ordered, glob=False)
        for part in parts.collect_batches(chunk_size=ROW_GROUP, maintain_order=True, engine="streaming"):
            named = part.select(
                "onset_s",
                "offset_s",
                clip_id=clips.gather(part["clip_row"]),
                class_id=classes["class_id"].gather(part["class_row"]),
                class_name=classes["name"].gather(part["class_row"]),
                strength=pl.lit("strong"),
                origin=models.gather(part["model_row"]),
                via_class_id=pl.lit(None),
                value=pl.col("score").cast(pl.Float64),
            )
            yield named.select(pl.col(name).cast(kind) for name, kind in nothing.schema.items())


_HIGHEST = "SELECT clip_row, class_row, max(score) AS score FROM numbers GROUP BY ALL ORDER BY ALL"
_EVENTS = """
    SELECT clip_row, onset_s, offset_s, class_row, model_row, max(score) AS score
    FROM numbers WHERE onset_s IS NOT NULL GROUP BY ALL ORDER BY ALL
"""
"""Raven writes a selection once for each view in which it is drawn."""
_WINDOW = (pl.col("start_s").alias("at_s"), pl.col("end_s").alias("until_s"))


def _asked(ids: pl.DataFrame, rows: pl.DataFrame, of: str) -> pl.DataFrame:
    """The clips whose ids stand in a column."""
    return ids.join(rows.select(clip_id=pl.col(of).unique()), on="clip_id", how="semi")


def _is_span() -> pl.Expr:
    start, end = pl.col("start_s"), pl.col("end_s")
    return ((start >= 0) & (end > start) & end.is_finite()).fill_null(value=False)


def _has_span() -> pl.Expr:
    """Whether rows say when, or have to: those of files."""
    return pl.any_horizontal(pl.col("file", "start_s", "end_s").is_not_null())


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
