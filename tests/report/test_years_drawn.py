"""The picture of change over the years."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.catalogue.by_hand import Row, clip
from tests.report.drawn import drawn, rows
from workflow_scripts.report.drawing.picture import Drawn, Nothing

DAYS = [date(2021, 1, 1) + timedelta(days=day) for day in range(0, 720, 5)]
HEARD = [day for day in DAYS if not date(2021, 7, 1) <= day < date(2021, 9, 1)]
"""In two months nothing was recorded."""
TREND = {"class_id": "owl", "first_day": "2021-01-01", "last_day": "2022-12-20", "days": 132, "hours": 66.0}


def tables(*trends: Row) -> dict[str, list[Row]]:
    names = [str(day) for day in HEARD]
    return {
        "clips": [clip(name, duration_s=1800.0, sample_rate=32_000) for name in names],
        "origins": [{"clip_id": name, "site": "pond", "recorded_at": f"{name}T05:00:00Z"} for name in names],
        "classes": [{"class_id": "owl", "name": "Tawny owl"}],
        "predictions": [
            {"clip_id": name, "class_id": "owl", "score": 0.9 - 0.5 * (k % 2)} for k, name in enumerate(names)
        ],
        "label_issues": [],
        "daylight": [],
        "trends": list(trends),
    }


def test_months_without_a_recording_are_grey_and_none_of_no_detections(tmp_path: Path) -> None:
    told = TREND | {"detections": 66, "change": 0.9, "low": 0.8, "high": 1.01}
    picture = drawn(tmp_path, "over_years", **tables(told))
    assert isinstance(picture, Drawn)
    assert picture.sentence == (
        "In 24 months, of which 2 without any recording, models detect 1 class shown, Tawny owl most often (66 clips "
        "in 66 h). From year to year, for each hour recorded: Tawny owl -10 % (-20 to +1)."
    )
    months = {row["month"]: row for row in rows(picture)}
    assert {month for month, row in months.items() if row["rate"] is None} == {"2021-07-01", "2021-08-01"}
    assert months["2021-01-01"]["rate"] == pytest.approx(4 / 3.5)
    assert months["2021-01-01"]["low"] < 4 / 3.5 < months["2021-01-01"]["high"]


def test_what_cannot_be_told_is_said(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "over_years", **tables(TREND | {"detections": 66, "reason": "too short"}))
    assert isinstance(picture, Drawn)
    assert picture.sentence.endswith("no change from year to year can be told: too short.")


def test_nobody_asked(tmp_path: Path) -> None:
    assert isinstance(drawn(tmp_path, "over_years", clips=[clip("a")]), Nothing)
