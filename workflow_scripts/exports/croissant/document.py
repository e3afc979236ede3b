"""croissant.json: a dataset, its files and its records, for machines that look for datasets.

Source of the form: https://mlcommons.org/croissant/1.1 (docs/croissant-spec-1.1.md in github.com/mlcommons/croissant).
"""

import hashlib
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from workflow_scripts.exports.croissant.context import CONFORMS_TO, CONTEXT
from workflow_scripts.exports.croissant.facts import Facts
from workflow_scripts.exports.croissant.records import licence_url
from workflow_scripts.exports.croissant.responsible import rai
from workflow_scripts.tables.licences import forbids_commercial_use

MOST_SOURCES = 100
"""So many are told one by one."""


def document(
    about: Mapping[str, Any],
    options: Mapping[str, Any],
    facts: Facts,
    distribution: list[dict[str, Any]],
    record_sets: list[dict[str, Any]],
) -> dict[str, Any]:
    """The document, without what nothing is known of.

    Args:
        about: what the dataset file and the registry say of the dataset.
        options: of the export: what only its publisher knows.
        facts: what was counted.
        distribution: its files.
        record_sets: how they are read.
    """
    known = about["known"]
    said = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": about["name"],
        "alternateName": known.get("title"),
        "description": _description(about, facts),
        "url": options.get("url") or known.get("home"),
        "creator": [_creator(one) for one in options["creators"]],
        "datePublished": options.get("published"),
        "version": options.get("version"),
        "citeAs": options.get("citation") or known.get("citation"),
        "license": _licences(about["rights"], facts),
        "usageInfo": _conditions(about["rights"], known, facts),
        "keywords": ["audio", *([known["kind"]] if "kind" in known else [])],
        "prov:wasDerivedFrom": _sources(facts.sources),
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "prov:label": "labels read, audio decoded and judged, tables written",
            "prov:wasAssociatedWith": {"@type": "prov:SoftwareAgent", "prov:label": f"Soundledger {about['version']}"},
        },
        **rai(options["rai"], about, facts),
        "distribution": distribution,
        "recordSet": record_sets,
    }
    return {key: value for key, value in said.items() if value not in (None, [], "")}


def lacking(said: Mapping[str, Any]) -> list[str]:
    """What Croissant requires or recommends and nobody said, as the options that would say it."""
    options = {
        "url": "url",
        "creator": "creators",
        "datePublished": "published",
        "version": "version",
        "citeAs": "citation",
    }
    return [option for key, option in options.items() if key not in said]


def _description(about: Mapping[str, Any], facts: Facts) -> str:
    known = about["known"]
    told = [known.get("title", about["name"]), known.get("size", "").strip().rstrip(".")]
    return (
        f"{'. '.join(filter(None, told))}. Here: {facts.clips:,} clips, of which {facts.usable:,} are usable, "
        f"{facts.hours:,.2f} hours of sound. Each has a row, whatever became of it."
    )


def _creator(one: str | Mapping[str, str]) -> dict[str, str]:
    if isinstance(one, str):
        return {"@type": "sc:Person", "name": one}
    return {"@type": "sc:Organization", "name": one["organization"]}


def _licences(rights: Mapping[str, str], facts: Facts) -> list[Any]:
    """Those of the clips, the most first, and that of the labels."""
    named = [row["licence"] for row in facts.licences] + [rights.get("labels")]
    return [licence_url(one) or {"@type": "sc:CreativeWork", "name": one} for one in dict.fromkeys(filter(None, named))]


def _conditions(rights: Mapping[str, str], known: Mapping[str, str], facts: Facts) -> list[dict[str, Any]]:
    """What may be done with it: by terms of DUO where a licence says it, else in words."""
    restricted = [row for row in facts.licences if forbids_commercial_use(row["licence"])]
    terms = [
        {
            "@type": "sc:DefinedTerm",
            "name": "non-commercial use only",
            "termCode": "DUO_0000046",
            "url": "duo:0000046",
            "description": f"{row['clips']:,} clips under {row['licence']}",
        }
        for row in restricted
    ]
    words = {"terms": rights.get("terms"), "licence, as its pages say": known.get("licence")}
    return terms + [{"@type": "sc:CreativeWork", "name": name, "text": text} for name, text in words.items() if text]


def _sources(sources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was read; of very many files one collection, with the digest of their digests, one a line."""
    if len(sources) <= MOST_SOURCES:
        return [_source(source) for source in sources]
    digests = "".join(f"{digest}\n" for digest in sorted(source["sha256"] for source in sources))
    return [
        {
            "@type": "prov:Collection",
            "prov:label": f"{len(sources):,} files",
            "sha256": hashlib.sha256(digests.encode()).hexdigest(),
            "contentSize": f"{sum(source['bytes'] for source in sources)} B",
        }
    ]


def _source(source: Mapping[str, Any]) -> dict[str, Any]:
    """A file that labels or classes were read from: its name, since its place is nobody's affair, and its digest."""
    return {
        "@type": "prov:Entity",
        "@id": f"urn:sha256:{source['sha256']}",
        "prov:label": PurePath(source["source"]).name,
        "sha256": source["sha256"],
        "contentSize": f"{source['bytes']} B",
    }
