"""A known trend over three years is found, and its interval holds it as often as it says."""

import sys
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tests.years.made_years import made
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.years.trends import Trend, trend, trends

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def _statsmodels() -> None:
    pytest.importorskip("statsmodels", reason="`make windows` installs it")


def found(days: pl.DataFrame) -> Trend:
    told = trend(days)
    assert isinstance(told, Trend), told
    return told


@pytest.mark.parametrize("change", [0.85, 1.0])
def test_the_interval_holds_the_trend_in_about_95_of_100_draws(change: float) -> None:
    """Fewer than 88 or more than 99 come in one of a thousand times, if it is 95 of 100."""
    draws = [found(made(seed, change)) for seed in range(100)]
    assert 88 <= sum(one.low <= change <= one.high for one in draws) <= 99
    assert np.mean([one.change for one in draws]) == pytest.approx(change, abs=0.015)
    assert np.mean([one.high - one.low for one in draws]) < 0.2


def test_more_effort_is_no_trend_but_would_be_one_without_its_correction() -> None:
    days = made(1, 1.0)
    told = found(days)
    assert told.low < 1 < told.high
    assert found(days.with_columns(hours=1.0)).low > 1.2


def test_what_cannot_be_told_says_why() -> None:
    days = made(2, 0.9)
    assert trend(days.filter(pl.col("day") < date(2022, 6, 1))) == "recorded over less than 2 years"
    assert trend(days.with_columns(detections=0)) == "fewer than 20 detections"
    few = days.filter(pl.col("day").dt.day() == 1, pl.col("day").dt.month() < 4)
    assert trend(few.with_columns(detections=9)) == "recorded in fewer than 12 fortnights"
    moved = days.filter((pl.col("site") == "site 0") == (pl.col("day") < date(2022, 6, 1)))
    ends = moved.filter(pl.col("day").dt.month() == 6)
    assert isinstance(trend(moved), Trend)
    assert trend(ends) in ("recorded in fewer than 12 fortnights", "recorded over less than 2 years")


def test_a_day_without_detections_counts_and_one_without_a_recording_does_not() -> None:
    days = made(3, 0.9, sites=1)
    effort, heard = days.drop("detections"), days.filter(pl.col("detections") > 0).drop("hours")
    [row] = trends(effort, heard.with_columns(class_id=pl.lit("owl"))).to_dicts()
    assert (row["site"], row["days"], row["detections"]) == (None, len(days), days["detections"].sum())
    assert (row["change"], row["low"], row["high"]) == found(days)
    assert row["first_day"] == str(days["day"].min())


def test_each_site_has_a_trend_of_its_own_where_there_are_several() -> None:
    days = pl.concat([made(4, 0.7, sites=1), made(5, 1.3, sites=1).with_columns(site=pl.lit("site 1"))])
    heard = days.filter(pl.col("detections") > 0).drop("hours").with_columns(class_id=pl.lit("owl"))
    told = {row["site"]: row for row in trends(days.drop("detections"), heard).to_dicts()}
    assert list(told) == [None, "site 0", "site 1"]
    assert told["site 0"]["high"] < 1 < told["site 1"]["low"]


def test_a_class_that_nobody_hears_has_no_row() -> None:
    nothing = pl.DataFrame(schema={"site": pl.String, "day": pl.Date, "class_id": pl.String, "detections": pl.UInt32})
    assert trends(made(6, 1).drop("detections"), nothing).is_empty()


def test_it_is_what_statsmodels_says_of_independent_days() -> None:
    """Where blocks tell nothing, the interval is about that of the model itself."""
    import statsmodels.api as models

    days = pl.DataFrame(
        {"site": "a", "day": [date(2021, 1, 1) + timedelta(day) for day in range(1096)], "hours": 2.0}
    ).with_columns(detections=pl.Series(np.random.default_rng(7).poisson(6.0, 1096)))
    at = days["day"].cast(pl.Int32).to_numpy() / 365.25
    columns = [np.ones(len(at)), at - at.mean()]
    columns += [wave(2 * np.pi * harmonic * at) for harmonic in (1, 2) for wave in (np.sin, np.cos)]
    family = models.families.Poisson()
    fit = models.GLM(
        days["detections"].to_numpy(), np.column_stack(columns), family, offset=np.log(days["hours"])
    ).fit()
    told = found(days)
    assert told.change == pytest.approx(np.exp(fit.params[1]), rel=1e-5)
    assert (told.low, told.high) == pytest.approx(tuple(np.exp(fit.conf_int()[1])), rel=0.01)


def test_without_statsmodels_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels.api", None)
    with pytest.raises(SoundledgerError, match="`make windows` installs it"):
        trend(made(8, 1.0))
