"""Tables on disk: validated first, whole, and the same bytes for the same rows."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from workflow_scripts.tables import schemas
from workflow_scripts.tables.declared import Schema
from workflow_scripts.tables.files import publish, published
from workflow_scripts.tables.store import (
    ROW_GROUP,
    TableError,
    lazy_table,
    publish_table,
    read_checks,
    read_table,
    validate,
    write_parts,
    write_table,
    write_validated,
)

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mine" / "tables" / "summary.parquet"


def summary(*clips):
    return pl.DataFrame(
        {"split": [f"split{place}" for place in range(len(clips))], "status": ["usable"] * len(clips), "clips": clips},
        schema=schemas.SUMMARY.empty().schema,
    )


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


# --- validated on the way ---


def test_table_comes_back_as_it_was_written(path):
    write_table(summary(3, 1, 2), path, schemas.SUMMARY)
    assert read_table(path).equals(summary(3, 1, 2))


def test_nothing_is_written_of_a_table_that_breaks_its_schema(path, tmp_path):
    with pytest.raises(TableError, match="nothing was written"):
        write_table(summary(1, -1), path, schemas.SUMMARY)
    assert files(tmp_path) == []


def test_table_that_breaks_its_schema_leaves_the_old_one_in_place(path, tmp_path):
    write_table(summary(1), path, schemas.SUMMARY)
    before = {file: digest(tmp_path / file) for file in files(tmp_path)}
    with pytest.raises(TableError):
        write_table(summary(-1), path, schemas.SUMMARY)
    assert {file: digest(tmp_path / file) for file in files(tmp_path)} == before


def test_table_is_read_from_many_files_in_their_order(path):
    other = path.with_name("other.parquet")
    write_table(summary(1), path, schemas.SUMMARY)
    write_table(summary(2), other, schemas.SUMMARY)
    assert read_table([other, path])["clips"].to_list() == [2, 1]


def test_name_of_a_table_is_a_name_and_no_pattern(path):
    odd = path.with_name("shard=[0-9]*.parquet")
    write_table(summary(1), path.with_name("shard=5.parquet"), schemas.SUMMARY)
    write_table(summary(2), odd, schemas.SUMMARY)
    assert read_table(odd)["clips"].to_list() == [2]


def test_checks_of_several_roots_say_which_root_they_are_of(tmp_path):
    row = dict.fromkeys(schemas.CHECKS.empty().columns)
    row |= {"path": "a.wav", "bytes": 1, "mtime_ns": 1, "load_ok": True, "fingerprint": "f"}
    checks = pl.DataFrame([row], schema=schemas.CHECKS.empty().schema)
    paths = [tmp_path / root / "checks" / "shard=00.parquet" for root in ("wav-1", "mirror-2")]
    for path in paths:
        write_table(checks, path, schemas.CHECKS)
    by_root = {path.parents[1].name: [path] for path in paths}
    assert read_checks(by_root, ["root", "path"]).rows() == [("a.wav", "wav-1"), ("a.wav", "mirror-2")]
    assert read_checks({}, ["path", "root"]).schema == {"path": pl.String, "root": pl.String}


def test_a_rule_of_a_whole_table_is_told_as_such():
    with pytest.raises(TableError, match=r"  the whole table: rule column_in_dataframe: .* clips"):
        validate(summary(1).drop("clips"), schemas.SUMMARY)


@pytest.mark.parametrize("split", ["../eval", "/eval", "", ".eval", "-eval", "eval\n", "a/b"])
def test_a_split_that_could_not_name_a_file_is_refused(split):
    column = Schema("promised", "", {"split": schemas.PROMISED.columns["split"]})
    splits = pl.Series(["eval", "dev-clean_1.0", split], dtype=pl.Categorical)
    validate(splits[:2].to_frame("split"), column)
    with pytest.raises(TableError, match="column split: rule categories_match"):
        validate(splits.to_frame("split"), column)


def test_tables_validated_side_by_side_are_each_checked():
    """Ingest writes its tables in threads; a rule that is off in one of them must be on in the others."""
    tables = [summary(*[place % 3 - 1] * 20_000) for place in range(24)]

    def is_sound(table):
        try:
            validate(table, schemas.SUMMARY)
        except TableError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(is_sound, tables)) == [place % 3 > 0 for place in range(24)]


# --- same rows, same bytes ---


def rows(number):
    return pl.DataFrame(
        {
            "text": [f"clip {place * 7919 % number}" for place in range(number)],
            "kind": pl.Series([f"kind {place % 11}" for place in range(number)], dtype=pl.Categorical),
            "value": [place % 13 / 3 for place in range(number)],
            "many": [[str(place % 5)] * (place % 4) for place in range(number)],
            "kinds": pl.Series(
                [[f"kind {place % 7}"] * (place % 3) for place in range(number)], dtype=pl.List(pl.Categorical)
            ),
        }
    )


def publish_validated(frame: pl.DataFrame, path: Path) -> None:
    publish(path, lambda part: write_validated(frame, part))


@pytest.mark.parametrize("cuts", [[1], [1, 2, 3], [700, 701, 4000], list(range(0, 5000, 50))])
def test_same_rows_in_other_chunks_are_the_same_bytes(path, cuts):
    whole = rows(5000)
    publish_validated(whole, path)
    before = digest(path)
    edges = [0, *cuts, len(whole)]
    parts = [whole[start:end] for start, end in pairwise(edges)]
    chunked = pl.concat(parts, rechunk=False)
    assert chunked.n_chunks() > 1
    publish_validated(chunked, path)
    assert digest(path) == before


def test_same_rows_in_more_than_one_row_group_are_the_same_bytes(path):
    whole = pl.select(value=pl.int_range(ROW_GROUP + 5000))
    publish_validated(whole, path)
    before = digest(path)
    publish_validated(pl.concat([whole[:5000], whole[5000:]], rechunk=False), path)
    assert digest(path) == before


WRITE = """
import sys
from itertools import pairwise
from pathlib import Path
import polars as pl
from workflow_scripts.tables.files import publish
from workflow_scripts.tables.store import write_validated

