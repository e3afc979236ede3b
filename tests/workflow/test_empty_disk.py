"""An AudioSet in small, served from loopback, on an empty disk: one command, killed twice, ends in the same bytes."""

import os
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.fetch.faulty import Fault, FaultyServer, Served, faulty_server
from tests.project import REPOSITORY, Project
from workflow_scripts.sample import make_sample

pytestmark = pytest.mark.slow

PARTS = ("balanced_train", "eval")
CHANGED = "Wed, 21 Oct 2026 07:28:00 GMT"
WAIT_S = 300.0
COMMAND = ("--config", "datasets=['small.yaml']", "accept_terms=['sample']")


def serve_sample(server: FaultyServer, folder: Path) -> dict[str, object]:
    """Serve lists, ontology and zips as the hub has them.

    Returns:
        The dataset file.
    """
    make_sample(folder)
    entries = []
    for file in sorted((folder / "labels").iterdir()):
        server.put(f"/labels/{file.name}", Served(file.read_bytes(), modified=CHANGED))
        entries.append({"url": server.address(f"/labels/{file.name}"), "to": f"labels/{file.name}"})
    for part in PARTS:
        with zipfile.ZipFile(folder / f"{part}.zip", "w") as archive:
            for file in sorted((folder / "audio/clips" / part).iterdir()):
                archive.write(file, f"{part}/{file.name}")
        server.put(f"/{part}.zip", Served((folder / f"{part}.zip").read_bytes(), modified=CHANGED))
        entries.append({"url": server.address(f"/{part}.zip"), "to": f"audio/{part}.zip"})
    sample = (REPOSITORY / "config/datasets/sample.yaml").read_text().replace("data/sample/", "")
    return yaml.safe_load(sample) | {"audio": ["audio"], "acquire": entries}


def kill_when(project: Project, is_time: Callable[[], bool]) -> None:
    """Start the command, and kill Snakemake with all its jobs once something has come about."""
    process, until = project.start(*COMMAND), time.monotonic() + WAIT_S
    while not is_time() and time.monotonic() < until:
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    shutil.rmtree(project.folder / ".snakemake/locks", ignore_errors=True)
    subprocess.run(["sync"], check=True)


def test_one_command_killed_twice_ends_in_the_same_bytes(tmp_path: Path) -> None:
    with faulty_server() as server:
        (tmp_path / "made").mkdir()
        settings = serve_sample(server, tmp_path / "made")
        project = Project(tmp_path / "run")
        (project.folder / "small.yaml").write_text(yaml.safe_dump(settings))
        project.run(*COMMAND)
        whole = project.digests()
        assert project.ask("SELECT count(*) > 20 FROM clips WHERE usable") == [(True,)]
        project.forget()
        for folder in ("labels", "audio"):
            shutil.rmtree(project.folder / folder)

        archive = server.files["/eval.zip"]
        half, before = len(archive.body) // 2, server.sent("/eval.zip")
        archive.faults.append(Fault(drops_after=half, stalls_s=WAIT_S))
        kill_when(project, lambda: server.sent("/eval.zip") >= before + half)
        assert not (project.folder / "audio/eval.zip").exists()
        archive.faults.clear()
        checks = project.folder / "results/audio"
        kill_when(project, lambda: any(checks.glob("*/checks/*.parquet")))
        assert (project.folder / "audio/eval.zip").read_bytes() == archive.body
        project.run(*COMMAND)
        assert project.digests() == whole
        assert project.run(*COMMAND).jobs.total() == 0
