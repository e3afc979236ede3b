"""An event as it is heard at some distance: in a room, or outdoors. By pyroomacoustics, which `make rooms` installs.

Sources: Allen and Berkley, "Image method for efficiently simulating small-room acoustics", Journal of the Acoustical
Society of America 65, 1979; Scheibler, Bezzam and Dokmanić, "Pyroomacoustics", ICASSP 2018; Schroeder, "New method of
measuring reverberation time", Journal of the Acoustical Society of America 37, 1965.
"""

import functools
import importlib
import importlib.util
from typing import Any

import numpy as np

from workflow_scripts.errors import SoundledgerError

Array = np.ndarray[Any, Any]
Row = dict[str, Any]

AIR = {"temperature": 20.0, "humidity": 60.0, "air_absorption": True}
"""Outdoors: degrees Celsius, per cent."""
DECAY_DB = (5.0, 25.0)
"""Between these levels below all of it a reverberation time is measured (ISO 3382-1: T20)."""
BINS = 1000
"""Of the time in which that is."""
HALVINGS = 40
_NOT_INSTALLED = (
    "the dataset file asks for a room, or for distance outdoors, and what is heard there is worked out by "
    "pyroomacoustics, which is not installed here: `make rooms` installs it"
)


def require() -> None:
    """See that the library is there, without the seconds that it takes to import.

    Raises:
        SoundledgerError: it is not installed.
    """
    if importlib.util.find_spec("pyroomacoustics") is None:
        raise SoundledgerError(_NOT_INSTALLED)


@functools.cache
def pyroomacoustics() -> Any:
    """The library, on one thread: what it sums up depends on how many there are.

    Raises:
        SoundledgerError: it is not installed.
    """
    require()
    library = importlib.import_module("pyroomacoustics")
    library.constants.set("num_threads", 1)
    return library


def heard_from(wave: Array, rate: int, row: Row) -> Array:
    """What comes of a sound where it is heard, from the moment on at which the first of it is there.

    Args:
        wave: (frames,), full scale 1.
        rate: samples a second.
        row: `distance_m`, and of a room `room_m`, `microphone_m`, `source_m` and `rt60_s`.

    Returns:
        (frames + tail,): as loud as a source that has the level of `wave` at one metre.
    """
    import scipy.signal

    response, delay = in_room(rate, row) if row["room_m"] else outdoors(rate, row["distance_m"])
    return np.asarray(scipy.signal.fftconvolve(wave, response)[delay:])


def in_room(rate: int, row: Row) -> tuple[Array, int]:
    """The impulse response between two points of a room, and the sample at which the direct sound is there."""
    return _response(shoebox(rate, row), row["distance_m"])


def shoebox(rate: int, row: Row) -> Any:
    """A room of the library, with its response, whose walls absorb alike and so much that sound dies away as asked for.

    Twice, as the response is not quite what is reckoned: images that come in together add up, or cancel out.
    """
    library = pyroomacoustics()
    measured = importlib.import_module("pyroomacoustics.experimental.rt60").measure_rt60
    absorption, order = library.inverse_sabine(row["rt60_s"], row["room_m"])
    room = library.ShoeBox(row["room_m"], fs=rate, materials=library.Material(absorption), max_order=order)
    room.add_source(row["source_m"])
    room.add_microphone(row["microphone_m"])
    room.image_source_model()
    [source] = room.sources
    distances = np.linalg.norm(source.images - np.asarray(row["microphone_m"])[:, None], axis=0)
    sought = row["rt60_s"]
    for _ in range(2):
        share = reflected(distances / room.c, source.orders, sought)
        source.damping = (share**source.orders)[None].astype(np.float32)  # in place of what Sabine's formula gives
        room.compute_rir()
        sought *= row["rt60_s"] / measured(room.rir[0][0], fs=rate, decay_db=DECAY_DB[1] - DECAY_DB[0])
    return room


def outdoors(rate: int, distance_m: float) -> tuple[Array, int]:
    """The impulse response over a distance in air, and the sample at which the sound is there."""
    room = pyroomacoustics().AnechoicRoom(3, fs=rate, **AIR)
    room.add_source([distance_m, 0.0, 0.0])
    room.add_microphone([0.0, 0.0, 0.0])
    room.compute_rir()
    return _response(room, distance_m)


def reflected(times: Array, orders: Array, rt60_s: float) -> float:
    """The share of a sound's amplitude that walls give back, so that its level falls by 60 dB in a time.

    Sabine's formula holds where sound comes from all sides alike; in a flat or long room it is off by half. Here the
    energy of all images is summed up as it comes in, and the share is sought under which it falls as asked for.

    Args:
        times: when each image of the source is heard, seconds.
        orders: how often each was reflected.
        rt60_s: as DECAY_DB measures it.
    """
    since = times - times.min()
    whole = 1.2 * rt60_s
    in_time = since < whole
    bins, order = (since[in_time] / whole * BINS).astype(np.int64), orders[in_time]
    count = int(order.max()) + 1
    of_order = np.bincount(bins * count + order, weights=times[in_time] ** -2.0, minlength=BINS * count)
    energies = of_order.reshape(BINS, count)
    least, most = 0.0, 1.0
    for _ in range(HALVINGS):
        share = (least + most) / 2
        least, most = (share, most) if _decay_s(energies, share, whole) < rt60_s else (least, share)
    return (least + most) / 2


def _decay_s(energies: Array, share: float, whole: float) -> float:
    """In what time 60 dB are lost, by Schroeder's integral over energies (bins, orders)."""
    energy = energies @ share ** (2.0 * np.arange(energies.shape[1]))
    left = np.cumsum(energy[::-1])[::-1]
    lost = -10 * np.log10(np.maximum(left / left[0], 1e-30))
    begins, ends = np.interp(DECAY_DB, lost, np.arange(BINS) / BINS * whole)
    return float(60 / (DECAY_DB[1] - DECAY_DB[0]) * (ends - begins))


def _response(room: Any, distance_m: float) -> tuple[Array, int]:
    """Of the one source and the one microphone of a room. The library puts half a filter before each sound."""
    delay = pyroomacoustics().constants.get("frac_delay_length") // 2 + distance_m / room.c * room.fs
    return np.asarray(room.rir[0][0], np.float64), round(delay)