seen_before = pl.Series([f"v{number}" for number in eval(sys.argv[2])], dtype=pl.Categorical)
words = [f"v{place * 7919 % 40_000}" for place in range(100_000)]
kinds = pl.Series(words, dtype=pl.Categorical)
lists = kinds.gather([place * 31 % 100_000 for place in range(200_000)]).reshape((100_000, 2)).arr.to_list()
frame = pl.DataFrame({"word": words, "kind": kinds, "lists": lists, "value": range(100_000)})
assert frame.schema["lists"] == pl.List(pl.Categorical)
publish(Path(sys.argv[1]), lambda part: write_validated(frame, part))
"""


def test_same_rows_are_the_same_bytes_on_one_core_and_two_and_whatever_was_read_before(tmp_path):
    """Categories are numbered in the order in which a process meets them; files must not show it."""
    digests = set()
    for ordinal, (threads, before) in enumerate([("1", "[]"), ("2", "[]"), ("2", "range(39_999, 0, -7)")]):
        path = tmp_path / str(ordinal) / "tables" / "words.parquet"
        command = [sys.executable, "-c", WRITE, str(path), before]
        subprocess.run(command, cwd=REPOSITORY, env=os.environ | {"POLARS_MAX_THREADS": threads}, check=True)
        digests.add(digest(path))
    assert len(digests) == 1


# --- killed in the middle ---

WRITE_FOR_EVER = """
import sys
from itertools import pairwise
from pathlib import Path
import polars as pl
from workflow_scripts.tables.files import publish
from workflow_scripts.tables.store import write_validated

tables = [pl.DataFrame({"value": [number] * 200_000, "text": [str(number)] * 200_000}) for number in (1, 2)]
print("ready", flush=True)
while True:
    for table in tables:
        publish(Path(sys.argv[1]), lambda part: write_validated(table, part))
