"""Exports at both ends of a run: those whose files are not as they were written are made again; what they leave out."""

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workflow_scripts.errors import SoundledgerError, first_twenty
from workflow_scripts.exports.account import Account, HeldBack, read_account, spoilt
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.run import Export, Run

UNITS = ("bytes", "kB", "MB", "GB", "TB")


def heal_exports(run: Run) -> None:
    """Remove accounts that files no longer keep to: their jobs run again then.

    Accounts are of exports and of packs: one stat for each of their files, which stay, for whoever reads them, until
    there are others.
    """
    for dataset in run.datasets.values():
        for export in dataset.exports:
            accounts = [run.places.account(dataset.name, export), *_packs(run.places, dataset.name, export)]
            for account in spoilt(accounts):
                os.unlink(account)


def exports_text(run: Run) -> str:
    """A line for each thing to know of an export: clips left out for want of a copy or for their licence, warnings."""
    lines = []
    for dataset in run.datasets.values():
        for name, export in dataset.exports.items():
            account = _account(Path(run.places.account(dataset.name, name)))
            lines += [f"{dataset.name}/{name}: {told}" for told in _told(account, _copying(export), dataset.file)]
    return "".join(f"{line}\n" for line in lines)


def _copying(export: Export) -> str:
    """The entry of an export in its dataset file, were it to make copies."""
    import yaml

    beside: dict[str, Any] = {} if export.name == export.format else {"as": export.name}
    beside |= {"licences": export.licences} if export.licences else {}
    entry = {export.format: export.given | {"copies": "auto"}} | beside
    return yaml.safe_dump(entry, default_flow_style=True, width=math.inf, allow_unicode=True, sort_keys=False).strip()


def _told(account: Account | None, entry: str, file: str) -> Iterator[str]:
    held_back = account.held_back if account else {}
    if account and (clips := held_back.get("needs_copy")):
        yield (
            f"{clips:,} clips left out, which a trainer would load as something else (needs_copy). Copies of them "
            f"would take {_size(account.copies_bytes)}; the line for that, under exports of {file}: {entry}"
        )
    if account and account.licences:
        each = [HeldBack(**one).told for one in account.licences]
        yield f"{held_back['licence']:,} clips held back for their licence: {first_twenty(each)}"
    if clips := held_back.get("copy_failed"):
        yield f"{clips:,} clips left out, whose media could not be copied (copy_failed; logs of rule pack name them)"
    yield from account.warnings if account else ()


def _packs(places: Places, dataset: str, export: str) -> list[str]:
    return [str(file) for file in Path(places.pack(dataset, export, "all")).parent.glob("*.json")]


def _account(file: Path) -> Account | None:
    try:
        return read_account(file)
    except (OSError, SoundledgerError):
        return None


def _size(count: float) -> str:
    """Bytes in the unit that suits them.

    >>> _size(900), _size(3_840_000), _size(6.1e11)
    ('900 bytes', '3.8 MB', '610.0 GB')
    """
    for unit in UNITS[:-1]:
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == UNITS[0] else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} {UNITS[-1]}"
