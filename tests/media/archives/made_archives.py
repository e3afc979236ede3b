"""Archives that tests make, list and read."""

import io
import os
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from workflow_scripts.media.archives import Damage, contents, list_members
from workflow_scripts.media.media import Media, MediaError

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=300).map(
    lambda name: f"{name.strip('/')}{'' if name.strip('/').rpartition('/')[2].strip('.') else 'x'}.wav"
)
"""Of dots alone no name has a suffix: `..wav` is no audio."""
CONTENTS = st.dictionaries(NAMES, st.binary(max_size=2000), max_size=6)
"""Names and bytes of members: `..`, line breaks and names too long for any file system among them."""
SOME = {"a.wav": b"first" * 100, "deep/b.flac": b"", "c.OGG": bytes(range(256)) * 4}


def write_tar(path: Path, contents: Mapping[str, bytes], form: int = tarfile.PAX_FORMAT) -> Path:
    with tarfile.open(path, "w:", format=form, encoding="utf-8", errors="surrogateescape") as tar:
        for name, data in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def write_zip(path: Path, contents: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in contents.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return path


def write_parquet(path: Path, rows: list[tuple[str | None, bytes | None]], row_group: int = 3) -> Path:
    """As the Hugging Face hub has it: a struct of bytes and path."""
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    audio = pa.array([{"bytes": data, "path": name} for name, data in rows], kind)
    pq.write_table(pa.table({"audio": audio, "label": pa.array(range(len(rows)))}), path, row_group_size=row_group)
    return path


def listed(path: Path) -> tuple[list[Media], list[Damage]]:
    """Its members, and what could not be listed."""
    listing = list_members(str(path), os.stat(path).st_mtime_ns)
    return listing.members, listing.damages


def reasons(path: Path) -> list[str]:
    return [damage.reason for damage in listed(path)[1]]


def members(path: Path) -> list[str | None]:
    return [media.member for media in listed(path)[0]]


def read(path: Path) -> dict[str | None, bytes | str]:
    """The bytes of each member, or the kind of its fault."""
    medias = sorted(listed(path)[0], key=lambda media: media.offset or 0)
    return {media.member: of(content) for media, content in contents(medias)}


def of(content: object) -> bytes | str:
    if isinstance(content, MediaError):
        return content.kind
    assert hasattr(content, "file")
    data = content.file.read()
    assert isinstance(data, bytes)
    return data
