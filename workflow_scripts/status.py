"""How far a run is: `make status`, or `python -m workflow_scripts.status [RESULTS]`."""

import sys
import time
from pathlib import Path

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.report.status import status_text

if __name__ == "__main__":
    try:
        print(status_text(Path(*sys.argv[1:2] or ["results"]), time.time()), end="")
    except (SoundledgerError, OSError) as error:
        sys.exit(f"error: {error}")
