"""What an export says of licences, held against the licences that there are."""

from typing import Any

from workflow_scripts.errors import nearest, shown
from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.tables.licences import NONCOMMERCIAL, SPDX_IDS


def check_licences(licences: dict[str, Any], where: str) -> None:
    """See that what an export asks for can be had.

    Args:
        licences: as the schema of dataset files has them, with defaults.
        where: how errors call the place.

    Raises:
        SettingsError: names each text that is no SPDX id and the nearest that is one, or each id that
            `noncommercial: false` would hold back.
    """
    only = licences.get("only", [])
    problems = [
        f"{where}.only: {shown(one)} is none of the SPDX ids that are known"
        + (nearest(one, SPDX_IDS) or "; those of Creative Commons are like CC-BY-4.0 and CC0-1.0")
        for one in only
        if one not in SPDX_IDS
    ]
    if not licences["noncommercial"]:
        problems += [
            f"{where}.only: {one} forbids commercial use, so `noncommercial: false` holds it back; leave one out"
            for one in only
            if one in NONCOMMERCIAL
        ]
    if problems:
        raise SettingsError("\n".join(problems))
