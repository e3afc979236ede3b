"""Clips in lossy codecs: as long as they were, much as they sounded, the same bytes, and told where that is not so."""

import io
import struct
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.consumers.loaders import neighbours
from tests.exports.packed import exported, options_of
from tests.exports.small_run import AUDIO, SmallAudioset
from tests.made_files import noise16
from workflow_scripts.exports.audio.cutting import Cut
from workflow_scripts.exports.audio.encoding import encode
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.lossy import encode_lossy, refuse_other_sound
from workflow_scripts.media.media import MediaError
from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.sound.containers import mp3, ogg

RATES = {
    "mp3": [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000],
    "opus": [8000, 12_000, 16_000, 24_000, 48_000],
    "ogg": [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000],
}
CODECS = [(codec, rate) for codec, rates in RATES.items() for rate in rates]
FORM = AudioForm("flac", None, "all", 16, "clip")


def form_of(codec: str, **given: Any) -> AudioForm:
    return AudioForm(**{**FORM.__dict__, "codec": codec, **given})


def steps(frames: int, channels: int, rate: int, seed: int = 0) -> Any:
    """A tone of its own in each channel, in noise, int16."""
    time = np.arange(frames) / rate
    tones = np.stack([np.sin(2 * np.pi * (300 + 170 * channel) * time) for channel in range(channels)], axis=1)
    return (8000 * tones).astype(np.int16) + noise16(frames, channels, seed=seed, level=0.02)


