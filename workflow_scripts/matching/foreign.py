"""Fingerprints of sets whose audio is not here: files that the export `fingerprints` wrote, read with suspicion."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from workflow_scripts.errors import SoundledgerError, first_twenty
from workflow_scripts.sound import fingerprint
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import TableError, validate, write_parts

ROWS_AT_ONCE = 100_000
"""So many fingerprints, of some 400 bytes each, are held."""
_TYPES = schemas.FINGERPRINTS.empty().schema
_WHO = ["dataset", "split", "clip_id"]
_EXPECTED = "expected what the export `fingerprints` writes"
_log = logging.getLogger(__name__)


def write_foreign_clips(files: Sequence[Path], datasets: Iterable[str], output: Path) -> None:
    """Write the table `foreign_clips`: all that the files hold.

    Args:
        files: of the export `fingerprints`, of this run or of anybody's.
        datasets: those of the run.
        output: the table.

    Raises:
        SoundledgerError: a file is not there, no Parquet, or not of that form; its fingerprints are of another version;
            a dataset is called like one of the run; a clip stands there twice.
    """
    tables = {file: _opened(file) for file in sorted(files)}
    whose = _whose(tables)
    _refuse_own(whose, datasets)
    _refuse_twice(whose)
    rows = write_parts(_parts(tables), output, schemas.FOREIGN_CLIPS)
    _log.info("%d clips of %s", rows, first_twenty(list(map(str, tables))))


def _opened(file: Path) -> pl.LazyFrame:
    """The columns of a file, which are those that are asked for."""
    try:
        table = pl.scan_parquet(file, glob=False, hive_partitioning=False)
        found = table.collect_schema()
    except FileNotFoundError:
        raise SoundledgerError(f"{file}: no such file; `against` of the run names it") from None
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SoundledgerError(f"{file}: not a Parquet file that can be read ({error}); {_EXPECTED}") from None
    if missing := [name for name in _TYPES if name not in found]:
        raise SoundledgerError(f"{file}: lacks {first_twenty(missing)}; {_EXPECTED}")
    if others := [f"{name} is {found[name]}, not {kind}" for name, kind in _TYPES.items() if found[name] != kind]:
        raise SoundledgerError(f"{file}: {first_twenty(others)}; {_EXPECTED}")
    return table.select(list(_TYPES))


def _whose(tables: Mapping[Path, pl.LazyFrame]) -> pl.DataFrame:
    """Whose fingerprints the files hold: `dataset`, `split`, `clip_id` and `file` of each.

    Raises:
        SoundledgerError: fingerprints of a file are of another version.
    """
    each = [pl.DataFrame(schema=dict.fromkeys([*_WHO, "file"], pl.String))]
    for file, table in tables.items():
        for rows in _in_ranges(file, table.select(*_WHO, "fingerprint_version")):
            _refuse_other_version(file, rows["fingerprint_version"])
            each.append(rows.select(*_WHO, file=pl.lit(str(file))))
    return pl.concat(each)


def _refuse_other_version(file: Path, versions: pl.Series) -> None:
    """Raises SoundledgerError unless all fingerprints of a file are as those of the run."""
    others = versions.unique().sort().cast(pl.String).fill_null("none").to_list()
    if others not in ([], [str(fingerprint.VERSION)]):
        raise SoundledgerError(
            f"{file}: fingerprints of version {first_twenty(others)}, where this run's are of version "
            f"{fingerprint.VERSION}, and none can be held against another's. Have the file written anew by a "
            "Soundledger of this run's version"
        )


def _refuse_own(whose: pl.DataFrame, datasets: Iterable[str]) -> None:
    """Raises SoundledgerError where a file speaks of a dataset that is called like one of the run."""
    own = whose.filter(pl.col("dataset").is_in(list(datasets))).unique(["dataset", "file"]).sort("file", "dataset")
    if len(own):
        each = [f"{row['dataset']} ({row['file']})" for row in own.iter_rows(named=True)]
        raise SoundledgerError(
            f"config: against: {first_twenty(each)}: a dataset of the run is called so too, and nobody could tell "
            "whose a clip is. The run holds its own clips against each other as it is: leave the file out. Of another "
            "set of that name, give the dataset here another `name`"
        )


def _refuse_twice(whose: pl.DataFrame) -> None:
    """Raises SoundledgerError where a clip stands in the files twice."""
    twice = (
        whose.group_by("dataset", "clip_id")
        .agg(pl.len(), pl.col("file").unique().sort())
        .filter(pl.col("len") > 1)
        .sort("dataset", "clip_id")
    )
    if len(twice):
        first = twice.head(20).iter_rows(named=True)
        each = [f"{row['dataset']}/{row['clip_id']} ({' and '.join(row['file'])})" for row in first]
        raise SoundledgerError(
            f"config: against: {len(twice):,} clips stand there more than once; the first: {', '.join(each)}. Name "
            "each set once, or give one of them another `dataset`"
        )


def _parts(tables: Mapping[Path, pl.LazyFrame]) -> Iterator[pl.DataFrame]:
    """The rows of the table, some at a time."""
    for file, table in tables.items():
        for rows in _in_ranges(file, table):
            try:
                validate(rows, schemas.FINGERPRINTS)
            except TableError as error:
                raise SoundledgerError(f"{file}: {error}") from None
            _refuse_no_fingerprints(file, rows["acoustic_fingerprint"].drop_nulls())
            named = rows.with_columns(file=pl.lit(str(file), pl.Categorical))
            yield named.select(list(schemas.FOREIGN_CLIPS.columns))


def _refuse_no_fingerprints(file: Path, blobs: pl.Series) -> None:
    """Raises SoundledgerError where bytes are none that a fingerprint could be."""
    if (blobs.bin.size() % 2 != 0).any():
        raise SoundledgerError(f"{file}: acoustic_fingerprint: bytes that are no fingerprint; {_EXPECTED}")
    if (np.frombuffer(b"".join(blobs), "<u2") >= fingerprint.SYMBOLS**fingerprint.GROUPS).any():
        raise SoundledgerError(f"{file}: acoustic_fingerprint: values that no fingerprint has; {_EXPECTED}")


def _in_ranges(file: Path, table: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """The rows of a file, some at a time."""
    try:
        yield from table.collect_batches(chunk_size=ROWS_AT_ONCE, maintain_order=True, engine="streaming")
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SoundledgerError(f"{file}: damaged ({error}); {_EXPECTED}") from None
