"""What a dataset file of the adapter `table` would make of its first rows; nothing is written.

python -m workflow_scripts.run.preview FILE [ROWS]
"""

import sys
from pathlib import Path

from workflow_scripts.errors import SoundledgerError

ROWS = 3


def main() -> None:
    """Print it."""
    from workflow_scripts.adapters import IngestSettings
    from workflow_scripts.adapters.table.preview import preview
    from workflow_scripts.settings.run import load_run

    file, *rows = sys.argv[1:]
    try:
        [dataset] = load_run({"datasets": [file]}, Path.cwd()).datasets.values()
        if dataset.adapter != "table":
            raise SoundledgerError(
                f"{dataset.file}: its adapter is {dataset.adapter}; a preview is of the adapter table"
            )
        for line in preview(IngestSettings(**dataset.ingest_settings), int(rows[0]) if rows else ROWS):
            print(line)
    except SoundledgerError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
