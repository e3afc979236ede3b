"""Which sounds are held against each other, and in which clips they are heard: of tables made by hand."""

from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.matching.heard import HEARD, heard, sounds, without_fingerprint
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

Row = dict[str, Any]


def check(path: str, digest: str | None, fingerprint: bytes | None = b"12", **more: Any) -> Row:
    said = {"path": path, "pcm_digest": digest, "acoustic_fingerprint": fingerprint, "bytes": 1, "mtime_ns": 0}
    return said | {"load_ok": True, "peak": 0.5, "duration_s": 10.0, "fingerprint": "by hand"} | more


def clip(clip_id: str, path: str | None, **more: Any) -> Row:
    said = {"clip_id": clip_id, "media_key": clip_id, "split": "train", "class_ids": [], "class_names": []}
    said |= {"source": "a.csv", "line": 1, "status": "usable", "usable": True, "trainable": True}
    return said | {"root": "r", "path": path, "whole_media": True, "duration_s": 10.0, "peak": 0.5} | more


def checks_in(folder: Path, name: str, *rows: Row) -> Path:
    return _written(folder / f"{name}.parquet", schemas.CHECKS, rows)


def clips_in(folder: Path, name: str, *rows: Row) -> Path:
    return _written(folder / f"{name}.parquet", schemas.CLIPS, rows)


def _written(file: Path, schema: Any, rows: tuple[Row, ...]) -> Path:
    nothing = dict.fromkeys(schema.columns)
    write_table(pl.DataFrame([nothing | row for row in rows], schema=schema.empty().schema), file, schema)
    return file


def pairs(*sides: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(sides, schema={"sound_a": pl.String, "sound_b": pl.String}, orient="row")


def test_each_sound_is_told_once_with_its_fingerprint(tmp_path: Path) -> None:
    one = checks_in(tmp_path, "one", check("a", "x", b"ab"), check("b", "y", b"cd"), check("c", "x", b"ab"))
    other = checks_in(tmp_path, "other", check("d", "y", b"cd"), check("e", "z", b"ef"))
    told = pl.concat(sounds([one, other]))
    assert told.columns == ["sound", "acoustic_fingerprint"]
    assert sorted(told.rows()) == [("x", b"ab"), ("y", b"cd"), ("z", b"ef")]
    assert list(sounds([])) == []


def test_what_does_not_load_is_silent_or_has_no_fingerprint_is_held_against_nothing(tmp_path: Path) -> None:
    file = checks_in(
        tmp_path,
        "checks",
        check("broken", "v", load_ok=False),
        check("short", "w", None, duration_s=0.5),
        check("silent", "x", None, peak=0.0, silent_fraction=1.0),
        check("tone", "y", None),
        check("picture", None, None),
        check("good", "z"),
    )
    assert pl.concat(sounds([file])).rows() == [("z", b"12")]
    told = without_fingerprint([file, file])
    assert told.rows() == [("w", "too_short"), ("x", "silent"), ("y", "steady")]
    assert without_fingerprint([]).is_empty()


def test_clips_are_heard_of_what_is_paired_or_there_twice_alone(tmp_path: Path) -> None:
    checks = {
        "r": [checks_in(tmp_path, "r", *(check(path, path) for path in "abc"), check("d", "twice"))],
        "s": [checks_in(tmp_path, "s", check("d", "twice", member="m"), check("zeros", "0", None, peak=0.0))],
    }
    checks["s"] += [checks_in(tmp_path, "s2", check("zeros2", "0", None, peak=0.0))]
    clips = {
        "two": clips_in(
            tmp_path,
            "two",
            clip("other", "d", root="s", member="m", split="eval"),
            clip("zeros", "zeros", root="s", peak=0.0),
            clip("silent", "d", root="s", member="m", whole_media=False, start_s=0.0, end_s=1.0, peak=0.0),
        ),
        "one": clips_in(
            tmp_path,
            "one",
            clip("whole", "a", start_s=30.0, end_s=40.0),
            clip("span", "b", whole_media=False, start_s=2.0, end_s=9.0, duration_s=5.0),
            clip("alone", "c"),
            clip("again", "d"),
            clip("missing", None, whole_media=None, duration_s=None, peak=None),
        ),
    }
    found = heard(clips, checks, pairs(("a", "b")))
    assert found.schema == HEARD
    assert found.drop("media").rows() == [
        ("one", "again", "train", "twice", 0.0, 10.0),
        ("one", "span", "train", "b", 2.0, 7.0),
        ("one", "whole", "train", "a", 0.0, 10.0),
        ("two", "other", "eval", "twice", 0.0, 10.0),
    ]
    assert found["media"].n_unique() == 4


def test_nothing_is_heard_where_nothing_is(tmp_path: Path) -> None:
    assert heard({}, {"r": []}, pairs()).is_empty()


def foreign(folder: Path, *rows: Row) -> list[Path]:
    said = {"dataset": "far", "split": "eval", "duration_s": 10.0, "file": "far.parquet", "acoustic_fingerprint": b"12"}
    return [_written(folder / "foreign_clips.parquet", schemas.FOREIGN_CLIPS, tuple(said | row for row in rows))]


X, Y, Z = (letter * 32 for letter in "abc")


def test_sounds_of_files_from_elsewhere_are_called_by_their_digest_or_else_by_their_clip(tmp_path: Path) -> None:
    file = checks_in(tmp_path, "checks", check("a", X, b"ab"))
    table = foreign(
        tmp_path,
        {"clip_id": "same", "pcm_digest": X},
        {"clip_id": "z", "pcm_digest": Z, "acoustic_fingerprint": b"ef"},
        {"clip_id": "again", "pcm_digest": Z, "acoustic_fingerprint": b"ef"},
        {"clip_id": "span", "acoustic_fingerprint": b"gh"},
        {"clip_id": "blip", "pcm_digest": Y, "acoustic_fingerprint": None, "duration_s": 0.5},
    )
    told = pl.concat(sounds([file], table))
    assert told.rows() == [(X, b"ab"), (Z, b"ef"), ("far/span", b"gh")]
    assert pl.concat(sounds([], table)).rows() == [(X, b"12"), (Z, b"ef"), ("far/span", b"gh")]
    assert without_fingerprint([file], table).rows() == [(Y, "too_short")]


def test_clips_from_elsewhere_are_heard_as_others_are_each_as_a_media_of_its_own(tmp_path: Path) -> None:
    files = [checks_in(tmp_path, "checks", check("a", X), check("b", Y))]
    clips = {"mine": clips_in(tmp_path, "mine", clip("a", "a"), clip("b", "b"))}
    table = foreign(
        tmp_path,
        {"clip_id": "same", "pcm_digest": X},
        {"clip_id": "like", "start_s": 5.0, "end_s": 15.0},
        {"clip_id": "stranger", "pcm_digest": Z},
    )
    told = heard(clips, {"r": files}, pairs(("far/like", Y)), table)
    assert told.select("dataset", "clip_id", "split", "sound", "start_s", "end_s").rows() == [
        ("far", "like", "eval", "far/like", 0.0, 10.0),
        ("far", "same", "eval", X, 0.0, 10.0),
        ("mine", "a", "train", X, 0.0, 10.0),
        ("mine", "b", "train", Y, 0.0, 10.0),
    ]
    assert told["media"].n_unique() == 4
