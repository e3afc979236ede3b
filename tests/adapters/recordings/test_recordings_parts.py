"""What recorders write, each by itself; windows; times."""

import contextlib
import datetime
import struct
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.recordings.made_recordings import comment, guano, recording, wamd
from tests.made_files import encoded, noise16
from workflow_scripts.adapters.recordings.chunks import said_in_chunks
from workflow_scripts.adapters.recordings.headers import NOTHING, read_headers
from workflow_scripts.adapters.recordings.kept import FILE, headers_of
from workflow_scripts.adapters.recordings.moments import Moment, of_iso
from workflow_scripts.adapters.recordings.names import name_pattern
from workflow_scripts.adapters.recordings.reader import read_header
from workflow_scripts.adapters.recordings.said import MOST_EXTRA, Saying, origin_of
from workflow_scripts.adapters.recordings.windows import DAY_S, windows
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.sources.faults import SourceError

# --- AudioMoth ---


@pytest.mark.parametrize(
    ("when", "zone", "rest", "extra"),
    [
        ("", "", " at gain setting 2 while battery state was 3.50V", {"gain": "2", "battery_v": 3.5}),
        (" (UTC)", "+00:00", " at gain setting 2 while battery state was < 3.6V", {"gain": "2"}),
        (" (UTC+2)", "+02:00", " at high gain setting while battery state was greater than 4.9V", {"gain": "high"}),
        (" (UTC-03:30)", "-03:30", " using external microphone at low-medium gain setting", {"gain": "low-medium"}),
        (
            " (UTC-7)",
            "-07:00",
            " at high gain while battery was less than 2.5V and temperature was -13.3C.",
            {"gain": "high", "temperature_c": -13.3},
        ),
        (" (UTC+99)", None, "", {}),
    ],
)
def test_comments_of_all_firmwares(when: str, zone: str | None, rest: str, extra: dict[str, object]) -> None:
    text = f"Recorded at 14:03:20 16/10/2018{when} by AudioMoth 0FE081F80FE081F0{rest}"
    [said] = said_in_chunks({"ICMT": text.encode() + b"\0\0"})
    assert (said.at and said.at.iso()) == (None if zone is None else f"2018-10-16T14:03:20{zone}")
    assert said.extra == {"comment": text} | extra
    assert said.texts["device"] == "AudioMoth 0FE081F80FE081F0"
    assert ("microphone" in said.texts) == ("external" in text)


def test_a_deployment_stands_in_place_of_the_device() -> None:
    text = "Recorded at 25:06:19 06/12/2020 (UTC) during deployment EEC909D42565A5F0 at medium gain setting"
    [said] = said_in_chunks({"ICMT": text.encode(), "IART": b"AudioMoth 2495F303562DE118\0"})
    assert said.at is None
    assert said.texts == {"device": "AudioMoth 2495F303562DE118"}
    assert said.extra == {"comment": text, "deployment": "EEC909D42565A5F0", "gain": "medium"}


def test_a_comment_of_another_program_is_kept_and_means_nothing() -> None:
    [said] = said_in_chunks({"ICMT": b"recorded at dawn \xff", "IART": b"me"})
    assert said == Saying("comment", extra={"comment": "recorded at dawn �"})


@pytest.mark.parametrize(
    ("gps", "place"),
    [
        ("WGS84,42.5,-71.25,3", (42.5, -71.25)),
        ("WGS84, 42.5, S, 71.25, E", (-42.5, 71.25)),
        ("WGS84", None),
        ("", None),
        ("WGS84,nan,inf", None),
        ("WGS84,x,N,y,E", None),
    ],
)
def test_places_of_song_meters(gps: str, place: tuple[float, float] | None) -> None:
    [said] = said_in_chunks({"wamd": wamd(gps=gps)[8:]})
    assert tuple(said.numbers.values()) == (place or ())


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["guan", "wamd", "ICMT", "IART"]), st.binary(max_size=300)))
def test_whatever_stands_in_chunks_is_read_or_nothing(chunks: dict[str, bytes]) -> None:
    assert origin_of(list(said_in_chunks(chunks))).fields.keys()


KEYS = ["Timestamp", "Loc Position", "Length", "Samplerate", "Make", "|", ":", "\n"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(KEYS) | st.text(max_size=20)))
def test_guano_of_any_text_is_read(words: list[str]) -> None:
    [said] = said_in_chunks({"guan": " ".join(words).encode("utf-8", "replace")})
    assert said.by == "guano"


def test_the_room_for_what_else_is_said_is_bounded() -> None:
    text = "\n".join(f"User|{number}: {'x' * 900}" for number in range(60))
    said = list(said_in_chunks({"guan": text.encode(), "ICMT": b"short"}))
    extra = origin_of(said).extra
    assert extra is not None
    assert len(extra) <= MOST_EXTRA
    assert '"comment": "short"' in extra


