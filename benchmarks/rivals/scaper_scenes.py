"""The same scenes by scaper: WAV, JAMS and a table of labels each. Run in the venv that has it.

    python scaper_scenes.py FOREGROUND BACKGROUND OUT SCENES WORKERS

FOREGROUND and BACKGROUND are folders of a folder for each class, as scaper wants them.
"""

import multiprocessing
import sys
import warnings
from pathlib import Path

import numpy as np

np.Inf = np.inf  # soxbindings 1.2.3 asks for what numpy 2 took away

import scaper  # noqa: E402

DURATION_S = 10.0


def make(job: tuple[str, str, str, int]) -> None:
    """One scene."""
    foreground, background, out, number = job
    warnings.simplefilter("ignore")
    scene = scaper.Scaper(DURATION_S, foreground, background, random_state=number)
    scene.protected_labels = []
    scene.ref_db = -50
    scene.sr = 44_100
    scene.n_channels = 1
    scene.fade_in_len = scene.fade_out_len = 0.01
    scene.add_background(label=("const", "behind"), source_file=("choose", []), source_time=("uniform", 0, 90))
    for _ in range(1 + number % 3):
        scene.add_event(
            label=("choose", []),
            source_file=("choose", []),
            source_time=("const", 0),
            event_time=("uniform", 0, 6),
            event_duration=("uniform", 1, 4),
            snr=("uniform", 0, 20),
            pitch_shift=("uniform", -2, 2),
            time_stretch=("uniform", 0.8, 1.2),
        )
    name = f"{out}/{number:06d}"
    scene.generate(f"{name}.wav", f"{name}.jams", txt_path=f"{name}.txt", fix_clipping=True)


def main() -> None:
    """Make them all, and print how many files of sound there are."""
    foreground, background, out, scenes, workers = sys.argv[1:]
    jobs = [(foreground, background, out, number) for number in range(int(scenes))]
    with multiprocessing.Pool(int(workers)) as pool:
        pool.map(make, jobs, chunksize=8)
    print(len(list(Path(out).glob("*.wav"))))


if __name__ == "__main__":
    main()
