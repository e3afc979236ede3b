"""The check of one shard decodes what is new or changed, and nothing else."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.made_files import noise16, wav
from tests.scans import scanned
from tests.workers import SETTINGS, examine_with_culprits, scan_and_check
from workflow_scripts.check import pool
from workflow_scripts.check.passing import PASSING, PassingFault
from workflow_scripts.check.progress import Note
from workflow_scripts.check.shard import check_shard
from workflow_scripts.progress.note import read_note
from workflow_scripts.sound.settings import CheckSettings
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import published
from workflow_scripts.tables.store import publish_table, validate


class Shard:
    """A root of a few files and the checks of it, with what the log says of each run."""

    def __init__(self, folder: Path, log: pytest.LogCaptureFixture) -> None:
        self.root, self.results, self._log = folder / "root", folder / "results", log
        self.output = self.results / "checks" / "shard=all.parquet"
        log.set_level("INFO")
        for number, name in enumerate(("a.wav", "b.wav", "sub/c.wav"), start=1):
            self.write(name, 1600 * number)

    def write(self, name: str, frames: int) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(wav(noise16(frames, seed=frames)))

    def check(self, settings: CheckSettings = SETTINGS, workers: int = 1) -> str:
        """Scan and check; what the log says, behind the name of the shard."""
        self._log.clear()
        self.table = scan_and_check(self.root, self.results, settings, workers)
        validate(self.table, schemas.CHECKS)
        message = self._log.messages[-1]
        assert message.startswith("shard=all: ")
        return message.removeprefix("shard=all: ")

    def row(self, path: str) -> dict[str, object]:
        return self.table.row(by_predicate=pl.col("path") == path, named=True)


@pytest.fixture
def shard(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Shard:
    return Shard(tmp_path, caplog)


FIRST = "3 media, 0 kept, 0 of the same bytes, 3 decoded: a.wav, b.wav, sub/c.wav"


def test_everything_is_decoded_at_first_and_kept_afterwards(shard: Shard) -> None:
    assert shard.check() == FIRST
    first, data = shard.table, shard.output.read_bytes()
    assert shard.check() == "3 media, 3 kept, 0 of the same bytes, 0 decoded"
    assert shard.table.equals(first)
    assert shard.output.read_bytes() == data


def test_a_touched_file_is_looked_at_and_not_decoded(shard: Shard) -> None:
    shard.check()
    before = shard.row("b.wav")
    os.utime(shard.root / "b.wav", ns=(5, 1_000_000_005))
    assert shard.check() == "3 media, 2 kept, 1 of the same bytes, 0 decoded"
    assert shard.row("b.wav") == before | {"mtime_ns": 1_000_000_005}
    assert shard.check() == "3 media, 3 kept, 0 of the same bytes, 0 decoded"


def test_one_new_file_is_the_only_one_decoded(shard: Shard) -> None:
    shard.check()
    shard.write("new.wav", 800)
    assert shard.check() == "4 media, 3 kept, 0 of the same bytes, 1 decoded: new.wav"
    assert shard.row("new.wav")["frames"] == 800


def test_a_replaced_file_is_the_only_one_decoded(shard: Shard) -> None:
    shard.check()
    shard.write("b.wav", 4000)
    assert shard.check() == "3 media, 2 kept, 0 of the same bytes, 1 decoded: b.wav"
    assert shard.row("b.wav")["frames"] == 4000


def test_the_row_of_a_removed_file_goes(shard: Shard) -> None:
    shard.check()
    (shard.root / "b.wav").unlink()
    assert shard.check() == "2 media, 2 kept, 0 of the same bytes, 0 decoded"
    assert shard.table["path"].to_list() == ["a.wav", "sub/c.wav"]


def test_a_moved_file_is_decoded_in_its_new_place(shard: Shard) -> None:
    shard.check()
    (shard.root / "b.wav").rename(shard.root / "sub/b.wav")
    assert shard.check() == "3 media, 2 kept, 0 of the same bytes, 1 decoded: sub/b.wav"


def test_many_decoded_files_are_named_up_to_twenty(shard: Shard) -> None:
    for number in range(22):
        shard.write(f"x{number:02d}.wav", 10)
    assert shard.check().endswith(", x16.wav … and 5 more")


def test_other_settings_decode_everything_again(shard: Shard) -> None:
    shard.check()
    wide = shard.table
    assert shard.check(CheckSettings("first", 64)) == FIRST
    assert set(shard.table["fingerprint"]) == {CheckSettings("first", 64).fingerprint}
    assert shard.table["fbank_mean"].to_list() != wide["fbank_mean"].to_list()
    assert shard.check(SETTINGS) == FIRST
    assert shard.table.equals(wide)


def test_a_fault_is_kept_too(shard: Shard) -> None:
    (shard.root / "b.wav").write_bytes(b"<html>")
    shard.check()
    assert shard.row("b.wav")["error_kind"] == "not_audio"
    assert shard.check() == "3 media, 3 kept, 0 of the same bytes, 0 decoded"


def test_a_crash_is_not_kept_since_it_may_lie_in_the_moment(shard: Shard) -> None:
    shard.write("aborts.wav", 800)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "_examine_batch", examine_with_culprits)
        shard.check()
    assert shard.row("aborts.wav")["error_kind"] == "crashed"
    assert shard.check() == "4 media, 3 kept, 0 of the same bytes, 1 decoded: aborts.wav"
    assert shard.row("aborts.wav")["load_ok"]


def test_a_file_that_vanishes_before_its_turn_is_looked_for_again(shard: Shard, tmp_path: Path) -> None:
    """What is found at a link's end may come and go: it has another size or time then."""
    shard.write("../elsewhere.wav", 700)
    (shard.root / "link.wav").symlink_to(tmp_path / "away.wav")
    shard.check()
    assert shard.row("link.wav")["error_kind"] == "vanished"
    (tmp_path / "elsewhere.wav").rename(tmp_path / "away.wav")
    assert shard.check() == "4 media, 3 kept, 0 of the same bytes, 1 decoded: link.wav"
    assert shard.row("link.wav")["load_ok"]


