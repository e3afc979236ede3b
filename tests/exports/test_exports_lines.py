"""Files of text that are cut short are no export."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports.made_exports import exported, make_packs
from tests.exports.packed import options_of
from tests.exports.small_run import SmallAudioset, instead
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports import csv
from workflow_scripts.exports.formats import Written, format_of
from workflow_scripts.exports.lines import check_lines
from workflow_scripts.tables import schemas

EXPORTS: list[tuple[str, dict[str, Any], str]] = [
    ("ast", {}, "*balanced_train.json *eval.json *_weights.csv"),
    ("ast", {"compress": "zstd"}, "*.json.zst *_weights.csv"),
    ("audiofolder", {}, "*/metadata.jsonl"),
    ("audiomae", {}, "*balanced_train.json *eval.json *_weights.csv"),
    ("csv", {}, "*.csv"),
    ("csv", {"compress": "zstd"}, "*.csv.zst"),
    ("eat", {"copies": "auto"}, "*.tsv *.lbl *_weights.csv"),
    ("kaldi", {"audio": {"sample_rate": 8000}}, "*train/* eval/*"),
    ("lhotse", {}, "*.gz"),
    ("nemo", {}, "*.json"),
    ("speechbrain", {}, "*.csv"),
    ("url_text", {"form": "jsonl"}, "*.jsonl"),
    ("url_text", {"form": "csv"}, "*.csv"),
]


@pytest.mark.parametrize(("name", "options", "files"), EXPORTS)
def test_every_file_of_clips_is_counted(
    small: SmallAudioset, tmp_path: Path, name: str, options: dict[str, Any], files: str
) -> None:
    said = [("quotedxxxxx", 0, 'two\nlines, "quoted"'), ("-aaaaaaaaaa", 0, '"')]
    captions = pl.DataFrame(said, schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    tables = instead(small.for_exports, tmp_path / "tables", captions=captions)
    made_by, folder, all_options = format_of(name), tmp_path / "out", options_of(name, **options)
    packs = make_packs(made_by, tables, tmp_path / "link", all_options) if hasattr(made_by, "plan") else []
    folder.mkdir()
    written = made_by.export(replace(tables, packs=packs), all_options, folder, folder)
    assert set(written.lines) == {str(file.relative_to(folder)) for one in files.split() for file in folder.glob(one)}
    check_lines(folder, written.lines)
    for file in filter(written.lines.__getitem__, written.lines):
        content = (folder / file).read_bytes()
        (folder / file).write_bytes(content[:-9])
        with pytest.raises(SoundledgerError, match="read back of"):
            check_lines(folder, written.lines)
        (folder / file).write_bytes(content)


def test_an_export_that_is_cut_short_does_not_replace_one(
    small: SmallAudioset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = exported("csv", small.for_exports, tmp_path / "csv")
    [file] = link.glob("*eval*")
    before, right = file.read_bytes(), csv.export

    def wrong(*arguments: Any) -> Written:
        written = right(*arguments)
        (arguments[2] / file.name).write_bytes(before[:-1])
        return written

    monkeypatch.setattr(csv, "export", wrong)
    with pytest.raises(SoundledgerError, match=r"eval_segments\.csv: 1 lines read back of 2 lines"):
        exported("csv", small.for_exports, link)
    assert file.read_bytes() == before


@settings(deadline=None)
@given(st.lists(st.text('a"\n,', max_size=5), max_size=20))
def test_line_ends_within_cells_do_not_count(cells: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patched, tempfile.TemporaryDirectory() as folder:
        patched.setattr("workflow_scripts.exports.lines.READ_AT_ONCE", 3)
        pl.DataFrame({"a": cells, "b": cells}, schema={"a": pl.String, "b": pl.String}).write_csv(
            Path(folder) / "a.csv"
        )
        check_lines(Path(folder), {"a.csv": 1 + len(cells)})
