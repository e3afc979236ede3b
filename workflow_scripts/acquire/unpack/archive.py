"""An archive, unpacked into a folder: whole or not at all."""

import contextlib
import filecmp
import importlib
import os
from dataclasses import dataclass
from pathlib import Path

from workflow_scripts.acquire.unpack.beside import Beside
from workflow_scripts.acquire.unpack.bounds import UnpackBounds, UnpackError
from workflow_scripts.acquire.unpack.volumes import parts_of
from workflow_scripts.errors import first_twenty
from workflow_scripts.fetch.progress import Meter, Told
from workflow_scripts.tables.files import aside, sync

_TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst")
_MODULES = {**dict.fromkeys(_TARS, "tarred"), ".zip": "zipped", ".7z": "sevenzip"}
SUFFIXES = tuple(_MODULES)
"""What archives that can be unpacked are called, in small letters."""


@dataclass(frozen=True)
class UnpackedArchive:
    """What came out of an archive.

    Attributes:
        files: their number, links among them.
        bytes: all of them together.
    """

    files: int
    bytes: int


def unpack(archive: Path, to: Path, bounds: UnpackBounds | None = None, told: Told | None = None) -> UnpackedArchive:
    """Unpack an archive into a folder, which may hold other things.

    Its members are written to a folder beside, and get their places when all of them are there, on the disk for good. A
    file that is there already with the same bytes is left; one with other bytes is an error, before anything is moved.
    A run that was killed leaves what it moved, whole files all, and the next one does the rest.

    Args:
        archive: a tar, plain or compressed, a zip or a .7z; of a zip in volumes the last one, called .zip.
        to: the folder; made if it is not there.
        bounds: what the archive may hold.
        told: how far it is, from any thread: in bytes that are to come out of it, or of itself, where it is a tar.

    Raises:
        UnpackError: it is no archive, damaged or cut, or holds what it must not. Nothing of it is left.
        FetchError: the disk has no room for it.
    """
    module = importlib.import_module(f"workflow_scripts.acquire.unpack.{_MODULES[_suffix(archive)]}")
    if not archive.is_file():
        raise UnpackError(f"{archive}: there is no such archive")
    packed = sum(part.stat().st_size for part in parts_of(archive))
    with aside(to.with_name(f"{to.name}.{archive.name}")) as folder:
        meter = Meter(archive.name, told)
        beside = Beside(archive, folder, packed, bounds or UnpackBounds(), meter)
        module.members_into(archive, beside)
        beside.finish()
        meter.tells("syncing", "to the disk for good")
        sync(folder)
        _merge(folder, to, archive)
        meter.tells("done")
    return UnpackedArchive(beside.files, beside.bytes)


def _suffix(archive: Path) -> str:
    name = archive.name.lower()
    found = [suffix for suffix in SUFFIXES if name.endswith(suffix)]
    if not found:
        raise UnpackError(
            f"{archive}: is called like no archive that can be unpacked; those end in {', '.join(SUFFIXES)}"
        )
    return max(found, key=len)


def _merge(folder: Path, to: Path, archive: Path) -> None:
    """Give all files their places; none, if one of them is another's."""
    found = [(Path(place), name) for place, _, names in os.walk(folder) for name in names]
    places = {place / name: to / place.relative_to(folder) / name for place, name in found}
    taken = {path: target for path, target in places.items() if os.path.lexists(target)}
    if other := [str(target) for path, target in taken.items() if not _is_same(path, target)]:
        raise UnpackError(
            f"{archive}: is not unpacked: {len(other):,} of its files are there with other bytes. Move them away if "
            f"the archive is right: {first_twenty(sorted(other))}"
        )
    for place, _, _ in os.walk(folder):
        target = to / Path(place).relative_to(folder)
        try:
            target.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise UnpackError(f"{archive}: is not unpacked: {target} is a file, and should be a folder") from None
    for path, target in places.items():
        if path not in taken:
            os.replace(path, target)
    for place, _, _ in os.walk(folder):
        _sync_folder(to / Path(place).relative_to(folder))


def _is_same(path: Path, target: Path) -> bool:
    with contextlib.suppress(OSError):
        return target.is_file() and filecmp.cmp(path, target, shallow=False)
    return False


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
