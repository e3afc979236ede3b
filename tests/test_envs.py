"""The lock, requirements.in and the conda environments say the same, and hold what the scripts import."""

import ast
import functools
import re
import sys
from collections.abc import Iterator
from importlib.metadata import distributions, packages_distributions
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
GROUPS = sorted((ROOT / "envs").glob("*.txt"))
SCRIPTS = "workflow_scripts"
# Snakemake puts itself on the path of every script that it runs, whichever environment that script runs in.
NOT_FROM_ENV = sys.stdlib_module_names | {SCRIPTS, "snakemake"}


# --- what the files list ---


def requirements(path: Path) -> dict[str, Requirement]:
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return _by_name(line for line in lines if line)


def env_requirements(path: Path) -> dict[str, Requirement]:
    dependencies = yaml.safe_load(path.read_text(encoding="utf-8"))["dependencies"]
    return _by_name(line for entry in dependencies if isinstance(entry, dict) for line in entry["pip"])


def _by_name(lines: Iterator[str]) -> dict[str, Requirement]:
    return {canonicalize_name(found.name): found for found in map(Requirement, lines)}


# --- what a rule runs, and where ---


def script_rules(root: Path) -> Iterator[tuple[str, Path, Path | None]]:
    """Each rule with a script: how to call it, its script, and its environment file."""
    for file in [root / "Snakefile", *sorted((root / "rules").glob("*.smk"))]:
        if not file.is_file():
            continue
        _, *parts = re.split(
            r"^[ \t]*(?:rule|checkpoint)[ \t]+(\w+)[ \t]*:", file.read_text(encoding="utf-8"), flags=re.M
        )
        for name, body in zip(parts[::2], parts[1::2], strict=True):
            where = f"{file.relative_to(root)}: rule {name}"
            if script := _directive(body, "script", where):
                env = _directive(body, "conda", where)
                yield where, (file.parent / script).resolve(), (file.parent / env).resolve() if env else None


def _directive(rule: str, key: str, where: str) -> str | None:
    if not (found := re.search(rf"^[ \t]+{key}:\s*(.+)$", rule, re.M)):
        return None
    value = re.fullmatch(r'"([^"]+)",?', found[1].strip())
    assert value, f"{where}: {key}: expected one path in double quotes, found {found[1]}"
    return value[1]


# --- what a script imports ---


def third_party_imports(script: Path, root: Path) -> dict[str, str]:
    """The third-party modules that a script and its own modules import, each with one place that does."""
    found: dict[str, str] = {}
    for file in own_modules(script, root):
        for name, line in _imports(file, root):
            if (top := name.split(".")[0]) not in NOT_FROM_ENV:
                found.setdefault(top, f"{file.relative_to(root)}:{line}")
    return found


def own_modules(script: Path, root: Path) -> list[Path]:
    """A script and all of the project that it may import."""
    waiting, seen = [script], [script]
    while waiting:
        file = waiting.pop()
        for name, _ in _imports(file, root):
            own = [found for found in _own_files(name, root) if found not in seen]
            seen += own
            waiting += own
    return seen


