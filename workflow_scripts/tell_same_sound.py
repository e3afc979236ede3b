"""Rule tell_same_sound: pairs of sounds, the ledgers of all datasets -> which clips share sound, and their groups."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.matching.heard import heard
from workflow_scripts.matching.telling import same_sound, sound_groups
from workflow_scripts.settings.places import Places
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    params, made = snakemake.params, snakemake.output
    pairs = read_table(Path(snakemake.input.sound_pairs))
    clips = {name: Path(file) for name, file in zip(params.datasets, snakemake.input.clips, strict=True)}
    checks = {
        slug: list(map(Path, files)) for slug, files in Places.by_root(snakemake.input.checks, params.roots).items()
    }
    foreign_clips = [Path(file) for file in snakemake.input.foreign_clips]
    same = same_sound(pairs, heard(clips, checks, pairs, foreign_clips), params.datasets)
    write_table(same, Path(made.same_sound), schemas.SAME_SOUND)
    write_table(sound_groups(same), Path(made.sound_groups), schemas.SOUND_GROUPS)
