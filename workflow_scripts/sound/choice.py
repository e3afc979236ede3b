"""Which decoder a media is given to.

libsndfile is asked first, as it is faster; FFmpeg for what libsndfile refuses, and for what it is known to read in
part or by a guess. The bytes of a media tell which that is before anything is decoded, wherever they can: so whoever
opens it again gets the same sound.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace

from workflow_scripts.media.content import Content
from workflow_scripts.media.limits import IN_MEMORY_BYTES
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.containers import flac, mp3, ogg, ogg_links, sound_extent, wav
from workflow_scripts.sound.containers.extents import UNCOMPRESSED
from workflow_scripts.sound.containers.tags import end_of_tags
from workflow_scripts.sound.decoders import NOTHING_KNOWN, Known, Stream, ffmpeg, sndfile
from workflow_scripts.sound.decoders.ffmpeg import opening
from workflow_scripts.sound.decoders.joined import JoinedStream

RIFFS = {b"RIFF": "ID3_WAV", b"RIFX": "ID3_WAV", b"FORM": "ID3_AIFF"}
"""What libsndfile takes for shorter than it is behind an ID3 tag, and what that is called."""
LARGEST_JOINT = 2 * mp3.LARGEST_FRAME
"""Where MP3s, or pieces of a stream, were put one behind the other, the ends of two frames may be left over."""
Opened = AbstractContextManager[Stream]


def first(content: Content) -> Opened:
    """The stream of the decoder that a media is given to.

    Raises:
        MediaError: on entering, none of them knows it.
    """
    content, known = _behind_tags(content)
    head = _head(content)
    if opening.speaks(head):
        return ffmpeg.open_stream(content, known=known)
    if head[:4] == b"OggS":
        return _ogg(content)
    if head[:4] in RIFFS and (outline := wav.outline(content.file, content.size)) is not None:
        return _wav(content, known, outline)
    if (known := _with_rates(content, known)).fault is not None:
        return _sndfile(content, known)
    found = mp3.frames(content.file, content.size) if opening.second(head) is None else None
    return _sndfile(content, known) if found is None else _mp3(content, found, known)


def second(content: Content, told: Known = NOTHING_KNOWN) -> Opened:
    """FFmpeg's stream of a media that was given to libsndfile.

    Args:
        content: its bytes.
        told: what is known of them already.

    Raises:
        MediaError: on entering, it does not know it.
    """
    content, known = _behind_tags(content)
    known = replace(told, format=told.format or known.format)
    start = end_of_tags(content.file, content.size)
    if (demuxer := opening.second(_head(content, start))) is not None:
        _refuse_guesses(content)
        return ffmpeg.open_stream(content, demuxer, _with_rates(content, known))
    found = mp3.frames(content.file, content.size)
    if found is None:
        raise MediaError("not_audio", "its first bytes tell of nothing that FFmpeg may be asked for")
    return _frames_alone(content, found, known)


def _with_rates(content: Content, known: Known) -> Known:
    """The same, and whether a FLAC has another rate than its header says."""
    rates = flac.other_rate(content.file, content.size)
    if rates is None:
        return known
    return replace(known, fault=("corrupt", "its header says {:,} Hz, its first frame {:,} Hz".format(*rates)))


def _refuse_guesses(content: Content) -> None:
    """Of a WAV whose format makes no sense FFmpeg makes noise where libsndfile refuses it.

    Raises:
        MediaError: it is one.
    """
    outline = wav.outline(content.file, content.size)
    extent = sound_extent(content.file, content.size)
    if outline is not None and extent is not None and outline.tag in UNCOMPRESSED and not extent.frame_bytes:
        raise MediaError("not_audio", "its frames have no size that fits its channels and bits")


def _head(content: Content, start: int = 0) -> bytes:
    content.file.seek(start)
    return content.file.read(opening.HEAD_BYTES)


def _behind_tags(content: Content) -> tuple[Content, Known]:
    """What lies behind ID3 tags, unless both decoders take it with them."""
    start = end_of_tags(content.file, content.size)
    if not 0 < start < content.size:
        return content, NOTHING_KNOWN
    head = _head(content, start)
    if head[:4] in RIFFS or head[:4] == b"OggS" or opening.speaks(head):
        return content.stretch(start, content.size), Known(format=RIFFS.get(head[:4]))
    return content, NOTHING_KNOWN


@contextmanager
def _sndfile(content: Content, known: Known) -> Iterator[Stream]:
    """Libsndfile's stream, FFmpeg's of what it refuses."""
    with ExitStack() as opened:
        try:
            stream: Stream = opened.enter_context(sndfile.open_stream(content, known))
        except MediaError as refused:
            if refused.kind != "not_audio":
                raise
            try:
                stream = opened.enter_context(second(content, known))
            except MediaError:
                raise refused from None
        yield stream


def _wav(content: Content, known: Known, outline: wav.Outline) -> Opened:
    known = replace(known, undecoded_bytes=outline.left, most_frames=outline.fact)
    if outline.tag == wav.LAYER_3_TAG:
        sound = content.stretch(outline.start, min(content.size, outline.start + outline.length))
        if (found := mp3.frames(sound.file, sound.size)) is not None:
            missing = outline.start + outline.length - content.size
            words = f"the header declares {outline.length:,} bytes of sound, the file holds {sound.size:,}"
            fault = ("truncated", words) if missing > 0 else None
            return _frames_alone(sound, found, Known(format=known.format or "WAV", fault=fault))
    if outline.is_long:
        content.overlay(outline.start - 4, b"\xff" * 4)  # else FFmpeg looks for chunks behind the stated length
        return ffmpeg.open_stream(content, "wav", known, ignore_length="1")
    if outline.is_in_order:
        return _sndfile(content, replace(known, extent=outline.extent))
    if content.size <= IN_MEMORY_BYTES:
        return _sndfile(Content.of(wav.in_order(content.file, content.size, outline)), known)
    others = sum(length for _, length in outline.sounds[1:])  # FFmpeg decodes one of them, too
    return ffmpeg.open_stream(content, "wav", replace(known, undecoded_bytes=outline.left + others))


@contextmanager
def _mp3(content: Content, found: mp3.Frames, known: Known) -> Iterator[Stream]:
    """Libsndfile's stream of an MP3 that holds the frames that it declares, FFmpeg's of others."""
    with ExitStack() as opened:
        declares_all = found.declared is not None and found.count <= found.declared + 1
        if declares_all and found.change is None and not _damage(found):
            known = replace(known, undecoded_bytes=found.undecoded)
            start = found.runs[0][0]
            is_padded = start > end_of_tags(content.file, content.size)
            try:
                sound = content.stretch(start, content.size) if is_padded else content
                stream = opened.enter_context(sndfile.open_stream(sound, known))
            except MediaError:
                pass
            else:
                if not stream.stops_at_a_guess:
                    yield stream
                    return
        opened.close()
        yield opened.enter_context(_frames_alone(content, found, known))


def _frames_alone(content: Content, found: mp3.Frames, known: Known) -> Opened:
    """FFmpeg's stream of the frames of an MP3, without what lies before, between and behind them."""
    fault = known.fault
    if found.change is not None:
        fault = "changes", found.change
    elif words := _damage(found):
        fault = "corrupt", words
    elif found.declared is not None and found.count > found.declared + 1 and fault is None:
        fault = "wrong_count", f"its first frame declares {found.declared:,} frames, the file holds {found.count:,}"
    sound = _joined(content, [(start, min(end, content.size)) for start, end in found.runs])
    declared = mp3.declared_frames(sound.file, sound.size)
    return ffmpeg.open_stream(sound, "mp3", Known(known.format, declared, None, fault, found.undecoded))


