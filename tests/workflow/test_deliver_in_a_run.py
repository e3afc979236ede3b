"""`snakemake deliver` on the sample: to a folder and to S3, told before, gone on with after a kill, and held back."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deliver.between import KILL_AFTER, PASS
from tests.deliver.places import Place, a_bucket, moto
from tests.project import Finished, Project

pytestmark = [pytest.mark.slow, pytest.mark.consumer]


@pytest.fixture(scope="module")
def bucket() -> Iterator[Place]:
    with moto() as port, a_bucket("s3", port, "of-a-run") as place:
        yield place


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, bucket: Place) -> Project:
    """Before anything ran: lists go to a folder, tars to a bucket."""
    project = Project(tmp_path_factory.mktemp("deliver") / "project")
    project.own_sample(
        *("clips", "recordings"),
        name="own",
        exports=["csv", {"webdataset": {"pairs_a_tar": 8}}],
        deliver=[{"export": "csv", "to": "../there"}, {"export": "webdataset", "to": bucket.address}],
    )
    return project


def rewrite(project: Project, **keys: Any) -> None:
    file = project.folder / "own.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | keys))


def deliver(project: Project, *config: str, expect: int = 0) -> Finished:
    return project.run("deliver", *(["--config", *config] if config else []), expect=expect)


def in_folder(project: Project) -> dict[str, bytes]:
    there = project.folder.parent / "there"
    return {str(file.relative_to(there)): file.read_bytes() for file in there.rglob("*") if file.is_file()}


def exported(project: Project, name: str) -> dict[str, bytes]:
    folder = (project.folder / "results/own/exports" / name).resolve()
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def account(project: Project, name: str) -> dict[str, Any]:
    [file] = (project.folder / "results/own/delivered").glob(f"{name}-*.json")
    told: dict[str, Any] = json.loads(file.read_text())
    return told


def told(done: Finished, name: str) -> str:
    [line] = [line for line in done.output.splitlines() if line.startswith(f"own/{name} ")]
    return line


def test_what_would_be_sent_is_told_each_time_and_nothing_is_sent(project: Project, bucket: Place) -> None:
    for again in (False, True):
        done = deliver(project, "dry_run=True")
        files = exported(project, "csv")
        size = sum(map(len, files.values()))
        assert f"{len(files) + 1} would be sent (" in told(done, "csv")
        assert f"own/webdataset → {bucket.address}: " in told(done, "webdataset")
        assert account_of_dry_run(project, "csv")["sent_bytes"] > size
        assert done.jobs["send"] == 2
        if again:
            assert done.jobs == {"send": 2, "deliver": 1}
    assert in_folder(project) == bucket.content() == {}
    assert not list((project.folder / "results/own/delivered").glob("[!.]*"))


def account_of_dry_run(project: Project, name: str) -> dict[str, Any]:
    [file] = (project.folder / "results/own/delivered").glob(f".{name}-*.dry_run.json")
    said: dict[str, Any] = json.loads(file.read_text())
    return said


def test_killed_in_the_middle_the_same_command_goes_on_and_sends_no_tar_twice(project: Project, bucket: Place) -> None:
    assert bucket.between
    bucket.between.fate = lambda ordinal, _: KILL_AFTER if ordinal == 4 else PASS
    bucket.between.seen = 0
    running = project.start("deliver")
    bucket.between.client = -running.pid  # Snakemake and its jobs
    running.wait(timeout=300)
    assert running.returncode == -9
    assert "MANIFEST.json" not in bucket.content()
    bucket.between.killed, bucket.between.fate = False, lambda *_: PASS
    project.run("--unlock")
    deliver(project)
    there = bucket.content()
    manifest = json.loads(there.pop("MANIFEST.json"))
    assert there == exported(project, "webdataset")
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == {
        path: hashlib.sha256(content).hexdigest() for path, content in there.items()
    }
    tars = [path for path in there if path.endswith(".tar")]
    assert len(tars) > 3
    assert {path: bucket.between.sent[bucket.key(path, b"")] for path in tars} == dict.fromkeys(tars, 1)
    assert account(project, "webdataset")["not_redistributable"] == []


def test_all_of_an_export_lies_at_its_place_and_again_there_is_nothing_to_do(project: Project, bucket: Place) -> None:
    deliver(project)
    assert {path: content for path, content in in_folder(project).items() if path != "MANIFEST.json"} == exported(
        project, "csv"
    )
    assert {path for path, _, _ in account(project, "csv")["files"]} == set(in_folder(project))
    assert bucket.between
    seen = bucket.between.seen
    assert deliver(project).jobs == {}
    assert bucket.between.seen == seen


def test_of_a_changed_export_what_changed_alone_is_sent(project: Project, bucket: Place) -> None:
    deliver(project)
    before = {"csv": in_folder(project), "webdataset": bucket.content()}
    Path(one_of_eval(project)).unlink()
    done = deliver(project)
    assert done.jobs["send"] == 2
    after = {"csv": in_folder(project), "webdataset": bucket.content()}
    for name, files in after.items():
        changed = {path for path, content in files.items() if before[name].get(path) != content}
        assert sorted(account(project, name)["sent"]) == sorted(changed)
        assert 0 < len(changed) < len(files)
        assert {path: content for path, content in files.items() if path != "MANIFEST.json"} == exported(project, name)
    assert account(project, "csv")["sent"] == ["full_eval_segments.csv", "SHA256SUMS", "MANIFEST.json"]


def one_of_eval(project: Project) -> str:
    clips = project.table("own", "clips").filter("usable")
    clips = clips.filter((clips["split"].cast(str) == "eval") & clips["media_path"].str.contains("/clips/"))
    return str(clips["media_path"].sort()[0])


def test_what_nobody_may_hand_on_stays_and_nothing_that_is_there_is_touched(project: Project, bucket: Place) -> None:
    deliver(project)
    before = in_folder(project), bucket.content()
    rewrite(project, rights={"audio": "CC-BY-ND-4.0", "labels": "CC0-1.0"})
    done = deliver(project)
    assert "nothing of it goes to" not in told(done, "csv")
    assert told(done, "webdataset").startswith("own/webdataset stays here (")
    assert "clips under 'CC-BY-ND-4.0'" in told(done, "webdataset")
    assert account(project, "webdataset")["held_back"]["files"] == len(exported(project, "webdataset"))
    assert bucket.content() == before[1]
    entries = yaml.safe_load((project.folder / "own.yaml").read_text())["deliver"]
    entries[1]["even_if"] = "not_redistributable"
    rewrite(project, deliver=entries)
    done = deliver(project)
    assert done.jobs == {"send": 1, "deliver": 1}
    assert account(project, "webdataset")["held_back"] == {}
    assert {path: content for path, content in bucket.content().items() if path != "MANIFEST.json"} == exported(
        project, "webdataset"
    )


def test_without_an_entry_it_says_what_one_looks_like(project: Project) -> None:
    rewrite(project, deliver=[])
    assert "no dataset file of the run says `deliver: [{export: …, to: …}]`" in deliver(project, expect=1).output
