"""Which losses a dataset file allows."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workflow_scripts.errors import first_twenty, nearest, shown
from workflow_scripts.settings.reading import SettingsError

ALL_ROOTS = "audio"


@dataclass(frozen=True)
class Bearable:
    """What may be lost of a dataset without an error.

    Attributes:
        names: what the dataset file calls each source and root that the tables name: `segments.eval`, `audio/wav`.
        allowed: those sources and roots that may be lost, as the tables name them.
        max_rejected_fraction: the share of a source's rows that may be rejected.
    """

    names: dict[str, str]
    allowed: tuple[str, ...]
    max_rejected_fraction: float


def bearable(
    sources: dict[str, str], roots: dict[str, str], wanted: Iterable[str], max_rejected_fraction: float, file: Path
) -> Bearable:
    """What the names in `allow_loss` stand for.

    Args:
        sources: for each source its key below `sources`.
        roots: for the slug of each root its path as written.
        wanted: a source's key, or one above it (`segments` for all lists); a root's path; or `audio`, for all roots.
        max_rejected_fraction: as it is.
        file: the dataset file.

    Raises:
        SettingsError: a name that is neither.
    """
    names = {**sources, **roots, ALL_ROOTS: ALL_ROOTS}
    allowed: list[str] = []
    for ordinal, name in enumerate(wanted):
        meant = [lost for lost, own in sources.items() if own == name or own.startswith((f"{name}.", f"{name}["))]
        meant += [lost for lost, own in roots.items() if os.path.normpath(own) == os.path.normpath(name)]
        meant += [*roots, ALL_ROOTS] if name == ALL_ROOTS else []
        if not meant:
            known = list(dict.fromkeys(names.values()))
            raise SettingsError(
                f"{file}: allow_loss[{ordinal}]: no source or audio root is called {shown(name)}; there are "
                f"{first_twenty(known)}{nearest(name, known)}"
            )
        allowed += meant
    return Bearable(names, tuple(dict.fromkeys(allowed)), max_rejected_fraction)
