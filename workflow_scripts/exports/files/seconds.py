"""Times that consumers turn into samples, for those who cut off what lies behind the point."""

import numpy as np
import polars as pl


def to_the_sample(frames: pl.Series, rate: pl.Series) -> pl.Series:
    """Seconds whose product with the rate, cut to a whole number, is the number of samples that they stand for.

    That of the quotient may be one less.

    >>> int(15 / 44_100 * 44_100), int(to_the_sample(pl.Series([15]), pl.Series([44_100]))[0] * 44_100)
    (14, 15)

    Args:
        frames: whole numbers from 0 on, below 2 ** 52.
        rate: hertz.
    """
    samples, hertz = frames.to_numpy().astype(np.float64), rate.to_numpy().astype(np.float64)
    seconds = samples / hertz
    seconds = np.where(np.floor(seconds * hertz) < samples, np.nextafter(seconds, np.inf), seconds)
    return pl.Series(frames.name, seconds)
