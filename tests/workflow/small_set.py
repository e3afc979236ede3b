"""A dataset of a few clips of a second, in the official dialect, as a user would have it beside the workflow."""

from pathlib import Path

import yaml

from tests.made_files import noise16, wav
from tests.project import Project

IDS = ("aaaaaaaaaaa", "-bbbbbbbbbb", "Yccccccccc_")
ONTOLOGY = '[{"id": "/m/dog", "name": "Dog", "child_ids": []}, {"id": "/m/cat", "name": "Cat", "child_ids": []}]'
CLASSES = 'index,mid,display_name\n0,/m/dog,"Dog"\n1,/m/cat,"Cat"\n'


def write_small_set(project: Project, folder: str = "small", names: str = "Y{id}.wav", **keys: object) -> Path:
    """Write labels, sounds and the dataset file of a set into a folder of the project.

    Args:
        project: where it is to be run; its config is left alone.
        folder: of the set; also the set's name.
        names: how the sound of an id is called.
        keys: of the dataset file, in place of its own; of its sources too.

    Returns:
        The folder.
    """
    small = project.folder / folder
    (small / "audio").mkdir(parents=True)
    (small / "ontology.json").write_text(ONTOLOGY)
    (small / "classes.csv").write_text(CLASSES)
    (small / "train.csv").write_text("".join(f'{one}, 30.000, 40.000, "/m/dog,/m/cat"\n' for one in IDS))
    for seed, one in enumerate(IDS):
        (small / "audio" / names.format(id=one)).write_bytes(wav(noise16(16_000, seed=seed)))
    sources = {"segments": {"train": "train.csv"}, "ontology": "ontology.json", "classes": "classes.csv"}
    of_sources = {key: keys.pop(key) for key in ("segments", "strong") if key in keys}
    settings = {
        "name": folder,
        "adapter": "audioset",
        "sources": sources | of_sources,
        "audio": ["audio"],
        "exports": ["csv"],
    }
    (small / "set.yaml").write_text(yaml.safe_dump(settings | keys))
    return small
