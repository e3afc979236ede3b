"""Effects by audiomentations, made in a process of the venv that `make augment` sets up.

This file is run by the Python of that venv, by its path: it imports nothing of this project, and nothing of this
project imports it. Nothing is drawn here: each transform has its parameters set, and the noise its seed, so a call
depends on no call before it.

A call is two messages, JSON (transform, parameters, sample_rate, shape) and samples as float32; so is the answer, JSON
(gain_db, or error) and samples.

Source: Jordal, audiomentations 0.43, whose transforms these are.
"""

import functools
import json
import sys
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]


class Made(NamedTuple):
    """A transform with what it is to be done by.

    Attributes:
        transform: of audiomentations.
        parameters: its own, instead of those that it would draw.
        gain_db: what it multiplies by, as far as that is one number.
    """

    transform: Any
    parameters: dict[str, Any]
    gain_db: float | None = None


def applied(samples: Array, sample_rate: int, transform: str, parameters: dict[str, Any]) -> tuple[Array, float | None]:
    """Apply one transform.

    Args:
        samples: (frames,) or (channels, frames) float32.
        sample_rate: hertz.
        transform: a name out of MAKES.
        parameters: those that were drawn; of `loudness` also `is_now_lufs`, which was measured.

    Returns:
        Samples of the same shape, and the gain in dB, None where there is none: silence has no level, and stays.
    """
    made = MAKES[transform](samples, sample_rate, parameters)
    if made is None:
        return samples, None
    made.transform.parameters = {"should_apply": True, **made.parameters}
    made.transform.freeze_parameters()
    return np.asarray(made.transform(samples, sample_rate), np.float32), made.gain_db


def _of_library(name: str, **options: Any) -> Any:
    """A transform that is applied each time."""
    import audiomentations

    return getattr(audiomentations, name)(p=1.0, **options)


def _gaussian_noise(samples: Array, sample_rate: int, drawn: dict[str, Any]) -> Made | None:
    own = float(np.sqrt(np.square(samples, dtype=np.float64).mean()))
    if not own:
        return None
    level = own / 10 ** (drawn["snr_db"] / 20)
    np.random.seed(drawn["seed"])
    return Made(_of_library("AddGaussianSNR"), {"noise_std": level}, float(20 * np.log10(level)))


def _loudness(samples: Array, sample_rate: int, drawn: dict[str, Any]) -> Made | None:
    to = {"loudness": drawn["is_now_lufs"], "lufs": drawn["lufs"]}
    return Made(_of_library("LoudnessNormalization"), to, drawn["lufs"] - drawn["is_now_lufs"])


def _tanh_distortion(samples: Array, sample_rate: int, drawn: dict[str, Any]) -> Made | None:
    return Made(_of_library("TanhDistortion"), {"distortion_amount": drawn["amount"]})


def _gain(samples: Array, sample_rate: int, drawn: dict[str, Any]) -> Made | None:
    return Made(_of_library("Gain"), {"amplitude_ratio": 10 ** (drawn["gain_db"] / 20)}, drawn["gain_db"])


def _one_sided(kind: str, samples: Array, sample_rate: int, drawn: dict[str, Any]) -> Made | None:
    return Made(_of_library(kind), {"cutoff_freq": drawn["cutoff_hz"], "rolloff": drawn["slope_db"]})


def _two_sided(kind: str, samples: Array, sample_rate: int, drawn: dict[str, Any]) -> Made | None:
    low, high = drawn["low_hz"], drawn["high_hz"]
    band = {"center_freq": (low + high) / 2, "bandwidth": high - low, "rolloff": drawn["slope_db"]}
    return Made(_of_library(kind), band)


def _time_mask(samples: Array, sample_rate: int, drawn: dict[str, Any]) -> Made | None:
    frames = samples.shape[-1]
    first, last = (min(round(drawn[name] * sample_rate), frames) for name in ("from_s", "to_s"))
    return Made(_of_library("TimeMask", fade_duration=drawn["fade_s"]), {"t0": first, "t": last - first})


MAKES: dict[str, Any] = {
    "gaussian_noise": _gaussian_noise,
    "loudness": _loudness,
    "tanh_distortion": _tanh_distortion,
    "gain": _gain,
    "low_pass": functools.partial(_one_sided, "LowPassFilter"),
    "high_pass": functools.partial(_one_sided, "HighPassFilter"),
    "band_pass": functools.partial(_two_sided, "BandPassFilter"),
    "band_stop": functools.partial(_two_sided, "BandStopFilter"),
    "time_mask": _time_mask,
}


def serve(connection: Connection) -> None:
    """Answer until nobody is there to ask."""
    while True:
        try:
            asked = json.loads(connection.recv_bytes())
            samples = np.frombuffer(connection.recv_bytes(), np.float32).reshape(asked["shape"])
        except (EOFError, ConnectionError):
            return
        try:
            made, gain = applied(samples, asked["sample_rate"], asked["transform"], asked["parameters"])
            answer: dict[str, Any] = {"gain_db": gain}
        except Exception as error:  # noqa: BLE001  whatever a library does, it costs this clip alone
            made, answer = samples, {"error": f"{type(error).__name__}: {error}"}
        connection.send_bytes(json.dumps(answer).encode())
        connection.send_bytes(np.ascontiguousarray(made).data)


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
