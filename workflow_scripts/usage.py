"""What the jobs of a run asked for and used: `make usage`, or `python -m workflow_scripts.usage [RESULTS]`."""

import sys
from pathlib import Path

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.report.usage import usage_text

if __name__ == "__main__":
    try:
        print(usage_text(Path(*sys.argv[1:2] or ["results"])), end="")
    except (SoundledgerError, OSError) as error:
        sys.exit(f"error: {error}")
