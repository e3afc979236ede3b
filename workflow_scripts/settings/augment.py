"""The venv in which effects are made: audiomentations wants an older soxr than the lock has."""

from collections.abc import Iterable
from pathlib import Path

VENV = Path(__file__).resolve().parents[2] / ".venv-augment"
MADE_HERE = ("background", "frequency_mask")
"""Transforms that are made without it."""


def python_of_effects() -> Path:
    """Its Python, which is there where `absent` has nothing to say."""
    return VENV / "bin" / "python"


def absent(transforms: Iterable[str]) -> str:
    """Words for the user where some transforms need it and it is not there; none else."""
    needing = [name for name in dict.fromkeys(transforms) if name not in MADE_HERE]
    if not needing or ((VENV / "installed").is_file() and python_of_effects().exists()):
        return ""
    return (
        f"audiomentations, which makes {', '.join(needing)}, is not installed: there is no {VENV}, or none that runs "
        "on this machine: `make augment` makes it"
    )
