"""Several media for a clip, and several clips for a media: what serves, and what nobody can tell."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.ledger.checked import LIMITS, Row, check, clips_table, fault, resolved, root
from workflow_scripts.ledger.checked import RootChecks
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

ID = "4fv-YwA_cZ8"
Tables = dict[str, pl.DataFrame]


def _resolved(match: str, clips: pl.DataFrame, *roots: RootChecks, **limits: float) -> Tables:
    tables = resolved(clips, list(roots), match, LIMITS | limits)
    for name, schema in schemas.RESOLVED.items():
        validate(tables[name], schema)
    media = sum(len(pl.read_parquet(file)) for one in roots for file in one.checks)
    served = tables["clips"].select("root", "path", "member").drop_nulls("path").unique()
    assert len(served) + len(tables["orphans"]) == media
    return tables


def _served(tables: Tables) -> list[tuple[str, str | None]]:
    return tables["clips"].select("status", "path").rows()


def _reasons(tables: Tables) -> dict[str, tuple[str, str | None]]:
    return {path: (reason, clip) for path, reason, clip in tables["orphans"].select("path", "reason", "clip_id").rows()}


def _sound(path: str, seed: int, seconds: float = 10.0, gain: float = 1.0, **more: Any) -> Row:
    """A check of a sound of its own for each seed, whose levels rise and fall; its samples are nobody else's."""
    halves = int(np.ceil(2 * seconds))
    levels = gain * np.random.default_rng(seed).uniform(0.01, 0.3, 7200)[:halves].astype(np.float32)
    own = {
        "pcm_digest": path,
        "format": "WAV",
        "subtype": "PCM_16",
        "duration_s": seconds,
        "frames": round(seconds * more.get("sample_rate", 16_000)),
        "envelope_rms": levels.tolist(),
        "envelope_peak": (2 * levels).tolist(),
    }
    return check(path, **own | more)


LOSSY = {"format": "MP3", "subtype": "MPEG_LAYER_III"}
TWO = clips_table(
    {"clip_id": "train_1", "media_key": "1", "start_s": None, "end_s": None},
    {"clip_id": "test_1", "media_key": "1", "start_s": None, "end_s": None, "split": "test"},
)


# --- one clip, several media ---


def test_two_files_of_one_stem_are_ambiguous_and_both_are_named(tmp_path: Path) -> None:
    tables = _resolved("stem", TWO, root(tmp_path, "wav", _sound("train/1.wav", 1), _sound("test/1.wav", 2)))
    assert _served(tables) == [("ambiguous", None)] * 2
    row = tables["clips"].row(0, named=True)
    assert row["error_kind"] == "several_sounds"
    assert row["error"] == "2 files answer to its name and are not one sound: test/1.wav, train/1.wav"
    assert (row["usable"], row["trainable"], row["root"], row["media_path"], row["duration_s"]) == (
        *(False, False),
        *(None, None, None),
    )
    assert _reasons(tables) == dict.fromkeys(("train/1.wav", "test/1.wav"), ("ambiguous", "train_1"))
    assert tables["summary"].rows() == [
        *(("train", "ambiguous", 1), ("test", "ambiguous", 1)),
        *(("train", "usable", 0), ("test", "usable", 0)),
    ]


def test_each_of_two_files_of_one_stem_has_its_path(tmp_path: Path) -> None:
    clips = TWO.with_columns(media_key=pl.Series(["train/1.wav", "test/1.wav"]))
    tables = _resolved("path", clips, root(tmp_path, "wav", _sound("train/1.wav", 1), _sound("test/1.wav", 2)))
    assert _served(tables) == [("usable", "train/1.wav"), ("usable", "test/1.wav")]


