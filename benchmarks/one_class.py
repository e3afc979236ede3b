"""A dataset whose clips are numbered and all of one class, for benchmarks that are about audio."""

from pathlib import Path

import yaml

from benchmarks.clips import SECONDS


def write_dataset(folder: Path, clips: int, root: Path, **more: object) -> Path:
    """Write the labels of so many clips into a folder.

    Args:
        folder: Where labels and dataset file go.
        clips: Clips called 00000000000 and on.
        root: Where their audio is; other files there are orphans.
        more: Other keys of the dataset file.

    Returns:
        The dataset file.
    """
    files = {
        "list.csv": "".join(f'{number:011d}, 0.000, {SECONDS}.000, "/m/a"\n' for number in range(clips)),
        "ontology.json": '[{"id": "/m/a", "name": "A sound", "child_ids": []}]',
        "classes.csv": 'index,mid,display_name\n0,/m/a,"A sound"\n',
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    content = {
        "name": "clips",
        "adapter": "audioset",
        "sources": {"segments": {"all": "list.csv"}, "ontology": "ontology.json", "classes": "classes.csv"},
        "audio": [str(root)],
        "exports": ["csv"],
    }
    file = folder / "clips.yaml"
    file.write_text(yaml.safe_dump(content | more))
    return file
