"""A dataset whose every text is meant to be more than text."""

import json
from pathlib import Path
from typing import Any

from tests.catalogue.by_hand import ROOT, Row, catalogue_of, clip

SCRIPT = "</code></script><script>document.title = 'taken'</script>"
IMAGE = "<img src=https://example.org/x.png onerror=\"document.title = 'taken'\">"
QUOTES = "\"'`{{ 7 * 7 }}{% raw %}`'\" onfocus=alert(1) autofocus x="
ARABIC, TURNED, FAR = "صوت كلب", "dog\u202egod\u2066", "a\nb\x07\u2028c"
LONG = "Donaudampfschiffahrtsgesellschaft" * 20
NASTY = (SCRIPT, IMAGE, QUOTES, ARABIC, TURNED, FAR, LONG, "a|b **c** [d](https://example.org) `e` <i>")


def make_hostile(folder: Path) -> Path:
    """The catalogue of `mine`, whose classes, captions, licences, faults, files and others' clips have such names."""
    heard = [_heard(number, text) for number, text in enumerate(NASTY)]
    clips, checks = map(list, zip(*heard, strict=True))
    lost = clip("lost", status="unreadable", usable=False, trainable=False, error_kind="corrupt", error=SCRIPT)
    tables: dict[str, list[Row]] = {
        "clips": [*clips, lost],
        "classes": [{"class_id": text, "name": text, "class_index": n} for n, text in enumerate(NASTY)],
        "labels": [{"clip_id": f"c{n}", "class_id": text, "class_name": text} for n, text in enumerate(NASTY)],
        "captions": [{"clip_id": f"c{n}", "text": text} for n, text in enumerate(NASTY)],
        "rejects": [
            {"source": text, "line": 1, "scope": "row", "reason": "bad_id", "detail": text, "raw": text}
            for text in NASTY
        ],
        "sources": [
            {"source": text, "sha256": "0" * 64, "bytes": 1, "rows_read": 1, "rows_kept": 1}
            | {"rows_rejected": 0, "rows_not_in_subset": 0}
            for text in NASTY
        ],
        "orphans": [{"root": ROOT, "path": text, "reason": "unclaimed"} for text in NASTY],
        "roots": [
            {"root": ROOT, "ordinal": 0, "path": SCRIPT, "holds": "clips", "media": len(NASTY), "served": len(NASTY)}
            | {"usable": len(NASTY), "orphans": 0}
        ],
        "summary": [{"split": "train", "status": "usable", "clips": len(NASTY)}],
        "origins": [{"clip_id": f"c{n}", "recordist": text, "extra": json.dumps(text)} for n, text in enumerate(NASTY)],
    }
    shared = [  # with clips of which there is no audio, as somebody else called them
        {"dataset_a": "mine", "clip_id_a": f"c{number}", "split_a": "train", "dataset_b": text, "clip_id_b": "f"}
        | {"split_b": text, "how": "sound", "offset_s": -0.5, "overlap_s": 1.0, "start_a_s": 0.0, "error_rate": 0.2}
        for number, text in enumerate(NASTY)
    ]
    catalogue_of(folder, {"mine": tables, "empty": {}}, checks, {"same_sound": shared}).close()
    return folder / "results/catalog.duckdb"


def _heard(number: int, text: str) -> tuple[Row, Row]:
    path = f"{text}.wav"
    said: dict[str, Any] = {"class_ids": [text], "class_names": [text], "licence": text, "source_url": text}
    row = clip(f"c{number}", root=ROOT, path=path, media_path=path, whole_media=True, duration_s=1.0, **said)
    return row, {
        "path": path,
        "sample_rate": 44_100,
        "channels": 2,
        "channel_layout": "dual_mono",
        "bandwidth_hz": 900.0,
    }
