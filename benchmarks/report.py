"""What a benchmark tells: tables in Markdown, and the machine that they are about."""

import datetime
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from tabulate import tabulate


@dataclass(frozen=True)
class Table:
    """One table of results.

    Attributes:
        title: what it shows, in one line.
        columns: their names, with units.
        rows: their values; numbers are rounded to three figures.
        notes: what a reader has to know to read it right.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    notes: Sequence[str] = ()


def markdown(table: Table) -> str:
    """A table as Markdown: title, rows, notes."""
    rows = [[_cell(value) for value in row] for row in table.rows]
    words = [all(isinstance(row[place], str) for row in table.rows) for place in range(len(table.columns))]
    aligned = ["left" if is_word else "right" for is_word in words]
    grid = tabulate(rows, headers=table.columns, tablefmt="github", colalign=aligned, disable_numparse=True)
    return "\n\n".join([f"**{table.title}**", grid, *table.notes])


def _cell(value: object) -> object:
    """Whole numbers with commas, others to three figures.

    >>> _cell(2084320), _cell(22.13), _cell(0.2513), _cell(1433.2), _cell(None)
    ('2,084,320', '22.1', '0.251', '1,433', '')
    """
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return value


def describe_machine() -> str:
    """Cores, memory, processor, load, Python and date, in two lines."""
    memory = psutil.virtual_memory().total / 2**30
    load = psutil.getloadavg()[0]
    return (
        f"{datetime.datetime.now():%Y-%m-%d %H:%M}, {psutil.cpu_count()} cores ({_processor()}), "
        f"{memory:.0f} GB memory,\n{platform.system()} {platform.release()}, Python {platform.python_version()}; "
        f"load before the first benchmark: {load:.2f}"
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()