# --- headers ---


def headers_in(folder: Path, files: dict[str, bytes]) -> list[dict[str, object]]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return read_headers([str(folder / name) for name in files])


def test_chunks_are_found_wherever_they_stand(tmp_path: Path) -> None:
    before, after = recording(1, before=guano()), recording(1, after=comment("a") + guano())
    first, second = headers_in(tmp_path, {"a.wav": before, "b.wav": after})
    assert first == {"duration_s": 1.0, "sample_rate": 8000, "chunks": {"guan": b"GUANO|Version: 1.0"}}
    assert set(second["chunks"]) == {"ICMT", "guan"}


def test_a_length_that_no_file_of_its_size_has_is_not_believed(tmp_path: Path) -> None:
    """A FLAC may declare 49 hours in 86 bytes of header."""
    content = bytearray(encoded(noise16(8000), 8000, "FLAC", "PCM_16"))
    content[21:26] = bytes([content[21] | 0x0F, *b"\xff\xff\xff\xff"])  # its number of samples, 36 bits
    [header] = headers_in(tmp_path, {"a.flac": bytes(content)})
    assert (header["duration_s"], header["sample_rate"]) == (None, 8000)


def test_chunks_behind_the_sound_of_rf64(tmp_path: Path) -> None:
    data = b"\0\0" * 8000
    ds64 = struct.pack("<4sIQQQI", b"ds64", 28, 0, len(data), 8000, 0)
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
    body = b"WAVE" + ds64 + head + struct.pack("<4sI", b"data", 0xFFFFFFFF) + data + guano()
    [header] = headers_in(tmp_path, {"a.wav": b"RF64" + struct.pack("<I", 0xFFFFFFFF) + body})
    assert (header["duration_s"], list(header["chunks"])) == (1.0, ["guan"])


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_changed_header_is_read_or_nothing(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    content = bytearray(recording(0.01, before=comment("a"), after=wamd(model="SM4") + guano("Length: 1")))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    file = tmp_path_factory.getbasetemp() / "changed.wav"
    file.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    header = read_header(bytes(file))
    assert origin_of(list(said_in_chunks(header["chunks"]))).fields.keys()


def test_what_crashes_a_reader_costs_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of libsndfile stands one that crashes at a file, and one that has gone to sleep."""
    stub = tmp_path / "stub"
    stub.mkdir()
    (stub / "soundfile.py").write_text(
        "import os, signal\n"
        "SoundFileError = RuntimeError\n"
        "def SoundFile(path):\n"
        "    if path.endswith(b'/crash.wav'): os.abort()\n"
        "    if path.endswith(b'/sleep.wav'): signal.alarm(1); signal.pause()\n"
        "    raise RuntimeError\n"
    )
    monkeypatch.setattr("workflow_scripts.adapters.recordings.headers.IMPORTS", f"{stub}:{Path(__file__).parents[3]}")
    names = ["a.wav", "crash.wav", "b.wav", "sleep.wav", "c.wav"]
    headers = headers_in(tmp_path, {name: recording(0.01, before=comment(name)) for name in names})
    assert headers[1] == headers[3] == NOTHING
    assert [header["chunks"]["ICMT"].rstrip(b"\0") for header in headers[::2]] == [b"a.wav", b"b.wav", b"c.wav"]


def test_processes_that_read_nothing_at_all_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow_scripts.adapters.recordings.headers.IMPORTS", tmp_path)
    monkeypatch.setattr("workflow_scripts.adapters.recordings.headers.MOST_LOST", 2)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match="a process that reads headers ends at each file: ModuleNotFoundError"):
        headers_in(tmp_path, {"a.wav": b"", "b.wav": b""})


def test_many_headers_come_in_the_order_of_their_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow_scripts.adapters.recordings.headers.ALONE", 3)
    headers = headers_in(tmp_path, {f"{number}.wav": recording(0.01 * (1 + number)) for number in range(11)})
    assert [header["duration_s"] for header in headers] == [0.01 * (1 + number) for number in range(11)]


def files_in(folder: Path) -> pl.DataFrame:
    found = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in sorted(folder.glob("*.wav"))]
    return pl.DataFrame(found, schema=FILE, orient="row")


def test_a_header_that_was_read_is_read_again_when_its_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, kept = tmp_path / "site", str(tmp_path / "kept")
    site.mkdir()
    asked: list[str] = []

    def counted(paths: list[str]) -> list[dict[str, object]]:
        asked.extend(Path(path).name for path in paths)
        return read_headers(paths)

    monkeypatch.setattr("workflow_scripts.adapters.recordings.kept.read_headers", counted)
    for name, chunk in {"a.wav": comment("a"), "b.wav": guano(), "c.wav": b""}.items():
        (site / name).write_bytes(recording(0.01, before=chunk))
    (site / "none.wav").write_bytes(b"RIFF")
    first = headers_of(str(site), files_in(site), kept)
    assert headers_of(str(site), files_in(site), kept) == first
    assert asked == ["a.wav", "b.wav", "c.wav", "none.wav", "none.wav"]
    (site / "b.wav").write_bytes(recording(0.02))
    (site / "d.wav").write_bytes(recording(0.03))
    durations = [header["duration_s"] for header in headers_of(str(site), files_in(site), kept)]
    assert (asked[5:], durations) == (["b.wav", "d.wav", "none.wav"], [0.01, 0.02, 0.01, 0.03, None])


@pytest.mark.parametrize("content", [b"", b"PAR1", b"torn"])
def test_headers_that_were_kept_and_are_none_any_more_are_read_again(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(recording(0.01))
    headers = headers_of(str(tmp_path), files_in(tmp_path), str(tmp_path / "kept"))
    [kept] = (tmp_path / "kept").glob("*.parquet")
    kept.write_bytes(content)
    assert headers_of(str(tmp_path), files_in(tmp_path), str(tmp_path / "kept")) == headers


# --- names ---


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_pattern_or_told(text: str) -> None:
    with contextlib.suppress(SoundledgerError):
        assert name_pattern(text).regex


# --- windows ---

LENGTHS = st.one_of(st.floats(0.5, 4000), st.sampled_from([60.0, 7 * 60.0, 3600.0, 0.96]))


@settings(deadline=None)
@given(st.floats(0.001, 200_000), LENGTHS, st.none() | st.floats(0, 86_399.999))
def test_windows_cover_a_recording_once_and_none_is_longer(duration: float, length: float, since: float | None) -> None:
    found = windows(duration, length, since)
    if found is None:
        assert duration / length > 90_000
        return
    assert (found[0][0], found[-1][1]) == (0.0, duration)
    assert [end for _, end in found[:-1]] == [start for start, _ in found[1:]]
    assert all(0 < end - start <= length + 1e-5 for start, end in found)


@settings(deadline=None)
@given(st.floats(1, 200_000), LENGTHS, st.floats(0, 86_399.999))
def test_borders_on_the_clock_are_multiples_since_midnight(duration: float, length: float, since: float) -> None:
    for start, _ in (windows(duration, length, since) or [])[1:]:
        of_day = (start + since) % DAY_S
        near = abs(of_day / length - round(of_day / length)) * length
        assert min(near, of_day, DAY_S - of_day) < 1e-4


# --- times ---


def test_a_time_is_as_precise_as_it_is_known() -> None:
    minute, second = of_iso("2020-01-01T12:30"), of_iso("2020-01-01 12:30:59.5Z")
    day, other = of_iso("2020-01-01"), of_iso("2020-01-01T12:31:00")
    assert minute
    assert second
    assert day
    assert other
    assert minute.is_as(second)
    assert second.is_as(minute)
    assert day.is_as(second)
    assert not minute.is_as(other)
    assert not other.is_as(minute)
    assert (day.iso(30.0), second.iso(0.25)) == ("2020-01-01", "2020-01-01T12:30:59.750+00:00")


@settings(deadline=None)
@given(st.datetimes(), st.integers(-14 * 60, 14 * 60))
def test_iso_of_a_time_is_that_time(at: datetime.datetime, minutes: int) -> None:
    at = at.replace(microsecond=0)
    moment = Moment(at, datetime.timedelta(minutes=minutes))
    text = moment.iso()
    assert text is not None
    assert of_iso(text) == moment


OFFSETS = st.none() | st.timedeltas(datetime.timedelta(hours=-14), datetime.timedelta(hours=14))


@settings(deadline=None)
@given(st.datetimes(), OFFSETS, OFFSETS, st.integers(-7200, 7200))
def test_times_are_the_same_where_their_instants_are(
    at: datetime.datetime, offset: datetime.timedelta | None, other: datetime.timedelta | None, later_s: int
) -> None:
    """Also at the ends of the calendar."""
    zones = (other - offset) if offset is not None and other is not None else datetime.timedelta()
    with contextlib.suppress(OverflowError):
        same = Moment(at, offset).is_as(Moment(at + zones + datetime.timedelta(seconds=later_s), other))
        assert same == (later_s == 0)


def test_the_first_and_the_last_hour_of_the_calendar_are_far_apart() -> None:
    first, last = of_iso("0001-01-01T00:00:00+14:00"), of_iso("9999-12-31T23:59:59-14:00")
    assert first
    assert last
    assert not first.is_as(last)
    assert not last.is_as(first)


def test_no_calendar_goes_beyond_the_year_9999() -> None:
    moment = of_iso("9999-12-31T23:59:59")
    assert moment
    assert moment.iso(1.0) is None