def test_a_file_that_changed_since_it_was_listed_is_looked_at_again(shard: Shard) -> None:
    """It is not decoded under a size that is no longer its own, and its row is not kept."""
    shard.check()
    shard.write("b.wav", 4000)
    scanned(shard.root, shard.results / "media")
    shard.write("b.wav", 5000)
    check_shard(
        shard.results / "media" / "shard=all.parquet",
        str(shard.root),
        SETTINGS,
        1,
        shard.output,
        shard.results / "shard=all.json",
    )
    shard.table = pl.read_parquet(shard.output)
    row = shard.row("b.wav")
    assert (row["load_ok"], row["error_kind"], row["frames"]) == (False, "changed", None)
    assert shard.check() == "3 media, 2 kept, 0 of the same bytes, 1 decoded: b.wav"
    assert shard.row("b.wav")["frames"] == 5000


@pytest.mark.parametrize("kind", PASSING)
def test_a_fault_of_the_moment_is_not_kept(shard: Shard, kind: str) -> None:
    shard.check()
    fault = pl.when(pl.col("path") == "b.wav").then(pl.lit(kind)).alias("error_kind")
    table = shard.table.with_columns(fault, load_ok=pl.col("path") != "b.wav")
    publish_table(table, shard.output, schemas.CHECKS)
    assert shard.check() == "3 media, 2 kept, 0 of the same bytes, 1 decoded: b.wav"
    assert shard.row("b.wav")["load_ok"]


def test_media_whose_fault_may_pass_are_told_and_no_others(shard: Shard) -> None:
    (shard.root / "b.wav").write_bytes(b"<html>")
    (shard.root / "link.wav").symlink_to("nowhere")
    scanned(shard.root, shard.results / "media")
    media_list, note = shard.results / "media" / "shard=all.parquet", shard.results / "shard=all.json"
    told = check_shard(media_list, str(shard.root), SETTINGS, 1, shard.output, note)
    assert told == [PassingFault("link.wav", None, 0, "vanished")]


def test_how_far_it_is_can_be_read_when_it_is_done(shard: Shard) -> None:
    (shard.root / "b.wav").write_bytes(b"<html>")
    shard.check()
    note = read_note(shard.results / "shard=all.json", Note)
    assert note is not None
    assert (note.name, note.total, note.done, note.faults, note.state) == (
        "shard=all",
        3,
        3,
        {"not_audio": 1},
        "finished",
    )


def _emptied(table: Path) -> None:
    table.write_bytes(b"")


