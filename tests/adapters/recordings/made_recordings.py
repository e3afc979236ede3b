"""Recordings as recorders write them: small WAVs with the chunks that they write."""

import struct
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from tests.made_files import noise16, wav
from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.settings.run import load_run
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

Tables = dict[str, pl.DataFrame]
RATE = 8_000
AUDIOMOTH = (
    "Recorded at 19:17:30 20/05/2021 (UTC) by AudioMoth 24E144085F256D4A at medium gain setting while battery state "
    "was 4.2V and temperature was 21.3C."
)


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def comment(text: str, artist: str = "") -> bytes:
    """LIST INFO as an AudioMoth writes it: texts of fixed length, NULs behind."""
    items = chunk(b"ICMT", text.encode().ljust(384, b"\0"))
    return chunk(b"LIST", b"INFO" + items + (chunk(b"IART", artist.encode().ljust(32, b"\0")) if artist else b""))


def guano(*lines: str) -> bytes:
    return chunk(b"guan", "\n".join(["GUANO|Version: 1.0", *lines]).encode())


def wamd(**items: str) -> bytes:
    numbers = {"model": 1, "serial": 2, "firmware": 3, "prefix": 4, "timestamp": 5, "gps": 6, "microphone": 0x12}
    packed = struct.pack("<HIH", 0, 2, 1)
    for name, text in items.items():
        packed += struct.pack("<HI", numbers[name], len(text.encode())) + text.encode()
    return chunk(b"wamd", packed + struct.pack("<HI", 0xFFFF, 0))


def recording(seconds: float, before: bytes = b"", after: bytes = b"") -> bytes:
    return wav(noise16(int(seconds * RATE)), RATE, before_data=before, after_data=after)


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def ingested(at: Path, files: dict[str, bytes], **keys: Any) -> Tables:
    """The tables of a folder of such files, with keys of the dataset file."""
    (at / "site").mkdir(exist_ok=True)
    put(at / "site", files)
    settings = {"name": "set", "adapter": "recordings", "sources": {"folder": "site"}}
    (at / "set.yaml").write_text(yaml.safe_dump(settings | keys))
    [dataset] = load_run({"datasets": ["set.yaml"]}, at).datasets.values()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(at)
        made = adapter("recordings")(IngestSettings(**dataset.ingest_settings))
        tables = {name: table.collect() for name, table in made.by_name().items()}
    for name, schema in schemas.INGESTED.items():
        validate(tables[name], schema)
    return tables
