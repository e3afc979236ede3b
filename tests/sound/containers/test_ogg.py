"""Whether an Ogg stream ends before its last page."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_files import encoded, noise
from workflow_scripts.sound.containers import ogg

VORBIS = encoded(noise(30_000, 2), 44_100, "OGG", "VORBIS")
OPUS = encoded(noise(60_000), 48_000, "OGG", "OPUS")
STREAMS = [VORBIS, OPUS]
IDENTIFIED = 58
"""Bytes of the first page of Vorbis; that of Opus is shorter."""


def ends_early(data: bytes) -> bool:
    return ogg.ends_early(io.BytesIO(data), len(data))


def last_page(data: bytes) -> int:
    return data.rindex(b"OggS")


@pytest.mark.parametrize("data", STREAMS)
def test_a_whole_stream_does_not_end_early(data: bytes) -> None:
    assert not ends_early(data)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(STREAMS), st.data())
def test_a_stream_cut_anywhere_ends_early(data: bytes, draws: st.DataObject) -> None:
    assert ends_early(data[: draws.draw(st.integers(18, len(data) - 1))])


def test_a_stream_cut_in_its_last_page_ends_early() -> None:
    for place in range(last_page(VORBIS), len(VORBIS)):
        assert ends_early(VORBIS[:place]), place


RUBBISH = st.one_of(
    st.binary(max_size=5000),
    st.integers(1, 60_000).map(bytes),
    st.sampled_from([b"OggS" * 300, b"OggS\0\0" * 300, b"TAG".ljust(128), b"Og", b"OggS\0\4" + bytes(300)]),
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(STREAMS), RUBBISH)
def test_rubbish_behind_a_whole_stream_does_not_make_it_end_early(data: bytes, rubbish: bytes) -> None:
    assert not ends_early(data + rubbish)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(STREAMS), RUBBISH, st.data())
def test_rubbish_does_not_hide_a_cut_between_pages(data: bytes, rubbish: bytes, draws: st.DataObject) -> None:
    pages = [place for place in range(1, len(data)) if data.startswith(b"OggS", place)]
    assert ends_early(data[: draws.draw(st.sampled_from(pages))] + rubbish)


def test_beyond_a_tail_of_rubbish_nothing_can_be_told() -> None:
    assert not ends_early(VORBIS[: last_page(VORBIS)] + bytes(ogg.TAIL_BYTES))


def test_of_chained_streams_the_last_one_tells() -> None:
    chained = VORBIS + OPUS
    assert not ends_early(chained)
    assert not ends_early(OPUS + VORBIS)
    for place in range(len(VORBIS) + IDENTIFIED, len(chained), 97):
        assert ends_early(chained[:place]), place


def test_a_page_of_another_stream_counts_only_with_a_true_checksum() -> None:
    strange = bytearray(OPUS[: OPUS.index(b"OggS", 1)])
    assert ends_early(VORBIS + bytes(strange))
    strange[-1] ^= 1
    assert not ends_early(VORBIS + bytes(strange))


def test_a_byte_that_flips_in_the_sound_is_no_cut() -> None:
    body = last_page(VORBIS) + 27 + VORBIS[last_page(VORBIS) + 26]
    for place in range(body, len(VORBIS), 101):
        damaged = bytearray(VORBIS)
        damaged[place] ^= 0x10
        assert not ends_early(bytes(damaged)), place


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([b"", b"OggS", b"OggS\0\2" + bytes(20), VORBIS[:4000]]), st.binary(max_size=400))
def test_any_bytes_give_an_answer(head: bytes, rest: bytes) -> None:
    assert ends_early(head + rest) in (True, False)


@pytest.mark.parametrize("data", [b"", b"OggS", b"RIFF" + bytes(100), b"fLaC" + b"OggS" * 20])
def test_what_is_no_ogg_does_not_end_early(data: bytes) -> None:
    assert not ends_early(data)


@pytest.mark.shared
def test_no_real_recording_ends_early_and_all_do_when_cut(shared: Path) -> None:
    files = sorted((shared / "data/esc10").rglob("*.ogg"))[::8] + sorted((shared / "data/soundscape").rglob("*.ogg"))
    assert len(files) > 40
    for file in files:
        data = file.read_bytes()
        assert not ends_early(data), file
        for share in (0.01, 0.3, 0.77, 0.999):
            assert ends_early(data[: int(share * len(data))]), (file, share)


# --- serials, which encoders draw by lot ---


@pytest.mark.parametrize("data", STREAMS)
def test_a_serial_of_its_own_changes_nothing_but_serials_and_checksums(data: bytes) -> None:
    """Of a page whose checksum is wrong libogg gives nothing, so what is decoded tells that they are right."""
    changed = ogg.with_own_serial(data)
    assert len(changed) == len(data)
    assert np.array_equal(*(soundfile.read(io.BytesIO(one))[0] for one in (data, changed)))
    places = np.flatnonzero(np.frombuffer(data, np.uint8) != np.frombuffer(changed, np.uint8))
    pages = [match.start() for match in re.finditer(b"OggS", data)]
    in_page = {int(place - max(page for page in pages if page <= place)) for place in places}
    assert in_page <= {*range(14, 18), *range(22, 26)}


def test_a_serial_follows_from_the_sound_alone() -> None:
    again = encoded(noise(30_000, 2), 44_100, "OGG", "VORBIS")
    other = encoded(noise(30_000, 2, seed=1), 44_100, "OGG", "VORBIS")
    assert again != VORBIS
    assert ogg.with_own_serial(again) == ogg.with_own_serial(VORBIS)
    assert ogg.with_own_serial(other)[ogg.SERIAL] != ogg.with_own_serial(VORBIS)[ogg.SERIAL]


@pytest.mark.parametrize("data", [VORBIS[:-1], VORBIS + b"x", b"x" + VORBIS, b"RIFF"])
def test_what_is_no_whole_pages_gets_no_serial(data: bytes) -> None:
    with pytest.raises(ValueError, match="no whole page of Ogg begins at byte"):
        ogg.with_own_serial(data)
