"""What is odd about clips is found by the thresholds that the view names; rows worked out by hand."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.catalogue.by_hand import ROOT, Row, catalogue_of, clip


def _heard(clip_id: str, **of_check: Any) -> tuple[Row, Row]:
    """A clip that is all of a file, and the check of that."""
    path = f"{clip_id}.wav"
    of_clip = {name: of_check[name] for name in ("silent_fraction", "peak") if name in of_check}
    row = clip(clip_id, root=ROOT, path=path, media_path=f"/audio/{path}", whole_media=True, **of_clip)
    return row, {"path": path, "sample_rate": 44_100, "channels": 2, "channel_layout": "stereo"} | of_check


HEARD = [
    _heard("as_it_should", peak=0.5, silent_fraction=0.99, clipped_fraction=0.01, bandwidth_hz=13_231.0),
    _heard("loud", peak=1.0, clipped_fraction=0.0321),
    _heard("brought_up", bandwidth_hz=8000.0),
    _heard("slow", bandwidth_hz=300.0, sample_rate=16_000),
    _heard("of_nothing", bandwidth_hz=0.0),
    _heard("fake", channel_layout="dual_mono", bandwidth_hz=13_230.0),
    _heard("half", channel_layout="one_sided"),
    _heard("hushed", peak=0.0001, silent_fraction=1.0),
    _heard("zeros", peak=0.0, silent_fraction=1.0, pcm_digest="0" * 32),
    _heard("zeros_too", peak=0.0, silent_fraction=1.0, pcm_digest="0" * 32),
    _heard("broken", clipped_fraction=0.5, channel_layout="dual_mono", bandwidth_hz=9.0, load_ok=False),
    _heard("copy_1", peak=0.5, pcm_digest="a" * 32),
    _heard("copy_2", peak=0.5, pcm_digest="a" * 32),
    _heard("copy_3", peak=0.5, pcm_digest="a" * 32),
    _heard("longer", duration_s=12.0),
    _heard("slower", duration_s=3.0),
]
OTHERS = [
    clip("of_v", media_key="v", split="balanced_train"),
    clip("of_v_too", media_key="v", split="unbalanced_train"),
    clip("of_w", media_key="w", split="balanced_train"),
    clip("of_w_too", media_key="w", split="unbalanced_train"),
    clip("of_w_eval", media_key="w", split="eval"),
    clip("of_x", media_key="x", split="dev"),
    clip("of_x_eval", media_key="x", split="eval"),
    clip("of_y", media_key="y", split="eval"),
    clip("of_y_too", media_key="y", split="eval"),
    clip("of_z", media_key="z", split="pretrained"),
    clip("of_z_train", media_key="z", split="full-train.v2"),
]
CAPTIONS: list[Row] = [
    {"clip_id": "as_it_should", "text": "A dog barks twice while rain falls on a tin roof"},
    {"clip_id": "loud", "text": "Music"},
    {"clip_id": "loud", "ordinal": 1, "text": "some sounds"},
    {"clip_id": "loud", "ordinal": 2, "text": "n/a"},
]
ORIGINS: list[Row] = [
    {"clip_id": "longer", "declared_duration_s": 10.0},
    {"clip_id": "slower", "declared_duration_s": 3.0, "declared_sample_rate": 48_000},
    {"clip_id": "loud", "declared_sample_rate": 44_100},
]
FOUND = {
    ("brought_up", "upsampled"): "nothing above 8000 Hz, at 44100 samples a second",
    ("copy_1", "duplicate"): "samples of mine/copy_2 and 1 more",
    ("copy_2", "duplicate"): "samples of mine/copy_1 and 1 more",
    ("copy_3", "duplicate"): "samples of mine/copy_1 and 1 more",
    ("fake", "dual_mono"): "both channels hold the same",
    ("fake", "upsampled"): "nothing above 13230 Hz, at 44100 samples a second",
    ("half", "one_sided"): "one of two channels is silent",
    ("hushed", "silent"): "never louder than 0.000100 of full scale",
    ("longer", "not_as_declared"): "12.00 s, declared 10.00 s",
    ("loud", "clipped"): "3.2 % of the samples of its file",
    ("of_w", "leaked"): "video with of_w_eval of eval",
    ("of_w_eval", "leaked"): "video with of_w of balanced_train",
    ("of_w_too", "leaked"): "video with of_w_eval of eval",
    ("of_x", "leaked"): "video with of_x_eval of eval",
    ("of_x_eval", "leaked"): "video with of_x of dev",
    ("of_z", "leaked"): "video with of_z_train of full-train.v2",
    ("of_z_train", "leaked"): "video with of_z of pretrained",
    ("slower", "not_as_declared"): "44100 samples a second, declared 48000",
    ("zeros", "silent"): "digital silence",
    ("zeros_too", "silent"): "digital silence",
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    clips, checks = map(list, zip(*HEARD, strict=True))
    mine = {"clips": [*clips, *OTHERS], "captions": CAPTIONS, "origins": ORIGINS}
    return catalogue_of(tmp_path_factory.mktemp("findings"), {"mine": mine, "empty": {}}, checks)


def test_each_finding_of_a_clip_is_one_row_and_says_why(catalogue: duckdb.DuckDBPyConnection) -> None:
    asked = "SELECT * EXCLUDE (dataset) FROM findings WHERE finding NOT LIKE 'caption%'"
    rows = {(clip_id, finding): detail for clip_id, finding, detail in catalogue.execute(asked).fetchall()}
    assert rows == FOUND
    assert catalogue.execute(
        "SELECT count(*), count(DISTINCT (dataset, clip_id, finding)) FROM findings"
    ).fetchall() == [(len(FOUND) + len(_captions(catalogue)),) * 2]


def test_findings_of_captions_are_those_of_their_view(catalogue: duckdb.DuckDBPyConnection) -> None:
    rows = _captions(catalogue)
    assert rows["loud", "caption_generic"] == "not a word of what is heard"
    assert rows["loud", "caption_junk"] == "a word for what is not there"
    assert ("as_it_should", "caption_generic") not in rows
    asked = catalogue.execute("SELECT DISTINCT clip_id, 'caption_' || kind FROM caption_findings").fetchall()
    assert rows.keys() == set(asked)


def test_what_shares_several_things_is_leaked_once(tmp_path: Path) -> None:
    url = "https://freesound.org/s/1/"
    clips = [
        clip("a", media_key="v", split="train", source_url=url),
        clip("b", media_key="v", split="eval", source_url=url),
        clip("c", split="dev", source_url=url),
    ]
    rows = catalogue_of(tmp_path, {"mine": {"clips": clips}}).execute("FROM findings").fetchall()
    assert rows == [
        ("mine", "a", "leaked", "source with c of dev; video with b of eval"),
        ("mine", "b", "leaked", "source with c of dev; video with a of train"),
        ("mine", "c", "leaked", "source with a of train"),
    ]


def _captions(catalogue: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    rows = catalogue.execute("SELECT * EXCLUDE (dataset) FROM findings WHERE finding LIKE 'caption%'").fetchall()
    return {(clip_id, finding): detail for clip_id, finding, detail in rows}
