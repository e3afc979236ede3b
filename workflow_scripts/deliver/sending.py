"""A delivery, from its entry in a dataset file to its account."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from workflow_scripts.deliver.delivered import Delivered
from workflow_scripts.deliver.errors import DeliverError
from workflow_scripts.deliver.handing_on import hand_on, plan
from workflow_scripts.deliver.manifest import What
from workflow_scripts.deliver.outgoing import Outgoing, files_of
from workflow_scripts.deliver.redistribution import advice, licensed, why
from workflow_scripts.deliver.target import FOLDER, kind_of, target_of
from workflow_scripts.exports.account import read_account
from workflow_scripts.tables.files import aside

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """What a dataset file asks for.

    Attributes:
        dataset: its name.
        dataset_file: the file.
        rights: of it.
        export: `name`, `format`, `options`, and what stands `beside` these, as the dataset file has them.
        to: an address, or the absolute path of a folder.
        even_if: what does not keep it here: `not_redistributable`; None for nothing.
        version: of this project.
        dry_run: nothing is to be sent.
        offline: no connection is to be made.
    """

    dataset: str
    dataset_file: str
    rights: Mapping[str, str]
    export: Mapping[str, Any]
    to: str
    even_if: str | None
    version: str
    dry_run: bool
    offline: bool


def send(order: Order, export: Path, clips: Path, packs: Iterable[Path], account: Path, note: Path) -> Delivered:
    """Hand an export on, unless it may not be, and write the account.

    Args:
        order: what is asked for.
        export: the account of the export, which is beside its folder.
        clips: the ledger.
        packs: the lists of the export's packs.
        account: where the delivery's own goes.
        note: where it tells how far it is.
    """
    finished = read_account(export)
    held = licensed(order.rights.get("labels"), sum(finished.clips.values()), clips, packs)
    files = files_of(export.parent / finished.folder)
    done = Delivered(
        dataset=order.dataset,
        export=order.export["name"],
        to=order.to,
        dry_run=order.dry_run,
        not_redistributable=[asdict(one) for one in held if not one.may_go],
        why=why(held),
        terms=order.rights.get("terms"),
    )
    if done.why and not order.even_if:
        held_back = {"files": len(files), "bytes": sum(one.bytes for one in files)}
        done = replace(done, held_back=held_back, advice=advice(held, order.export, order.dataset_file))
    else:
        done = _handed_on(order, files, done, account, note)
    done.write(account)
    _log.info("%s", done.told)
    return done


def _handed_on(order: Order, files: Sequence[Outgoing], done: Delivered, account: Path, note: Path) -> Delivered:
    if order.offline and kind_of(order.to) != FOLDER:
        raise DeliverError(f"{order.to}: no connection is made, as the run is offline; without `offline` it goes there")
    what = What(order.dataset, order.export["name"], order.export["format"], order.version)
    target = target_of(order.to)
    with aside(account) as scratch:
        wanted = plan(what, files, target, order.to, scratch)
        sent = wanted.lacking if order.dry_run else hand_on(what, wanted, target, order.to, note)
        return replace(
            done,
            files=[[one.path, one.bytes, one.sha256] for one in wanted.every],
            bytes=sum(one.bytes for one in wanted.every),
            sent=[one.path for one in sent],
            sent_bytes=sum(one.bytes for one in sent),
            removed=wanted.stale,
            others=wanted.others,
        )
