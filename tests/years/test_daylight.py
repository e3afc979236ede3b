"""Hours from sunrise, as almanacs have them."""

import sys

import polars as pl
import pytest

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.tables import schemas
from workflow_scripts.years import daylight as module
from workflow_scripts.years.daylight import daylight

GREENWICH, ZURICH, SYDNEY, TROMSO = (51.48, 0.0), (47.37, 8.54), (-33.87, 151.21), (69.65, 18.96)


def origins(place: tuple[float, float], at: str | None) -> pl.DataFrame:
    row = dict.fromkeys(schemas.ORIGINS.columns) | {"clip_id": "a", "latitude": place[0], "longitude": place[1]}
    return pl.DataFrame([row | {"recorded_at": at}], schema=schemas.ORIGINS.empty().schema)


def told(place: tuple[float, float], at: str | None, time_zone: str | None = None) -> dict[str, object] | None:
    pytest.importorskip("astral", reason="`make windows` installs it")
    table = daylight(origins(place, at), time_zone)
    assert table.schema == schemas.DAYLIGHT.empty().schema
    return table.to_dicts()[0] if len(table) else None


@pytest.mark.parametrize(
    ("place", "at", "rise", "hours"),
    [
        (GREENWICH, "2021-03-20T06:03:00Z", "2021-03-20T06:03", 0.0),
        (ZURICH, "2021-06-21T03:29:00+00:00", "2021-06-21T03:29", 0.0),
        (ZURICH, "2021-06-21T05:29:00+02:00", "2021-06-21T03:29", 0.0),
        (ZURICH, "2021-06-20T21:29:00Z", "2021-06-21T03:29", -6.0),
        (SYDNEY, "2021-12-21T08:41:00+11:00", "2021-12-20T18:41", 3.0),
    ],
)
def test_the_sunrise_is_that_of_almanacs_to_two_minutes(
    place: tuple[float, float], at: str, rise: str, hours: float
) -> None:
    row = told(place, at)
    assert row is not None
    assert row["hours_from_sunrise"] == pytest.approx(hours, abs=1 / 30)
    apart = pl.Series([rise + ":00Z", row["sunrise_at"]]).str.to_datetime("%Y-%m-%dT%H:%M:%SZ").diff()[1]
    assert abs(apart.total_seconds()) <= 120


def test_a_moment_without_a_zone_is_known_where_the_file_says_the_zone() -> None:
    assert told(ZURICH, "2021-06-21T05:29:00") is None
    assert told(ZURICH, "2021-06-21T05:29:00", "Europe/Zurich") == told(ZURICH, "2021-06-21T03:29:00Z")
    assert told(ZURICH, "2021-06-21T03:29:00Z", "Asia/Tokyo") == told(ZURICH, "2021-06-21T03:29:00Z")


def test_a_day_alone_has_no_hour_and_no_place_no_sun() -> None:
    for at in ("2021-06-21", "2021-06", None):
        assert told(ZURICH, at, "Europe/Zurich") is None
    assert told((47.0, None), "2021-06-21T03:29:00Z") is None  # type: ignore[arg-type]


def test_where_the_sun_does_not_set_there_is_no_sunrise() -> None:
    row = told(TROMSO, "2021-06-21T03:29:00Z")
    assert row == {"clip_id": "a", "sunrise_at": None, "hours_from_sunrise": None}


def test_without_astral_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KNOWN", {})
    monkeypatch.setitem(sys.modules, "astral", None)
    with pytest.raises(SoundledgerError, match="`make windows` installs it"):
        daylight(origins(ZURICH, "2021-06-21T03:29:00Z"), None)
