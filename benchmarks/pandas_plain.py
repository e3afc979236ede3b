"""The plain part of an ingest with pandas, as people usually do it: the reference of full_lists.

    python -m benchmarks.pandas_plain FOLDER OUTPUT csv.reader|read_csv SPLIT ...

Read the lists, split the labels, map class ids to names, write a CSV for each split and Parquet of clips and labels. No
row is judged, no id is compared, nothing follows from the ontology. Prints the seconds of each step and the number of
clips and labels as JSON.
"""

import csv
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import pandas as pd

COLUMNS = ["clip_id", "start_s", "end_s", "positive_labels"]


def read_with_csv_reader(file: Path) -> pd.DataFrame:
    """Row by row, with the comments left out."""
    with file.open(newline="") as lines:
        rows = [row for row in csv.reader(lines, skipinitialspace=True) if not row[0].startswith("#")]
    clips = pd.DataFrame(rows, columns=COLUMNS)
    return clips.astype({"start_s": float, "end_s": float})


def read_with_read_csv(file: Path) -> pd.DataFrame:
    """With pandas' own parser, which takes the three comments for a header that is skipped."""
    return pd.read_csv(file, skiprows=3, header=None, names=COLUMNS, skipinitialspace=True)


READERS = {"csv.reader": read_with_csv_reader, "read_csv": read_with_read_csv}


class Laps:
    """Seconds by step; a step may come several times."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        """Count what has passed since the last call to a step."""
        now = time.perf_counter()
        self.seconds[step] += now - self._last
        self._last = now


def convert(folder: Path, output: Path, reader: str, splits: list[str], laps: Laps) -> dict[str, int]:
    """Do it; the number of clips and labels."""
    names = pd.read_csv(folder / "class_labels_indices.csv").set_index("mid")["display_name"].to_dict()
    parts = []
    for split in splits:
        clips = READERS[reader](folder / f"{split}_segments.csv")
        laps.lap("read")
        clips["class_ids"] = clips["positive_labels"].str.split(",")
        laps.lap("split labels")
        clips["class_names"] = clips["class_ids"].apply(lambda ids: [names[mid] for mid in ids])
        clips["positive_labels_names"] = clips["class_names"].str.join(";")
        laps.lap("map names")
        clips.drop(columns=["class_ids", "class_names"]).to_csv(output / f"full_{split}_segments.csv", index=False)
        laps.lap("write CSV")
        parts.append(clips.drop(columns=["positive_labels", "positive_labels_names"]).assign(split=split))
    clips = pd.concat(parts, ignore_index=True)
    clips.to_parquet(output / "clips.parquet", compression="zstd", index=False)
    laps.lap("write clips")
    labels = clips[["clip_id", "class_ids", "class_names"]].explode(["class_ids", "class_names"])
    labels.to_parquet(output / "labels.parquet", compression="zstd", index=False)
    laps.lap("explode and write labels")
    return {"clips": len(clips), "labels": len(labels)}


if __name__ == "__main__":
    laps = Laps()
    content, target, how, *which = sys.argv[1:]
    counts = convert(Path(content), Path(target), how, which, laps)
    print(json.dumps({"seconds": laps.seconds, **counts}))
