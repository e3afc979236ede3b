"""Run where webdataset is: what it yields under a DataLoader of two workers, as JSON. Arguments: the tars."""

import io
import json
import sys

import soundfile
import torch
import webdataset

pairs = webdataset.WebDataset(sys.argv[1:], shardshuffle=False).decode()  # fails with more workers than tars
told = {}
for pair in torch.utils.data.DataLoader(pairs, batch_size=None, num_workers=2):
    info = soundfile.info(io.BytesIO(pair["flac"]))
    told[pair["__key__"]] = {"frames": info.frames, "rate": info.samplerate, "said": pair["json"]}
print(json.dumps(told))
