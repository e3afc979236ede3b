"""Which clips of each dataset a run wants: those that its settings say, or else those that the dataset's file says."""

from collections.abc import Mapping
from typing import Any

from workflow_scripts.errors import first_twenty, nearest, shown
from workflow_scripts.settings.reading import SettingsError

Subset = dict[str, Any]
"""`subset` of a dataset file, with its defaults."""


def subsets_of(of_run: Mapping[str, Subset], of_files: Mapping[str, Subset | None]) -> dict[str, Subset]:
    """The subset of each dataset that one is wanted of.

    Args:
        of_run: what the settings of the run say, by dataset.
        of_files: for each dataset what its file says; None if nothing.

    Raises:
        SettingsError: the run speaks of a dataset that it has not.
    """
    for name in of_run:
        if name not in of_files:
            there = f"there are {first_twenty(sorted(of_files))}{nearest(name, of_files)}"
            raise SettingsError(f"config: subset: no dataset of the run is called {shown(name)}; {there}")
    wanted = {name: of_run.get(name, subset or {}) for name, subset in of_files.items()}
    return {name: subset for name, subset in wanted.items() if subset.keys() - {"seed"}}
