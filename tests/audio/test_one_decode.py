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
from workflow_scripts.audio import decode
from workflow_scripts.audio.examine import examine
from workflow_scripts.audio.settings import CheckSettings

path, counts = sys.argv[1], {"opened": 0, "decoders": 0, "frames": 0}

def hear(event, seen):
    counts["opened"] += event == "open" and seen[0] == path

class Counted(soundfile.SoundFile):
    def __init__(self, *arguments):
        counts["decoders"] += 1
        super().__init__(*arguments)
    def read(self, *arguments, **options):
        block = super().read(*arguments, **options)
        counts["frames"] += len(block)
        return block

decode.soundfile.SoundFile = Counted
sys.addaudithook(hear)
row = examine(path, None, CheckSettings("first", 128))
print(json.dumps(counts | {"all_told": row["feature_ok"], "held": row["frames"]}))
"""


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_a_media_is_opened_and_decoded_once(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"sound.{suffix}"
    soundfile.write(file, np.random.default_rng(1).normal(0, 0.1, (44100, 2)), 44100)
    repository = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", COUNT, str(file)], cwd=repository, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    assert counts["all_told"]
    assert (counts["opened"], counts["decoders"]) == (1, 1)
    assert counts["frames"] == counts["held"]
