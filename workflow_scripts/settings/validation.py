"""Validation against the closed JSON Schemas of config/, with errors that say what to do."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from workflow_scripts.errors import nearest, shown
from workflow_scripts.settings.reading import SettingsError

Schema = dict[str, Any]

KINDS = {
    "array": "a list, `[one, two]`",
    "object": "a mapping, `key: value`",
    "string": "text",
    "integer": "a whole number",
}
"""What JSON Schema's types are called in YAML."""


def validated(settings: dict[str, Any], schema: Schema, where: str) -> dict[str, Any]:
    """Validate settings against a schema and return a copy filled with its defaults.

    Args:
        settings: what the user wrote.
        schema: a closed JSON Schema.
        where: how errors call the place, usually a file's path.

    Raises:
        SettingsError: names every key at fault, what was expected, and the nearest key that is known.
    """
    from jsonschema import Draft202012Validator

    _refuse_endless_numbers(settings, where, "")
    problems = sorted(set(_problems(Draft202012Validator(schema).iter_errors(settings))))
    if problems:
        more = [f"… and {len(problems) - 20:,} more"] if len(problems) > 20 else []
        raise SettingsError("\n".join([*(f"{where}: {problem}" for problem in problems[:20]), *more]))
    return with_defaults(settings, schema, schema)


def read_from_text(settings: Any, schema: Schema) -> Any:
    """A copy of settings in which text is a number or a truth value where a schema wants one.

    Snakemake's `--config` reads those as such itself, but not what stands below a key: there, all is text.
    """
    if isinstance(settings, dict):
        return {name: read_from_text(value, schema_below(name, schema)) for name, value in settings.items()}
    if isinstance(settings, str) and schema.get("type") in ("integer", "number", "boolean"):
        with contextlib.suppress(ValueError, RecursionError):
            read = json.loads(settings.lower())
            return read if isinstance(read, (bool, int, float)) else settings
    return settings


def _refuse_endless_numbers(value: Any, where: str, key: str) -> None:
    """Raises SettingsError for a whole number that no column holds; of many digits, Python cannot even write it."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise SettingsError(f"{where}: {key or 'the whole'}: expected a number of at most 64 bits, found a longer one")
    if isinstance(value, dict):
        for name, one in value.items():
            _refuse_endless_numbers(name, where, f"a key of {key}" if key else "a key")
            _refuse_endless_numbers(one, where, _dotted(key, name))
    elif isinstance(value, (list, tuple, set)):
        for one in value:
            _refuse_endless_numbers(one, where, key)


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
            yield f"{key}: {shown(error.instance)} is not known; one of {allowed} was expected{hint}"
        elif error.validator == "type" and "propertyNames" in error.absolute_schema_path:
            yield f"{key}: expected keys that are text, found {shown(error.instance)}; put it in quotes"
        elif error.validator == "type":
            expected = KINDS.get(error.validator_value, error.validator_value)
            yield f"{key}: expected {expected}, found {shown(error.instance)}"
        elif error.validator == "not":
            yield f"{key}: {shown(error.instance)} is taken; choose another"
        else:
            said = error.message.replace(repr(error.instance), shown(error.instance))
            yield f"{key or 'the whole'}: {said}"


def _unknown_keys(error: Any, key: str) -> Iterator[str]:
    known, gone = list(error.schema["properties"]), error.schema.get("gone", {})
    for name in error.instance:
        if name in gone:
            yield f"{_dotted(key, name)}: {gone[name]}"
        elif name not in known:
            hint = nearest(name, known) or f"; known are {', '.join(known)}"
            yield f"{_dotted(key, name)}: unknown key{hint}"


def _nearest_alternative(error: Any, key: str) -> Iterator[str]:
    """Of several allowed forms, speak of the one that the user meant: that of the same type, else of text."""
    types = [form.get("type", "string") for form in error.validator_value]
    same = "object" if isinstance(error.instance, dict) else "array" if isinstance(error.instance, list) else "string"
    wanted = same if same in types else "string"
    meant = [inner for inner in error.context if types[inner.schema_path[0]] == wanted]
    if meant:
        yield from _problems(meant)
    else:
        expected = " or ".join(dict.fromkeys(KINDS.get(kind, kind) for kind in types))
        yield f"{key}: expected {expected}, found {shown(error.instance)}"


def _dotted(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def with_defaults(settings: Any, schema: Schema, whole: Schema) -> Any:
    """A copy of settings with the schema's defaults where the user wrote nothing."""
    schema = form_of(settings, schema, whole)
    if isinstance(settings, dict):
        defaults = {name: part["default"] for name, part in schema.get("properties", {}).items() if "default" in part}
        filled = settings | {name: value for name, value in defaults.items() if name not in settings}
        return {name: with_defaults(value, schema_below(name, schema), whole) for name, value in filled.items()}
    if isinstance(settings, list):
        return [with_defaults(one, schema.get("items", {}), whole) for one in settings]
    return settings


def schema_below(name: str, schema: Schema) -> Schema:
    """What a schema says of the value of one key."""
    part: Schema = schema.get("properties", {}).get(name) or schema.get("additionalProperties") or {}
    return part


def form_of(value: Any, schema: Schema, whole: Schema) -> Schema:
    """What a schema says of a value that is valid: of several forms that it may have, the first that it has.

    Args:
        value: what the user wrote.
        schema: a part of a schema: itself, `$ref: "#/$defs/…"` or `anyOf`.
        whole: the schema that it is a part of.
    """
    from jsonschema import Draft202012Validator

    if "$ref" in schema:
        return form_of(value, whole["$defs"][schema["$ref"].rsplit("/", 1)[-1]], whole)
    if "anyOf" in schema:
        validator = Draft202012Validator(whole)
        found = next(form for form in schema["anyOf"] if validator.evolve(schema=form).is_valid(value))
        return form_of(value, found, whole)
    return schema
