"""Which media serves which clip, and what is left over."""

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings

from tests.ledger.checked import check, clips_table, fault, resolved, root
from tests.ledger.worlds import FINDINGS, worlds
from workflow_scripts.ledger.checked import RootChecks
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

Tables = dict[str, pl.DataFrame]


def _resolved(clips: pl.DataFrame, *roots: RootChecks, match: str = "stem") -> Tables:
    tables = resolved(clips, list(roots), match)
    for name, schema in schemas.RESOLVED.items():
        validate(tables[name], schema)
    return tables


def _served(tables: Tables) -> dict[str, tuple[str, str | None, str | None]]:
    rows = tables["clips"].select("clip_id", "status", "root", "path").rows()
    return {clip_id: (status, slug, path) for clip_id, status, slug, path in rows}


def _orphans(tables: Tables) -> set[tuple[str, str, str, str | None]]:
    return set(tables["orphans"].select("root", "path", "reason", "clip_id").rows())


ONE = clips_table({"clip_id": "one"})


def test_without_any_root_every_clip_is_missing() -> None:
    tables = _resolved(clips_table({"clip_id": "one"}, {"clip_id": "two", "split": "eval"}))
    assert _served(tables) == {"one": ("missing", None, None), "two": ("missing", None, None)}
    assert tables["summary"].rows() == [
        ("train", "missing", 1),
        ("eval", "missing", 1),
        ("train", "usable", 0),
        ("eval", "usable", 0),
    ]
    assert tables["orphans"].is_empty()
    assert tables["roots"].is_empty()


def test_without_any_clip_every_media_is_an_orphan(tmp_path: Path) -> None:
    tables = _resolved(clips_table(), root(tmp_path, "wav", check("a.wav"), check("b.wav")))
    assert _orphans(tables) == {("wav", "a.wav", "unclaimed", None), ("wav", "b.wav", "unclaimed", None)}
    assert tables["clips"].is_empty()
    assert tables["summary"].is_empty()
    assert resolved(clips_table(), [], "stem", splits=["eval"])["summary"].rows() == [("eval", "usable", 0)]


def test_an_empty_root_serves_nothing(tmp_path: Path) -> None:
    tables = _resolved(ONE, root(tmp_path, "wav"), root(tmp_path, "mirror", check("one.wav")))
    assert _served(tables) == {"one": ("usable", "mirror", "one.wav")}
    assert tables["roots"].select("root", "media", "served", "usable", "orphans").rows() == [
        ("wav", 0, 0, 0, 0),
        ("mirror", 1, 1, 1, 0),
    ]


def test_the_first_of_several_usable_roots_serves_and_the_others_are_superseded(tmp_path: Path) -> None:
    roots = [root(tmp_path, slug, check("one.wav")) for slug in ("z_first", "a_second", "m_third")]
    tables = _resolved(ONE, *roots)
    assert _served(tables) == {"one": ("usable", "z_first", "one.wav")}
    assert _orphans(tables) == {
        ("a_second", "one.wav", "superseded", "one"),
        ("m_third", "one.wav", "superseded", "one"),
    }


@pytest.mark.parametrize(
    "broken",
    [
        fault("corrupt"),
        fault("vanished", duration_s=None),
        {"error_kind": "truncated", "error": "cut", "duration_s": 4.0},
        {"duration_s": 0.05},
        {"duration_s": 60.0},
        {"resample_ok": False, "feature_ok": None, "error_kind": "rate_too_low", "error": "low"},
        {"feature_ok": False, "error_kind": "not_finite", "error": "NaN"},
    ],
)
def test_a_usable_copy_in_a_mirror_replaces_a_broken_one(tmp_path: Path, broken: dict[str, Any]) -> None:
    first, mirror = root(tmp_path, "wav", check("one.wav", **broken)), root(tmp_path, "mirror", check("x/one.flac"))
    tables = _resolved(ONE, first, mirror)
    assert _served(tables) == {"one": ("usable", "mirror", "x/one.flac")}
    assert _orphans(tables) == {("wav", "one.wav", "superseded", "one")}
    assert tables["clips"]["error"].to_list() == [None]


