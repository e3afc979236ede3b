"""Exports at both ends of a run: those whose files are not as they were written are made again; what they leave out."""

import math
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from workflow_scripts.errors import SoundledgerError, as_text, first_twenty, in_bytes
from workflow_scripts.exports.account import Account, HeldBack, Leak, may_pass, read_account, spoilt
from workflow_scripts.settings.dataset import Export
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.run import Run


def heal_exports(run: Run) -> None:
    """Remove accounts that files no longer keep to: their jobs run again then.

    Accounts are of exports, of scenes that were made of other datasets, and of packs of both: one stat for each of
    their files, which stay, for whoever reads them, until there are others.
    """
    for dataset in run.datasets.values():
        for export in dataset.exports:
            accounts = [run.places.account(dataset.name, export), *_packs(run.places, dataset.name, export)]
            for account in spoilt(accounts):
                os.unlink(account)
    for name in run.derived():
        packs = map(str, sorted(Path(run.places.scene_pack(name, "all")).parent.glob("*.json")))
        for account in spoilt([run.places.scenes_made(name), *packs]):
            os.unlink(account)


def exports_text(run: Run) -> str:
    """A line for each thing to know of an export: clips left out for want of a copy, a licence or sound, warnings."""
    lines = []
    for dataset in run.datasets.values():
        for name, export in dataset.exports.items():
            account = _account(Path(run.places.account(dataset.name, name)))
            packs = (pack for file in _packs(run.places, dataset.name, name) if (pack := _account(Path(file))))
            lines += [
                f"{dataset.name}/{name}: {told}" for told in _told(account, packs, _copying(export), dataset.file)
            ]
    return "".join(f"{line}\n" for line in lines)


def _copying(export: Export) -> str:
    """The entry of an export in its dataset file, were it to make copies."""
    import yaml

    beside: dict[str, Any] = {} if export.name == export.format else {"as": export.name}
    beside |= {"licences": export.licences} if export.licences else {}
    beside |= {"split_by": export.split_by} if export.split_by != "authors" else {}
    beside |= {"subset": export.subset} if export.subset else {}
    beside |= {"without_leaks": list(export.without_leaks)} if export.without_leaks else {}
    entry = {export.format: export.given | {"copies": "auto"}} | beside
    return yaml.safe_dump(entry, default_flow_style=True, width=math.inf, allow_unicode=True, sort_keys=False).strip()


def _told(account: Account | None, packs: Iterable[Account], entry: str, file: str) -> Iterator[str]:
    held_back = account.held_back if account else {}
    if account and (clips := held_back.get("needs_copy")):
        yield (
            f"{clips:,} clips left out, which a trainer would load as something else (needs_copy). Copies of them "
            f"would take {in_bytes(account.copies_bytes)}; the line for that, under exports of {file}: {entry}"
        )
    if account and account.licences:
        each = [HeldBack(**one).told for one in account.licences]
        yield f"{held_back['licence']:,} clips held back for their licence: {first_twenty(each)}"
    if account and account.leaks:
        each = [Leak(**one).told for one in account.leaks]
        left_out = f"{held_back['leaks']:,} clips left out"
        yield f"{left_out}, which share something with what is evaluated on: {first_twenty(each)}"
    if held_back.get("not_made"):
        yield _not_made(packs)
    yield from account.warnings if account else ()


def _not_made(packs: Iterable[Account]) -> str:
    """How many clips could not be made, why, whether that is tried again, and the first of each fault."""
    again, faults = False, []
    for pack in packs:
        again |= may_pass(pack)
        faults += [(kind, f"{clip}: {words}") for clip, (kind, words) in pack.failed.items()]
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(Counter(kind for kind, _ in faults).items()))
    first = "; ".join(dict(reversed(faults)).values())
    prospect = "the next run tries again" if again else "no run tries that again by itself"
    told = f"{len(faults):,} clips left out, which could not be made (not_made: {kinds}; logs of rule pack name them)"
    return as_text(f"{told}: {prospect}. {first}")


def _packs(places: Places, dataset: str, export: str) -> list[str]:
    return [str(file) for file in sorted(Path(places.pack(dataset, export, "all")).parent.glob("*.json"))]


def _account(file: Path) -> Account | None:
    try:
        return read_account(file)
    except (OSError, SoundledgerError):
        return None
