"""Which clips have cards: by seed and ids alone, of each class, finding and status some."""

from collections import Counter
from collections.abc import Sequence

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.review.choosing import chosen_clips

ALL = {"cards": 1000, "seed": 0, "where": "true"}
Labels = dict[str, list[str]]


def catalogue(
    labels: Labels, findings: Labels | None = None, statuses: dict[str, str] | None = None, shared: Sequence[str] = ()
) -> duckdb.DuckDBPyConnection:
    """A catalogue of clips with classes, findings and statuses, of the dataset `d`; another dataset has the same."""
    connection = duckdb.connect()
    clips = pl.DataFrame({"clip_id": list(labels)}).with_columns(
        status=pl.col("clip_id").replace_strict(statuses or {}, default="usable")
    )
    said = pl.DataFrame(
        [(clip, name) for clip, names in labels.items() for name in names], schema=["clip_id", "class_id"], orient="row"
    )
    found = pl.DataFrame(
        [(clip, name) for clip, names in (findings or {}).items() for name in names],
        schema={"clip_id": pl.String, "finding": pl.String},
        orient="row",
    )
    said = said.cast({"clip_id": pl.String, "class_id": pl.String}).with_columns(origin=pl.lit("annotated"))
    alike = pl.DataFrame({"clip_id": shared}, schema={"clip_id": pl.String})
    for name, frame in {"clips": clips, "labels": said, "findings": found, "sound_groups": alike}.items():
        connection.register("frame", frame)
        connection.execute(
            f"CREATE TABLE {name} AS SELECT dataset, frame.* FROM frame, (VALUES ('d'), ('e')) AS of(dataset)"
        )
    return connection


def chosen(connection: duckdb.DuckDBPyConnection, **changes: object) -> list[str]:
    return chosen_clips(connection, "d", ALL | changes)["clip_id"].to_list()


MANY: Labels = {f"clip{number:03}": ["dog"] if number % 50 else ["dog", "wolf"] for number in range(300)}


def test_a_rare_class_has_its_share() -> None:
    """300 dogs, of which 6 are wolves too."""
    cards = chosen(catalogue(MANY), cards=12)
    assert Counter(name for clip in cards for name in MANY[clip])["wolf"] == 6


def test_each_finding_and_status_has_its_clips() -> None:
    connection = catalogue(MANY, {"clip007": ["leaked"], "clip008": ["leaked"]}, {"clip201": "missing"})
    assert {"clip007", "clip201"} <= set(chosen(connection, cards=8)) or {"clip008", "clip201"} <= set(
        chosen(connection, cards=8)
    )


def test_what_shares_its_sound_has_its_clips() -> None:
    assert "clip222" in chosen(catalogue(MANY, shared=["clip222"]), cards=4)
    assert "clip222" not in chosen(catalogue(MANY), cards=4)


def test_a_clip_without_labels_has_its_turn() -> None:
    assert "silent" in chosen(catalogue(MANY | {"silent": []}), cards=4)


def test_the_seed_decides_and_nothing_else() -> None:
    backwards = dict(reversed(MANY.items()))
    assert chosen(catalogue(MANY), cards=20) == chosen(catalogue(backwards), cards=20)
    assert chosen(catalogue(MANY), cards=20) != chosen(catalogue(MANY), cards=20, seed=1)


def test_where_narrows_them() -> None:
    assert set(chosen(catalogue(MANY), where="clip_id < 'clip003'")) == {"clip000", "clip001", "clip002"}
    of_wolves = "clip_id IN (SELECT clip_id FROM labels WHERE class_id = 'wolf') -- and nothing else"
    assert len(chosen(catalogue(MANY), where=of_wolves)) == 6


@pytest.mark.parametrize("where", ["clip = 1", "1 = 1) UNION SELECT ('x', 'y'", "clip_id::INT > 0", "cast("])
def test_where_that_is_no_condition_names_dataset_and_key(where: str) -> None:
    with pytest.raises(SoundledgerError, match=r"dataset d: review: where: .* the catalogue says"):
        chosen(catalogue(MANY), where=where)


def test_no_clips_are_no_cards() -> None:
    assert chosen(catalogue(MANY), where="false") == []


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=4), st.sets(st.sampled_from("xyz"), max_size=3).map(sorted), max_size=25
    ),
    st.integers(1, 30),
)
def test_every_class_comes_before_any_has_a_second_turn(labels: Labels, cards: int) -> None:
    """Each is a clip once; those that come first are the first of each class by the order of the seed."""
    connection = catalogue(labels)
    some, everything = chosen(connection, cards=cards), chosen(connection)
    assert some == everything[:cards]
    assert sorted(everything) == sorted(labels)
    classes = {name for names in labels.values() for name in names}
    none = {"none"} if [] in labels.values() else set()
    first = everything[: len(classes | none)]
    assert {name for clip in first for name in labels[clip] or ["none"]} == classes | none