def test_where_no_copy_is_usable_the_first_serves(tmp_path: Path) -> None:
    wav = root(tmp_path, "wav", check("one.wav", **fault("not_audio")))
    mirror = root(tmp_path, "mirror", check("one.wav", error_kind="truncated", error="cut"))
    tables = _resolved(ONE, wav, mirror)
    assert _served(tables) == {"one": ("unreadable", "wav", "one.wav")}
    assert tables["clips"].select("error_kind", "error").row(0) == ("not_audio", "a fault")
    assert _orphans(tables) == {("mirror", "one.wav", "superseded", "one")}


def test_in_one_root_the_first_usable_path_serves_whatever_the_shards(tmp_path: Path) -> None:
    files = [check("a/one.wav", **fault("corrupt")), check("c/one.wav"), check("b/one.mp3"), check("d/one.wav")]
    for shards in (1, 2, 4):
        tables = _resolved(ONE, root(tmp_path, f"wav{shards}", *files, shards=shards))
        assert _served(tables) == {"one": ("usable", f"wav{shards}", "b/one.mp3")}
        assert len(tables["orphans"]) == 3


def test_a_media_of_another_span_does_not_serve(tmp_path: Path) -> None:
    clips, other = clips_table({"clip_id": "4fv-YwA_cZ8"}), "Y4fv-YwA_cZ8_70.0-80.0.wav"
    tables = _resolved(clips, root(tmp_path, "wav", check(other), check("nobody.wav")), match="youtube")
    assert _served(tables) == {"4fv-YwA_cZ8": ("missing", None, None)}
    assert _orphans(tables) == {
        ("wav", other, "other_span", "4fv-YwA_cZ8"),
        ("wav", "nobody.wav", "unclaimed", None),
    }


def test_media_paths_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "audio/wav").mkdir(parents=True)
    made = root(tmp_path, "wav", check("sub/one.wav"))
    tables = _resolved(ONE, RootChecks("wav", "audio/../audio/wav", "clips", made.checks))
    assert tables["clips"]["media_path"].to_list() == [str(tmp_path / "audio/wav/sub/one.wav")]


def test_a_clip_tells_what_its_media_is(tmp_path: Path) -> None:
    made = check("one.wav", duration_s=3.5, sample_rate=44_100, channels=2)
    row = _resolved(ONE, root(tmp_path, "wav", made))["clips"].row(0, named=True)
    expected = {"duration_s": 3.5, "sample_rate": 44_100, "channels": 2, "whole_media": True, "usable": True}
    assert row == row | expected


@pytest.mark.parametrize(("seconds", "trainable"), [(0.5, False), (0.999, False), (1.0, True), (10.0, True)])
def test_trainable_is_usable_and_long_enough(tmp_path: Path, seconds: float, trainable: bool) -> None:
    tables = _resolved(ONE, root(tmp_path, "wav", check("one.wav", duration_s=seconds)))
    assert tables["clips"].select("usable", "trainable").row(0) == (True, trainable)


def test_what_is_not_usable_is_not_trainable(tmp_path: Path) -> None:
    tables = _resolved(ONE, root(tmp_path, "wav", check("one.wav", error_kind="truncated", error="cut")))
    assert tables["clips"].select("usable", "trainable").row(0) == (False, False)


RECORDED = clips_table(
    {"clip_id": "a", "media_key": "rec", "start_s": 0.0, "end_s": 10.0},
    {"clip_id": "b", "media_key": "rec", "start_s": 55.0, "end_s": 60.0},
    {"clip_id": "c", "media_key": "rec", "start_s": 55.0, "end_s": 65.0},
    {"clip_id": "d", "media_key": "rec", "start_s": 70.0, "end_s": 80.0},
    {"clip_id": "e", "media_key": "other", "start_s": 0.0, "end_s": 10.0},
)


def test_a_recording_serves_every_span_that_lies_inside(tmp_path: Path) -> None:
    tables = _resolved(RECORDED, root(tmp_path, "field", check("rec.wav", duration_s=60.0), holds="recordings"))
    assert {clip: status for clip, (status, _, _) in _served(tables).items()} == {
        "a": "usable",
        "b": "usable",
        "c": "outside_media",
        "d": "outside_media",
        "e": "missing",
    }
    ledger = tables["clips"]
    assert ledger["duration_s"].to_list() == [10.0, 5.0, 5.0, 0.0, None]
    assert ledger["whole_media"].to_list() == [False, False, False, False, None]
    assert tables["orphans"].is_empty()
    assert tables["roots"].select("holds", "media", "served", "usable").row(0) == ("recordings", 1, 4, 2)


