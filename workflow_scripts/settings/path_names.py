"""Paths that a configuration names: what no rule, table, terminal or disk can hold is refused by name, before a run."""

import os
import unicodedata
from pathlib import Path

from workflow_scripts.errors import shown
from workflow_scripts.settings.reading import SettingsError

LONGEST_NAME = 255
"""Bytes of one name in a folder, as nearly all filesystems have it."""
LONGEST_PATH = 3_000
"""Bytes of a path: systems take 4,096, of which the run needs some for what lies below."""


def refuse_unfit(path: str, where: str) -> None:
    """Raises SettingsError for a path that is no file's, or that whoever gets it takes for something else.

    Names below audio roots are not asked: they are never told to Snakemake.

    >>> refuse_unfit("labels [v2]/*.csv", "mine.yaml: sources.table")
    """
    if why := _unfit(path):
        raise SettingsError(f"{where}: {shown(path)} {why}")


def results_folder(named: str, where: str, workdir: Path) -> str:
    """The absolute path of the folder that takes the results, which need not be there yet.

    Raises:
        SettingsError: none can be, or what writes there cannot say its name.
    """
    refuse_unfit(named, where)
    if "://" in named:
        raise SettingsError(
            f"{where}: {shown(named)} is an address; expected a folder (exports go elsewhere: `deliver`)"
        )
    path = os.path.abspath(workdir / named)
    refuse_unfit(path if len(os.fsencode(path)) > LONGEST_PATH else named, where)
    if "?" in path:
        raise SettingsError(
            f"{where}: {shown(path)} holds a question mark, behind which DuckDB takes the name of a database for "
            "something else; call it otherwise"
        )
    there = path
    while not os.path.lexists(there):
        there = os.path.dirname(there)
    if not os.path.isdir(there):
        raise SettingsError(f"{where}: {shown(path)} cannot be a folder: {shown(there)} is none; name another place")
    return path


def _unfit(path: str) -> str:
    """Why a path cannot be named; "" where it can."""
    if "{" in path or "}" in path:
        return "holds a brace, which Snakemake takes for a wildcard; call it otherwise"
    if any("\ud800" <= one <= "\udfff" for one in path):  # so Python calls bytes that are none
        return "cannot be named: its name is no UTF-8; call it otherwise"
    if any(unicodedata.category(one) == "Cc" for one in path):
        return "holds a control character, which a terminal would obey; call it otherwise"
    if path.startswith(("~", "$")):
        return "begins as what a shell alone fills in; write the path itself, or `./` before it if that is its name"
    if any(len(os.fsencode(name)) > LONGEST_NAME for name in path.split("/")):
        return f"has a name of more than {LONGEST_NAME} bytes, which filesystems do not take; shorten it"
    if len(os.fsencode(path)) > LONGEST_PATH:
        return f"is longer than {LONGEST_PATH:,} bytes; shorten it"
    return ""
