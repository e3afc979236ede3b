"""Images and spectrograms read by those whom they are for."""

from pathlib import Path

import pytest

from tests.consumers.test_consumers import told_by
from tests.exports.packed import exported
from tests.exports.small_run import BELL, SmallAudioset

pytestmark = pytest.mark.consumer


def test_datasets_loads_every_image_with_its_words(small: SmallAudioset, tmp_path: Path) -> None:
    written = exported("spectrogram_images", small.for_exports, tmp_path)
    told = told_by("read_images.py", tmp_path / "out", home=tmp_path / "home")
    assert {split: len({row["clip_id"] for row in rows}) for split, rows in told.items()} == written.clips
    for row in (row for rows in told.values() for row in rows):
        assert (row["size"], row["mode"], row["highest"]) == ([256, 256], "L", 255)
        assert row["parameters"]["reference_db"] == row["reference_db"]
    [quoted] = told["eval"]
    assert (quoted["text"], quoted["labels"]) == (f"The sounds of Dog and {BELL}", ["Dog", BELL])


def test_m2d_reads_every_spectrogram_with_its_own_weight(small: SmallAudioset, tmp_path: Path) -> None:
    written = exported("m2d", small.for_exports, tmp_path)
    told = told_by("read_m2d.py", tmp_path / "out", "files_balanced_train.csv", "608", home=tmp_path)
    assert len(told) == written.clips["balanced_train"] == 7
    assert all(one["shape"] == [1, 80, 608] for one in told.values())
    weighted = told_by("read_m2d.py", tmp_path / "out", "files_balanced_train_weighted.csv", "608", home=tmp_path)
    labels = {clip: one["label"].split(",") for clip, one in weighted.items()}
    count = {mid: sum(mid in mids for mids in labels.values()) for mids in labels.values() for mid in mids}
    for clip, one in weighted.items():
        expected = sum(1000 / (count[mid] + 100) for mid in labels[clip]) ** (1 / 1.5)
        assert one["weight"] == pytest.approx(expected), clip
