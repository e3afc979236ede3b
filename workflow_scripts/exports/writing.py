"""An export on its way to disk: a folder of its own generation, which one rename of a link makes the export."""

import os
import re
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.account import Account, Leak
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
            held_back=written.held_back | _left_out(tables),
            licences=[asdict(one) for one in tables.held_back],
            leaks=[asdict(leak) for leak in _leaks(tables.leaks)],
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


def _left_out(tables: Tables) -> dict[str, int]:
    """How many clips no format finds a row of, by reason."""
    for_licence = {"licence": sum(one.clips for one in tables.held_back)} if tables.held_back else {}
    counts = {
        "not_in_subset": tables.outside_subset,
        "dropped_by_review": tables.dropped,
        "leaks": tables.leaks["clip_id"].n_unique(),
    }
    return for_licence | {reason: count for reason, count in counts.items() if count}


def _leaks(rows: pl.DataFrame) -> list[Leak]:
    """What these share, and with whom: the most clips first."""
    texts = rows.select("clip_id", pl.col("shared_by", "with_dataset", "with_split").cast(pl.String))
    by = ["shared_by", "with_dataset", "with_split"]
    counted = texts.group_by(by).agg(clips=pl.col("clip_id").n_unique())
    return [Leak(*row) for row in counted.sort("clips", *by, descending=[True, False, False, False]).iter_rows()]


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
