"""One decode: a media is opened once and decoded once, whatever is to be told of it (promise 2)."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

COUNT = """
import json, sys
import soundfile
from workflow_scripts.media import content
from workflow_scripts.sound import decode
from workflow_scripts.sound.decoders import sndfile
from workflow_scripts.media.media import Media
from workflow_scripts.check.task import Task
from workflow_scripts.sound.settings import CheckSettings
from workflow_scripts.check.worker import examine_batch
from pathlib import Path

path, in_memory, counts = sys.argv[1], int(sys.argv[2]), {"opened": 0, "decoders": 0, "frames": 0, "blocks": 0}

def hear(event, seen):
    counts["opened"] += event == "open" and seen[0] == path

class Counted(soundfile.SoundFile):
    def __init__(self, *arguments):
        counts["decoders"] += 1
        super().__init__(*arguments)
    def buffer_read_into(self, *arguments):
        frames = super().buffer_read_into(*arguments)
        counts["frames"] += frames
        counts["blocks"] += frames > 0
        return frames
    def read(self, *arguments, **options):
        raise AssertionError("by another way")
    seek = buffer_read = read

sndfile.soundfile.SoundFile = Counted
decode.BLOCK_SECONDS = 1
content.IN_MEMORY_BYTES = in_memory
sys.addaudithook(hear)
seen = Path(path).stat()
task = Task(Media(path, None, seen.st_size, seen.st_mtime_ns), None)
[row] = examine_batch([task], CheckSettings("first", 128))
print(json.dumps(counts | {"all_told": row["feature_ok"], "held": row["frames"]}))
"""


@pytest.mark.parametrize(("suffix", "in_memory"), [("wav", 0), ("flac", 1 << 25), ("ogg", 1 << 25), ("mp3", 0)])
def test_a_media_is_opened_and_decoded_once(suffix: str, in_memory: int, tmp_path: Path) -> None:
    file = tmp_path / f"sound.{suffix}"
    soundfile.write(file, np.random.default_rng(1).normal(0, 0.1, (110_000, 2)), 44100)
    repository = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", COUNT, str(file), str(in_memory)],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    assert counts["all_told"]
    assert (counts["opened"], counts["decoders"], counts["blocks"]) == (1, 1, 3)
    assert counts["frames"] == counts["held"] == 110_000
