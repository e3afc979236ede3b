"""Where a dataset file says that its exports go."""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow_scripts.errors import first_twenty, nearest, shown
from workflow_scripts.settings.path_names import refuse_unfit
from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.settings.roots import Root, root_slug
from workflow_scripts.settings.schemas import SCRIPTS

_ADDRESS = re.compile(r"(?P<scheme>[a-z0-9]+)://(?P<place>[^\s?#]+)")
_LONGEST = 60
"""Characters of an address that names of files have."""


@dataclass(frozen=True)
class Delivery:
    """An export that is handed on.

    Attributes:
        where: how errors call its entry.
        name: names its account.
        export: that it is of.
        to: an address without `/` at its end, or the absolute path of a folder.
        order: what is to be known to hand it on: these, what the dataset file says of its rights, and `even_if`.
    """

    where: str
    name: str
    export: str
    to: str
    order: dict[str, Any]

    @property
    def is_folder(self) -> bool:
        """Whether it goes to a folder."""
        return "://" not in self.to


def deliveries(
    content: Mapping[str, Any], exports: Mapping[str, dict[str, Any]], file: Path, base: Path, workdir: Path
) -> dict[str, Delivery]:
    """What `deliver` asks for, by name.

    Args:
        content: of the dataset file: `name`, `rights`, and `deliver` as the schema has it.
        exports: the entries of the dataset's exports, by their names.
        file: the dataset file.
        base: where relative paths in it start.
        workdir: the folder of the run.

    Raises:
        SettingsError: there is no such export, or no such kind of place.
    """
    known, found = list(exports), {}
    for ordinal, entry in enumerate(content["deliver"]):
        where, export = f"{file}: deliver[{ordinal}]", entry["export"]
        if export not in known:
            there = f"there are {first_twenty(known)}" if known else "the dataset has none"
            raise SettingsError(f"{where}.export: no export is called {shown(export)}; {there}{nearest(export, known)}")
        to, slug = _place(entry["to"], f"{where}.to", base, workdir)
        order = {
            "dataset": content["name"],
            "dataset_file": str(file),
            "rights": content["rights"],
            "export": exports[export],
            "to": to,
            "even_if": entry.get("even_if"),
        }
        found[f"{export}-{slug}"] = Delivery(where, f"{export}-{slug}", export, to, order)
    return found


def refuse_meeting(wanted: Iterable[Delivery], roots: Mapping[str, Root], results: str, workdir: Path) -> None:
    """See that no two deliveries of a run go to one place, or one below the other, and none below what the run reads.

    Raises:
        SettingsError: they do.
    """
    kept = [
        (os.path.abspath(workdir / results), "the results"),
        *((root.path, "this audio root") for root in roots.values()),
    ]
    seen: list[Delivery] = []
    for delivery in wanted:
        if met := next((other for other in seen if _meet(delivery.to, other.to)), None):
            raise SettingsError(
                f"{delivery.where}.to: {delivery.to} and {met.to} of {met.where} lie in each other; each delivery "
                "has a place of its own"
            )
        for path, what in kept if delivery.is_folder else ():
            if _meet(os.path.realpath(delivery.to), os.path.realpath(path)):
                raise SettingsError(
                    f"{delivery.where}.to: {delivery.to} and {what} ({path}) lie in each other; name another folder"
                )
        seen.append(delivery)


def _place(to: str, where: str, base: Path, workdir: Path) -> tuple[str, str]:
    """A place as it is known, and what it is called in names of files."""
    refuse_unfit(to, where)
    if "://" not in to:
        path = os.path.abspath(base / to)
        return path, root_slug(path, workdir)
    schemes = [file.stem for file in sorted(SCRIPTS.glob("deliver/targets/*.py")) if file.stem not in _NO_SCHEMES]
    form = _ADDRESS.fullmatch(to)
    if not form or form["scheme"] not in schemes:
        raise SettingsError(
            f"{where}: expected a folder, or an address {', '.join(f'{scheme}://…' for scheme in schemes)} without "
            f"`?` and `#`, found {shown(to)}"
        )
    if ":" in form["place"]:  # s3://key:secret@bucket: it would stand in accounts and logs
        raise SettingsError(f"{where}: an address has no key or password in it; those are the environment's")
    address = to.rstrip("/")
    readable = re.sub(r"[^A-Za-z0-9]+", "_", address.replace("://", "_"))[-_LONGEST:].strip("_")
    return address, f"{readable}-{hashlib.blake2b(os.fsencode(address), digest_size=4).hexdigest()}"


_NO_SCHEMES = ("__init__", "folder")


def _meet(one: str, other: str) -> bool:
    """Whether two places are the same, or one lies in the other."""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")
