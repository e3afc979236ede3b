"""The plain way to pack clips into a tar: load, mix, resample, write FLAC, add.

    python -m benchmarks.rivals.pack_loop ROOT TAR

One process; nothing is verified, and a file that is broken would end it.
"""

import io
import sys
import tarfile
from pathlib import Path

import soundfile
import soxr

RATE = 48_000


def main() -> None:
    """Pack all files of a folder."""
    root, target = map(Path, sys.argv[1:])
    clips = sorted(root.iterdir())
    with tarfile.open(target, "w") as tar:
        for clip in clips:
            samples, rate = soundfile.read(clip, dtype="float32", always_2d=True)
            stored = io.BytesIO()
            soundfile.write(stored, soxr.resample(samples.mean(1), rate, RATE), RATE, format="FLAC", subtype="PCM_16")
            member = tarfile.TarInfo(f"{clip.stem}.flac")
            member.size = stored.tell()
            stored.seek(0)
            tar.addfile(member, stored)
    print(len(clips))


if __name__ == "__main__":
    main()
