"""The picture of loudness, silence and clipping."""

import json
from pathlib import Path

from tests.catalogue.by_hand import ROOT, clip
from tests.report.drawn import drawn
from workflow_scripts.report.drawing.picture import Drawn, Nothing


def test_what_cannot_be_told_is_no_level(tmp_path: Path) -> None:
    """Digital silence has none, and least() and greatest() would make the loudest of it."""
    clips = [
        clip("loud", peak=1.0, rms_dbfs=-10.0, silent_fraction=0.0),
        clip("half", peak=0.5, rms_dbfs=-30.0, silent_fraction=0.6),
        clip("faint", peak=0.001, rms_dbfs=-120.0, silent_fraction=1.0),
        clip("none", peak=0.0, silent_fraction=1.0),
        clip("lost", peak=1.0, rms_dbfs=-1.0, usable=False),
    ]
    picture = drawn(tmp_path, "levels", clips=clips)
    assert isinstance(picture, Drawn)
    assert picture.sentence == (
        "Of 4 usable clips half are louder than \N{MINUS SIGN}30 dB of full scale, nine tenths lie between "
        "\N{MINUS SIGN}111 and \N{MINUS SIGN}12 dB; "
        "1 (25 %) are digital silence and 2 (50 %) are otherwise silent for more than half of their length."
    )
    bins = [row for rows in picture.chart.to_dict()["datasets"].values() for row in rows if "low" in row]
    assert [row["low"] for row in bins] == [-90, -30, -10]


def test_all_silent_is_shown_without_levels(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "levels", clips=[clip("a", peak=0.0, silent_fraction=1.0), clip("b", peak=0.0)])
    assert isinstance(picture, Drawn)
    assert picture.sentence == "Of 2 usable clips 2 (100 %) are digital silence."
    assert "level (root" not in json.dumps(picture.chart.to_dict())


def test_without_audio_nothing_is_seen(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "levels", clips=[clip("a", usable=False, status="missing")])
    assert picture == Nothing("No usable clip has sound that was measured.")


def test_clipping_is_that_of_the_file(tmp_path: Path) -> None:
    served = {"root": ROOT, "path": "a.wav", "peak": 1.0, "rms_dbfs": -6.0, "silent_fraction": 0.0, "whole_media": True}
    checks = [{"path": "a.wav", "clipped_fraction": 0.02}, {"path": "b.wav", "clipped_fraction": 0.0}]
    clips = [clip("a", **served), clip("b", **served | {"path": "b.wav"})]
    picture = drawn(tmp_path, "levels", checks, clips=clips)
    assert isinstance(picture, Drawn)
    assert picture.sentence.endswith("; 1 (50 %) come from files of which more than 1 % is clipped.")
