"""Members of a zip, whether it is one file or split into volumes (.z01, .z02, …, .zip)."""

import os
import stat
import zipfile
import zlib
from pathlib import Path

from workflow_scripts.acquire.unpack.beside import LONGEST_LINK, Beside, blocks_of
from workflow_scripts.acquire.unpack.volumes import joined, volumes_of

_UTF8 = 0x800
_ENCRYPTED = 0x1
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)


def members_into(archive: Path, beside: Beside) -> None:
    """Unpack a zip.

    Raises:
        UnpackError: it is damaged or cut, or holds what it must not.
    """
    try:
        with joined(volumes_of(archive)) as file, zipfile.ZipFile(file) as opened:
            members = opened.infolist()
            beside.expects(len(members), sum(member.file_size for member in members))
            for member in members:
                _add(opened, member, beside)
    except _DAMAGED as error:
        raise beside.refuse(f"it is damaged or cut ({type(error).__name__}: {error})") from None


def _add(opened: zipfile.ZipFile, member: zipfile.ZipInfo, beside: Beside) -> None:
    name, kind = _name(member), stat.S_IFMT(member.external_attr >> 16)
    if member.flag_bits & _ENCRYPTED:
        raise beside.refuse(f"the member {name!r} is encrypted")
    if name.endswith("/"):
        beside.add_folder(name)
    elif kind == stat.S_IFLNK:
        with opened.open(member) as file:
            to = os.fsdecode(file.read(LONGEST_LINK))
        beside.add_link(name, to, from_its_folder=True)
    elif kind in (0, stat.S_IFREG):
        with opened.open(member) as file:
            beside.add(name, blocks_of(file))  # type: ignore[arg-type]  # an IO[bytes] reads as a BinaryIO does
    else:
        raise beside.refuse(f"the member {name!r} is no file, folder or link")


def _name(member: zipfile.ZipInfo) -> str:
    """A name: UTF-8 where it says so or is so, else the letters of the first IBM PC, as the format has it."""
    if member.flag_bits & _UTF8:
        return member.orig_filename
    try:
        return member.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.orig_filename
