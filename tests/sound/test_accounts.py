"""The bytes of a file that are no sound that anyone decoded, container by container."""

import struct
from typing import Any

import numpy as np
import pytest

from tests.made_files import encoded, noise16
from tests.sound.decoders.made_videos import melody, video
from tests.workers import SETTINGS
from workflow_scripts.media.content import Content
from workflow_scripts.sound.examine import examine

SOUND = noise16(40_000, 2)
BY_LIBSNDFILE = ["WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "NIST", "OGG"]
BY_FFMPEG = {
    "MP4": ("ipod", "aac", None, {}),
    "MP4 with pictures": ("mp4", "aac", "mpeg4", {}),
    "MP4 in fragments": ("mp4", "aac", "mpeg4", {"movflags": "frag_keyframe+empty_moov"}),
    "QuickTime": ("mov", "pcm_s16le", None, {}),
    "Matroska": ("matroska", "flac", None, {}),
    "WebM with pictures": ("webm", "libopus", "libvpx", {}),
    "AAC": ("adts", "aac", None, {}),
    "CAF of ALAC": ("caf", "alac", None, {}),
    "FLAC in Ogg": ("ogg", "flac", None, {}),
}
RUBBISH = b"\xa5" + np.random.default_rng(5).bytes(4999)


def file(name: str) -> bytes:
    if name in BY_LIBSNDFILE:
        return encoded(SOUND, 16_000, name, "VORBIS" if name == "OGG" else "PCM_16")
    container, codec, pictures, options = BY_FFMPEG[name]
    rate = 48_000 if codec == "libopus" else 44_100
    return video(container, codec, melody(100_000), rate, pictures, **options)


def told(data: bytes) -> dict[str, Any]:
    return examine(Content.of(data), None, SETTINGS)


@pytest.fixture(scope="module", params=[*BY_LIBSNDFILE, *BY_FFMPEG])
def whole(request: pytest.FixtureRequest) -> bytes:
    return file(request.param)


def test_of_a_sound_file_nothing_is_left(whole: bytes) -> None:
    row = told(whole)
    assert (row["load_ok"], row.get("error_kind"), row["undecoded_bytes"]) == (True, None, 0)


def test_what_lies_behind_is_counted_and_changes_no_sample(whole: bytes) -> None:
    row, alone = told(whole + RUBBISH), told(whole)
    assert (row.get("error_kind"), row["undecoded_bytes"]) == (None, len(RUBBISH))
    assert (row["frames"], row["pcm_digest"]) == (alone["frames"], alone["pcm_digest"])


@pytest.mark.parametrize("name", ["AIFF", "W64", "RF64", "CAF", "MP4", "Matroska", "QuickTime"])
def test_a_tag_behind_is_none_of_it(name: str) -> None:
    row = told(file(name) + b"TAG".ljust(128, b"\0"))
    assert (row.get("error_kind"), row["undecoded_bytes"]) == (None, 0)


@pytest.mark.parametrize("name", ["WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "NIST", "CAF of ALAC"])
def test_a_second_file_behind_the_first_is_told(name: str) -> None:
    """It has the form of one more chunk."""
    whole = file(name)
    row, alone = told(whole + whole), told(whole)
    assert (row["load_ok"], row["error_kind"], row["undecoded_bytes"]) == (True, "undecoded", len(whole))
    assert row["pcm_digest"] == alone["pcm_digest"]


def test_of_a_second_mp4_its_data_are_told() -> None:
    whole = video("ipod", "aac", melody(400_000))
    row = told(whole + whole)
    data = whole.index(b"mdat")
    assert row["undecoded_bytes"] == int.from_bytes(whole[data - 4 : data], "big") - 8
    assert row["error_kind"] == "undecoded"


@pytest.mark.parametrize("name", ["Matroska", "AAC", "OGG", "FLAC in Ogg"])
def test_a_second_one_is_decoded_where_files_may_be_put_behind_each_other(name: str) -> None:
    whole = file(name)
    row, alone = told(whole + whole), told(whole)
    assert (row.get("error_kind"), row["frames"]) == (None, 2 * alone["frames"])
    assert row["undecoded_bytes"] < 100


SIZES = {"W64": (b"data", 16, "<Q"), "AIFF": (b"SSND", 4, ">I"), "CAF": (b"data", 4, ">Q"), "RF64": (b"ds64", 16, "<Q")}


@pytest.mark.parametrize("name", SIZES)
def test_sound_behind_what_a_header_states_is_told(name: str) -> None:
    """Noise has not the form of chunks."""
    whole = file(name)
    chunk, behind, form = SIZES[name]
    place = whole.index(chunk) + behind
    (stated,) = struct.unpack_from(form, whole, place)
    lying = whole[:place] + struct.pack(form, stated - 100_000) + whole[place + struct.calcsize(form) :]
    row = told(lying)
    assert (row["load_ok"], row["error_kind"]) == (True, "undecoded")
    assert row["undecoded_bytes"] == pytest.approx(100_000, abs=100)
    assert row["frames"] == 15_000


@pytest.mark.parametrize("name", ["W64", "AIFF", "RF64", "AU"])
def test_of_a_cut_file_all_that_there_is_was_decoded(name: str) -> None:
    row = told(file(name)[:-40_000])
    assert (row["load_ok"], row["error_kind"], row["undecoded_bytes"]) == (True, "truncated", 0)


def test_of_a_cut_caf_libsndfile_leaves_some_and_that_is_told() -> None:
    whole = file("CAF")
    row = told(whole[:-40_000])
    assert (row["load_ok"], row["error_kind"]) == (True, "truncated")
    assert 4 * row["frames"] + row["undecoded_bytes"] == 160_000 - 40_000


def test_a_caf_whose_size_was_left_open_is_all_sound() -> None:
    whole = file("CAF")
    place = whole.index(b"data") + 4
    row = told(whole[:place] + b"\xff" * 8 + whole[place + 8 :])
    assert (row.get("error_kind"), row["undecoded_bytes"], row["declared_duration_s"]) == (None, 0, None)
    assert row["frames"] == 40_000


def test_a_last_frame_that_is_not_whole_is_told() -> None:
    """Three channels of 16 bits where there are two."""
    whole = file("AIFF")
    place = whole.index(b"COMM") + 8
    row = told(whole[:place] + b"\0\3" + whole[place + 2 :])
    assert (row["channels"], row["undecoded_bytes"]) == (3, 160_000 % 6)


def test_packets_in_which_sound_and_pictures_share_bytes_are_not_accounted_for() -> None:
    assert told(video("mpegts", "aac", melody(60_000)))["undecoded_bytes"] is None


def test_damage_between_clusters_ends_a_webm_where_it_lies() -> None:
    """FFmpeg complains, and goes on behind it."""
    whole = file("WebM with pictures")
    middle = len(whole) // 2
    row, alone = told(whole[:middle] + bytes(3000) + whole[middle + 3000 :]), told(whole)
    assert (row["load_ok"], row["error_kind"]) == (False, "corrupt")
    assert 0 < row["frames"] < alone["frames"]
