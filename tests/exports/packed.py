"""Exports in packs, taken all the way by the functions that the rules call."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from workflow_scripts.exports.formats import Format, Written, format_of
from workflow_scripts.exports.packs import write_pack
from workflow_scripts.exports.plans import write_plan
from workflow_scripts.exports.reading import Tables, pack_of
from workflow_scripts.settings.schemas import options_schema
from workflow_scripts.settings.validation import validated


def options_of(name: str, **given: object) -> dict[str, Any]:
    """The options of a format, with the defaults of those that are not given."""
    filled: dict[str, Any] = validated(given, options_schema(name, ""), "")
    return filled


def exported(name: str, tables: Tables, folder: Path, **given: object) -> Written:
    """Plan, packs and export, which is in <folder>/out."""
    made_by: Format = format_of(name)
    options = options_of(name, **given)
    folder.mkdir(parents=True, exist_ok=True)
    write_plan(made_by, tables, options, folder / "plan")
    for listed in sorted((folder / "plan").iterdir()):
        write_pack(made_by, listed, folder / "packs" / f"{listed.stem}.json")
    packs = [pack_of(account) for account in sorted((folder / "packs").glob("*.json"))]
    (folder / "out").mkdir()
    return made_by.export(replace(tables, packs=packs), options, folder / "out", folder / "out")
