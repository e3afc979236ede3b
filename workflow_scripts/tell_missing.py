"""Rule tell_missing: the ledger of a dataset -> what stays missing, and what lies elsewhere that may be it."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.ledger.elsewhere import elsewhere
from workflow_scripts.ledger.missing import by_class, missing_clips, nothing_proposed, with_key_in_name
from workflow_scripts.settings.places import Places
from workflow_scripts.tables.files import whole
from workflow_scripts.tables.store import lazy_table

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    import polars as pl

    params = snakemake.params
    checks = Places.by_root(snakemake.input.checks, params.roots)
    clips = lazy_table(Path(snakemake.input.clips))
    fetches = pl.concat(map(lazy_table, map(Path, snakemake.input.fetches))) if snakemake.input.fetches else None
    missing = missing_clips(clips, fetches)
    durations = [
        lazy_table(Path(file)).select(pl.lit(root).alias("root"), "path", "member", "duration_s")
        for root, files in checks.items()
        for file in files
    ]
    proposed = [nothing_proposed()]
    proposed += [elsewhere(missing, fetches, params.match, place, snakemake.threads) for place in params.look_in]
    if durations:
        proposed.append(with_key_in_name(missing, lazy_table(Path(snakemake.input.orphans)), pl.concat(durations)))
    tables = {"clips": missing, "by_class": by_class(clips), "proposed": pl.concat(proposed)}
    for name, table in tables.items():
        with whole(Path(snakemake.output[name])) as part:
            table.write_csv(part)
