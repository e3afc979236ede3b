"""Run where SpeechBrain is: what it makes of data files, as JSON. Arguments: the export's folder, its splits."""

import json
import sys
import types

# torchaudio's wheel has an extension that is linked against CUDA; SpeechBrain asks for none of it, but imports it.
absent = types.ModuleType("torchaudio._extension")
absent._IS_TORCHAUDIO_EXT_AVAILABLE = False
absent.fail_if_no_align = lambda function: function
sys.modules["torchaudio._extension"] = absent

from speechbrain.dataio.batch import PaddedBatch  # noqa: E402
from speechbrain.dataio.dataio import read_audio  # noqa: E402
from speechbrain.dataio.dataloader import SaveableDataLoader  # noqa: E402
from speechbrain.dataio.dataset import DynamicItemDataset  # noqa: E402
from speechbrain.utils.data_pipeline import provides, takes  # noqa: E402


@takes("wav", "start", "stop")
@provides("sig")
def sound(wav, start, stop):
    """What recipes that read stretches of files do."""
    return read_audio({"file": wav, "start": int(start), "stop": int(stop)})


told = {}
folder, *splits = sys.argv[1:]
for split in splits:
    read = DynamicItemDataset.from_csv(f"{folder}/{split}.csv", replacements={"data_root": folder})
    read.add_dynamic_item(sound)
    read.set_output_keys(["id", "sig", "duration", "text", "labels"])
    loader = SaveableDataLoader(read, batch_size=2, collate_fn=PaddedBatch)
    told[split] = {
        clip_id: {
            "frames": round(float(share) * batch.sig.data.shape[1]),
            "dimensions": batch.sig.data.ndim,
            "duration": float(duration),
            "text": text,
            "labels": labels,
        }
        for batch in loader
        for clip_id, share, duration, text, labels in zip(
            batch.id, batch.sig.lengths, batch.duration, batch.text, batch.labels, strict=True
        )
    }
print(json.dumps(told))
