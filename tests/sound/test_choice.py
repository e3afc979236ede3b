"""All of the sound that a file holds, whoever decodes it: what headers claim is held against the bytes."""

import io
import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.made_files import encoded, flac_of_length, noise, noise16, wav
from tests.media.test_content import listed
from tests.sound.containers.test_flac import frame_starts
from tests.sound.decoders.made_videos import melody, video
from tests.workers import SETTINGS
from workflow_scripts.media.content import Content, file_content
from workflow_scripts.sound.containers.mp3 import frames
from workflow_scripts.sound.containers.ogg import checksum
from workflow_scripts.sound.decode import block_frames, open_second, open_stream
from workflow_scripts.sound.examine import examine

Row = dict[str, Any]
RATE = 44_100
ID3 = b"ID3\4\0\0\0\0\x0f\x68" + bytes([7]) * 2024
VORBIS, VORBIS_2 = (encoded(noise(n, seed=n), RATE, "OGG", "VORBIS") for n in (30_000, 50_000))
OPUS = encoded(noise(96_000), 48_000, "OGG", "OPUS")
MP3, MP3_2 = (encoded(noise(n, seed=n), RATE, "MP3", "MPEG_LAYER_III") for n in (30_000, 60_000))
FLAC = encoded(noise16(40_000, 2), RATE, "FLAC", "PCM_16")
SOUND = noise16(40_000)


def told(data: bytes) -> Row:
    return examine(Content.of(data), None, SETTINGS)


def outcome(data: bytes) -> tuple[Any, ...]:
    """Whether it is sound, its fault, samples, and who decoded it."""
    row = told(data)
    return row["load_ok"], row.get("error_kind"), row.get("frames"), row.get("decoder")


def uncounted(data: bytes) -> bytes:
    """An MP3 whose first frame tells nothing."""
    place = max(data.find(b"Xing", 0, 200), data.find(b"Info", 0, 200))
    return data[:place] + bytes(60) + data[place + 60 :]


def mp3_samples(data: bytes) -> int:
    """All samples of all its frames."""
    found = frames(io.BytesIO(data), len(data))
    assert found is not None
    return found.samples * found.count


# --- MP3 ---


@pytest.mark.parametrize("between", [b"", ID3, b"TAG".ljust(128)])
def test_mp3s_that_were_joined_are_all_decoded_and_the_count_is_called_wrong(between: bytes) -> None:
    row = told(MP3 + between + MP3_2)
    assert (row["load_ok"], row["error_kind"], row["decoder"]) == (True, "wrong_count", "ffmpeg")
    assert row["frames"] == pytest.approx(90_000, abs=4 * 1152)
    assert row["declared_duration_s"] == 30_000 / RATE
    assert row["undecoded_bytes"] == (128 if between[:3] == b"TAG" else 0)


def test_pieces_of_a_stream_that_were_cut_within_frames_are_decoded_but_for_those() -> None:
    first, second = uncounted(MP3), uncounted(MP3_2)
    row = told(first[:-500] + second[1500:])
    assert (row["load_ok"], row.get("error_kind")) == (True, None)
    assert row["frames"] == pytest.approx(90_000, abs=8 * 1152)
    assert 0 < row["undecoded_bytes"] < 3000


def test_one_mp3_is_libsndfile_s() -> None:
    assert outcome(MP3) == (True, None, 30_000, "libsndfile")


@pytest.mark.parametrize("before", [bytes(5000), ID3 + bytes(3000), b"\xa5rubbish" * 1000, bytes([1]) * 100_000])
def test_what_lies_before_the_first_frame_is_stepped_over(before: bytes) -> None:
    row = told(before + MP3)
    assert (row["load_ok"], row["frames"], row["decoder"]) == (True, 30_000, "libsndfile_mended")
    assert row["undecoded_bytes"] == (len(before) if before.strip(b"\0")[:3] not in (b"", b"ID3") else 0)
    assert row.get("error_kind") == ("undecoded" if len(before) == 100_000 else None)


LYRICS = b"LYRICSBEGIN" + b"IND00002" + b"00" + b"000021LYRICS200"
APE = b"APETAGEX" + struct.pack("<IIII", 2000, 232, 1, 1 << 31) + bytes(8)
BEHIND = {
    "ID3v1": b"TAG".ljust(128),
    "Lyrics3": LYRICS + b"TAG".ljust(128),
    "Lyrics3 v1": b"LYRICSBEGIN la la LYRICSEND" + b"TAG".ljust(128),
    "APE": APE + b"cover".ljust(200) + b"APETAGEX" + struct.pack("<IIII", 2000, 232, 1, 1 << 31) + bytes(8),
}


