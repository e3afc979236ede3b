"""The examples in docstrings are run."""

import doctest
import importlib
import pkgutil

import pytest

import workflow_scripts.adapters
import workflow_scripts.labels
import workflow_scripts.settings
import workflow_scripts.tables

PACKAGES = (workflow_scripts.settings, workflow_scripts.labels, workflow_scripts.adapters, workflow_scripts.tables)
MODULES = ["workflow_scripts.errors"] + [
    module.name for package in PACKAGES for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_slug_is_explained_by_an_example():
    assert doctest.testmod(importlib.import_module("workflow_scripts.settings.run")).attempted >= 1
