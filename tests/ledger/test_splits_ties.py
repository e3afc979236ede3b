"""What ties clips to each other, and what follows from that through others."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.checked import check, root
from tests.ledger.split_worlds import ledger
from workflow_scripts.ledger.splits.ties import sessions, tied, ties
from workflow_scripts.tables import schemas

COLUMNS = st.integers(0, 30).flatmap(
    lambda rows: st.lists(
        st.lists(st.none() | st.integers(0, 12), min_size=rows, max_size=rows), min_size=1, max_size=3
    )
)


@settings(deadline=None)
@given(COLUMNS)
def test_rows_are_tied_that_share_a_number_directly_or_through_others(columns: list[list[int | None]]) -> None:
    rows = range(len(columns[0]))
    reached = {row: {row} for row in rows}
    for _ in rows:  # as slow and as plain as can be
        for row in rows:
            for column in columns:
                near = [other for other in rows if column[row] is not None and column[other] == column[row]]
                reached[row] |= {far for other in near for far in reached[other]}
    numbers = [pl.Series(column, dtype=pl.UInt64) for column in columns]
    assert tied(numbers).tolist() == [min(reached[row]) for row in rows]


def test_a_long_chain_is_one() -> None:
    rows = 10_000
    pairs = pl.Series([row // 2 for row in range(rows)]), pl.Series([(row + 1) // 2 for row in range(rows)])
    assert tied(pairs).max() == 0


def together(clips: pl.DataFrame, checks: dict[str, list[Path]] | None = None) -> list[set[str]]:
    """The clips that are tied, by what ties them directly."""
    numbers = ties(clips.lazy(), checks or {}).with_columns(clips["clip_id"])
    found = []
    for kind in ("video", "source", "media", "samples"):
        by_number = numbers.drop_nulls(kind).group_by(kind, maintain_order=True).agg("clip_id")["clip_id"].to_list()
        found += [{kind, *ids} for ids in by_number if len(ids) > 1]
    return found


def test_a_video_a_publication_and_a_file_tie() -> None:
    clips = ledger(
        [
            {"clip_id": "a", "media_key": "video"},
            {"clip_id": "b", "media_key": "video", "source_url": "https://freesound.org/people/x/sounds/12/"},
            {"clip_id": "c", "source_url": "https://freesound.org/s/12", "root": "r", "path": "f.wav"},
            {"clip_id": "d", "root": "r", "path": "f.wav", "source_url": "https://example.org/12"},
            {"clip_id": "e", "root": "other", "path": "f.wav", "source_url": "https://example.org/12"},
            {"clip_id": "f", "root": "r", "path": "f.wav", "member": "m.wav"},
        ]
    )
    assert together(clips) == [{"video", "a", "b"}, {"source", "b", "c"}, {"media", "c", "d"}]


def test_the_same_samples_tie_and_silence_and_what_did_not_decode_do_not(tmp_path: Path) -> None:
    made = [
        check("a.wav", pcm_digest="one", peak=0.5),
        check("b.flac", pcm_digest="one", peak=0.5),
        check("c.wav", pcm_digest="two", peak=0.5),
        check("d.wav", pcm_digest="silence", peak=0.0),
        check("e.wav", pcm_digest="silence", peak=0.0),
        check("f.wav", pcm_digest="one", peak=0.5, load_ok=False),
        check("pack.tar", member="g.wav", pcm_digest="two", peak=0.5),
    ]
    checks = root(tmp_path, "r", *made, shards=2).checks
    rows = [{"clip_id": row["path"][0], "root": "r", "path": row["path"], "member": row["member"]} for row in made]
    clips = ledger([{**row, "clip_id": "g"} if row["member"] else row for row in rows])
    assert together(clips, {"r": checks, "empty": []}) == [{"samples", "a", "b"}, {"samples", "c", "g"}]


@pytest.mark.parametrize(
    ("origin", "session"),
    [
        ({"recorded_at": "2021-05-03T04:10", "recordist": "A. Person", "site": "Lake"}, "2021-05-03, A. Person, Lake"),
        ({"recorded_at": "2021-05-03", "recordist": " A. Person "}, "2021-05-03, A. Person"),
        ({"recorded_at": "2021-05-03", "locality": "by the lake", "site": ""}, "2021-05-03, by the lake"),
        ({"recorded_at": "2021-05-03", "latitude": 1.00049, "longitude": -2.0}, "2021-05-03, 1.0 -2.0"),
        ({"recorded_at": "2021-05-03"}, None),
        ({"recorded_at": "2021-05", "recordist": "A. Person"}, None),
        ({"recordist": "A. Person", "site": "Lake"}, None),
        ({"recorded_at": "2021-05-03", "recordist": " "}, None),
    ],
)
def test_a_session_is_a_day_with_a_recordist_or_a_place(origin: dict[str, object], session: str | None) -> None:
    known = schemas.ORIGINS.empty().schema
    origins = pl.DataFrame([dict.fromkeys(known) | {"clip_id": "b"} | origin], schema=known)
    clips = ledger([{"clip_id": "a"}, {"clip_id": "b"}])
    assert sessions(clips.lazy(), origins.lazy()).to_list() == [None, session]
