"""Rule match_sounds: the checks of all roots -> which are the same under other digests, and which were skipped."""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from workflow_scripts.entry import logged
from workflow_scripts.matching.heard import sounds, without_fingerprint
from workflow_scripts.matching.search import match
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import aside
from workflow_scripts.tables.store import write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    made = snakemake.output
    checks = [Path(file) for file in snakemake.input.checks]
    foreign_clips = [Path(file) for file in snakemake.input.foreign_clips]
    with aside(Path(made.sound_pairs)) as scratch:
        matched = match(sounds(checks, foreign_clips), scratch)
    write_table(matched.pairs, Path(made.sound_pairs), schemas.SOUND_PAIRS)
    skipped = pl.concat([without_fingerprint(checks, foreign_clips), matched.skipped]).sort("sound")
    write_table(skipped, Path(made.skipped_sounds), schemas.SKIPPED_SOUNDS)
