"""Captions of scenes, from a declared template and what the parts of each are."""

import string

import polars as pl

from workflow_scripts.errors import SoundledgerError, first_twenty

OF_SCENE = ("background", "events")
OF_EVENT = ("name", "a_name", "when")
THROUGHOUT = 0.8
"""Share of a scene above which an event is heard throughout."""


def captions_of(events: pl.DataFrame, backgrounds: pl.DataFrame, template: dict[str, str], where: str) -> pl.DataFrame:
    """A caption for each scene.

    Args:
        events: clip_id, duration_s (of the scene), onset_s, offset_s and name (of a class), a row an event.
        backgrounds: clip_id and `background`, words for what is heard behind all of it, "" where nothing is.
        template: `scene`, `event`, `join`; fields in braces out of OF_SCENE and OF_EVENT.
        where: the key that it stands under, as errors call it.

    Returns:
        clip_id and caption: the template `scene`, where what it has fields for is there; else what is, by itself.

    Raises:
        SoundledgerError: a field that there is not, or none; one that is to be written in a form of its own.
    """
    begins, ends, whole = pl.col("onset_s"), pl.col("offset_s"), pl.col("duration_s")
    centre = (begins + ends) / 2 / whole
    when = (
        pl.when((ends - begins) / whole >= THROUGHOUT)
        .then(pl.lit("throughout"))
        .when(centre < 1 / 3)
        .then(pl.lit("at the start"))
        .when(centre > 2 / 3)
        .then(pl.lit("at the end"))
        .otherwise(pl.lit("in the middle"))
    )
    name = pl.col("name").str.to_lowercase().str.replace_all("_", " ", literal=True)
    article = pl.when(name.str.contains("^[aeiou]")).then(pl.lit("an ")).otherwise(pl.lit("a "))
    said = events.with_columns(name=name, a_name=article + name, when=when).sort("clip_id", "onset_s", "name")
    said = said.with_columns(text=_filled(_pieces(template["event"], OF_EVENT, f"{where}.event")))
    joined = said.group_by("clip_id", maintain_order=True).agg(events=pl.col("text").unique(maintain_order=True))
    joined = joined.with_columns(pl.col("events").list.join(template["join"]))
    both = backgrounds.join(joined, on="clip_id", how="left", maintain_order="left").with_columns(
        pl.col("events").fill_null("")
    )
    pieces = _pieces(template["scene"], OF_SCENE, f"{where}.scene")
    is_there = pl.all_horizontal(pl.col(field) != "" for _, field in pieces if field)
    one = pl.concat_str("background", "events")  # one of the two at most where the template cannot be filled
    caption = pl.when(is_there).then(_filled(pieces)).otherwise(one)
    first = caption.str.head(1).str.to_uppercase() + caption.str.slice(1)
    return both.select("clip_id", caption=pl.when(one != "").then(first))


def _pieces(template: str, known: tuple[str, ...], where: str) -> list[tuple[str, str | None]]:
    """The texts of a template, each with the field behind it."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        raise SoundledgerError(f"{where}: {template!r}: {error}; a brace itself is written twice") from None
    fields = [field for _, field, _, _ in parts if field is not None]
    there = ", ".join(f"{{{name}}}" for name in known)
    if unknown := [f"{{{field}}}" for field in fields if field not in known]:
        raise SoundledgerError(f"{where}: {template!r}: {first_twenty(unknown)} is no field; there are {there}")
    if not fields:
        raise SoundledgerError(f"{where}: {template!r}: it would say the same of all; expected one of {there} in it")
    if formed := [f"{{{field}}}" for _, field, form, conversion in parts if form or conversion]:
        raise SoundledgerError(
            f"{where}: {template!r}: a field is written as it is; expected {first_twenty(formed)} without `!` and `:`"
        )
    return [(text, field) for text, field, _, _ in parts]


def _filled(pieces: list[tuple[str, str | None]]) -> pl.Expr:
    """A template with columns in place of its fields."""
    return pl.concat_str(
        [one for text, field in pieces for one in (pl.lit(text), pl.col(field) if field else pl.lit(""))]
    )
