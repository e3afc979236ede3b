"""Rule resolve: what a dataset promises, checks, reviews -> clips, orphans, summary, roots, captions, reviews."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.ledger.checked import RootChecks
from workflow_scripts.ledger.resolve import resolve
from workflow_scripts.settings.places import Places
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import aside
from workflow_scripts.tables.store import lazy_table, write_parts

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    checks = Places.by_root(snakemake.input.checks, [root["slug"] for root in snakemake.params.roots])
    roots = [
        RootChecks(
            root["slug"],
            root["path"],
            root["holds"],
            list(map(Path, checks[root["slug"]])),
            Path(not_looked_at),
            root["links"],
        )
        for root, not_looked_at in zip(snakemake.params.roots, snakemake.input.not_looked_at, strict=True)
    ]
    promised, params = lazy_table(Path(snakemake.input.promised)), snakemake.params
    captions = lazy_table(Path(snakemake.input.captions))
    reviews = lazy_table(Path(snakemake.input.reviews)) if snakemake.input.reviews else None
    with aside(Path(snakemake.output.clips)) as folder:
        limits, match, splits = params.limits, params.match, params.splits
        tables = resolve(promised, roots, limits, match, splits, folder, captions=captions, reviews=reviews)
        for name, parts in tables:
            write_parts(parts, Path(snakemake.output[name]), schemas.RESOLVED[name])
