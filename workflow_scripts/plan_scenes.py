"""Rule plan_scenes: the tables of some datasets -> what is to be made of them, and what goes into each pack of that."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.catalogue.build import Contents
from workflow_scripts.catalogue.shut_in import shut_in
from workflow_scripts.derive.kinds import kind_of
from workflow_scripts.derive.lists import classes_of, write_plan
from workflow_scripts.settings.dataset import kinds_in
from workflow_scripts.settings.places import Places

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    params = snakemake.params
    [kind] = kinds_in(params.derive)
    where = f"{params.file}: derive.{kind}"
    slugs = list(dict.fromkeys(slug for of_one in params.roots.values() for slug in of_one))
    checks = Places.by_root(snakemake.input.checks, slugs)
    contents = Contents(Places(params.results), params.roots, checks, **params.of_some)
    tables = {name: Path(snakemake.output[name]) for name in ("scenes", "parts", "augmentations", "heard", "classes")}
    with shut_in(contents) as connection:
        planned = kind_of(kind).plan(connection, params.derive, where)
        planned.check(where)
        classes = classes_of(connection, params.derive["from"], f"{params.file}: derive")
    write_plan(planned, classes, params.derive["render"], tables, Path(snakemake.output.lists))
