"""What FFmpeg says, which it shows nobody."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def log_of_opening() -> Iterator[list[tuple[int, str, str]]]:
    """What FFmpeg says from its warnings on; afterwards only its last error is kept. Nothing is shown."""
    import av

    av.logging.set_level(av.logging.WARNING)
    try:
        with av.logging.Capture() as log:
            yield log
    finally:
        av.logging.set_level(av.logging.PANIC)


def failures() -> tuple[type[Exception], ...]:
    """What PyAV raises for a media."""
    import av

    return (
        av.error.FFmpegError,
        ArithmeticError,
        AssertionError,
        LookupError,
        MemoryError,
        OSError,
        RuntimeError,
        ValueError,
    )


def errors_logged() -> int:
    """How many errors it has told of in this process so far."""
    import av

    return av.logging.get_last_error()[0]


def words_of(failure: Exception | str, errors_before: int) -> str:
    """FFmpeg's complaint rather than the bare name of its error, if it has complained since."""
    import av

    if not isinstance(failure, av.error.FFmpegError):
        return str(failure) or type(failure).__name__
    complaint = complaint_since(errors_before)
    return f"{failure.strerror}: {complaint}" if complaint else str(failure.strerror)


def complaint_since(errors_before: int) -> str:
    """FFmpeg's last one since then, nothing without one."""
    import av

    count, last = av.logging.get_last_error()
    return last[2].strip() if last is not None and count > errors_before else ""
