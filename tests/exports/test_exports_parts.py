"""Exports read the ledger in parts: how large they are is nowhere to be seen."""

from pathlib import Path

import pytest

from tests.exports.made_exports import exported
from tests.exports.small_run import SmallAudioset
from workflow_scripts.exports import reading


def _files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("rows", [1, 2, 5])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("csv", {}),
        ("csv", {"paths": "relative", "compress": "zstd"}),
        ("url_text", {}),
        ("url_text", {"form": "jsonl", "compress": "zstd"}),
        ("ast", {"copies": "auto"}),
        ("ast", {"copies": "never", "restricted_classes": False}),
        ("ast", {"copies": "as_they_are", "paths": "relative"}),
    ],
)
def test_size_of_the_parts_changes_no_byte(
    small: SmallAudioset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    options: dict[str, object],
    rows: int,
) -> None:
    link = tmp_path / kind
    whole = _files(exported(kind, small.for_exports, link, **options))
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", rows)
    monkeypatch.setattr(reading, "FILES_AT_ONCE", 1)
    assert _files(exported(kind, small.for_exports, link, **options)) == whole
