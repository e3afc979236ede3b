"""Broken, rare and hostile files cost no pack of arrays more than themselves."""

from pathlib import Path

import polars as pl
import pytest
import soundfile

from tests.exports.packed import options_of
from tests.exports.test_exports_features import KINDS, pack_folder
from tests.exports.test_exports_packs import row
from workflow_scripts.exports.features.form import FbankForm
from workflow_scripts.exports.formats import format_of
from workflow_scripts.exports.m2d.form import LogMelForm
from workflow_scripts.exports.spectrogram_images.form import ImageForm

FORMS = {
    "features": FbankForm("first", 128),
    "m2d": LogMelForm(6.1),
    "spectrogram_images": ImageForm.of(options_of("spectrogram_images")),
}
MOST_S = 600.0
"""Some declare 10^14 seconds."""


@pytest.mark.shared
@pytest.mark.parametrize("name", FORMS)
def test_each_file_is_made_or_told(shared: Path, tmp_path: Path, name: str) -> None:
    form, rows = FORMS[name], []
    files = sorted(file for file in (shared / "data/odd_audio").rglob("*") if file.is_file())
    for number, file in enumerate(files):
        try:
            info = soundfile.info(file)
        except soundfile.LibsndfileError:
            seconds, rate, channels = 1.0, 16_000, 1
        else:
            seconds, rate, channels = min(info.frames / info.samplerate, MOST_S), info.samplerate, info.channels
        of_file = {"duration_s": seconds, "own_rate": rate, "own_channels": channels}
        rows.append(row(file, f"clip{number}", made_as=form.made_as, channel=form.channel, **of_file))
    packed = format_of(name).pack(pl.DataFrame(rows, schema_overrides=KINDS), pack_folder(tmp_path))
    made = set(packed.told["clip_id"])
    assert made | packed.failed.keys() == {f"clip{number}" for number in range(len(files))}
    assert not made & packed.failed.keys()
    assert len(made) >= 9, "the others have no frame, or are broken"
    assert all(kind and words for kind, words in packed.failed.values())
