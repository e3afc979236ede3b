"""What is wrong with rows: those that would be clips, and events, labels and captions from a table of their own."""

import re

import polars as pl

from workflow_scripts.media.walk import AUDIO_SUFFIXES
from workflow_scripts.sources import youtube
from workflow_scripts.sources.clips.fields import BLANK_IS_NOT, BOUNDS, EVENT, FIELDS, filled
from workflow_scripts.sources.rejects import with_first_fault
from workflow_scripts.tables.schemas import FILE_NAME, IDENTIFIER

MOST_SECONDS = 1e9
"""Of a start or an end: 30 years."""
OTHERWISE = "all"
"""The split of a dataset that has none."""
_AUDIO = rf"(?:{'|'.join(map(re.escape, sorted(AUDIO_SUFFIXES)))})"
_NO_NAME = {"youtube": "it names no YouTube video: ", "stem": "it names no media: ", "path": "it names no media: "}

Faults = list[tuple[str, pl.Expr, pl.Expr]]


def media_key(media: pl.Expr, match: str) -> pl.Expr:
    """A media as the match reads it: of a stem neither folders nor the suffix of a kind of audio count."""
    if match == "youtube":
        return youtube.read(media).struct.field("media_key")
    if match == "stem":
        return media.str.replace(r"(?s)^.*/", "").str.replace(rf"(?i)(.){_AUDIO}$", "${1}")
    return media


def judged(rows: pl.DataFrame, part: str, match: str) -> pl.DataFrame:
    """What rows say, and what is wrong with each.

    Args:
        rows: source, line, raw; the fields of the part, as far as it has them, and of clips those of the event that
            each holds; `selected`, false of clips that are left out; `again`, true of clips that a row tells of beside
            its first; `extra`, a JSON object; `beside`, what of clips was left out as no such value; reason and detail
            of rows that could not be read.
        part: of FIELDS.
        match: of the dataset.

    Returns:
        The same with all fields; `media_key` in place of the media; of clips and what is told about them `beside`, with
        what of it could not be; reason and detail, null where nothing is wrong.
    """
    rows = filled(rows, {"reason": pl.String, "detail": pl.String, **FIELDS[part]})
    if part == "clip":
        return _with_events(_clips(rows, match))
    if part == "vocabulary":
        return _judged(rows, _faults_of_classes())
    if part == "about":
        return _of_media(_with_origins(filled(rows, {"extra": pl.String})), match)
    faults = {"events": _faults_of_events, "labels": _faults_of_labels, "captions": _faults_of_captions}
    return _judged(_of_media(rows, match), faults[part]())


def _clips(rows: pl.DataFrame, match: str) -> pl.DataFrame:
    told = _with_origins(filled(rows, {"selected": pl.Boolean, "again": pl.Boolean, "extra": pl.String})).with_columns(
        pl.col("split").fill_null(OTHERWISE),
        pl.col("again").fill_null(value=False),
        pl.col("selected").fill_null(value=True),
        media_key=media_key(pl.col("media"), match),
    )
    start, end = pl.col("start_s"), pl.col("end_s")
    no_span = (start > MOST_SECONDS) | (end > MOST_SECONDS)
    no_span |= ~(start.is_finite() & (start >= 0)) | ~end.is_finite() | (end <= start.fill_null(0))
    if match == "youtube":
        known = pl.when(start.is_between(0, MOST_SECONDS)).then(start)
        told = told.with_columns(pl.coalesce("source_url", youtube.address(pl.col("media_key"), known)))
    span = pl.format("from {} to {} s", start.cast(pl.String).fill_null("null"), end.cast(pl.String).fill_null("null"))
    faults = [
        ("not_selected", ~pl.col("selected"), pl.lit("where does not hold")),
        _no_media(match),
        ("no_start", _says_a_time(match) & start.is_null(), pl.concat_str(pl.lit("say start_s, as in: "), "media")),
        ("bad_id", ~pl.col("id").str.contains(IDENTIFIER), pl.concat_str(pl.lit("id: "), "id")),
        ("bad_split", ~pl.col("split").str.contains(FILE_NAME), pl.concat_str(pl.lit("split: "), "split")),
        ("bad_span", no_span, span),
    ]
    return _judged(told, faults).drop("media", "selected")


