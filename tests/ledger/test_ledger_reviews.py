"""Which reviews count, and what they make of clips."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.checked import check, clips_table, resolved, root
from workflow_scripts.ledger.reviews import Reviewed, judged
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

NOW, BEFORE = "1" * 32, "2" * 32


def found(*rows: dict[str, Any]) -> pl.DataFrame:
    known = {"clip_id": "a", "ordinal": 0, "source": "r.csv"}
    of_rows = [known | {"line": line} | row for line, row in enumerate(rows, start=2)]
    schema = schemas.FOUND_REVIEWS.empty().schema
    return pl.DataFrame([dict.fromkeys(schema) | row for row in of_rows], schema=schema)


def of(*rows: dict[str, Any]) -> Reviewed:
    made = judged(found(*rows), pl.DataFrame({"clip_id": ["a"], "digest_now": [NOW]}))
    validate(made.table, schemas.REVIEWS)
    return made


def verdict(*rows: dict[str, Any]) -> str | None:
    told = of(*rows).of_clips
    return told["verdict"].item() if len(told) else None


def by(who: str | None, said: str | None, at: str | None = None, **more: Any) -> dict[str, Any]:
    return {"reviewer": who, "verdict": said, "reviewed_at": at, **more}


def test_more_drops_than_keeps_drop_and_a_tie_is_disputed() -> None:
    ann, bob, cy = by("ann", "drop"), by("bob", "keep"), by("cy", "drop")
    assert verdict(ann) == "drop"
    assert verdict(bob) == "keep"
    assert verdict(ann, bob) == "disputed"
    assert verdict(ann, bob, cy) == "drop"
    assert verdict(by("ann", None, note="hm")) is None


def test_of_one_reviewer_the_last_word_counts_by_time_then_by_file_and_line() -> None:
    early, late = "2026-11-26T09:00:00+02:00", "2026-11-26T08:00:00Z"  # 07:00 and 08:00 in UTC
    assert verdict(by("ann", "drop", late), by("ann", "keep", early)) == "drop"
    assert verdict(by("ann", "drop"), by("ann", "keep", early)) == "keep"
    assert verdict(by("ann", "keep", late), by("ann", "drop", late)) == "drop"
    assert verdict(by("ann", "keep", late, source="z.csv"), by("ann", "drop", late, source="b.csv")) == "keep"
    told = of(by("ann", "drop", late), by("ann", "keep", early)).table
    assert told.select("line", "superseded", "counts").rows() == [(2, False, True), (3, True, False)]


def test_rows_without_a_name_are_one_persons() -> None:
    assert verdict(by(None, "keep"), by(None, "drop"), by("ann", "keep")) == "disputed"
    assert of(by(None, "keep"), by(None, "drop")).of_clips["reviewers"].to_list() == [[]]


def test_a_verdict_that_was_taken_back_counts_no_more() -> None:
    assert verdict(by("ann", "drop", "2026-11-26"), by("ann", None, "2026-11-27")) is None


def test_a_row_that_says_nothing_is_no_word_but_takes_back_what_was_said_before() -> None:
    assert of(by("ann", None)).of_clips.is_empty()
    told = of(by("ann", None), by("bob", "keep"))
    assert told.table["counts"].to_list() == [False, True]
    assert told.of_clips["reviewers"].to_list() == [["bob"]]
    back = of(by("ann", "drop", "2026-11-26", caption="A cat."), by("ann", None, "2026-11-27"), by("bob", "keep"))
    assert back.table.select("superseded", "counts").rows() == [(True, False), (False, False), (False, True)]
    assert back.of_clips.select("verdict", "reviewers").rows() == [("keep", ["bob"])]
    assert back.captions.is_empty()


def test_a_reviewer_has_one_voice_whatever_captions_were_corrected() -> None:
    rows = [by("ann", "drop", "2026-11-26", ordinal=number, caption="x") for number in range(3)]
    assert verdict(*rows, by("bob", "keep")) == "disputed"
    assert verdict(*rows, by("ann", "keep", "2026-11-27", ordinal=1), by("bob", "keep")) == "keep"


def test_a_word_about_another_sound_is_stale_and_replaces_none_about_this() -> None:
    early, late = by("ann", "keep", "2026-11-26", pcm_digest=NOW), by("ann", "drop", "2026-11-27", pcm_digest=BEFORE)
    told = of(early, late, by("bob", "keep"))
    assert told.table.select("stale", "superseded", "counts").rows() == [
        (False, False, True),
        (True, False, False),
        (None, False, True),
    ]
    assert told.of_clips.select("verdict", "reviewers").rows() == [("keep", ["ann", "bob"])]
    assert of(late).of_clips.is_empty()
    assert of(late | {"caption": "A cat."}).captions.is_empty()


def test_a_clip_that_no_sound_serves_keeps_its_verdict() -> None:
    told = of(by("ann", "drop", clip_id="gone", pcm_digest=NOW))
    assert told.table.select("stale", "counts").rows() == [(None, True)]
    assert told.of_clips["verdict"].to_list() == ["drop"]


def test_the_last_correction_and_the_last_classes_hold_and_notes_stand_in_the_order_of_time() -> None:
    told = of(
        by("bob", "keep", "2026-11-27", caption="Second.", class_ids=["cat"], note="b"),
        by("ann", "keep", "2026-11-26", caption="First.", class_ids=["dog"], note="a"),
        by("cy", "keep", "2026-11-28", note="a"),
        by("cy", "keep", "2026-11-28", ordinal=3, caption="Other."),
    )
    assert told.captions.sort("ordinal").rows() == [("a", 0, "Second."), ("a", 3, "Other.")]
    assert told.of_clips.drop("verdict").rows() == [("a", ["ann", "bob", "cy"], "a\nb", "Second.", ["cat"])]


WORDS = st.tuples(
    st.sampled_from(["a", "b"]),
    st.sampled_from(["ann", "bob", None]),
    st.sampled_from(["keep", "drop", None]),
    st.sampled_from([None, "2026-11-26", "2026-11-27T10:00Z", "2026-11-27 11:00+01:00"]),
    st.integers(0, 1),
    st.sampled_from([None, NOW, BEFORE]),
)


@settings(deadline=None, max_examples=80)
@given(st.lists(WORDS, max_size=12), st.randoms())
def test_what_counts_is_what_a_plain_reckoning_says_whatever_the_order_of_rows(words: list[Any], random: Any) -> None:
    keys = ("clip_id", "reviewer", "verdict", "reviewed_at", "ordinal", "pcm_digest")
    rows = found(*(dict(zip(keys, word, strict=True)) for word in words))
    shuffled = rows[random.sample(range(len(rows)), len(rows))]
    digests = pl.DataFrame({"clip_id": ["a"], "digest_now": [NOW]})
    told, again = judged(rows, digests), judged(shuffled, digests)
    assert told.table.equals(again.table)
    assert told.of_clips.sort("clip_id").equals(again.of_clips.sort("clip_id"))
    assert dict(told.of_clips.select("clip_id", "verdict").rows()) == reckoned(rows)


def reckoned(rows: pl.DataFrame) -> dict[str, str | None]:
    """The verdicts by the words of the documentation, a row at a time."""
    minutes = {None: -1, "2026-11-26": 0, "2026-11-27T10:00Z": 2, "2026-11-27 11:00+01:00": 2}
    last: dict[Any, dict[str, Any]] = {}
    for row in sorted(rows.rows(named=True), key=lambda row: (minutes[row["reviewed_at"]], row["line"])):
        if not (row["clip_id"] == "a" and row["pcm_digest"] == BEFORE):
            key = (row["clip_id"], row["reviewer"], row["ordinal"])
            last.pop(key, None)
            last[key] = row
    voices: dict[str, dict[Any, str]] = {row["clip_id"]: {} for row in last.values()}
    for (clip, reviewer, _), row in last.items():
        if row["verdict"]:
            voices[clip][reviewer] = row["verdict"]
    counted = {clip: list(of_clip.values()) for clip, of_clip in voices.items() if of_clip}
    return {
        clip: "disputed" if said.count("drop") == said.count("keep") else max(("drop", "keep"), key=said.count)
        for clip, said in counted.items()
    }


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, pl.DataFrame]:
    """Of four clips, in parts of one: dropped, kept, a span of a recording, and one that is gone."""
    clips = clips_table(*({"clip_id": one} for one in ("drop", "keep", "span", "gone")))
    roots = [
        root(tmp_path, "clips", check("drop.wav", pcm_digest=NOW), check("keep.wav", pcm_digest=NOW)),
        root(tmp_path, "long", check("span.wav", duration_s=60.0, pcm_digest=NOW), holds="recordings"),
    ]
    reviews = found(
        by("ann", "drop", clip_id="drop", pcm_digest=NOW),
        by("ann", "keep", clip_id="keep", pcm_digest=NOW, caption="Yes."),
        by("ann", "drop", clip_id="span", pcm_digest=BEFORE),
        by("bob", "keep", clip_id="span", pcm_digest=NOW),
        by("ann", "drop", clip_id="gone"),
    )
    said = {"clip_id": ["drop", "keep", "keep"], "ordinal": [0, 0, 1], "text": ["One.", "No.", "Two."]}
    captions = pl.DataFrame(said, schema=schemas.FOUND_CAPTIONS.empty().schema)
    (tmp_path / "aside").mkdir()
    parts = {"aside": tmp_path / "aside", "clips_at_once": 1}
    return resolved(clips, roots, "stem", captions=captions.lazy(), reviews=reviews.lazy(), **parts)


def test_the_ledger_has_what_reviews_say_of_each_clip(tables: dict[str, pl.DataFrame]) -> None:
    told = tables["clips"].select("clip_id", "status", "trainable", pl.col("verdict").cast(pl.String))
    assert told.with_columns(pl.col("status").cast(pl.String)).rows() == [
        ("drop", "usable", False, "drop"),
        ("keep", "usable", True, "keep"),
        ("span", "usable", True, "keep"),
        ("gone", "missing", False, "drop"),
    ]
    assert tables["reviews"]["stale"].to_list() == [False, False, True, False, None]


def test_captions_are_corrected_in_their_places(tables: dict[str, pl.DataFrame]) -> None:
    assert tables["captions"].rows() == [
        ("drop", 0, "One.", None),
        ("keep", 0, "Yes.", "No."),
        ("keep", 1, "Two.", None),
    ]


def test_a_correction_that_says_the_same_is_none(tmp_path: Path) -> None:
    captions = pl.LazyFrame([("a", 0, "One.")], schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    reviews = found(by("ann", "keep", caption="One."))
    told = resolved(clips_table({"clip_id": "a"}), [], "stem", captions=captions, reviews=reviews.lazy())
    assert told["captions"].rows() == [("a", 0, "One.", None)]


def test_every_table_keeps_to_its_schema(tables: dict[str, pl.DataFrame]) -> None:
    for name, schema in schemas.RESOLVED.items():
        validate(tables[name], schema)
