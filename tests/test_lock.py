"""The lock, made on Python 3.11, serves 3.12 and 3.13 too: all it lists is to be had there, and they want no more."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags, parse_tag
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PLATFORM = "manylinux_2_28_x86_64"
NEWER = pytest.mark.parametrize("python", ["3.12", "3.13"])
RUNNING = "{}.{}".format(*sys.version_info)
OF_ONE_BUILD_OF_TORCH = re.compile("nvidia-|cuda-|triton")


def locked() -> dict[str, str]:
    """The version of each distribution in the lock, by its name."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


LOCKED = locked()


def wanted(name: str, extras: frozenset[str], python: str) -> Iterator[Requirement]:
    """What a distribution asks for on a Python."""
    for text in distribution(name).requires or ():
        requirement = Requirement(text)
        environment = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
        if not requirement.marker or any(
            requirement.marker.evaluate(environment | {"extra": extra}) for extra in extras | {""}
        ):
            yield requirement


def without_a_known_wheel(python: str) -> list[str]:
    """The distributions whose wheel for 3.11, which is installed here, is for that version alone."""
    version = tuple(map(int, python.split(".")))
    taken = {*cpython_tags(version, platforms=["any"]), *compatible_tags(version, platforms=["any"])}
    return [name for name in LOCKED if not taken & {on_any_platform(tag) for tag in tags_of_wheel(name)}]


def tags_of_wheel(name: str) -> Iterator[Tag]:
    for line in re.findall(r"^Tag: (\S+)$", distribution(name).read_text("WHEEL") or "", re.MULTILINE):
        yield from parse_tag(line)


def on_any_platform(tag: Tag) -> Tag:
    return Tag(tag.interpreter, tag.abi, "any")


def versions_with_a_wheel(name: str, *of: str) -> list[str]:
    """The versions of a distribution for which the package index has a wheel; none without an index."""
    command = [sys.executable, "-m", "pip", "index", "versions", name, "--only-binary", ":all:", *of]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"^Available versions: (.*)$", done.stdout, re.MULTILINE)
    return [version.split("+")[0] for version in found[1].split(", ")] if found else []


@pytest.fixture(scope="module")
def index() -> None:
    """A package index; a test that needs it is skipped where none answers."""
    if not versions_with_a_wheel("numpy"):
        pytest.skip("no package index answers")


@NEWER
def test_all_that_the_lock_brings_along_is_in_the_lock(python: str) -> None:
    waiting, seen = [(name, frozenset[str]()) for name in LOCKED], set()
    wrong = []
    while waiting:
        name, extras = asked = waiting.pop()
        if asked in seen:
            continue
        seen.add(asked)
        for requirement in wanted(name, extras, python):
            other = canonicalize_name(requirement.name)
            if other in LOCKED and requirement.specifier.contains(LOCKED[other], prereleases=True):
                waiting.append((other, frozenset(requirement.extras)))
            elif not OF_ONE_BUILD_OF_TORCH.match(other):
                wrong.append(f"{name} asks for {requirement}; the lock has {LOCKED.get(other)}")
    assert not wrong, f"on Python {python}: {wrong}"


@NEWER
def test_all_that_the_lock_lists_takes_that_python(python: str) -> None:
    said = {name: distribution(name).metadata["Requires-Python"] for name in LOCKED}
    refuse = [f"{name} {text}" for name, text in said.items() if text and f"{python}.0" not in SpecifierSet(text)]
    assert not refuse


@pytest.mark.slow
@pytest.mark.usefixtures("index")
@NEWER
def test_all_that_the_lock_lists_has_a_wheel_for_that_python(python: str) -> None:
    names = without_a_known_wheel(python)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        found = threads.map(
            lambda name: versions_with_a_wheel(name, "--python-version", python, "--platform", PLATFORM), names
        )
        lacking = [
            f"{name}=={LOCKED[name]}"
            for name, versions in zip(names, found, strict=True)
            if LOCKED[name] not in versions
        ]
    assert "numpy" in names or python == RUNNING
    assert not lacking, f"no wheel for Python {python}: {lacking}"


@pytest.mark.usefixtures("index")
def test_a_wheel_that_there_is_not_is_missed() -> None:
    assert LOCKED["numpy"] not in versions_with_a_wheel("numpy", "--python-version", "3.10", "--platform", PLATFORM)
    assert LOCKED["numpy"] in versions_with_a_wheel("numpy", "--python-version", "3.11", "--platform", PLATFORM)
