"""MANIFEST.json: what is handed on, put at a place last; while it is not there, what lies there is not all of it.

Meanwhile MANIFEST.json.part names all that a delivery put there or is about to, so that what it does not need any more
is known after a kill too.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workflow_scripts.deliver.errors import DeliverError
from workflow_scripts.deliver.outgoing import Outgoing

MANIFEST, UNDER_WAY = "MANIFEST.json", "MANIFEST.json.part"
MADE_BY = "Soundledger"


@dataclass(frozen=True)
class What:
    """What is handed on.

    Attributes:
        dataset: its name.
        export: of it.
        format: of that.
        version: of this project.
    """

    dataset: str
    export: str
    format: str
    version: str


def manifest(what: What, files: Iterable[Outgoing]) -> str:
    """The text of MANIFEST.json, one file a line."""
    each = list(files)
    lines = ",\n".join(
        json.dumps({"path": one.path, "bytes": one.bytes, "sha256": one.sha256}, ensure_ascii=False) for one in each
    )
    said = _about(what) | {"version": what.version, "bytes": sum(one.bytes for one in each)}
    parts = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in said.items()]
    return "{\n" + ",\n".join([*parts, f'"files": [\n{lines}\n]']) + "\n}\n"


def under_way(what: What, paths: Iterable[str]) -> str:
    """The text of MANIFEST.json.part."""
    return json.dumps(_about(what) | {"files": [{"path": path} for path in sorted(paths)]}, ensure_ascii=False) + "\n"


def paths_of(text: bytes, what: What, place: str) -> set[str]:
    """The paths that one of the two names.

    Raises:
        DeliverError: it is not of a delivery, or of one of another export, whose files are not to be mixed with these.
    """
    try:
        said = json.loads(text)
        owner = {name: said[name] for name in _about(what)}
        paths = {str(one["path"]) for one in said["files"]}
    except (ValueError, TypeError, KeyError, RecursionError):
        raise DeliverError(f"{place}: holds a {MANIFEST} that no delivery wrote; name a place of its own") from None
    if owner != _about(what):
        raise DeliverError(
            f"{place}: expected nothing, or what was delivered of {what.dataset}/{what.export} before; it holds "
            f"{owner['dataset']}/{owner['export']}; name a place of its own"
        )
    return paths


def _about(what: What) -> dict[str, Any]:
    return {"made_by": MADE_BY, "dataset": what.dataset, "export": what.export, "format": what.format}
