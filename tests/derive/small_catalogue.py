"""A catalogue of one small dataset, `d`, whose clips have five seconds and the class that they are called by."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import polars as pl

CAPTION = {"scene": "{background}; {events}", "event": "{a_name}", "join": ", "}
OPTIONS = {
    "duration_s": 2, "events": 1, "snr_db": 0, "stretch": 1, "pitch_semitones": 0, "fade_s": 0, "balance": "clip",
    "caption": CAPTION, "together": "anything",
}  # fmt: skip
"""Of soundscapes."""


@contextmanager
def catalogue_of(
    clips: Mapping[str, Sequence[float] | None],
    said: Mapping[str, Sequence[str]] = {},
    origins: Mapping[str, tuple[str | None, float | None, float | None]] = {},
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to it.

    Args:
        clips: each with its envelope.
        said: the classes of those that have others than their own name.
        origins: when and where some were recorded.
    """
    classes = pl.Series([list(said.get(name, [name])) for name in clips], dtype=pl.List(pl.String))
    table = pl.DataFrame({"clip_id": list(clips), "path": [f"{name}.wav" for name in clips]}).with_columns(
        dataset=pl.lit("d"), split=pl.lit("train"), root=pl.lit("r"), member=pl.lit(None, pl.String), start_s=0.0,
        duration_s=5.0, sample_rate=16_000, media_path="path", whole_media=pl.lit(value=True),
        usable=pl.lit(value=True), status=pl.lit("ok"), class_ids=classes, class_names=classes,
    )  # fmt: skip
    checks = table.select("root", "path", "member", bytes_digest="path", pcm_digest="path").with_columns(
        envelope_rms=pl.Series(list(clips.values()), dtype=pl.List(pl.Float32))
    )
    labels = table.select("dataset", "clip_id", class_id="class_ids").explode("class_id").drop_nulls()
    labels = labels.with_columns(
        origin=pl.lit("annotated"), onset_s=pl.lit(None, pl.Float64), offset_s=pl.lit(None, pl.Float64)
    )
    views: dict[str, pl.DataFrame] = {
        "clips": table,
        "checks": checks,
        "labels": labels,
        "captions": _empty(dataset=pl.String, clip_id=pl.String, ordinal=pl.Int32, text=pl.String),
        "classes": labels.select("class_id", name="class_id"),
        "origins": pl.DataFrame(
            [("d", name, *place) for name, place in origins.items()],
            {"dataset": pl.String, "clip_id": pl.String, "recorded_at": pl.String}
            | {"latitude": pl.Float64, "longitude": pl.Float64},
            orient="row",
        ),
    }
    with duckdb.connect() as connection:
        for name, view in views.items():
            connection.register(name, view.to_arrow())
        yield connection


def _empty(**schema: Any) -> pl.DataFrame:
    return pl.DataFrame(schema=schema)
