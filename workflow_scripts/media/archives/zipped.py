"""Members of a zip: which there are, within bounds, and their bytes."""

import zlib
from collections.abc import Iterable, Iterator, Sequence

from workflow_scripts.media.archives import Damage, Listing, long_named
from workflow_scripts.media.archives.inflate import LARGEST_RATIO, PackedMember
from workflow_scripts.media.archives.stretch import is_small, stretch
from workflow_scripts.media.archives.zip_directory import (
    LARGEST_SIZE,
    LOCAL,
    LOCAL_SIGNATURE,
    ZipMember,
    members_of,
)
from workflow_scripts.media.content import PIECE, Content, Window, not_read, refuse_too_large
from workflow_scripts.media.limits import IN_MEMORY_BYTES, LARGEST_UNPACKED, MOST_UNPACKED_OF_ONE
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.media.opened import Opened
from workflow_scripts.media.walk import is_unread

STORED, DEFLATED = 0, 8
ENCRYPTED = 1
"""Flag of a member."""
USUAL_EXTRA = 64
"""Bytes that the header before a member has beside its name, as a rule."""


def list_members(archive: Opened, path: str, mtime_ns: int) -> Listing:
    """The audio members of a zip; of two of one name the last counts, as for those who unpack it.

    The standard library's reader gives a zip up as a whole for one strange name or version; here one member is lost.
    """
    members, damages = members_of(archive)
    listed: dict[str, tuple[int, Media]] = {}
    unread: set[str] = set()
    for ordinal, member in members:
        if damage := long_named(member.name, ordinal):
            damages.append(damage)
            continue
        if is_unread(member.name, member.bytes):
            unread.add(member.name)
            continue
        if damage := _unreadable(member, ordinal):
            damages.append(damage)
            continue
        if member.name in listed:
            earlier, _ = listed.pop(member.name)
            damages.append(Damage("superseded_member", f"member {ordinal} has the same name", earlier, member.name))
        listed[member.name] = ordinal, _media(member, path, mtime_ns)
    damages += _overlapping(listed)
    medias = [media for _, media in listed.values()]
    if damage := _too_much(medias, archive.size()):
        return Listing([], [*damages, damage], sorted(unread))
    return Listing(medias, damages, sorted(unread))


def _overlapping(listed: dict[str, tuple[int, Media]]) -> Iterator[Damage]:
    """Take those out that lie in another: each would unpack the same bytes once more, as often as one likes."""
    end, before = -1, ""
    for ordinal, media in sorted(listed.values(), key=lambda one: (one[1].offset or 0, one[0])):
        name, start = media.member or "", media.offset or 0
        if start < end:
            del listed[name]
            yield Damage("overlapping_member", f"begins at byte {start:,}, within the bytes of {before}", ordinal, name)
        else:
            end, before = start + LOCAL.size + (media.packed_bytes or 0), name


def _too_much(medias: Iterable[Media], size: int) -> Damage | None:
    """What a whole zip is left aside for: it is small, and what it unpacks to is more than anybody meant."""
    unpacked = sum(media.bytes or 0 for media in medias)
    if unpacked <= max(LARGEST_UNPACKED, MOST_UNPACKED_OF_ONE * size):
        return None
    words = (
        f"its members unpack to {unpacked:,} bytes, more than {MOST_UNPACKED_OF_ONE} times its own {size:,}; "
        "if that is meant, store them without compression"
    )
    return Damage("archive_too_large", words)


def _media(member: ZipMember, path: str, mtime_ns: int) -> Media:
    return Media(path, member.name, member.bytes, mtime_ns, member.offset, member.packed_bytes, member.crc32)


def _unreadable(member: ZipMember, ordinal: int) -> Damage | None:
    if member.flags & ENCRYPTED:
        return Damage("encrypted_member", "is encrypted", ordinal, member.name)
    if member.method not in (STORED, DEFLATED):
        words = f"is packed by method {member.method}; stored and deflated members are read"
        return Damage("unknown_compression", words, ordinal, member.name)
    if member.is_link:
        return Damage("not_a_regular_member", "a symbolic link", ordinal, member.name)
    if max(member.bytes, member.packed_bytes, member.offset) > LARGEST_SIZE:
        return Damage("archive_damaged", "says that it has more bytes than any disk", ordinal, member.name)
    return None


def open_members(archive: Opened, medias: Sequence[Media]) -> Iterator[Content | MediaError]:
    """The bytes of each member, or why they cannot be read."""
    archive.expect(map(_span, filter(is_small, medias)))
    for media in medias:
        try:
            yield _content(archive, media)
        except MediaError as error:
            yield error
        except OSError as error:
            yield not_read(error)
        except MemoryError:
            yield MediaError("too_large", "reading it takes more memory than a worker may have")


def _span(media: Media) -> tuple[int, int]:
    """About the bytes of a member and of the header before it."""
    start, header = media.offset or 0, LOCAL.size + len((media.member or "").encode()) + USUAL_EXTRA
    return start, start + header + (media.packed_bytes or 0)


def _content(archive: Opened, media: Media) -> Content:
    size, packed, offset = media.bytes or 0, media.packed_bytes or 0, media.offset or 0
    refuse_too_large(max(size, packed))
    header = archive.read_at(offset, LOCAL.size)
    if len(header) < LOCAL.size or not header.startswith(LOCAL_SIGNATURE):
        raise MediaError("corrupt", f"no member stands at byte {offset:,} of its archive")
    _, _, _, method, *_, name_len, extra_len = LOCAL.unpack(header)
    start = offset + LOCAL.size + name_len + extra_len
    is_whole = start + packed <= archive.size()
    if method == STORED:
        if packed != size:
            raise MediaError("corrupt", f"{packed:,} bytes are stored for the {size:,} that it has")
        content = stretch(archive, start, size, media)
        if is_whole:
            _refuse_other_crc(content, media)
        return content
    if method == DEFLATED:
        return _inflated(archive, start, media, is_whole)
    raise MediaError("corrupt", f"is packed by method {method}, other than its directory says")


def _inflated(archive: Opened, start: int, media: Media, is_whole: bool) -> Content:
    """The member unpacked: in memory or, if it is long, as it is read. Nothing is unpacked onto disk.

    A long one is gone through here, so that it is known how much there is of it, and whether that is what it says.
    """
    size, packed = media.bytes or 0, media.packed_bytes or 0
    if size > packed * LARGEST_RATIO:
        raise MediaError("corrupt", f"{packed:,} bytes cannot be packed {size:,}")
    pieces = (member := PackedMember(archive, start, media)).pieces(is_whole)
    if size <= IN_MEMORY_BYTES:
        content = Content.of(b"".join(pieces))
        if is_whole:
            _refuse_other_crc(content, media)
        return content
    there = crc32 = 0
    for piece in pieces:
        there += len(piece)
        crc32 = zlib.crc32(piece, crc32)
    if is_whole:
        _refuse_crc(crc32, media)
    return Content(Window(member, 0, there), there)


def _refuse_other_crc(content: Content, media: Media) -> None:
    """Long members are read for it once more: a changed byte in the middle of a WAV shows in nothing else."""
    crc32 = 0
    while piece := content.file.read(PIECE):
        crc32 = zlib.crc32(piece, crc32)
    content.file.seek(0)
    if content.failure:
        raise content.failure
    _refuse_crc(crc32, media)


def _refuse_crc(crc32: int, media: Media) -> None:
    if crc32 != media.crc32:
        raise MediaError("corrupt", f"CRC-32 differs: {crc32:08x} instead of {media.crc32 or 0:08x}")