@pytest.mark.parametrize("tag", BEHIND)
def test_tags_behind_an_mp3_without_a_count_are_no_sound_and_no_fault(tag: str) -> None:
    alone, row = told(uncounted(MP3)), told(uncounted(MP3) + BEHIND[tag])
    assert (row["load_ok"], row.get("error_kind"), row["undecoded_bytes"]) == (True, None, 0)
    assert (row["frames"], row["pcm_digest"]) == (alone["frames"], alone["pcm_digest"])


def test_a_hole_in_an_mp3_is_damage() -> None:
    data = encoded(noise(400_000), RATE, "MP3", "MPEG_LAYER_III")
    half = len(data) // 2
    row = told(data[:half] + bytes(8000) + data[half + 8000 :])
    assert (row["load_ok"], row["error_kind"]) == (False, "corrupt")
    assert "bytes between its frames are none" in row["error"]


@pytest.mark.parametrize("other", [(30_000, 2, RATE), (30_000, 1, 22_050)])
def test_an_mp3_that_changes_is_a_kind_of_its_own(other: tuple[int, int, int]) -> None:
    count, channels, rate = other
    row = told(MP3 + encoded(noise(count, channels), rate, "MP3", "MPEG_LAYER_III"))
    assert (row["load_ok"], row["error_kind"], row["channels"], row["sample_rate"]) == (False, "changes", 1, RATE)
    assert f"44,100 Hz, 1 channels to {rate:,} Hz, {channels} channels" in row["error"]
    assert row["frames"] == pytest.approx(30_000, abs=3 * 1152)


def mp3_in_wav(sound: bytes, declared: int | None = None, fact: int = 7) -> bytes:
    form = struct.pack("<HHIIHHHHIHHH", 0x55, 1, RATE, 16_000, 1, 0, 12, 1, 2, 417, 1, 1393)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"fact" + struct.pack("<II", 4, fact)
    body += b"data" + struct.pack("<I", len(sound) if declared is None else declared) + sound
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("fact", [7, 1_000_000])
def test_mp3_in_wav_is_all_its_frames_whatever_the_fact_chunk_says(fact: int) -> None:
    sound = uncounted(MP3)
    row = told(mp3_in_wav(sound, fact=fact))
    assert (row["load_ok"], row.get("error_kind"), row["decoder"], row["format"]) == (True, None, "ffmpeg", "WAV")
    assert row["frames"] == mp3_samples(sound)


def test_cut_mp3_in_wav_is_truncated() -> None:
    assert outcome(mp3_in_wav(uncounted(MP3))[:-3000])[:2] == (True, "truncated")


# --- Ogg ---


def test_all_links_of_a_chained_ogg_are_decoded() -> None:
    row = told(VORBIS + VORBIS_2 + VORBIS)
    assert (row["load_ok"], row.get("error_kind"), row["frames"]) == (True, None, 110_000)
    assert (row["format"], row["subtype"], row["undecoded_bytes"]) == ("CHAINED_OGG", "VORBIS", 0)


def test_the_links_are_what_each_is_alone() -> None:
    def samples(data: bytes) -> np.ndarray[Any, Any]:
        with open_stream(Content.of(data)) as stream:
            return np.concatenate([block.copy() for block in stream.blocks(10_000)])

    joined = np.concatenate([samples(VORBIS), samples(VORBIS_2)])
    np.testing.assert_array_equal(samples(VORBIS + VORBIS_2), joined)


def test_chained_opus() -> None:
    assert outcome(OPUS + OPUS) == (True, None, 192_000, "libsndfile_mended")


def test_a_link_of_another_rate_is_a_kind_of_its_own() -> None:
    row = told(VORBIS + encoded(noise(30_000), 22_050, "OGG", "VORBIS"))
    assert (row["load_ok"], row["error_kind"], row["frames"]) == (False, "changes", 30_000)
    assert "44,100 Hz, 1 channels to 22,050 Hz, 1 channels in link 2" in row["error"]


