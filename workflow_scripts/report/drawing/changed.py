"""What changed since the run before, in kinds that people ask for."""

import polars as pl

KINDS = {
    "added": "added",
    "removed": "removed",
    "mended": "now usable",
    "lost": "now lost",
    "other_status": "lost for another reason",
    "split": "in another split",
    "classes": "with other classes",
    "trainable": "trainable no more, or again",
    "duration": "of another duration",
}
"""The view `changes` says which holds first; those of a status are told apart by whether the clip is usable."""
KIND = """CASE
    WHEN change <> 'status' THEN change
    WHEN status = 'usable' THEN 'mended'
    WHEN status_before = 'usable' THEN 'lost'
    ELSE 'other_status'
END"""
HAS_BEFORE = "SELECT EXISTS (FROM clips_before) AS is_there"
NO_RUN = "There is no run before this one to compare with."
NONE = "No clip differs from what the run before left."


def in_order(counts: pl.DataFrame) -> pl.DataFrame:
    """Counts (columns `kind` and `count`) of kinds in their order, with the words for them as `name`."""
    every = pl.DataFrame({"kind": list(KINDS), "name": list(KINDS.values())})
    return every.join(counts, on="kind", maintain_order="left")


def told(counts: pl.DataFrame) -> list[str]:
    """The same for a sentence."""
    return [f"{count:,} {name}" for name, count in in_order(counts).select("name", "count").rows()]
