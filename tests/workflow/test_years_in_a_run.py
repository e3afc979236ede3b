"""What a model hears in recordings of three years, the whole way: effort, sunrise, what cannot be heard, trends."""

import csv
import re
from datetime import date, timedelta

import numpy as np
import pytest
import yaml

from tests.made_files import encoded, noise16
from tests.project import REPOSITORY, Project

pytestmark = pytest.mark.slow
CONFIG = ("--config", "datasets=['pond/set.yaml']")
DAYS = [date(2021, 3, 1) + timedelta(days=day) for day in range(0, 1100, 13)]
AWAY = (date(2022, 2, 1), date(2022, 3, 10))
SURE = 0.8


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A recording of 3 s each 13th day, the first three of a lower rate; an owl in every second."""
    for needed in ("statsmodels", "astral", "cleanlab"):
        pytest.importorskip(needed, reason="`make windows` and `make judging` install them")
    project = Project(tmp_path_factory.mktemp("years") / "project")
    folder = project.folder / "pond"
    (folder / "audio").mkdir(parents=True)
    sound = noise16(3 * 32_000)
    files = {32_000: encoded(sound, 32_000, "FLAC", "PCM_16"), 8_000: encoded(sound[:24_000], 8_000, "FLAC", "PCM_16")}
    with (folder / "clips.csv").open("w", newline="") as clips, (folder / "heard.csv").open("w", newline="") as heard:
        rows, said = csv.writer(clips), csv.writer(heard)
        rows.writerow(["id", "recorded", "class"])
        said.writerow(["clip_id", "class_id", "score"])
        for number, day in enumerate(DAYS):
            if AWAY[0] <= day < AWAY[1]:
                continue
            rows.writerow([f"r{number}", f"{day}T05:00:00", "owl" if number >= 3 else ""])
            said.writerows([[f"r{number}", "owl", SURE if number % 2 else 0.1], [f"r{number}", "wren", 0.1]])
            (folder / "audio" / f"r{number}.flac").write_bytes(files[8_000 if number < 3 else 32_000])
    (folder / "r5.Table.1.selections.txt").write_text(
        "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tSpecies\tScore\n"
        "1\tSpectrogram 1\t1\t0.5\t1.25\t200\t900\towl\t0.75\n"
    )
    settings = {
        "name": "pond",
        "adapter": "table",
        "sources": {"table": "clips.csv"},
        "match": "path",
        "clip": {
            "id": "id",
            "media": "id || '.flac'",
            "split": "'field'",
            "classes": "CASE WHEN class = '' THEN [] ELSE [class] END",
            "recorded_at": "recorded",
            "site": "'pond'",
            "latitude": "47.37",
            "longitude": "8.54",
        },
        "audio": ["audio"],
        "predictions": ["heard.csv", {"file": "r5.Table.1.selections.txt", "model": "owlnet"}],
        "over_years": {"time_zone": "Europe/Zurich", "where": "sample_rate >= 16000"},
        "max_rejected_fraction": 1.0,
    }
    (folder / "set.yaml").write_text(yaml.safe_dump(settings))
    project.run(*CONFIG)
    return project


RECORDED = [day for day in DAYS if not AWAY[0] <= day < AWAY[1]]


def test_missing_days_are_there_and_hold_no_zero(project: Project) -> None:
    days = (RECORDED[-1] - RECORDED[0]).days + 1
    asked = "SELECT count(*), count(*) FILTER (hours = 0), sum(clips) FROM recording_days"
    assert project.ask(asked) == [(days, days - len(RECORDED), len(RECORDED))]
    asked = "SELECT count(*), count(detections), sum(detections) FROM detections_by_day(0.5) WHERE class_id = 'owl'"
    [(rows, known, detections)] = project.ask(asked)
    heard = [day for number, day in enumerate(DAYS) if day in RECORDED and number % 2 and number >= 3]
    assert (rows, known, detections) == (days, len(RECORDED) - 3, len(heard))


def test_a_low_rate_cannot_hold_what_is_heard_higher(project: Project) -> None:
    """All labelled recordings reach up to 16 kHz: of those of 8 kHz nobody knows, and their days are no zeros."""
    assert project.ask("SELECT class_id, highest_hz, clips FROM not_hearable") == [("owl", 4000.0, 3)]
    first = "SELECT detections FROM detections_by_day(0.5) WHERE class_id = 'owl' ORDER BY day LIMIT 1"
    assert project.ask(first) == [(None,)]


def test_hours_are_told_from_sunrise(project: Project) -> None:
    told = project.table("pond", "daylight")
    assert len(told) == len(RECORDED)
    [midsummer] = project.ask(
        "SELECT hours_from_sunrise FROM daylight JOIN origins USING (clip_id) "
        "ORDER BY abs(date_diff('day', left(recorded_at, 10)::DATE, DATE '2021-06-21')) LIMIT 1"
    )[0]
    assert midsummer == pytest.approx(-0.5, abs=0.1)  # it rises at 5:29
    asked = "SELECT min(hour), max(hour), sum(detections) FROM detections_by_hour(0.5) WHERE class_id = 'owl'"
    [(least, most, detections)] = project.ask(asked)
    assert (least, most) == (-4, -1)
    assert detections == sum(1 for number, day in enumerate(DAYS) if day in RECORDED and number % 2 and number >= 3)


def test_no_trend_is_told_of_what_does_not_change(project: Project) -> None:
    [row] = project.table("pond", "trends").to_dicts()
    assert (row["class_id"], row["site"], row["days"]) == ("owl", None, len(RECORDED) - 3)
    assert row["reason"] is None
    assert row["low"] < 1 < row["high"]
    assert np.isfinite(row["change"])


def test_detections_stand_beside_labels_with_their_times_confidence_and_model(project: Project) -> None:
    """As docs/review.md asks for both: everything else of the tables is told of whole clips."""
    docs = (REPOSITORY / "docs/review.md").read_text(encoding="utf-8")
    [asked] = [sql for sql in re.findall(r"```sql\n(.*?)```", docs, re.DOTALL) if "FROM detections" in sql]
    rows = project.ask(asked)
    assert [row for row in rows if row[4] != "annotated"] == [("r5", "owl", 0.5, 1.25, "model:owlnet", 0.75)]
    labelled = {(f"r{number}", "owl") for number, day in enumerate(DAYS) if day in RECORDED and number >= 3}
    assert {row[:2] for row in rows} == labelled


def test_nothing_changed_runs_nothing(project: Project) -> None:
    assert not project.run(*CONFIG).jobs
