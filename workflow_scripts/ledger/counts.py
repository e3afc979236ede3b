"""How many clips and orphans there are of each kind, counted while they go by."""

import os
from collections.abc import Sequence

import polars as pl

from workflow_scripts.ledger.checked import RootChecks
from workflow_scripts.media.addresses import is_address
from workflow_scripts.media.names import to_text
from workflow_scripts.tables import schemas


class Counts:
    """Of clips by split and status and by root, of orphans by root."""

    def __init__(self) -> None:
        self._by_status = [pl.DataFrame(schema={"split": pl.String, "status": pl.String, "clips": pl.UInt32})]
        self._served = [pl.DataFrame(schema={"root": pl.String, "served": pl.UInt32, "usable": pl.UInt32})]
        self._orphans = [pl.DataFrame(schema={"root": pl.String, "orphans": pl.UInt32})]

    def clips(self, part: pl.DataFrame) -> pl.DataFrame:
        """Count some rows of the ledger."""
        by_status = part.group_by("split", "status", maintain_order=True).agg(clips=pl.len())
        served = part.group_by("root").agg(served=pl.len(), usable=pl.col("usable").sum())
        self._by_status.append(by_status.with_columns(pl.col("split", "status").cast(pl.String)))
        self._served.append(served.with_columns(pl.col("root").cast(pl.String)))
        return part

    def orphans(self, part: pl.DataFrame) -> pl.DataFrame:
        """Count some orphans."""
        self._orphans.append(part.group_by("root").agg(orphans=pl.len()))
        return part

    def all_orphans(self) -> int:
        """How many orphans there are."""
        return int(pl.concat(self._orphans)["orphans"].sum())

    def summary(self, splits: Sequence[str]) -> pl.DataFrame:
        """Clips by split and status; a split without a usable clip says so, and one that lost every row no more."""
        counts = _summed(self._by_status, "split", "status")
        usable = counts.filter(pl.col("status") == "usable")
        lost = (
            pl.concat([counts.select("split"), pl.DataFrame({"split": splits}, schema={"split": pl.String})])
            .unique(maintain_order=True)
            .join(usable, on="split", how="anti", maintain_order="left")
            .with_columns(status=pl.lit("usable"), clips=pl.lit(0, dtype=pl.Int64))
        )
        return pl.concat([counts, lost])

    def roots(self, roots: list[RootChecks], media: Sequence[int]) -> pl.DataFrame:
        """The `roots` table.

        Args:
            roots: in the order of the dataset file.
            media: how many are in each.
        """
        table = pl.DataFrame(
            {
                "root": [root.slug for root in roots],
                "ordinal": range(len(roots)),
                "path": [root.path if is_address(root.path) else to_text(os.path.abspath(root.path)) for root in roots],
                "holds": [root.holds for root in roots],
                "media": media,
            },
            schema={name: schemas.ROOTS.columns[name].dtype for name in ("root", "ordinal", "path", "holds", "media")},
        )
        for counts in (self._served, self._orphans):
            table = table.join(_summed(counts, "root"), on="root", how="left", maintain_order="left")
        return table.with_columns(pl.col("served", "usable", "orphans").fill_null(0)).select(*schemas.ROOTS.columns)


def _summed(counts: list[pl.DataFrame], *keys: str) -> pl.DataFrame:
    return pl.concat(counts).group_by(*keys, maintain_order=True).agg(pl.exclude(*keys).cast(pl.Int64).sum())
