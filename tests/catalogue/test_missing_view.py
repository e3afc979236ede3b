"""What the view `missing` tells of clips whose media is not there."""

from pathlib import Path
from typing import Any

import pytest

from tests.catalogue.by_hand import catalogue_of, clip
from workflow_scripts.tables.schemas import FETCH_STATUSES

HOPE = list(FETCH_STATUSES)
Row = dict[str, Any]


def gone(clip_id: str, media_key: str | None = None) -> Row:
    return clip(clip_id, media_key=media_key or clip_id, status="missing", usable=False)


def fetched(media_key: str | None, status: str, address: str = "", entry: int = 0) -> Row:
    said = {"status": status, "reason": f"{status}_{address}", "address": address}
    return {"media_key": media_key, "entry": f"acquire[{entry}]", **said}


def missing(folder: Path, clips: list[Row], fetches: list[Row], others: list[Row] | None = None) -> list[Any]:
    tables = {"mine": {"clips": clips, "fetches": fetches}, "others": {"fetches": others or []}}
    with catalogue_of(folder, tables) as catalogue:
        return catalogue.execute("SELECT clip_id, fetched, why FROM missing ORDER BY ALL").fetchall()


def test_the_most_hopeful_status_comes_first() -> None:
    assert HOPE == ["there", "failed", "refused", "gone"]


@pytest.mark.parametrize("best", range(len(HOPE)))
def test_a_clip_of_several_addresses_is_one_row_with_the_most_hopeful_status(tmp_path: Path, best: int) -> None:
    told = [fetched("a", status) for status in reversed(HOPE[best:])]
    assert missing(tmp_path, [gone("a")], told) == [("a", HOPE[best], f"{HOPE[best]}_")]


def test_of_addresses_that_are_as_hopeful_the_first_of_the_first_entry_is_told(tmp_path: Path) -> None:
    told = [fetched("a", "gone", "x", 1), fetched("a", "gone", "z"), fetched("a", "gone", "y")]
    assert missing(tmp_path, [gone("a")], told) == [("a", "gone", "gone_y")]


def test_clips_of_one_media_are_rows_each_and_addresses_of_other_things_say_nothing(tmp_path: Path) -> None:
    clips = [gone("a1", "a"), gone("a2", "a"), gone("b"), clip("c")]
    told = [fetched("a", "gone"), fetched(None, "failed"), fetched("c", "there")]
    others = [fetched("b", "refused")]
    assert missing(tmp_path, clips, told, others) == [
        ("a1", "gone", "gone_"),
        ("a2", "gone", "gone_"),
        ("b", None, None),
    ]
