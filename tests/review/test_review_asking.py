"""A page asks the catalogue as it would be if nobody had judged anything yet."""

from pathlib import Path

import duckdb

from tests.catalogue.by_hand import catalogue_of, clip
from workflow_scripts.review.asking import asking
from workflow_scripts.review.choosing import chosen_clips


def test_captions_are_as_they_were_found_for_all_that_asks_for_them(tmp_path: Path) -> None:
    """A correction that was read would take a finding away, and with it the clip from among the cards."""
    file = tmp_path / "a catalogue.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "CREATE TABLE found AS FROM (VALUES ('d', 'a', 0, 'A dog.', 'dog'), ('d', 'b', 0, 'Rain.', NULL))"
            " AS rows(dataset, clip_id, ordinal, text, found_text)"
        )
        connection.execute("CREATE VIEW captions AS FROM found")
        connection.execute("CREATE VIEW findings AS SELECT clip_id FROM captions WHERE text NOT LIKE '%.'")
        assert connection.execute("FROM findings").fetchall() == []
    with asking(file) as connection:
        assert connection.execute("SELECT clip_id, text FROM captions ORDER BY ALL").fetchall() == [
            ("a", "dog"),
            ("b", "Rain."),
        ]
        assert connection.execute("FROM findings").fetchall() == [("a",)]
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute("SELECT text FROM captions WHERE clip_id = 'a'").fetchall() == [("A dog.",)]


def test_the_same_cards_come_and_tell_the_same_of_captions_once_these_are_corrected(tmp_path: Path) -> None:
    """By the catalogue's own views: of the findings only the seventh of twenty clips has one, until it is corrected."""
    clips = [clip(f"c{number}", class_ids=[]) for number in range(20)]
    told = []
    for corrected in (False, True):
        words = [{"clip_id": f"c{number}", "ordinal": 0, "text": f"Rain, and {number} dogs"} for number in range(20)]
        words[7] |= {"text": "A dog barks", "found_text": "n/a"} if corrected else {"text": "n/a"}
        folder = tmp_path / str(corrected)
        catalogue_of(folder, {"d": {"clips": clips, "captions": words}}).close()
        with asking(folder / "results/catalog.duckdb") as connection:
            cards = chosen_clips(connection, "d", {"cards": 2, "seed": 0, "where": "true"})["clip_id"].to_list()
            asked = "FROM captions LEFT JOIN findings USING (clip_id) SELECT clip_id, text, finding ORDER BY ALL"
            told.append((cards, connection.execute(asked).fetchall()))
    assert told[0] == told[1]
    assert "c7" in told[0][0]
    assert ("c7", "n/a", "caption_junk") in told[0][1]
