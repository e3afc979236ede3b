"""Rows found by their keys, where these are many texts: of twenty million paths no text is held, but a number each."""

from collections.abc import Callable, Iterable, Sequence

import polars as pl

from workflow_scripts.errors import SoundledgerError

SEEDS = range(3)
"""Of twenty million different keys two have the same number once in a hundred thousand times; then others are taken."""
_SAME_KEY = (
    "{rows:,} rows have the same {key} as another, which each has to have for itself: what this job reads is damaged. "
    "Delete the tables and run again"
)


class Keyed:
    """What stands beside keys, to be asked for by key."""

    def __init__(self, parts: Callable[[], Iterable[pl.DataFrame]], key: Sequence[str]) -> None:
        """Take it in.

        Args:
            parts: all rows, some at a time; asked for again where two different keys have the same number.
            key: columns of texts that no two of the rows have alike; the others are what is asked for.

        Raises:
            SoundledgerError: rows have the same number whatever the seed, as only those of one key have.
        """
        self._key = key
        for seed in SEEDS:
            self._seed = seed
            rows = pl.concat([part.select(self._numbers(), pl.exclude(key)) for part in parts()])
            order = rows["number"].arg_sort()
            numbers = rows["number"].gather(order)
            if not (again := numbers[1:] == numbers[:-1]).any():
                break
        else:
            raise SoundledgerError(_SAME_KEY.format(rows=again.sum(), key=", ".join(key)))
        self._sorted_numbers, self._order, self._rows = numbers, order, rows.drop("number")

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The columns beside the key of each of the rows, null where the key is none."""
        if self._rows.is_empty():
            return self._rows.clear(len(rows))
        asked = rows.select(self._numbers()).to_series()
        ascending = asked.arg_sort()  # one after the other they are found much sooner
        places = ascending.clone().scatter(ascending, self._sorted_numbers.search_sorted(asked.gather(ascending)))
        places = places.clip(upper_bound=len(self._sorted_numbers) - 1)
        found = self._order.gather(places).set(self._sorted_numbers.gather(places) != asked, None)
        return self._rows.select(pl.all().gather(found))

    def _numbers(self) -> pl.Expr:
        return pl.struct(pl.col(name).cast(pl.String) for name in self._key).hash(self._seed).alias("number")
