"""The venv of `make augment`, for tests that have effects made."""

from pathlib import Path

import pytest

from workflow_scripts.settings.augment import VENV

NEEDED = pytest.mark.skipif(not (VENV / "installed").exists(), reason="no .venv-augment: `make augment` makes it")


def lent(folder: Path) -> None:
    """Have it in a copy of the workflow too."""
    (folder / VENV.name).symlink_to(VENV)
