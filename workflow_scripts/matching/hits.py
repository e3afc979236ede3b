"""Hits: places of two sounds that have the same word. By parts, on disk, so that memory does not grow with the sounds.

The words go into files by their upper bits. Each file is sorted, so that equal words lie beside each other, and each
posting is paired with those behind it, so many at most: of a word that thousands of sounds have, each has its
neighbours alone, and what all of them share is a chain. So there are at most so many times as many hits as words.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workflow_scripts.matching.prints import Prints
from workflow_scripts.matching.words import MOST_A_STEP, times_for, words_of

Array = np.ndarray[Any, Any]

POSTINGS_A_PART = 1 << 23
"""64 MB, and some times as much while it is sorted and paired."""
PARTS_AT_ONCE = 1024
"""Files of words that are there together: 64 GB at most. Of more sound all words are made as often as it takes."""
NEIGHBOURS = 32
SAME_IN_A_SOUND = 2
"""So many postings of one word in one sound count: a clock has the same word at each tick."""
_UPPER = np.uint64(0xFFFFFFFF << 32)


def turns_of(prints: Prints) -> tuple[int, list[range]]:
    """How many parts all words are cut into, a power of two; and these in turns of PARTS_AT_ONCE."""
    parts = 1
    while parts * POSTINGS_A_PART < len(prints.codes) * MOST_A_STEP:
        parts *= 2
    return parts, [range(first, min(first + PARTS_AT_ONCE, parts)) for first in range(0, parts, PARTS_AT_ONCE)]


def write_words(prints: Prints, parts: int, turn: range, folder: Path) -> list[Path]:
    """Put the words of some of the parts into files, one a part.

    Returns:
        The files, of postings (uint64) in no order: a word's lower half, which tells it from others of its part, in the
        upper 32 bits, and its place among all steps in the lower ones.
    """
    files = [folder / f"words-{part}" for part in turn]
    times, bits = times_for(len(prints.codes)), parts.bit_length() - 1
    for file in files:
        file.touch()
    for first, last in prints.in_turns():
        begin, end = int(prints.starts[first]), int(prints.starts[last])
        words, steps = words_of(prints.codes[begin:end], prints.starts[first : last + 1] - begin, times)
        postings = words << np.uint64(32) | (steps + begin).astype(np.uint64)
        part = (words >> np.uint64(32) >> np.uint64(32 - bits)).astype(np.int32)
        is_of_turn = (part >= turn.start) & (part < turn.stop)
        distribute(postings[is_of_turn], part[is_of_turn] - turn.start, files)
    return files


def hits_of(file: Path, prints: Prints) -> Array:
    """The hits of one file of postings: (hits, 2) uint32, places of two sounds with the same word, the lower first."""
    found = np.fromfile(file, np.uint64)
    found.sort()
    words = found & _UPPER
    is_repeated = np.zeros(len(words), bool)
    is_repeated[1:] = words[1:] == words[:-1]
    is_repeated[:-1] |= is_repeated[1:]
    words, places = words[is_repeated], (found[is_repeated] & ~_UPPER).astype(np.int64)
    sounds = prints.sound_at(places)
    kept = ~_is_again(words, sounds)
    return _neighbours(words[kept], places[kept], sounds[kept])


def _is_again(words: Array, sounds: Array) -> Array:
    """Which of sorted postings come after SAME_IN_A_SOUND of the same word in the same sound."""
    is_again = np.zeros(len(words), bool)
    before = slice(None, -SAME_IN_A_SOUND)
    is_again[SAME_IN_A_SOUND:] = (words[SAME_IN_A_SOUND:] == words[before]) & (
        sounds[SAME_IN_A_SOUND:] == sounds[before]
    )
    return is_again


def _neighbours(words: Array, places: Array, sounds: Array) -> Array:
    """Each of sorted postings with up to NEIGHBOURS behind it that have its word, and are of other sounds."""
    pairs, at = [np.empty((0, 2), np.uint32)], np.arange(len(words))
    for behind in range(1, NEIGHBOURS + 1):
        at = at[at + behind < len(words)]
        at = at[words[at + behind] == words[at]]
        if not len(at):
            break
        others = at[sounds[at + behind] != sounds[at]]
        pairs.append(np.stack([places[others], places[others + behind]], axis=1).astype(np.uint32))
    return np.concatenate(pairs)


def distribute(rows: Array, part: Array, files: Sequence[Path]) -> None:
    """Append rows to the files that their numbers (rows,) name. None stays open: a process may have only so many."""
    part = part.astype(np.uint16)
    order = np.argsort(part, kind="stable")  # quick, of so few bits
    ends = np.searchsorted(part[order], np.arange(1, len(files)))
    for file, piece in zip(files, np.split(rows[order], ends), strict=True):
        if len(piece):
            with file.open("ab") as output:
                piece.tofile(output)
