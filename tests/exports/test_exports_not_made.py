"""Clips that packs cannot make: counted, and told at the end of a run. A clip of any name can be made."""

import os
import shutil
import tarfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from tests.exports.made_exports import account_of, exported
from tests.exports.small_run import SmallAudioset, instead
from workflow_scripts.run.exported import exports_text
from workflow_scripts.settings.dataset import Export
from workflow_scripts.settings.places import Places

FORMATS = {"webdataset": {}, "huggingface": {}, "ast": {"copies": "always"}}
LOST = "_bbbbbbbbbb"


def end_of_run(results: Path, name: str) -> str:
    """What it says of an export of the dataset `own`."""
    entry = Export(name, name, {}, {}, None, (), True, True)
    own = SimpleNamespace(name="own", file="own.yaml", exports={name: entry})
    run: Any = SimpleNamespace(places=Places(str(results)), datasets={"own": own})
    return exports_text(run)


@pytest.mark.parametrize("name", FORMATS)
def test_a_clip_whose_media_is_gone_is_counted_and_told_with_its_fault(
    small: SmallAudioset, tmp_path: Path, name: str
) -> None:
    link = tmp_path / "own/exports" / name
    link.parent.mkdir(parents=True)
    assert "not_made" not in account_of(exported(name, small.for_exports, link, **FORMATS[name])).held_back
    assert "not_made" not in end_of_run(tmp_path, name)
    shutil.rmtree(tmp_path / "own/exports" / f".{name}.packs")
    lost = small.table("clips").filter(pl.col("clip_id") == LOST)["media_path"].item()
    os.rename(lost, f"{lost}.away")
    try:
        for told in ("the next run tries again", "the next run tries again", "no run tries that again by itself"):
            account = account_of(exported(name, small.for_exports, link, **FORMATS[name]))
            assert account.held_back["not_made"] == 1
            assert sum(account.clips.values()) + sum(account.held_back.values()) == len(small.table("clips"))
            assert (
                f"own/{name}: 1 clips left out, which could not be made (not_made: 1 io_error; logs of rule pack name "
                f"them): {told}. {LOST}: cannot be read: No such file or directory\n"
            ) in end_of_run(tmp_path, name)
    finally:
        os.rename(f"{lost}.away", lost)


@pytest.mark.parametrize("name", FORMATS)
def test_a_clip_may_be_called_longer_than_a_file(small: SmallAudioset, tmp_path: Path, name: str) -> None:
    """Copies for AST are files called after their clips: it is told there, and costs no other clip."""
    long_id = "ä" * 300
    clips = small.table("clips").with_columns(pl.col("clip_id").replace(LOST, long_id))
    link = exported(name, instead(small.for_exports, tmp_path, clips=clips), tmp_path / name, **FORMATS[name])
    account = account_of(link)
    made = set()
    for tar in link.glob("*/*.tar"):
        with tarfile.open(tar) as members:
            made |= {member.partition(".")[0] for member in members.getnames()}
    for rows in link.glob("data/*.parquet"):
        made |= set(pq.read_table(rows)["clip_id"].to_pylist())
    made |= {copy.stem for copy in link.glob("audio/*/*.wav")}
    assert len(made) == sum(account.clips.values())
    assert (long_id in made, account.held_back.get("not_made")) == ((False, 1) if name == "ast" else (True, None))