def test_two_files_whose_paths_end_alike_are_ambiguous_and_the_whole_path_is_not(tmp_path: Path) -> None:
    clips = clips_table({"clip_id": "a", "media_key": "train/1.wav"})
    both = [_sound("a/train/1.wav", 1), _sound("b/train/1.wav", 2)]
    assert _served(_resolved("path", clips, root(tmp_path, "tails", *both))) == [("ambiguous", None)]
    tables = _resolved("path", clips, root(tmp_path, "whole", *both, _sound("train/1.wav", 3)))
    assert _served(tables) == [("usable", "train/1.wav")]
    assert set(_reasons(tables).values()) == {("superseded", "a")}


def test_only_twenty_of_many_are_named(tmp_path: Path) -> None:
    files = [_sound(f"{number:02d}/1.wav", number) for number in range(25)]
    error = _resolved("stem", TWO, root(tmp_path, "wav", *files))["clips"]["error"][0]
    assert error.startswith("25 files answer")
    assert error.endswith("18/1.wav, 19/1.wav … and 5 more")


ONE = clips_table({"clip_id": ID})


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"path": "b/x.flac"}, {"path": "a/x.mp3", **LOSSY, "sample_rate": 48_000}),
        (
            {"path": "b/x.m4a", "format": "MP4", "subtype": "ALAC"},
            {"path": "a/x.m4a", "format": "MP4", "subtype": "AAC"},
        ),
        ({"path": "b/x.wav"}, {"path": "a/x.wav", "subtype": "ULAW"}),
        ({"path": "b/x.wav", "subtype": "PCM_24"}, {"path": "a/x.wav", "format": "MOV", "subtype": "PCM_MULAW"}),
        ({"path": "b/x.wav", "sample_rate": 44_100}, {"path": "a/x.wav"}),
        ({"path": "b/x.ogg", **LOSSY, "sample_rate": 44_100}, {"path": "a/x.mp3", **LOSSY}),
        ({"path": "a/x.wav"}, {"path": "b/x.wav"}),
    ],
)
def test_of_copies_of_one_sound_the_best_serves(tmp_path: Path, better: Row, worse: Row) -> None:
    """Lossless before lossy, then the higher rate, then the order of paths."""
    files = [
        _sound(**(file | {"path": file["path"].replace("x", f"Y{ID}_30.0-40.0")}), seed=1) for file in (better, worse)
    ]
    tables = _resolved("youtube", ONE, root(tmp_path, "wav", *files))
    assert _served(tables) == [("usable", files[0]["path"])]
    assert _reasons(tables) == {files[1]["path"]: ("superseded", ID)}


@pytest.mark.parametrize(
    ("other", "is_copy"),
    [
        ({"seed": 1}, True),
        ({"seed": 1, "gain": 0.3}, True),
        ({"seed": 1, "seconds": 10.1}, True),
        ({"seed": 1, "seconds": 10.2}, False),
        ({"seed": 2}, False),
        ({"seed": 2, "pcm_digest": "a.wav"}, True),
        ({"seed": 1, "envelope_rms": None, "envelope_peak": None}, False),
    ],
)
def test_copies_are_as_long_and_rise_and_fall_together(tmp_path: Path, other: Row, is_copy: bool) -> None:
    clips = clips_table({"clip_id": "a"})
    files = [_sound("a.wav", 1), _sound("x/a.wav", **other)]
    status = "usable" if is_copy else "ambiguous"
    assert [one for one, _ in _served(_resolved("stem", clips, root(tmp_path, "wav", *files)))] == [status]


def _level(path: str, levels: list[float]) -> Row:
    seconds = len(levels) / 2
    return _sound(path, 0, seconds) | {"envelope_rms": levels, "envelope_peak": levels}


