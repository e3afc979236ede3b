"""Run where `datasets` and webdataset are: what they make of pairs, as JSON. Arguments: the folder of one, a tar."""

import io
import json
import sys

import datasets
import soundfile
import torch
import webdataset

hub = {}
for split, rows in datasets.load_dataset(sys.argv[1]).items():
    kinds = {name: type(feature).__name__ for name, feature in rows.features.items()}
    hub[split] = {"kinds": {name: kinds[name] for name in ("audio", "image", "km", "class_names")}, "rows": {}}
    for row in rows:
        played = row["audio"].get_all_samples()  # by torchcodec
        hub[split]["rows"][row["pair_id"]] = [row["image"].size, played.data.shape[1], played.sample_rate]
tars = {}
pairs = webdataset.WebDataset(sys.argv[2], shardshuffle=False).decode("pil")
for pair in torch.utils.data.DataLoader(pairs, batch_size=None, num_workers=1):
    info = soundfile.info(io.BytesIO(pair["flac"]))
    tars[pair["__key__"]] = [pair["jpg"].size, info.frames, info.samplerate, pair["json"]["matched"]]
print(json.dumps({"hub": hub, "tars": tars}))
