"""An export on its way to disk: a folder of its own generation, which one rename of a link makes the export."""

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workflow_scripts.exports.account import Account, HeldBack
from workflow_scripts.exports.formats import Format, Written
from workflow_scripts.exports.lines import check_lines
from workflow_scripts.exports.packs import remove_other_packs
from workflow_scripts.exports.reading import Tables
from workflow_scripts.exports.sums import complete_sums
from workflow_scripts.tables.files import whole


def write_export(made_by: Format, tables: Tables, options: dict[str, Any], link: Path, account: Path) -> None:
    """Write a new generation of an export, switch its link to it, and write the account.

    Whoever reads below the link finds the earlier generation whole until the switch, and this one from then on. What
    nobody needs any more is removed last.
    """
    generations = _generations(link)
    number = 1 + max(generations, default=0)
    made = link.parent / f".{link.name}.{number}"
    with whole(made) as folder:
        folder.mkdir()
        written = made_by.export(tables, options, folder, link)
        check_lines(folder, written.lines)
        taken = complete_sums(folder)
    _switch(link, made.name)
    with whole(account) as part:
        content = Account(
            folder=made.name,
            link=link.name,
            options=options,
            clips=written.clips,
            hours=round(written.seconds / 3600, 6),
            held_back=written.held_back | _for_licences(tables.held_back) | _for_subset(tables) | _for_reviews(tables),
            licences=[asdict(one) for one in tables.held_back],
            bytes=taken,
            copies_bytes=written.copies_bytes,
            warnings=[*_nothing(written), *written.warnings],
        )
        content.with_files_in(made).write(part)
    for earlier in generations.values():
        shutil.rmtree(earlier, ignore_errors=True)
    remove_other_packs(link, tables.packs)


def _nothing(written: Written) -> list[str]:
    return [] if any(written.clips.values()) else ["no clip was taken"]


def _for_licences(held_back: Sequence[HeldBack]) -> dict[str, int]:
    return {"licence": sum(one.clips for one in held_back)} if held_back else {}


def _for_subset(tables: Tables) -> dict[str, int]:
    return {"not_in_subset": tables.outside_subset} if tables.outside_subset else {}


def _for_reviews(tables: Tables) -> dict[str, int]:
    return {"dropped_by_review": tables.dropped} if tables.dropped else {}


def _generations(link: Path) -> dict[int, Path]:
    """The folders of an export that there are, by number."""
    link.parent.mkdir(parents=True, exist_ok=True)
    named = ((re.fullmatch(rf"\.{re.escape(link.name)}\.(\d+)", path.name), path) for path in link.parent.iterdir())
    return {int(number[1]): path for number, path in named if number}


def _switch(link: Path, target: str) -> None:
    """Have a link lead elsewhere, at once."""
    part = link.parent / f".{link.name}.part"
    part.unlink(missing_ok=True)
    part.symlink_to(target)
    if link.is_dir() and not link.is_symlink():  # an export of before there were links
        shutil.rmtree(link)
    os.replace(part, link)
