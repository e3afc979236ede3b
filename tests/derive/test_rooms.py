"""Events in rooms and at a distance: where they are, when they are heard, how they die away, how loud they are."""

import importlib.util
from typing import Any

import numpy as np
import pytest

from workflow_scripts.derive import acoustics, draws, rooms
from workflow_scripts.derive.sound import PlacedPart, mixed
from workflow_scripts.errors import SoundledgerError

RATE = 16_000
NEEDS = pytest.mark.skipif(
    importlib.util.find_spec("pyroomacoustics") is None, reason="`make rooms` installs pyroomacoustics"
)
ROOM = {
    "length_m": {"uniform": [4, 10]}, "width_m": {"uniform": [3, 8]}, "height_m": {"uniform": [2.4, 4]},
    "rt60_s": {"uniform": [0.2, 0.5]}, "distance_m": {"uniform": [0.5, 3]},
}  # fmt: skip


def placed(options: dict[str, Any], scenes: int = 300) -> Any:
    """Of two events of each scene."""
    own = draws.keys(1, np.arange(scenes), "scene")
    scene = np.repeat(np.arange(scenes), 2)
    return rooms.heard_from(own, scene, draws.keys(2, np.arange(2 * scenes), "event"), options, "here")


def test_sources_are_in_their_rooms_as_far_off_as_they_are_asked_to_be() -> None:
    found = placed({"room": ROOM})
    sides, microphone, source = (np.array(found[name].to_list()) for name in ("room_m", "microphone_m", "source_m"))
    for point in (microphone, source):
        assert (point > 0.09).all()
        assert (point < sides - 0.09).all()
    distance = found["distance_m"].to_numpy()
    assert np.linalg.norm(source - microphone, axis=1) == pytest.approx(distance)
    assert (distance.min() >= 0.5, distance.max() <= 3) == (True, True)
    assert np.array_equal(sides[::2], sides[1::2])  # both events of a scene are in one room
    assert np.array_equal(microphone[::2], microphone[1::2])
    far = placed({"room": ROOM | {"distance_m": 50}})
    assert 2 < far["distance_m"].mean() < 10  # as far as the room goes
    ways = (source - microphone) / distance[:, None]
    assert np.abs(ways.mean(axis=0)).max() < 0.1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"room": ROOM | {"rt60_s": 0.05}}, r"here\.room: 300 of 300 scenes, .* in which sound stays for 0\.05 s: not"),
        ({"room": ROOM | {"rt60_s": 2}}, r"for 2\.00 s: it is reflected too often"),
        ({"room": ROOM | {"height_m": 0.5}}, r"here\.room\.height_m: 0\.5: expected numbers from 1"),
        ({"outdoors": {"distance_m": {"uniform": [0, 5]}}}, r"here\.outdoors\.distance_m: .* from 0\.1"),
    ],
)
def test_rooms_that_cannot_be_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(SoundledgerError, match=told):
        placed(options)


def test_what_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SoundledgerError, match="pyroomacoustics, which is not installed here: `make rooms` installs"):
        acoustics.require()


def some_rooms(count: int) -> list[dict[str, Any]]:
    return placed({"room": ROOM}, count).rows(named=True)[::2]


def reverberation_s(response: np.ndarray[Any, Any]) -> float:
    """By Schroeder's integral, a line through all from 5 to 25 dB below its beginning."""
    left = np.cumsum(np.square(response)[::-1])[::-1]
    level = 10 * np.log10(left / left[0] + 1e-12)
    [some] = np.nonzero((level <= -5) & (level >= -25))
    return float(-60 / np.polyfit(some / RATE, level[some], 1)[0])