@pytest.mark.parametrize(
    ("one", "other", "is_copy"),
    [
        ([0.0] * 8, [0.0] * 8, True),
        ([0.0] * 8, [1e-5] * 8, True),
        ([0.0] * 8, [0.1] * 8, False),
        ([0.1] * 8, [0.1] * 8, False),
        ([0.1, 0.2], [0.11, 0.21], True),
        ([0.1, 0.2], [0.01, 0.02], False),
        ([0.1, 0.2], [0.2, 0.1], False),
        ([0.1], [0.1], False),
    ],
)
def test_silence_is_silence_and_a_level_that_never_changes_tells_nothing(
    tmp_path: Path, one: list[float], other: list[float], is_copy: bool
) -> None:
    """Two points lie on a line always, so of a short sound the levels must agree too."""
    files = [_level("a.wav", one), _level("x/a.wav", other)]
    tables = _resolved("stem", clips_table({"clip_id": "a"}), root(tmp_path, "wav", *files))
    assert tables["clips"]["usable"].to_list() == [is_copy]


def test_what_is_not_usable_makes_nothing_ambiguous(tmp_path: Path) -> None:
    files = [_sound("a.wav", 1), check("b/a.wav", **fault("corrupt")), _sound("c/a.wav", 2, seconds=60.0)]
    assert _served(_resolved("stem", clips_table({"clip_id": "a"}), root(tmp_path, "wav", *files))) == [
        ("usable", "a.wav")
    ]


def test_another_root_makes_nothing_ambiguous(tmp_path: Path) -> None:
    roots = (
        root(tmp_path, "wav", _sound("a.wav", 1)),
        root(tmp_path, "mirror", _sound("a.wav", 2), _sound("b/a.wav", 3)),
    )
    assert _served(_resolved("stem", clips_table({"clip_id": "a"}), *roots)) == [("usable", "a.wav")]
    assert _served(_resolved("stem", clips_table({"clip_id": "a"}), *roots[::-1])) == [("ambiguous", None)]


def test_a_recording_and_a_cut_of_it_are_told_by_the_span(tmp_path: Path) -> None:
    clips = clips_table({"clip_id": ID})
    files = [_sound(f"{ID}.wav", 1, seconds=300.0), _sound(f"cut/{ID}.wav", 2, seconds=10.04)]
    tables = _resolved("youtube", clips, root(tmp_path, "wav", *files), max_duration_s=1000.0)
    assert _served(tables) == [("usable", f"cut/{ID}.wav")]
    assert _reasons(tables) == {f"{ID}.wav": ("superseded", ID)}
    files.append(_sound(f"other/{ID}.wav", 3))
    assert (
        _served(_resolved("youtube", clips, root(tmp_path, "more", *files), max_duration_s=1000.0))[0][0] == "ambiguous"
    )


def test_a_cut_among_recordings_is_a_cut(tmp_path: Path) -> None:
    """Its name says where it starts, so it is not cut again."""
    cuts = [_sound(f"{ID}_30.000_40.000.wav", 1), _sound(f"{ID}_3.000_13.000.wav", 2)]
    clips = clips_table(
        {"clip_id": "late", "media_key": ID}, {"clip_id": "early", "media_key": ID, "start_s": 3.0, "end_s": 13.0}
    )
    tables = _resolved("youtube", clips, root(tmp_path, "recordings", *cuts, holds="recordings"))
    assert _served(tables) == [("usable", cuts[0]["path"]), ("usable", cuts[1]["path"])]
    assert tables["clips"].select("duration_s", "whole_media").rows() == [(10.0, True)] * 2


@pytest.mark.parametrize("start", [30.2, 31.3])
def test_spans_as_long_as_a_limit_keep_to_it_wherever_they_start(tmp_path: Path, start: float) -> None:
    """As floats, 40.2 - 30.2 is more than 10, and 32.3 - 31.3 less than 1."""
    recording = root(tmp_path, "recordings", _sound(f"{ID}.wav", 1, seconds=300), holds="recordings")
    spans = [{"clip_id": f"of{s}", "media_key": ID, "start_s": start, "end_s": round(start + s, 1)} for s in (1, 10)]
    tables = _resolved("youtube", clips_table(*spans), recording, max_duration_s=10.0, train_min_duration_s=1.0)
    assert tables["clips"].select("status", "trainable", "duration_s").rows() == [
        ("usable", True, 1.0),
        ("usable", True, 10.0),
    ]


