"""An export that is narrowed by licences holds nothing of other clips, and says so; no format has to see to it."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.exports.made_exports import account_of, exported, make_packs
from tests.exports.small_run import SmallAudioset, instead
from workflow_scripts import exports
from workflow_scripts.exports import ast
from workflow_scripts.exports.licences import ANY, Licences
from workflow_scripts.exports.reading import Tables
from workflow_scripts.tables import schemas

LICENCES = {
    "-aaaaaaaaaa": "CC0-1.0",
    "_bbbbbbbbbb": "CC-BY-4.0",
    "Ycccccccccc": "CC-BY-NC-4.0",
    "onlyabstrac": "CC-BY-NC-SA-3.0",
    "onlynoindex": "cc-by-nc",
    "shortxxxxxx": None,
    "cutxxxxxxxx": "CC-BY-NC-4.0",
    "gonexxxxxxx": "CC-BY-4.0",
    "inrecording": "ask the author",
    "inmirrorxxx": "CC-BY-NC-4.0",
    "quotedxxxxx": "CC-BY-4.0",
    "nanxxxxxxxx": "CC-BY-NC-4.0",
    "gone2xxxxxx": None,
}
NC, UNKNOWN = {"CC-BY-NC-4.0", "CC-BY-NC-SA-3.0"}, {"ask the author", None}
FREE = Licences(frozenset({"CC0-1.0", "CC-BY-4.0"}), noncommercial=False, unknown="hold")
OF_CLIPS = [name for name, schema in (schemas.INGESTED | schemas.RESOLVED).items() if "clip_id" in schema.columns]


def licensed(small: SmallAudioset, folder: Path, **licences: str | None) -> Tables:
    """The small run with a licence a clip."""
    of_each = LICENCES | licences
    clips = small.table("clips")
    said = pl.Series([of_each[clip] for clip in clips["clip_id"]], dtype=pl.Categorical)
    return instead(small.for_exports, folder, clips=clips.with_columns(licence=said))


@pytest.fixture(scope="module")
def tables(small: SmallAudioset, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return licensed(small, tmp_path_factory.mktemp("tables"))


def shown_clips(tables: Tables) -> set[str]:
    return set(tables.read("clips")["clip_id"])


def of_licences(*licences: str | None) -> set[str]:
    return {clip for clip, licence in LICENCES.items() if licence in licences}


# --- what is held back ---


@pytest.mark.parametrize(
    ("licences", "held_back"),
    [
        (ANY, set()),
        (Licences(frozenset({"CC0-1.0"}), unknown="hold"), {"CC-BY-4.0", "cc-by-nc", *NC, *UNKNOWN}),
        (Licences(frozenset({"CC0-1.0"}), unknown="keep"), {"CC-BY-4.0", *NC}),
        (Licences(noncommercial=False, unknown="hold"), {"cc-by-nc", *NC, *UNKNOWN}),
        (Licences(noncommercial=False, unknown="keep"), {"cc-by-nc", *NC}),
        (Licences(unknown="hold"), {"cc-by-nc", *UNKNOWN}),
        (Licences(frozenset({"CC-BY-NC-4.0"}), unknown="hold"), {*set(LICENCES.values())} - {"CC-BY-NC-4.0"}),
        (FREE, {"cc-by-nc", *NC, *UNKNOWN}),
        (Licences(frozenset({"MIT"}), unknown="hold"), {*LICENCES.values()}),
    ],
)
def test_all_that_is_said_of_licences_has_to_hold(
    tables: Tables, licences: Licences, held_back: set[str | None]
) -> None:
    narrowed = replace(tables, licences=licences)
    assert {one.licence for one in narrowed.held_back} == held_back
    assert shown_clips(narrowed) == {*LICENCES} - of_licences(*held_back)


def test_what_is_held_back_is_counted_by_licence_as_the_view_rights_counts(tables: Tables) -> None:
    clips = tables.read("clips")
    told = replace(tables, licences=FREE).held_back
    assert [(one.licence, one.clips, one.usable) for one in told] == [
        ("CC-BY-NC-4.0", 4, 2),
        (None, 2, 1),
        ("CC-BY-NC-SA-3.0", 1, 1),
        ("ask the author", 1, 1),
        ("cc-by-nc", 1, 1),
    ]
    for one in told:
        usable = clips.filter(pl.col("licence").cast(pl.String).eq_missing(pl.lit(one.licence)) & pl.col("usable"))
        assert one.hours == pytest.approx(usable["duration_s"].sum() / 3600, abs=1e-6)


@pytest.mark.parametrize("licence", [None, "", "CC0-1.0", 'it\'s "said"\n', "a|b", "CC-BY-NC-4.0"])
def test_any_text_may_be_a_licence(small: SmallAudioset, tmp_path: Path, licence: str | None) -> None:
    tables = licensed(small, tmp_path, **dict.fromkeys(LICENCES, licence))
    kept = {*LICENCES} if licence == "CC0-1.0" else set()
    assert shown_clips(replace(tables, licences=FREE)) == kept


def test_what_a_dataset_file_says_of_its_audio_is_the_licence_of_each_clip(small: SmallAudioset) -> None:
    """The small run says `rights: {audio: CC-BY-4.0}`, and no clip has a licence of its own."""
    taken = replace(small.for_exports, licences=Licences(frozenset({"CC-BY-4.0"}), unknown="hold"))
    assert taken.held_back == ()
    assert len(shown_clips(taken)) == len(LICENCES)
    none = replace(small.for_exports, licences=Licences(frozenset({"CC0-1.0"}), unknown="keep"))
    assert [(one.licence, one.clips) for one in none.held_back] == [("CC-BY-4.0", len(LICENCES))]
    assert shown_clips(none) == set()


# --- by construction ---


@pytest.mark.parametrize("table", OF_CLIPS)
def test_no_table_of_clips_shows_one_that_is_held_back(
    small: SmallAudioset, tables: Tables, tmp_path: Path, table: str
) -> None:
    """Whatever a format asks for, whole or in part; rows stay in their order."""
    files = {name: small.tables_folder / f"{name}.parquet" for name in OF_CLIPS}
    every = replace(tables, files=files | tables.files)
    if table not in ("clips", "promised", "labels"):  # of which this AudioSet has no rows
        rows = pl.DataFrame({"clip_id": [*LICENCES, None, *reversed(LICENCES)]})  # an orphan may be no clip's
        rows = pl.concat([(schemas.INGESTED | schemas.RESOLVED)[table].empty(), rows], how="diagonal")
        every = instead(every, tmp_path, **{table: rows})
    if table == "promised":
        licence = every.read("clips").select("clip_id", "licence")
        rows = every.read("promised").drop("licence").join(licence, on="clip_id", maintain_order="left")
        every = instead(every, tmp_path, promised=rows)
    narrowed = replace(every, licences=FREE)
    kept = pl.col("clip_id").is_in([*of_licences("CC0-1.0", "CC-BY-4.0")])
    shown = every.read(table).filter(kept | pl.col("clip_id").is_null())
    assert 0 < len(shown) < len(every.read(table))
    assert narrowed.read(table).equals(shown)
    assert narrowed.lazy(table).select("clip_id").collect()["clip_id"].to_list() == shown["clip_id"].to_list()


def test_formats_read_tables_by_what_leaves_them_out() -> None:
    """Whoever opens files of tables by himself would find every clip."""
    folder = Path(exports.__file__).parent
    opened = re.compile(r"\.files\[|lazy_table|scan_parquet|read_parquet|of_roots")
    modules = [file for format_of in folder.iterdir() if format_of.is_dir() for file in format_of.glob("*.py")]
    assert {"ast", "csv"} <= {file.parent.name for file in modules}
    assert [file.name for file in modules if opened.search(file.read_text(encoding="utf-8"))] == []


def files_of(folder: Path, *but: str) -> dict[str, bytes]:
    folder = folder.resolve()
    files = [file for file in folder.rglob("*") if file.is_file() and file.name not in but]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        *[("csv", {}), ("url_text", {}), ("webdataset", {})],
        *[("ast", {"copies": "never"}), ("ast", {"copies": "auto", "paths": "relative"})],
    ],
)
def test_an_export_is_that_of_a_dataset_without_the_clips(
    tables: Tables, tmp_path: Path, kind: str, options: dict[str, Any]
) -> None:
    """Manifests, class weights, statistics, copies: every file but the README, which tells of them."""
    kept = tables.read("clips").filter(pl.col("clip_id").is_in([*of_licences("CC0-1.0", "CC-BY-4.0")]))
    without = exported(kind, instead(tables, tmp_path / "tables", clips=kept), tmp_path / "one" / kind, **options)
    narrowed = exported(kind, replace(tables, licences=FREE), tmp_path / "other" / kind, **options)
    assert files_of(narrowed, "README", "SHA256SUMS") == files_of(without, "README", "SHA256SUMS")
    assert files_of(narrowed, "README", "SHA256SUMS") != files_of(
        exported(kind, tables, tmp_path / "all" / kind, **options), "README", "SHA256SUMS"
    )
    assert account_of(narrowed).clips == account_of(without).clips


def test_packs_hold_no_copy_of_a_clip_that_is_held_back(tables: Tables, tmp_path: Path) -> None:
    options = {"copies": "always", "restricted_classes": True}
    narrowed = replace(tables, licences=FREE)
    packs = make_packs(ast, narrowed, tmp_path / "ast", options)  # type: ignore[arg-type]
    listed = [clip for file in (tmp_path / ".ast.plan").iterdir() for clip in pl.read_parquet(file)["clip_id"]]
    assert set(listed) == {"-aaaaaaaaaa", "_bbbbbbbbbb", "quotedxxxxx"}
    assert {Path(file).stem for pack in packs for file in os.listdir(pack.files)} == set(listed)


def test_packs_of_clips_that_are_held_back_by_now_go(tables: Tables, tmp_path: Path) -> None:
    link = exported("ast", tables, tmp_path / "ast", copies="always")
    assert list(link.rglob("Ycccccccccc.wav"))
    exported("ast", replace(tables, licences=FREE), link, copies="always")
    assert list(tmp_path.rglob("Ycccccccccc*")) == []


def test_of_a_split_that_is_held_back_whole_files_are_there_and_empty(small: SmallAudioset, tmp_path: Path) -> None:
    tables = replace(licensed(small, tmp_path / "tables", quotedxxxxx="CC-BY-NC-4.0"), licences=FREE)
    folder = exported("ast", tables, tmp_path / "ast", train=["balanced_train"], eval=["eval"])
    assert json.loads((folder / "eval.json").read_text()) == {"data": []}
    assert account_of(folder).clips == {"balanced_train": 1, "eval": 0}
    rows = exported("csv", tables, tmp_path / "csv") / "full_eval_segments.csv"
    assert len(rows.read_text().splitlines()) == 1


# --- what is told ---


@pytest.mark.parametrize("kind", ["csv", "url_text", "ast"])
def test_the_account_tells_what_each_licence_holds_back(tables: Tables, tmp_path: Path, kind: str) -> None:
    account = account_of(exported(kind, replace(tables, licences=FREE), tmp_path / kind))
    assert account.held_back["licence"] == 9
    assert sum(account.clips.values()) + sum(account.held_back.values()) == len(LICENCES)
    assert account.licences[0] == {
        "licence": "CC-BY-NC-4.0",
        "clips": 4,
        "usable": 2,
        "hours": pytest.approx(0.001, abs=1e-3),
    }
    assert sum(one["clips"] for one in account.licences) == 9


def test_the_account_of_an_export_that_is_not_narrowed_says_nothing_of_licences(tables: Tables, tmp_path: Path) -> None:
    account = account_of(exported("csv", tables, tmp_path / "csv"))
    assert account.licences == []
    assert "licence" not in account.held_back


def test_the_readme_of_ast_tells_it(tables: Tables, tmp_path: Path) -> None:
    told = "Held back for their licence: 4 of 'CC-BY-NC-4.0', 2 of none that is known, 1 of 'CC-BY-NC-SA-3.0', "
    assert told in (exported("ast", replace(tables, licences=FREE), tmp_path / "ast") / "README").read_text()
    assert "Held back" not in (exported("ast", tables, tmp_path / "all") / "README").read_text()
