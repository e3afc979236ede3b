"""Class trees: an ontology in AudioSet's JSON, and the table of it with the classes in use and names from elsewhere.

Source of the format: https://github.com/audioset/ontology (README). A class may have several parents.
"""

import graphlib
import json
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

import polars as pl

from workflow_scripts.errors import first_twenty
from workflow_scripts.sources.faults import SourceError, as_source_error, shown
from workflow_scripts.sources.source import Source
from workflow_scripts.tables import schemas

MOST_ABOVE = 1_000
"""Classes above one: AudioSet's have ten at most, a taxonomy of life some forty. A label brings all of them along."""
MOST_ANCESTORS = 20_000_000
"""Of all classes together: a million classes with 20 each, in 2 GB of memory."""


def read_ontology(source: Source) -> dict[str, dict[str, Any]]:
    """The nodes of an ontology.json by id.

    Raises:
        SourceError: not JSON (with its line), nodes without id or name, two nodes of one id, unknown children, cycles;
            each names the nodes.
    """
    nodes = source.json()
    with as_source_error(source.path, "valid JSON"):
        json.dumps(nodes, ensure_ascii=False).encode()  # half a character is none
    if not isinstance(nodes, list) or not all(isinstance(node, dict) and _is_named(node) for node in nodes):
        raise SourceError(f"{source.path}: expected a list of nodes, each with an id, a name and child_ids")
    counts = Counter(node["id"] for node in nodes)
    if twice := [f"{identity} ({count} times)" for identity, count in counts.items() if count > 1]:
        raise SourceError(f"{source.path}: ids of more than one node: {first_twenty(twice)}; keep one node for each")
    return tree_of(nodes, source.path)


def tree_of(nodes: list[dict[str, Any]], path: str) -> dict[str, dict[str, Any]]:
    """Nodes by id.

    Raises:
        SourceError: unknown children, cycles.
    """
    tree = {node["id"]: node for node in nodes}
    _check_children(tree, path)
    return tree


def _is_named(node: dict[str, Any]) -> bool:
    children = node.get("child_ids", [])
    return (
        isinstance(node.get("id"), str)
        and isinstance(node.get("name"), str)
        and isinstance(children, list)
        and all(isinstance(child, str) for child in children)
        and isinstance(node.get("restrictions", []), list)
    )


def _check_children(tree: dict[str, dict[str, Any]], path: str) -> None:
    unknown = [
        f"{child} (child of {node['id']})" for node in tree.values() for child in _children(node) if child not in tree
    ]
    if unknown:
        raise SourceError(f"{path}: children that are no nodes: {first_twenty(unknown)}; add them or take them out")
    sorter = graphlib.TopologicalSorter({identity: _children(node) for identity, node in tree.items()})
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        raise SourceError(f"{path}: classes above themselves: {' → '.join(error.args[1])}; break the cycle") from None


def _children(node: dict[str, Any]) -> list[str]:
    children: list[str] = node.get("child_ids", [])
    return children


def class_table(
    tree: dict[str, dict[str, Any]], index: list[tuple[int, str, str]], more_names: dict[str, str]
) -> pl.DataFrame:
    """The `classes` table: every node of the ontology, then classes known only by index, then only by name.

    Raises:
        SourceError: more classes stand above one, or above all together, than any vocabulary has.
    """
    parents = parents_by_class(tree)
    ancestors = _ancestors(parents)
    depths = _depths(tree, parents)
    indices = {mid: number for number, mid, _ in index}
    names = {**more_names, **{mid: name for _, mid, name in index}, **{i: node["name"] for i, node in tree.items()}}
    order = [*tree, *(mid for _, mid, _ in index if mid not in tree)]
    order += sorted(set(more_names) - set(order))
    return pl.DataFrame(
        [
            {
                "class_id": identity,
                "class_index": indices.get(identity),
                "name": names[identity],
                "parent_ids": parents.get(identity, []),
                "ancestor_ids": ancestors.get(identity, []),
                "depth": depths.get(identity),
                "is_abstract": "abstract" in _restrictions(tree, identity),
                "is_blacklisted": "blacklist" in _restrictions(tree, identity),
                "description": _text(tree, identity, "description"),
                **{name: _text(tree, identity, name) for name in ("scientific_name", "rank", "extra")},
            }
            for identity in order
        ],
        schema=schemas.CLASSES.empty().schema,
    )


def _text(tree: dict[str, dict[str, Any]], identity: str, key: str) -> str | None:
    """What a node says under a key; what is no text there, as JSON."""
    value = tree.get(identity, {}).get(key)
    return value if isinstance(value, str | None) else json.dumps(value, ensure_ascii=False)


def _restrictions(tree: dict[str, dict[str, Any]], identity: str) -> list[str]:
    restrictions: list[str] = tree.get(identity, {}).get("restrictions", [])
    return restrictions


def parents_by_class(tree: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """The classes directly above each class, in the order of the ontology."""
    parents: dict[str, list[str]] = {identity: [] for identity in tree}
    for identity, node in tree.items():
        for child in dict.fromkeys(_children(node)):
            parents[child].append(identity)
    return parents


def _ancestors(parents: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """All classes above each class, from those of its parents: no way up is walked twice.

    Raises:
        SourceError: there are more of them than MOST_ABOVE, or MOST_ANCESTORS.
    """
    above: dict[str, list[str]] = {}
    count = 0
    for identity in graphlib.TopologicalSorter(parents).static_order():
        own = set(parents[identity]).union(*(above[parent] for parent in parents[identity]))
        count += len(own)
        if len(own) > MOST_ABOVE:
            raise SourceError(
                f"more than {MOST_ABOVE:,} classes stand above the class {shown(identity)}, and each of its labels "
                "would bring all of them along; expected a tree of fewer levels"
            )
        if count > MOST_ANCESTORS:
            raise SourceError(
                f"the {len(parents):,} classes have more than {MOST_ANCESTORS:,} classes above them, all together; "
                "expected a tree of fewer levels or of fewer classes"
            )
        above[identity] = sorted(own)
    return above


def _depths(tree: dict[str, dict[str, Any]], parents: dict[str, list[str]]) -> dict[str, int]:
    """The length of the shortest way from a root, breadth first."""
    depths = {identity: 0 for identity in tree if not parents[identity]}
    queue = deque(depths)
    while queue:
        identity = queue.popleft()
        for child in _children(tree[identity]):
            if child not in depths:
                depths[child] = depths[identity] + 1
                queue.append(child)
    return depths
