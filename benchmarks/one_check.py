"""The check of one shard, as its job runs it.

python -m benchmarks.one_check MEDIA_LIST ROOT WORKERS OUTPUT
"""

import sys
from pathlib import Path

from workflow_scripts.check.pool import start_server
from workflow_scripts.sound.settings import CheckSettings


def main() -> None:
    """As workflow_scripts/check.py, with arguments in place of Snakemake's."""
    start_server()
    from workflow_scripts.check.shard import check_shard

    media_list, root, workers, output = sys.argv[1:]
    settings = CheckSettings(channel="first", num_mel_bins=128)
    note = Path(output).with_suffix(".progress.json")
    check_shard(Path(media_list), root, settings, int(workers), Path(output), note)


if __name__ == "__main__":
    main()
