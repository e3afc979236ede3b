"""What any reader raises becomes the user's error, here and nowhere else; and the bounds that readers keep to."""

import contextlib
from collections.abc import Callable, Iterator

from workflow_scripts.errors import SoundledgerError

MOST_BYTES = 2 * 2**30
"""A source holds no more, as stored or unpacked: twenty times AudioSet's longest list; a bomb holds more."""

LONGEST_ROW = 2**20
"""Bytes of one line; the longest of AudioSet has some 200."""

LONGEST_WORDS = 300


class SourceError(SoundledgerError):
    """A source file that cannot be read as what it should be."""


@contextlib.contextmanager
def as_source_error(path: str, expected: str, line: Callable[[], int] | None = None) -> Iterator[None]:
    """Around one call of a reader (JSON, CSV, YAML, Parquet, DuckDB, a decoder of text) and nothing else.

    Readers raise dozens of kinds, some of them without a common base, and all mean that the file is not what it should
    be. So whatever is raised in here is taken for that.

    Args:
        path: of the source.
        expected: what it should be, with its article.
        line: asked for the line that the reader came to, where its errors do not say it.

    Raises:
        SourceError: file, line where it is known, what was expected, and the reader's words in one line.
    """
    try:
        yield
    except (SoundledgerError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001  see above; what polars panics with is no Exception
        number = _line(error) or (line() if line else None)
        place = f", line {number}" if number else ""
        raise SourceError(f"{path}{place}: not {expected}: {_words(error)}") from None


def _line(error: BaseException) -> int | None:
    """JSON's errors know their line, YAML's a mark."""
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else getattr(error, "lineno", None)


def _words(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, MemoryError):
        return "it needs more memory than there is"
    words = getattr(error, "problem", None) or getattr(error, "msg", None) or str(error) or type(error).__name__
    return shown(str(words).strip().splitlines()[0])


def shown(text: str) -> str:
    r"""A stranger's text in a message: of bounded length, and what does not print as an escape.

    >>> shown("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    printable = "".join(one if one.isprintable() else repr(one)[1:-1] for one in text[:LONGEST_WORDS])
    return f"{printable} …" if len(text) > LONGEST_WORDS else printable