def test_a_span_without_an_end_that_begins_behind_its_recording_is_outside(tmp_path: Path) -> None:
    clips = clips_table({"clip_id": "late", "media_key": ID, "start_s": 100.0, "end_s": None})
    recording = root(tmp_path, "recordings", _sound(f"{ID}.wav", 1, seconds=50), holds="recordings")
    assert _served(_resolved("youtube", clips, recording)) == [("outside_media", f"{ID}.wav")]


def test_a_member_of_a_tar_of_a_folder_is_called_by_its_own_path(tmp_path: Path) -> None:
    """`tar -C folder .` writes `./` before each."""
    members = [
        _sound("c.tar", seed, member=member, pcm_digest=member)
        for seed, member in ((1, "./1.wav"), (2, "./train/1.wav"))
    ]
    tables = _resolved("path", clips_table({"clip_id": "one", "media_key": "1.wav"}), root(tmp_path, "clips", *members))
    assert tables["clips"].select("status", "member").rows() == [("usable", "./1.wav")]


def test_two_recordings_of_one_name_are_compared_over_the_clips_own_stretch(tmp_path: Path) -> None:
    """One of them is cut; where both hold the span the whole one serves, and it alone where the other ends before."""
    clips = clips_table(
        {"clip_id": "a", "media_key": "rec", "start_s": 10.0, "end_s": 20.0},
        {"clip_id": "b", "media_key": "rec", "start_s": 40.0, "end_s": 50.0},
    )
    cut = {"error_kind": "truncated", "error": "cut", "declared_duration_s": 60.0}
    both = [_sound("a/rec.wav", 1, seconds=30.0, **cut), _sound("b/rec.mp3", 1, seconds=60.0, **LOSSY)]
    assert _served(_resolved("stem", clips, root(tmp_path, "field", *both, holds="recordings"))) == [
        ("usable", "b/rec.mp3"),
        ("usable", "b/rec.mp3"),
    ]
    both[1] = _sound("b/rec.mp3", 2, seconds=60.0, **LOSSY)
    assert _served(_resolved("stem", clips, root(tmp_path, "other", *both, holds="recordings"))) == [
        ("ambiguous", None),
        ("usable", "b/rec.mp3"),
    ]


# --- one media, several clips ---

SEGMENTS = clips_table(
    {"clip_id": f"{ID}_30000", "media_key": ID},
    {"clip_id": f"{ID}_70000", "media_key": ID, "start_s": 70.0, "end_s": 80.0},
)


def test_a_file_without_a_time_for_two_segments_of_a_video_is_ambiguous(tmp_path: Path) -> None:
    tables = _resolved("youtube", SEGMENTS, root(tmp_path, "wav", _sound(f"{ID}.wav", 1)))
    assert _served(tables) == [("ambiguous", None)] * 2
    assert tables["clips"]["error_kind"].to_list() == ["several_clips"] * 2
    assert f"{ID}.wav" in tables["clips"]["error"][0]
    assert "holds: recordings" in tables["clips"]["error"][0]
    assert _reasons(tables) == {f"{ID}.wav": ("ambiguous", f"{ID}_30000")}


def test_two_segments_of_a_video_in_a_recording_are_each_its_span(tmp_path: Path) -> None:
    whole = root(tmp_path, "field", _sound(f"{ID}.wav", 1, seconds=90.0), holds="recordings")
    assert _served(_resolved("youtube", SEGMENTS, whole)) == [("usable", f"{ID}.wav")] * 2
    cut = root(tmp_path, "cuts", _sound(f"{ID}.wav", 2))
    assert _served(_resolved("youtube", SEGMENTS, cut, whole)) == [("usable", f"{ID}.wav")] * 2


