"""Pages that are written from what is there.

config/README.md, from the schemas: every key with its type, default and meaning. The lists in README.md and
docs/exports.md. And from the dataset files, config/datasets/README.md and what docs/acquire.md has of them.

Run as `python -m workflow_scripts.settings.reference` (`make docs`).
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Any

from workflow_scripts.settings.definitions import of_definitions
from workflow_scripts.settings.schemas import (
    CONFIG_FOLDER,
    adapters,
    dataset_schema,
    exports,
    mapping_schema,
    options_schema,
    run_schema,
    sources_schema,
)

README = CONFIG_FOLDER.parent / "README.md"
EXPORTS = CONFIG_FOLDER.parent / "docs/exports.md"
ACQUIRE = CONFIG_FOLDER.parent / "docs/acquire.md"
BEGIN, END = "<!-- made by `make docs` from the schemas of adapters and exports -->", "<!-- end of what was made -->"
BEGIN_OF_DEFINITIONS = "<!-- made by `make docs` from the files in config/datasets -->"
DATASETS = """\
# Dataset files

Made by `make docs` from the comments that they begin with; change those, not this page. In each stands besides whence
the data comes and how it is to be cited. Paths start from the folder where Snakemake runs: with `esc50/` there, as its
authors publish it, `snakemake --config 'datasets=["esc50"]'` is all. A copy of the file may have paths of your own, and
no `audio` where only the labels are wanted ([more](../../docs/add-a-dataset.md)).

| dataset | what it is | licence |
| --- | --- | --- |"""
HEADER = """\
# Configuration

Made by `make docs` from the schemas beside this file and those in the folders of adapters and exports; change
those, not this page. An unknown key stops the run with its name and the nearest known one.
"""


def reference() -> str:
    """The page as Markdown."""
    of_adapters = [schema for name in adapters() for schema in (sources_schema(name, "adapter"), mapping_schema(name))]
    of_formats = [options_schema(name, "exports") for name in exports()]
    all_there = filter(None, (run_schema(), dataset_schema(), *of_adapters, *of_formats))
    sections = [_section(schema) for schema in all_there]
    return "\n".join([HEADER, *sections])


def with_overview(page: str, overview: Iterable[str], begin: str = BEGIN) -> str:
    """A page with what is made between its two marks, of which the first says of what."""
    before, _, rest = page.partition(f"{begin}\n")
    _, _, after = rest.partition(f"{END}\n")
    return "\n".join([f"{before}{begin}", *overview, f"{END}\n{after}"])


def datasets() -> str:
    """A page of the dataset files that are there: what each begins with."""
    files = sorted((CONFIG_FOLDER / "datasets").glob("*.yaml"))
    rows = [(f"[`{file.stem}`]({file.name})", *_said_of(file.read_text(encoding="utf-8"))) for file in files]
    return "\n".join([DATASETS, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _said_of(file: str) -> tuple[str, str]:
    """Of the comment that a dataset file begins with what it is, and the licence."""
    lines = [
        line.removeprefix("#").strip() for line in itertools.takewhile(lambda line: line[:1] == "#", file.splitlines())
    ]
    parts = re.split(r" (?=(?:From|Audio|Licence|Cite): )", " ".join(lines).replace("|", "\\|"))
    licence = next((part for part in parts if part.startswith("Licence: ")), "")
    return parts[0], licence.removeprefix("Licence: ")[:1].upper() + licence.removeprefix("Licence: ")[1:]


def of_readme() -> Iterator[str]:
    """What README.md has of them: a table of the adapters, and the names of the exports."""
    yield from ("| adapter | reads | finds media by their |", "| --- | --- | --- |")
    for name in adapters():
        schema = sources_schema(name, "adapter")
        match = "as the file says" if schema["match"] == "declared" else f"`{schema['match']}`"
        yield f"| {_linked(name, schema, '')} | {_first_sentence(schema)} | {match} |"
    links = [_linked(name, options_schema(name, "exports"), "") for name in exports()]
    yield from ("", f"Exports, and [what each gives](docs/exports.md): {', '.join(links)}.")


def of_exports() -> Iterator[str]:
    """What docs/exports.md has of them: a table."""
    yield from ("| export | gives |", "| --- | --- |")
    for name in exports():
        schema = options_schema(name, "exports")
        yield f"| {_linked(name, schema, '../')} | {_first_sentence(schema)} |"


def _linked(name: str, schema: dict[str, Any], above: str) -> str:
    anchor = re.sub(r"[^a-z0-9_ -]", "", schema["title"].lower()).replace(" ", "-")
    return f"[`{name}`]({above}config/README.md#{anchor})"


def _first_sentence(schema: dict[str, Any]) -> str:
    return " ".join(schema["description"].split()).split(". ")[0].removesuffix(".")


def _section(schema: dict[str, Any]) -> str:
    lines = [f"## {schema['title']}", "", schema["description"].strip(), ""]
    lines += ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    lines += [_row(key, part, required) for key, part, required in _keys(schema, schema, "")]
    return "\n".join(lines) + "\n"


def _keys(schema: dict[str, Any], whole: dict[str, Any], prefix: str) -> Iterator[tuple[str, dict[str, Any], bool]]:
    for name, part in schema.get("properties", {}).items():
        part = whole["$defs"][part["$ref"].rsplit("/", 1)[-1]] if "$ref" in part else part
        key = f"{prefix}{name}"
        yield key, part, name in schema.get("required", [])
        yield from _keys(part, whole, f"{key}.")
        for form in part.get("anyOf", []):
            yield from _keys(form, whole, f"{key}.")
        for form in (part.get("items", {}), *part.get("items", {}).get("anyOf", [])):
            yield from _keys(form, whole, f"{key}[].")


def _row(key: str, part: dict[str, Any], required: bool) -> str:
    default = (
        "required" if required else f"`{_plain(part['default'])}`" if part.get("default") not in (None, {}) else ""
    )
    meaning = " ".join(part.get("description", "").split()).replace("|", "\\|")
    return f"| `{key}` | {_value(part)} | {default} | {meaning} |"


KINDS = {
    "array": "list",
    "object": "mapping",
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
}


def _value(part: dict[str, Any]) -> str:
    if "enum" in part:
        return " or ".join(f"`{value}`" for value in part["enum"])
    bounds = [f"≥ {part['minimum']}"] if "minimum" in part else []
    bounds += [f"> {part['exclusiveMinimum']}"] if "exclusiveMinimum" in part else []
    bounds += [f"≤ {part['maximum']}"] if "maximum" in part else []
    forms = [KINDS[form.get("type", "object")] for form in part.get("anyOf", []) if form.keys() & {"type", "$ref"}]
    name = KINDS.get(part.get("type", ""), part.get("type", " or ".join(dict.fromkeys(forms)) or "name or mapping"))
    return f"{name} {', '.join(bounds)}".strip()


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


OVERVIEWS = {README: (of_readme, BEGIN), EXPORTS: (of_exports, BEGIN), ACQUIRE: (of_definitions, BEGIN_OF_DEFINITIONS)}
"""Pages that have something made between their marks, and the first of these."""

if __name__ == "__main__":
    (CONFIG_FOLDER / "README.md").write_text(reference(), encoding="utf-8")
    for page, (overview, begin) in OVERVIEWS.items():
        page.write_text(with_overview(page.read_text(encoding="utf-8"), overview(), begin), encoding="utf-8")
    (CONFIG_FOLDER / "datasets/README.md").write_text(datasets(), encoding="utf-8")