def _imports(file: Path, root: Path) -> Iterator[tuple[str, int]]:
    """Every module name that a file may import, also inside functions, with its line; `a.b.*` for any module in a.b."""
    waiting: list[ast.AST] = [ast.parse(file.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            waiting += node.orelse
            continue
        waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute("." * node.level + (node.module or ""), file, root)
            yield module, node.lineno
            yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield _absolute(_dynamic_name(node, file, root), file, root), node.lineno


def _absolute(name: str, file: Path, root: Path) -> str:
    dots = len(name) - len(name.lstrip("."))
    return ".".join([*_dotted(file, root)[:-dots], name[dots:]]).strip(".") if dots else name


def _dotted(file: Path, root: Path) -> tuple[str, ...]:
    return file.relative_to(root).with_suffix("").parts


def _dynamic_name(call: ast.Call, file: Path, root: Path) -> str:
    """The name given to import_module, with `*` from the first part of an f-string on that only a run knows."""
    package, module = ".".join(_dotted(file, root)[:-1]), ".".join(_dotted(file, root)).removesuffix(".__init__")
    known = {"__package__": package, "__name__": module}
    argument, name = call.args[0], ""
    for part in argument.values if isinstance(argument, ast.JoinedStr) else [argument]:
        value = part.value if isinstance(part, ast.FormattedValue) else part
        text = value.value if isinstance(value, ast.Constant) else known.get(ast.unparse(value), "*")
        name += str(text)
        if text == "*":
            break
    assert not name.endswith("*") or re.fullmatch(r"\.*\w[\w.]*\.\*", name), (
        f"{file.relative_to(root)}:{call.lineno}: nobody can tell what {ast.unparse(call)} imports: "
        f'write the package out, as in import_module(f"{SCRIPTS}.adapters.{{name}}")'
    )
    return name


def _own_files(name: str, root: Path) -> Iterator[Path]:
    """The files that `import name` runs, if it is a module of this project: its own and those of its parents."""
    *parents, last = parts = name.split(".")
    if parts[0] != SCRIPTS:
        return
    if last == "*":
        yield from root.joinpath(*parents).rglob("*.py")
    for depth in range(1, len(parts) + 1):
        path = root.joinpath(*parts[:depth])
        # of a package and a module of one name, as the script of rule `check` is, Python imports the package
        yield from [file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()][:1]


# --- the two against each other ---


def faults(root: Path) -> list[str]:
    """What is wrong with the environments of the rules under root, one line each."""
    rules = list(script_rules(root))
    if not rules:
        return [f"{root}: no rule with a script was found"]
    return [fault for rule in rules for fault in _faults_of_rule(*rule, root)]


def _faults_of_rule(where: str, script: Path, env: Path | None, root: Path) -> Iterator[str]:
    if env is None:
        yield f"{where}: has script: but no conda:"
        return
    for path in (script, env):
        if not path.is_file():
            yield f"{where}: no such file: {path.relative_to(root)}"
            return
    listed = env_requirements(env).keys()
    for module, place in sorted(third_party_imports(script, root).items()):
        # of a group that is not installed here, a module is called like its distribution
        providers = {canonicalize_name(name) for name in _providers().get(module, ())} or {module} & _in_groups()
        if not providers:
            yield f"{where}: {place} imports {module}, which no installed distribution provides"
        elif not providers & listed:
            yield f"{where}: {place} imports {module}: list {' or '.join(sorted(providers))} in {env.relative_to(root)}"


@functools.cache
def _in_groups() -> set[str]:
    """All that the groups beside the lock list."""
    return {name for group in GROUPS for name in requirements(group)}


@functools.cache
def _providers() -> dict[str, list[str]]:
    """The distributions of each module. Python 3.11 by itself leaves out modules that are one compiled file."""
    found = {module: list(names) for module, names in packages_distributions().items()}
    for distribution in distributions():
        for file in distribution.files or ():
            if len(file.parts) == 1 and file.suffix == ".so":
                found.setdefault(file.name.partition(".")[0], []).append(distribution.metadata["Name"])
    return found


def test_every_rule_has_an_environment_with_all_that_its_script_imports():
    found = faults(ROOT)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("script", "folders"), [("ingest.py", "adapters/*"), ("export.py", "exports/*")])
def test_the_code_of_every_adapter_and_export_is_among_what_a_rule_imports(script, folders):
    code = {file for schema in (ROOT / SCRIPTS).glob(f"{folders}/*.yaml") for file in schema.parent.rglob("*.py")}
    assert code
    assert code <= set(own_modules(ROOT / SCRIPTS / script, ROOT))


@pytest.mark.parametrize("env", sorted((ROOT / "envs").glob("*.yaml")), ids=lambda env: env.name)
def test_environment_has_the_versions_of_the_lock(env):
    locked = requirements(ROOT / "requirements.lock")
    for group in GROUPS:
        locked |= requirements(group)
    listed = env_requirements(env)
    assert listed, f"{env.name} lists no distribution under pip:"
    for name, requirement in listed.items():
        assert requirement == locked.get(name), f"{env.name}: expected {locked.get(name)}, as requirements.lock says"


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_a_group_beside_the_lock_changes_none_of_its_versions(group):
    """Nor what another group, or the venv of a cluster, has: they are installed into one venv, in any order."""
    listed = requirements(group)
    assert listed
    for other in [ROOT / "requirements.lock", ROOT / "profiles" / "slurm" / "requirements.txt", *GROUPS]:
        known = requirements(other)
        differ = [str(it) for name, it in listed.items() if it.specifier != known.get(name, it).specifier]
        assert not differ, f"{group.name} has other versions than {other.name} of: {differ}"


def test_lock_has_all_that_is_asked_for_by_name():
    locked = requirements(ROOT / "requirements.lock")
    asked = requirements(ROOT / "requirements.in")
    assert asked
    missing = asked.keys() - locked.keys()
    assert not missing, f"in requirements.in but not in requirements.lock: {sorted(missing)}: run `make lock`"
    for name, requirement in asked.items():
        version = str(locked[name].specifier).removeprefix("==")
        assert requirement.specifier.contains(version), f"requirements.in wants {requirement}, the lock has {version}"


def test_lock_has_exact_versions_that_any_machine_can_install():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    odd = [line for line in lines if not re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)]
    assert not odd, f"expected name==version without a local part or an address, found {odd}"


