"""An export appears at once under its name, is replaced at once, and its account notices what happens to its files."""

import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.exports.made_exports import account_file, account_of, exported
from tests.exports.small_run import SmallAudioset
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.account import SECOND_NS, TRIES, Account, is_whole, read_account, spoilt
from workflow_scripts.exports.formats import Written, format_of
from workflow_scripts.exports.reading import Tables
from workflow_scripts.exports.writing import write_export
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

NO_CLIPS: dict[str, Path] = {}
"""The table of clips that each export has; nobody looks at what is in it here."""


@pytest.fixture(scope="module", autouse=True)
def _no_clips(tmp_path_factory: pytest.TempPathFactory) -> None:
    NO_CLIPS["clips"] = tmp_path_factory.mktemp("tables") / "clips.parquet"
    write_table(schemas.CLIPS.empty(), NO_CLIPS["clips"], schemas.CLIPS)


class Watched:
    """A format that looks, while it writes, at what readers find under the export's name."""

    def __init__(self, text: str, fails: bool = False, many: int = 1) -> None:
        self.text, self.fails, self.many, self.found = text, fails, many, "nothing"

    def export(self, tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
        (folder / "said").write_text(self.text)
        (folder / "many/of").mkdir(parents=True)
        for number in range(self.many):
            (folder / f"many/of/{number}").write_text(self.text)
        if (final_folder / "said").exists():
            self.found = (final_folder / "said").read_text()
        if self.fails:
            raise RuntimeError("the disk is full")
        return Written({"train": 1}, 7200.0, {"missing": 2})


def write(link: Path, text: str, fails: bool = False, many: int = 1) -> Watched:
    made_by = Watched(text, fails, many)
    write_export(made_by, Tables(NO_CLIPS), {}, link, account_file(link))  # type: ignore[arg-type]
    return made_by


def test_a_reader_finds_the_earlier_export_until_the_next_is_whole(tmp_path: Path) -> None:
    link = tmp_path / "mine"
    assert write(link, "first").found == "nothing"
    assert write(link, "second").found == "first"
    assert (link / "said").read_text() == "second"
    assert sorted(os.listdir(tmp_path)) == [".mine.2", "mine", "mine.account.json"]


def test_an_export_that_fails_leaves_the_earlier_one(tmp_path: Path) -> None:
    link = tmp_path / "mine"
    write(link, "first")
    with pytest.raises(RuntimeError):
        write(link, "second", fails=True)
    assert (link / "said").read_text() == "first"
    assert sorted(os.listdir(tmp_path)) == [".mine.1", "mine", "mine.account.json"]
    assert is_whole(link.parent, account_of(link))


def test_who_has_a_file_open_reads_on_after_the_switch(tmp_path: Path) -> None:
    link = tmp_path / "mine"
    write(link, "first")
    with (link / "said").open() as file:
        write(link, "second")
        assert file.read() == "first"


def test_a_folder_of_before_there_were_links_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/old").write_text("old")
    write(tmp_path / "mine", "new")
    assert sorted(os.listdir(tmp_path / "mine/")) == ["SHA256SUMS", "many", "said"]


def test_exports_whose_names_begin_alike_do_not_touch_each_other(tmp_path: Path) -> None:
    write(tmp_path / "csv", "one")
    write(tmp_path / "csv_short", "other")
    write(tmp_path / "csv", "one again")
    assert (tmp_path / "csv_short/said").read_text() == "other"


def test_the_account_says_what_was_written(tmp_path: Path) -> None:
    write(tmp_path / "mine", "first")
    sums = tmp_path / "mine/SHA256SUMS"
    seen = {path: (tmp_path / "mine" / path).stat().st_mtime_ns for path in ("SHA256SUMS", "said", "many", "many/of")}
    assert account_of(tmp_path / "mine") == Account(
        *(".mine.1", "mine", {"train": 1}, 2.0, {"missing": 2}),
        bytes=account_of(tmp_path / "mine").bytes,
        files=[["SHA256SUMS", sums.stat().st_size, seen["SHA256SUMS"]], ["said", 5, seen["said"]]],
        folders=[["many", seen["many"]], ["many/of", seen["many/of"]]],
    )


def test_an_account_does_not_grow_with_copies(tmp_path: Path) -> None:
    for name, many in (("few", 1), ("all", 500)):
        write(tmp_path / name, "first", many=many)
    few, many = (account_file(tmp_path / name).read_text() for name in ("few", "all"))
    assert few.count("\n") == many.count("\n")


def _delete(link: Path) -> None:
    (link / "said").unlink()


def _change(link: Path) -> None:
    (link / "said").write_text("FIRST")


def _delete_below(link: Path) -> None:
    (link / "many/of/0").unlink()


def _add_below(link: Path) -> None:
    (link / "many/of/0.again").write_text("first")


def _replace_below(link: Path) -> None:
    (link / "many/new").write_text("first")
    (link / "many/new").rename(link / "many/of/0")


def _delete_all_below(link: Path) -> None:
    shutil.rmtree(link / "many/of")


def _delete_link(link: Path) -> None:
    link.unlink()


def _lead_elsewhere(link: Path) -> None:
    link.unlink()
    link.symlink_to(".other")


def _damage_account(link: Path) -> None:
    account_file(link).write_text("{")


@pytest.mark.parametrize(
    "happens",
    [
        *(_delete, _change, _delete_below, _add_below, _replace_below, _delete_all_below),
        *(_delete_link, _lead_elsewhere, _damage_account),
    ],
)
def test_what_happens_to_an_export_is_noticed(tmp_path: Path, happens: Any) -> None:
    link = tmp_path / "mine"
    write(link, "first")
    assert spoilt([str(account_file(link))]) == []
    happens(link)
    assert spoilt([str(account_file(link))]) == [str(account_file(link))]


def test_results_out_of_an_archive_that_keeps_whole_seconds_are_whole(tmp_path: Path) -> None:
    link = tmp_path / "mine"
    write(link, "first")
    with tarfile.open(tmp_path / "results.tar", "w", format=tarfile.GNU_FORMAT) as tar:
        for name in (".mine.1", "mine", "mine.account.json"):
            tar.add(tmp_path / name, name)
    (tmp_path / "out").mkdir()
    subprocess.run(["tar", "-xf", tmp_path / "results.tar", "-C", tmp_path / "out"], check=True)
    account = str(account_file(tmp_path / "out/mine"))
    assert spoilt([account]) == []
    for path in ("said", "many/of"):
        seen = (file := tmp_path / "out/mine" / path).stat().st_mtime_ns
        assert seen % SECOND_NS == 0
        os.utime(file, ns=(seen + 1, seen + 1))
        assert spoilt([account]) == [account], path
        os.utime(file, ns=(seen, seen))


OTHER_SHAPES = {
    "no_list": '{"folder": ".mine.1", "files": null}',
    "too_few": '{"folder": ".mine.1", "files": [["said", 5]]}',
    "no_words": '{"folder": ".mine.1", "failed": {"one": ["io_error"]}}',
    "no_number": '{"folder": ".mine.1", "tries": "1"}',
    "truth": '{"folder": ".mine.1", "clips": {"train": true}}',
    "no_text": '{"folder": 1}',
    "no_folder": "{}",
    "no_hours": '{"folder": ".mine.1", "licences": [{"licence": "MIT", "clips": 1, "usable": 1}]}',
    "no_entries": "[]",
    "no_text_at_all": b"\xff\x00",
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("name", OTHER_SHAPES)
def test_an_account_of_another_shape_is_told_and_its_export_made_again(tmp_path: Path, name: str) -> None:
    written = OTHER_SHAPES[name]
    (file := tmp_path / "mine.account.json").write_bytes(written if isinstance(written, bytes) else written.encode())
    with pytest.raises(SoundledgerError, match=r"mine\.account\.json: not what this version writes"):
        read_account(file)
    assert spoilt([str(file)]) == [str(file)]


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_what_has_no_name_of_a_file_is_not_whole(tmp_path: Path, name: str) -> None:
    (file := tmp_path / "mine.account.json").write_text(json.dumps({"folder": "", "folders": [[name, 1]]}))
    assert spoilt([str(file)]) == [str(file)]


def test_an_account_is_read_as_it_was_written(tmp_path: Path) -> None:
    account = Account(
        *(
            "all",
            "mine",
            {"train": 1},
            2.5,
            {"missing": 2},
            [{"licence": None, "clips": 2, "usable": 1, "hours": 0.5}],
            [{"shared_by": "sound", "dataset": "far", "split": "eval", "clips": 3}],
            5000,
            3,
            ["a warning"],
            "digest",
            4,
            {"one": ["io_error", "words"]},
            2,
        ),
        files=[["said", 5, 6]],
        folders=[["many", 7]],
    )
    account.write(tmp_path / "mine.account.json")
    assert read_account(tmp_path / "mine.account.json") == account


def test_an_account_that_is_not_there_is_not_spoilt(tmp_path: Path) -> None:
    assert spoilt([str(tmp_path / "mine.account.json")]) == []


@pytest.mark.parametrize(
    ("kind", "tries", "is_tried_again"), [("io_error", 1, True), ("io_error", TRIES, False), ("corrupt", 1, False)]
)
def test_a_pack_with_passing_faults_is_tried_a_few_times(
    tmp_path: Path, kind: str, tries: int, is_tried_again: bool
) -> None:
    (tmp_path / "all").mkdir()
    Account("all", failed={"one": [kind, "words"]}, tries=tries).write(tmp_path / "all.json")
    assert bool(spoilt([str(tmp_path / "all.json")])) == is_tried_again


def test_the_account_of_the_csv_tells_of_every_clip(small: SmallAudioset, tmp_path: Path) -> None:
    account = account_of(exported("csv", small.for_exports, tmp_path / "csv"))
    assert account.clips == {"balanced_train": 8, "eval": 1}
    assert account.held_back == {"feature_failed": 1, "missing": 2, "truncated": 1}
    assert sum(account.clips.values()) + sum(account.held_back.values()) == len(small.table("clips"))


def test_the_format_of_an_export_is_a_folder() -> None:
    assert hasattr(format_of("ast"), "plan")
    assert not hasattr(format_of("csv"), "plan")
