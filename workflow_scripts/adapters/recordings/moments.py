"""When a recording began, as precisely as is known."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

DIRECTIVES = {
    "Y": r"[0-9]{4}",
    "y": r"[0-9]{2}",
    "m": r"[0-9]{2}",
    "d": r"[0-9]{2}",
    "H": r"[0-9]{2}",
    "M": r"[0-9]{2}",
    "S": r"[0-9]{2}",
    "f": r"[0-9]{1,6}",
    "z": r"Z|[+-][0-9]{2}:?[0-9]{2}",
}
"""Parts of a time, as strptime calls them, and how each is written."""
DAY_S, MINUTE_S = 86_400, 60
_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)


@dataclass(frozen=True)
class Moment:
    """A time on the clock of a recorder.

    Attributes:
        local: what the clock showed.
        offset: how far it is ahead of UTC; None where nobody says.
        within_s: it may be so many seconds later: 86,400 where only the day is known, 60 where the minute is, or 0.
    """

    local: datetime.datetime
    offset: datetime.timedelta | None = None
    within_s: int = 0

    @property
    def since_midnight_s(self) -> float | None:
        """Seconds since the midnight before; None where only the day is known."""
        if self.within_s == DAY_S:
            return None
        of_day = self.local - self.local.replace(hour=0, minute=0, second=0, microsecond=0)
        return of_day.total_seconds()

    def iso(self, later_s: float = 0.0) -> str | None:
        """So many seconds later in ISO 8601; None where no calendar goes so far."""
        if self.within_s == DAY_S:
            return self.local.date().isoformat()
        try:
            then = self.local + datetime.timedelta(seconds=later_s)
        except OverflowError:
            return None
        precise = "milliseconds" if then.microsecond else "seconds"
        zone = None if self.offset is None else datetime.timezone(self.offset)
        return then.replace(tzinfo=zone).isoformat(timespec=precise)

    def is_as(self, other: "Moment") -> bool:
        """Whether both may be the same time, as far as they are known.

        Of a clock without an offset what it shows counts.
        """
        apart = other.local - self.local
        if self.offset is not None and other.offset is not None:
            apart -= other.offset - self.offset
        return -max(1, other.within_s) < apart.total_seconds() < max(1, self.within_s)


def moment_of(parts: Mapping[str, str]) -> Moment | None:
    """The time that some parts of it say, by the letters of DIRECTIVES; None where there is no such time, or no day."""
    year = parts["Y"] if "Y" in parts else f"20{parts['y']}" if "y" in parts else None
    if year is None or "m" not in parts or "d" not in parts:
        return None
    try:
        day = datetime.datetime(int(year), int(parts["m"]), int(parts["d"]))
        of_day = [int(parts.get(name, 0)) for name in "HMS"]
        local = day.replace(hour=of_day[0], minute=of_day[1], second=of_day[2], microsecond=_micro(parts.get("f", "0")))
        offset = offset_of(parts.get("z"))
    except ValueError:
        return None
    within_s = DAY_S if "H" not in parts else MINUTE_S if "S" not in parts else 0
    return Moment(local, offset, within_s)


def of_iso(text: str) -> Moment | None:
    """A time in ISO 8601, with a `T` or a blank; None where it is none."""
    found = _ISO.fullmatch(text.strip())
    if not found:
        return None
    return moment_of({name: part for name, part in zip("YmdHMSfz", found.groups(), strict=True) if part})


def offset_of(text: str | None) -> datetime.timedelta | None:
    """`Z`, `+02:00` or `-0330` as a time.

    Raises:
        ValueError: no clock of the world is so far ahead.
    """
    if not text:
        return None
    if text == "Z":
        return datetime.timedelta()
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    if minutes > 14 * 60 or int(text[-2:]) > 59:
        raise ValueError(text)
    return datetime.timedelta(minutes=-minutes if text[0] == "-" else minutes)


def _micro(fraction: str) -> int:
    return int(fraction[:6].ljust(6, "0"))
