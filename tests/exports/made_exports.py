"""Exports made by the functions that the rules call: plan, packs, export."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from workflow_scripts.exports.account import Account, read_account
from workflow_scripts.exports.formats import Format, format_of
from workflow_scripts.exports.packs import write_pack
from workflow_scripts.exports.plans import write_plan
from workflow_scripts.exports.reading import Pack, Tables, pack_of
from workflow_scripts.exports.writing import write_export
from workflow_scripts.settings.schemas import exports, options_schema
from workflow_scripts.settings.validation import validated


def of_any_dataset() -> list[str]:
    """The formats that take nothing but what every dataset has."""
    return [name for name in exports() if "pairs" not in options_schema(name, "")["needs"]]


def exported(kind: str, tables: Tables, link: Path, **options: Any) -> Path:
    """Make an export of which nothing is kept from before but its earlier generation; its link."""
    made_by = format_of(kind)
    options = validated(options, options_schema(kind, "test"), "test")
    packs = make_packs(made_by, tables, link, options) if hasattr(made_by, "plan") else []
    write_export(made_by, replace(tables, packs=packs), options, link, account_file(link))
    return link


def make_packs(made_by: Format, tables: Tables, link: Path, options: dict[str, Any]) -> list[Pack]:
    """Plan and pack."""
    plan, folder = link.parent / f".{link.name}.plan", link.parent / f".{link.name}.packs"
    write_plan(made_by, tables, options, plan)
    lists = sorted(plan.iterdir())
    for listed in lists:
        write_pack(made_by, listed, folder / f"{listed.stem}.json")
    return [pack_of(folder / f"{listed.stem}.json") for listed in lists]


def account_file(link: Path) -> Path:
    return link.parent / f"{link.name}.account.json"


def account_of(link: Path) -> Account:
    return read_account(account_file(link))
