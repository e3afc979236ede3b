"""An AudioSet of a few classes in a folder, and its ingest."""

import json
from pathlib import Path

import polars as pl

from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

ANIMAL, PETS, DOG, BARK, SPEECH = "/m/0jbk", "/m/068hy", "/m/0bt9lr", "/m/05tny_", "/m/09x0r"
NAMES = {ANIMAL: "Animal", PETS: "Domestic animals, pets", DOG: "Dog", BARK: "Bark", SPEECH: "Speech"}
CHILDREN = {ANIMAL: [PETS], PETS: [DOG], DOG: [BARK]}

Tables = dict[str, pl.DataFrame]


def write_classes(folder: Path) -> dict[str, str]:
    """The ontology and the class list, as sources."""
    nodes = [{"id": mid, "name": name, "child_ids": CHILDREN.get(mid, [])} for mid, name in NAMES.items()]
    (folder / "ontology.json").write_text(json.dumps(nodes))
    rows = [f'{index},{mid},"{name}"\n' for index, (mid, name) in enumerate(NAMES.items())]
    (folder / "class_labels_indices.csv").write_text("index,mid,display_name\n" + "".join(rows))
    return {"ontology": str(folder / "ontology.json"), "classes": str(folder / "class_labels_indices.csv")}


def write_list(folder: Path, name: str, content: str | bytes) -> str:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(folder / name)


def ingest(
    folder: Path,
    lists: dict[str, str | bytes],
    strong: str | None = None,
    names: str | None = None,
    on_count_mismatch: str = "stop",
) -> Tables:
    """Write segment lists, by split, and ingest them; every table keeps to its schema."""
    segments = {split: write_list(folder, f"{split}.csv", content) for split, content in lists.items()}
    sources = write_classes(folder) | {"segments": segments, "strong": []}
    if strong is not None:
        sources["strong"] = [write_list(folder, "strong.tsv", strong)]
    if names is not None:
        sources["display_names"] = write_list(folder, "names.tsv", names)
    return ingest_sources(sources, on_count_mismatch)


def ingest_sources(sources: dict[str, object], on_count_mismatch: str = "stop", **rights: str) -> Tables:
    settings = IngestSettings("audioset", {"on_count_mismatch": on_count_mismatch} | sources, rights)
    tables = {name: table.collect() for name, table in adapter("audioset")(settings).by_name().items()}
    assert list(tables) == list(schemas.INGESTED)
    for name, schema in schemas.INGESTED.items():
        validate(tables[name], schema)
    return tables


def clips(tables: Tables) -> list[tuple[str, float, float, list[str]]]:
    """What a label list says: id, start, end, classes."""
    return tables["promised"].select("clip_id", "start_s", "end_s", "class_ids").rows()


def rejects(tables: Tables) -> list[tuple[int, str, str]]:
    """Line, scope and reason."""
    return tables["rejects"].select("line", "scope", "reason").rows()


def counts(tables: Tables, source: str) -> tuple[int | None, int, int, int]:
    """Declared, read, kept, rejected, of the source whose file is called so."""
    columns = ("rows_declared", "rows_read", "rows_kept", "rows_rejected")
    [row] = tables["sources"].filter(pl.col("source").str.ends_with(source)).select(columns).rows()
    return row
