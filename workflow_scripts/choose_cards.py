"""Rule choose_cards: the catalogue -> which clips have cards on a review page, and what goes into each of its packs."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.review.asking import asking
from workflow_scripts.review.choosing import chosen_clips
from workflow_scripts.review.lists import write_cards

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]), asking(Path(snakemake.input.catalogue)) as connection:
    settings, dataset = snakemake.params.review, snakemake.wildcards.dataset
    chosen = chosen_clips(connection, dataset, settings)
    cards, lists = Path(snakemake.output.cards), Path(snakemake.output.lists)
    write_cards(connection, dataset, chosen, settings["longest_s"], cards, lists)