def test_an_hour_is_too_long_for_a_clip_and_not_for_a_recording(tmp_path: Path) -> None:
    long = check("one.wav", duration_s=3600.0)
    assert _served(_resolved(ONE, root(tmp_path, "wav", long)))["one"][0] == "too_long"
    assert _served(_resolved(ONE, root(tmp_path, "field", long, holds="recordings")))["one"][0] == "usable"


def test_a_cut_out_clip_and_a_recording_stand_in_for_each_other(tmp_path: Path) -> None:
    cut = root(tmp_path, "wav", check("one.wav", error_kind="truncated", error="cut"))
    recording = root(tmp_path, "field", check("one.wav", duration_s=60.0), holds="recordings")
    row = _resolved(ONE, cut, recording)["clips"].row(0, named=True)
    assert (row["status"], row["root"], row["whole_media"], row["duration_s"]) == ("usable", "field", False, 10.0)


def _recording(path: str, rms: list[float]) -> dict[str, Any]:
    """A check of a recording of half seconds of these levels, each with a peak of twice that."""
    seconds = len(rms) / 2
    return check(
        path,
        duration_s=seconds,
        frames=round(seconds * 16_000),
        envelope_rms=rms,
        envelope_peak=[2 * level for level in rms],
        peak=0.9,
        rms_dbfs=-9.0,
        silent_fraction=0.25,
    )


def _levels(tables: Tables) -> list[tuple[str, float | None, float | None, float | None]]:
    return tables["clips"].select("clip_id", "peak", "rms_dbfs", "silent_fraction").rows()


def _spans(*spans: tuple[str, float, float]) -> pl.DataFrame:
    """Clips a, b, c … that are these spans of these media."""
    return clips_table(
        *(
            {"clip_id": chr(97 + number), "media_key": media, "start_s": start, "end_s": end}
            for number, (media, start, end) in enumerate(spans)
        )
    )


def test_each_span_of_a_recording_has_its_own_levels_and_its_recording_one_row(tmp_path: Path) -> None:
    recordings = [_recording("rec.wav", [0.1, 0.1, 0.0, 0.0, 0.2, 0.2]), _recording("other.wav", [0.4, 0.0])]
    field = root(tmp_path, "field", *recordings, holds="recordings")
    tables = _resolved(_spans(("rec", 0, 1), ("rec", 1, 2), ("rec", 2, 3), ("other", 0, 1), ("gone", 0, 1)), field)
    decibels = [pytest.approx(value, abs=1e-4) for value in (-20.0, -13.9794, -10.9691)]
    peaks = [pytest.approx(value) for value in (0.2, 0.4, 0.8)]
    assert _levels(tables) == [
        ("a", peaks[0], decibels[0], 0.0),
        ("b", 0.0, None, 1.0),
        ("c", peaks[1], decibels[1], 0.0),
        ("d", peaks[2], decibels[2], 0.5),
        ("e", None, None, None),
    ]
    assert sum(len(pl.read_parquet(file)) for file in field.checks) == 2
    assert tables["roots"].select("media", "served", "orphans").row(0) == (2, 4, 0)


def test_other_spans_of_the_same_recordings_need_no_audio_and_no_other_check(tmp_path: Path) -> None:
    """There is no audio here at all; what the check left is enough, and is only read."""
    field = root(tmp_path, "field", _recording("rec.wav", [0.1] * 4 + [0.01] * 4), holds="recordings")
    before = [file.read_bytes() for file in field.checks]
    loud, soft = (_resolved(_spans(("rec", start, start + 1)), field) for start in (0.0, 2.5))
    assert [levels[0][2] for levels in map(_levels, (loud, soft))] == pytest.approx([-20.0, -40.0], abs=1e-4)
    assert [file.read_bytes() for file in field.checks] == before


