"""Packs: the parts of an export that take time, each made by a job of its own from a list of what goes into it."""

import logging
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import xxhash

from workflow_scripts.errors import SoundledgerError, first_twenty
from workflow_scripts.exports.account import Account, files_of, read_account, stands
from workflow_scripts.exports.formats import Format, Packed
from workflow_scripts.exports.reading import Pack
from workflow_scripts.tables.files import publish, published, published_folder, whole
from workflow_scripts.tables.store import read_table

_log = logging.getLogger(__name__)


def write_pack(made_by: Format, listed: Path, account: Path) -> None:
    """Make one pack; its folder is called like its account.

    What could not be made is in the account, with the reason: one bad file does not cost the others their pack. A pack
    that was made of the same list, and is whole, is kept: results that were moved are copied no clip again.
    """
    folder, made_of = account.with_suffix(""), xxhash.xxh3_128_hexdigest(listed.read_bytes())
    earlier = _earlier(account)
    if earlier and earlier.made_of == made_of and stands(account.parent, earlier):
        publish(account, earlier.write)
        _log.info("%s: kept", folder.name)
        return
    with whole(folder) as part:
        part.mkdir()
        packed = made_by.pack(read_table(listed), part)
    content = Account(folder.name, made_of=made_of, told=packed.told, failed=packed.failed, files=files_of(folder))
    publish(account, replace(content, tries=_tries(earlier, packed)).write)
    failed = [f"{clip}: {kind}: {words}" for clip, (kind, words) in packed.failed.items()]
    _log.info("%s: %d made, %d failed%s", folder.name, len(packed.told), len(failed), ": " * bool(failed))
    if failed:
        _log.warning("%s", first_twenty(failed))


def link_files(packs: Sequence[Pack], folder: Path) -> None:
    """Have the files of all packs in an export's folder too, as hard links where the filesystem has them.

    Raises:
        SoundledgerError: a file is gone.
    """
    for pack in packs:
        for path, *_ in pack.account.files:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                _link(pack.folder / path, target)
            except FileNotFoundError:
                raise SoundledgerError(
                    f"{pack.folder / path}: no such file, though its pack was made; run again: its pack is made anew"
                ) from None


def remove_other_packs(link: Path, packs: Sequence[Pack]) -> None:
    """Remove the packs of an export that are of no use to it any more."""
    folder = link.parent / f".{link.name}.packs"
    used = {name for pack in packs for name in (pack.folder.name, f"{pack.folder.name}.json")}
    for place in (folder, published_folder(folder)):
        for path in place.iterdir() if place.is_dir() else []:
            if path.name in used:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _link(file: Path, target: Path) -> None:
    try:
        os.link(file, target)
    except FileNotFoundError:
        raise
    except OSError:  # a filesystem without hard links
        shutil.copy2(file, target)


def _earlier(account: Path) -> Account | None:
    """The account of the pack as it was made last."""
    try:
        return read_account(published(account))
    except (FileNotFoundError, SoundledgerError):
        return None


def _tries(earlier: Account | None, packed: Packed) -> int:
    """How often the same clips have failed now."""
    return earlier.tries + 1 if earlier and packed.failed and packed.failed.keys() == earlier.failed.keys() else 1
