"""Members of a tar: its headers one by one, as far as they hold, and again behind what does not."""

import os
import re
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workflow_scripts.media.archives import Damage, Listing, long_named
from workflow_scripts.media.archives.sparse import holes, sparse_content
from workflow_scripts.media.archives.stretch import is_small, stretch
from workflow_scripts.media.content import PIECE, Content, refuse_too_large
from workflow_scripts.media.limits import LONGEST_NAME
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.media.names import to_text
from workflow_scripts.media.opened import Opened
from workflow_scripts.media.walk import is_audio, is_unread

BLOCK = 512
LARGEST_SIZE = 1 << 62
LARGEST_PRELUDE = 1 << 20
"""Names and other things that do not fit into a header; longer ones are nobody's name."""
PRELUDES = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
REGULAR = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
WITHOUT_DATA = (
    tarfile.LNKTYPE,
    tarfile.SYMTYPE,
    tarfile.CHRTYPE,
    tarfile.BLKTYPE,
    tarfile.DIRTYPE,
    tarfile.FIFOTYPE,
)
COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")
SPARSE = "GNU.sparse.name"
"""The pax field that names a sparse member; "" where others say that it is one."""
KEPT = (b"path", b"size", SPARSE.encode())
_CHECKSUM = re.compile(rb"[ \0]*[0-7]+[ \0]*\Z")
_PAX_LENGTH = re.compile(rb"([0-9]{1,7}) ")