"""


def test_table_whose_writer_is_killed_is_whole_and_the_next_writer_sweeps(path, tmp_path):
    chance = random.Random(2)
    for _ in range(3):
        command = [sys.executable, "-c", WRITE_FOR_EVER, str(path)]
        with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            while not path.exists():
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.1))
            writer.send_signal(signal.SIGKILL)
        for name in (path, published(path)):
            table = read_table(name)
            assert table.shape == (200_000, 2)
            assert table["value"].n_unique() == 1
    publish_table(summary(1), path, schemas.SUMMARY)
    assert files(tmp_path / "mine") == [".published/tables/summary.parquet", "tables/summary.parquet"]


def test_damaged_table_is_named_also_among_others_and_where_it_is_read_in_part(path):
    file = path.parent / "cut.parquet"
    write_table(summary(1), path, schemas.SUMMARY)
    file.write_bytes(b"PAR1")
    for read in (lambda: read_table(file), lambda: read_table([path, file]), lambda: lazy_table(file)):
        with pytest.raises(TableError, match=r"cut\.parquet: damaged .*; delete it and run again"):
            read()


# --- in parts ---


def clips(number):
    """Promised clips whose classes come later the larger their number: no two row groups have all of them alike."""
    place = pl.int_range(number)
    return pl.select(
        clip_id=pl.format("clip{}", place),
        media_key=pl.format("media{}", place),
        split=pl.lit("train").cast(pl.Categorical),
        start_s=pl.lit(0.0),
        end_s=pl.lit(10.0),
        class_ids=pl.concat_list(pl.format("class{}", place // 1_000), pl.format("class{}", place % 7)),
        class_names=pl.concat_list(pl.format("Class {}", place // 1_000), pl.format("Class {}", place % 7)),
        licence=pl.lit(None, pl.Categorical),
        source_url=pl.when(place % 3 == 0).then(pl.format("https://example.org/{}", place)),
        source=pl.lit("train.csv").cast(pl.Categorical),
        line=place + 1,
    ).cast(schemas.PROMISED.empty().schema)


def in_parts(frame, *cuts):
    return (frame[start:end] for start, end in pairwise([0, *cuts, len(frame)]))


@pytest.mark.parametrize("cuts", [[], [0], [1, 2, 3], [70_000], [ROW_GROUP], [ROW_GROUP - 1, ROW_GROUP + 1], [290_000]])
def test_a_table_in_parts_has_the_bytes_of_the_whole_one_wherever_they_begin(path, cuts):
    whole = clips(300_000)
    write_table(whole, path, schemas.PROMISED)
    before = digest(path)
    write_parts(in_parts(whole, *cuts), path, schemas.PROMISED)
    assert digest(path) == before
    assert read_table(path).equals(whole)


@pytest.mark.parametrize("frames", [[], [clips(0)], [clips(0), clips(0)]])
def test_a_table_of_no_rows_in_parts_is_an_empty_table(path, frames):
    write_table(clips(0), path, schemas.PROMISED)
    before = digest(path)
    write_parts(frames, path, schemas.PROMISED)
    assert digest(path) == before


@pytest.mark.parametrize("cuts", [[1], [20], [7, 8, 9]])
@pytest.mark.parametrize(
    "column",
    [
        {"clip_id": pl.lit("always-the-same")},
        {"clip_id": pl.when(pl.col("line") % 5 == 0).then(pl.lit("twice")).otherwise("clip_id")},
        {"clip_id": pl.lit("a/b"), "start_s": pl.lit(-1.0), "line": pl.lit(0, pl.Int64)},
        {"start_s": pl.when(pl.col("line") % 2 == 0).then(20.0).otherwise(0.0)},
        {"media_key": pl.lit(None, pl.String)},
        {"line": pl.lit(1, pl.Int32)},
    ],
)
def test_what_breaks_a_table_in_parts_is_told_as_of_the_whole_one(path, tmp_path, cuts, column):
    broken = clips(40).with_columns(**column)
    with pytest.raises(TableError) as whole:
        write_table(broken, path, schemas.PROMISED)
    with pytest.raises(TableError) as parts:
        write_parts(in_parts(broken, *cuts), path, schemas.PROMISED)
    assert str(parts.value) == str(whole.value)
    assert files(tmp_path) == []


def test_an_error_on_the_way_to_a_table_in_parts_is_that_error_and_leaves_nothing(path, tmp_path):
    def parts():
        yield clips(10)
        raise TableError("what was to come is damaged")

    with pytest.raises(TableError, match="what was to come is damaged"):
        write_parts(parts(), path, schemas.PROMISED)
    assert files(tmp_path) == []
