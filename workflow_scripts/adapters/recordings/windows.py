"""Stretches of fixed length, from a recording's start or on the clock."""

import math

DAY_S = 86_400
MOST = 100_000
"""Windows of one recording: a day of one second each. A header can declare any length."""


def windows(duration_s: float, length_s: float, since_midnight_s: float | None) -> list[tuple[float, float]] | None:
    """Where the windows of a recording start and end, seconds from its start; None if there are more than MOST.

    Borders lie at multiples of the length; on the clock they are counted anew from each midnight. What lies before the
    first border and behind the last is a window too, shorter than the others.

    Args:
        duration_s: of the recording, more than 0.
        length_s: from border to border.
        since_midnight_s: where on the clock it starts; None to count from its start.

    >>> windows(150.0, 60, None)
    [(0.0, 60.0), (60.0, 120.0), (120.0, 150.0)]
    >>> windows(150.0, 60, 19 * 3600 + 30)
    [(0.0, 30.0), (30.0, 90.0), (90.0, 150.0)]
    """
    if duration_s / length_s + duration_s / DAY_S > MOST:
        return None
    began = float(since_midnight_s or 0)
    of_day = DAY_S if since_midnight_s is not None else math.inf
    borders = [0.0]
    day, number = 0, math.floor(began / length_s) + 1
    while True:
        border = min(number * length_s, of_day)
        at = round(day * DAY_S + border - began, 6)
        if at >= duration_s:
            break
        if at > borders[-1]:
            borders.append(at)
        day, number = (day + 1, 1) if border == of_day else (day, number + 1)
    return list(zip(borders, [*borders[1:], duration_s], strict=True))
