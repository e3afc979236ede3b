"""What stands beside a scene: JAMS, with what is heard in it and what it is made of, and TSV.

Sources: https://github.com/marl/jams (schemata/jams_schema.json, namespaces scaper, segment_open, tag_open), version
0.3.5; https://github.com/justinsalamon/scaper (core.py), version 1.6.5, whose reader takes the sandbox; the TSV is that
of https://github.com/turpaultn/DESED.
"""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

JAMS_VERSION = "0.3.5"
RECIPE = (
    "ordinal", "role", "from_dataset", "from_clip_id", "from_s", "taken_s", "onset_s", "offset_s", "fade_s",
    "pitch_semitones", "stretch", "snr_db", "distance_m", "room_m", "microphone_m", "source_m", "rt60_s",
)  # fmt: skip
"""Columns of parts that stand in the sandbox, besides gain_db and scale_db."""
NO_LABEL = "unlabelled"
Row = dict[str, Any]


def jams_of(rows: Sequence[Row], gains_db: Sequence[float | None], scale_db: float, level_db: float | None) -> str:
    """A scene's JAMS.

    Args:
        rows: of its parts, with `heard` of each: name, onset_s, offset_s and origin of what is heard of it.
        gains_db: of each part.
        scale_db: of the scene.
        level_db: root mean square of its background; None where it has none.
    """
    scene = rows[0]
    duration, name = scene["scene_s"], f"{scene['clip_id']}.{scene['render_codec']}"
    heard = [one for row in rows for one in row["heard"]]
    strong = sorted(_segment(one) for one in heard if one["onset_s"] is not None)
    weak = sorted({one["name"] for one in heard if one["onset_s"] is None})
    made = [
        {column: row[column] for column in RECIPE} | {"gain_db": gain} for row, gain in zip(rows, gains_db, strict=True)
    ]
    recipe = {"scaper": _sandbox(rows, level_db), "parts": made, "scale_db": scale_db}
    annotations = [
        _annotation("scaper", duration, [_observation(*_event(row)) for row in rows], recipe),
        _annotation("segment_open", duration, [_observation(*one) for one in strong], {}),
        *([_annotation("tag_open", duration, [_observation(0.0, duration, tag) for tag in weak], {})] if weak else []),
    ]
    metadata = {"title": name, "duration": duration, "identifiers": {"path": name}, "jams_version": JAMS_VERSION}
    return json.dumps({"annotations": annotations, "file_metadata": metadata, "sandbox": {}}, ensure_ascii=False) + "\n"


def tsv_of(rows: Sequence[Row]) -> str:
    """A scene's table of events: filename, onset, offset, event_label."""
    name = f"{rows[0]['clip_id']}.{rows[0]['render_codec']}"
    heard = {(one["onset_s"], one["offset_s"], one["name"]) for row in rows for one in row["heard"]}
    text = io.StringIO()
    writer = csv.writer(text, dialect="excel-tab", lineterminator="\n")
    writer.writerow(["filename", "onset", "offset", "event_label"])
    writer.writerows([name, *event] for event in sorted(event for event in heard if event[0] is not None))
    return text.getvalue()


def _annotation(namespace: str, duration: float, data: list[Row], sandbox: Row) -> Row:
    return {
        "namespace": namespace,
        "time": 0.0,
        "duration": duration,
        "data": data,
        "annotation_metadata": {"corpus": ""},
        "sandbox": sandbox,
    }


def _observation(time: float, duration: float, value: Any) -> Row:
    return {"time": time, "duration": duration, "value": value, "confidence": 1.0}


def _segment(one: Row) -> tuple[float, float, str]:
    return one["onset_s"], round(one["offset_s"] - one["onset_s"], 6), one["name"]


def _event(row: Row) -> tuple[float, float, Row]:
    """A part as scaper has it; what a pair is mixed of are all events there."""
    duration = round(row["offset_s"] - row["onset_s"], 6)
    role = "background" if row["role"] == "background" else "foreground"
    value = {
        "label": next((one["name"] for one in row["heard"]), NO_LABEL),
        "source_file": "/".join(filter(None, (row["path"], row["member"]))),
        "source_time": row["start_s"],
        "event_time": row["onset_s"],
        "event_duration": duration,
        "role": role,
        "pitch_shift": row["pitch_semitones"] or None,
        "time_stretch": None if row["stretch"] == 1 else row["stretch"],
    }
    snr = 0.0 if role == "background" else row["snr_db"]
    return row["onset_s"], duration, value if snr is None else value | {"snr": snr}


def _sandbox(rows: Sequence[Row], level_db: float | None) -> Row:
    """What scaper's reader looks for."""
    events = [row for row in rows if row["role"] != "background"]
    fade = max((row["fade_s"] for row in events), default=0.0)
    return {
        "duration": rows[0]["scene_s"],
        "original_duration": rows[0]["scene_s"],
        "fg_path": ".",
        "bg_path": ".",
        "protected_labels": [],
        "sr": rows[0]["render_sample_rate"],
        "ref_db": level_db,
        "n_channels": rows[0]["render_channels"],
        "fade_in_len": fade,
        "fade_out_len": fade,
        "n_events": len(events),
        "reverb": None,
    }
