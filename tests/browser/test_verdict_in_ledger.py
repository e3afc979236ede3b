"""From a key that is pressed in the browser to the ledger of the next run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.made_files import noise16, wav
from tests.project import Project
from tests.review.served import HEADER, served


@pytest.mark.slow
def test_a_verdict_that_is_given_in_the_browser_is_in_the_next_ledger(look: Callable[..., Any], tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    (project.folder / "audio").mkdir()
    for seed, clip in enumerate(("one", "other")):
        (project.folder / f"audio/{clip}.wav").write_bytes(wav(noise16(32_000, seed=seed)))
    (project.folder / "clips.csv").write_text("f,label\none,dog\nother,cat\n")
    (project.folder / "judged.csv").write_text(f"{HEADER}\n")
    dataset = {
        "name": "mine",
        "adapter": "table",
        "sources": {"table": "clips.csv"},
        "clip": {"media": "f || '.wav'", "classes": "[label]"},
        "audio": ["audio"],
        "reviews": ["judged.csv"],
    }
    (project.folder / "mine.yaml").write_text(yaml.safe_dump(dataset))
    run = ("--config", "datasets=['mine.yaml']")
    project.run("review", *run)
    with served(project.folder / "results", None) as server:
        told = look("judge_served", server.address)
        assert server.file == project.folder / "judged.csv"
    assert [wrong for wrong in told["wrong"] if not wrong.endswith(".opus: net::ERR_ABORTED")] == []
    jobs = project.run(*run).jobs
    assert (jobs["check"], jobs["ingest"], jobs["read_reviews"]) == (0, 0, 1)
    ledger = "SELECT clip_id, verdict, trainable, reviewers FROM clips ORDER BY verdict"
    assert project.ask(ledger) == [
        (told["dropped"], "drop", False, ["Ann"]),
        (told["kept"], "keep", True, ["Ann"]),
    ]
    assert project.ask("SELECT stale, counts FROM reviews") == [(False, True)] * 2
