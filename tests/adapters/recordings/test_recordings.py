"""A folder of recordings: its clips, and what is known of each."""

import json
import os
from pathlib import Path

import pytest

from tests.adapters.recordings.made_recordings import AUDIOMOTH, comment, guano, ingested, recording, wamd
from tests.made_files import encoded, flac_of_unknown_length, noise16
from workflow_scripts.errors import SoundledgerError

MINUTES = {"windows": {"length_s": 2}}


def spans(tables):
    rows = tables["promised"].sort("media_key", "start_s")
    return rows.select("media_key", "start_s", "end_s").rows()


def test_without_windows_a_recording_is_a_clip(tmp_path: Path) -> None:
    tables = ingested(tmp_path, {"POND_20170514_0430.wav": recording(3), "b/x.wav": recording(1)})
    assert spans(tables) == [("POND_20170514_0430.wav", None, None), ("b/x.wav", None, None)]
    assert tables["origins"].select("clip_id", "recorded_at", "site").rows() == [
        ("POND_20170514_0430", "2017-05-14T04:30:00", "POND")
    ]


def test_windows_lie_on_the_clock_and_what_is_left_over_is_a_clip_too(tmp_path: Path) -> None:
    tables = ingested(tmp_path, {"20210520_235959.wav": recording(4.5)}, **MINUTES)
    assert [span[1:] for span in spans(tables)] == [(0.0, 1.0), (1.0, 3.0), (3.0, 4.5)]
    assert tables["origins"]["recorded_at"].to_list() == [
        "2021-05-20T23:59:59",
        "2021-05-21T00:00:00",
        "2021-05-21T00:00:02",
    ]
    assert tables["sources"].select("rows_read", "rows_kept").rows() == [(1, 1)]
    assert tables["promised"]["line"].to_list() == [1, 1, 1]


def test_windows_from_the_start_need_no_clock(tmp_path: Path) -> None:
    files = {"20210520_235959.wav": recording(4.5), "x.wav": recording(2)}
    tables = ingested(tmp_path, files, windows={"length_s": 2, "align": "start"})
    assert [span[1:] for span in spans(tables)] == [(0.0, 2.0), (2.0, 4.0), (4.0, 4.5), (0.0, 2.0)]


@pytest.mark.parametrize("keys", [{}, {"names": "{site}_{date:%Y%m%d}"}])
def test_windows_on_the_clock_of_what_says_no_time_are_rejects(tmp_path: Path, keys: dict[str, str]) -> None:
    files = {"POND_20170514.wav": recording(1), "20170514_043000.wav": recording(1)}
    tables = ingested(tmp_path, files, **MINUTES, **keys)
    assert ("no_time", "POND_20170514.wav") in tables["rejects"].select("reason", "raw").rows()


@pytest.mark.parametrize("content", [b"", b"<html>", recording(1)[:30], b"\0\0\0\x18ftypM4A "])
def test_what_cannot_be_read_is_one_clip_of_which_the_check_tells(tmp_path: Path, content: bytes) -> None:
    tables = ingested(tmp_path, {"20170514_043000.wav": content}, **MINUTES)
    assert spans(tables) == [("20170514_043000.wav", None, None)]


def test_windows_that_no_length_lets_cut_are_told(tmp_path: Path) -> None:
    files = {
        "20170514_043000.flac": flac_of_unknown_length(encoded(noise16(24_000), 8000, "FLAC", "PCM_16")),
        "20170514_043000.m4a": b"\0\0\0\x18ftypM4A ",
        "20170514_043000.wav": recording(3),
        "20170514_053000.wav": recording(0),
        "20170514_063000.wav": b"",
    }
    tables = ingested(tmp_path, files, **MINUTES)
    assert tables["rejects"].select("raw", "scope", "reason").rows() == [
        (name, "label", "no_length") for name in ("20170514_043000.flac", "20170514_043000.m4a")
    ]
    assert sum(end is not None for _, _, end in spans(tables)) == 2
    assert tables["sources"].select("rows_read", "rows_kept").rows() == [(5, 5)]
    assert ingested(tmp_path, files)["rejects"].is_empty()


