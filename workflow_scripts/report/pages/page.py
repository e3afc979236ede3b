"""The page that tells of a dataset: one file that asks for no other; and its card, made of the same numbers."""

from pathlib import Path

from workflow_scripts.report.drawing.asking import asking
from workflow_scripts.report.pages import sections
from workflow_scripts.report.pages.card import card_text
from workflow_scripts.report.pages.facts import facts_of
from workflow_scripts.report.pages.findings import decisions
from workflow_scripts.report.pages.inline import gallery
from workflow_scripts.report.pages.rendering import rendered
from workflow_scripts.tables.files import whole

REVIEW = "../review/index.html"
"""Where the page on which clips are heard is, seen from the page of the dataset, whether it was made yet or not."""


def write_report(catalogue: Path, dataset: str, pictures: Path, page: Path, card: Path) -> None:
    """Write the page of a dataset, and its card.

    Args:
        catalogue: that is asked.
        dataset: its name.
        pictures: the folder of its pictures.
        page: the file of the one.
        card: and of the other.
    """
    with asking(catalogue, dataset) as ask, asking(catalogue) as ask_all:
        facts = facts_of(ask, dataset)
        found = list(decisions(ask, ask_all, facts))
        html = rendered(
            "report.html.j2",
            facts=facts,
            lost=sections.lost(ask, dataset),
            decisions=[one for one in found if one.number],
            absent=[one for one in found if not one.number],
            pictures=gallery(pictures),
            details=sections.details(ask, dataset),
            inputs=sections.inputs(ask, dataset),
            review=REVIEW,
        )
        in_markdown = card_text(ask, facts, found)
    for file, text in ((page, html), (card, in_markdown)):
        with whole(file) as part:
            part.write_text(text, encoding="utf-8")
