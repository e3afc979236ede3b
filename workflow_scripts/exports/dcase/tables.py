"""The tables of each split, and what scorers do with them in silence."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from workflow_scripts.exports.events.files import without_suffix
from workflow_scripts.exports.events.joined import joined
from workflow_scripts.exports.events.media import in_part
from workflow_scripts.exports.events.rows import DECIMALS, seconds
from workflow_scripts.exports.reading import MEDIA, Tables

FILE = ["split", "filename"]
"""A file that clips of two splits lie in is in the tables of both."""


class SplitTables:
    """Tables on their way to disk, part by part.

    Files are called by their names alone where each has one of its own, whatever its suffix, or else by their paths.
    """

    def __init__(self, tables: Tables, folder: Path) -> None:
        self._folder = folder
        self._named_alone = _have_own_names(tables)
        self._same_stem = self._in_part = self._joined = 0

    def add(self, rows: pl.DataFrame, clips: pl.DataFrame) -> int:
        """Write what is heard in some media; how many events are in others by now, which they touch or overlap.

        Args:
            rows: as `Heard` has them.
            clips: likewise, with `media_duration_s`.
        """
        name = pl.col("below").str.split("/").list.last() if self._named_alone else pl.col("below")
        rows, clips = (some.with_columns(filename=name) for some in (rows, clips))
        is_strong = pl.col("strength") == "strong"
        strong, tagged = rows.filter(is_strong), rows.filter(~is_strong | is_strong.all().over("clip_id"))
        silent = clips.join(rows, on="clip_id", how="anti", maintain_order="left").select(FILE).unique()
        events = joined(strong, [*FILE, "label"])
        tags = tagged.group_by(FILE).agg(event_labels=pl.col("label").unique(maintain_order=True).str.join(","))
        onset, offset = (seconds(time, DECIMALS) for time in ("begin_s", "end_s"))
        events_written = _with_silent(events, silent).sort(*FILE, "begin_s", "end_s", "label")
        self._write(
            "strong", events_written.select("split", "filename", onset=onset, offset=offset, event_label="label")
        )
        self._write("weak", _with_silent(tags, silent).sort(FILE))
        told = clips.join(pl.concat([strong.select(FILE), silent]).unique(), on=FILE, how="semi", maintain_order="left")
        self._write("durations", _durations(told))
        self._count(told)
        self._joined += (again := len(strong) - len(events))
        return again

    def warnings(self) -> Iterator[str]:
        """What the run ends with."""
        if self._joined:
            yield f"{self._joined:,} events touch or overlap others of their class, and are joined with these"
        if self._in_part:
            yield (
                f"{self._in_part:,} files are told of in part alone, as their clips do not cover them; scorers take it "
                "that nothing is heard in the rest"
            )
        if self._same_stem:
            yield f"{self._same_stem:,} files differ from another in their suffix alone, which sed_scores_eval ignores"

    def _write(self, kind: str, rows: pl.DataFrame) -> None:
        for (split,), of_split in rows.partition_by("split", as_dict=True, include_key=False).items():
            file = self._folder / kind / f"{split}.tsv"
            file.parent.mkdir(exist_ok=True)
            with file.open("ab") as written:
                of_split.write_csv(written, separator="\t", include_header=written.tell() == 0)

    def _count(self, told: pl.DataFrame) -> None:
        """Of clips whose files stand in `strong`."""
        if not self._named_alone:
            self._same_stem += told.filter("shares_stem").select(FILE).n_unique()
        self._in_part += in_part(told, FILE)


def _with_silent(rows: pl.DataFrame, silent: pl.DataFrame) -> pl.DataFrame:
    """Rows, and one without anything for each file in which nothing is heard, of which there is none."""
    return pl.concat([rows, silent.join(rows, on=FILE, how="anti")], how="diagonal")


def _durations(clips: pl.DataFrame) -> pl.DataFrame:
    each = clips.select(*FILE, "media_duration_s").unique().sort(FILE)
    return each.select(*FILE, duration=seconds("media_duration_s", DECIMALS))


def _have_own_names(tables: Tables) -> bool:
    files = tables.lazy("clips").filter(pl.col("usable") & pl.col("member").is_null()).select(MEDIA).unique()
    names = files.select(without_suffix("path").str.split("/").list.last().hash().alias("name"))
    counts = names.select(files=pl.len(), names=pl.col("name").n_unique()).collect().row(0)
    return bool(counts[0] == counts[1])
