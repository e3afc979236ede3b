"""What the dataset files that come along have fetched, and what is known of it before: a table of docs/acquire.md."""

from collections.abc import Iterator
from typing import Any

from workflow_scripts.settings.reading import load_yaml
from workflow_scripts.settings.schemas import CONFIG_FOLDER

_TELLING = ("hf://", "zenodo:", "gs://")
"""Addresses of servers that publish a digest of each file."""
_UNITS = ("B", "kB", "MB", "GB", "TB")


def of_definitions() -> Iterator[str]:
    """The table, in Markdown: a row each dataset file that says where its files come from."""
    yield "| dataset | files | bytes | held against |"
    yield "| --- | --- | --- | --- |"
    for file in sorted((CONFIG_FOLDER / "datasets").glob("*.yaml")):
        if entries := load_yaml(file).get("acquire"):
            cells = (_files(entries), _bytes(entries), _digests(entries))
            yield f"| [`{file.stem}`](../config/datasets/{file.name}) | {' | '.join(cells)} |"


def _files(entries: list[dict[str, Any]]) -> str:
    rows = ["the addresses in its rows" for entry in entries if "from" in entry]
    folders = [entry for entry in entries if entry.get("url", "").endswith("/")]
    files = len(entries) - len(folders) - len(rows)
    counted = [_counted(files, "file")] if files else []
    return ", ".join([*counted, *([f"all of {_counted(len(folders), 'folder')}"] if folders else []), *rows])


def _bytes(entries: list[dict[str, Any]]) -> str:
    """What they come to; which of them say so, where not all do."""
    known = [entry["bytes"] for entry in entries if "bytes" in entry]
    if not known:
        return "asked of its server"
    return _readable(sum(known)) + ("" if len(known) == len(entries) else f" of {_counted(len(known), 'file')}")


def _digests(entries: list[dict[str, Any]]) -> str:
    """How many are held against which digest."""
    kinds = [_digest(entry) for entry in entries]
    return ", ".join(f"{kind} {kinds.count(kind)}" for kind in dict.fromkeys(sorted(kinds, key=_ORDER.index)))


_ORDER = ("sha256", "md5", "as its server tells", "as first seen")


def _digest(entry: dict[str, Any]) -> str:
    written = next((kind for kind in ("sha256", "md5") if kind in entry), None)
    return written or ("as its server tells" if entry.get("url", "").startswith(_TELLING) else "as first seen")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _readable(size: float) -> str:
    """A size in the largest unit of which there is one.

    >>> _readable(1_211_931), _readable(40_000_000_000)
    ('1.2 MB', '40.0 GB')
    """
    unit = 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if unit else f"{size} B"
