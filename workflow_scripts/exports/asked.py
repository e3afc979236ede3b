"""What was asked of a plan, in a note beside it. Imports nothing heavy.

Snakemake looks for changed parameters of a checkpoint that reads what another checkpoint made only when it has taken
its outputs for current: the packs of the last plan would be those of new settings. So whoever starts a run looks.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def asked(format_name: str, options: Mapping[str, Any], licences: Mapping[str, Any] | None) -> str:
    """The text of a note: all that a plan follows from beside tables and checks.

    >>> asked("csv", {"paths": "absolute"}, None)
    '{"format": "csv", "licences": null, "options": {"paths": "absolute"}}'
    """
    told = {"format": format_name, "options": dict(options), "licences": None if licences is None else dict(licences)}
    return json.dumps(told, sort_keys=True)


def is_noted(note: Path, text: str) -> bool:
    """Whether a note says so."""
    try:
        return note.read_bytes() == text.encode()
    except OSError:
        return False
