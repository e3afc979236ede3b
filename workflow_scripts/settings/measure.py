"""What a dataset file has measured by window and over the years, with all that follows from it."""

import zoneinfo
from typing import Any

from workflow_scripts.errors import nearest, shown
from workflow_scripts.settings.reading import SettingsError

ASKED = ("directions", "indices")
"""What may be measured."""
MOST_DELAY_S = 0.003
"""As over a metre."""
LONGEST_S = 600
"""A window that indices are worked out of: half a gigabyte at 48 kHz."""
SLOWEST_SOUND = 312.0
"""Metres a second: a tenth less than in air of 20 °C."""


def measure(written: dict[str, Any] | None, file: str) -> dict[str, Any]:
    """The settings; nothing where the file says nothing.

    Args:
        written: `measure` of the file, with defaults.
        file: as errors call it.

    Raises:
        SettingsError: nothing is to be measured, or a band is none.
    """
    if written is None:
        return {}
    settings = {"hop_s": written["length_s"]} | written
    if not any(name in settings for name in ASKED):
        raise SettingsError(f"{file}: measure: nothing is to be measured; expected {' or '.join(ASKED)} beside it")
    if (directions := settings.get("directions")) is not None:
        low, high = directions.get("band_hz", (0, 1))
        if not low < high:
            raise SettingsError(
                f"{file}: measure.directions.band_hz: {low} is not below {high}; expected the lowest frequency, then "
                "the highest"
            )
        over = directions.get("distance_m")
        most = MOST_DELAY_S if over is None else over / SLOWEST_SOUND
        settings["directions"] = {"most_delay_s": most} | directions
    if "indices" in settings and settings["length_s"] > LONGEST_S:
        raise SettingsError(
            f"{file}: measure: length_s {settings['length_s']:g} with indices; expected at most {LONGEST_S}, as a "
            "window is held whole, several times"
        )
    return settings


def over_years(written: dict[str, Any] | None, file: str) -> dict[str, Any]:
    """What a dataset file says of change over the years; nothing where it says nothing.

    Raises:
        SettingsError: there is no such time zone.
    """
    if written is None:
        return {}
    if (zone := written.get("time_zone")) is not None and zone not in zoneinfo.available_timezones():
        raise SettingsError(
            f"{file}: over_years.time_zone: there is no {shown(zone)}; expected a name of the IANA time zone "
            f"database, as Europe/Zurich{nearest(zone, zoneinfo.available_timezones())}"
        )
    return written
