"""Run where lhotse is: what it makes of an export, as JSON. Arguments: `files` or `shar`, the folder, splits."""

import json
import sys
import types
from pathlib import Path

from lhotse import CutSet, RecordingSet, SupervisionSet, validate

# torchaudio's wheel has an extension that is linked against CUDA; lhotse asks for none of it, but imports torchaudio.
absent = types.ModuleType("torchaudio._extension")
absent._IS_TORCHAUDIO_EXT_AVAILABLE = False
absent.fail_if_no_align = lambda function: function
sys.modules["torchaudio._extension"] = absent

kind, folder, *splits = sys.argv[1:]
told = {}
for split in splits:
    if kind == "shar":
        cuts = CutSet.from_shar(in_dir=Path(folder, split))
    else:
        cuts = CutSet.from_file(Path(folder, f"cuts_{split}.jsonl.gz"))
        recordings = RecordingSet.from_file(Path(folder, f"recordings_{split}.jsonl.gz"))
        supervisions = SupervisionSet.from_file(Path(folder, f"supervisions_{split}.jsonl.gz"))
        validate(recordings, read_data=True)
        validate(supervisions)
        both = CutSet.from_manifests(recordings=recordings, supervisions=supervisions)
        assert {one.id for cut in both for one in cut.supervisions} == {
            one.id for cut in cuts for one in cut.supervisions
        }
    validate(cuts, read_data=True)
    told[split] = {}
    for cut in cuts:
        sound = cut.load_audio()
        (said,) = cut.supervisions
        told[split][cut.id] = {
            "kind": type(cut).__name__,
            "shape": list(sound.shape),
            "rate": cut.sampling_rate,
            "recording": cut.recording.id,
            "start": cut.start,
            "first": [round(float(one), 6) for one in sound[0, :4]],
            "text": said.text,
            "audio_event": said.audio_event,
            "class_names": said.class_names,
        }
print(json.dumps(told))
