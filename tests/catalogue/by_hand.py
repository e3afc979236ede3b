"""Catalogues of tables made by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from workflow_scripts.catalogue.build import Contents, build_catalogue
from workflow_scripts.settings.places import Places
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

Row = dict[str, Any]
ROOT = "root"
"""The one that checks by hand are of."""
WEIGHED = schemas.WEIGHED.items()
NOT_SAID: dict[str, Row] = {
    "clips": {"split": "train", "class_ids": [], "class_names": [], "source": "table.csv", "line": 1}
    | {"status": "usable", "usable": True, "trainable": True},
    "labels": {"class_name": "", "strength": "weak", "origin": "annotated"},
    "classes": {"parent_ids": [], "ancestor_ids": [], "is_abstract": False, "is_blacklisted": False},
    "captions": {"ordinal": 0},
    "fetches": {"entry": "acquire[0]", "address": "", "path": ""},
    "reviews": {"ordinal": 0, "source": "reviews.csv", "superseded": False, "counts": True},
    "checks": {"bytes": 1, "mtime_ns": 0, "load_ok": True, "fingerprint": "by hand"},
}
"""What the rows of a table are unless they say otherwise; null where that may be."""


def catalogue_of(
    folder: Path,
    datasets: Mapping[str, Mapping[str, Sequence[Row]]],
    checks: Sequence[Row] = (),
    matches: Mapping[str, Sequence[Row]] | None = None,
) -> duckdb.DuckDBPyConnection:
    """The catalogue of datasets of which some tables hold these rows, and the others none.

    A dataset has splits with care if it has rows of both tables, or no rows but the tables; likewise what is made of
    what is said of clips, and `fetches`. Checks are those of ROOT. There are tables of what sounds the same if any of
    them has rows.
    """
    places = Places(str(folder / "results"))
    for dataset, tables in datasets.items():
        for name, schema in (schemas.INGESTED | schemas.RESOLVED).items():
            write_table(_table(schema, tables.get(name, ())), Path(places.table(dataset, name)), schema)
        for name, schema in schemas.ASSIGNED.items():
            if name in tables:
                write_table(_table(schema, tables[name]), Path(places.table(dataset, name)), schema)
    judged = {key: [name for name in datasets if of_key.keys() <= datasets[name].keys()] for key, of_key in WEIGHED}
    for key, of_key in WEIGHED:
        for dataset in judged[key]:
            for name, schema in of_key.items():
                write_table(_table(schema, datasets[dataset][name]), Path(places.table(dataset, name)), schema)
            for name in ("rejects", "sources"):
                schema = schemas.JUDGED[key][name]
                write_table(schema.empty(), Path(places.table_of(dataset, key, name)), schema)
            for name in {key, "detections"} & schemas.JUDGED[key].keys():
                schema, rows = schemas.JUDGED[key][name], datasets[dataset].get(name, ())
                write_table(_table(schema, rows), Path(places.table(dataset, name)), schema)
    cared_for = [dataset for dataset, tables in datasets.items() if schemas.ASSIGNED.keys() <= tables.keys()]
    of_some = (schemas.WINDOWS, schemas.OF_YEARS, schemas.OF_FIT)
    measured, over_years, fitting = (_written(places, datasets, tables_of) for tables_of in of_some)
    fetched = {dataset: ["audio"] for dataset, tables in datasets.items() if "fetches" in tables}
    for dataset in fetched:
        file = Path(places.acquired(dataset, "audio"))
        write_table(_table(schemas.FETCHES, datasets[dataset]["fetches"]), file, schemas.FETCHES)
    files = [places.checks(ROOT, "all")] if checks else []
    if checks:
        write_table(_table(schemas.CHECKS, checks), Path(files[0]), schemas.CHECKS)
        write_table(schemas.MEDIA.empty(), Path(places.media_list(ROOT, "all")), schemas.MEDIA)
        write_table(schemas.REJECTS.empty(), Path(places.root_rejects(ROOT)), schemas.REJECTS)
    foreign = {"foreign_clips": schemas.FOREIGN_CLIPS} if matches and "foreign_clips" in matches else {}
    for name, schema in (schemas.MATCHED | foreign).items() if matches else ():
        write_table(_table(schema, matches.get(name, ())), Path(places.matches(name)), schema)
    roots = {name: [ROOT] if checks else [] for name in datasets}
    contents = Contents(
        places,
        roots,
        {ROOT: files},
        with_split_care=cared_for,
        with_judgements=judged,
        fetches=fetched,
        with_windows=measured,
        with_years=over_years,
        with_fit=fitting,
        with_matches=bool(matches),
        with_against=bool(foreign),
    )
    build_catalogue(contents, Path(places.catalogue))
    return duckdb.connect(places.catalogue, read_only=True)


def _written(places: Places, datasets: Mapping[str, Mapping[str, Sequence[Row]]], of: Mapping[str, Any]) -> list[str]:
    """Write tables of the datasets that have rows of all of them, or no rows but the tables."""
    having = [dataset for dataset, tables in datasets.items() if of.keys() <= tables.keys()]
    for dataset in having:
        for name, schema in of.items():
            write_table(_table(schema, datasets[dataset][name]), Path(places.table(dataset, name)), schema)
    return having


def clip(clip_id: str, **more: Any) -> Row:
    return {"clip_id": clip_id, "media_key": clip_id, **more}


def _table(schema: Any, rows: Sequence[Row]) -> pl.DataFrame:
    nothing = dict.fromkeys(schema.columns) | NOT_SAID.get(schema.name, {})
    return pl.DataFrame([nothing | row for row in rows], schema=schema.empty().schema)
