"""The rooms of workflow_scripts, and which way imports go between them."""

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "workflow_scripts"
MAY_IMPORT = {
    "errors": set(),
    "processes": set(),
    "tables": {"errors", "processes"},
    "fetch": {"errors", "processes", "tables"},
    "progress": {"errors"},
    "workers": {"errors"},  # it knows nothing of what is done in them
    "media": {"errors", "processes", "tables", "fetch", "workers"},
    "sound": {"errors", "media"},  # it knows no tables, no roots, no workers
    "sources": {"errors", "tables", "media"},
    "settings": {"errors", "tables", "media", "sources", "fetch"},
    "adapters": {"errors", "tables", "sources", "media"},
    "check": {"errors", "tables", "media", "sound", "workers", "progress"},
    "ledger": {"errors", "tables", "sources", "media"},
    "exports": {"errors", "tables", "media", "sound"},
    "deliver": {"errors", "tables", "exports", "progress"},  # of exports, accounts and digests
    "catalogue": {"errors", "tables", "settings"},
    "report": {"errors", "tables", "exports"},  # it asks the catalogue alone; of exports, accounts and cards
    "review": {"errors", "processes", "tables", "media", "sound", "exports"},  # exports cut and encode what it plays
    "windows": {"errors", "tables", "media", "exports"},  # exports cut the windows out
    "fit": {"errors", "tables", "media", "sound", "exports", "windows"},  # exports cut the clips out
    "years": {"errors", "tables", "sources"},
    "judging": {"errors", "tables", "sources"},
    "pairs": {"errors", "tables", "derive"},  # of derive, draws
    "matching": {"errors", "tables", "sound", "exports"},  # of sound, fingerprints; of exports, what splits they take
    "derive": {
        "errors",
        "tables",
        "media",
        "sound",
        "exports",  # they cut and encode what it makes
        "catalogue",
        "settings",  # where the venv is in which effects are made
    },
    "run": {
        "errors",
        "processes",
        "tables",
        "settings",
        "check",
        "progress",
        "catalogue",
        "exports",
        "ledger",
        "media",
        "adapters",
        "fetch",
        "acquire",
        "deliver",
        "review",  # the command that serves its page
        "report",  # what pictures there should be
    },
    "sample": {"errors", "tables"},
    "acquire": {
        "errors",
        "processes",
        "tables",
        "fetch",
        "media",
        "check",
        "progress",
    },  # of check, faults that may pass
}
"""Each room, and the rooms that it may import from. Entry scripts may from all."""


def modules() -> dict[str, Path]:
    """Every module by its name below workflow_scripts."""
    return {
        ".".join(file.relative_to(SCRIPTS).with_suffix("").parts).removesuffix(".__init__"): file
        for file in sorted(SCRIPTS.rglob("*.py"))
        if file != SCRIPTS / "__init__.py"
    }


def imports(file: Path) -> Iterator[str]:
    """What a module imports, also inside functions: names below workflow_scripts, and `snakemake`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.startswith("workflow_scripts."):
                yield name.removeprefix("workflow_scripts.")
            elif name.split(".")[0] == "snakemake":
                yield "snakemake"


def is_entry(name: str, file: Path) -> bool:
    return file.parent == SCRIPTS and name not in ("errors", "processes", "entry")


def test_every_room_has_its_place_in_the_picture() -> None:
    rooms = {path.name for path in SCRIPTS.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    assert rooms == set(MAY_IMPORT) - {"errors", "processes"}


def test_imports_go_one_way() -> None:
    wrong = [
        f"{name} imports {imported}"
        for name, file in modules().items()
        if name.split(".")[0] in MAY_IMPORT and not is_entry(name, file)
        for imported in imports(file)
        if imported.split(".")[0] not in MAY_IMPORT[name.split(".")[0]] | {name.split(".")[0], "snakemake"}
    ]
    assert wrong == []


def test_rooms_have_no_circle() -> None:
    graphlib.TopologicalSorter(MAY_IMPORT).prepare()


def test_modules_have_no_circle() -> None:
    known = modules()
    graph = {
        name: {
            imported if imported in known else imported.rpartition(".")[0]
            for imported in imports(file)
            if imported != "snakemake"
        }
        for name, file in known.items()
    }
    graphlib.TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("room", ["adapters", "exports"])
def test_tenants_of_a_room_do_not_know_each_other(room: str) -> None:
    wrong = [
        f"{name} imports {imported}"
        for name, file in modules().items()
        if name.startswith(f"{room}.")
        for imported in imports(file)
        if imported.startswith(f"{room}.")
        and any((SCRIPTS / room / imported.split(".")[1]).glob("*.schema.yaml"))
        and imported.split(".")[1] != name.split(".")[1]
    ]
    assert wrong == []


def test_nothing_but_entry_scripts_and_run_knows_snakemake() -> None:
    knows = {name for name, file in modules().items() if "snakemake" in imports(file) and not is_entry(name, file)}
    assert {name for name in knows if not name.startswith("run.")} == set()


def test_no_two_public_classes_share_a_name() -> None:
    places: dict[str, list[str]] = {}
    for name, file in modules().items():
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(name)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}