def test_a_header_that_declares_years_makes_no_millions_of_windows(tmp_path: Path) -> None:
    tables = ingested(tmp_path, {"20170514_043000.wav": recording(3)}, windows={"length_s": 0.01})
    assert len(tables["promised"]) == 300
    tables = ingested(tmp_path, {"20170514_043000.wav": recording(1001)}, windows={"length_s": 0.01})
    assert tables["rejects"].select("reason", "detail").rows() == [
        ("too_many_windows", "its header declares 1001 s, more than 100,000 windows")
    ]


def test_an_audiomoth_says_when_and_with_what(tmp_path: Path) -> None:
    files = {"20210520_191730.WAV": recording(1, before=comment(AUDIOMOTH, "AudioMoth 24E144085F256D4A"))}
    [origin] = ingested(tmp_path, files)["origins"].to_dicts()
    assert (origin["recorded_at"], origin["device"]) == ("2021-05-20T19:17:30+00:00", "AudioMoth 24E144085F256D4A")
    assert json.loads(origin["extra"]) == {
        "comment": AUDIOMOTH,
        "gain": "medium",
        "battery_v": 4.2,
        "temperature_c": 21.3,
    }


def test_a_song_meter_says_where_too(tmp_path: Path) -> None:
    said = wamd(
        model="SM4",
        serial="S4A01234",
        prefix="POND",
        timestamp="2020-01-01 12:30:00-05:00",
        gps="WGS84, 42.37, N, 71.06, W, 12",
        microphone="SMM-A2",
    )
    [origin] = ingested(tmp_path, {"POND_20200101_123000.wav": recording(1, after=said)})["origins"].to_dicts()
    assert {
        name: origin[name] for name in ("recorded_at", "device", "site", "microphone", "latitude", "longitude")
    } == {
        "recorded_at": "2020-01-01T12:30:00-05:00",
        "device": "SM4 S4A01234",
        "site": "POND",
        "microphone": "SMM-A2",
        "latitude": 42.37,
        "longitude": -71.06,
    }
    assert "differs" not in json.loads(origin["extra"])


def test_guano_is_believed_first_and_what_others_say_else_is_told(tmp_path: Path) -> None:
    chunks = guano(
        "Timestamp: 2021-05-20T21:18:30+02:00",
        "Make: Open Acoustic Devices",
        "Model: AudioMoth",
        "Loc Position: 52.10 -1.50",
        "Loc Accuracy: 20",
        "Samplerate: 8000",
        "Length: 1.0",
        "Note: a: b",
    ) + comment(AUDIOMOTH)
    [origin] = ingested(tmp_path, {"20210520_211830.WAV": recording(1, after=chunks)})["origins"].to_dicts()
    extra = json.loads(origin["extra"])
    assert origin["recorded_at"] == "2021-05-20T21:18:30+02:00"
    assert (origin["latitude"], origin["longitude"], origin["location_uncertainty_m"]) == (52.1, -1.5, 20)
    assert (origin["declared_sample_rate"], origin["declared_duration_s"]) == (8000, 1.0)
    assert extra["differs"] == {
        "recorded_at": {"comment": "2021-05-20T19:17:30+00:00"},
        "device": {"comment": "AudioMoth 24E144085F256D4A"},
    }
    assert extra["guano"]["Note"] == "a: b"


def test_the_same_instant_in_two_zones_is_no_difference(tmp_path: Path) -> None:
    chunks = guano("Timestamp: 2021-05-20T21:17:30+02:00") + comment(AUDIOMOTH)
    [origin] = ingested(tmp_path, {"x.WAV": recording(1, after=chunks)})["origins"].to_dicts()
    assert "differs" not in json.loads(origin["extra"])


