"""Class trees: an ontology in AudioSet's JSON, with the classes in use and names from elsewhere.

Source of the format: https://github.com/audioset/ontology (README). A class may have several parents.
"""

import csv
import graphlib
import io
import json
from collections import Counter, deque
from typing import Any

import polars as pl

from workflow_scripts.errors import first_twenty
from workflow_scripts.sources.source import Source, SourceError
from workflow_scripts.tables import schemas

BEYOND = "beyond the columns"


def read_ontology(source: Source) -> dict[str, dict[str, Any]]:
    """The nodes of an ontology.json by id.

    Raises:
        SourceError: not JSON (with its line), nodes without id or name, two nodes of one id, unknown children, cycles;
            each names the nodes.
    """
    try:
        nodes = json.loads(source.text())
    except json.JSONDecodeError as error:
        raise SourceError(f"{source.path}, line {error.lineno}: not valid JSON: {error.msg}") from None
    if not isinstance(nodes, list) or not all(isinstance(node, dict) and _is_named(node) for node in nodes):
        raise SourceError(f"{source.path}: expected a list of nodes, each with an id, a name and child_ids")
    counts = Counter(node["id"] for node in nodes)
    if twice := [f"{identity} ({count} times)" for identity, count in counts.items() if count > 1]:
        raise SourceError(f"{source.path}: ids of more than one node: {first_twenty(twice)}; keep one node for each")
    tree = {node["id"]: node for node in nodes}
    _check_children(tree, source.path)
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


def read_class_index(source: Source) -> list[tuple[int, str, str]]:
    """The rows of a class_labels_indices.csv: index, class id, display name.

    Raises:
        SourceError: a column is missing, an index is no whole number, an index or a class stands there twice; names
            the line.
    """
    reader = csv.DictReader(io.StringIO(source.text()), skipinitialspace=True, restkey=BEYOND)
    if missing := {"index", "mid", "display_name"} - set(reader.fieldnames or []):
        raise SourceError(
            f"{source.path}, line 1: no column {', '.join(sorted(missing))}; expected index,mid,display_name"
        )
    rows: list[tuple[int, str, str]] = []
    seen: dict[object, int] = {}
    for row in reader:
        index, mid, name = row["index"], row["mid"], row["display_name"]
        more = any(row.pop(BEYOND, []))
        if not (index and index.isdecimal() and int(index) < 2**31 and mid and name) or more:
            raise SourceError(f"{source.path}, line {reader.line_num}: expected index,mid,display_name, found {row}")
        for key in (int(index), mid):
            if key in seen:
                raise SourceError(f"{source.path}, line {reader.line_num}: {key} stands in line {seen[key]} already")
            seen[key] = reader.line_num
        rows.append((int(index), mid, name))
    return rows


def read_display_names(source: Source) -> dict[str, str]:
    """The names of a tab-separated `mid, name` list without a header.

    Raises:
        SourceError: a line without exactly two fields; names it.
    """
    names: dict[str, str] = {}
    for number, line in enumerate(source.text().splitlines(), start=1):
        fields = line.split("\t")
        if len(fields) != 2 or not all(fields):
            raise SourceError(f"{source.path}, line {number}: expected a class id, a tab and a name, found {line!r}")
        if names.setdefault(fields[0], fields[1]) != fields[1]:
            raise SourceError(f"{source.path}, line {number}: {fields[0]} is called {names[fields[0]]} already")
    return names


def class_table(
    tree: dict[str, dict[str, Any]], index: list[tuple[int, str, str]], more_names: dict[str, str]
) -> pl.DataFrame:
    """The `classes` table: every node of the ontology, then classes known only by index, then only by name."""
    parents = parents_by_class(tree)
    ancestors = {identity: sorted(_ancestors(identity, parents)) for identity in tree}
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
                "description": tree.get(identity, {}).get("description"),
            }
            for identity in order
        ],
        schema=schemas.empty(schemas.CLASSES).schema,
    )


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


def _ancestors(identity: str, parents: dict[str, list[str]]) -> set[str]:
    above: set[str] = set()
    queue = deque(parents[identity])
    while queue:
        parent = queue.popleft()
        if parent not in above:
            above.add(parent)
            queue.extend(parents[parent])
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
