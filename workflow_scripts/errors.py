"""Errors that are the user's to mend."""


class SoundledgerError(Exception):
    """Something in the input that the run cannot go on with.

    The message names the file, the line or id, what was expected and what to do. Entry scripts print it without a
    traceback.
    """


def first_twenty(items: list[str]) -> str:
    """The first twenty of a list of offenders in one line, and how many more there are."""
    more = f" … and {len(items) - 20:,} more" if len(items) > 20 else ""
    return ", ".join(items[:20]) + more