def test_a_place_that_is_none_costs_no_clip(tmp_path: Path) -> None:
    tables = ingested(tmp_path, {"x.wav": recording(1, after=guano("Loc Position: 152.1 -1.5"))})
    assert tables["rejects"].select("scope", "reason", "detail").rows() == [("label", "bad_value", "latitude: 152.1")]
    assert len(tables["promised"]) == 1


def test_names_of_ones_own_may_speak_of_folders_and_anything(tmp_path: Path) -> None:
    files = {"pond/a-14.05.17_0430_x.wav": recording(1), "hill/20170514T043000Z.flac": b""}
    names = ["{site}/{device}-{date:%d.%m.%y}_{time:%H%M}_*", "{site}/{recorded_at:%Y%m%dT%H%M%S%z}"]
    origins = ingested(tmp_path, files, names=names)["origins"].sort("site")
    assert origins.select("site", "device", "recorded_at").rows() == [
        ("hill", None, "2017-05-14T04:30:00+00:00"),
        ("pond", "a", "2017-05-14T04:30:00"),
    ]


def test_a_field_that_is_no_column_is_kept(tmp_path: Path) -> None:
    [origin] = ingested(tmp_path, {"POND__0__20200101_123000.wav": b""})["origins"].to_dicts()
    assert (origin["site"], origin["extra"]) == ("POND", '{"channel": "0"}')


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("{site", "a brace stands alone"),
        ("{Site}", "is no field"),
        ("{site}_{site}", "site stands there twice"),
        ("{time:%H%M}", "a time without its day"),
        ("{date:%Y%Q%d}", "%Q is no part of a time; known are %Y"),
        ("{date:%Y%m%d}_{time:%y}", "%y stands there twice"),
        ("{date:day}", "holds no part of a time"),
        ("{}", "is no field"),
    ],
)
def test_a_pattern_that_is_none_is_told(tmp_path: Path, names: str, words: str) -> None:
    with pytest.raises(SoundledgerError, match="names: ") as error:
        ingested(tmp_path, {"x.wav": b""}, names=names)
    assert words in str(error.value)


def test_names_that_are_no_utf8_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    with open(os.fsencode(tmp_path) + b"/site/caf\xe9_20170514_043000.wav", "wb") as file:
        file.write(recording(1))
    tables = ingested(tmp_path, {}, **MINUTES)
    assert spans(tables) == [("caf\\xe9_20170514_043000.wav", 0.0, 1.0)]
    assert tables["origins"]["site"].to_list() == ["caf\\xe9"]


def test_a_header_that_changes_is_another_source_and_a_time_of_change_is_not(tmp_path: Path) -> None:
    digests = []
    for text in (AUDIOMOTH, AUDIOMOTH.replace("21.3C", "21.4C")):
        for when in (1, 2):
            (tmp_path / "site").mkdir(exist_ok=True)
            (tmp_path / "site/x.wav").write_bytes(recording(1, before=comment(text)))
            os.utime(tmp_path / "site/x.wav", (when, when))
            digests.append(ingested(tmp_path, {})["sources"]["sha256"].item())
    assert digests[0] == digests[1] != digests[2] == digests[3]


def test_real_recordings_of_minutes_have_windows(tmp_path: Path, shared: Path) -> None:
    """Ogg, of which the length stands at the end."""
    files = {f"{file.stem}.ogg": file.read_bytes() for file in (shared / "data/soundscape").glob("*.ogg")}
    tables = ingested(tmp_path, files, windows={"length_s": 60, "align": "start"})
    birds = [span[1:] for span in spans(tables) if span[0] == "birds.ogg"]
    assert birds[:2] == [(0.0, 60.0), (60.0, 120.0)]
    assert birds[2][1] == pytest.approx(130, abs=1)
    assert len(files) == 5
    assert tables["rejects"].is_empty()
