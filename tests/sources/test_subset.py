"""Which clips a subset has: of classes and splits, few or many, the same whoever else is there."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.sources.ingested import KEPT, Ingested
from workflow_scripts.sources.subset import chosen_clips, narrowed
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

IDS = st.sets(st.text("abcXYZ019_-", min_size=1, max_size=6), min_size=1, max_size=40)
NO_LABELS = schemas.LABELS.empty().lazy()
CLASSES = {"/m/animal": ("Animal", []), "/m/dog": ("Dog", ["/m/animal"]), "/m/car": ("Car", [])}


def classes() -> pl.LazyFrame:
    rows = [
        {"class_id": one, "name": name, "ancestor_ids": above, "parent_ids": above, "depth": len(above)}
        | {"is_abstract": False, "is_blacklisted": False}
        for one, (name, above) in CLASSES.items()
    ]
    schema = schemas.CLASSES.empty().schema
    return pl.LazyFrame([{name: row.get(name) for name in schema} for row in rows], schema)


def labels(said: dict[str, tuple[str, str]]) -> pl.LazyFrame:
    rows = [
        {"clip_id": clip, "class_id": one, "class_name": CLASSES[one][0], "strength": "weak", "origin": origin}
        for clip, (one, origin) in said.items()
    ]
    schema = schemas.LABELS.empty().schema
    return pl.LazyFrame([{name: row.get(name) for name in schema} for row in rows], schema)


def chosen(promised: dict[str, str], said: dict[str, tuple[str, str]] | None = None, **subset: Any) -> set[str]:
    table = pl.DataFrame({"clip_id": list(promised), "split": list(promised.values())})
    found = chosen_clips(table, labels(said) if said else NO_LABELS, classes(), {"seed": 0} | subset)
    return set(found["clip_id"])


@given(IDS, st.integers(1, 40), st.integers(0, 20), st.integers(-3, 3))
def test_a_greater_number_keeps_the_clips_of_a_smaller_one(ids: set[str], clips: int, more: int, seed: int) -> None:
    of_split = dict.fromkeys(ids, "train")
    few, many = (chosen(of_split, clips=number, seed=seed) for number in (clips, clips + more))
    assert few <= many
    assert len(few) == min(clips, len(ids))


@given(IDS, IDS, st.integers(1, 40))
def test_clips_that_are_new_take_no_more_places_than_they_are(ids: set[str], new: set[str], clips: int) -> None:
    before, after = (chosen(dict.fromkeys(sorted(of), "train"), clips=clips) for of in (ids, ids | new))
    assert before - after <= ids
    assert len(before - after) <= len(after & (new - ids))


def test_another_seed_draws_others_and_the_same_seed_the_same() -> None:
    of_split = dict.fromkeys([f"clip{number}" for number in range(100)], "train")
    drawn = [chosen(of_split, clips=10, seed=seed) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert chosen(dict.fromkeys(["a", "b", "c", "d"], "train"), clips=2, seed=1) == {"a", "d"}  # on any machine


SAID = {
    "a": ("/m/dog", "annotated"),
    "b": ("/m/car", "annotated"),
    "c": ("/m/animal", "annotated"),
    "d": ("/m/dog", "background"),
}


@pytest.mark.parametrize(
    ("named", "clips"), [("/m/dog", {"a"}), ("Dog", {"a"}), ("Animal", {"a", "c"}), ("/m/car", {"b"})]
)
def test_a_class_is_named_by_id_or_name_and_has_all_below_it(named: str, clips: set[str]) -> None:
    assert chosen(dict.fromkeys(SAID, "train"), SAID, classes=[named]) == clips


def test_all_that_is_said_has_to_hold() -> None:
    promised = {"a": "train", "b": "train", "c": "eval", "d": "eval"}
    assert chosen(promised, SAID, classes=["Animal"], splits=["eval"]) == {"c"}
    with pytest.raises(
        SoundledgerError, match=r"subset: none of 4 clips is of these classes \(Car\) and these splits \(eval\)"
    ):
        chosen(promised, SAID, classes=["Car"], splits=["eval"])


@pytest.mark.parametrize(
    ("subset", "told"),
    [
        ({"classes": ["Dogg"]}, r"subset.classes: the dataset has no 'Dogg'; .*; did you mean `Dog`\?"),
        ({"splits": ["evaluation", "train"]}, "subset.splits: the dataset has no 'evaluation'; there are eval, train"),
    ],
)
def test_what_there_is_not_is_told_with_the_nearest_that_there_is(subset: dict[str, Any], told: str) -> None:
    with pytest.raises(SoundledgerError, match=told):
        chosen({"a": "train", "b": "eval"}, SAID, **subset)


def test_no_row_is_lost() -> None:
    lines = {"a": 1, "b": 2, "c": 3}
    rows = [
        {
            "clip_id": one,
            "media_key": one,
            "split": "train",
            "class_ids": [],
            "class_names": [],
            "source": "l",
            "line": line,
        }
        for one, line in lines.items()
    ]
    schema = schemas.PROMISED.empty().schema
    promised = pl.LazyFrame([{name: row.get(name) for name in schema} for row in rows], schema)
    kept = [("l", line, one) for one, line in lines.items()]
    kept += [("classes", 1, None), ("windows", 7, "a"), ("windows", 7, "b"), ("windows", 8, "c")]
    counts = {"l": (4, 3, 1), "classes": (1, 1, 0), "windows": (2, 2, 0)}
    sources = pl.LazyFrame(
        [
            {"source": name, "sha256": "0" * 64, "bytes": 1, "rows_declared": None, "rows_read": read}
            | {"rows_kept": taken, "rows_rejected": rejected, "rows_not_in_subset": 0}
            for name, (read, taken, rejected) in counts.items()
        ],
        schemas.SOURCES.empty().schema,
    )
    pair = {"clip_id": "a", "added_clip_id": "b", "split": "train", "offset_s": None, "added_offset_s": None}
    mixtures = pl.LazyFrame([pair | {"source": "m", "line": 1}], schemas.MIXTURES.empty().schema)
    empty = {name: schema.empty().lazy() for name, schema in schemas.INGESTED.items()}
    tables = empty | {"promised": promised, "sources": sources, "mixtures": mixtures, "classes": classes()}
    whole = Ingested(**tables, kept=pl.LazyFrame(kept, KEPT, orient="row"))
    part = narrowed(whole, {"clips": 1, "seed": 1})
    assert part.promised.collect()["clip_id"].to_list() == ["a"]
    assert part.mixtures.collect().is_empty()
    counted = part.sources.collect()
    validate(counted, schemas.SOURCES)
    assert counted.select("source", "rows_kept", "rows_not_in_subset").rows() == [
        ("l", 1, 2),
        ("classes", 1, 0),
        ("windows", 1, 1),
    ]