def test_a_span_beyond_the_end_has_the_levels_of_what_there_is(tmp_path: Path) -> None:
    field = root(tmp_path, "field", _recording("rec.wav", [0.1, 0.2]), holds="recordings")
    tables = _resolved(_spans(("rec", 0.5, 9.0), ("rec", 20.0, 30.0)), field)
    assert [status for status, _, _ in _served(tables).values()] == ["outside_media", "outside_media"]
    assert _levels(tables) == [
        ("a", pytest.approx(0.4), pytest.approx(-13.9794, abs=1e-4), 0.0),
        ("b", None, None, None),
    ]


def test_a_clip_that_is_all_of_its_media_has_the_levels_of_its_media(tmp_path: Path) -> None:
    media = {"peak": 0.9, "rms_dbfs": -9.0, "silent_fraction": 0.25}
    wav = root(tmp_path, "wav", check("a.wav", **media))
    field = root(tmp_path, "field", _recording("rec.wav", [0.1, 0.1]), holds="recordings")
    tables = _resolved(_spans(("a", 30.0, 40.0), ("rec", 0.0, 1.0)), wav, field)
    assert _levels(tables)[0] == ("a", 0.9, -9.0, 0.25)
    assert _levels(tables)[1][2] == pytest.approx(-20.0, abs=1e-4)


def test_a_recording_that_could_not_be_measured_gives_its_spans_no_levels(tmp_path: Path) -> None:
    field = root(tmp_path, "field", check("rec.wav", **fault("corrupt")), holds="recordings")
    assert _levels(_resolved(_spans(("rec", 0.0, 1.0)), field)) == [("a", None, None, None)]


def test_members_of_an_archive_are_called_after_their_own_names(tmp_path: Path) -> None:
    made = [check("part.tar", member="a/one.flac"), check("part.tar", member="a/two.flac")]
    tables = _resolved(ONE, root(tmp_path, "tars", *made))
    assert tables["clips"].select("path", "member").row(0) == ("part.tar", "a/one.flac")
    assert tables["orphans"].select("path", "member", "reason").rows() == [("part.tar", "a/two.flac", "unclaimed")]


@settings(max_examples=15, deadline=None)
@given(worlds)
def test_every_clip_has_one_row_and_every_media_serves_or_is_an_orphan(
    tmp_path_factory: pytest.TempPathFactory, world: tuple[list[str], list[dict[str, str]]]
) -> None:
    promised, found = world
    clips = clips_table(*({"clip_id": clip_id, "split": "ab"[n % 2]} for n, clip_id in enumerate(promised)))
    folder = tmp_path_factory.mktemp("world")
    roots = [
        root(folder, f"root{9 - n}", *(check(path, **FINDINGS[finding]) for path, finding in files.items()), shards=2)
        for n, files in enumerate(found)
    ]
    tables = _resolved(clips, *roots, match="youtube")
    ledger, orphans = tables["clips"], tables["orphans"]

    assert ledger.select(clips.columns).equals(clips)
    there = {(f"root{9 - n}", path) for n, files in enumerate(found) for path in files}
    serving = set(ledger.select("root", "path").drop_nulls().rows())
    left_over = orphans.select("root", "path").rows()
    assert len(left_over) == len(set(left_over))
    assert serving | set(left_over) == there
    assert not serving & set(left_over)

    missing = set(ledger.filter(pl.col("status") == "missing")["clip_id"])
    assert missing == set(ledger.filter(pl.col("path").is_null())["clip_id"])
    superseded = orphans.filter(pl.col("reason") == "superseded")
    assert not missing & set(superseded["clip_id"])
    usable = {(f"root{9 - n}", p) for n, files in enumerate(found) for p, f in files.items() if f in ("fine", "short")}
    by_clip = dict(ledger.select("clip_id", "usable").rows())
    for slug, path, clip_id in superseded.select("root", "path", "clip_id").iter_rows():
        assert by_clip[clip_id] or (slug, path) not in usable

    assert Counter({(split, status): count for split, status, count in tables["summary"].rows()}) == Counter(
        ledger.select(pl.col("split", "status").cast(pl.String)).rows()
    )
    for slug, media, served, good, orphaned in (
        tables["roots"].select("root", "media", "served", "usable", "orphans").rows()
    ):
        assert media == sum(1 for name, _ in there if name == slug)
        assert orphaned == sum(1 for name, _ in left_over if name == slug)
        own = ledger.filter(pl.col("root") == slug)
        assert (served, good) == (len(own), own["usable"].sum())