def by_ffmpeg(content: bytes) -> tuple[int, int, int]:
    """Frames, rate and channels that FFmpeg decodes."""
    with av.open(io.BytesIO(content)) as container:
        frames = list(container.decode(audio=0))
    return sum(frame.samples for frame in frames), frames[0].sample_rate, frames[0].layout.nb_channels


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("codec", "rate"), CODECS)
def test_a_file_is_as_long_as_its_clip_for_each_decoder(codec: str, rate: int, channels: int) -> None:
    """But for FFmpeg, which is off by a block of Vorbis where all of a file is one page."""
    for frames in (rate // 10, 2 * rate + 77):
        content = encode_lossy(steps(frames, channels, rate), rate, form_of(codec, bitrate=32))
        info = soundfile.info(io.BytesIO(content))
        assert (info.frames, info.samplerate, info.channels) == (frames, rate, channels)
        decoded, decoded_rate, decoded_channels = by_ffmpeg(content)
        assert decoded_channels == channels
        assert decoded_rate == (48_000 if codec == "opus" else rate)  # whose decoders have that rate
        off = 2048 if codec == "ogg" and frames < rate else 1
        assert decoded == pytest.approx(frames * decoded_rate / rate, abs=off)


@settings(max_examples=30, deadline=None)
@given(st.integers(400, 20_000), st.integers(1, 2), st.sampled_from(["mp3", "opus", "ogg"]), st.integers(16, 512))
def test_any_length_comes_back_to_the_sample(frames: int, channels: int, codec: str, bitrate: int) -> None:
    content = encode_lossy(steps(frames, channels, 16_000), 16_000, form_of(codec, bitrate=bitrate))
    assert soundfile.info(io.BytesIO(content)).frames == frames
    if codec == "mp3":
        assert mp3.declared_frames(io.BytesIO(content), len(content)) == frames


@pytest.mark.parametrize("codec", RATES)
def test_the_same_samples_are_the_same_bytes(codec: str) -> None:
    """libsndfile draws the serial of a stream of Ogg by lot. Of pages with a wrong checksum nothing is decoded."""
    first, again, other = (encode_lossy(steps(48_000, 1, 48_000, seed), 48_000, form_of(codec)) for seed in (0, 0, 1))
    assert first == again
    if codec != "mp3":
        assert first[ogg.SERIAL] != other[ogg.SERIAL]
        assert not ogg.ends_early(io.BytesIO(first), len(first))


@pytest.mark.parametrize(("codec", "channels", "bitrate"), [
    ("mp3", 1, 64), ("mp3", 2, 128), ("opus", 1, 32), ("opus", 2, 96), ("opus", 2, 24),
])  # fmt: skip
def test_a_bit_rate_is_about_the_one_that_was_asked_for(codec: str, channels: int, bitrate: int) -> None:
    content = encode_lossy(noise16(20 * 48_000, channels, level=0.1), 48_000, form_of(codec, bitrate=bitrate))
    assert len(content) * 8 / 20 / 1000 == pytest.approx(bitrate, rel=0.2)


@pytest.mark.parametrize(("channels", "bitrate", "nominal"), [
    (2, 128, 128), (2, 192, 192), (1, 80, 80), (1, 16, 48), (1, 512, 240),  # of mono at 48 kHz it has 48 to 240
])  # fmt: skip
def test_of_vorbis_the_header_names_the_bit_rate(channels: int, bitrate: int, nominal: int) -> None:
    content = encode_lossy(steps(48_000, channels, 48_000), 48_000, form_of("ogg", bitrate=bitrate))
    place = content.index(b"\1vorbis") + 20
    assert struct.unpack_from("<i", content, place)[0] == pytest.approx(1000 * nominal, rel=0.005)


# --- what was encoded is looked at ---


def encoded(samples: Any, rate: int, codec: str = "opus") -> bytes:
    return encode_lossy(samples, rate, form_of(codec))


@pytest.mark.parametrize("codec", RATES)
def test_other_sound_is_refused(codec: str) -> None:
    meant = steps(48_000, 2, 48_000)
    refuse_other_sound(encoded(meant, 48_000, codec), meant, 48_000)
    others = {
        "swapped": meant[:, ::-1],
        "silent": np.zeros_like(meant),
        "one silent": meant * np.array([1, 0], np.int16),
        "at another speed": np.repeat(meant[:24_000], 2, axis=0),
        "another": noise16(48_000, 2, seed=5),
    }
    for words, other in others.items():
        content = encoded(np.ascontiguousarray(other), 48_000, codec)
        with pytest.raises(MediaError, match="too little of it is left by the codec"):
            pytest.fail(f"{words} passed") if refuse_other_sound(content, meant, 48_000) else None
    with pytest.raises(MediaError, match=r"1 channels of 24000 Hz where 2 of 48000 were encoded"):
        refuse_other_sound(encoded(np.ascontiguousarray(meant[:24_000, :1]), 24_000, codec), meant, 48_000)
    with pytest.raises(MediaError, match=r"47,000 frames of 48,000"):
        refuse_other_sound(encoded(meant[:47_000], 48_000, codec), meant, 48_000)


@pytest.mark.parametrize("bitrate", [16, 32])
@pytest.mark.parametrize("codec", RATES)
def test_noise_passes_at_the_lowest_bit_rates_and_silence_is_silence(codec: str, bitrate: int) -> None:
    """Of white noise a codec keeps the least."""
    for samples in (noise16(4 * 48_000, 2, level=0.1), np.zeros((48_000, 2), np.int16), noise16(48_000, 1, level=3e-5)):
        assert encode_lossy(samples, 48_000, form_of(codec, bitrate=bitrate))


def test_a_sound_above_all_that_a_codec_holds_is_told() -> None:
    tone = (16_000 * np.sin(2 * np.pi * 21_000 / 48_000 * np.arange(48_000))).astype(np.int16)
    with pytest.raises(MediaError, match=r"a correlation of -?0\.00"):
        encoded(tone, 48_000)


def test_more_channels_than_a_codec_has_are_told() -> None:
    with pytest.raises(MediaError, match="it has 3 channels; mp3 holds 2 at most"):
        encoded(noise16(16_000, 3), 16_000, "mp3")
    assert soundfile.info(io.BytesIO(encoded(steps(16_000, 4, 16_000), 16_000, "ogg"))).channels == 4


@pytest.mark.parametrize("codec", RATES)
def test_a_rate_that_a_codec_has_not_is_told_where_it_is_that_of_the_media(codec: str) -> None:
    """As with lhotse, which takes a media's own; libsndfile 1.2 crashes at Vorbis of 384 kHz."""
    clip = Cut({}, np.zeros(384_000, np.float32), 384_000)
    with pytest.raises(MediaError, match=f"{codec} has no 384,000 Hz; say which: audio: {{sample_rate: …}}"):
        encode(clip, form_of(codec))


@pytest.mark.parametrize("codec", RATES)
def test_samples_of_24_bits_are_encoded_as_loud_as_those_of_16(codec: str) -> None:
    clip = Cut({}, (steps(48_000, 1, 48_000)[:, 0] / 2**15).astype(np.float32), 48_000)
    loud = [soundfile.read(io.BytesIO(encode(clip, form_of(codec, bits=bits)).content))[0].std() for bits in (16, 24)]
    assert loud[0] == pytest.approx(loud[1], rel=1e-3)


# --- in an export ---


@pytest.mark.parametrize(("codec", "rate", "kept", "source"), [
    ("mp3", 22_050, "inmirrorxxx", AUDIO["mirror"]["inmirrorxxx.mp3"]),
    ("ogg", 16_000, "quotedxxxxx", AUDIO["clips"]['eval, it\'s "quoted"/quotedxxxxx.ogg']),
    ("opus", 16_000, None, b""),
])  # fmt: skip
def test_a_media_of_the_codec_keeps_its_bytes_and_others_are_encoded(
    small: SmallAudioset, tmp_path: Path, codec: str, rate: int, kept: str | None, source: bytes
) -> None:
    written = exported("webdataset", small.for_exports, tmp_path, audio={"codec": codec, "sample_rate": rate})
    assert "not_made" not in written.held_back
    pairs = [pair for tar in (tmp_path / "out").rglob("*.tar") for pair in neighbours(tar)]
    assert len(pairs) == sum(written.clips.values()) == 8
    for pair in pairs:
        info = soundfile.info(io.BytesIO(pair[codec]))
        assert (info.samplerate, info.channels) == (rate, 1)
        assert info.subtype == {"mp3": "MPEG_LAYER_III", "ogg": "VORBIS", "opus": "OPUS"}[codec]
        assert (pair[codec] == source) == (pair["__key__"] == kept)


@pytest.mark.parametrize(("audio", "words"), [
    ({"codec": "opus", "sample_rate": 44_100}, r"audio\.sample_rate: 44100 is not known; one of 8000, 12000, 16000"),
    ({"codec": "mp3", "sample_rate": 96_000}, r"audio\.sample_rate: 96000 is not known; one of 8000, 11025"),
    ({"codec": "ogg", "sample_rate": 96_000}, r"audio\.sample_rate: 96000 is greater than the maximum of 48000"),
    ({"codec": "ogv"}, r"audio\.codec: 'ogv' is not known; one of flac, wav, mp3, opus, ogg"),
])  # fmt: skip
@pytest.mark.parametrize("export", ["webdataset", "huggingface"])
def test_a_rate_that_a_codec_has_not_is_refused_before_anything_runs(
    export: str, audio: dict[str, Any], words: str
) -> None:
    with pytest.raises(SettingsError, match=words):
        options_of(export, audio=audio)
    assert options_of(export, audio={"codec": "flac", "sample_rate": 96_000})["audio"]["bitrate"] == 128
    assert options_of(export, audio={"codec": "opus"})["audio"]["sample_rate"] == 48_000


def test_what_an_export_says_of_its_sound_stands_over_what_all_say() -> None:
    own = options_of("lhotse", audio={"codec": "ogg"})["audio"]
    assert own == options_of("webdataset", audio={"codec": "ogg"})["audio"] | {"sample_rate": None, "channels": "all"}


@pytest.mark.shared
@pytest.mark.parametrize("codec", RATES)
def test_real_sounds_are_held_at_low_bit_rates(shared: Path, codec: str) -> None:
    files = sorted((shared / "data/esc10").rglob("*.ogg"))[::10]
    assert files
    for file in files:
        samples, rate = soundfile.read(file, dtype="float32")
        clip = Cut({}, samples, rate)
        made = encode(clip, form_of(codec, sample_rate=16_000, bitrate=32))
        assert (made.frames, made.sample_rate) == (soundfile.info(io.BytesIO(made.content)).frames, 16_000), file