def test_a_segment_whose_own_file_is_there_needs_no_other(tmp_path: Path) -> None:
    files = [_sound(f"{ID}.wav", 1), _sound(f"{ID}_70000.wav", 2)]
    tables = _resolved("youtube", SEGMENTS, root(tmp_path, "wav", *files))
    assert _served(tables) == [("ambiguous", None), ("usable", f"{ID}_70000.wav")]
    files.append(_sound(f"Y{ID}_30.0-40.0.wav", 3))
    tables = _resolved("youtube", SEGMENTS, root(tmp_path, "both", *files))
    assert _served(tables) == [("usable", f"Y{ID}_30.0-40.0.wav"), ("usable", f"{ID}_70000.wav")]
    assert _reasons(tables) == {f"{ID}.wav": ("superseded", f"{ID}_30000")}


# --- a stretch of a recording ---


def test_a_cut_recording_serves_what_lies_before_the_cut(tmp_path: Path) -> None:
    spans = [(0.0, 10.0), (20.0, 30.0), (25.0, 35.0), (50.0, 60.0), (None, None)]
    clips = clips_table(
        *(
            {"clip_id": str(n), "media_key": "rec", "start_s": start, "end_s": end}
            for n, (start, end) in enumerate(spans)
        )
    )
    for kind, lost in (("truncated", "truncated"), ("corrupt", "unreadable"), ("io_error", "unreadable")):
        broken = {"error_kind": kind, "error": "x", "declared_duration_s": 60.0, "load_ok": kind == "truncated"}
        field = root(tmp_path, kind, _sound("rec.wav", 1, seconds=30.0, **broken), holds="recordings")
        statuses = [status for status, _ in _served(_resolved("stem", clips, field))]
        assert statuses == ["usable", "usable", lost, lost, lost], kind


def test_a_recording_that_nothing_was_decoded_of_serves_nothing(tmp_path: Path) -> None:
    clips = clips_table({"clip_id": "a", "media_key": "rec", "start_s": 0.0, "end_s": 1.0})
    field = root(tmp_path, "field", check("rec.wav", **fault("corrupt", duration_s=None)), holds="recordings")
    row = _resolved("stem", clips, field)["clips"].row(0, named=True)
    assert (row["status"], row["duration_s"]) == ("unreadable", None)


def test_a_clip_without_times_is_all_of_its_media_in_either_kind_of_root(tmp_path: Path) -> None:
    clips = clips_table({"clip_id": "a", "start_s": None, "end_s": None})
    for holds in ("clips", "recordings"):
        field = root(tmp_path, holds, _sound("a.wav", 1, seconds=5.0), holds=holds)
        row = _resolved("stem", clips, field)["clips"].row(0, named=True)
        expected = {"status": "usable", "trainable": True, "whole_media": True, "duration_s": 5.0}
        assert row == row | expected, holds


def test_a_clip_with_a_start_alone_lasts_to_the_end_of_its_recording(tmp_path: Path) -> None:
    clips = clips_table(
        {"clip_id": "a", "media_key": "rec", "start_s": 6.0, "end_s": None},
        {"clip_id": "b", "media_key": "rec", "start_s": None, "end_s": 4.0},
    )
    levels = [0.5] * 12 + [0.1] * 8
    field = root(tmp_path, "field", _level("rec.wav", levels), holds="recordings")
    ledger = _resolved("stem", clips, field)["clips"]
    assert ledger.select("status", "duration_s", "peak").rows() == [
        ("usable", 4.0, pytest.approx(0.1)),
        ("usable", 4.0, pytest.approx(0.5)),
    ]


# --- what is not looked at ---


def test_what_is_not_looked_at_is_an_orphan(tmp_path: Path) -> None:
    made = root(tmp_path, "wav", _sound("a.wav", 1))
    file = tmp_path / "not_looked_at.parquet"
    pl.DataFrame([{"path": "b.xyz", "member": None}], schema=schemas.NOT_LOOKED_AT.empty().schema).write_parquet(file)
    tables = resolved(clips_table({"clip_id": "a"}), [RootChecks("wav", "/a", "clips", made.checks, file)], "stem")
    assert tables["orphans"].rows() == [("wav", "b.xyz", None, "not_looked_at", None)]
    assert tables["roots"]["orphans"].to_list() == [1]
