"""The media lists of a root, one a shard."""

import itertools
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import polars as pl

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.media.addresses import is_address
from workflow_scripts.media.archives import Damage, is_compressed_tar
from workflow_scripts.media.clear_words import why_not_gone_through
from workflow_scripts.media.limits import MAX_FILE_BYTES
from workflow_scripts.media.lister import PASSING, TOLD, Lister
from workflow_scripts.media.look import chosen_listing, listed, look
from workflow_scripts.media.names import from_text, to_text
from workflow_scripts.media.stems import stem_of
from workflow_scripts.media.walk import ARCHIVE, AUDIO, IMAGE, UNREAD, folder_of, is_folder
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import aside, publish_folder
from workflow_scripts.tables.leaves import WHOLE, Bound, LeafRows, hashes, leaves_of
from workflow_scripts.tables.store import ROW_GROUP, validate, write_validated

PACKED_IMAGES = Damage("packed_images", "pictures in archives are not listed; unpack it")
COMPRESSED = Damage("compressed_archive", "is compressed as a whole; decompress it to .tar")
_OF_MEDIA = ("path", "mtime_ns", "member", "bytes", "offset", "packed_bytes", "crc32")

_log = logging.getLogger(__name__)


class ScanError(SoundledgerError):
    """A root that cannot be what it was."""


def scan_root(
    root: str,
    look_before: str,
    bound: Bound,
    place: Callable[[str], Path],
    lister: Lister,
    held: int = 0,
    images: bool = False,
) -> tuple[dict[str, int], dict[str, pl.DataFrame]]:
    """Write a media list for every shard of a root; what holds nothing has none.

    The shards are the leaves of a tree over the hashes of paths, so they follow from what lies there, and a list
    changes only with its own files. The members of an archive stay side by side, in one shard if it can hold them.

    Args:
        root: a folder or an archive, or the address of either.
        look_before: a folder that holds the listing of the look that this run began with; "" if it did not look.
        bound: of a shard.
        place: where the list of a shard is.
        lister: of its archives.
        held: how many media the root had when it was scanned last.
        images: these are its pictures, and no audio.

    Returns:
        For each shard the number of its media; and the tables of tables.schemas.SCANNED: `rejects`, what of its
        archives could not be listed, and `not_looked_at`; beside them `passing`, of archives whose fault may pass
        `path`, `mtime_ns` and `reason`.

    Raises:
        ScanError: there is no such root, it is empty and was not, or a folder or an archive of it cannot be read now.
    """
    if not (is_address(root) or os.path.exists(root)):
        raise ScanError(
            f"{root}: no such folder or archive. Is it mounted? "
            "If it is part of the bundled sample, `make clean` has the next run make that anew"
        )
    found = _found(root, look_before, place(WHOLE).parent, images)
    files, archives = found.filter(kind=IMAGE if images else AUDIO), found.filter(kind=ARCHIVE)
    if files.is_empty() and archives.is_empty() and held:
        raise ScanError(
            f"{root}: holds no {'picture' if images else 'audio file'}, and held {held:,} when it was scanned last. "
            "Is it mounted? "
            f"If it is to be empty, remove {place(WHOLE).parent.parent} and run again"
        )
    folder = folder_of(root) if is_address(root) else os.path.abspath(folder_of(root))
    told = _damaged(archives, PACKED_IMAGES) if images else _told_of(folder, archives, lister)
    members = told.filter(pl.col("member").is_not_null()).select(*_OF_MEDIA)
    media = pl.concat([files.select("path", "bytes", "mtime_ns"), members], how="diagonal")
    shards = _write_lists(media, "path" if is_folder(root) else "member", bound, place)
    passing = told.filter(pl.col("reason").is_in(PASSING)).select("path", "mtime_ns", "reason")
    tables = {"rejects": _rejects(folder, told), "not_looked_at": _not_looked_at(found, told), "passing": passing}
    _log.info("%s: %d media in %d shards, %d rejects", root, len(media), len(shards), len(tables["rejects"]))
    if unread := len(tables["not_looked_at"]):
        _log.info("%s: %d files of kinds that are not looked at", root, unread)
    return shards, tables


def _found(root: str, look_before: str, lists: Path, images: bool) -> pl.DataFrame:
    """What a look found: of this run, or one of its own, which is written down beside the lists meanwhile.

    Raises:
        ScanError: it cannot be gone through; what lies there is not missing for that.
    """
    nothing = pl.DataFrame(schema={"path": pl.String, "kind": pl.String, "bytes": pl.Int64, "mtime_ns": pl.Int64})
    if look_before and (chosen := chosen_listing(Path(look_before))):
        return pl.concat([nothing, *listed(chosen)])
    with aside(lists) as temporary:
        try:
            look(root, listing := temporary / "listing", images)
        except OSError as error:
            raise ScanError(why_not_gone_through(error, root)) from None
        return pl.concat([nothing, *listed(listing)])


