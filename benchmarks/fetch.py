"""One large file and 10,000 small ones, against curl and aria2c of the system, from a server on loopback."""

import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.processes import Measured, measure
from benchmarks.report import Table
from benchmarks.served_files import served

LARGE_BYTES = 512 << 20
SMALL_FILES, SMALL_BYTES = 10_000, 20_000
CONNECTIONS = 4
SMALL_CONNECTIONS = 16
REPEATS = 3
"""Of the large file; the small ones come once: aria2c takes minutes."""
CHECKOUT = Path(__file__).resolve().parents[1]
_LARGE = """
import sys
from pathlib import Path
from workflow_scripts.fetch.fetcher import Wanted, fetch
fetch(Wanted(sys.argv[1]), Path(sys.argv[2]), connections=int(sys.argv[3]))
"""
_SMALL = """
import sys
from pathlib import Path
from workflow_scripts.fetch.fetcher import Wanted
from workflow_scripts.fetch.many import fetch_many
from workflow_scripts.fetch.pace import Manners
wanted = [(Wanted(line), Path(sys.argv[2], line.rpartition("/")[2])) for line in Path(sys.argv[1]).read_text().split()]
assert all(one.status == "fetched" for one in fetch_many(wanted, Manners(connections=int(sys.argv[3]))))
"""


def run(small: bool) -> Iterator[Table]:
    """One table of the large file, one of the small ones."""
    with tempfile.TemporaryDirectory(prefix="soundledger-fetch-") as temporary:
        folder = Path(temporary)
        size, files, repeats = (64 << 20, 200, 1) if small else (LARGE_BYTES, SMALL_FILES, REPEATS)
        names = _make(folder / "served", size, files)
        with served(folder / "served") as address:
            commands = _of_large(address, folder / "got")
            rows = _rows(commands, folder / "got", size / 1e6, repeats)
            columns = ["", "wall s", "MB/s", "CPU s", "tree MB", "speed / curl"]
            notes = [f"{size:,} bytes; medians of {repeats} by turns. Ours takes its SHA-256 and syncs it to the disk."]
            yield Table("One large file", columns, rows, notes)
            commands = _of_small([f"{address}/{name}" for name in names], folder)
            rows = _rows(commands, folder / "got", files, 1)
            columns[2] = "files/s"
            notes = [
                f"{files:,} files of {SMALL_BYTES:,} bytes, {SMALL_CONNECTIONS} connections, once; the same promises."
            ]
            yield Table("Small files", columns, rows, notes)


def _make(folder: Path, size: int, files: int) -> list[str]:
    folder.mkdir()
    block = os.urandom(1 << 20)
    with (folder / "large").open("wb") as file:
        for _ in range(size >> 20):
            file.write(block)
    names = [f"{number:05}.flac" for number in range(files)]
    for name in names:
        (folder / name).write_bytes(block[:SMALL_BYTES])
    return names


def _of_large(address: str, got: Path) -> dict[str, list[str]]:
    large, to = f"{address}/large", str(got / "large")
    curl = ["curl", "-sS", "-o", to, large]
    aria2c = ["aria2c", "-q", "--file-allocation=none", f"-x{CONNECTIONS}", f"-s{CONNECTIONS}", "-d", str(got), large]
    ours = ["python", "-c", _LARGE, large, to]
    return _where_found(
        {
            f"ours, {CONNECTIONS} parts at once": [*ours, str(CONNECTIONS)],
            "ours, one at a time": [*ours, "1"],
            "curl": curl,
            "curl, then `sync` and `sha256sum`": _then(curl, f"sync {to} && sha256sum {to}"),
            f"aria2c, {CONNECTIONS} connections": aria2c,
            "aria2c, then `sync` and `sha256sum`": _then(aria2c, f"sync {to} && sha256sum {to}"),
        }
    )


def _of_small(addresses: Sequence[str], folder: Path) -> dict[str, list[str]]:
    got = folder / "got"
    (folder / "list").write_text("\n".join(addresses) + "\n")
    lines = (f'url = "{one}"\noutput = "{got}/{one.rpartition("/")[2]}"\n' for one in addresses)
    (folder / "curl").write_text("".join(lines))
    curl = ["curl", "-sS", "--parallel", "--parallel-max", str(SMALL_CONNECTIONS), "-K", str(folder / "curl")]
    aria2c = [
        "aria2c",
        "-q",
        "--file-allocation=none",
        "-i",
        str(folder / "list"),
        f"-j{SMALL_CONNECTIONS}",
        "-d",
        str(got),
    ]
    held = f"sync -f {got} && find {got} -type f -print0 | xargs -0 sha256sum > {folder}/sums"
    return _where_found(
        {
            "ours": ["python", "-c", _SMALL, str(folder / "list"), str(got), str(SMALL_CONNECTIONS)],
            "curl": curl,
            "curl, then `sync` and `sha256sum`": _then(curl, held),
            "aria2c": aria2c,
        }
    )


def _then(command: Sequence[str], shell: str) -> list[str]:
    """A command, and what brings it to the same promises."""
    return ["sh", "-c", f'"$@" && {shell}', "sh", *command]


def _where_found(commands: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {
        name: command for name, command in commands.items() if shutil.which(name.split(",")[0].replace("ours", "sh"))
    }


def _rows(commands: Mapping[str, list[str]], got: Path, amount: float, repeats: int) -> list[list[object]]:
    """By turns, each time into a folder that is new."""
    runs: dict[str, list[Measured]] = {name: [] for name in commands}
    for _ in range(repeats):
        for name, command in commands.items():
            shutil.rmtree(got, ignore_errors=True)
            got.mkdir()
            runs[name].append(measure(command, CHECKOUT))
    seconds = {name: statistics.median(one.seconds for one in found) for name, found in runs.items()}
    return [
        [
            name,
            seconds[name],
            amount / seconds[name],
            statistics.median(one.cpu_seconds for one in found),
            statistics.median(one.tree_mb for one in found),
            seconds["curl"] / seconds[name] if "curl" in seconds else None,
        ]
        for name, found in runs.items()
    ]
