"""How many landmarks copies have in common with originals, by audfprint (Ellis 2014, after Wang 2003).

    python audfprint_counts.py ORIGINALS COPIES DENSITY OUTPUT

Both are lists of files, one a line; DENSITY is landmarks a second. Writes (originals, copies) as .npy: the most hashes
that agree at one offset. Prints the bytes that its table has for a second of sound. For .venv-audfprint.
"""

import sys
from pathlib import Path

import numpy as np
from audfprint2 import Analyzer, HashTable, Matcher


def main() -> None:
    """See above; but for density and what is kept, settings are those of its command line."""
    originals, copies = (Path(file).read_text().splitlines() for file in sys.argv[1:3])
    analyzer = Analyzer(float(sys.argv[3]))
    analyzer.fail_on_error = False
    table = HashTable()
    for file in originals:
        table.store(file, [(int(when), int(what)) for when, what in analyzer.wavfile2hashes(file)])
    bytes_a_second = 4 * float(table.hashesperid.sum()) / analyzer.soundfiletotaldur
    matcher = Matcher()
    matcher.window, matcher.threshcount, matcher.search_depth = 2, 1, len(originals)
    counts = np.zeros((len(originals), len(copies)), np.uint16)
    for column, file in enumerate(copies):
        hashes = analyzer.wavfile2hashes(file)
        if len(hashes):
            for row, count, *_ in matcher.match_hashes(table, hashes):
                counts[row, column] = max(count, counts[row, column])
    np.save(sys.argv[4], counts)
    print(bytes_a_second)


if __name__ == "__main__":
    main()
