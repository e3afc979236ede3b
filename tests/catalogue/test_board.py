"""How far each collection is, by what lies on disk; and the registry that lists them."""

from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from workflow_scripts.catalogue.build import Contents, build_catalogue
from workflow_scripts.settings import registry
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.settings.registry import registered
from workflow_scripts.settings.run import load_run
from workflow_scripts.settings.schemas import CONFIG_FOLDER
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

SAID = "title: T, home: 'https://example.org', kind: tags, size: 7 clips, licence: CC0, citation: C. 2020"
REGISTRY = f"""\
heard_of: {{{SAID}, assignee: Ada}}
esc50: {{{SAID}, datasets: [esc50]}}
soundingearth: {{{SAID}, datasets: [soundingearth]}}
clotho: {{{SAID}, datasets: [clotho]}}
"""
RUN = {
    "clotho": ["ast", "csv"],
    "no_audio": [],
    "no_rows": ["csv"],
    "broken": ["csv"],
    "no_exports": [],
    "half": ["csv", "ast"],
    "other": ["ast"],
    "whole": ["csv"],
}
"""The datasets of the run, and the exports that each names; the collections know but the first."""


@pytest.fixture(autouse=True)
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry, and ESC-50's table where its file says."""
    file = tmp_path / "registry.yaml"
    file.write_text(REGISTRY)
    monkeypatch.setattr(registry, "REGISTRY", file)
    monkeypatch.chdir(tmp_path)
    table = tmp_path / "esc50/meta/esc50.csv"
    table.parent.mkdir(parents=True)
    table.write_text("filename,fold\n")
    return file


def rows(schema: Any, **values: object) -> pl.DataFrame:
    return pl.DataFrame([values], schema={one: schema.empty().schema[one] for one in values}).select(
        pl.col(one) if one in values else pl.lit(None, kind).alias(one) for one, kind in schema.empty().schema.items()
    )


def tables(dataset: str) -> dict[str, pl.DataFrame]:
    made = {}
    if dataset != "no_rows":
        made["summary"] = rows(schemas.SUMMARY, split="all", status="usable", clips=3)
    if dataset != "no_audio":
        root = {"ordinal": 0, "root": "r", "path": "r", "holds": "clips", "media": 3, "served": 3, "usable": 3}
        made["roots"] = rows(schemas.ROOTS, **root, orphans=0)
    if dataset in ("clotho", "whole"):  # of the latter what was said is of another sound
        row = {"clip_id": "a", "ordinal": 0, "verdict": "keep", "source": "r.csv", "line": 2, "superseded": False}
        made["reviews"] = rows(schemas.REVIEWS, **row, stale=dataset == "whole", counts=dataset == "clotho")
    if dataset == "broken":
        row = {"source": dataset, "line": None, "scope": "dataset", "reason": "failed", "detail": "a.csv: no list"}
        made["rejects"] = rows(schemas.REJECTS, **row, raw="")
    return made


def test_stage_of_each_is_what_lies_on_disk(tmp_path: Path) -> None:
    places = Places(str(tmp_path / "res[ul]ts"))
    for dataset in RUN:
        of_dataset = tables(dataset)
        for name, schema in (schemas.INGESTED | schemas.RESOLVED).items():
            write_table(of_dataset.get(name, schema.empty()), Path(places.table(dataset, name)), schema)
    build_catalogue(Contents(places, dict.fromkeys(RUN, ()), {}, RUN), Path(places.catalogue))
    for dataset, export in (("clotho", "csv"), ("clotho", "ast"), ("half", "csv"), ("other", "csv"), ("whole", "csv")):
        account = places.account(dataset, export)
        Path(account).parent.mkdir(parents=True, exist_ok=True)
        Path(account).write_text("{}")
    with duckdb.connect(places.catalogue, read_only=True) as connection:
        told = connection.execute("SELECT collection, dataset, stage, lacks, clips, usable, assignee FROM board")
        assert told.fetchall() == [
            ("clotho", "clotho", "reviewed", None, 3, 3, None),
            ("whole", "whole", "exported", "a review", 3, 3, None),
            ("half", "half", "checked", "1 of 2 exports", 3, 3, None),
            ("no_exports", "no_exports", "checked", "exports: its file names none", 3, 3, None),
            ("other", "other", "checked", "1 of 1 exports", 3, 3, None),
            ("no_audio", "no_audio", "ingested", "audio: its file names none", 3, 3, None),
            ("broken", "broken", "acquired", "a.csv: no list", 3, 3, None),
            ("esc50", "esc50", "acquired", "a run that names it", None, None, None),
            ("no_rows", "no_rows", "acquired", "rows that are clips", 0, 0, None),
            ("soundingearth", "soundingearth", "defined", told_of_soundingearth(tmp_path), None, None, None),
            ("heard_of", None, "listed", "a dataset file", None, None, "Ada"),
        ]
        assert connection.execute("SELECT dataset, export FROM exports").fetchall() == [
            ("clotho", "ast"),
            ("clotho", "csv"),
            ("half", "csv"),
            ("other", "csv"),
            ("whole", "csv"),
        ]
        assert connection.execute("SELECT dataset FROM board WHERE reviewed = 1").fetchall() == [("clotho",)]


def told_of_soundingearth(folder: Path) -> str:
    with pytest.raises(SettingsError) as error:
        load_run({"datasets": ["soundingearth"]}, folder)
    return str(error.value).partition(": ")[2]


@pytest.mark.parametrize("written", ["name: [", "name: esc50\n", "- a\n", "adapter: table\nsources: 3\n", ""])
def test_dataset_file_that_somebody_is_at_work_on_stops_no_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    (tmp_path / "datasets").mkdir()
    for name in ("esc50", "soundingearth", "clotho"):
        (tmp_path / f"datasets/{name}.yaml").write_text(written)
    (tmp_path / "registry.schema.yaml").write_text((CONFIG_FOLDER / "registry.schema.yaml").read_text())
    monkeypatch.setattr(registry, "CONFIG_FOLDER", tmp_path)
    lacks = {entry.dataset: entry.lacks for entry in registered([], Path.cwd())}
    assert lacks.pop(None) is None
    assert all(lacks.values())


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (f"a: {{{SAID}, datasets: [esc50]}}\nb: {{{SAID}, datasets: [esc50]}}\n", "more than one collection: esc50"),
        (f"a: {{{SAID}, datasets: [esc51]}}\n", "there is no config/datasets/esc51.yaml"),
        (f"a: {{{SAID}, stage: checked}}\n", "stage"),
        ("a: {title: T}\n", "home"),
    ],
)
def test_registry_that_says_what_is_not_so_is_an_error(known: Path, written: str, told: str) -> None:
    known.write_text(written)
    with pytest.raises(SettingsError, match=told):
        registered([], Path.cwd())


def test_every_dataset_file_but_the_sample_is_in_the_registry_that_comes_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "REGISTRY", CONFIG_FOLDER / "registry.yaml")
    named = {entry.dataset for entry in registered([], Path.cwd())}
    there = {file.stem for file in (CONFIG_FOLDER / "datasets").glob("*.yaml")}
    assert there - named == {"sample"}