def _joined(content: Content, runs: list[tuple[int, int]]) -> Content:
    """The runs of frames without what lies between them, unless that were more than is held in memory."""
    if len(runs) == 1 or sum(end - start for start, end in runs) > IN_MEMORY_BYTES:
        return content.stretch(runs[0][0], runs[-1][1])
    parts = []
    for start, end in runs:
        content.file.seek(start)
        parts.append(content.file.read(end - start))
    return Content.of(b"".join(parts))


def _damage(found: mp3.Frames) -> str | None:
    """What lies between frames and is more than a joint leaves, in words."""
    largest = max(found.gaps[:-1], default=0)
    return f"{largest:,} bytes between its frames are none" if largest > LARGEST_JOINT else None


def _ogg(content: Content) -> Opened:
    links, rubbish = ogg_links.links(content.file, content.size)
    if not links:
        return _link(content, None, rubbish)
    if len(links) == 1:
        is_all = (links[0].start, links[0].end) == (0, content.size)
        return _link(content if is_all else content.stretch(links[0].start, links[0].end), links[0], rubbish)
    return _chain(content, links, rubbish)


@contextmanager
def _chain(content: Content, links: list[ogg_links.Link], rubbish: int) -> Iterator[Stream]:
    parts = [(content.stretch(link.start, link.end), link) for link in links]
    with _link(*parts[0], rubbish) as stream:
        yield JoinedStream(stream, [_later_link(*part) for part in parts[1:]])


def _later_link(content: Content, link: ogg_links.Link) -> Opened:
    return _link(content, link, 0)


def _link(content: Content, link: ogg_links.Link | None, rubbish: int) -> Opened:
    fault = ("corrupt", link.damage) if link is not None and link.damage else None
    known = Known(fault=fault, undecoded_bytes=rubbish)
    if link is None or (link.sounds in (("vorbis",), ("opus",)) and not link.others):
        page = ogg_links.opus_at_its_rate(content.file, content.size)
        if page is not None:
            content.overlay(0, page)
        return _sndfile(content, known)
    if known.fault is None and ogg.ends_early(content.file, content.size):
        known = replace(known, fault=("truncated", ogg.CUT))
    return ffmpeg.open_stream(content, "ogg", known)
