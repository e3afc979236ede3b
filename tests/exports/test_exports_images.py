"""Images of spectrograms as audio-diffusion makes them, with words beside them, and the sound that they hold."""

import io
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.exports.packed import exported, options_of
from tests.exports.small_run import AUDIO, BELL, SmallAudioset, instead
from tests.exports.test_exports_features import KINDS, pack_folder
from tests.exports.test_exports_packs import row
from tests.made_files import noise, noise16, wav
from tests.project import REPOSITORY
from tests.sound.test_mel import by_sums
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports import spectrogram_images
from workflow_scripts.exports.formats import format_of
from workflow_scripts.exports.plans import write_plan
from workflow_scripts.exports.reading import Tables
from workflow_scripts.exports.spectrogram_images.form import ImageForm
from workflow_scripts.exports.spectrogram_images.images import mel_settings, picture, pictures
from workflow_scripts.exports.spectrogram_images.inversion import power_of, sound_of
from workflow_scripts.exports.spectrogram_images.png import pixels_of, png, told_of
from workflow_scripts.sound.feature import Resampler
from workflow_scripts.sound.inversion import magnitudes_of, spectral_convergence
from workflow_scripts.sound.mel import mel_power
from workflow_scripts.tables import schemas

FORM = ImageForm.of(options_of("spectrogram_images"))
SMALL = {"width": 64, "height": 48, "sample_rate": 16_000, "n_fft": 512, "hop": 256}
TAKEN = {"-aaaaaaaaaa", "_bbbbbbbbbb", "Ycccccccccc", "onlyabstrac", "onlynoindex", "inrecording", "inmirrorxxx"}


def as_imagefolder_does(folder: Path) -> dict[str, list[tuple[np.ndarray, dict[str, Any]]]]:
    """Of each split the images that metadata.jsonl names, which have to be all there are, and their lines."""
    loaded = {}
    for metadata in sorted(folder.glob("*/metadata.jsonl")):
        lines = [json.loads(line) for line in metadata.read_text().splitlines()]
        assert len({tuple((name, type(value)) for name, value in line.items()) for line in lines}) == 1
        files = {str(file.relative_to(metadata.parent)) for file in metadata.parent.rglob("*.png")}
        assert files == {line["file_name"] for line in lines}
        loaded[metadata.parent.name] = [
            (pixels_of((metadata.parent / line["file_name"]).read_bytes()), line) for line in lines
        ]
    return loaded


