"""One line of a terminal that several jobs share."""

import fcntl
import os
import sys

LINES = 8
"""Bars on a terminal at once, at most; what the jobs beyond are doing stands in their logs."""


class Bar:
    """A progress bar on the terminal that stderr is; nothing at all where stderr is no terminal.

    Snakemake may run several jobs, each a process, on one terminal. Each takes the first line from the cursor down that
    no other job has: the process that draws on line n holds a lock on byte n of the terminal, which the system takes
    back however that process ends. A bar is drawn in one write that ends at the start of the line it began on, so that
    bars stay apart and whatever else is printed starts at the margin.
    """

    def __init__(self) -> None:
        self._line: int | None = None
        self._is_shown = sys.stderr is not None and sys.stderr.isatty()

    def draw(self, name: str, done: int, total: int, told: str) -> None:
        """Show name, bar and words; wait for a later call if no line is free."""
        if not self._is_shown:
            return
        from tqdm import tqdm  # type: ignore[import-untyped]  # only for those who see it

        columns, rows = _size()
        if self._line is None:
            self._line = _free_line(min(LINES, rows - 1))
        if self._line is not None:
            self._put(
                tqdm.format_meter(
                    n=done,
                    total=total,
                    elapsed=0,
                    ncols=columns - 1,
                    prefix=name,
                    bar_format="{l_bar}{bar}| {told}",
                    ascii="utf" not in sys.stderr.encoding.lower(),
                    told=told,
                )
            )

    def clear(self) -> None:
        """Leave the line as if nothing had been on it, for another job to take."""
        if self._line is not None:
            self._put("")
            fcntl.lockf(sys.stderr, fcntl.LOCK_UN, 1, self._line)
            self._line = None

    def _put(self, text: str) -> None:
        down, up = "\n" * (self._line or 0), f"\x1b[{self._line}A" if self._line else ""
        try:
            sys.stderr.write(f"\r{down}{text}\x1b[K{up}\r")
            sys.stderr.flush()
        except OSError:  # the terminal was closed; the job goes on
            self._is_shown = False


def _size() -> tuple[int, int]:
    """Columns and rows of the terminal; some tell 0 of either."""
    try:
        columns, rows = os.get_terminal_size(sys.stderr.fileno())
    except OSError:
        columns, rows = 0, 0
    return columns or 80, rows or 24


def _free_line(lines: int) -> int | None:
    for line in range(lines):
        try:
            fcntl.lockf(sys.stderr, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, line)
        except OSError:  # another job's
            continue
        return line
    return None
