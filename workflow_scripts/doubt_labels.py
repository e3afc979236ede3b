"""Rule doubt_labels: what models say is heard in clips, and their labels -> label_issues."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.judging.issues import label_issues
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import aside
from workflow_scripts.tables.store import write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    made = Path(snakemake.output.label_issues)
    with aside(made) as folder:
        issues = label_issues(Path(snakemake.input.predictions), Path(snakemake.input.labels), folder)
    write_table(issues, made, schemas.LABEL_ISSUES)
