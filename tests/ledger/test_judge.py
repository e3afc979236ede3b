"""The status of a clip: the first that holds."""

from itertools import combinations
from typing import Any

import polars as pl
import pytest

from tests.ledger.checked import LIMITS
from workflow_scripts.ledger.judge import judge
from workflow_scripts.tables.schemas import STATUSES

TYPES = {
    "load_ok": pl.Boolean,
    "resample_ok": pl.Boolean,
    "feature_ok": pl.Boolean,
    "error_kind": pl.String,
    "media_duration_s": pl.Float64,
    "declared_duration_s": pl.Float64,
    "start_s": pl.Float64,
    "end_s": pl.Float64,
    "in_recording": pl.Boolean,
}
CLIP = {
    "load_ok": True,
    "resample_ok": True,
    "feature_ok": True,
    "error_kind": None,
    "media_duration_s": 10.0,
    "declared_duration_s": None,
    "start_s": 30.0,
    "end_s": 40.0,
    "in_recording": False,
}
SPAN = CLIP | {"in_recording": True, "media_duration_s": 600.0}


def _judged(row: dict[str, Any], limits: dict[str, float] = LIMITS) -> dict[str, Any]:
    return pl.DataFrame([row], schema=TYPES).select(judge(limits)).row(0, named=True)


def _status(base: dict[str, Any], **changes: Any) -> str:
    return _judged(base | changes)["status"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "usable"),
        ({name: None for name in TYPES if name not in ("start_s", "end_s")}, "missing"),
        ({"load_ok": False, "error_kind": "corrupt", "media_duration_s": 3.0}, "unreadable"),
        ({"load_ok": False, "error_kind": "not_audio", "media_duration_s": None}, "unreadable"),
        ({"error_kind": "no_samples", "media_duration_s": 0.0, "resample_ok": None, "feature_ok": None}, "too_short"),
        ({"load_ok": False, "error_kind": "digest_mismatch"}, "unreadable"),
        ({"load_ok": False, "error_kind": "changes", "media_duration_s": 5.0}, "unreadable"),
        ({"error_kind": "wrong_count", "declared_duration_s": 3.0}, "usable"),
        ({"error_kind": "undecoded"}, "usable"),
        ({"error_kind": "truncated", "media_duration_s": 5.0}, "truncated"),
        ({"error_kind": "truncated", "media_duration_s": 0.0, "resample_ok": None, "feature_ok": None}, "truncated"),
        ({"media_duration_s": 0.0999}, "too_short"),
        ({"media_duration_s": 11.01}, "too_long"),
        ({"error_kind": "rate_too_low", "resample_ok": False, "feature_ok": None}, "resample_failed"),
        ({"error_kind": "not_finite", "resample_ok": None, "feature_ok": False}, "feature_failed"),
        ({"media_duration_s": 0.1}, "usable"),
        ({"media_duration_s": 11.0}, "usable"),
        ({"start_s": None, "end_s": None}, "usable"),
        ({"start_s": 500.0, "end_s": 510.0}, "usable"),
    ],
)
def test_a_clip_that_is_a_file_is_judged_by_the_file(changes: dict[str, Any], status: str) -> None:
    judged = _judged(CLIP | changes)
    assert judged["status"] == status
    assert judged["duration_s"] == (CLIP | changes)["media_duration_s"]


@pytest.mark.parametrize(
    ("changes", "status", "duration_s"),
    [
        ({}, "usable", 10.0),
        ({"media_duration_s": 40.0}, "usable", 10.0),
        ({"media_duration_s": 39.95}, "usable", 9.95),
        ({"media_duration_s": 39.8}, "outside_media", 9.8),
        ({"media_duration_s": 30.0}, "outside_media", 0.0),
        ({"media_duration_s": 5.0}, "outside_media", 0.0),
        ({"end_s": 30.05}, "too_short", 0.05),
        ({"end_s": 45.0}, "too_long", 15.0),
        ({"start_s": 0.0, "end_s": 11.0}, "usable", 11.0),
        ({"feature_ok": False, "error_kind": "fbank_not_finite"}, "feature_failed", 10.0),
    ],
)
def test_a_clip_in_a_recording_is_judged_by_its_span(changes: dict[str, Any], status: str, duration_s: float) -> None:
    judged = _judged(SPAN | changes)
    assert judged["status"] == status
    assert judged["duration_s"] == pytest.approx(duration_s)
    assert judged["whole_media"] is False


FAULTS: dict[str, dict[str, Any]] = {
    "missing": {"load_ok": None},
    "unreadable": {"load_ok": False},
    "truncated": {"error_kind": "truncated", "media_duration_s": 30.0},
    "too_short": {"end_s": 30.05},
    "too_long": {"end_s": 45.0},
    "resample_failed": {"resample_ok": False},
    "feature_failed": {"feature_ok": False},
    "outside_media": {"media_duration_s": 20.0},
}
PAIRS = [pair for pair in combinations(FAULTS, 2) if set(pair) != {"too_short", "too_long"}]


def test_the_faults_stand_in_the_order_of_the_statuses() -> None:
    """An ambiguous clip has no one media to be judged by."""
    assert [*FAULTS, "usable"] == [status for status in STATUSES if status != "ambiguous"]


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_alone_is_the_status(fault: str) -> None:
    assert _status(SPAN, **FAULTS[fault]) == fault


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_where_two_hold_the_first_is_the_status(first: str, second: str) -> None:
    assert _status(SPAN, **(FAULTS[second] | FAULTS[first])) == first


def test_where_all_hold_the_first_is_the_status() -> None:
    changes: dict[str, Any] = {}
    for fault in reversed([fault for fault in FAULTS if fault != "too_long"]):
        changes |= FAULTS[fault]
        assert _status(SPAN, **changes) == fault


def test_limits_are_those_of_the_dataset() -> None:
    limits = {"min_duration_s": 5.0, "max_duration_s": 8.0}
    statuses = [_judged(CLIP | {"media_duration_s": seconds}, limits)["status"] for seconds in (4.9, 5.0, 8.0, 8.1)]
    assert statuses == ["too_short", "usable", "usable", "too_long"]


def test_a_span_before_a_change_of_rate_is_usable_whatever_the_header_declares() -> None:
    changes = {"load_ok": False, "error_kind": "changes", "media_duration_s": 40.0, "declared_duration_s": 40.0}
    assert _status(SPAN, **changes) == "usable"
    assert _status(SPAN, **changes | {"media_duration_s": 39.0, "declared_duration_s": 39.0}) == "unreadable"
