"""What is made of clips for their cards: sounds, spectrograms, peaks, stills; and what a list says is made."""

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import polars as pl
import pytest
import soundfile
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.made_files import noise16, wav
from workflow_scripts.media.content import Content
from workflow_scripts.media.media import MediaError
from workflow_scripts.review import making
from workflow_scripts.review.lists import to_make, with_packs
from workflow_scripts.review.stills import MOST_PIXELS, still_of_picture, still_of_video
from workflow_scripts.review.waves import peaks, spectrogram, webp

RATE = 16_000


def video(colours: list[int], seconds_each: float = 1.0) -> bytes:
    """An MP4 that shows greys one after the other, ten pictures a second, and has a tone."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        pictures = container.add_stream("mpeg4", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 320, 180, "yuv420p"
        pictures.time_base = Fraction(1, 10)
        sound = container.add_stream("aac", rate=RATE)
        sound.layout = "mono"
        for number in range(round(len(colours) * seconds_each * 10)):
            grey = np.full((180, 320, 3), colours[int(number / 10 / seconds_each)], np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
            frame.pts = number
            container.mux(pictures.encode(frame))
        tone = np.sin(np.arange(round(len(colours) * seconds_each * RATE)) / 10).astype(np.float32)[None] / 4
        samples = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
        samples.sample_rate, samples.pts = RATE, 0
        container.mux(sound.encode(samples))
        container.mux(pictures.encode(None))
        container.mux(sound.encode(None))
    return file.getvalue()


def listed(folder: Path, **files: Any) -> pl.DataFrame:
    """A list of clips that are each all of a file, or that as changes of its row say."""
    rows = []
    for clip_id, given_ in files.items():
        content, changes = given_ if isinstance(given_, tuple) else (given_, {})
        path = folder / f"{clip_id}.bin"
        path.write_bytes(content)
        digest = xxhash.xxh3_128_hexdigest(content)
        rows.append({
            "clip_id": clip_id, "root": "r", "path": path.name, "member": None, "media_path": str(path),
            "whole_media": True, "start_s": None, "end_s": None, "duration_s": 2.0, "sample_rate": RATE, "channels": 1,
            "status": "usable",
            "format": "WAV", "subtype": "PCM_16", "bytes_digest": digest, "picture_folder": None, "picture_path": None,
            "picture_bytes": None, "picture_mtime_ns": None, **changes,
        })  # fmt: skip
    texts = dict.fromkeys(("member", "picture_folder", "picture_path"), pl.String)
    return pl.DataFrame(rows, schema_overrides=texts | dict.fromkeys(("start_s", "end_s", "duration_s"), pl.Float64))


def packed(
    folder: Path, longest_s: float = 60.0, **files: Any
) -> tuple[dict[str, dict[str, Any]], dict[str, list[str]]]:
    """What is told of each clip of a pack, and what failed."""
    (folder / "out").mkdir()
    done = making.pack(to_make(listed(folder, **files), longest_s), folder / "out")
    return {row["clip_id"]: row for row in done.told.iter_rows(named=True)}, done.failed


def test_a_clip_is_played_whole_and_seen(tmp_path: Path) -> None:
    told, failed = packed(tmp_path, one=wav(noise16(2 * RATE)))
    assert failed == {}
    sound, rate = soundfile.read(tmp_path / "out" / told["one"]["sound"])
    assert (len(sound), rate) == (2 * 48_000, 48_000)
    assert told["one"]["seconds"] == 2.0
    assert told["one"]["highest_hz"] == RATE / 2
    with Image.open(tmp_path / "out" / told["one"]["spectrogram"]) as image:
        assert image.format == "WEBP"
        assert image.size[1] == 96


def test_of_a_long_clip_the_first_seconds_are_played(tmp_path: Path) -> None:
    told, _ = packed(tmp_path, longest_s=0.5, one=wav(noise16(2 * RATE)))
    assert told["one"]["seconds"] == 0.5


def test_of_a_span_its_own_stretch_is_played(tmp_path: Path) -> None:
    """Silence, then noise: the span is of the noise."""
    sound = np.concatenate([np.zeros((RATE, 1), np.int16), noise16(RATE)])
    span = {"whole_media": False, "start_s": 1.0, "end_s": 2.0, "duration_s": 1.0}
    told, _ = packed(tmp_path, one=(wav(sound), span), other=(wav(sound), span | {"start_s": 0.0, "end_s": 1.0}))
    assert min(told["one"]["peaks"]) > 5
    assert set(told["other"]["peaks"]) == {0}


def test_a_truncated_media_is_heard_up_to_its_end_and_an_unreadable_one_says_why(tmp_path: Path) -> None:
    cut = wav(noise16(2 * RATE))[: 44 + RATE * 2]  # half of what it declares
    told, failed = packed(
        tmp_path,
        cut=(cut, {"status": "truncated", "duration_s": 1.0}),
        page=(b"<html>not found</html>", {"status": "unreadable", "duration_s": 1.0}),
        unknown=(b"no sound", {"status": "unreadable", "duration_s": None}),
        none=(b"", {"status": "missing", "duration_s": None, "path": None, "media_path": None}),
    )
    assert told["cut"]["seconds"] == 1.0
    assert failed.keys() == {"page"}
    assert failed["page"][0] == "not_audio"
    assert told["page"]["sound"] is told["none"]["sound"] is told["unknown"]["sound"] is None
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_a_media_that_is_not_what_was_checked_is_not_played(tmp_path: Path) -> None:
    _, failed = packed(tmp_path, one=(wav(noise16(2 * RATE)), {"bytes_digest": "0" * 32}))
    assert failed["one"][0] == "changed"


def test_a_video_has_a_still_of_the_middle_of_its_clip(tmp_path: Path) -> None:
    content = video([250, 250, 5, 5, 250])
    of_video = {"format": "MP4", "subtype": "AAC", "duration_s": 1.0, "whole_media": False}
    told, failed = packed(
        tmp_path,
        bright=(content, of_video | {"start_s": 0.0, "end_s": 1.0}),
        dark=(content, of_video | {"start_s": 2.5, "end_s": 3.5}),
        end=(content, of_video | {"start_s": 4.0, "end_s": 5.0}),
    )
    assert failed == {}
    assert [told[clip]["brightness"] > 0.9 for clip in ("bright", "dark", "end")] == [True, False, True]
    assert told["dark"]["brightness"] < 0.05
    assert (told["dark"]["still_width"], told["dark"]["still_height"]) == (320, 180)


def test_pictures_that_cannot_be_decoded_are_told_and_cost_no_sound(tmp_path: Path) -> None:
    (tmp_path / "p.jpg").write_bytes(b"not a picture")
    picture = {"picture_folder": f"{tmp_path}/", "picture_path": "p.jpg"}
    told, failed = packed(tmp_path, one=(wav(noise16(2 * RATE)), picture))
    assert failed == {}
    assert told["one"]["sound"]
    assert told["one"]["still"] is None
    assert "no picture" in told["one"]["no_still"]


def test_a_picture_is_made_small_and_its_own_size_told(tmp_path: Path) -> None:
    Image.new("RGB", (3000, 1000), (51, 51, 51)).save(tmp_path / "wide.png")
    still = still_of_picture(tmp_path / "wide.png")
    assert (still.width, still.height, still.brightness) == (3000, 1000, 0.2)
    with Image.open(io.BytesIO(still.content)) as image:
        assert image.size == (480, 160)


def test_a_picture_of_absurd_size_is_not_opened(tmp_path: Path) -> None:
    """A PNG of 20,000 by 20,000 pixels takes 50 kB on disk."""
    side = int(MOST_PIXELS**0.5) + 1
    Image.new("1", (side, side)).save(tmp_path / "large.png")
    with pytest.raises(MediaError, match="pixels"):
        still_of_picture(tmp_path / "large.png")


def test_sound_alone_has_no_still() -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        sound = container.add_stream("aac", rate=RATE)
        sound.layout = "mono"
        samples = av.AudioFrame.from_ndarray(np.zeros((1, RATE), np.float32), format="fltp", layout="mono")
        samples.sample_rate = RATE
        container.mux(sound.encode(samples))
        container.mux(sound.encode(None))
    assert still_of_video(Content.of(file.getvalue()), "mov", 0.5) is None


def test_a_broken_video_says_that_it_has_no_picture() -> None:
    with pytest.raises(MediaError, match="cannot be decoded"):
        still_of_video(Content.of(video([9])[:200]), "mov", 0.5)


@settings(deadline=None)
@given(st.lists(st.floats(-1.5, 1.5, width=32), max_size=2000))
def test_peaks_hold_the_loudest_sample(samples: list[float]) -> None:
    found = peaks(np.array(samples, np.float32))
    assert len(found) == min(400, len(samples))
    assert max(found, default=0) == round(min(1.0, max(map(abs, samples), default=0.0)) * 100)


@pytest.mark.parametrize(("rate", "hertz"), [(8000, 1000.0), (44_100, 5000.0), (250_000, 60_000.0)])
def test_a_tone_is_white_where_its_frequency_lies(rate: int, hertz: float) -> None:
    """Bins are at equal distances on Slaney's scale, from 0 to half of the rate, the highest above."""
    wave = np.sin(2 * np.pi * hertz * np.arange(rate) / rate).astype(np.float32)
    image = spectrogram(wave, rate)

    def mel(value: float) -> float:
        return value * 3 / 200 if value < 1000 else 15 + np.log(value / 1000) * 27 / np.log(6.4)

    expected = 95 - (mel(hertz) / mel(rate / 2) * 97 - 1)
    assert image.shape[0] == 96
    assert image[:, image.shape[1] // 2].argmax() == pytest.approx(expected, abs=1)
    assert image.max() == 255


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 300_000), st.sampled_from([100, 8000, 44_100]))
def test_a_spectrogram_of_any_length_is_an_image_that_pillow_reads(samples: int, rate: int) -> None:
    image = spectrogram(np.zeros(samples, np.float32), rate)
    assert image.shape[0] == 96
    assert 1 <= image.shape[1] <= 800
    with Image.open(io.BytesIO(webp(image))) as read:
        assert read.size == image.shape[::-1]


def test_samples_that_are_no_numbers_have_no_spectrogram() -> None:
    with pytest.raises(MediaError, match="no numbers"):
        spectrogram(np.full(RATE, np.nan, np.float32), RATE)


def test_a_pack_follows_from_the_media_of_its_clips(tmp_path: Path) -> None:
    """One clip more moves no other to another pack, unless its leaf is split; clips of one media stay together."""
    rows = to_make(listed(tmp_path, **{f"c{number}": b"" for number in range(45)}), 60.0)
    assert with_packs(rows)["pack"].unique().to_list() == ["all"]
    more = pl.concat([rows, *(rows[:20].with_columns(clip_id=pl.col("clip_id") + f"{n}") for n in "ab")])
    packs = with_packs(more).group_by("media").agg(pl.col("pack").n_unique())
    assert packs["pack"].unique().to_list() == [1]
    assert with_packs(more)["pack"].n_unique() > 1