def test_every_trainable_clip_has_images_of_one_size_with_its_words(small: SmallAudioset, tmp_path: Path) -> None:
    captions = [("_bbbbbbbbbb", 1, "two"), ("_bbbbbbbbbb", 0, "NA")]
    table = pl.DataFrame(captions, schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    written = exported("spectrogram_images", instead(small.for_exports, tmp_path / "t", captions=table), tmp_path)
    loaded = as_imagefolder_does(tmp_path / "out")
    assert {pixels.shape for of_split in loaded.values() for pixels, _ in of_split} == {(256, 256)}
    said = {line["clip_id"]: line for of_split in loaded.values() for _, line in of_split}
    assert said.keys() == TAKEN | {"quotedxxxxx"}
    assert written.clips == {"balanced_train": 7, "eval": 1}
    assert said["_bbbbbbbbbb"]["text"] == "NA"
    assert said["_bbbbbbbbbb"]["captions"] == ["NA", "two"]
    assert said["quotedxxxxx"]["text"] == f"The sounds of Dog and {BELL}"
    assert said["quotedxxxxx"]["labels"] == ["Dog", BELL]


def test_a_clip_longer_than_an_image_has_several_and_a_rest_of_less_than_half_has_none(
    small: SmallAudioset, tmp_path: Path
) -> None:
    """10 s at 5.94 s an image: the second has 4.06 s. At 4.10 s an image: 1.8 s are left off."""
    for width, seconds in ((256, [131_071 / 22_050, 10 - 131_071 / 22_050]), (177, [90_623 / 22_050] * 2)):
        folder = tmp_path / str(width)
        exported("spectrogram_images", small.for_exports, folder, width=width)
        lines = [line for _, line in as_imagefolder_does(folder / "out")["balanced_train"]]
        of_it = [line for line in lines if line["clip_id"] == "inrecording"]
        assert [line["seconds"] for line in of_it] == pytest.approx(seconds, abs=1e-9)
        assert [line["start_s"] for line in of_it] == pytest.approx([0.0, seconds[0]], abs=1e-9)
        assert len({line["file_name"] for line in of_it}) == 2


@given(samples=some.integers(1, 40_000))
@settings(deadline=None, max_examples=30)
def test_images_are_of_all_that_would_fill_half_of_one(samples: int) -> None:
    form = ImageForm.of(options_of("spectrogram_images", **{**SMALL, "hop": 64}))
    found = list(pictures(np.zeros(samples, np.float32), form))
    assert all(one.pixels.shape == (48, 64) for one in found)
    left = samples - sum(round(one.seconds * 16_000) for one in found)
    assert 0 <= left <= form.samples // 2
    assert len(found) == max(1, round(samples / form.samples - 1e-9))


def test_pixels_are_the_decibels_below_the_loudest(tmp_path: Path) -> None:
    wave = noise(FORM.samples, level=0.1)[:, 0] * np.linspace(0, 1, FORM.samples, dtype=np.float32) ** 4
    pixels, reference_db = picture(wave, FORM)
    expected = 10 * np.log10(np.maximum(1e-10, by_sums(wave[: 8 * 512], mel_settings(FORM))))
    assert reference_db == pytest.approx(10 * np.log10(mel_power(wave, mel_settings(FORM)).max()), abs=1e-5)
    scaled = np.clip((expected - reference_db + 80) * 255 / 80, 0, 255)
    assert pixels.max() == 255
    assert np.abs(pixels[:, :4] - scaled[:, :4]).max() <= 0.51


def test_silence_is_an_image_too() -> None:
    """All of it is as loud as the loudest, which is as soft as can be told."""
    pixels, reference_db = picture(np.zeros(FORM.samples, np.float32), FORM)
    assert (pixels == 255).all()
    assert reference_db == -100
    assert np.abs(sound_of(pixels, FORM.parameters, reference_db)).max() < 1e-4


# --- PNG ---


@given(height=some.integers(1, 40), width=some.integers(1, 40), seed=some.integers(0, 5), told=some.text())
@settings(deadline=None, max_examples=40)
def test_what_is_written_is_read(height: int, width: int, seed: int, told: str) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    content = png(pixels, {"told": told})
    assert np.array_equal(pixels_of(content), pixels)
    assert told_of(content) == {"told": told}


def test_a_file_keeps_to_the_standard() -> None:
    """Chunk by chunk: length, kind, body, checksum; the text in Latin-1 behind the head; one byte of grey a pixel."""
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    content, place, kinds = png(pixels, {"é": 1}), 8, []
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    while place < len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        body = content[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", content, place + 8 + length)[0] == zlib.crc32(kind + body)
        kinds.append((kind, body))
        place += 12 + length
    names = [kind for kind, _ in kinds]
    assert names[:2] == [b"IHDR", b"tEXt"]
    assert names[-1] == b"IEND"
    assert kinds[0][1] == struct.pack(">IIBBBBB", 4, 3, 8, 0, 0, 0, 0)
    keyword, _, text = kinds[1][1].partition(b"\0")
    assert (keyword, json.loads(text.decode("latin-1"))) == (b"spectrogram", {"é": 1})


@pytest.mark.parametrize("content", [b"", b"GIF89a", png(np.zeros((2, 2), np.uint8), {})[:33]])
def test_a_file_without_parameters_says_so(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a PNG with the parameters"):
        told_of(content)


# --- packs ---


def lists(tables: Tables, folder: Path, **given: object) -> dict[str, bytes]:
    write_plan(format_of("spectrogram_images"), tables, options_of("spectrogram_images", **given), folder)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_words_make_no_pack_anew_a_media_one_and_a_parameter_all(
    small: SmallAudioset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spectrogram_images, "CLIPS_A_PACK", 2)
    clips, is_it = small.table("clips"), pl.col("clip_id") == "_bbbbbbbbbb"
    nothing = pl.lit([], pl.List(pl.Categorical))
    unsaid = clips.with_columns(class_names=pl.when(is_it).then(nothing).otherwise("class_names"))
    longer = clips.with_columns(duration_s=pl.when(is_it).then(pl.lit(9.0)).otherwise("duration_s"))
    before = lists(small.for_exports, tmp_path / "before")
    assert len(before) >= 5
    assert lists(instead(small.for_exports, tmp_path / "words", clips=unsaid), tmp_path / "unsaid") == before
    after = lists(instead(small.for_exports, tmp_path / "tables", clips=longer), tmp_path / "after")
    assert sum(before[name] != after[name] for name in before) == 1
    wider = lists(small.for_exports, tmp_path / "wider", width=257)
    assert all(before[name] != wider[name] for name in before)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"highest_hz": 12_000},
            "mel bins from 0 to 12000 Hz; expected lowest_hz below highest_hz, and that not above",
        ),
        ({"lowest_hz": 5000, "highest_hz": 5000}, "mel bins from 5000 to 5000 Hz"),
        ({"n_fft": 511}, "n_fft: 511; expected an even number"),
        ({"height": 1024}, r"of 1,024 mel bins are narrower than the lines of the spectrum are apart, 10\.7666 Hz"),
    ],
)
def test_parameters_that_make_no_image_are_refused(
    small: SmallAudioset, tmp_path: Path, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(SoundledgerError, match=words):
        lists(small.for_exports, tmp_path / "plan", **given)


def test_what_is_no_number_and_what_is_too_short_is_left_out(tmp_path: Path) -> None:
    rows = []
    for name, samples in {
        "nan": np.full((16_000, 1), np.nan, np.float32),
        "short": noise16(15_000),
        "ok": noise16(16_000),
    }.items():
        (tmp_path / f"{name}.wav").write_bytes(wav(samples))
        rows.append(row(tmp_path / f"{name}.wav", name, own_rate=16_000, made_as=FORM.made_as, channel="mean"))
    packed = spectrogram_images.pack(pl.DataFrame(rows, schema_overrides=KINDS), pack_folder(tmp_path))
    assert packed.told["file"].to_list() == ["ok.0.png"]
    assert {clip: kind for clip, (kind, _) in packed.failed.items()} == {"nan": "not_finite", "short": "too_short"}
    assert [file.name for file in (tmp_path / "pack/files").iterdir()] == ["ok.0.png"]


# --- sound of images ---


def heard_again(wave: np.ndarray) -> tuple[float, float]:
    """How far the sound of a signal's image is from it: spectral convergence, and decibels of mel bins, mean square."""
    pixels, reference_db = picture(wave, FORM)
    again = sound_of(pixels, FORM.parameters, reference_db)
    assert again.shape == wave.shape
    of = mel_settings(FORM)
    now, before = (10 * np.log10(np.maximum(mel_power(one, of), 1e-10)) for one in (again, wave))
    distance = float(np.sqrt(np.mean((now - before)[pixels > 0] ** 2)))
    return spectral_convergence(magnitudes_of(again, of), magnitudes_of(wave, of)), distance


def test_a_chord_is_heard_at_its_pitches_and_loudness() -> None:
    time = np.arange(FORM.samples) / 22_050
    wave = sum(0.1 * np.sin(2 * np.pi * hertz * time) for hertz in (440, 1000, 3500)).astype(np.float32)
    pixels, reference_db = picture(wave, FORM)
    spectrum = np.abs(np.fft.rfft(sound_of(pixels, FORM.parameters, reference_db)))
    hertz = np.fft.rfftfreq(FORM.samples, 1 / 22_050)
    for pitch in (440, 1000, 3500):
        near = np.abs(hertz - pitch) < 40
        assert abs(hertz[near][spectrum[near].argmax()] - pitch) < 11
        assert 10 * np.log10(np.square(spectrum[near]).sum() / (0.05 * FORM.samples) ** 2) == pytest.approx(0, abs=1.5)
    assert heard_again(wave)[1] < 4


def test_power_of_pixels_is_that_which_was_drawn() -> None:
    """To half a step of the decibels, and black is nothing."""
    wave = noise(FORM.samples, level=0.1)[:, 0]
    pixels, reference_db = picture(wave, FORM)
    before = mel_power(wave, mel_settings(FORM))
    there = pixels > 0
    apart = 10 * np.log10(power_of(pixels, FORM, reference_db)[there] / before[there])
    assert np.abs(apart).max() <= 80 / 255 / 2 + 1e-3
    assert (power_of(np.zeros((256, 256), np.uint8), FORM, 0.0) == 0).all()


def test_the_command_writes_the_sound_of_an_image(small: SmallAudioset, tmp_path: Path) -> None:
    exported("spectrogram_images", small.for_exports, tmp_path)
    [image] = (tmp_path / "out").rglob("_bbbbbbbbbb.0.png")
    module = "workflow_scripts.exports.spectrogram_images.inversion"
    subprocess.run([sys.executable, "-m", module, str(image), str(tmp_path / "a.wav")], cwd=REPOSITORY, check=True)
    sound, rate = soundfile.read(tmp_path / "a.wav", dtype="float32")
    content = AUDIO["clips"]["balanced_train/_bbbbbbbbbb.flac"]
    before = soundfile.read(io.BytesIO(content), dtype="float32")[0].mean(1)
    whole = round(len(before) / 44_100 * rate)
    assert rate == 22_050
    assert np.sqrt(np.mean(sound[:whole] ** 2)) == pytest.approx(
        np.sqrt(np.mean(Resampler(44_100, 22_050).resample(before, is_last=True) ** 2)), rel=0.1
    )
    assert np.sqrt(np.mean(sound[whole + 2048 :] ** 2)) < 1e-3


@pytest.mark.shared
def test_real_recordings_are_heard_again(shared: Path) -> None:
    """Of each kind one; benchmarks/images.py measures more of them."""
    files = sorted((shared / "data/esc10").rglob("*.ogg"))[20::80]
    assert len(files) == 5
    for file in files:
        samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
        wave = Resampler(rate, 22_050).resample(samples.mean(1, dtype=np.float32), is_last=True)
        wave = np.pad(wave, (0, FORM.samples))[: FORM.samples]
        convergence, distance = heard_again(wave)
        assert convergence < 0.5
        assert distance < 4
