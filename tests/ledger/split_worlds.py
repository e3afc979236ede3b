"""Ledgers made by hand, or at random, of which splits with care are made."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import strategies as st

from workflow_scripts.ledger.splits.assign import assign
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

Row = dict[str, Any]
SPLITS = ["eval", "balanced", "unbalanced"]
CLASSES = [f"/m/{letter}" for letter in "abcde"]


def augment(clips_a_class: int, seed: int = 0) -> Row:
    return {"augment_splits": {"splits": SPLITS, "clips_a_class": clips_a_class, "seed": seed}}


def ledger(rows: Sequence[Row]) -> pl.DataFrame:
    """A `clips` table: a trainable clip of a video of its own in `unbalanced`, of no class, unless told otherwise.

    `classes` are ids; the name of a class is its id in capitals.
    """
    filled = []
    for line, row in enumerate(rows, start=1):
        classes = row.get("classes", [])
        known = {
            "media_key": row["clip_id"],
            "split": "unbalanced",
            "trainable": True,
            "source": "list.csv",
            "line": line,
        }
        said = {"class_ids": classes, "class_names": [one.upper() for one in classes]}
        told = {name: value for name, value in row.items() if name != "classes"}
        clip = dict.fromkeys(schemas.CLIPS.columns) | known | said | told
        filled.append(clip | {"status": "usable", "usable": True, "media_path": clip["path"]})
    return pl.DataFrame(filled, schema=schemas.CLIPS.empty().schema)


def assigned(
    clips: pl.DataFrame,
    settings: Mapping[str, Any],
    checks: Mapping[str, list[Path]] | None = None,
    origins: Sequence[Row] = (),
) -> dict[str, pl.DataFrame]:
    """The tables `splits` and `subsets`, as they pass their schemas."""
    known = schemas.ORIGINS.empty().schema
    said = pl.DataFrame([dict.fromkeys(known) | row for row in origins], schema=known)
    tables = dict(assign(clips.lazy(), checks or {}, said.lazy(), settings))
    for name, table in tables.items():
        validate(table, schemas.ASSIGNED[name])
    return tables


def by_id(table: pl.DataFrame, column: str) -> dict[str, Any]:
    """A column as text or number by clip."""
    values = table[column]
    plain = values.cast(pl.String) if values.dtype == pl.Categorical else values
    return dict(zip(table["clip_id"], plain, strict=True))


@st.composite
def ledgers(draw: st.DrawFn) -> pl.DataFrame:
    """Some clips of a few videos, files and publications, in any split, of some classes; one in three is too short."""
    numbers = st.integers(0, 15)
    rows = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "media_key": numbers.map("video{}".format),
                    "path": st.none() | numbers.map("file{}.wav".format),
                    "source_url": st.none() | numbers.map("https://freesound.org/s/{}/".format),
                    "split": st.sampled_from(SPLITS),
                    "classes": st.lists(st.sampled_from(CLASSES), unique=True, max_size=3),
                    "trainable": st.sampled_from([True, True, False]),
                }
            ),
            max_size=40,
        )
    )
    named = [{"clip_id": f"c{number:02d}", "root": row["path"] and "root"} | row for number, row in enumerate(rows)]
    return ledger(named)
