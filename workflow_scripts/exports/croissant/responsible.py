"""Croissant's RAI properties: what was counted, and what the dataset file says of the dataset; nothing else.

Source: https://mlcommons.org/croissant/RAI/1.0.
"""

from collections.abc import Mapping
from typing import Any

from workflow_scripts.exports.croissant.facts import Facts
from workflow_scripts.exports.croissant.records import kind_of_split

ONCE = {
    "annotationsPerItem",
    "dataCollection",
    "dataCollectionMissingData",
    "dataCollectionRawData",
    "dataImputationProtocol",
    "dataManipulationProtocol",
    "dataReleaseMaintenancePlan",
    "dataSocialImpact",
}
"""Properties that have one text; others have as many as there are."""
FOR = {"cr:TrainingSplit": "Training", "cr:ValidationSplit": "Validation", "cr:TestSplit": "Testing"}


def rai(said: Mapping[str, Any], about: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """The properties, those that nothing is known of left out.

    Args:
        said: what the dataset file says, by the property's name.
        about: the dataset.
        facts: what was counted.
    """
    counted: dict[str, list[str | None]] = {
        "dataCollectionMissingData": [_lost(facts)],
        "dataCollectionRawData": [_raw(about, facts)],
        "dataPreprocessingProtocol": [_judged(about["limits"])],
        "dataAnnotationProtocol": [_labelled(facts)],
        "annotationsPerItem": [_each(facts)],
        "dataBiases": [_frequent(facts)],
        "dataLimitations": [_unlicensed(facts), _lost(facts)],
        "dataUseCases": [*_uses(facts)],
        "dataCollectionTimeframe": list(facts.recorded or ()),
    }
    properties = {}
    for name in sorted(counted.keys() | said.keys()):
        own = said.get(name, [])
        texts = [*([own] if isinstance(own, str) else own), *(text for text in counted.get(name, []) if text)]
        if texts:
            properties[f"rai:{name}"] = " ".join(texts) if name in ONCE else texts
    return properties


def _lost(facts: Facts) -> str | None:
    lost: dict[str, int] = {}
    for row in facts.statuses:
        if row["status"] != "usable":
            lost[row["status"]] = lost.get(row["status"], 0) + row["clips"]
    if not lost:
        return None
    each = ", ".join(f"{count:,} {status}" for status, count in sorted(lost.items(), key=lambda one: (-one[1], one[0])))
    return f"Of {facts.clips:,} clips {sum(lost.values()):,} have no usable sound: {each}."


def _raw(about: Mapping[str, Any], facts: Facts) -> str | None:
    rows = sum(source["rows_read"] for source in facts.sources)
    kept = sum(source["rows_kept"] for source in facts.sources)
    of_files = f"{len(facts.sources):,} sources with {rows:,} rows, of which {kept:,} were taken."
    audio = about["known"].get("audio")
    return " ".join(filter(None, [f"Audio: {audio}" if audio else None, of_files if facts.sources else None])) or None


def _judged(limits: Mapping[str, float]) -> str:
    return (
        "Every media was decoded to its end once, and each clip has one status. A usable clip has "
        f"{limits['min_duration_s']:g} to {limits['max_duration_s']:g} s of sound; one of at least "
        f"{limits['train_min_duration_s']:g} s is trainable."
    )


def _labelled(facts: Facts) -> str | None:
    kinds = {
        "annotated": "{} that annotators said",
        "ontology": "{} that follow from these by the ontology",
        "background": "{} of what is heard behind",
    }
    each = [
        f"{kinds.get(row['origin'], '{} ' + row['origin']).format(format(row['labels'], ','))} ({row['strength']})"
        for row in facts.labels
    ]
    return f"Labels: {'; '.join(each)}." if each else None


def _each(facts: Facts) -> str | None:
    annotated = [row for row in facts.labels if row["origin"] == "annotated"]
    told = [f"{row['labels'] / row['clips']:.2f} {row['strength']} labels a clip that has any" for row in annotated]
    captions, clips = facts.captions
    told += [f"{captions / clips:.2f} captions a clip that has any"] if clips else []
    return f"On average {', '.join(told)}." if told else None


def _frequent(facts: Facts) -> str | None:
    if not facts.classes:
        return None
    most, least = facts.classes[0], facts.classes[-1]
    if most["clips"] == least["clips"]:
        return None
    return (
        f"Classes are not equally frequent: of {len(facts.classes):,} that annotators said, {most['name']} is said of "
        f"{most['clips']:,} clips, {least['name']} of {least['clips']:,}."
    )


def _unlicensed(facts: Facts) -> str | None:
    unknown = sum(row["clips"] for row in facts.licences if row["licence"] is None)
    return f"Of {facts.clips:,} clips {unknown:,} have no licence that is known." if unknown else None


def _uses(facts: Facts) -> list[str]:
    splits = sorted({row["split"] for row in facts.statuses})
    return [
        f"{FOR[kind]}: {split} ({facts.of_split(split):,} usable clips)"
        for split in splits
        if (kind := kind_of_split(split))
    ]
