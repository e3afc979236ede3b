"""The check of one shard, as its job runs it.

python -m benchmarks.one_check MEDIA_LIST ROOT WORKERS OUTPUT
"""

import sys
from pathlib import Path

from workflow_scripts.audio.settings import CheckSettings
from workflow_scripts.audio.shard import check_shard

if __name__ == "__main__":
    media_list, root, workers, output = sys.argv[1:]
    check_shard(Path(media_list), root, CheckSettings(channel="first", num_mel_bins=128), int(workers), Path(output))
