"""Class trees: what stands above what, and the words for a tree that is none."""

import json
import re
import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.test_class_lists import class_index, display_names
from workflow_scripts.sources.ontology import class_table, read_ontology
from workflow_scripts.sources.source import Source, SourceError


def ontology(children, **more):
    """An ontology.json with these children by id; a node is called like its id in capitals."""
    nodes = [
        {"id": identity, "name": identity.upper(), "child_ids": below, "restrictions": [], **more.get(identity, {})}
        for identity, below in children.items()
    ]
    return Source("ontology.json", json.dumps(nodes).encode())


def table(children, index=(), names=None, **more):
    return class_table(read_ontology(ontology(children, **more)), list(index), names or {})


def column(frame, name):
    return dict(frame.select("class_id", name).iter_rows())


# --- trees ---


def test_ancestors_are_all_classes_above_and_parents_those_next():
    frame = table({"animal": ["pet"], "pet": ["dog"], "dog": ["bark"], "bark": []})
    assert column(frame, "ancestor_ids")["bark"] == ["animal", "dog", "pet"]
    assert column(frame, "parent_ids")["bark"] == ["dog"]
    assert column(frame, "ancestor_ids")["animal"] == []


def test_chain_of_many_classes_is_refused_before_each_of_them_has_all_that_are_above_it():
    """20,000 of them in a row are 200 million ancestors: minutes, and more memory than a job asks for."""
    chain = {str(place): [str(place + 1)] for place in range(20_000)} | {"20000": []}
    before = time.process_time()
    with pytest.raises(SourceError, match=r"^more than 1,000 classes stand above the class '?1001"):
        table(chain)
    assert time.process_time() - before < 10


def test_ancestors_of_all_classes_together_have_a_bound(monkeypatch):
    monkeypatch.setattr("workflow_scripts.sources.ontology.MOST_ANCESTORS", 5)
    table({"a": ["b"], "b": ["c"], "c": []})
    with pytest.raises(SourceError, match=r"^the 4 classes have more than 5 classes above them, all together"):
        table({"a": ["b"], "b": ["c"], "c": ["d"], "d": []})


def test_class_may_have_several_parents_in_the_order_of_the_file():
    frame = table({"z": ["child"], "b": ["child"], "a": ["b"], "child": []})
    assert column(frame, "parent_ids")["child"] == ["z", "b"]
    assert column(frame, "ancestor_ids")["child"] == ["a", "b", "z"]


def test_parent_that_names_its_child_twice_is_one_parent():
    assert column(table({"a": ["b", "b"], "b": []}), "parent_ids")["b"] == ["a"]


def test_depth_is_the_shortest_way_from_a_root():
    frame = table({"root": ["far", "child"], "far": ["farther"], "farther": ["child"], "child": ["leaf"], "leaf": []})
    assert column(frame, "depth") == {"root": 0, "far": 1, "child": 1, "farther": 2, "leaf": 2}


def test_flags_are_those_of_the_restrictions():
    frame = table(
        {"a": [], "b": [], "c": [], "d": []},
        b={"restrictions": ["abstract"]},
        c={"restrictions": ["blacklist"]},
        d={"restrictions": ["abstract", "blacklist"]},
    )
    assert frame.select("is_abstract", "is_blacklisted").rows() == [
        (False, False),
        (True, False),
        (False, True),
        (True, True),
    ]


def test_class_keeps_its_name_and_description():
    frame = table({"a": []}, a={"name": "Bow-wow, or: wuff", "description": 'what a "dog" says\n'})
    assert frame.select("name", "description").rows() == [("Bow-wow, or: wuff", 'what a "dog" says\n')]


@pytest.mark.parametrize("key", ["description", "scientific_name", "rank", "extra"])
@pytest.mark.parametrize("value", [[], {}, [None], {"a": [1]}, 2**63, True, 1.5])
def test_what_a_node_says_that_is_no_text_is_kept_as_json(key, value):
    nodes = [{"id": "/m/a", "name": "A", key: value}, {"id": "/m/b", "name": "B", key: "text"}]
    tree = read_ontology(Source("ontology.json", json.dumps(nodes).encode()))
    assert class_table(tree, [], {})[key].to_list() == [json.dumps(value), "text"]


def test_classes_stand_in_the_order_of_the_ontology_then_the_index_then_the_names():
    frame = table({"b": [], "a": []}, index=[(0, "z", "Z"), (1, "a", "A")], names={"y": "Y", "x": "X", "a": "other"})
    assert frame.select("class_id", "class_index", "name").rows() == [
        ("b", None, "B"),
        ("a", 1, "A"),
        ("z", 0, "Z"),
        ("x", None, "X"),
        ("y", None, "Y"),
    ]


def test_class_outside_the_ontology_has_no_depth_and_nothing_above():
    frame = table({"a": []}, index=[(0, "z", "Z")])
    assert frame.row(1, named=True) | {"name": ""} == {
        "class_id": "z",
        "class_index": 0,
        "name": "",
        "parent_ids": [],
        "ancestor_ids": [],
        "depth": None,
        "is_abstract": False,
        "is_blacklisted": False,
        "description": None,
        "scientific_name": None,
        "rank": None,
        "extra": None,
    }


@st.composite
def acyclic_graphs(draw):
    """Children by id, where children come later in a hidden order, and the file's order is another."""
    names = [f"/m/{number}" for number in range(draw(st.integers(1, 9)))]
    children = {
        name: draw(st.lists(st.sampled_from(names[place + 1 :]), max_size=4)) if names[place + 1 :] else []
        for place, name in enumerate(names)
    }
    return {name: children[name] for name in draw(st.permutations(names))}