def test_a_chain_that_is_cut_is_truncated_in_its_last_link_and_corrupt_in_others() -> None:
    row = told(VORBIS + VORBIS_2[:-5000])
    assert (row["load_ok"], row["error_kind"]) == (True, "truncated")
    assert 30_000 < row["frames"] < 80_000
    last = VORBIS.rindex(b"OggS")
    assert outcome(VORBIS[:last] + VORBIS_2)[:2] == (False, "corrupt")


def pages(data: bytes) -> list[bytes]:
    starts = [place for place in range(len(data)) if data.startswith(b"OggS", place)]
    return [data[start:end] for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]


PAGED = [encoded(noise(200_000, 2), RATE, "OGG", "VORBIS"), OPUS, video("ogg", "flac", melody(200_000))]


@pytest.mark.parametrize("data", PAGED)
def test_a_lost_page_is_damage_and_no_cut(data: bytes) -> None:
    each = pages(data)
    row = told(b"".join([*each[:-2], each[-1]]))
    assert (row["load_ok"], row["error_kind"]) == (False, "corrupt")
    assert "is not where it should be" in row["error"]


@pytest.mark.parametrize("data", PAGED)
def test_a_page_with_a_wrong_checksum_is_damage(data: bytes) -> None:
    each = pages(data)
    broken = bytearray(each[-2])
    broken[-20] ^= 1
    row = told(b"".join([*each[:-2], bytes(broken), each[-1]]))
    assert (row["load_ok"], row["error_kind"]) == (False, "corrupt")
    assert "checksum" in row["error"]


def page(flags: int, serial: int, number: int, packet: bytes) -> bytes:
    head = struct.pack("<4sBBqIIIBB", b"OggS", 0, flags, 0, serial, number, 0, 1, len(packet)) + packet
    return head[:22] + struct.pack("<I", checksum(head)) + head[26:]


def test_another_stream_beside_the_sound_is_stepped_over() -> None:
    first, *rest = pages(VORBIS)
    skeleton = page(2, 77, 0, b"fishead\0" + struct.pack("<HH", 3, 0).ljust(56, b"\0"))
    data = skeleton + first + page(4, 77, 1, b"") + b"".join(rest)
    assert outcome(data) == (True, None, 30_000, "ffmpeg")


def test_flac_in_ogg() -> None:
    assert outcome(video("ogg", "flac", melody(30_000)))[:3] == (True, None, 30_000)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_flac_in_ogg_that_is_cut_is_truncated(share: float) -> None:
    """FFmpeg takes its last page for its length."""
    data = video("ogg", "flac", melody(RATE * 3))
    load_ok, kind, frames, _ = outcome(data[: int(share * len(data))])
    assert (load_ok, kind) == (True, "truncated")
    assert 0 < frames < 3 * RATE
    pages_left = pages(data)[:-1]
    assert outcome(b"".join(pages_left))[1] == "truncated"


@pytest.mark.parametrize("rate", [0, 8000, 16_000, 44_100, 192_000])
def test_opus_is_decoded_at_48_khz_whatever_its_header_says_it_was_made_of(rate: int) -> None:
    first, *rest = pages(OPUS)
    first = first[:40] + struct.pack("<I", rate) + first[44:]
    first = first[:22] + struct.pack("<I", checksum(first)) + first[26:]
    row, expected = told(b"".join([first, *rest])), told(OPUS)
    assert (row["sample_rate"], row["frames"], row.get("error_kind")) == (48_000, 96_000, None)
    assert (row["pcm_digest"], row["fbank_mean"]) == (expected["pcm_digest"], expected["fbank_mean"])


# --- WAV and what is like it ---


@pytest.mark.parametrize(("container", "name"), [("WAV", "ID3_WAV"), ("AIFF", "ID3_AIFF")])
def test_an_id3_tag_in_front_takes_nothing_off_the_end(container: str, name: str) -> None:
    data = ID3 + encoded(SOUND, 16_000, container, "PCM_16")
    row = told(data)
    assert (row["frames"], row.get("error_kind"), row["format"]) == (40_000, None, name)
    assert outcome(data[:-1000])[:2] == (True, "truncated")


