"""The picture of durations."""

from pathlib import Path

import pytest

from tests.catalogue.by_hand import clip
from tests.report.drawn import drawn
from workflow_scripts.report.drawing.picture import Drawn, Nothing


def sentence(folder: Path, durations: list[float]) -> str:
    clips = [clip(f"c{number}", duration_s=duration) for number, duration in enumerate(durations)]
    picture = drawn(folder, "durations", clips=clips)
    assert isinstance(picture, Drawn)
    return picture.sentence


def test_where_most_are_alike_it_says_how_long_and_how_many_are_not(tmp_path: Path) -> None:
    told = sentence(tmp_path, [10.0, 10.0, 10.04, 9.0, 10.5, 10.5])
    assert told == (
        "6 clips with 60 s of sound last from 9 s to 10.5 s; 50 % last 10 s to a tenth of a second, 1 less and 2 more."
    )


def test_where_none_is_like_another_it_says_how_long_half_of_them_are(tmp_path: Path) -> None:
    told = sentence(tmp_path, [60.0 * number for number in range(1, 102)])
    assert "last from 60 s to 101 min; half of them last 51 min or less, and nine in ten from 6 min to 96 min." in told


def test_seconds_are_cut_in_bins_of_a_tenth_and_hours_in_magnitudes(tmp_path: Path) -> None:
    clips = [clip("a", duration_s=9.99), clip("b", duration_s=10.0), clip("c", duration_s=0.3)]
    picture = drawn(tmp_path / "short", "durations", clips=clips)
    starts = [
        row["start"] for rows in picture.chart.to_dict()["datasets"].values() for row in rows if row["kind"] == "usable"
    ]
    assert sorted(starts) == pytest.approx([0.3, 9.9, 10.0])
    picture = drawn(tmp_path / "long", "durations", clips=[clip("a", duration_s=0.0), clip("b", duration_s=36_000.0)])
    starts = [
        row["start"] for rows in picture.chart.to_dict()["datasets"].values() for row in rows if row["kind"] == "usable"
    ]
    assert min(starts) == pytest.approx(0.01)
    assert max(starts) <= 36_000 < max(starts) * 10 ** (1 / 20)


def test_a_dataset_without_sound_shows_nothing(tmp_path: Path) -> None:
    assert drawn(tmp_path, "durations", clips=[clip("a", status="missing")]) == Nothing("No clip has sound.")


def test_where_all_are_alike_it_says_just_that(tmp_path: Path) -> None:
    assert sentence(tmp_path / "one", [10.0]) == "1 clip with 10 s of sound lasts 10 s."
    assert sentence(tmp_path / "two", [5.0, 5.0]) == "2 clips with 10 s of sound last 5 s each."
    told = sentence(tmp_path / "nearly", [5.0, 5.01])
    assert told == "2 clips with 10 s of sound last from 5 s to 5.01 s; 100 % last 5 s to a tenth of a second."
