"""Run where jams is: what it reads of files that it finds valid, as JSON. Argument: the folder they lie in."""

import json
import sys
from pathlib import Path

import jams

told = {}
for file in sorted(Path(sys.argv[1]).rglob("*.jams")):
    read = jams.load(str(file), validate=True, strict=True)
    told[str(file.relative_to(sys.argv[1]))] = {
        "duration": read.file_metadata.duration,
        "annotations": [
            {
                "namespace": one.namespace,
                "clip_id": one.sandbox.clip_id,
                "span": [one.time, one.time + one.duration],
                "data": [[row.time, row.time + row.duration, row.value, row.confidence] for row in one.data],
            }
            for one in read.annotations
        ],
    }
print(json.dumps(told))
