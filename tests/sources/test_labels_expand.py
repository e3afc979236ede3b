"""What follows from a label."""

import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.sources.expand import with_ancestors
from workflow_scripts.sources.label_sets import split_sets
from workflow_scripts.sources.ontology import class_table, read_ontology
from workflow_scripts.sources.source import Source

ANIMAL, PETS, DOG, BARK = "/m/0jbk", "/m/068hy", "/m/0bt9lr", "/m/05tny_"
SOUNDS = "/m/sounds"
NAMES = {ANIMAL: "Animal", PETS: "Domestic animals, pets", DOG: "Dog", BARK: "Bark", SOUNDS: "Dog sounds"}
CHILDREN = {ANIMAL: [PETS], PETS: [DOG], DOG: [BARK], SOUNDS: [BARK], BARK: []}


def class_frame(children, names=None):
    nodes = [
        {"id": identity, "name": (names or {}).get(identity, identity.upper()), "child_ids": below}
        for identity, below in children.items()
    ]
    return class_table(read_ontology(Source("ontology.json", json.dumps(nodes).encode())), [], {})


@pytest.fixture(scope="module")
def classes():
    return class_frame(CHILDREN, NAMES)


def split(text, classes):
    """The one label set of one text."""
    return split_sets(pl.Series([text]), classes).row(0, named=True)


def expanded(text, classes):
    """(class, origin, via) of all that is said of a clip with this text."""
    said = with_ancestors(split_sets(pl.Series([text]), classes), classes)
    return [
        (row["class_id"], row["origin"], row["via_class_id"])
        for row in said.drop("label_set").explode("class_id", "class_name", "origin", "via_class_id").to_dicts()
    ]


# --- sets ---


@pytest.mark.parametrize(
    "text",
    [
        f"{DOG},{BARK}",
        f'"{DOG},{BARK}"',
        f" {DOG},{BARK} ,,,,",
        f'"""{DOG}",{BARK}""',
        f"{DOG}, {BARK}",
        f"\t{DOG} ,\t{BARK}",
    ],
)
def test_quotes_blanks_and_empty_fields_do_not_count(classes, text):
    found = split(text, classes)
    assert found["class_ids"] == [DOG, BARK]
    assert found["class_names"] == ["Dog", "Bark"]
    assert found["unknown"] == found["repeated"] == []


def test_classes_stay_in_the_order_of_the_text(classes):
    assert split(f"{BARK},{ANIMAL},{DOG}", classes)["class_ids"] == [BARK, ANIMAL, DOG]


def test_repeated_id_is_taken_once_and_told(classes):
    found = split(f"{DOG},{BARK},{DOG},{DOG}", classes)
    assert found["class_ids"] == [DOG, BARK]
    assert found["repeated"] == [DOG]


def test_unknown_id_is_left_out_and_told(classes):
    found = split(f"/m/nope,{DOG},/m/never", classes)
    assert found["class_ids"] == [DOG]
    assert found["unknown"] == ["/m/nope", "/m/never"]


def test_id_in_another_case_is_another_id(classes):
    assert split(DOG.upper(), classes)["unknown"] == [DOG.upper()]


@pytest.mark.parametrize("text", ["", '""', " , ,", "/m/nope"])
def test_text_without_a_known_class_is_a_set_of_none(classes, text):
    found = split(text, classes)
    assert found["class_ids"] == found["class_names"] == []


def test_equal_texts_are_one_set_and_null_is_none(classes):
    sets = split_sets(pl.Series([DOG, None, BARK, DOG], dtype=pl.String), classes)
    assert sets["text"].to_list() == [DOG, BARK]
    assert sets["label_set"].to_list() == [0, 1]


# --- ancestors ---


def test_bark_is_also_dog_domestic_animals_and_animal(classes):
    assert expanded(BARK, classes) == [
        (BARK, "annotated", None),
        *sorted((above, "ontology", BARK) for above in (DOG, PETS, ANIMAL, SOUNDS)),
    ]


def test_class_names_go_with_the_classes(classes):
    said = with_ancestors(split_sets(pl.Series([BARK]), classes), classes).row(0, named=True)
    assert said["class_name"] == [NAMES[identity] for identity in said["class_id"]]


def test_ancestor_that_annotators_said_themselves_is_not_said_again(classes):
    assert expanded(f"{BARK},{DOG},{SOUNDS}", classes) == [
        (BARK, "annotated", None),
        (DOG, "annotated", None),
        (SOUNDS, "annotated", None),
        *sorted((above, "ontology", via) for above in (ANIMAL, PETS) for via in (BARK, DOG)),
    ]


def test_root_is_all_that_follows_from_a_root(classes):
    assert expanded(ANIMAL, classes) == [(ANIMAL, "annotated", None)]


def test_set_of_no_class_says_nothing(classes):
    sets = split_sets(pl.Series(["/m/nope", DOG]), classes)
    assert with_ancestors(sets, classes)["label_set"].to_list() == [1]


def test_no_sets_say_nothing(classes):
    sets = split_sets(pl.Series([], dtype=pl.String), classes)
    assert len(with_ancestors(sets, classes)) == 0


@st.composite
def trees_and_texts(draw):
    names = [f"/m/{number}" for number in range(draw(st.integers(1, 7)))]
    children = {
        name: draw(st.lists(st.sampled_from(names[place + 1 :]), max_size=3)) if names[place + 1 :] else []
        for place, name in enumerate(names)
    }
    ids = st.sampled_from([*names, "/m/unknown", ""])
    return children, draw(st.lists(st.lists(ids, max_size=6).map(",".join), max_size=5))


def naive_above(identity, children):
    parents = [parent for parent, below in children.items() if identity in below]
    return set(parents).union(*(naive_above(parent, children) for parent in parents))


def naive_said(text, children):
    annotated = [token for token in dict.fromkeys(text.split(",")) if token in children]
    follows = {(above, "ontology", via) for via in annotated for above in naive_above(via, children)}
    return [(token, "annotated", None) for token in annotated], {f for f in follows if f[0] not in annotated}


@settings(deadline=None)
@given(trees_and_texts())
def test_expansion_by_set_is_the_expansion_of_each_clip_by_itself(case):
    children, texts = case
    classes = class_frame(children)
    sets = split_sets(pl.Series(texts, dtype=pl.String), classes)
    said = {row["label_set"]: row for row in with_ancestors(sets, classes).iter_rows(named=True)}
    number = dict(sets.select("text", "label_set").iter_rows())
    for text in texts:
        annotated, follows = naive_said(text, children)
        row = said.get(number[text], {"class_id": [], "class_name": [], "origin": [], "via_class_id": []})
        found = list(zip(row["class_id"], row["origin"], row["via_class_id"], strict=True))
        assert found[: len(annotated)] == annotated
        assert sorted(found[len(annotated) :]) == sorted(follows)
        assert row["class_name"] == [identity.upper() for identity in row["class_id"]]


@settings(deadline=None)
@given(trees_and_texts())
def test_every_id_of_a_text_is_a_class_or_told_as_unknown_or_repeated(case):
    children, texts = case
    for row in split_sets(pl.Series(texts, dtype=pl.String), class_frame(children)).iter_rows(named=True):
        tokens = [token for token in row["text"].split(",") if token]
        assert sorted(row["class_ids"] + row["unknown"]) == sorted(set(tokens))
        assert sorted(row["repeated"]) == sorted({token for token in tokens if tokens.count(token) > 1})
