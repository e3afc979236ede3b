"""Rule score_captions: captions of a list -> how well they fit the sound of their clips."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.fit.scoring import score_captions

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    # Read when transformers is imported, and for all of the process: whoever else has it there keeps his own.
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    given, params = snakemake.input, snakemake.params
    files = [Path(file) for file in params.files]
    score_captions(Path(given.list), Path(params.model), files, snakemake.threads, Path(snakemake.output.scored))
