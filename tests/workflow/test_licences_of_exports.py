"""A dataset of several licences in a run: an export for each purpose, and what a change of one makes necessary."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.made_files import noise16, wav
from tests.project import Finished, Project

pytestmark = pytest.mark.slow

CC = "//creativecommons.org/licenses"
ROWS = {  # split, licence as the source words it
    "a": ("train", f"{CC}/by/4.0/"),
    "b": ("train", f"{CC}/by-nc-sa/4.0/"),
    "c": ("train", "cc-by-nc"),
    "d": ("train", "-"),
    "e": ("test", "CC0"),
    "f": ("test", f"{CC}/by-nc/3.0/"),
}
FREE = {"only": ["CC0-1.0", "CC-BY-4.0"], "noncommercial": False, "unknown": "hold"}


def write_set(project: Project, licences: dict[str, Any], copies: str = "always", **keys: Any) -> None:
    """The dataset file, with these licences, and copies, of its second export."""
    settings = {
        "name": "mixed",
        "adapter": "table",
        "sources": {"table": "clips.csv"},
        "clip": {
            "media": "f || '.wav'",
            "split": "split",
            "classes": "['noise']",
            "licence": "coalesce(spdx(l), said(l))",
            "extra": {"licence": "l"},
        },
        "audio": ["audio"],
        "exports": ["csv", {"ast": {"copies": copies}, "as": "ast_free", "licences": licences}],
    }
    (project.folder / "mixed.yaml").write_text(yaml.safe_dump(settings | keys))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("licences") / "project")
    (project.folder / "audio").mkdir()
    for number, clip in enumerate(ROWS):
        (project.folder / f"audio/{clip}.wav").write_bytes(wav(noise16(16_000, seed=number)))
    rows = [f"{clip},{split},{licence}\n" for clip, (split, licence) in ROWS.items()]
    (project.folder / "clips.csv").write_text("f,split,l\n" + "".join(rows))
    write_set(project, FREE)
    (project.folder / "told.txt").write_text(run(project).output)
    return project


def run(project: Project, expect: int = 0) -> Finished:
    return project.run("--config", "datasets=['mixed.yaml']", expect=expect)


def account(project: Project, name: str) -> dict[str, Any]:
    return json.loads((project.folder / f"results/mixed/exports/{name}.account.json").read_text())


def copies(project: Project) -> set[str]:
    """Of every clip that lies anywhere below the exports."""
    return {file.stem for file in (project.folder / "results/mixed/exports").rglob("*.wav")}


def manifest(project: Project, split: str) -> list[str]:
    file = project.folder / f"results/mixed/exports/ast_free/{split}.json"
    return [Path(row["wav"]).stem for row in json.loads(file.read_text())["data"]]


def test_the_words_of_a_source_stay_beside_the_id(project: Project) -> None:
    told = dict(project.ask("SELECT clip_id, extra->>'licence' FROM origins"))
    assert told == {clip: licence for clip, (_, licence) in ROWS.items()}
    assert project.ask("SELECT licence, noncommercial, clips FROM rights ORDER BY ALL") == [
        ("CC-BY-4.0", False, 1),
        ("CC-BY-NC-3.0", True, 1),
        ("CC-BY-NC-SA-4.0", True, 1),
        ("CC0-1.0", False, 1),
        ("cc-by-nc", True, 1),
        (None, None, 1),
    ]


def test_one_export_takes_what_another_may_not(project: Project) -> None:
    write_set(project, FREE)
    run(project)
    assert (manifest(project, "train"), manifest(project, "test"), copies(project)) == (["a"], ["e"], {"a", "e"})
    assert account(project, "csv")["clips"] == {"train": 4, "test": 2}
    assert account(project, "ast_free")["clips"] == {"train": 1, "test": 1}
    assert account(project, "ast_free")["held_back"] == {"licence": 4}
    told = {
        one["licence"]: (one["clips"], one["usable"], one["hours"]) for one in account(project, "ast_free")["licences"]
    }
    assert told == dict.fromkeys(
        ["CC-BY-NC-3.0", "CC-BY-NC-SA-4.0", "cc-by-nc", None], (1, 1, pytest.approx(1 / 3600, abs=1e-6))
    )


def test_the_end_of_the_run_says_it(project: Project) -> None:
    told = (project.folder / "told.txt").read_text()
    assert "mixed/ast_free: 4 clips held back for their licence: 1 of 'CC-BY-NC-3.0', 1 of 'CC-BY-NC-SA-4.0', " in told
    assert "mixed/csv: " not in told


def test_other_licences_make_that_export_again_and_no_other_and_the_same_none(project: Project) -> None:
    write_set(project, FREE)
    run(project)
    before = project.digests()
    logs = project.check_logs()
    write_set(project, {"noncommercial": False, "unknown": "keep"})
    jobs = run(project).jobs
    assert jobs == {"plan": 1, "pack": 1, "export": 1, "losses": 1, "all": 1}
    assert (manifest(project, "train"), copies(project)) == (["a", "d"], {"a", "d", "e"})
    changed = {path for path, digest in project.digests().items() if before.get(path) != digest}
    assert changed
    assert all(path.startswith("mixed/exports/ast_free/") for path in changed if ".ast_free." not in path), changed
    assert project.check_logs() == logs
    assert run(project).jobs == {}
    write_set(project, FREE)
    run(project)
    assert project.digests() == before


def test_what_is_copied_follows_its_options_too(project: Project) -> None:
    """Of files at 16 kHz `auto` copies none, and `always` each: what was planned for one is no plan for the other."""
    for how, copied in (("auto", set()), ("always", {"a", "e"})):
        write_set(project, FREE, how)
        run(project)
        rows = json.loads((project.folder / "results/mixed/exports/ast_free/train.json").read_text())["data"]
        assert all(Path(row["wav"]).is_file() for row in rows)
        assert copies(project) == copied
        assert run(project).jobs == {}


def test_a_licence_of_all_audio_is_that_of_each_clip_without_one(project: Project) -> None:
    write_set(project, FREE, rights={"audio": "CC-BY-4.0"})
    run(project)
    assert manifest(project, "train") == ["a", "d"]
    assert [one["licence"] for one in account(project, "ast_free")["licences"]] == [
        *("CC-BY-NC-3.0", "CC-BY-NC-SA-4.0", "cc-by-nc")
    ]
    write_set(project, FREE)
    run(project)


def test_a_licence_that_nobody_knows_stops_the_run_before_it_begins(project: Project) -> None:
    write_set(project, {"only": ["CC-BY-4"]})
    told = run(project, expect=1).output
    assert (
        "exports[1].licences.only: 'CC-BY-4' is none of the SPDX ids that are known; did you mean `CC-BY-4.0`?" in told
    )
    write_set(project, FREE)