def test_two_chunks_of_sound_are_both_decoded_and_a_format_may_come_late() -> None:
    data = wav(SOUND)
    form, sound = data[12:36], data[36:]

    def riff(*chunks: bytes) -> bytes:
        body = b"WAVE" + b"".join(chunks)
        return b"RIFF" + struct.pack("<I", len(body)) + body

    assert outcome(riff(form, sound, b"LIST\4\0\0\0abcd", sound))[:3] == (True, None, 80_000)
    assert outcome(riff(sound, form))[:3] == (True, None, 40_000)
    assert outcome(riff(form, sound, sound)[:-20_000])[:3] == (True, "truncated", 70_000)


def test_bytes_behind_a_wav_that_are_no_chunk_are_told_and_many_are_a_fault() -> None:
    rubbish = np.random.default_rng(1).bytes(200_000)
    few, many = told(wav(SOUND) + rubbish[:5000]), told(wav(SOUND) + rubbish)
    assert (few["load_ok"], few.get("error_kind"), few["undecoded_bytes"]) == (True, None, 5000)
    assert (many["load_ok"], many["error_kind"], many["undecoded_bytes"]) == (True, "undecoded", 200_000)
    assert told(wav(SOUND, after_data=b"LIST\4\0\0\0abcd"))["undecoded_bytes"] == 0


