"""An AudioSet of a dozen clips, taken all the way by the functions that the rules call."""

import csv
import json
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from tests.ledger.checked import resolved
from tests.made_files import encoded, noise, noise16, wav
from tests.processes import process_as_before
from tests.scans import scanned
from tests.workers import SETTINGS
from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.catalogue.build import Contents
from workflow_scripts.check.shard import check_shard
from workflow_scripts.exports.reading import Tables
from workflow_scripts.ledger.checked import RootChecks
from workflow_scripts.settings.places import Places
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import read_table, write_table

LIMITS = {"min_duration_s": 0.1, "max_duration_s": 11.0, "train_min_duration_s": 1.0}
BELL = 'Church bell, "big"; old'
BELL_IN_A_CELL = 'Church bell, "big", old'
"""The same where names are joined by `;`."""
ONTOLOGY = [
    ("/m/animal", "Animal", ["/m/dog", "/m/cat"], []),
    ("/m/dog", "Dog", ["/m/bark"], []),
    ("/m/bark", "Bark", [], []),
    ("/m/cat", "Cat", [], []),
    ("/m/things", "Sounds of things", ["/m/bell"], ["abstract"]),
    ("/m/bell", BELL, [], []),
    ("/m/old", "Old name", [], ["blacklist"]),
    ("/m/new", "Not in the index", [], []),
]
INDEXED = ["/m/animal", "/m/bark", "/m/bell", "/m/cat", "/m/dog", "/m/old", "/m/things"]
SEGMENTS = {
    "balanced_train": [
        ("-aaaaaaaaaa", "/m/bark,/m/dog"),
        ("_bbbbbbbbbb", "/m/bell"),
        ("Ycccccccccc", "/m/old,/m/cat,/m/new"),
        ("onlyabstrac", "/m/things"),
        ("onlynoindex", "/m/new"),
        ("shortxxxxxx", "/m/dog"),
        ("cutxxxxxxxx", "/m/dog,/m/bell"),
        ("gonexxxxxxx", "/m/cat"),
        ("inrecording", "/m/dog"),
        ("inmirrorxxx", "/m/dog,/m/cat,/m/unknown"),
    ],
    "eval": [
        ("quotedxxxxx", "/m/dog,/m/bell"),
        ("nanxxxxxxxx", "/m/cat"),
        ("gone2xxxxxx", "/m/bell"),
    ],
}
AUDIO = {
    "clips": {
        "balanced_train/Y-aaaaaaaaaa.wav": wav(noise16(20_000, level=0.01)),
        "balanced_train/_bbbbbbbbbb.flac": encoded(noise16(70_000, 2, level=0.2), 44_100, "FLAC", "PCM_16"),
        "balanced_train/YYcccccccccc_30.000_40.000.wav": wav(noise(17_000, level=0.3)),
        "balanced_train/onlyabstrac.wav": wav(noise16(16_000)),
        "balanced_train/onlynoindex.wav": wav(noise16(16_000)),
        "balanced_train/shortxxxxxx.wav": wav(noise16(8000)),
        "balanced_train/cutxxxxxxxx.wav": wav(noise16(32_000))[:40_000],
        "balanced_train/inmirrorxxx.wav": b"<html>not found</html>",
        'eval, it\'s "quoted"/quotedxxxxx.ogg': encoded(noise(24_000), 16_000, "OGG", "VORBIS"),
        'eval, it\'s "quoted"/nanxxxxxxxx.wav': wav(np.full((16_000, 1), np.nan, np.float32)),
        "nobody.wav": wav(noise16(100)),
    },
    "recordings": {"inrecording.wav": wav(noise16(45 * 8000), rate=8000)},
    "mirror": {"inmirrorxxx.mp3": encoded(noise(22_050 * 2, level=0.05), 22_050, "MP3", "MPEG_LAYER_III")},
}
ABOUT = {"rights": {"audio": "CC-BY-4.0"}, "known": {}, "formats": {}, "version": "0.1.0"}
"""What else is told to exports that describe the dataset."""
ROOTS = {"clips": "clips", "recordings": "recordings", "mirror": "clips"}
"""For each root what it holds."""
FILES_A_SHARD = 5


