"""A review page written whole: the page itself, which knows no dataset, and beside it what it reads of one.

A page that was opened from disk may read no file but by the elements of HTML, so what it reads are scripts: cards.js,
which tells of every card as much as filters ask for, and packs/<pack>.js with the rest, each read when a card of it is
seen.
"""

import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from workflow_scripts.exports.packs import link_files, remove_other_packs
from workflow_scripts.exports.reading import Pack
from workflow_scripts.review.cards import Cards
from workflow_scripts.review.form import PARTS
from workflow_scripts.review.others import said_of, told_of
from workflow_scripts.tables.files import whole
from workflow_scripts.tables.store import read_table

_TOLD = Path(__file__).with_name("told.sql").read_text(encoding="utf-8")


def write_page(
    connection: duckdb.DuckDBPyConnection, dataset: str, cards: pl.DataFrame, packs: Iterable[Pack], folder: Path
) -> None:
    """Write the folder of a review page.

    Args:
        connection: to the catalogue.
        dataset: its name.
        cards: those clips that have cards: ordinal, clip_id, pack, others.
        packs: all of them.
        folder: what it is called in the end.
    """
    made = list(packs)
    told = Cards(dataset, _classes(connection, dataset))
    for row in _rows(connection, dataset, cards, made):
        told.add(row)
    write_folder(told, made, folder)
    remove_other_packs(folder, made)


def write_folder(told: Cards, packs: Iterable[Pack], folder: Path) -> None:
    """Write all that a page consists of: the files of packs are links, or copies where there are no links."""
    with whole(folder) as part:
        (part / "packs").mkdir(parents=True)
        for file in sorted(PARTS.iterdir()):
            shutil.copyfile(file, part / file.name)
        (part / "cards.js").write_text(script("Review.index", told.index()), encoding="ascii")
        for pack in packs:
            name = pack.folder.name
            details = script(f'Review.packs["{name}"]', told.of_pack(name))
            (part / "packs" / f"{name}.js").write_text(details, encoding="ascii")
            (part / "packs" / name).mkdir()
            link_files([pack], part / "packs" / name, str)


def script(name: str, content: Any) -> str:
    r"""A script that gives a name a value; whatever texts are in it, it ends nowhere but at its end.

    >>> script("x", ["</script>\u2028"])
    'x = ["\\u003c/script>\\u2028"];\n'
    """
    text = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return f"{name} = {text.replace('<', chr(92) + 'u003c')};\n"


def _classes(connection: duckdb.DuckDBPyConnection, dataset: str) -> list[tuple[str, str]]:
    """Id and name of all classes of the dataset that somebody may say of a clip."""
    asked = "SELECT class_id, name FROM classes WHERE dataset = $dataset ORDER BY name, class_id"
    return connection.execute(asked, {"dataset": dataset}).fetchall()


def _rows(
    connection: duckdb.DuckDBPyConnection,
    dataset: str,
    cards: pl.DataFrame,  # told.sql reads it by its name
    packs: Sequence[Pack],
) -> Iterable[dict[str, Any]]:
    """What is told of each clip, with what was made of it: the columns of `making.TOLD`, `failed`, and `same`."""
    made = {pack.folder.name: {row["clip_id"]: row for row in read_table(pack.told).to_dicts()} for pack in packs}
    failed = {pack.folder.name: pack.account.failed for pack in packs}
    said, others = said_of(connection, cards), dict(cards.select("clip_id", "others").iter_rows())
    rows = connection.execute(_TOLD, {"dataset": dataset})
    columns = [column[0] for column in rows.description or []]
    for row in rows.fetchall():
        told = dict(zip(columns, row, strict=True))
        clip_id, of_pack, faults = told["clip_id"], made.get(told["pack"], {}), failed.get(told["pack"], {})
        same = [
            told_of(other, said[other["dataset"], other["clip"]], of_pack, faults) for other in others[clip_id] or ()
        ]
        yield told | of_pack.get(clip_id, {}) | {"failed": faults.get(clip_id), "same": same}
