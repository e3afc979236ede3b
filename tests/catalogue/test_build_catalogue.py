"""The catalogue can be opened from anywhere and at any time."""

import errno
import os
import re
import shutil
import struct
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.exports.small_run import SmallAudioset, copied_dataset, make_small_audioset
from workflow_scripts.catalogue.build import Contents, build_catalogue
from workflow_scripts.settings.places import Places
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

VIEWS = [
    "captions",
    "checks",
    "classes",
    "clips",
    "labels",
    "media",
    "origins",
    "orphans",
    "rejects",
    "roots",
    "sources",
]
COUNT = "SELECT count(*) FROM clips"


def _ask(file: Path, sql: str = COUNT) -> list[tuple[object, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def copied(small: SmallAudioset, tmp_path: Path) -> SmallAudioset:
    """A small AudioSet of this test's own, without a catalogue."""
    shutil.copytree(small.folder / "results", tmp_path / "results")
    (tmp_path / "results/catalog.duckdb").unlink()
    shutil.rmtree(tmp_path / "results/.catalogue")
    return SmallAudioset(tmp_path, small.name, small.roots)


def test_it_opens_from_any_folder(
    small: SmallAudioset, copied: SmallAudioset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    relative = replace(copied.contents, places=Places("results"))
    build_catalogue(relative, Path("results/catalog.duckdb"))
    expected = _ask(tmp_path / "results/catalog.duckdb")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert _ask(Path("../results/catalog.duckdb")) == expected == [(13,)]
    monkeypatch.chdir("/")
    assert _ask(tmp_path / "results/catalog.duckdb", "SELECT count(*) FROM checks") == [(13,)]


@pytest.mark.parametrize("name", ["with blanks", "it's", 'so "called"', "ünï", "a,b;c", "out [1]", "all*"])
def test_results_may_lie_in_a_folder_of_any_name(small: SmallAudioset, tmp_path: Path, name: str) -> None:
    shutil.copytree(small.folder / "results", tmp_path / name / "results")
    copied = SmallAudioset(tmp_path / name, small.name, small.roots)
    file = copied.folder / "results/catalog.duckdb"
    build_catalogue(copied.contents, file)
    assert _ask(file) == [(13,)]
    assert _ask(file, "SELECT count(*) FROM checks") == [(13,)]


@pytest.mark.parametrize(("name", "neighbour"), [("run*", "run2"), ("run[12]", "run1")])
def test_a_folder_whose_name_is_a_pattern_does_not_take_in_its_neighbours(
    small: SmallAudioset, tmp_path: Path, name: str, neighbour: str
) -> None:
    for folder in (name, neighbour):
        shutil.copytree(small.folder / "results", tmp_path / folder / "results")
    build_catalogue(SmallAudioset(tmp_path / name, small.name, small.roots).contents, tmp_path / "catalog.duckdb")
    assert _ask(tmp_path / "catalog.duckdb") == [(13,)]


def test_without_any_audio_every_view_answers(tmp_path: Path) -> None:
    small = make_small_audioset(tmp_path, roots=())
    file = tmp_path / "results/catalog.duckdb"
    build_catalogue(small.contents, file)
    assert _ask(file, "SELECT count(*), count(*) FILTER (status = 'missing') FROM clips") == [(13, 13)]
    for view in (*VIEWS, "summary", "losses", "clips_per_class", "class_pairs", "duration_histogram", "audio_hours"):
        _ask(file, f"SELECT * FROM {view}")
    for view, schema in (("media", schemas.MEDIA), ("checks", schemas.CHECKS)):
        assert _ask(file, f"SELECT count(*) FROM {view}") == [(0,)]
        columns = [name for name, *_ in _ask(file, f"DESCRIBE {view}")]
        assert columns == ["root", *schema.columns]


def test_the_types_of_a_view_without_audio_are_those_with_it(
    small: SmallAudioset, copied: SmallAudioset, tmp_path: Path
) -> None:
    without = tmp_path / "catalog.duckdb"
    build_catalogue(Contents(copied.places, {small.name: []}, {}), without)
    for view in ("media", "checks"):
        described = _ask(small.folder / "results/catalog.duckdb", f"DESCRIBE {view}")
        assert [row[:2] for row in _ask(without, f"DESCRIBE {view}")] == [row[:2] for row in described]


def test_several_datasets_stand_side_by_side(copied: SmallAudioset, tmp_path: Path) -> None:
    names = ("one", "other", "it's")
    copied_dataset(copied, *names)
    build_catalogue(replace(copied.contents, datasets=dict.fromkeys(names, copied.roots)), tmp_path / "catalog.duckdb")
    assert _ask(tmp_path / "catalog.duckdb", "SELECT dataset, count(*) FROM clips GROUP BY ALL ORDER BY ALL") == [
        ("it's", 13),
        ("one", 13),
        ("other", 13),
    ]
    pairs = _ask(tmp_path / "catalog.duckdb", "SELECT dataset, sum(clips) FROM class_pairs GROUP BY ALL ORDER BY ALL")
    assert [clips for _, clips in pairs] == [pairs[0][1]] * 3
    classes = "SELECT dataset, max(with_ancestors) FROM clips_per_class GROUP BY ALL ORDER BY ALL"
    assert _ask(tmp_path / "catalog.duckdb", classes) == [("it's", 9), ("one", 9), ("other", 9)]


def test_what_the_archives_of_a_dataset_lost_is_among_its_rejects(copied: SmallAudioset) -> None:
    for root in copied.roots:
        row = (f"/data/{root}.tar", 1, "media", "archive_cut", "why", "")
        rejects = pl.DataFrame([row], schema=schemas.REJECTS.empty().schema, orient="row")
        write_table(rejects, Path(copied.places.root_rejects(root)), schemas.REJECTS)
    holds = {"one": ["clips"], "other": ["clips", "mirror"], "none": []}
    file = copied.folder / "results/catalog.duckdb"
    copied_dataset(copied, *holds)
    build_catalogue(replace(copied.contents, datasets=holds), file)
    own = len(copied.table("rejects"))
    counts = "SELECT dataset, count(*) FILTER (scope = 'media'), count(*) FROM rejects GROUP BY ALL ORDER BY ALL"
    assert _ask(file, counts) == [("none", 0, own), ("one", 1, own + 1), ("other", 2, own + 2)]


def test_an_older_engine_can_read_the_file(small: SmallAudioset) -> None:
    """The storage version that its header names is that of DuckDB 1.0: 64."""
    header = (small.folder / "results/catalog.duckdb").read_bytes()[8:20]
    assert struct.unpack("<4sQ", header) == (b"DUCK", 64)


def test_nothing_is_left_beside_it(copied: SmallAudioset) -> None:
    results = copied.folder / "results"
    before = {path.name for path in results.iterdir()}
    for _ in range(2):
        build_catalogue(copied.contents, results / "catalog.duckdb")
    assert {path.name for path in results.iterdir()} == before | {"catalog.duckdb", ".catalogue"}
    assert sorted(path.name for path in (results / ".catalogue").iterdir()) == ["1", "2", "current"]


def test_a_build_that_fails_leaves_the_old_one(copied: SmallAudioset) -> None:
    file = copied.folder / "results/catalog.duckdb"
    build_catalogue(copied.contents, file)
    data = file.read_bytes()
    with pytest.raises(FileNotFoundError):
        build_catalogue(replace(copied.contents, datasets={"gone": []}), file)
    (copied.tables_folder / "clips.parquet").unlink()
    (copied.tables_folder / "clips.parquet").write_bytes(b"no table")
    with pytest.raises(duckdb.Error):
        build_catalogue(copied.contents, file)
    assert _ask(file) == [(13,)]
    assert file.read_bytes() == data
    assert [path.name for path in file.parent.iterdir() if path.name.endswith(".part")] == []


def test_views_answer_while_tables_are_deleted_and_made_anew(copied: SmallAudioset) -> None:
    file = copied.folder / "results/catalog.duckdb"
    build_catalogue(copied.contents, file)
    for table in [*copied.tables_folder.glob("*.parquet"), *copied.folder.glob("results/audio/*/*/*.parquet")]:
        table.unlink()
    assert _ask(file) == [(13,)]
    assert _ask(file, "SELECT count(*) FROM media") == [(13,)]


def test_views_are_of_the_run_that_built_them_until_the_next_does(copied: SmallAudioset) -> None:
    file = copied.folder / "results/catalog.duckdb"
    build_catalogue(copied.contents, file)
    write_table(copied.table("clips").head(5), copied.tables_folder / "clips.parquet", schemas.CLIPS)
    assert _ask(file) == [(13,)]
    build_catalogue(copied.contents, file)
    assert _ask(file) == [(5,)]


def test_who_opened_the_catalogue_before_goes_on_with_the_run_before_and_older_ones_go(copied: SmallAudioset) -> None:
    file = copied.folder / "results/catalog.duckdb"
    clips = copied.table("clips")
    build_catalogue(copied.contents, file)
    with duckdb.connect(str(file), read_only=True) as reader:
        write_table(clips.head(5), copied.tables_folder / "clips.parquet", schemas.CLIPS)
        build_catalogue(copied.contents, file)
        assert reader.execute(COUNT).fetchall() == [(13,)]
    build_catalogue(copied.contents, file)
    assert sorted(path.name for path in (file.parent / ".catalogue").iterdir()) == ["2", "3", "current"]


def test_a_generation_that_no_catalogue_speaks_of_does_not_count_as_the_one_before(copied: SmallAudioset) -> None:
    """A build was killed before its catalogue took the place of the other."""
    file = copied.folder / "results/catalog.duckdb"
    build_catalogue(copied.contents, file)
    (file.parent / ".catalogue/2").mkdir()
    with duckdb.connect(str(file), read_only=True) as reader:
        build_catalogue(copied.contents, file)
        assert reader.execute(COUNT).fetchall() == [(13,)]
    assert sorted(path.name for path in (file.parent / ".catalogue").iterdir()) == ["1", "3", "current"]


def test_a_generation_costs_no_room(copied: SmallAudioset) -> None:
    build_catalogue(copied.contents, copied.folder / "results/catalog.duckdb")
    files = {file for file in (copied.folder / "results/.catalogue/1").rglob("*") if file.is_file()}
    files.remove(copied.folder / "results/.catalogue/1/runs.parquet")  # a row for each split and status
    assert len(files) == len(copied.contents.files()) + 1 > 15
    assert min(file.stat().st_nlink for file in files) > 1


def test_without_hard_links_files_are_copied(copied: SmallAudioset, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    file = copied.folder / "results/catalog.duckdb"
    for _ in range(3):
        build_catalogue(copied.contents, file)
        assert _ask(file) == [(13,)]
    assert sorted(path.name for path in (file.parent / ".catalogue").iterdir()) == ["2", "3", "current"]


@pytest.mark.parametrize("name", ["split=mine", "dataset=other", "root=x"])
def test_a_folder_called_like_a_column_and_a_value_says_nothing_of_rows(
    small: SmallAudioset, tmp_path: Path, name: str
) -> None:
    shutil.copytree(small.folder / "results", tmp_path / name / "results")
    copied = SmallAudioset(tmp_path / name, small.name, small.roots)
    build_catalogue(copied.contents, copied.folder / "results/catalog.duckdb")
    for sql in ("SELECT DISTINCT split FROM clips ORDER BY ALL", "SELECT DISTINCT root, path FROM media ORDER BY ALL"):
        expected = _ask(small.folder / "results/catalog.duckdb", sql)
        assert _ask(copied.folder / "results/catalog.duckdb", sql) == expected


def test_a_reader_keeps_reading_while_it_is_rebuilt(copied: SmallAudioset) -> None:
    file = copied.folder / "results/catalog.duckdb"
    build_catalogue(copied.contents, file)
    inode = file.stat().st_ino
    with duckdb.connect(str(file), read_only=True) as reader:
        cursor = reader.execute("SELECT clip_id FROM clips")
        first = cursor.fetchmany(3)
        build_catalogue(copied.contents, file)
        assert file.stat().st_ino != inode
        assert len(first) + len(cursor.fetchall()) == 13
        assert reader.execute(COUNT).fetchall() == [(13,)]
        assert reader.execute("SELECT count(*) FROM losses").fetchall()[0][0] > 0


REBUILD = """
import sys
from pathlib import Path
import polars as pl
from workflow_scripts.catalogue.build import Contents, build_catalogue
from workflow_scripts.settings.places import Places
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

results, name, times = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
tables = results / name / "tables"
ledger = pl.read_parquet(tables / "clips.parquet")
for _ in range(times):
    write_table(ledger, tables / "clips.parquet", schemas.CLIPS)
    build_catalogue(Contents(Places(str(results)), {name: []}, {}), results / "catalog.duckdb")
"""


def test_a_new_connection_works_at_any_moment_of_a_rebuild(copied: SmallAudioset) -> None:
    """Another process replaces the ledger and the catalogue over and over; readers open it all the while."""
    results = copied.folder / "results"
    build_catalogue(copied.contents, results / "catalog.duckdb")
    rebuilding = subprocess.Popen(
        [sys.executable, "-c", REBUILD, str(results), copied.name, "4"],
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
        text=True,
    )
    seen, inodes = 0, set()
    while rebuilding.poll() is None:
        assert _ask(results / "catalog.duckdb") == [(13,)]
        inodes.add((results / "catalog.duckdb").stat().st_ino)
        seen += 1
    assert rebuilding.returncode == 0, rebuilding.stderr and rebuilding.stderr.read()
    assert seen > 5
    assert len(inodes) > 1


def test_readers_of_the_process_that_rebuilds_are_not_disturbed(copied: SmallAudioset) -> None:
    file = copied.folder / "results/catalog.duckdb"
    build_catalogue(copied.contents, file)
    done = threading.Event()
    answers: list[object] = []

    def read() -> None:
        while not done.is_set():
            try:
                answers.append(_ask(file))
            except duckdb.Error as error:
                answers.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    rebuilt = 0
    while reader.is_alive() and (rebuilt < 3 or len(answers) <= 5):
        build_catalogue(copied.contents, file)
        rebuilt += 1
    done.set()
    reader.join()
    assert len(answers) > 5
    assert [answer for answer in answers if answer != [(13,)]] == []


def test_the_same_tables_give_the_same_views(copied: SmallAudioset, tmp_path: Path) -> None:
    definitions = []
    for name in ("one", "other"):
        build_catalogue(copied.contents, tmp_path / f"{name}.duckdb")
        views = _ask(tmp_path / f"{name}.duckdb", "SELECT view_name, sql, comment FROM duckdb_views() ORDER BY ALL")
        definitions.append([(view, re.sub(r"/\.catalogue/\d+/", "/", sql), comment) for view, sql, comment in views])
    assert definitions[0] == definitions[1]


def test_views_read_what_is_in_the_generation(small: SmallAudioset) -> None:
    views = _ask(small.folder / "results/catalog.duckdb", "SELECT sql FROM duckdb_views() WHERE NOT internal")
    read = {file for (sql,) in views for file in re.findall(r"'([^']+\.parquet)'", str(sql))}
    generation = small.folder / "results/.catalogue/1"
    assert read == {str(file) for file in generation.rglob("*.parquet")}
    for file in small.contents.files():
        assert (generation / Path(file).relative_to(small.folder / "results")).samefile(file)
