"""Packs: the parts of an export that take time, each made by a job of its own from a list of what goes into it."""

import contextlib
import logging
import os
import shutil
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

import xxhash

from workflow_scripts.errors import SoundledgerError, first_twenty
from workflow_scripts.exports.account import Account, read_account, stands
from workflow_scripts.exports.formats import Packed, PackMaker, format_name
from workflow_scripts.exports.reading import Pack
from workflow_scripts.tables.files import link_or_copy, publish, published, published_folder, whole
from workflow_scripts.tables.store import read_table

MAKES = 1
"""Raised by hand when packs of the same lists would be others, or tell something else, whatever their format."""
_log = logging.getLogger(__name__)


def write_pack(made_by: PackMaker, listed: Path, account: Path) -> None:
    """Make one pack; its folder is called like its account.

    What could not be made is in the account, with the reason: one bad file does not cost the others their pack. A pack
    that was made of the same list, and is whole, is kept: results that were moved are copied no clip again.
    """
    folder, made_of = account.with_suffix(""), _made_of(made_by, listed)
    earlier = _earlier(account)
    if earlier and earlier.made_of == made_of and stands(account.parent, earlier):
        publish(account, earlier.write)
        _log.info("%s: kept", folder.name)
        return
    with whole(folder) as part:
        pack = Pack(part, Account(folder.name))
        pack.files.mkdir(parents=True)
        packed = made_by.pack(read_table(listed), pack.files)
        packed.told.write_parquet(pack.told)
        made = _protect(pack.files)
    tries = _tries(earlier, packed)
    content = Account(folder.name, made_of=made_of, made=made, failed=packed.failed, tries=tries)
    publish(account, content.with_files_in(folder).write)
    failed = [f"{clip}: {kind}: {words}" for clip, (kind, words) in packed.failed.items()]
    _log.info("%s: %d made, %d failed%s", folder.name, made, len(failed), ": " * bool(failed))
    if failed:
        _log.warning("%s", first_twenty(failed))


def pack_name(group: str, leaf: str) -> str:
    """What a pack is called.

    >>> pack_name("", "0110"), pack_name("eval-2", "all")
    ('0110', 'eval-2-all')
    """
    return f"{group}-{leaf}" if group else leaf


def group_of(pack: str) -> str:
    """The group that a pack is of.

    >>> group_of("0110"), group_of("eval-2-all")
    ('', 'eval-2')
    """
    return pack.rpartition("-")[0]


def link_files(packs: Iterable[Pack], folder: Path, place: Callable[[str], str]) -> None:
    """Have the files of all packs in an export's folder too, as hard links where the filesystem has them.

    Args:
        packs: all that there are.
        folder: of the export.
        place: the path below it of a file of a pack, or an absolute one.

    Raises:
        SoundledgerError: a file is gone.
        OSError: two packs have one file, or it cannot be written.
    """
    there: set[str] = set()
    for pack in packs:
        files = str(pack.files)
        names = os.listdir(files) if os.path.isdir(files) else []
        if len(names) != pack.account.made:
            raise SoundledgerError(
                f"{files}: {len(names):,} files where {pack.account.made:,} were made; run again: the pack is made anew"
            )
        for name in names:
            target = os.path.join(folder, place(name))
            if (above := os.path.dirname(target)) not in there:
                os.makedirs(above, exist_ok=True)
                there.add(above)
            link_or_copy(f"{files}/{name}", target)


def remove_other_packs(link: Path, packs: Iterable[Pack]) -> None:
    """Remove the packs of an export that are of no use to it any more."""
    remove_packs_but(packs, link.parent / f".{link.name}.packs")


def remove_packs_but(packs: Iterable[Pack], folder: Path) -> None:
    """Remove all packs in a folder but some."""
    used = {name for pack in packs for name in (pack.folder.name, f"{pack.folder.name}.json")}
    for place in (folder, published_folder(folder)):
        for path in place.iterdir() if place.is_dir() else []:
            if path.name in used:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _made_of(made_by: PackMaker, listed: Path) -> str:
    """A digest of all that a pack follows from: its list, and what is made of it."""
    made_as = f"{format_name(made_by)} {MAKES}\n".encode()
    return xxhash.xxh3_128_hexdigest(made_as + listed.read_bytes())


def _protect(files: Path) -> int:
    """Have nobody write to files by mistake: an export has them under other names. How many there are.

    Where modes are not the owner's to change, as on some network file systems, they stay as they are.
    """
    with os.scandir(files) as entries:
        modes = {entry.path: entry.stat().st_mode for entry in entries}
    for path, mode in modes.items():
        with contextlib.suppress(OSError):
            os.chmod(path, mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    return len(modes)


def _earlier(account: Path) -> Account | None:
    """The account of the pack as it was made last."""
    try:
        return read_account(published(account))
    except (FileNotFoundError, SoundledgerError):
        return None


def _tries(earlier: Account | None, packed: Packed) -> int:
    """How often the same clips have failed now."""
    return earlier.tries + 1 if earlier and packed.failed and packed.failed.keys() == earlier.failed.keys() else 1
