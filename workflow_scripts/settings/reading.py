"""YAML files of the configuration, read within bounds: whoever wrote one, it ends in a mapping or in clear words."""

import stat
from pathlib import Path
from typing import Any

import yaml

from workflow_scripts.errors import SoundledgerError

MOST_BYTES = 1_000_000
"""A dataset file has some thousand bytes."""

MOST_UNFOLDED = 4 * MOST_BYTES
"""Characters and nodes of a file once each alias stands for what it repeats."""


class SettingsError(SoundledgerError):
    """A configuration that cannot be run; the message names file, key, what was expected and what to do."""


class MissingError(SettingsError):
    """A file or a folder that a dataset names is not there: it may be with the next run, as what is not mounted now."""


class _Bounded(yaml.constructor.SafeConstructor):
    """YAML whose mappings hold each key once: of two, the first would be lost without a word."""

    def get_single_node(self) -> Any:
        node = super().get_single_node()  # type: ignore[misc]  # the loader's
        _unfolded(node, {})
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (yaml.YAMLError, RecursionError):
            raise
        except Exception as error:  # noqa: BLE001  a date in month 13 and the like end in many kinds
            problem = f"cannot be read as {node.tag.rpartition(':')[2]}: {error}"
            raise yaml.constructor.ConstructorError(problem=problem, problem_mark=node.start_mark) from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value if isinstance(node, yaml.MappingNode) else ():  # `!!set x` is refused below
            if isinstance(key_node, yaml.ScalarNode) and key_node.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"key {key_node.value} stands there twice", problem_mark=key_node.start_mark
                )
            seen.add(key_node.value if isinstance(key_node, yaml.ScalarNode) else id(key_node))
        return super().construct_mapping(node, deep)


class _Loader(_Bounded, yaml.SafeLoader):
    """It knows the line of whatever is wrong, and ends in clear words however deep a file is nested."""


_OF_LIBYAML: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _QuickLoader(_Bounded, _OF_LIBYAML):  # type: ignore[misc]
    """A tenth of the time, where PyYAML was built with libyaml."""


def load_own_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping of the workflow itself, which nobody else wrote: a tenth of the time of a start goes there.

    Raises:
        SettingsError: as load_yaml, which is asked where something is wrong.
    """
    try:
        content = yaml.load(_text(path), Loader=_QuickLoader)
    except yaml.YAMLError:
        return load_yaml(path)
    return content if isinstance(content, dict) else load_yaml(path)


def load_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping.

    Raises:
        SettingsError: the file is missing, no regular file, too large, is no YAML (with its line), or holds no mapping.
    """
    text = _text(path)
    loader = None
    try:
        loader = _Loader(text)
        content = loader.get_single_data()
    except yaml.YAMLError as error:
        raise SettingsError(
            f"{path}, line {_line(error, text)}: not valid YAML: {getattr(error, 'problem', None) or error}"
        ) from None
    except RecursionError:
        line = loader.line + 1 if loader else 1
        raise SettingsError(f"{path}, line {line}: not valid YAML here: nested too deeply") from None
    if not isinstance(content, dict):
        raise SettingsError(f"{path}: expected `key: value` lines, found {type(content).__name__}")
    return content


def _text(path: Path) -> str:
    """What a regular file of bounded size holds. A pipe or a device would be waited for, or read for ever."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise SettingsError(f"{path}: expected a regular file, found a folder, a pipe or a device")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise SettingsError(f"{path}: more than {MOST_BYTES:,} bytes; a file of settings is smaller")
        return content.decode("utf-8")
    except FileNotFoundError:
        raise SettingsError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from None


def _line(error: yaml.YAMLError, text: str) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line + 1 if mark else text.count("\n", 0, getattr(error, "position", 0)) + 1


def _unfolded(node: yaml.Node | None, known: dict[int, int]) -> int:
    """How large a node is once aliases stand for what they repeat; a few lines of them can ask for all memory.

    Raises:
        yaml.YAMLError: it is too large, or holds itself.
    """
    if node is None or id(node) in known:
        return 0 if node is None else known[id(node)]
    known[id(node)] = MOST_UNFOLDED + 1  # should it come again before it is done, it holds itself
    parts = node.value if not isinstance(node, yaml.MappingNode) else [one for pair in node.value for one in pair]
    size = 1 + (len(node.value) if isinstance(node, yaml.ScalarNode) else sum(_unfolded(one, known) for one in parts))
    if size > MOST_UNFOLDED:
        raise yaml.composer.ComposerError(
            problem=f"its aliases stand for more than {MOST_UNFOLDED:,} characters", problem_mark=node.start_mark
        )
    known[id(node)] = size
    return size
