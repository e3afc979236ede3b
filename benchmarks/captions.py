"""What it costs to ask for findings of captions: of AudioSet's clips with three captions each, made of their labels."""

import csv
import itertools
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import yaml

from benchmarks import official_lists
from benchmarks.official_lists import SPLITS
from benchmarks.processes import Measured, measure
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT, VENV, Workflow

KINDS = ("empty", "junk", "generic", "repeated", "language", "contradicts")
EACH = 3
"""Captions of a clip."""
FORMS = (
    "A {0} is heard {how} {where}",
    "{0} and {1}",
    "{1}, followed by a {0} {where} and then {1} again",
    "The sound of a {0} {how} while somebody does something with a {1} {where}",
)
HOW = ("loudly", "again and again", "from far away", "for a moment", "all the time", "more and more")
WHERE = ("in a small room", "in the distance", "as the wind blows", "on a road", "near water", "at night")
BARE = "SELECT count(DISTINCT lower(text)) FROM captions"


def run(small: bool) -> Iterator[Table]:
    """A row a size, eval alone and all lists; small: the first."""
    sizes = {"eval": ["eval"]} | ({} if small else {"all lists": list(SPLITS)})
    rows = []
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as temporary:
        for size, splits in sizes.items():
            folder = Path(temporary) / size
            folder.mkdir()
            workflow = Workflow(folder / "checkout")
            workflow.snakemake(_write_dataset(folder, splits))
            catalogue = workflow.results / "catalog.duckdb"
            asked = {kind: _asked(catalogue, kind) for kind in (BARE, *KINDS)}
            captions = EACH * sum(SPLITS[split] for split in splits)
            rows.append([size, captions, "s", *(one.seconds for one in asked.values())])
            rows.append(["", None, "CPU s", *(one.cpu_seconds for one in asked.values())])
            rows.append(["", None, "MB", *(one.tree_mb for one in asked.values())])
    notes = [
        f"A process that asks for the findings of one kind, Python's start included; beside it `{BARE}`. Captions are "
        "made of the names of a clip's labels."
    ]
    yield Table("Findings of captions", ["clips of", "captions", "", "bare", *KINDS], rows, notes)


def _asked(catalogue: Path, kind: str) -> Measured:
    return measure([sys.executable, "-m", "benchmarks.captions", str(catalogue), kind], CHECKOUT, VENV)


def _write_dataset(folder: Path, splits: list[str]) -> Path:
    """Write the dataset file and the table of the clips of some lists, with captions that follow from a seed."""
    official, chance = official_lists.fetch(), random.Random(11)
    with (official / "class_labels_indices.csv").open() as file:
        names = {row["mid"]: row["display_name"].split(",")[0].lower() for row in csv.DictReader(file)}
    with (folder / "clips.csv").open("w", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(["id", "start", "end", "labels", *(f"caption_{number}" for number in range(EACH))])
        for split in splits:
            with (official / f"{split}_segments.csv").open() as file:
                for identity, start, end, labels in csv.reader(itertools.islice(file, 3, None), skipinitialspace=True):
                    said = [names[label] for label in labels.split(",")]
                    captions = [_caption(said, chance) for _ in range(EACH)]
                    writer.writerow([identity, start, end, labels, *captions])
    content = {
        "name": "captioned",
        "adapter": "table",
        "sources": {
            "table": str(folder / "clips.csv"),
            "ontology": str(official / "ontology.json"),
            "classes": str(official / "class_labels_indices.csv"),
        },
        "clip": {
            "media": "id",
            "start_s": "start::DOUBLE",
            "end_s": '"end"::DOUBLE',
            "classes": "words(labels, ',')",
            "captions": f"[{', '.join(f'caption_{number}' for number in range(EACH))}]",
        },
        "match": "youtube",
        "vocabulary": "audioset",
    }
    file = folder / "captioned.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    return file


def _caption(said: list[str], chance: random.Random) -> str:
    one, other = chance.choice(said), chance.choice(said)
    return chance.choice(FORMS).format(one, other, how=chance.choice(HOW), where=chance.choice(WHERE))


def main() -> None:
    """Ask a catalogue for the findings of a kind, or else a query."""
    catalogue, kind = sys.argv[1:]
    of_kind = f"SELECT count(text) FROM caption_findings WHERE kind = '{kind}'"  # noqa: S608
    query = of_kind if kind in KINDS else kind
    with duckdb.connect(catalogue, read_only=True) as connection:
        connection.execute("SET enable_progress_bar = false")
        print(connection.execute(query).fetchall())


if __name__ == "__main__":
    main()
