"""The tables of lists of clips."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from workflow_scripts.adapters import IngestSettings
from workflow_scripts.adapters.clip_lists.lists import HALF, read_list
from workflow_scripts.sources.clips.assemble import Told, assembled
from workflow_scripts.sources.clips.judge import judged
from workflow_scripts.sources.clips.mixed import ADDED
from workflow_scripts.sources.clips.vocabulary import read_vocabulary
from workflow_scripts.sources.files import files_of, refuse_one_file_twice
from workflow_scripts.sources.ingested import Ingested

MATCH = "stem"
OF_CLIP = {"media_key": "media_key", "start_s": "start_s", "end_s": "end_s", "output_s": "offset_s"}
"""What is told of each clip of a pair, and what it is called there."""


def ingest(settings: IngestSettings) -> Ingested:
    """Read lists of clips and of pairs.

    What a pair is made of is promised like the clips of lists; where it is, it is no clip again.

    Raises:
        SourceError: a list that cannot be used at all; single bad rows become rejects instead.
    """
    nothing = pl.DataFrame(schema=HALF)
    clips, first, second, counted = [nothing], [nothing], [nothing], []
    for split, path in _lists(settings.sources["lists"]):
        halves, of_list = read_list(path, split)
        counted.append(of_list)
        for into, rows in zip((first, second) if len(halves) == 2 else (clips,), halves, strict=True):
            into.append(rows)
    own, one, other = (judged(pl.concat(rows), "clip", MATCH) for rows in (clips, first, second))
    told = Told(
        clips=pl.concat([own, *_that_pairs_name(one, other)]),
        vocabulary=lambda labels: read_vocabulary("labels", {}, labels),
        counted=counted,
        mixtures=_pairs(one, other),
    )
    return assembled(told, settings.rights)


def _lists(named: Mapping[str, str | Sequence[str]]) -> Iterator[tuple[str, str]]:
    found = [
        (split, path)
        for split, patterns in named.items()
        for pattern in ([patterns] if isinstance(patterns, str) else patterns)
        for path in files_of(pattern)
    ]
    refuse_one_file_twice((f"sources.lists.{split}", path) for split, path in found)
    yield from dict.fromkeys(found)


def _that_pairs_name(one: pl.DataFrame, other: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The clips of pairs that are good in both halves."""
    good = one["reason"].is_null() & other["reason"].is_null()
    for half in (one, other):
        yield half.filter(good).with_columns(again=pl.lit(value=True))


def _pairs(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Pairs as `mixed` takes them; one is as bad as its worse half."""
    rows = one.select("source", "line", "raw", "split", *OF_CLIP).rename(OF_CLIP)
    added = other.select(pl.col(name).alias(f"{ADDED}{called}") for name, called in OF_CLIP.items())
    why = [pl.select(pl.coalesce(one[name], other[name])).to_series().alias(name) for name in ("reason", "detail")]
    return pl.concat([rows, added, pl.DataFrame(why)], how="horizontal")
