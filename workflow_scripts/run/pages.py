"""Pages that have lost something of what they show are made again, where a run is asked for them.

Snakemake looks at a folder as a whole, and at a page as one file: what was deleted inside is nothing to it. Names are
asked for, and accounts read, which tell how many files there were; what the files hold is not looked at.
"""

import os
import shutil
from pathlib import Path

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.account import Account, read_account, spoilt
from workflow_scripts.report.drawing.told import FILE, read_told
from workflow_scripts.review.form import PARTS
from workflow_scripts.settings.places import Places


def heal_pictures(folder: str) -> None:
    """Remove a folder of pictures that lacks any of those that it tells of: all are drawn again then."""
    if os.path.lexists(folder) and not _are_drawn(Path(folder)):
        shutil.rmtree(folder)


def heal_report(folder: str, page: str) -> None:
    """The same, and remove the page of a report whose pictures are gone: they are drawn for it alone."""
    heal_pictures(folder)
    if not os.path.lexists(folder):
        Path(page).unlink(missing_ok=True)


def heal_review(places: Places, dataset: str) -> None:
    """Remove a review page that lacks something that it plays or shows; of what was made for it, what is not whole."""
    page, lists = Path(places.review(dataset)), Path(places.card_lists(dataset))
    if not page.exists():
        return
    names, listed = _stems(page.parent / "packs", ".js"), _stems(lists, ".parquet")
    accounts = [Path(places.card_pack(dataset, name)) for name in sorted(listed)]
    for account in spoilt(map(str, accounts)):
        os.unlink(account)
    if not names <= listed or not (listed or (page.parent / "packs").is_dir()):
        shutil.rmtree(lists, ignore_errors=True)
        Path(places.cards(dataset)).unlink(missing_ok=True)
    shown = all(_is_shown(account, page.parent) for account in accounts)
    if names != listed or not shown or not _has_parts(page.parent):
        page.unlink()


def _are_drawn(folder: Path) -> bool:
    try:
        drawn = [one.name for one in read_told(folder) if one.reason is None]
    except (OSError, ValueError, TypeError):  # there is none, or what no version of ours wrote
        return False
    return {FILE, *(f"{name}{kind}" for name in drawn for kind in (".svg", ".png", ".txt"))} <= _names(folder)


def _is_shown(account: Path, page: Path) -> bool:
    """Whether a page has as many files of a pack as there are."""
    try:
        made: Account = read_account(account)
    except (OSError, SoundledgerError):
        return False
    return len(_names(page / "packs" / account.stem)) == made.made


def _has_parts(page: Path) -> bool:
    return {"cards.js", "packs", *os.listdir(PARTS)} <= _names(page)


def _stems(folder: Path, kind: str) -> set[str]:
    """What files of a kind are called; Snakemake keeps one of its own in a folder that it has made."""
    return {name.removesuffix(kind) for name in _names(folder) if name.endswith(kind)}


def _names(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return set()