@pytest.mark.parametrize(("declared", "lost"), [(0, 0), (0xFFFFFFFF, 0), (80_000, 1 << 32)])
def test_a_wav_above_4_gib_is_decoded_to_its_end(tmp_path: Path, declared: int, lost: int) -> None:
    """Its length left open, or without its upper bits; the file is sparse, and its end alone is looked at."""
    file = tmp_path / "x.wav"
    file.write_bytes(wav(SOUND, declared_bytes=declared))
    size = 44 + (lost + 80_000 if lost else (1 << 32) + 500_000)
    os.truncate(file, size)
    with file_content(listed(file)) as content, open_stream(content) as stream:
        assert stream.decoder == "ffmpeg"
        blocks = stream.blocks(block_frames(stream))
        assert np.array_equal(next(blocks)[:40_000], SOUND)
        assert stream.declared_frames in (None, (size - 44) // 2)


def test_the_last_block_of_gsm_ends_with_the_count_of_the_fact_chunk() -> None:
    data = encoded(noise16(24_000), 8000, "WAV", "GSM610")
    place = data.index(b"data") + 4
    size = int.from_bytes(data[place : place + 4], "little")
    fact = data.index(b"fact") + 8
    odd = (
        data[:fact]
        + struct.pack("<I", 24_000)
        + data[fact + 4 : place]
        + struct.pack("<I", size + 1)
        + data[place + 4 :]
    )
    odd += bytes([0x55]) * 2
    assert outcome(odd)[:3] == (True, None, 24_000)


def test_a_cut_sphere_is_truncated() -> None:
    data = encoded(SOUND, 16_000, "NIST", "PCM_16")
    assert outcome(data) == (True, None, 40_000, "libsndfile")
    row = told(data[:-20_000])
    assert (row["error_kind"], row["frames"], row["declared_duration_s"]) == ("truncated", 30_000, 2.5)


def test_caf_of_ffmpeg_and_mpeg_ts_under_another_name() -> None:
    assert outcome(video("caf", "alac", melody(30_000), kind="s16p"))[:2] == (True, None)
    row = told(video("mpegts", "aac", melody(60_000)))
    assert (row["load_ok"], row["format"], row["subtype"]) == (True, "MPEGTS", "AAC")
    assert row["duration_s"] == pytest.approx(60_000 / RATE, abs=0.1)


def test_raw_aac_behind_a_tag() -> None:
    data = video("adts", "aac", melody(60_000))
    assert outcome(ID3 + data) == outcome(data)


# --- FLAC ---


def test_a_flac_without_one_of_its_frames_is_corrupt_and_nothing_is_made_up() -> None:
    starts = frame_starts(FLAC)
    row = told(FLAC[: starts[3]] + FLAC[starts[4] :])
    assert (row["load_ok"], row["error_kind"], row["decoder"]) == (False, "corrupt", "ffmpeg")
    assert "the samples from 12,288 to 16,384 are not there" in row["error"]
    assert row["frames"] == 12_288


@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
def test_a_flac_whose_samples_are_not_those_of_its_md5_is_a_kind_of_its_own(subtype: str) -> None:
    data = encoded(noise(40_001, 2), RATE, "FLAC", subtype)
    assert outcome(data) == (True, None, 40_001, "libsndfile")
    other = data[:26] + bytes([data[26] ^ 1]) + data[27:]
    assert outcome(other)[:3] == (False, "digest_mismatch", 40_001)
    unasked = examine(Content.of(other), None, replace(SETTINGS, flac_md5=False))
    assert (unasked["load_ok"], unasked["decoder"], unasked["pcm_digest"]) == (
        True,
        "libsndfile",
        told(data)["pcm_digest"],
    )


@pytest.mark.parametrize("md5", [True, False])
def test_a_flac_that_declares_too_little_is_decoded_to_its_end(md5: bool) -> None:
    data = flac_of_length(FLAC, 20_000)
    if not md5:
        data = data[:26] + bytes(16) + data[42:]
    row = told(data)
    assert (row["load_ok"], row["error_kind"], row["frames"], row["decoder"]) == (True, "wrong_count", 40_000, "ffmpeg")
    assert row["declared_duration_s"] == 20_000 / RATE


def test_a_flac_without_a_count_is_whole_and_all_of_it_is_accounted_for() -> None:
    """libsndfile by itself takes it for endless."""
    row = told(flac_of_length(FLAC, 0))
    assert (row["load_ok"], row.get("error_kind"), row["frames"]) == (True, None, 40_000)
    assert (row["undecoded_bytes"], row["decoder"]) == (0, "libsndfile_mended")


def test_what_libsndfile_was_given_put_right_is_told_from_what_it_reads_as_it_lies() -> None:
    first, *rest = pages(OPUS)
    other_rate = first[:40] + struct.pack("<I", 8000) + first[44:]
    other_rate = other_rate[:22] + struct.pack("<I", checksum(other_rate)) + other_rate[26:]
    mended = (b"".join([other_rate, *rest]), ID3 + wav(SOUND), wav(SOUND, declared_bytes=0), VORBIS + VORBIS_2)
    assert {told(data)["decoder"] for data in mended} == {"libsndfile_mended"}
    as_they_lie = (OPUS, wav(SOUND), VORBIS, MP3, FLAC, wav(SOUND)[:-1000], FLAC[:-1000], ID3 + MP3)
    assert {told(data)["decoder"] for data in as_they_lie} == {"libsndfile"}


def test_a_flac_without_md5_is_libsndfile_s_where_both_agree() -> None:
    assert outcome(FLAC[:26] + bytes(16) + FLAC[42:]) == (True, None, 40_000, "libsndfile")


def test_the_second_decoder_knows_what_the_first_does() -> None:
    for data in (FLAC, MP3, wav(SOUND), VORBIS, OPUS):
        with open_stream(Content.of(data)) as first, open_second(Content.of(data)) as second:
            counts = [sum(len(block) for block in stream.blocks(16_000)) for stream in (first, second)]
            assert (first.decoder, second.decoder) == ("libsndfile", "ffmpeg")
            assert counts[0] == pytest.approx(counts[1], abs=1200)


def test_a_flac_whose_header_tells_another_rate_than_its_frames_is_corrupt() -> None:
    packed = int.from_bytes(FLAC[18:26], "big")
    other = packed & ((1 << 44) - 1) | 48_000 << 44
    row = told(FLAC[:18] + other.to_bytes(8, "big") + FLAC[26:])
    assert (row["load_ok"], row["error_kind"]) == (False, "corrupt")
    assert "48,000 Hz, its first frame 44,100 Hz" in row["error"]


def test_damage_of_pages_is_told_of_what_ffmpeg_decodes_too() -> None:
    each = pages(OPUS)
    broken = bytearray(each[-2])
    broken[-20] ^= 1
    skeleton = page(2, 77, 0, b"fishead\0" + struct.pack("<HH", 3, 0).ljust(56, b"\0"))
    row = told(skeleton + b"".join([*each[:-2], bytes(broken), each[-1]]))
    assert (row["load_ok"], row["error_kind"]) == (False, "corrupt")
    assert "checksum" in row["error"]


@pytest.mark.parametrize("data", PAGED)
@pytest.mark.parametrize("share", [0.7, 0.97])
def test_a_cut_ogg_is_truncated_whoever_decodes_it(data: bytes, share: float) -> None:
    row, whole = told(data[: int(len(data) * share)]), told(data)
    assert (row["load_ok"], row["error_kind"]) == (True, "truncated")
    assert 0 < row["frames"] < whole["frames"]
