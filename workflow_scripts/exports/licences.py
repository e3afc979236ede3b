"""Which licences an export takes clips under, as the dataset file says under `licences`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow_scripts.tables.licences import SPDX_IDS, forbids_commercial_use


@dataclass(frozen=True)
class Licences:
    """What a clip's licence has to be for an export to take it; whatever is not said, any licence will do.

    Attributes:
        only: SPDX ids; clips of others are held back. None for any.
        noncommercial: whether clips are taken whose licence forbids commercial use, by its SPDX id or its words.
        unknown: what becomes of clips without a licence, or of one without an SPDX id: `keep` or `hold`.
    """

    only: frozenset[str] | None = None
    noncommercial: bool = True
    unknown: str = "keep"

    @classmethod
    def of(cls, written: Mapping[str, Any] | None) -> "Licences":
        """Of the settings of an export; None where it is not narrowed."""
        if written is None:
            return ANY
        only = frozenset(written["only"]) if "only" in written else None
        return cls(only, written["noncommercial"], written["unknown"])

    def allow(self, licence: str | None) -> bool:
        """Whether clips of a licence are taken.

        >>> Licences(unknown="hold").allow("CC-BY-4.0"), Licences(unknown="hold").allow("CC BY")
        (True, False)
        """
        if not self.noncommercial and forbids_commercial_use(licence):
            return False
        if licence not in SPDX_IDS:
            return self.unknown == "keep"
        return self.only is None or licence in self.only


ANY = Licences()
"""Of an export that is not narrowed."""
