"""What a clip was published as: the number or id of its recording, in an address. The one place that reads them.

What SQL has to know of it is made of the same patterns.
"""

import polars as pl

SITES = {
    "youtube": ("youtu", r"(?:youtu\.be/|[?&]v=|/embed/)([A-Za-z0-9_-]{11})"),
    "freesound": ("freesound.org/", r"freesound\.org/(?:s|people/[^/]+/sounds)/(\d+)"),
    "xeno_canto": ("xeno-canto.org/", r"xeno-canto\.org/(?:XC)?(\d+)"),
}
"""For each site what its addresses hold, and where the id stands, in the grammar that Polars and DuckDB share."""


def published_as(address: pl.Expr) -> pl.Expr:
    """Site and id of what an address leads to, null where it is none of a site that is known.

    >>> addresses = ["https://youtu.be/-cq7SqKl9AE?start=30", "https://freesound.org/s/12/", "https://example.org/1"]
    >>> pl.DataFrame({"address": addresses}).select(published_as(pl.col("address")))["address"].to_list()
    ['youtube -cq7SqKl9AE', 'freesound 12', None]
    """
    read = [
        pl.when(address.str.contains(held, literal=True)).then(
            pl.concat_str(pl.lit(f"{site} "), address.str.extract(pattern))
        )
        for site, (held, pattern) in SITES.items()
    ]
    return pl.coalesce(read).name.keep()


def sql_macro() -> str:
    """The same for DuckDB: published_as(address)."""
    read = ", ".join(
        f"CASE WHEN contains(address, '{held}') "
        f"THEN '{site} ' || nullif(regexp_extract(address, '{pattern}', 1), '') END"
        for site, (held, pattern) in SITES.items()
    )
    return f"CREATE MACRO published_as(address) AS coalesce({read});"
