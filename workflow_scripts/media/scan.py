"""The media lists of a root, one a shard."""

import logging
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl
import xxhash

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.media.archives import Damage, Listing, is_archive, is_compressed_tar, list_members
from workflow_scripts.media.media import Media
from workflow_scripts.media.names import to_text
from workflow_scripts.media.walk import folder_of, is_audio, walk
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import published
from workflow_scripts.tables.store import lazy_table, publish_validated, validate

_log = logging.getLogger(__name__)


class ScanError(SoundledgerError):
    """A root that cannot be what it was."""


def scan_root(root: str, shards: int, output: Path) -> dict[str, pl.DataFrame]:
    """Write output/shard=NNNN.parquet for every shard of a root, empty ones too.

    The rows are sorted by path and a path decides its shard by itself, so a list changes only with its own files. All
    members of an archive are in one shard, whose job alone opens it; where the root is one archive, they are in all.

    Returns:
        The tables of tables.schemas.SCANNED: `rejects`, what of its archives could not be listed, and `not_looked_at`.

    Raises:
        ScanError: there is no such root, it is empty and was not, or an archive of it cannot be read now.
    """
    if not os.path.exists(root):
        raise ScanError(
            f"{root}: no such folder or archive. Is it mounted? "
            "If it is part of the bundled sample, `make clean` has the next run make that anew"
        )
    files, archives, unread = _found(root)
    if not files and not archives and (held := _held_before(output)):
        raise ScanError(
            f"{root}: holds no audio file, and held {held:,} when it was scanned last. Is it mounted? "
            f"If it is to be empty, remove {output.parent} and run again"
        )
    folder = os.path.abspath(folder_of(root))
    rejects = []
    for archive in sorted(archives, key=lambda archive: archive.path):
        members, damages, other = _members(folder, archive)
        files += members
        rejects += [(to_text(os.path.join(folder, archive.path)), damage) for damage in damages]
        unread += [(to_text(archive.path), member) for member in other]
    sharded_by = "path" if os.path.isdir(root) else "member"
    media = _table(files, sharded_by, shards)
    validate(media, schemas.MEDIA)
    _write_lists(media, shards, output)
    _log.info("%s: %d audio files in %d shards, %d rejects", root, len(media), shards, len(rejects))
    if unread:
        _log.info("%s: %d files of kinds that are not looked at", root, len(unread))
    return {"rejects": _rejects(rejects), "not_looked_at": _not_looked_at(unread)}


def _found(root: str) -> tuple[list[Media], list[Media], list[tuple[str, str | None]]]:
    """The audio files of a root, its archives, and path and (no) member of what is of a kind that is not looked at."""
    files: list[Media] = []
    archives: list[Media] = []
    unread: list[tuple[str, str | None]] = []
    for one in walk(root):
        if is_audio(one.path):
            files.append(one)
        elif is_archive(one.path) or is_compressed_tar(one.path):
            archives.append(one)
        else:
            unread.append((to_text(one.path), None))
    return files, archives, unread


def _members(folder: str, archive: Media) -> Listing:
    """The members of an archive, their path that of the archive below the folder.

    Raises:
        ScanError: the disk does not give it; its members are not missing for that.
    """
    if is_compressed_tar(archive.path):
        return Listing([], [Damage("compressed_archive", "is compressed as a whole; decompress it to .tar")])
    path = os.path.join(folder, archive.path)
    try:
        listing = list_members(path, archive.mtime_ns)
    except OSError as error:
        raise ScanError(f"{path}: cannot be read: {error.strerror}. Mend that, or move it elsewhere") from None
    return listing._replace(members=[replace(member, path=archive.path) for member in listing.members])


def _table(files: list[Media], sharded_by: str, shards: int) -> pl.DataFrame:
    """The `media` table; stems are told by the same rule as in the ledger, of files and members alike."""
    columns = {name: [getattr(one, name) for one in files] for name in Media.__slots__}
    columns["path"] = [to_text(path) for path in columns["path"]]
    whole = pl.coalesce("member", "path")
    stem = whole.str.extract(r"([^/]+)$").fill_null(whole).str.replace(r"^(\.*[^.].*)\.[^.]*$", "${1}")
    empty = schemas.MEDIA.empty()
    return (
        pl.DataFrame(columns, schema={name: empty.schema[name] for name in columns})
        .with_columns(
            stem=stem, shard=pl.Series([shard_of(text, shards) for text in columns[sharded_by]], dtype=pl.Int32)
        )
        .select(*empty.columns)
        .sort("path", "member")
    )


def _rejects(found: Iterable[tuple[str, Damage]]) -> pl.DataFrame:
    rows = [(source, damage.line, "media", damage.reason, damage.detail, damage.raw) for source, damage in found]
    return pl.DataFrame(rows, schema=schemas.REJECTS.empty().schema, orient="row")


def _not_looked_at(found: list[tuple[str, str | None]]) -> pl.DataFrame:
    empty = schemas.NOT_LOOKED_AT.empty()
    return pl.DataFrame(found, schema=empty.schema, orient="row").sort("path", "member")


def _held_before(output: Path) -> int:
    """The number of audio files at the last scan."""
    folder = published(output / "any").parent
    return sum(lazy_table(file).select(pl.len()).collect().item() for file in folder.glob("shard=*.parquet"))


def _write_lists(media: pl.DataFrame, shards: int, output: Path) -> None:
    """A list for each shard; what an earlier number of shards left goes: with today's it would count media twice."""
    by_shard = media.partition_by("shard", as_dict=True)
    names = {f"shard={shard:04d}": shard for shard in range(shards)}
    for name, shard in names.items():
        publish_validated(by_shard.get((shard,), media.clear()), output / f"{name}.parquet")
    folder = output.parent
    for file in [*folder.glob("*/shard=*"), *folder.glob(".published/*/shard=*")]:
        if file.stem not in names:
            file.unlink()


def shard_of(path: str, shards: int) -> int:
    """The shard of a path: a hash, so that it never depends on what else is there.

    >>> shard_of("balanced_train/Y--PJHxphWEs.wav", 512)
    0
    """
    return xxhash.xxh3_64_intdigest(path.encode()) % shards
