"""Run where `datasets` and torchcodec are: what they make of a folder of sound, as JSON. Argument: the folder."""

import json
import sys

import datasets

told = {}
for split, rows in datasets.load_dataset(sys.argv[1]).items():
    told[split] = {}
    for row in rows:
        samples = row["audio"].get_all_samples()
        kept = {name: row[name] for name in ("labels", "captions", "duration_s")}
        told[split][row["clip_id"]] = {"shape": list(samples.data.shape), "rate": samples.sample_rate, **kept}
print(json.dumps(told))
