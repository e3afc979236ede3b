"""Where events are heard from: rooms of scenes, and places in them, or distances outdoors."""

from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.derive import draws
from workflow_scripts.errors import SoundledgerError

Array = np.ndarray[Any, Any]

SIDES = ("length_m", "width_m", "height_m")
BOUNDS = dict.fromkeys(SIDES, (1.0, 100.0)) | {"rt60_s": (0.05, 10.0), "distance_m": (0.1, 2000.0)}
"""Of what is drawn."""
SPEED = 343.0
"""Of sound, metres a second."""
MOST_IMAGES = 5e6
"""Of one source: half a gigabyte."""
FROM_WALLS_M = 0.5
"""So far from walls is a microphone, or a quarter of a side; a source a fifth of that."""
DIRECTIONS = 64
"""So many are tried for a source that is to be so far off: the first with room for it, else that with the most."""
COLUMNS: dict[str, Any] = {
    "distance_m": pl.Float64,
    "room_m": pl.List(pl.Float64),
    "microphone_m": pl.List(pl.Float64),
    "source_m": pl.List(pl.Float64),
    "rt60_s": pl.Float64,
}
"""Of parts."""


def nowhere(count: int) -> pl.DataFrame:
    """COLUMNS of parts that are heard as they are."""
    return pl.DataFrame({name: pl.Series([None] * count, dtype=kind) for name, kind in COLUMNS.items()})


def heard_from(own: Array, scene: Array, keys: Array, options: dict[str, Any], where: str) -> pl.DataFrame:
    """COLUMNS of events.

    Args:
        own: keys of scenes.
        scene: the number of the scene of each event.
        keys: of events.
        options: of soundscapes: `room` or `outdoors`, or neither.
        where: the key that they stand under, as errors call it.

    Raises:
        SoundledgerError: a distance or a size cannot be; no walls give a room that is drawn such a reverberation.
    """
    if "outdoors" in options:
        draws.refuse_beyond(options["outdoors"], BOUNDS, f"{where}.outdoors")
        distances = draws.drawn(options["outdoors"]["distance_m"], keys, "distance_m")
        return nowhere(len(keys)).with_columns(distance_m=pl.Series(distances))
    if "room" not in options:
        return nowhere(len(keys))
    asked = options["room"]
    draws.refuse_beyond(asked, BOUNDS, f"{where}.room")
    rooms = np.stack([draws.drawn(asked[side], own, side) for side in SIDES], axis=1)
    reverberation = draws.drawn(asked["rt60_s"], own, "rt60_s")
    _refuse_rooms(rooms, reverberation, f"{where}.room")
    walls = np.minimum(FROM_WALLS_M, rooms / 4)
    share = np.stack([draws.shares(own, f"microphone {side}") for side in SIDES], axis=1)
    microphones = (walls + share * (rooms - 2 * walls))[scene]
    distances = draws.drawn(asked["distance_m"], keys, "distance_m")
    offsets = _offsets(keys, microphones, rooms[scene], walls[scene] / 5, distances)
    return pl.DataFrame(
        {
            "distance_m": np.linalg.norm(offsets, axis=1),
            "room_m": rooms[scene].tolist(),
            "microphone_m": microphones.tolist(),
            "source_m": (microphones + offsets).tolist(),
            "rt60_s": reverberation[scene],
        },
        schema=COLUMNS,
    )


def _offsets(keys: Array, microphones: Array, rooms: Array, walls: Array, distances: Array) -> Array:
    """From microphones to sources (N, 3), metres."""
    best = np.zeros((len(keys), 3))
    reach = np.zeros(len(keys))
    for number in range(DIRECTIONS):
        waiting = np.flatnonzero(reach < distances)
        if not waiting.size:
            break
        some = draws.below(keys[waiting], f"direction {number}")
        up, round_about = 2 * draws.shares(some, "up") - 1, 2 * np.pi * draws.shares(some, "round about")
        flat = np.sqrt(1 - up**2)
        way = np.stack([flat * np.cos(round_about), flat * np.sin(round_about), up], axis=1)
        wall = np.where(way > 0, rooms[waiting] - walls[waiting], walls[waiting]) - microphones[waiting]
        with np.errstate(divide="ignore"):
            room = np.abs(wall / way).min(axis=1)
        better = room > reach[waiting]
        reach[waiting[better]] = room[better]
        best[waiting[better]] = way[better]
    return np.asarray(best * np.minimum(reach, distances)[:, None])


def _refuse_rooms(rooms: Array, reverberation: Array, where: str) -> None:
    """Raises SoundledgerError for rooms that no walls give their reverberation, and for what takes too long to do."""
    volume = rooms.prod(axis=1)
    pairs = [(0, 1), (0, 2), (1, 2)]
    surface = 2 * sum(rooms[:, one] * rooms[:, other] for one, other in pairs)
    absorbed = 24 * np.log(10) * volume / (SPEED * surface * reverberation)  # Sabine
    across = np.min([rooms[:, a] * rooms[:, b] / np.hypot(rooms[:, a], rooms[:, b]) for a, b in pairs], axis=0)
    images = 4 / 3 * (SPEED * reverberation / across) ** 3
    for wrong, told in (
        (absorbed > 1, "not even walls that give nothing back would do that; make `rt60_s` longer or the room smaller"),
        (images > MOST_IMAGES, "it is reflected too often to be followed; make `rt60_s` shorter or the room larger"),
    ):
        if (count := int(wrong.sum())) > 0:
            first = int(np.flatnonzero(wrong)[0])
            sides = " by ".join(f"{side:.1f}" for side in rooms[first])
            raise SoundledgerError(
                f"{where}: {count:,} of {len(rooms):,} scenes, as one in a room of {sides} m in which sound stays for "
                f"{reverberation[first]:.2f} s: {told}"
            )