def naive_ways_up(identity, children):
    """All ways from a class to a root, each without the class itself."""
    above = [parent for parent, below in children.items() if identity in below]
    return [[parent, *way] for parent in above for way in naive_ways_up(parent, children)] if above else [[]]


@settings(deadline=None)
@given(acyclic_graphs())
def test_ancestors_and_depth_of_any_tree_are_what_walking_every_way_up_finds(children):
    frame = table(children)
    for row in frame.iter_rows(named=True):
        ways = naive_ways_up(row["class_id"], children)
        assert row["ancestor_ids"] == sorted({step for way in ways for step in way})
        assert row["depth"] == min(len(way) for way in ways)
        assert sorted(row["parent_ids"]) == sorted({way[0] for way in ways if way})
    assert frame["class_id"].to_list() == list(children)


# --- trees that are none ---


@pytest.mark.parametrize(
    ("children", "around"),
    [
        ({"a": ["a"]}, {"a"}),
        ({"a": ["b"], "b": ["a"]}, {"a", "b"}),
        ({"root": ["a"], "a": ["b"], "b": ["c"], "c": ["a", "leaf"], "leaf": []}, {"a", "b", "c"}),
    ],
)
def test_cycle_names_the_classes_around_it(children, around):
    with pytest.raises(SourceError, match=r"ontology\.json: classes above themselves") as caught:
        read_ontology(ontology(children))
    assert set(re.search(r"themselves: (.*);", str(caught.value))[1].split(" → ")) == around


@settings(deadline=None)
@given(acyclic_graphs(), st.data())
def test_any_cycle_is_told_as_a_way_that_exists(children, data):
    start = data.draw(st.sampled_from(sorted(children)))
    above = sorted({step for way in naive_ways_up(start, children) for step in way} | {start})
    cyclic = children | {start: [*children[start], data.draw(st.sampled_from(above))]}
    with pytest.raises(SourceError) as caught:
        read_ontology(ontology(cyclic))
    way = re.search(r"themselves: (.*);", str(caught.value))[1].split(" → ")
    assert way[0] == way[-1]
    assert len(way) > 1
    forward = all(child in cyclic[parent] for parent, child in pairwise(way))
    upward = all(child in cyclic[parent] for child, parent in pairwise(way))
    assert forward or upward


def test_unknown_children_are_named_with_their_parents():
    with pytest.raises(
        SourceError, match=r"ontology\.json: children that are no nodes: x \(child of a\), y \(child of"
    ):
        read_ontology(ontology({"a": ["x", "b"], "b": ["y"]}))


def test_of_many_unknown_children_twenty_are_named_and_the_rest_counted():
    with pytest.raises(SourceError, match=r"x19 \(child of a\) … and 5 more"):
        read_ontology(ontology({"a": [f"x{number}" for number in range(25)]}))


def test_two_nodes_of_one_id_are_named_with_their_number():
    nodes = [{"id": identity, "name": "N", "child_ids": []} for identity in ("/m/a", "/m/b", "/m/a", "/m/a")]
    with pytest.raises(SourceError, match=r"ontology\.json: ids of more than one node: /m/a \(3 times\);"):
        read_ontology(Source("ontology.json", json.dumps(nodes).encode()))


def test_json_that_cannot_be_parsed_names_the_line():
    with pytest.raises(SourceError, match=r"ontology\.json, line 3: not valid JSON"):
        read_ontology(Source("ontology.json", b'[\n  {"id": "/m/a",\n  ]}\n'))


@pytest.mark.parametrize(
    "nodes",
    [
        {},
        None,
        ["/m/a"],
        [{"name": "A"}],
        [{"id": 3, "name": "A"}],
        [{"id": "/m/a", "name": None}],
        [{"id": "/m/a", "name": "A", "child_ids": None}],
        [{"id": "/m/a", "name": "A", "child_ids": [3]}],
        [{"id": "/m/a", "name": "A", "child_ids": "/m/b"}],
        [{"id": "/m/a", "name": "A", "child_ids": [], "restrictions": None}],
        [{"id": "/m/a", "name": "A", "child_ids": [], "restrictions": "abstract"}],
    ],
)
def test_json_that_holds_something_else_is_refused(nodes):
    with pytest.raises(SourceError, match=r"ontology\.json: expected a list of nodes"):
        class_table(read_ontology(Source("ontology.json", json.dumps(nodes).encode())), [], {})


def test_ontology_that_is_not_utf_8_is_refused_by_name():
    with pytest.raises(SourceError, match=r"ontology\.json, line 1: not UTF-8 at byte 2"):
        read_ontology(Source("ontology.json", b'["\xe9"]'))


# --- the real ones ---


@pytest.mark.shared
def test_audioset_has_632_classes_of_which_527_are_in_use(shared):
    folder = shared / "data/audioset"
    tree = read_ontology(Source.read(str(folder / "ontology.json")))
    frame = class_table(tree, class_index(Source.read(str(folder / "class_labels_indices.csv"))), {})
    assert len(frame) == 632
    assert sorted(frame["class_index"].drop_nulls()) == list(range(527))
    parents = Counter(frame["parent_ids"].list.len())
    assert parents[0] == 7
    assert sum(count for number, count in parents.items() if number > 1) == 38
    assert max(parents) == 4
    assert frame["depth"].max() == 5
    assert frame["is_abstract"].sum() == 23
    assert frame["is_blacklisted"].sum() == 67


@pytest.mark.shared
def test_32_of_the_456_real_display_names_are_of_classes_that_the_ontology_lacks(shared):
    folder = shared / "data/audioset"
    names = display_names(Source.read(str(folder / "mid_to_display_name.tsv")))
    tree = read_ontology(Source.read(str(folder / "ontology.json")))
    assert len(names) == 456
    frame = class_table(tree, [], names)
    assert len(frame) == 632 + 32
    assert frame["depth"].null_count() == 32
