"""Rule tell_years: clips, their origins and what models hear in them -> daylight, trends."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.tables import schemas
from workflow_scripts.tables.conditions import rows_where
from workflow_scripts.tables.store import read_table, write_table
from workflow_scripts.years.counting import counted
from workflow_scripts.years.daylight import daylight
from workflow_scripts.years.trends import trends

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    settings, given, made = snakemake.params.over_years, snakemake.input, snakemake.output
    origins, predictions = read_table(Path(given.origins)), [Path(file) for file in [given.predictions] if file]
    where = f"dataset {snakemake.wildcards.dataset}: over_years: where"
    clips = rows_where(read_table(Path(given.clips)), settings["where"], where)
    said = read_table(predictions) if predictions else schemas.PREDICTIONS.empty()
    write_table(daylight(origins, settings.get("time_zone")), Path(made.daylight), schemas.DAYLIGHT)
    write_table(trends(*counted(clips, origins, said, settings["least_score"])), Path(made.trends), schemas.TRENDS)
