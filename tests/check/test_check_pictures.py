"""Pictures of a root that holds such: each is decoded once, and told of as a media without sound."""

import io
import os
from pathlib import Path

import polars as pl
import pytest
from PIL import Image

from tests.pairs.naturalist import jpeg
from tests.workers import SETTINGS, scan_and_check
from workflow_scripts.check import picture
from workflow_scripts.check.picture import examine_picture
from workflow_scripts.media.content import Content
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import published
from workflow_scripts.tables.store import publish_table, validate


def png(*size: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", size).save(file, "PNG")
    return file.getvalue()


def test_a_whole_picture_has_no_sound_and_a_broken_one_is_told(tmp_path: Path) -> None:
    files = {
        "whole.jpg": jpeg(2),
        "cut.JPG": jpeg(2)[:-300],
        "grey.png": png(3, 2),
        "empty.webp": b"",
        "no.jpg": b"<html>",
    }
    for name, content in files.items():
        (tmp_path / "root").mkdir(exist_ok=True)
        (tmp_path / "root" / name).write_bytes(content)
    table = scan_and_check(tmp_path / "root", tmp_path / "results", images=True)
    validate(table, schemas.CHECKS)
    told = {row["path"]: row for row in table.iter_rows(named=True)}
    kinds = {path: (row["error_kind"], row["format"]) for path, row in told.items()}
    assert kinds == {
        "whole.jpg": ("no_audio", "JPEG"),
        "grey.png": ("no_audio", "PNG"),
        **dict.fromkeys(("cut.JPG", "empty.webp", "no.jpg"), ("no_picture", None)),
    }
    assert told["whole.jpg"]["error"] == "a picture of 42 × 30 pixels, which holds no sound"
    assert not table["load_ok"].any()
    assert table["bytes_digest"].null_count() == 0


def test_a_picture_that_is_too_large_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "MOST_PIXELS", 1259)
    row = examine_picture(Content.of(jpeg(2)), None)
    assert (row["error_kind"], row["error"]) == ("too_large", "a picture of 42 × 30 pixels")


def test_what_earlier_versions_listed_unopened_is_looked_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "root").mkdir()
    file = tmp_path / "root/a.jpg"
    file.write_bytes(jpeg(2))
    results = tmp_path / "results"
    table = scan_and_check(tmp_path / "root", results, SETTINGS, images=True)
    unopened = table.with_columns(bytes_digest=pl.lit(None, pl.String), format=pl.lit(None, pl.String))
    publish_table(unopened, results / "checks/shard=all.parquet", schemas.CHECKS)
    assert published(results / "checks/shard=all.parquet").exists()
    caplog.set_level("INFO")
    assert scan_and_check(tmp_path / "root", results, SETTINGS, images=True).equals(table)
    assert "1 decoded: a.jpg" in caplog.messages[-1]
    os.utime(file, ns=(5, 1_000_000_005))
    scan_and_check(tmp_path / "root", results, SETTINGS, images=True)
    assert "1 of the same bytes, 0 decoded" in caplog.messages[-1]
