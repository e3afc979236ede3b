"""The card of a dataset, for those who find it in a hub: Markdown, with YAML at its head.

Source of the form: https://huggingface.co/docs/hub/datasets-cards, and datasetcard.md in
https://github.com/huggingface/hub-docs, which names the fields and their values.
"""

from collections.abc import Iterable
from typing import Any

from workflow_scripts.exports.cards import front_matter, licence_on_hub
from workflow_scripts.report.pages.asked import Ask, answer
from workflow_scripts.report.pages.decision import Decision
from workflow_scripts.report.pages.facts import DatasetFacts
from workflow_scripts.report.pages.rendering import rendered

SIZES = {
    1_000: "n<1K",
    10_000: "1K<n<10K",
    100_000: "10K<n<100K",
    1_000_000: "100K<n<1M",
    10_000_000: "1M<n<10M",
    100_000_000: "10M<n<100M",
}
"""What the hub calls fewer clips than so many."""
MORE = "100M<n<1B"


def card_text(ask: Ask, facts: DatasetFacts, found: Iterable[Decision]) -> str:
    """README.md of a dataset. Paths of this machine are nobody's affair, and stand nowhere in it."""
    licences = answer(ask, "licences_of_clips", dataset=facts.dataset).rows.to_dicts()
    rights = {
        row["setting"].removeprefix("rights."): row["value"]
        for row in answer(ask, "settings", dataset=facts.dataset).rows.to_dicts()
        if row["setting"].startswith("rights.")
    }
    body = rendered(
        "card.md.j2",
        facts=facts,
        found=list(found),
        splits=answer(ask, "splits", dataset=facts.dataset).rows.to_dicts(),
        licences=licences,
        rights=rights,
    )
    return f"{front_matter(_head(facts, [row['licence'] for row in licences]))}\n{body}"


def _head(facts: DatasetFacts, licences: list[str | None]) -> dict[str, Any]:
    tasks = {"task_categories": ["audio-classification"]} if facts.classes_said else {}
    kind = [facts.known["kind"]] if "kind" in facts.known else []
    return {
        "pretty_name": facts.title,
        **licence_on_hub(licences),
        **tasks,
        "size_categories": [next((size for bound, size in SIZES.items() if facts.usable < bound), MORE)],
        "tags": ["audio", *kind],
    }
