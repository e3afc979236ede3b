"""Streams that lie in one file, one behind the other, as one: the links of a chained Ogg."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

import numpy as np

from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.decoders import HARMLESS, Block, Fault, Stream
from workflow_scripts.sound.decoders.blocks import Piece, in_blocks


class JoinedStream:
    """A Stream of several, as float32; it ends before the first that has another rate or number of channels.

    Args:
        first: the first, opened.
        rest: the others, to be opened when it is their turn.
    """

    is_doubted = False

    def __init__(self, first: Stream, rest: Sequence[AbstractContextManager[Stream]]) -> None:
        self._first, self._rest = first, rest
        self.format, self.subtype, self.decoder = f"CHAINED_{first.format}", first.subtype, first.decoder
        self.content = first.content
        self.sample_rate, self.channels, self.layout = first.sample_rate, first.channels, first.layout
        self.declared_frames: int | None = None
        self.expected_frames: int | None = None
        self.fault: Fault | None = None
        self.undecoded_bytes = first.undecoded_bytes

    def blocks(self, frames: int) -> Iterator[Block]:
        """See Stream."""
        return in_blocks(self._pieces(frames), frames, self.channels, np.float32)

    def _pieces(self, frames: int) -> Iterator[Piece]:
        yield from self._of_one(self._first, frames, is_last=not self._rest)
        for number, opened in enumerate(self._rest, 2):
            if self.fault is not None:
                return
            try:
                with opened as stream:
                    if (stream.sample_rate, stream.channels) != (self.sample_rate, self.channels):
                        self.fault = "changes", self._change(number, stream)
                        return
                    yield from self._of_one(stream, frames, is_last=number > len(self._rest))
            except MediaError as error:
                self.fault = "corrupt", f"link {number} of its chain: {error}"

    def _of_one(self, stream: Stream, frames: int, *, is_last: bool) -> Iterator[Piece]:
        for block in stream.blocks(frames):
            scale = np.float32(2**-15 if block.dtype == np.int16 else 1)
            yield list(np.multiply(block.T, scale, dtype=np.float32))
        if stream.fault is not None and (is_last or stream.fault[0] not in HARMLESS):
            self.fault = stream.fault
        elif stream.fault is not None:
            self.fault = "corrupt", f"a link of its chain is cut: {stream.fault[1]}"

    def _change(self, number: int, stream: Stream) -> str:
        before, after = f"{self.sample_rate:,} Hz, {self.channels}", f"{stream.sample_rate:,} Hz, {stream.channels}"
        return f"it changes from {before} channels to {after} channels in link {number} of its chain"
