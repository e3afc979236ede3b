"""Exports as users see them: a format in one folder, packs made where something changed, files that come back."""

import json
import os
from pathlib import Path

import pytest
import soundfile

from tests.project import Project

NEEDS = ("promised", "labels", "captions", "classes", "origins", "sources", "clips", "checks")
STRANGER = '''
"""A format that somebody brings: the names of all that it can read, and a copy of each clip."""
import json

import polars as pl

from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.plan import IN_ORDER, checked, sound_of
from workflow_scripts.exports.files.names import link_copies
from workflow_scripts.exports.files.packing import make_files
from workflow_scripts.exports.formats import Written

SORTED_BY = IN_ORDER


def clips_a_pack(options, clips):
    return 8

def plan(tables, options):
    clips = tables.read("clips").filter("usable")
    clips = clips.hstack(checked(tables).of(clips))
    rows = sound_of(clips, AudioForm("wav", 16_000, "first", 16, "clip"), 0, pl.lit(False))
    yield rows.with_columns(clips["clip_id"], suffix=pl.lit("wav"))

def pack(rows, folder):
    return make_files(rows, folder)

def export(tables, options, folder, final_folder):
    told = {name: tables.read(name).columns for name in tables.files} | {"checks": tables.checks(["path"]).columns}
    (folder / "read.json").write_text(json.dumps(told))
    link_copies(tables.packs, folder)
    return Written({}, 0.0, {})
'''
OPTIONS = f"""
title: Options of the export `stranger`
description: Somebody's own.
needs: [{", ".join(NEEDS)}]
packs: true
type: object
additionalProperties: false
properties: {{}}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A run with an export of a stranger's, one without copies, and one format under two names."""
    project = Project(tmp_path_factory.mktemp("exports") / "project")
    project.own_sample(
        *("clips", "mirror", "recordings"),
        name="own",
        exports=["stranger", {"ast": {"paths": "relative"}}, "csv", {"csv": {"paths": "relative"}, "as": "csv_short"}],
    )
    folder = project.folder / "workflow_scripts/exports/stranger"
    folder.mkdir()
    (folder / "__init__.py").write_text(STRANGER)
    (folder / "options.schema.yaml").write_text(OPTIONS)
    (project.folder / "told.txt").write_text(project.run().output)
    return project


def exports(project: Project) -> Path:
    return project.folder / "results/own/exports"


@pytest.mark.slow
def test_an_export_is_one_folder_and_reads_every_table_that_it_asks_for(project: Project) -> None:
    read = json.loads((exports(project) / "stranger/read.json").read_text())
    assert set(read) == set(NEEDS)
    copies = list((exports(project) / "stranger").resolve().rglob("*.wav"))
    [(usable,)] = project.ask("SELECT count(*) FROM clips WHERE usable")
    assert len(copies) == usable
    assert {soundfile.info(copy).samplerate for copy in copies} == {16_000}


@pytest.mark.slow
def test_one_format_stands_there_twice_under_two_names(project: Project) -> None:
    for name, is_absolute in (("csv", True), ("csv_short", False)):
        lines = (exports(project) / name / "full_eval_segments.csv").read_text().splitlines()
        assert lines[1].startswith("/") == is_absolute


@pytest.mark.slow
def test_the_run_ends_with_what_an_export_leaves_out_for_want_of_copies(project: Project) -> None:
    account = json.loads((exports(project) / "ast.account.json").read_text())
    told = (project.folder / "told.txt").read_text()
    size = f"{account['copies_bytes'] / 1e6:.1f} MB"
    assert f"own/ast: {account['held_back']['needs_copy']} clips left out" in told
    assert f"would take {size}; the line for that, under exports of {project.folder}/own.yaml:" in told
    assert "own.yaml: {ast: {paths: relative, copies: auto}}\n" in told
    assert not (exports(project) / "ast/audio").exists()


@pytest.mark.slow
def test_what_is_deleted_or_changed_in_exports_comes_back_with_the_next_run(project: Project) -> None:
    before = project.digests()
    [deleted, replaced, *_] = sorted((exports(project) / "stranger").resolve().rglob("*.wav"))
    [of_pack] = (exports(project) / ".stranger.packs").rglob(replaced.name)
    deleted.unlink()
    for copy in (replaced, of_pack):
        copy.unlink()
        copy.write_bytes(b"spoilt")
    (exports(project) / "csv/full_eval_segments.csv").unlink()
    jobs = project.run().jobs
    assert project.digests() == before
    assert jobs == {"pack": 1, "export": 2, "losses": 1, "all": 1}
    assert project.run().jobs == {}


@pytest.mark.slow
def test_a_media_that_is_replaced_makes_its_pack_alone_again(project: Project) -> None:
    packs = {file: file.stat().st_mtime_ns for file in (exports(project) / ".stranger.packs").glob("*.json")}
    assert len(packs) > 4
    path, clip = project.ask(
        "SELECT media_path, clip_id FROM clips WHERE usable AND whole_media AND media_path LIKE '%.wav' "
        "AND sample_rate = 16000 ORDER BY clip_id LIMIT 1"
    )[0]
    samples, rate = soundfile.read(path, dtype="int16")
    soundfile.write(path, samples[::-1], rate)
    jobs = project.run().jobs
    assert (jobs["plan"], jobs["pack"]) == (1, 1)
    assert sum(file.stat().st_mtime_ns != then for file, then in packs.items()) == 1
    [copy] = (exports(project) / "stranger").resolve().rglob(f"{clip}.wav")
    assert soundfile.read(copy, dtype="int16")[0].tolist() == samples[::-1].tolist()
    assert os.listdir(exports(project) / "stranger/")