@NEEDS
def test_sound_dies_away_in_the_time_that_is_asked_for() -> None:
    flat = {"room_m": [9.5, 7.8, 2.3], "microphone_m": [2.0, 3.0, 1.5], "source_m": [6.0, 5.0, 1.2], "rt60_s": 0.6}
    for row in [*some_rooms(8), flat | {"distance_m": 4.4822}]:  # by Sabine's formula it would be 0.9 s in the flat one
        response, delay = acoustics.in_room(RATE, row)
        assert reverberation_s(response) == pytest.approx(row["rt60_s"], rel=0.1)
        assert delay == round(40 + row["distance_m"] / 343 * RATE)
        assert abs(np.abs(response[: delay + 3]).argmax() - delay) <= 1  # the first that is heard is the direct sound


@NEEDS
def test_a_room_is_that_of_pyroomacoustics_by_hand() -> None:
    import pyroomacoustics as pra

    [row] = some_rooms(1)
    response, _ = acoustics.in_room(RATE, row)
    [source] = acoustics.shoebox(RATE, row).sources
    share = float(source.damping[0][source.orders == 1][0])
    walls = pra.Material(1 - share**2)
    hand = pra.ShoeBox(row["room_m"], fs=RATE, materials=walls, max_order=int(source.orders.max()))
    hand.add_source(row["source_m"])
    hand.add_microphone(row["microphone_m"])
    hand.compute_rir()
    assert response == pytest.approx(hand.rir[0][0], abs=1e-6)
    assert np.array_equal(acoustics.in_room(RATE, row)[0], response)


def part(samples: Any, **row: Any) -> PlacedPart:
    told = {"role": "foreground", "fade_s": 0.0, "pitch_semitones": 0.0, "stretch": 1.0, "snr_db": None}
    told |= {"gain_db": 0.0, "onset_s": 0.0, "offset_s": 3.0, "distance_m": None, "room_m": None}
    return PlacedPart(told | row, np.asarray(samples, np.float32), RATE)


@NEEDS
@pytest.mark.parametrize("where", ["room", "outdoors"])
def test_an_event_is_heard_from_its_onset_on_at_its_level_and_rings_on(where: str) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, (2, 3 * RATE))
    event = noise[1][: RATE // 2]
    row = some_rooms(1)[0] if where == "room" else {"distance_m": 60.0, "room_m": None}
    row = row | {"onset_s": 1.234, "offset_s": 1.734, "snr_db": 6.0, "gain_db": None}
    scene = mixed([part(noise[0], role="background"), part(event, **row)], 3.0, RATE, 1)
    stem, first, last = scene.stem(1)[:, 0], round(1.234 * RATE), round(1.734 * RATE)
    found = np.correlate(stem, event, mode="valid").argmax()
    assert abs(found - first) <= 1
    assert not stem[:first].any()
    levels = [20 * np.log10(np.sqrt(np.square(one).mean())) for one in (stem[first:last], scene.stem(0))]
    assert levels[0] - levels[1] == pytest.approx(6.0, abs=0.01)
    rings = np.square(stem[last + 50 :]).sum() / np.square(stem).sum()
    assert (rings > 0.01) == (where == "room")
    assert np.abs(scene.samples - scene.stem(0) - scene.stem(1)).max() < 1e-12


@NEEDS
def test_air_takes_of_high_frequencies_over_a_distance() -> None:
    """At 4 kHz and 20 °C, 60 %, 4.1e-3 of the power a metre, by the table of the library; by ISO 9613-1 23 dB a km."""
    time = np.arange(RATE) / RATE
    levels = {}
    for hertz in (250, 4000):
        for distance in (1.0, 300.0):
            heard = acoustics.heard_from(
                np.sin(2 * np.pi * hertz * time), RATE, {"room_m": None, "distance_m": distance}
            )
            levels[hertz, distance] = 10 * np.log10(np.square(heard[RATE // 4 : RATE // 2]).mean())
    lost = {hertz: levels[hertz, 1.0] - levels[hertz, 300.0] for hertz in (250, 4000)}
    assert lost[250] == pytest.approx(20 * np.log10(300) + 0.39, abs=0.3)
    assert lost[4000] - lost[250] == pytest.approx(10 * np.log10(np.e) * (4.1 - 0.3) * 0.3, abs=0.3)
