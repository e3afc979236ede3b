"""What it costs to pair 200,000 sounds with up to 2,700,000 images, by taxon and by place."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.processes import Measured, measure
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT, VENV


def run(small: bool) -> Iterator[Table]:
    """One table; small: a hundredth."""
    sizes = [(2_000, 5_000)] if small else [(50_000, 500_000), (200_000, 500_000), (200_000, 2_700_000)]
    rows: list[list[object]] = []
    for sounds, images in sizes:
        with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as folder:
            _run(folder, sounds, images, "make")
            for by in ("taxon", "place"):
                done = _run(folder, sounds, images, by)
                rows.append([sounds, images, by, int(done.output), done.seconds, done.cpu_seconds, done.tree_mb])
    about = (
        "5,569 species of sounds, whose numbers fall as 1 over their rank, and 10,000 of images, 4,000 the same; 5 a "
        "genus, 50 a family; at most 4 images a sound, 1 sound an image, 100 pairs a class; by place within 1 km. From "
        "the tables of both to those that are written."
    )
    yield Table("Pairing", ["sounds", "images", "by", "pairs", "s", "CPU s", "MB"], rows, [about])


def _run(folder: str, *words: object) -> Measured:
    return measure(["python", "-m", "benchmarks.one_pairing", folder, *map(str, words)], Path(CHECKOUT), VENV)
