"""AudioSet's audio as others hand it round: Parquet whose rows carry labels of their own, and zips in folders."""

import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.made_files import noise16, wav
from tests.project import Project
from tests.workflow.small_set import IDS, write_small_set

pytestmark = pytest.mark.slow

SOUNDS = {one: wav(noise16(16_000, seed=seed)) for seed, one in enumerate(IDS)}


def write_parquets(folder: Path) -> None:
    """As agkphysics/AudioSet: video_id, audio, labels and human_labels; the file in `audio.path` is a FLAC's name."""
    (folder / "bal_train").mkdir(parents=True)
    for number, (one, content) in enumerate(SOUNDS.items()):
        row = {
            "video_id": one,
            "audio": {"bytes": content, "path": f"{one}.flac"},
            "labels": ["/m/dog"],
            "human_labels": ["Dog"],
        }
        pq.write_table(pa.Table.from_pylist([row]), folder / f"bal_train/{number:02}.parquet")


def write_zips(folder: Path) -> None:
    """As confit/audioset-full: balanced/balanced_train_segments.zip of Y<id>.wav, and the same for the others."""
    for place, (one, content) in zip(("balanced", "eval", "unbalanced"), SOUNDS.items(), strict=True):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(f"{place}_segments/Y{one}.wav", content)
        (folder / place).mkdir(parents=True)
        (folder / place / f"{place}_segments.zip").write_bytes(packed.getvalue())


@pytest.mark.parametrize("write", [write_parquets, write_zips])
def test_each_clip_is_found_where_it_lies(tmp_path: Path, write: object) -> None:
    project = Project(tmp_path)
    small = write_small_set(project, audio=["hub"], exports=[])
    assert callable(write)
    write(small / "hub")
    project.run("--config", "datasets=['small/set.yaml']")
    assert project.ask("SELECT clip_id, status FROM clips ORDER BY clip_id") == [(one, "usable") for one in sorted(IDS)]
    assert project.ask("SELECT count(*) FROM orphans") == [(0,)]