@dataclass(frozen=True, slots=True)
class _Member:
    """What a header says, and where its data begin; its kind is sparse too if a pax header says so.

    `start` is where the first of its headers is.
    """

    name: str
    kind: bytes
    size: int
    offset: int
    start: int

    @property
    def end(self) -> int:
        """Where the next header is to be."""
        return self.offset + (0 if self.kind in WITHOUT_DATA else -(-self.size // BLOCK) * BLOCK)


@dataclass(frozen=True, slots=True)
class _Gap:
    """Bytes between members that are neither zero nor a header."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class _Cut:
    """The end is missing."""

    why: str


def list_members(archive: Opened, path: str, mtime_ns: int) -> Listing:
    """The audio members of a tar; of two of one name the last counts, as for tar itself."""
    if archive.read_at(0, 6).startswith(COMPRESSED):
        return Listing([], [Damage("compressed_archive", "is compressed as a whole; decompress it to .tar")])
    listed: dict[str, tuple[int, Media]] = {}
    damages = []
    unread: set[str] = set()
    ordinal = 0
    for found in _walk(archive, archive.size()):
        if isinstance(found, _Gap):
            damages.append(_gap_damage(found, ordinal + 1))
        elif isinstance(found, _Cut):
            damages.append(Damage("archive_cut", found.why, max(1, ordinal)))
        else:
            ordinal += 1
            name = to_text(found.name[-1 - LONGEST_NAME :])
            if is_unread(name, found.size) and found.kind in REGULAR and not long_named(name, ordinal):
                unread.add(name)
            if not is_audio(name) or found.kind == tarfile.DIRTYPE:
                continue
            if damage := long_named(name, ordinal):
                damages.append(damage)
                continue
            size, offset, stored = found.size, found.offset, None
            if found.kind == tarfile.GNUTYPE_SPARSE:
                try:
                    member = holes(archive, found.start)
                except MediaError as error:
                    damages.append(Damage("archive_damaged", str(error), ordinal, name))
                    continue
                size, offset, stored = member.size, found.start, member.stored
            elif found.kind not in REGULAR:
                damages.append(Damage("not_a_regular_member", _KINDS.get(found.kind, "no file"), ordinal, name))
                continue
            if name in listed:
                earlier, _ = listed.pop(name)
                damages.append(Damage("superseded_member", f"member {ordinal} has the same name", earlier, name))
            listed[name] = ordinal, Media(path, name, size, mtime_ns, offset, stored)
    return Listing([media for _, media in listed.values()], damages, sorted(unread))


_KINDS = {
    tarfile.LNKTYPE: "a link to another member",
    tarfile.SYMTYPE: "a symbolic link",
}


def _gap_damage(gap: _Gap, ordinal: int) -> Damage:
    return Damage("archive_damaged", f"bytes {gap.start:,} to {gap.stop:,} are no member and no padding", ordinal)


def open_members(archive: Opened, medias: Sequence[Media]) -> Iterator[Content | MediaError]:
    """The bytes of each member, or why they cannot be read."""
    archive.expect(map(_span, filter(is_small, medias)))
    for media in medias:
        try:
            refuse_too_large(media.bytes or 0)
            is_sparse = media.packed_bytes is not None
            yield (
                sparse_content(archive, media)
                if is_sparse
                else stretch(archive, media.offset or 0, media.bytes or 0, media)
            )
        except MediaError as error:
            yield error
        except MemoryError:
            yield MediaError("too_large", "reading it takes more memory than a worker may have")


def _span(media: Media) -> tuple[int, int]:
    """The bytes of a member, or so many as one with holes has beside them."""
    start = media.offset or 0
    return start, start + (media.packed_bytes or media.bytes or 0)


def _walk(archive: Opened, end: int) -> Iterator[_Member | _Gap | _Cut]:
    """Everything from the start to the end: each step goes on by a block at least."""
    place, is_ended = 0, False
    shared: dict[str, str] = {}
    while place < end:
        member, place = _next_member(archive, place, end, shared)
        if member is None:
            place, gap, is_ended = _next_header(archive, place, end)
            if gap:
                yield gap
            continue
        yield member
        is_ended = False
        if place > end:
            yield _Cut(f"ends at byte {end:,}, in the middle of its last member, which goes on to {place:,}")
            return
    if not is_ended:
        yield _Cut(f"ends at byte {end:,} without the zeros that mark the end")


def _next_member(archive: Opened, place: int, end: int, shared: dict[str, str]) -> tuple[_Member | None, int]:
    """The member whose header stands at a place, behind what belongs before it, and the place behind that member.

    Without one, the place where there is no header. Pax fields that hold for all members to come are added to `shared`.
    """
    fields: dict[str, str] = {}
    start = place
    while header := _parsed(archive.read_at(place, BLOCK)):
        data = place + BLOCK
        if header.type not in PRELUDES:
            member = _member(archive, header, (start, data, end), shared | fields)
            return member, member.end if member else place
        if header.size > LARGEST_PRELUDE:
            break
        text = archive.read_at(data, header.size)
        if header.type == tarfile.GNUTYPE_LONGNAME:
            fields["path"] = os.fsdecode(text.split(b"\0", 1)[0])
        elif header.type == tarfile.XGLTYPE:
            shared |= _pax_fields(text)
        elif header.type != tarfile.GNUTYPE_LONGLINK:
            fields |= _pax_fields(text)
        place = data + -(-header.size // BLOCK) * BLOCK
    return None, place


def _member(
    archive: Opened, header: tarfile.TarInfo, places: tuple[int, int, int], fields: dict[str, str]
) -> _Member | None:
    """The member of a header; places: of its first header, of its data, and of the end of the tar."""
    start, data, end = places
    size = header.size
    if (told := fields.get("size", "")).isdecimal():
        size = int(told) if len(told) < len(str(LARGEST_SIZE)) else -1
    if size < 0:
        return None
    kind = tarfile.GNUTYPE_SPARSE if SPARSE in fields else header.type
    if header.type == tarfile.GNUTYPE_SPARSE:
        data = _behind_map(archive, data, end)
    return _Member(fields.get(SPARSE) or fields.get("path") or header.name, kind, size, data, start)


def _behind_map(archive: Opened, data: int, end: int) -> int:
    """Where the data of a sparse member begin: its map may go on behind the header."""
    goes_on = archive.read_at(data - BLOCK + 482, 1)
    while goes_on.strip(b"\0") and data < end:
        goes_on = archive.read_at(data + 504, 1)
        data += BLOCK
    return data


def _parsed(block: bytes) -> tarfile.TarInfo | None:
    """A header, if the block is one: its checksum fits, its numbers are numbers."""
    if len(block) < BLOCK or not _CHECKSUM.match(block[148:156]):
        return None
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return None
    return header if 0 <= header.size <= LARGEST_SIZE else None


def _pax_fields(text: bytes) -> dict[str, str]:
    """Records `length key=value` and a line break; what comes behind a broken one is left out."""
    fields: dict[str, str] = {}
    place = 0
    while found := _PAX_LENGTH.match(text, place):
        stop = place + int(found[1])
        record = text[found.end() : stop]
        key, equals, value = record[:-1].partition(b"=")
        if not found.end() < stop <= len(text) or not equals or record[-1:] != b"\n":
            break
        if key.startswith(b"GNU.sparse."):
            fields.setdefault(SPARSE, "")
        if key in KEPT:
            fields[key.decode()] = os.fsdecode(value)
        place = stop
    return fields


def _next_header(archive: Opened, place: int, end: int) -> tuple[int, _Gap | None, bool]:
    """Behind a place without a header: where the next one or the end is, what is not zero till then, whether any is."""
    origin, first, last = place, None, None
    has_zeros = False
    while piece := archive.read_at(place, PIECE):
        for start in range(0, len(piece), BLOCK):
            block = piece[start : start + BLOCK]
            if not block.strip(b"\0"):
                has_zeros = has_zeros or len(block) == BLOCK
            elif place + start > origin and _parsed(block):
                return place + start, _gap(first, last), has_zeros
            else:
                first = place + start if first is None else first
                last = place + start + len(block)
        place += len(piece) - len(piece) % BLOCK or len(piece)
    return end, _gap(first, last), has_zeros


def _gap(first: int | None, last: int | None) -> _Gap | None:
    return None if first is None or last is None else _Gap(first, last)
