"""Chromium for the tests that look at our pages."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-consumers" / "bin" / "python"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def look() -> Callable[..., Any]:
    """Run a script of this folder beside Playwright, with arguments; what it prints, which is JSON."""
    if not (ROOT / ".venv-consumers" / "installed").exists():
        pytest.skip("no .venv-consumers: `make test` makes it")
    if not os.access("/usr/bin/chromium", os.X_OK):
        pytest.skip("no Chromium: apt install chromium")

    def run(script: str, *arguments: object) -> Any:
        command = [PYTHON, "-m", f"tests.browser.{script}", *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
