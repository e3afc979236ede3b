"""Files as they trouble people in public threads: each is what another decoder, or its container, says of it."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from tests.workers import SETTINGS
from workflow_scripts.media.content import Content
from workflow_scripts.sound.examine import examine

EXACT_S = 0.0005
"""Times are given to the millisecond."""


def status(row: dict[str, Any]) -> str:
    """That of a clip which is all of this media, short of limits."""
    if not row["load_ok"]:
        return "unreadable"
    return "truncated" if row.get("error_kind") == "truncated" else "usable"


@pytest.mark.shared
def test_every_file_is_what_it_is_said_to_be(shared: Path) -> None:
    folder = shared / "trouble"
    with (folder / "expected.csv").open(encoding="utf-8") as file:
        expected = list(csv.DictReader(file))
    assert len(expected) > 20
    wrong = {one["file"]: faults for one in expected if (faults := _disagreements(folder / one["file"], one))}
    assert wrong == {}


def _disagreements(file: Path, expected: dict[str, str]) -> list[str]:
    row = examine(Content.of(file.read_bytes()), None, SETTINGS)
    tolerance = re.search("±([0-9.]+) s", expected["reference"])
    within = float(tolerance[1]) if tolerance else EXACT_S
    wrong = [] if status(row) == expected["status"] else [f"{status(row)}: {row.get('error')}"]
    if expected["duration_s"] and abs(row.get("duration_s", 0) - float(expected["duration_s"])) > within + 1e-6:
        wrong.append(f"{row.get('duration_s')} s")
    told = {name: str(row.get(name)) for name in ("sample_rate", "channels") if expected[name]}
    return wrong + [f"{name} {value}" for name, value in told.items() if value != expected[name]]
