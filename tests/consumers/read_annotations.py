"""Run where pandas is: what those make of tables who read them by it, as JSON. Arguments: who, and files.

They are not here themselves: opensoundscape wants another torch, psds_eval and perch-hoplite an older pandas, and
sed_scores_eval an older setuptools. What each does with a file is done here in our own words.
"""

import itertools
import json
import sys
from collections import defaultdict

import pandas as pd


def opensoundscape(file):
    """BoxedAnnotations.from_csv, and its labels of windows of 1 s, where half a second of an annotation is enough."""
    table = pd.read_csv(file)
    assert {"annotation", "start_time", "end_time"} <= set(table.columns)
    windows = defaultdict(set)
    for row in table.dropna(subset=["annotation"]).itertuples():
        for second in range(int(row.start_time), int(row.end_time) + 1):
            if min(second + 1, row.end_time) - max(second, row.start_time) >= 0.5:
                windows[f"{row.audio_file} {second}"].add(row.annotation)
    return {"files": list(table["audio_file"].unique()), "windows": {key: sorted(one) for key, one in windows.items()}}


def raven(*files):
    """BoxedAnnotations.from_raven_files with annotation_column="Annotation"; a column that is not there is an error."""
    names = {"Begin Time (s)": "start", "End Time (s)": "end", "Low Freq (Hz)": "low", "High Freq (Hz)": "high"}
    read = []
    for file in files:
        table = pd.read_csv(file, delimiter="\t").rename(columns={"Annotation": "annotation"}, errors="raise")
        table = table.rename(columns=names, errors="raise")
        read += table[["Begin Path", "annotation", "start", "end", "low", "high"]].values.tolist()
    return read


def hoplite(file):
    """AgileMetadata.from_csv_files: annotations by recording, of label types that it knows."""
    types = {"recording": str, "label": str, "start_offset_s": float, "end_offset_s": float, "label_type": str}
    found = defaultdict(list)
    for _, row in pd.read_csv(file, dtype=types).iterrows():
        if row["label_type"].lower() in ("negative", "positive", "uncertain", "possible"):
            found[row["recording"]].append([row["label"], row["start_offset_s"], row["end_offset_s"]])
    return found


def scores(strong, weak, durations):
    """sed_scores_eval's readers of events, tags and durations, which name a file without its suffix; and what it and
    psds_eval refuse: two events of a class at once, or one behind another without a gap."""
    events, tags = defaultdict(list), {}
    for row in pd.read_csv(strong, sep="\t").itertuples():
        of_file = events[row.filename.rsplit(".", 1)[0]]
        if isinstance(row.event_label, str):
            of_file.append([float(row.onset), float(row.offset), row.event_label])
        else:
            assert row.event_label != row.event_label, f"{row.event_label} is no label"
    for name, of_file in events.items():
        for label in {event[2] for event in of_file}:
            in_order = sorted(event for event in of_file if event[2] == label)
            for before, event in itertools.pairwise(in_order):
                assert event[0] > before[1], f"{name}: {before} and {event} are connected"
    for row in pd.read_csv(weak, sep="\t").itertuples():
        tags[row.filename.rsplit(".", 1)[0]] = row.event_labels.split(",") if isinstance(row.event_labels, str) else []
    lengths = {row.filename.rsplit(".", 1)[0]: row.duration for row in pd.read_csv(durations, sep="\t").itertuples()}
    assert lengths.keys() == events.keys(), "a file has no duration, or a duration no file"
    return {"events": events, "tags": tags, "durations": lengths}


print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
