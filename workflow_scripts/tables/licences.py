"""Licences that sounds and tables are published under, the one place that says so: ids, and what they forbid.

Imports nothing heavy. What SQL has to know of them is made of the same lists.
"""

import re

_LISTED = """
0BSD AFL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-2.0 Artistic-2.0 BSD-2-Clause BSD-3-Clause BSL-1.0 C-UDA-1.0
CC-BY-1.0 CC-BY-2.0 CC-BY-2.5 CC-BY-2.5-AU CC-BY-3.0 CC-BY-3.0-AT CC-BY-3.0-AU CC-BY-3.0-DE CC-BY-3.0-IGO
CC-BY-3.0-NL CC-BY-3.0-US CC-BY-4.0
CC-BY-NC-1.0 CC-BY-NC-2.0 CC-BY-NC-2.5 CC-BY-NC-3.0 CC-BY-NC-3.0-DE CC-BY-NC-4.0
CC-BY-NC-ND-1.0 CC-BY-NC-ND-2.0 CC-BY-NC-ND-2.5 CC-BY-NC-ND-3.0 CC-BY-NC-ND-3.0-DE CC-BY-NC-ND-3.0-IGO
CC-BY-NC-ND-4.0
CC-BY-NC-SA-1.0 CC-BY-NC-SA-2.0 CC-BY-NC-SA-2.0-DE CC-BY-NC-SA-2.0-FR CC-BY-NC-SA-2.0-UK CC-BY-NC-SA-2.5
CC-BY-NC-SA-3.0 CC-BY-NC-SA-3.0-DE CC-BY-NC-SA-3.0-IGO CC-BY-NC-SA-4.0
CC-BY-ND-1.0 CC-BY-ND-2.0 CC-BY-ND-2.5 CC-BY-ND-3.0 CC-BY-ND-3.0-DE CC-BY-ND-4.0
CC-BY-SA-1.0 CC-BY-SA-2.0 CC-BY-SA-2.0-UK CC-BY-SA-2.1-JP CC-BY-SA-2.5 CC-BY-SA-3.0 CC-BY-SA-3.0-AT
CC-BY-SA-3.0-DE CC-BY-SA-3.0-IGO CC-BY-SA-4.0
CC-PDDC CC-PDM-1.0 CC-SA-1.0 CC0-1.0 CDLA-Permissive-1.0 CDLA-Permissive-2.0 CDLA-Sharing-1.0 DL-DE-BY-2.0
DL-DE-ZERO-2.0 ECL-2.0 EUPL-1.2 GPL-2.0-only GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later ISC LAL-1.2 LAL-1.3
LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later MIT MIT-0 MPL-2.0 O-UDA-1.0 ODC-By-1.0 ODbL-1.0
OGL-Canada-2.0 OGL-UK-2.0 OGL-UK-3.0 PDDL-1.0 Unlicense WTFPL Zlib etalab-2.0
"""
SPDX_IDS = tuple(_LISTED.split())
"""Of the SPDX list (https://spdx.org/licenses), 3.26: all of Creative Commons and the others that data comes under."""
NONCOMMERCIAL = tuple(one for one in SPDX_IDS if "-NC-" in one)
"""Those of them that forbid commercial use."""
NO_DERIVATIVES = tuple(one for one in SPDX_IDS if "-ND-" in one)
"""Those of them under which nothing but the work as it is may be handed on. All others let anybody hand on what was
made of it too, if need be under the same licence or for no money."""
SAID_NONCOMMERCIAL = (
    r"(?i)non[\W_]?commercial|\bno[tn]?\W(for |any )?commercial|^\W*nc\W*$"
    r"|(licenses/|(^|[^a-z])(cc|by)[\W_]+)((by|nd|sa)[\W_]+)*nc([^a-z]|$)"
)
"""What words hold that forbid it though they have no SPDX id, in the grammar that Python and DuckDB share."""

MACROS = """
CREATE MACRO spdx_ids() AS [{ids}];
CREATE MACRO noncommercial(licence) AS CASE
    WHEN list_contains([{noncommercial}], licence) THEN true
    WHEN list_contains([{ids}], licence) THEN false
    WHEN regexp_matches(licence, '{said}') THEN true
END;
"""


def forbids_commercial_use(licence: str | None) -> bool | None:
    """Whether a licence does, as far as its SPDX id or its words tell; None where they do not.

    >>> forbids_commercial_use("CC-BY-NC-4.0"), forbids_commercial_use("CC0-1.0"), forbids_commercial_use("ask me")
    (True, False, None)
    >>> [forbids_commercial_use(one) for one in ("cc-by-nc", "NC", "Attribution Noncommercial", "no commercial use")]
    [True, True, True, True]
    """
    if licence in SPDX_IDS:
        return licence in NONCOMMERCIAL
    return True if licence and re.search(SAID_NONCOMMERCIAL, licence, re.ASCII) else None


def allows_redistribution(licence: str | None) -> bool:
    """Whether what is made of a work (a cut, other samples, a feature) may be handed on, as its SPDX id tells.

    Of words that are no SPDX id nobody knows.

    >>> [allows_redistribution(one) for one in ("CC0-1.0", "CC-BY-NC-4.0", "CC-BY-ND-4.0", "CC BY", None)]
    [True, True, False, False, False]
    """
    return licence in SPDX_IDS and licence not in NO_DERIVATIVES


def sql_macros() -> str:
    """The same for DuckDB: spdx_ids(), and noncommercial(licence), each in no need of the other."""
    return MACROS.format(ids=_texts(SPDX_IDS), noncommercial=_texts(NONCOMMERCIAL), said=SAID_NONCOMMERCIAL)


def _texts(ids: tuple[str, ...]) -> str:
    return ", ".join(f"'{one}'" for one in ids)
