"""A first taste: of a dataset whose zips lie on a server, no more comes than some clips need; more later, then all."""

import json
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.fetch.faulty import FaultyServer, Served, faulty_server
from tests.made_files import noise16, wav
from tests.project import Project
from tests.workflow.small_set import CLASSES, ONTOLOGY
from workflow_scripts.media.archives.excerpt import is_excerpt

pytestmark = pytest.mark.slow

CHANGED = "Wed, 21 Oct 2026 07:28:00 GMT"
SPLITS = {"train": 80, "eval": 40}
SET = "datasets=['set.yaml']"


def serve(server: FaultyServer, project: Project) -> None:
    """Serve lists, ontology and a zip of each split; write the dataset file."""
    files = {"ontology.json": ONTOLOGY.encode(), "classes.csv": CLASSES.encode()}
    for split, clips in SPLITS.items():
        ids = [f"{split:_>5}{number:06}" for number in range(clips)]
        rows = (f'{one}, 30.000, 40.000, "{("/m/dog", "/m/cat")[number % 4 == 0]}"\n' for number, one in enumerate(ids))
        files[f"{split}.csv"] = "".join(rows).encode()
        with zipfile.ZipFile(project.folder / "made.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for number, one in enumerate(ids):
                archive.writestr(f"{split}/Y{one}.wav", wav(noise16(24_000, seed=number)))
        files[f"{split}.zip"] = (project.folder / "made.zip").read_bytes()
    for name, body in files.items():
        server.put(f"/{name}", Served(body, modified=CHANGED))
    places = {name: {"to": f"labels/{name}"} for name in files}
    places |= {"train.zip": {"to": "audio/train.zip"}, "eval.zip": {"to": "packed/eval.zip", "unpack": "audio/eval"}}
    settings = {
        "name": "small",
        "adapter": "audioset",
        "sources": {
            "segments": {split: f"labels/{split}.csv" for split in SPLITS},
            "ontology": "labels/ontology.json",
            "classes": "labels/classes.csv",
        },
        "audio": ["audio"],
        "exports": ["csv"],
        "acquire": [{"url": server.address(f"/{name}"), **place} for name, place in places.items()],
    }
    (project.folder / "set.yaml").write_text(yaml.safe_dump(settings))


def subset(**of: object) -> str:
    return f"subset={json.dumps({'small': of})}"


def came(server: FaultyServer) -> int:
    return sum(server.sent(f"/{split}.zip") for split in SPLITS)


def clips(project: Project) -> set[str]:
    return {clip for (clip,) in project.ask("SELECT clip_id FROM clips")}


def test_a_taste_and_more_and_all_of_it(tmp_path: Path) -> None:
    with faulty_server() as server:
        project = Project(tmp_path)
        serve(server, project)
        whole = sum(len(server.files[f"/{split}.zip"].body) for split in SPLITS)
        project.run("--config", SET, subset(clips=12, seed=1))
        assert project.ask("SELECT count(*), bool_and(usable) FROM clips") == [(12, True)]
        taste, taste_bytes = clips(project), came(server)
        assert taste_bytes < 0.15 * whole
        assert is_excerpt(str(tmp_path / "audio/train.zip"))
        assert len([*(tmp_path / "audio/eval").rglob("*.wav")]) == 7
        assert project.ask("SELECT count(*) FROM orphans") == [(0,)]
        counts = "SELECT sum(rows_kept), sum(rows_not_in_subset) FROM sources WHERE rows_not_in_subset > 0"
        assert project.ask(counts) == [(12, 108)]
        assert "small: a subset (clips: 12, seed: 1): 12 of 120 rows" in (tmp_path / "results/summary.txt").read_text()
        assert project.run("--config", SET, subset(clips=12, seed=1), "offline=True").jobs.total() == 0

        project.run("--config", SET, subset(clips=24, seed=1))
        assert clips(project) > taste
        assert project.ask("SELECT count(*), bool_and(usable) FROM clips") == [(24, True)]
        more_bytes = came(server)
        assert more_bytes - taste_bytes < 1.3 * taste_bytes  # the twelve that are new, and the directories

        project.run("--config", SET)
        assert project.ask("SELECT count(*), bool_and(usable) FROM clips") == [(120, True)]
        for path, split in (("audio/train.zip", "train"), ("packed/eval.zip", "eval")):
            assert (tmp_path / path).read_bytes() == server.files[f"/{split}.zip"].body
        assert came(server) - more_bytes < whole - 0.12 * whole  # what the taste had came no second time
        assert {path.name for path in (tmp_path / "audio").iterdir()} == {"train.zip", "eval"}
        assert len([*(tmp_path / "audio/eval").rglob("*.wav")]) == 40
        assert project.run("--config", SET).jobs.total() == 0
