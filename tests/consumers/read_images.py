"""Run where `datasets` and Pillow are: what they make of a folder of images, as JSON. Argument: the folder."""

import json
import sys

import datasets
import numpy as np

told = {}
for split, rows in datasets.load_dataset(sys.argv[1]).items():
    told[split] = [
        {
            **{name: value for name, value in row.items() if name != "image"},
            "size": row["image"].size,
            "mode": row["image"].mode,
            "parameters": json.loads(row["image"].text["spectrogram"]),
            "highest": int(np.asarray(row["image"]).max()),
        }
        for row in rows
    ]
print(json.dumps(told))
