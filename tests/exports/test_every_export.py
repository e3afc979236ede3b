"""What holds of every export, whatever its format: it is found here by its folder."""

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.exports.made_exports import account_of, exported, of_any_dataset
from tests.exports.packed import options_of
from tests.exports.small_run import SmallAudioset, instead
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.formats import format_of
from workflow_scripts.exports.plans import write_plan
from workflow_scripts.exports.reading import LONGEST_SPLIT, Tables
from workflow_scripts.settings.schemas import options_schema


def ways() -> list[Any]:
    """Every format, with each value of each option that says whether it makes packs."""
    all_ways = []
    for name in of_any_dataset():
        packs = options_schema(name, "").get("packs", False)
        options = packs if isinstance(packs, dict) else {}
        all_ways.append(pytest.param(name, {}, id=name))
        all_ways += [
            pytest.param(name, {option: value}, id=f"{name} {option} {value}")
            for option, values in options.items()
            for value in values
        ]
    return all_ways


@pytest.fixture(scope="module")
def tables(small: SmallAudioset) -> Tables:
    """All that there are, as a run gives each format those that it asks for."""
    files = {file.stem: file for file in small.tables_folder.glob("*.parquet")}
    return replace(small.for_exports, files=files)


def asked(tables: Tables, name: str) -> Tables:
    needs = options_schema(name, "")["needs"]
    return replace(tables, files={table: file for table, file in tables.files.items() if table in needs})


@pytest.mark.parametrize(("name", "options"), ways())
def test_every_clip_is_taken_or_held_back_and_every_file_has_its_digest(
    small: SmallAudioset, tables: Tables, tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    link = exported(name, asked(tables, name), tmp_path / "out", **options)
    account = account_of(link)
    assert sum(account.clips.values()) + sum(account.held_back.values()) == len(small.table("clips"))
    assert list(account.clips) == small.table("clips")["split"].unique(maintain_order=True).to_list()
    assert account.bytes == sum(file.stat().st_size for file in link.rglob("*") if file.is_file())
    check = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=link, capture_output=True, text=True)
    assert check.returncode == 0, check.stderr
    there = {str(file.relative_to(link)) for file in link.rglob("*") if file.is_file()} - {"SHA256SUMS"}
    assert {line.removesuffix(": OK") for line in check.stdout.splitlines()} == there


@pytest.mark.parametrize(("name", "options"), ways())
def test_same_clips_are_the_same_bytes(tables: Tables, tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    """Whatever the time and the process: nothing is kept from the first."""
    link, digests = tmp_path / "out", []
    for earlier in ("1", "2"):
        exported(name, asked(tables, name), link, **options)
        files = {file.relative_to(link): file.read_bytes() for file in link.rglob("*") if file.is_file()}
        digests.append({name: hashlib.sha256(content).hexdigest() for name, content in files.items()})
        for made in tmp_path.glob(".out.p*"):
            made.rename(tmp_path / f"{earlier}{made.name}")
    assert digests[0] == digests[1]


@pytest.mark.parametrize(("name", "options"), ways())
def test_the_account_tells_the_hours_of_clips_that_are_taken(
    small: SmallAudioset, tables: Tables, tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    """Of a dataset of one clip: those of that clip, or none where it is not taken."""
    one = small.table("clips").filter(pl.col("clip_id") == "-aaaaaaaaaa")
    account = account_of(
        exported(name, asked(instead(tables, tmp_path / "tables", clips=one), name), tmp_path / "out", **options)
    )
    assert account.hours == pytest.approx(sum(account.clips.values()) * 1.25 / 3600, abs=1e-6)


@pytest.mark.parametrize(("name", "options"), ways())
def test_a_split_that_no_file_can_be_called_after_is_refused_before_any_pack_is_made(
    small: SmallAudioset, tables: Tables, tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    made_by = format_of(name)
    if not hasattr(made_by, "plan"):
        return
    long = pl.col("split").cast(pl.String).replace("eval", "x" * (LONGEST_SPLIT + 1)).cast(pl.Categorical)
    named = instead(tables, tmp_path / "tables", clips=small.table("clips").with_columns(long))
    with pytest.raises(SoundledgerError, match=f"export {name}: .* may have {LONGEST_SPLIT} bytes"):
        write_plan(made_by, asked(named, name), options_of(name, **options), tmp_path / "plan")


@pytest.mark.parametrize(("name", "options"), ways())
def test_a_plan_names_the_clips_of_the_ledger_whose_sound_it_takes(
    small: SmallAudioset, tables: Tables, tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    """What nobody may hand on is found by them."""
    made_by = format_of(name)
    if not hasattr(made_by, "plan"):
        return
    write_plan(made_by, asked(tables, name), options_of(name, **options), tmp_path / "plan")
    ledger = set(small.table("clips")["clip_id"])
    for listed in (tmp_path / "plan").iterdir():
        rows = pl.read_parquet(listed)
        assert set(rows["of_clip" if "of_clip" in rows.columns else "clip_id"]) <= ledger
