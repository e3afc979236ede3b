"""Run where pandas and torch are: what M2D makes of a list of spectrograms (its audio_dataset.py, in our words).

Arguments: the folder, a list, the frames that it crops to.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas
import torch

folder, listed, crop = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
read = pandas.read_csv(folder / listed)
names = sorted(read.file_name.values)
weights = read.weight.values if "weight" in read else [None] * len(names)
told = {}
for name, weight in zip(names, weights, strict=True):
    spectrogram = torch.tensor(np.load(folder / name))[..., :crop].to(torch.float)
    label = read.label[read.file_name == name].item() if "label" in read else None
    shape, mean = list(spectrogram.shape), spectrogram.mean().item()
    told[Path(name).stem] = {"shape": shape, "mean": mean, "weight": weight, "label": label}
print(json.dumps(told))