def test_everything_asked_for_by_name_says_why():
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    bare = [line for line in lines if line.strip() and not re.search(r"#\s*\S", line)]
    assert not bare, f"requirements.in: say in a comment what these are for: {bare}"


# --- and these checks can fail ---

RULE = """
rule check:
    output:
        "checks.parquet",
    conda:
        "../envs/audio.yaml"
    script:
        "../workflow_scripts/check.py"
"""
ENV = "dependencies: [python=3.11, pip, {pip: [numpy==2.0]}]\n"


def a_tree(folder: Path, modules: dict[str, str], rules: str = RULE) -> Path:
    """A workflow whose environment lists numpy; modules are paths in workflow_scripts, each with its text."""
    files = {"rules/check.smk": rules, "envs/audio.yaml": ENV}
    files |= {f"{SCRIPTS}/{path}.py": text for path, text in modules.items()}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_environment_that_lists_what_is_imported_has_no_fault(tmp_path):
    check = """
        import os
        import numpy as np
        from numpy.typing import NDArray
        from snakemake.script import snakemake
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            import soxr
    """
    assert faults(a_tree(tmp_path, {"check": dedent(check)})) == []


def test_module_imported_in_a_function_has_to_be_listed(tmp_path):
    tree = a_tree(tmp_path, {"check": "def go():\n    import soxr\n"})
    assert faults(tree) == [
        "rules/check.smk: rule check: workflow_scripts/check.py:2 imports soxr: list soxr in envs/audio.yaml"
    ]


@pytest.mark.parametrize(
    "check",
    [
        "import workflow_scripts.sound.measure",
        "from workflow_scripts.sound import measure",
        "from workflow_scripts.sound.measure import peak",
        "from workflow_scripts.any import measure",
        'import_module(f"workflow_scripts.sound.{name}")',
        'importlib.import_module("workflow_scripts.sound.measure")',
        'importlib.import_module(f"{__package__}.sound.{name}")',
    ],
)
def test_module_imported_by_an_imported_module_has_to_be_listed(tmp_path, check):
    modules = {
        "check": check,
        "any/__init__": 'import_module(f"{__name__}.{name}")',
        "any/deep/one": "from ...sound import measure",
        "sound/measure": "from ..tables import store",
        "tables/store": "import yaml",
    }
    assert faults(a_tree(tmp_path, modules)) == [
        "rules/check.smk: rule check: workflow_scripts/tables/store.py:1 imports yaml: list pyyaml in envs/audio.yaml"
    ]


def test_module_imported_by_a_package_on_the_way_has_to_be_listed(tmp_path):
    [fault] = faults(a_tree(tmp_path, {"check": "import workflow_scripts.a.b", "a/__init__": "import yaml", "a/b": ""}))
    assert "workflow_scripts/a/__init__.py:1 imports yaml" in fault


def test_module_that_nothing_provides_is_a_fault(tmp_path):
    [fault] = faults(a_tree(tmp_path, {"check": "import no_such_thing"}))
    assert fault.endswith("check.py:1 imports no_such_thing, which no installed distribution provides")


@pytest.mark.parametrize("call", ["import_module(name)", 'import_module(f"{package}.x")', 'import_module(f"work{x}")'])
def test_import_that_cannot_be_followed_is_an_error(tmp_path, call):
    with pytest.raises(AssertionError, match=r"check\.py:1: nobody can tell what import_module"):
        faults(a_tree(tmp_path, {"check": call}))


def test_script_without_environment_is_a_fault(tmp_path):
    without = RULE.replace("conda:", "log:")
    assert faults(a_tree(tmp_path, {"check": ""}, without)) == [
        "rules/check.smk: rule check: has script: but no conda:"
    ]


def test_every_rule_of_a_file_is_looked_at(tmp_path):
    two = RULE + RULE.replace("rule check", "checkpoint scan").replace("check.py", "scan.py")
    [fault] = faults(a_tree(tmp_path, {"check": "", "scan": "import soxr"}, two))
    assert fault.startswith("rules/check.smk: rule scan: ")


def test_script_that_is_not_there_is_a_fault(tmp_path):
    assert faults(a_tree(tmp_path, {})) == ["rules/check.smk: rule check: no such file: workflow_scripts/check.py"]


def test_tree_without_rules_is_a_fault(tmp_path):
    assert faults(tmp_path) == [f"{tmp_path}: no rule with a script was found"]
