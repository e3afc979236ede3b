"""The examples in docstrings are run."""

import doctest
import importlib
import pkgutil

import pytest

import workflow_scripts

PACKAGES = [module for module in pkgutil.iter_modules(workflow_scripts.__path__) if module.ispkg]
MODULES = [
    "workflow_scripts.errors",
    *(
        module.name
        for package in PACKAGES
        for module in pkgutil.walk_packages(
            [f"{workflow_scripts.__path__[0]}/{package.name}"], f"workflow_scripts.{package.name}."
        )
    ),
]
"""All but the entry scripts, which run when they are imported."""


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_examples_are_found() -> None:
    found = [doctest.testmod(importlib.import_module(name)).attempted for name in MODULES]
    assert sum(found) >= 7