def _told_of(folder: str, archives: pl.DataFrame, lister: Lister) -> pl.DataFrame:
    """What archives told (media.lister.TOLD); those that are compressed as a whole are not opened.

    Raises:
        ScanError: the disk does not give one of them; its members are not missing for that.
    """
    is_compressed = archives["path"].map_elements(is_compressed_tar, return_dtype=pl.Boolean)
    try:
        told = lister.told(folder, archives.filter(~is_compressed))
    except OSError as error:
        raise ScanError(
            f"{error.filename}: cannot be read: {error.strerror}. Mend that, or move it elsewhere"
        ) from None
    return pl.concat([told, _damaged(archives.filter(is_compressed), COMPRESSED)]).sort("path", maintain_order=True)


def _damaged(archives: pl.DataFrame, damage: Damage) -> pl.DataFrame:
    """The same told of archives that nobody opens."""
    said = {name: pl.lit(value, TOLD[name]) for name, value in asdict(damage).items()}
    nothing = {name: pl.lit(None, kind) for name, kind in TOLD.items()}
    return archives.sort("path").select(**nothing | {"path": pl.col("path")} | said)


def _rejects(folder: str, told: pl.DataFrame) -> pl.DataFrame:
    damages = told.filter(pl.col("reason").is_not_null())
    paths = damages["path"].unique()
    sources = pl.DataFrame({"path": paths, "source": [to_text(from_text(folder, path)) for path in paths]})
    return (
        damages.join(sources, on="path", maintain_order="left")
        .with_columns(scope=pl.lit("media"))
        .select(*schemas.REJECTS.columns)
        .cast(schemas.REJECTS.empty().schema)
    )


def _not_looked_at(found: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    files = found.filter(kind=UNREAD).select("path", member=pl.lit(None, pl.String))
    members = told.filter(pl.col("not_looked_at").is_not_null()).select("path", member="not_looked_at")
    return pl.concat([files, members]).sort("path", "member")


def _write_lists(media: pl.DataFrame, key: str, bound: Bound, place: Callable[[str], Path]) -> dict[str, int]:
    """A list for each shard, and the number of its media.

    A size that is not told (of a member of a Parquet file) is none.
    """
    own = media["member"] if key == "path" else pl.repeat(None, len(media), dtype=pl.String, eager=True)
    hashed = hashes(media[key], own)
    sizes = media["bytes"].fill_null(0).clip(upper_bound=MAX_FILE_BYTES)  # no more is read; a tar may say 2^61
    rows = pl.DataFrame({"is_large": sizes > bound.size, "hash": hashed})
    order = rows.select(pl.arg_sort_by("is_large", "hash")).to_series()
    media = media[order]
    leaves = list(leaves_of(hashed[order].to_numpy(), sizes[order].to_numpy(), bound))
    with publish_folder(place(WHOLE).parent) as folder:
        for some in _side_by_side(leaves):
            lists = _media_lists(media[some[0].first : some[-1].behind], some)
            validate(lists, schemas.MEDIA)
            for leaf in some:
                of_leaf = lists[leaf.first - some[0].first : leaf.behind - some[0].first]
                write_validated(of_leaf.sort("path", "member"), folder / place(leaf.name).name)
    return {leaf.name: leaf.behind - leaf.first for leaf in leaves}


def _side_by_side(leaves: Sequence[LeafRows]) -> Iterator[list[LeafRows]]:
    """Leaves that are validated together: to do so costs some milliseconds, however few rows there are."""
    parts = itertools.groupby(leaves, lambda leaf: leaf.first // ROW_GROUP)
    return (list(some) for _, some in parts)


def _media_lists(media: pl.DataFrame, leaves: Sequence[LeafRows]) -> pl.DataFrame:
    """The `media` tables of some shards; stems are told of files and members alike."""
    whole = pl.coalesce("member", "path")
    stem = stem_of(whole)
    names = pl.Series([leaf.name for leaf in leaves], dtype=pl.String)
    shard = names.repeat_by(pl.Series([leaf.behind - leaf.first for leaf in leaves])).explode()
    return media.with_columns(stem=stem, shard=shard).select(*schemas.MEDIA.columns)