def _with_origins(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows without numbers that no place or duration can be, which `beside` tells; they cost no clip.

    One that is no number is nothing: so pandas writes what is not there.
    """
    rows = filled(rows, {"beside": pl.String})
    rows = rows.with_columns(pl.col(name).fill_nan(None) for name in BOUNDS if rows.schema[name].is_float())
    is_one = {name: pl.col(name).is_between(*bounds) & pl.col(name).is_finite() for name, bounds in BOUNDS.items()}
    told = [pl.when(~one).then(pl.format(f"{name}: {{}}", pl.col(name))) for name, one in is_one.items()]
    beside = pl.concat_list("beside", *told).list.drop_nulls().list.join(", ")
    return rows.with_columns(
        *(pl.when(one).then(name).alias(name) for name, one in is_one.items()),
        beside=pl.when(beside != "").then(beside),
    )


def _with_events(clips: pl.DataFrame) -> pl.DataFrame:
    told = filled(clips, EVENT)
    none = (pl.col("class").list.len() == 0).fill_null(value=False)
    told = told.with_columns(pl.when(~none).then(pl.col(name)).alias(name) for name in EVENT if name != "class")
    said = pl.any_horizontal(pl.col(name).is_not_null() for name in EVENT) & ~none
    return _judged(told, [(reason, said & fault, words) for reason, fault, words in _faults_of_events()])


def _faults_of_captions() -> Faults:
    nothing = ~pl.col("texts").list.eval(pl.element().str.contains(BLANK_IS_NOT)).list.any().fill_null(value=False)
    return [("no_caption", nothing, pl.lit("it says nothing"))]


def _faults_of_labels() -> Faults:
    return [("no_class", pl.col("classes").list.len().fill_null(0) == 0, pl.lit("it names no class"))]


def _faults_of_events() -> Faults:
    onset, offset = pl.col("onset_s"), pl.col("offset_s")
    somewhere = onset.is_between(0, MOST_SECONDS) & offset.is_between(onset, MOST_SECONDS)
    nowhere = ~somewhere.fill_null(value=False)
    span = pl.format(
        "from {} to {} s", onset.cast(pl.String).fill_null("null"), offset.cast(pl.String).fill_null("null")
    )
    return [
        ("no_event", pl.col("class").list.len() == 0, pl.lit("its list of classes is empty")),
        ("no_class", pl.col("class").is_null(), pl.lit("it names no class")),
        ("bad_span", nowhere, span),
        ("bad_value", ~pl.col("value").is_finite(), pl.format("value: {}", pl.col("value"))),
    ]


def _faults_of_classes() -> Faults:
    nothing = pl.coalesce("id", "name").fill_null("").str.strip_chars() == ""
    return [
        ("no_class", nothing, pl.lit("it names no class")),
        ("bad_index", pl.col("index") < 0, pl.format("index: {}", pl.col("index"))),
    ]


def _of_media(rows: pl.DataFrame, match: str) -> pl.DataFrame:
    """Rows with the `media_key` of their media, and the start that the name of a cut of a video says."""
    start = youtube.read(pl.col("media")).struct.field("named_start") if match == "youtube" else pl.lit(None, pl.String)
    return rows.with_columns(named_start=start, media_key=media_key(pl.col("media"), match)).drop("media")


def _says_a_time(match: str) -> pl.Expr:
    """Whether the name of a media says where in its video it starts, which nobody reads here: in seconds or in ms."""
    if match != "youtube":
        return pl.lit(value=False)
    return youtube.read(pl.col("media")).struct.field("named_start").is_not_null()


def _no_media(match: str) -> tuple[str, pl.Expr, pl.Expr]:
    nothing = pl.col("media_key").is_null() | (pl.col("media_key") == "")
    return "no_media", nothing, pl.concat_str(pl.lit(_NO_NAME[match]), pl.col("media").fill_null("null"))


def _judged(rows: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Rows with the first fault of each, before which is that it could not be asked at all."""
    if not faults:
        return rows
    asked = rows.rename({"reason": "asked_reason", "detail": "asked_detail"})
    first = [(name, pl.col("asked_reason") == name, pl.col("asked_detail")) for name in _reasons(rows)]
    asked = asked.rename({"line": "own_line"}).with_row_index("line")  # lines of several files are alike
    told = with_first_fault(asked, first + faults).drop("line", "asked_reason", "asked_detail")
    return told.rename({"own_line": "line"})


def _reasons(rows: pl.DataFrame) -> list[str]:
    return rows["reason"].drop_nulls().unique(maintain_order=True).to_list()
