"""Run where `datasets` is: what it makes of an export, as JSON. Argument: the export's folder."""

import json
import sys

import datasets

loaded = datasets.load_dataset(sys.argv[1])
told = {}
for split, rows in loaded.items():
    kinds = {name: type(feature).__name__ for name, feature in rows.features.items()}
    plain = rows.cast_column("audio", datasets.Audio(decode=False))  # so it opens without torchcodec
    names = rows.features["labels"].feature.names
    played = {row["clip_id"]: row["audio"].get_all_samples() for row in rows}  # by torchcodec
    told[split] = {
        "kinds": kinds,
        "played": {clip: [*samples.data.shape, samples.sample_rate] for clip, samples in played.items()},
        "rows": {
            row["clip_id"]: {
                "bytes": len(row["audio"]["bytes"]),
                "labels": [names[label] for label in row["labels"]],
                "captions": row["captions"],
            }
            for row in plain
        },
    }
print(json.dumps(told))
