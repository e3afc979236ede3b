"""Times in words."""


def duration(seconds: float) -> str:
    """Seconds in the two units that matter.

    >>> duration(62), duration(720), duration(12_000), duration(200_000)
    ('62 s', '12 min', '3 h 20 min', '2 d 8 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    hours = round(minutes / 60)
    return f"{hours // 24} d {hours % 24} h"
