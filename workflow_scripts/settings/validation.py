"""Validation against the closed JSON Schemas of config/, with errors that say what to do."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from workflow_scripts.errors import SoundledgerError

KINDS = {
    "array": "a list, `[one, two]`",
    "object": "a mapping, `key: value`",
    "string": "text",
    "integer": "a whole number",
}
"""What JSON Schema's types are called in YAML."""


class SettingsError(SoundledgerError):
    """A configuration that cannot be run; the message names file, key, what was expected and what to do."""


class _Loader(yaml.SafeLoader):
    """YAML whose mappings hold each key once: of two, the first would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"key {key_node.value} stands there twice", problem_mark=key_node.start_mark
                )
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


def load_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping.

    Raises:
        SettingsError: the file is missing, is no YAML (with its line), or holds no mapping.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except FileNotFoundError:
        raise SettingsError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise SettingsError(f"{path}{line}: not valid YAML: {getattr(error, 'problem', error)}") from None
    if not isinstance(content, dict):
        raise SettingsError(f"{path}: expected `key: value` lines, found {type(content).__name__}")
    return content


def validated(settings: dict[str, Any], schema: dict[str, Any], where: str) -> dict[str, Any]:
    """Validate settings against a schema and return a copy filled with its defaults.

    Args:
        settings: what the user wrote.
        schema: a closed JSON Schema.
        where: how errors call the place, usually a file's path.

    Raises:
        SettingsError: names every key at fault, what was expected, and the nearest key that is known.
    """
    from jsonschema import Draft202012Validator

    problems = sorted(set(_problems(Draft202012Validator(schema).iter_errors(settings))))
    if problems:
        raise SettingsError("\n".join(f"{where}: {problem}" for problem in problems))
    return with_defaults(settings, schema, schema)


def _problems(errors: Any) -> Iterator[str]:
    for error in errors:
        key = ".".join(str(part) for part in error.absolute_path)
        if error.validator == "additionalProperties" and isinstance(error.schema.get("properties"), dict):
            yield from _unknown_keys(error, key)
        elif error.validator == "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            yield from (f"{_dotted(key, name)}: missing; it is required" for name in missing)
        elif error.validator == "anyOf":
            yield from _nearest_alternative(error, key)
        elif error.validator == "enum":
            allowed = ", ".join(map(str, error.validator_value))
            hint = nearest(error.instance, error.validator_value)
            yield f"{key}: {error.instance!r} is not known; one of {allowed} was expected{hint}"
        elif error.validator == "type":
            yield f"{key}: expected {KINDS.get(error.validator_value, error.validator_value)}, found {error.instance!r}"
        elif error.validator == "not":
            yield f"{key}: {error.instance!r} is taken; choose another"
        else:
            yield f"{key or 'the whole'}: {error.message}"


def _unknown_keys(error: Any, key: str) -> Iterator[str]:
    known = list(error.schema["properties"])
    for name in error.instance:
        if name not in known:
            hint = nearest(name, known) or f"; known are {', '.join(known)}"
            yield f"{_dotted(key, name)}: unknown key{hint}"


def _nearest_alternative(error: Any, key: str) -> Iterator[str]:
    """Of several allowed forms, speak of the one that the user meant: that of the same type."""
    form = "object" if isinstance(error.instance, dict) else "string"
    meant = [
        inner for inner in error.context if (error.validator_value[inner.schema_path[0]].get("type", "string") == form)
    ]
    if meant:
        yield from _problems(meant)
    else:
        yield f"{key}: {error.instance!r} is neither a name nor a mapping"


def nearest(name: object, known: list[Any]) -> str:
    """The known name that is most like this one, as a question; nothing if none is."""
    close = difflib.get_close_matches(str(name), [str(one) for one in known], n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _dotted(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def with_defaults(settings: Any, schema: dict[str, Any], whole: dict[str, Any]) -> Any:
    """A copy of settings with the schema's defaults where the user wrote nothing."""
    schema = resolved(schema, whole)
    if isinstance(settings, dict):
        filled = dict(settings)
        for name, part in schema.get("properties", {}).items():
            part = resolved(part, whole)
            if name not in filled and "default" in part:
                filled[name] = part["default"]
            if name in filled:
                filled[name] = with_defaults(filled[name], part, whole)
        return filled
    if isinstance(settings, list):
        return [with_defaults(one, _item_schema(one, schema), whole) for one in settings]
    return settings


def _item_schema(item: Any, schema: dict[str, Any]) -> dict[str, Any]:
    items: dict[str, Any] = schema.get("items", {})
    if isinstance(item, dict) and "anyOf" in items:
        return next(form for form in items["anyOf"] if form.get("type") == "object")
    return items


def resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """A part of a schema, or the definition that it refers to."""
    reference: str = schema.get("$ref", "")
    part: dict[str, Any] = whole["$defs"][reference.rsplit("/", 1)[-1]] if reference else schema
    return part