@dataclass(frozen=True)
class SmallAudioset:
    """The folder of the run: audio/, results/; the name of the dataset; and the names of its roots."""

    folder: Path
    name: str
    roots: list[str]

    @property
    def tables_folder(self) -> Path:
        return self.folder / "results" / self.name / "tables"

    @property
    def places(self) -> Places:
        return Places(str(self.folder / "results"))

    @property
    def contents(self) -> Contents:
        checks = {slug: list(map(str, _checks(self.folder, slug))) for slug in self.roots}
        return Contents(self.places, {self.name: self.roots}, checks)

    @property
    def for_exports(self) -> Tables:
        return Tables(
            {name: self.tables_folder / f"{name}.parquet" for name in (*schemas.INGESTED, *schemas.RESOLVED)},
            {slug: _checks(self.folder, slug) for slug in self.roots},
            asdict(SETTINGS),
            about={"name": self.name, "limits": LIMITS} | ABOUT,
            dataset=self.name,
        )

    def table(self, name: str) -> pl.DataFrame:
        return read_table(self.tables_folder / f"{name}.parquet")


def make_small_audioset(folder: Path, name: str = "small", roots: tuple[str, ...] = tuple(ROOTS)) -> SmallAudioset:
    """Write labels and audio, and run ingest, scan, check and resolve."""
    small = SmallAudioset(folder, name, list(roots))
    sources = _write_labels(folder / "labels")
    lazy = adapter("audioset")(IngestSettings(name, sources, {"audio": "CC-BY-4.0"}))
    ingested = {table: frame.collect() for table, frame in lazy.by_name().items()}
    for table, schema in schemas.INGESTED.items():
        write_table(ingested[table], small.tables_folder / f"{table}.parquet", schema)
    for slug in roots:
        _check_root(folder, slug)
    checked = [RootChecks(slug, str(folder / "audio" / slug), ROOTS[slug], _checks(folder, slug)) for slug in roots]
    tables = resolved(small.table("promised"), checked, "youtube")
    for table, schema in schemas.RESOLVED.items():
        write_table(tables[table], small.tables_folder / f"{table}.parquet", schema)
    return small


def copied_dataset(small: SmallAudioset, *names: str) -> None:
    """Have the dataset stand beside itself under other names."""
    for name in names:
        shutil.copytree(small.tables_folder.parent, small.folder / "results" / name)


def instead(tables: Tables, folder: Path, **frames: pl.DataFrame) -> Tables:
    """Tables for an export of which some are others, written to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return replace(tables, files={**tables.files, **{name: folder / f"{name}.parquet" for name in frames}})


def _write_labels(folder: Path) -> dict[str, object]:
    folder.mkdir(parents=True)
    nodes = [
        {"id": mid, "name": name, "description": "", "child_ids": children, "restrictions": restrictions}
        for mid, name, children, restrictions in ONTOLOGY
    ]
    (folder / "ontology.json").write_text(json.dumps(nodes))
    names = {mid: name for mid, name, _, _ in ONTOLOGY}
    with (folder / "classes.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["index", "mid", "display_name"])
        writer.writerows((index, mid, names[mid]) for index, mid in enumerate(INDEXED))
    for split, rows in SEGMENTS.items():
        lines = [f'{clip_id}, 30.000, 40.000, "{classes}"\n' for clip_id, classes in rows]
        (folder / f"{split}.csv").write_text("".join([*lines, "#NAME?,30,40,/m/dog\n"] if split == "eval" else lines))
    return {
        "segments": {split: str(folder / f"{split}.csv") for split in SEGMENTS},
        "ontology": str(folder / "ontology.json"),
        "classes": str(folder / "classes.csv"),
        "strong": [],
        "on_count_mismatch": "stop",
    }


def _check_root(folder: Path, slug: str) -> None:
    for path, data in AUDIO[slug].items():
        file = folder / "audio" / slug / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    results = folder / "results/audio" / slug
    _, tables = scanned(folder / "audio" / slug, results / "media", FILES_A_SHARD)
    for table, schema in schemas.SCANNED.items():
        write_table(tables[table], results / f"tables/{table}.parquet", schema)
    with process_as_before():
        for output in _checks(folder, slug):
            media_list, note = results / "media" / output.name, folder / "progress.json"
            check_shard(media_list, str(folder / "audio" / slug), SETTINGS, 1, output, note)


def _checks(folder: Path, slug: str) -> list[Path]:
    of_root = folder / "results/audio" / slug
    return [of_root / "checks" / media_list.name for media_list in sorted((of_root / "media").glob("*.parquet"))]
