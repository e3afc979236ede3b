"""What recorders write into the chunks of a WAV: GUANO, `wamd`, and the comment of an AudioMoth."""

import math
import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from workflow_scripts.adapters.recordings.moments import Moment, moment_of, of_iso
from workflow_scripts.adapters.recordings.said import Saying

LONGEST = 1_000
"""Characters of one value that are kept."""
MOST_KEYS = 200
_RECORDED = re.compile(
    r"Recorded at (\d\d):(\d\d):(\d\d)(?:\.\d+)? (\d\d)/(\d\d)/(\d{4})(?: \(UTC(?:([+-]\d{1,2})?(?::?(\d\d))?)\))?",
    re.ASCII,
)
_DEVICE = re.compile(r"by (AudioMoth [0-9A-Fa-f]{8,16})\b")
_DEPLOYMENT = re.compile(r"during deployment ([0-9A-Fa-f]{8,16})\b")
_GAIN = re.compile(r"at (?:gain setting (\d)|([a-z-]+) gain)\b")
_BATTERY = re.compile(r"battery (?:state )?was (less than |greater than |< |> )?(\d+\.\d+)V")
_TEMPERATURE = re.compile(r"temperature was (-?\d+\.\d+)C")
_WAMD = {
    0x01: "model",
    0x02: "serial",
    0x03: "firmware",
    0x04: "prefix",
    0x05: "timestamp",
    0x06: "gps",
    0x08: "software",
    0x0A: "notes",
    0x0B: "auto_id",
    0x0C: "manual_id",
    0x12: "microphone",
    0x13: "sensitivity",
}
"""Numbers of the texts in `wamd`."""
_WAMD_ITEM = struct.Struct("<HI")


def said_in_chunks(chunks: Mapping[str, bytes]) -> Iterator[Saying]:
    """What the chunks of a recording say, each by itself.

    Args:
        chunks: `guan` and `wamd`, and of LIST INFO `ICMT` and `IART`, as far as there are any.
    """
    if "guan" in chunks:
        yield _guano(_text(chunks["guan"]))
    if "wamd" in chunks:
        yield _wamd(chunks["wamd"])
    if "ICMT" in chunks:
        yield _comment(_text(chunks["ICMT"]), _text(chunks.get("IART", b"")))


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace").strip("\0 \t\r\n")


def _guano(text: str) -> Saying:
    told: dict[str, str] = {}
    for line in text.split("\n")[:MOST_KEYS]:
        key, colon, value = line.partition(":")
        if colon and (key := key.strip("\0 \t\r")) and (value := value.strip("\0 \t\r")):
            told.setdefault(key[:LONGEST], value[:LONGEST])
    latitude, longitude = _place(told.get("Loc Position", "").replace(",", " ").split())
    numbers = {
        "latitude": latitude,
        "longitude": longitude,
        "location_uncertainty_m": _number(told.get("Loc Accuracy")),
        "declared_duration_s": _number(told.get("Length")),
        "declared_sample_rate": _whole(told.get("Samplerate")),
    }
    device = " ".join(told[key] for key in ("Make", "Model", "Serial") if key in told)
    at = of_iso(told.get("Timestamp", ""))
    return _said("guano", at, {"device": device}, numbers, {"guano": told})


def _wamd(content: bytes) -> Saying:
    told: dict[str, str] = {}
    place = 0
    for _ in range(MOST_KEYS):
        if place + _WAMD_ITEM.size > len(content):
            break
        number, size = _WAMD_ITEM.unpack_from(content, place)
        place += _WAMD_ITEM.size
        if number in _WAMD and (value := _text(content[place : place + size])):
            told.setdefault(_WAMD[number], value[:LONGEST])
        place += size
    latitude, longitude = _place_of_wamd(told.get("gps", ""))
    texts = {"device": " ".join(told[key] for key in ("model", "serial") if key in told)}
    texts |= {"site": told.get("prefix", ""), "microphone": told.get("microphone", "")}
    return _said(
        "wamd", of_iso(told.get("timestamp", "")), texts, {"latitude": latitude, "longitude": longitude}, {"wamd": told}
    )


def _comment(text: str, artist: str) -> Saying:
    """Of any program the comment is kept; of an AudioMoth it is read."""
    text = text[:LONGEST]
    extra: dict[str, Any] = {"comment": text}
    found = _RECORDED.search(text)
    if not found:
        return Saying("comment", extra=extra)
    device = _DEVICE.search(text)
    named = device[1] if device else artist if artist.startswith("AudioMoth ") else ""
    external = "external" if "external microphone" in text else ""
    if deployment := _DEPLOYMENT.search(text):
        extra["deployment"] = deployment[1]
    if gain := _GAIN.search(text):
        extra["gain"] = gain[1] or gain[2]
    if (battery := _BATTERY.search(text)) and not battery[1]:
        extra["battery_v"] = float(battery[2])
    if temperature := _TEMPERATURE.search(text):
        extra["temperature_c"] = float(temperature[1])
    return _said("comment", _moment(found), {"device": named, "microphone": external}, {}, extra)


def _moment(found: re.Match[str]) -> Moment | None:
    """Of the first firmware's comments nobody says what the clock was set to."""
    parts = dict(zip("HMSdmY", found.groups(), strict=False))
    if "(UTC" in found[0]:
        hours, minutes = found[7] or "+0", found[8] or "00"
        parts["z"] = f"{hours[0]}{int(hours[1:]):02d}{minutes}"
    return moment_of(parts)


def _said(
    by: str, at: Moment | None, texts: Mapping[str, str], numbers: Mapping[str, Any], extra: Mapping[str, Any]
) -> Saying:
    return Saying(
        by,
        at,
        {name: text for name, text in texts.items() if text},
        {name: number for name, number in numbers.items() if number is not None},
        extra,
    )


def _place(parts: list[str]) -> tuple[float | None, float | None]:
    if len(parts) != 2:
        return None, None
    latitude, longitude = map(_number, parts)
    return (None, None) if latitude is None or longitude is None else (latitude, longitude)


def _place_of_wamd(text: str) -> tuple[float | None, float | None]:
    """`WGS84, 42.37, N, 71.06, W, 12`, or `WGS84, 42.37, -71.06, 12`."""
    parts = [part.strip() for part in text.split(",")][1:]
    if len(parts) >= 4 and parts[1] in ("N", "S") and parts[3] in ("E", "W"):
        latitude, longitude = _place([parts[0], parts[2]])
        if latitude is None or longitude is None:
            return None, None
        return latitude * (-1 if parts[1] == "S" else 1), longitude * (-1 if parts[3] == "W" else 1)
    return _place(parts[:2])


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _whole(text: str | None) -> int | None:
    number = _number(text)
    return round(number) if number is not None and abs(number) < 2**53 else None
