"""Pictures of sample rates, channels and bandwidths."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from tests.catalogue.by_hand import ROOT, Row, clip
from tests.report.drawn import drawn, rows
from workflow_scripts.report.drawing.picture import Drawn, Nothing
from workflow_scripts.report.drawing.svg import svg_of

KINDS = [
    *[{"sample_rate": 44_100, "channel_layout": "stereo", "bandwidth_hz": 7_900.0}] * 2,
    {"sample_rate": 44_100, "channel_layout": "mono", "bandwidth_hz": 22_050.0},
    {"sample_rate": 16_000, "channel_layout": "mono", "bandwidth_hz": 2_000.0},
    {"sample_rate": 16_000, "channel_layout": None, "bandwidth_hz": None},
]


def heard(*kinds: dict[str, Any]) -> dict[str, list[Row]]:
    """Clips, each with a file of its own of such a kind; a last file, of no clip, is of none of them."""
    told = {"format": "WAV", "subtype": "PCM_16"}
    checks = [{**told, "path": f"{number}.wav", **kind} for number, kind in enumerate(kinds)]
    other = {**told, "path": "other.wav", "sample_rate": 8_000, "channel_layout": "mono", "bandwidth_hz": 4_000.0}
    clips = [clip(f"c{number}", root=ROOT, path=f"{number}.wav", whole_media=True) for number in range(len(kinds))]
    return {"checks": [*checks, other], "clips": clips}


def test_rates_and_layouts_are_counted_by_clips(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "sound_formats", **heard(*KINDS))
    counts = {(row["label"], row["channel_layout"]): row["clips"] for row in rows(picture) if "channel_layout" in row}
    assert counts == {
        ("44,100 Hz", "stereo"): 2,
        ("44,100 Hz", "mono"): 1,
        ("16,000 Hz", "mono"): 1,
        ("16,000 Hz", "no samples"): 1,
    }
    assert isinstance(picture, Drawn)
    assert picture.sentence == (
        "The sound of 5 clips is of 2 sample rates, most often 44,100 Hz (60 %); 40 % mono, 40 % stereo and "
        "20 % no samples."
    )


def test_upsampled_clips_are_those_of_the_view_findings(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "bandwidth", **heard(*KINDS))
    assert isinstance(picture, Drawn)
    assert picture.sentence == (
        "2 of 4 clips (50 %) end below 0.3 of a rate above 16,000 Hz (the upright marks), like what was brought up "
        "from lower ones; most are of 44,100 Hz (2 of 3)."
    )
    ends = {(row["rate"], row["end"]) for row in rows(picture) if "end" in row}
    assert all(end <= {"44,100 Hz": 22.05, "16,000 Hz": 8.0}[rate] for rate, end in ends)


def test_of_very_many_rates_the_most_frequent_are_shown(tmp_path: Path) -> None:
    kinds = [{"sample_rate": 8_000 + rate, "channel_layout": "mono", "bandwidth_hz": 1_000.0} for rate in range(40)]
    told = heard(*kinds, kinds[7])
    picture = drawn(tmp_path / "formats", "sound_formats", **told)
    labels = [row["label"] for row in rows(picture) if "channel_layout" in row]
    assert len(labels) == 25
    assert "8,007 Hz" in labels
    assert "others" in labels
    picture = drawn(tmp_path / "bandwidth", "bandwidth", **told)
    assert isinstance(picture, Drawn)
    assert "of 40 rates the 16 most frequent are shown" in picture.sentence


def test_without_sound_there_is_nothing_to_show(tmp_path: Path) -> None:
    assert drawn(tmp_path / "formats", "sound_formats", clips=[clip("a")]) == Nothing("No clip has sound that decodes.")
    nothing = Nothing("Of no clip is it known up to which frequency its sound goes.")
    assert drawn(tmp_path / "bandwidth", "bandwidth", clips=[clip("a")]) == nothing


def test_numbers_are_read_on_light_and_on_dark(tmp_path: Path) -> None:
    """By the contrast of WCAG 2: 4.5 is what small letters need."""
    kinds = [
        {"sample_rate": 8_000 + number, "channel_layout": "mono", "bandwidth_hz": 1_000.0, "subtype": None}
        for number, clips in enumerate([1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233])
        for _ in range(clips)
    ]
    picture = drawn(tmp_path, "sound_formats", **heard(*kinds))
    assert isinstance(picture, Drawn)
    root = ET.fromstring(svg_of(picture, "Formats", "mine"))
    groups = {name: [] for name in ("mark-rect", "mark-text")}
    for group in root.iter():
        kind = str(group.get("class")).split()[0]
        if kind in groups and "role-mark" in group.attrib["class"]:
            groups[kind] += [luminance(one.attrib["fill"]) for one in group]
    contrasts = [
        (max(cell, text) + 0.05) / (min(cell, text) + 0.05) for cell, text in zip(*groups.values(), strict=True)
    ]
    assert len(contrasts) > 12
    assert min(contrasts) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance of a colour of CSS, as WCAG 2 has it."""
    if colour.startswith("#"):
        parts = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    else:
        parts = [int(one) for one in re.findall(r"\d+", colour)]
    red, green, blue = (part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
