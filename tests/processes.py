"""What tests do to the process that they run in."""

import contextlib
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def process_as_before() -> Iterator[None]:
    """The pool prepares the process of an entry script for its workers; a process of tests goes on afterwards."""
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    try:
        yield
    finally:
        if file is not None:
            main.__file__ = file