def _cut(table: Path) -> None:
    table.write_bytes(table.read_bytes()[: table.stat().st_size // 2])


def _overwritten(table: Path) -> None:
    data = table.read_bytes()
    table.write_bytes(data[:50] + bytes(400) + data[450:])


def _of_another_kind(table: Path) -> None:
    table.write_bytes(b"path,bytes\na.wav,1\n")


def _of_another_type(table: Path) -> None:
    pl.read_parquet(table).with_columns(pl.col("frames").cast(pl.Int32)).write_parquet(table)


def _without_what_every_row_has(table: Path) -> None:
    pl.read_parquet(table).drop("load_ok").write_parquet(table)


@pytest.mark.parametrize(
    "damage", [_emptied, _cut, _overwritten, _of_another_kind, _of_another_type, _without_what_every_row_has]
)
def test_a_damaged_earlier_table_is_done_again(
    shard: Shard, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    shard.check()
    data = shard.output.read_bytes()
    damage(published(shard.output))
    assert shard.check() == FIRST
    assert "every media is decoded again: " in caplog.text
    assert shard.output.read_bytes() == published(shard.output).read_bytes() == data


def test_a_column_that_came_since_is_null_and_one_that_went_goes_and_nothing_is_decoded(
    shard: Shard, caplog: pytest.LogCaptureFixture
) -> None:
    shard.check()
    expected = shard.table.with_columns(peak=pl.lit(None, pl.Float64))
    shard.table.drop("peak").with_columns(former=1).write_parquet(published(shard.output))
    assert shard.check() == "3 media, 3 kept, 0 of the same bytes, 0 decoded"
    assert "3 rows are kept without peak: they are of a time before" in caplog.text
    assert shard.table.equals(expected)


def test_rows_of_another_version_are_told(shard: Shard, caplog: pytest.LogCaptureFixture) -> None:
    shard.check()
    shard.check(CheckSettings("first", 64))
    assert "3 rows are of other settings or another version of the check" in caplog.text


def test_earlier_rows_are_found_though_snakemake_deleted_the_output(shard: Shard) -> None:
    shard.check()
    shard.output.unlink()
    assert shard.check() == "3 media, 3 kept, 0 of the same bytes, 0 decoded"


def test_a_table_is_the_same_bytes_whatever_came_before(
    shard: Shard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one go with two workers and small batches, or by way of an added, a touched and a removed file."""
    shard.write("gone.wav", 500)
    shard.check()
    (shard.root / "gone.wav").unlink()
    shard.write("late.wav", 900)
    os.utime(shard.root / "a.wav", ns=(7, 7))
    shard.check()
    by_way = shard.output.read_bytes()
    shutil.rmtree(shard.results)
    monkeypatch.setattr(pool, "BATCH", 1)
    assert "4 decoded" in shard.check(workers=2)
    assert shard.output.read_bytes() == by_way


def test_names_that_are_no_utf8_are_decoded(shard: Shard) -> None:
    raw = os.path.join(os.fsencode(shard.root), b"caf\xe9.wav")
    shutil.copy(os.fsencode(shard.root / "a.wav"), raw)
    shard.check()
    assert shard.row("caf\\xe9.wav")["pcm_digest"] == shard.row("a.wav")["pcm_digest"]


def test_names_with_blanks_quotes_and_line_breaks_are_decoded(shard: Shard) -> None:
    names = ["annoying name (derp).wav", 'it\'s, "so" $HOME `x`.wav', "line\nbreak.wav", "-rf.wav", "*?.wav"]
    for name in names:
        shard.write(name, 400)
    shard.check()
    assert all(shard.row(name)["feature_ok"] for name in names)


def test_rows_are_found_in_the_shards_that_this_one_came_from_and_the_one_that_is_right_counts(shard: Shard) -> None:
    """Its own table may be of before: a file replaced while two shards were one was decoded for that."""
    shard.check()
    own, joined = published(shard.output), published(shard.output).with_name("shard=0101.parquet")
    old = pl.read_parquet(own)
    shard.write("b.wav", 3210)
    assert "1 decoded: b.wav" in shard.check()
    own.rename(joined)
    old.write_parquet(own)
    assert shard.check() == "3 media, 3 kept, 0 of the same bytes, 0 decoded"
    own.unlink()
    joined.rename(joined.with_name("shard=0042.parquet"))  # as an earlier version called it
    assert shard.check() == "3 media, 3 kept, 0 of the same bytes, 0 decoded"
