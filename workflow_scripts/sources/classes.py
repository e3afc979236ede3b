"""AudioSet's classes: its ontology, its list of classes in use, and names for others, put together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from workflow_scripts.sources.class_lists import ROWS, node_rows, read_class_index, read_display_names
from workflow_scripts.sources.ingested import Counted
from workflow_scripts.sources.ontology import class_table, read_ontology
from workflow_scripts.sources.source import Source

NO_ROWS = pl.DataFrame(schema={**ROWS, "source": pl.Categorical, "clip_id": pl.String})


@dataclass(frozen=True)
class Classes:
    """The `classes` table, the rows that it was made of, and the number of them in each source."""

    table: pl.DataFrame
    rows: pl.DataFrame
    counted: list[Counted]


def read_classes(sources: Mapping[str, Any]) -> Classes:
    """All of them: the nodes of `ontology`, the entries of `classes`, and the names of `display_names`, if it is there.

    Raises:
        SourceError: one that cannot be used at all.
    """
    ontology, index = Source.read(sources["ontology"]), Source.read(sources["classes"])
    tree, entries = read_ontology(ontology), read_class_index(index)
    names = pl.DataFrame(schema=ROWS)
    read = [(ontology, node_rows(tree)), (index, entries)]
    if "display_names" in sources:
        more = Source.read(sources["display_names"])
        names = read_display_names(more)
        read.append((more, names))
    kept = pl.col("reason").is_null()
    in_use = entries.filter(kept).select("class_index", "class_id", "name").rows()
    table = class_table(tree, in_use, dict(names.filter(kept).select("class_id", "name").rows()))
    rows = pl.concat(
        part.with_columns(source=pl.lit(source.path).cast(pl.Categorical), clip_id=pl.lit(None, pl.String))
        for source, part in read
    )
    return Classes(table, rows, [Counted.of(source, len(part)) for source, part in read])
