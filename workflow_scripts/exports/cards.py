"""Cards: what the hub and `datasets` read at their head, and what people read below."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

from workflow_scripts.errors import SoundledgerError

if TYPE_CHECKING:  # a report has cards too, and no use for all that reads tables
    from workflow_scripts.exports.reading import Tables

_KINDS = ("by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd")
HUB = {
    **{one: one.lower() for one in ("CC0-1.0", "MIT", "Apache-2.0")},
    **{f"CC-{kind.upper()}-4.0": f"cc-{kind}-4.0" for kind in _KINDS},
}
"""Licences as the hub calls them."""
SAYS = """\
Clips with their sound, labels and captions; made by Soundledger. Each is a clip that was decoded whole. Its licence
stands in its row.
"""


def names_of_splits(export: str, splits: Iterable[str]) -> dict[str, str]:
    r"""What `datasets` may call each split: letters, digits and underscores.

    >>> names_of_splits("huggingface", ["full-train.v2", "eval"])
    {'full-train.v2': 'full_train_v2', 'eval': 'eval'}

    Raises:
        SoundledgerError: two would be called the same.
    """
    called = {split: re.sub(r"\W", "_", split, flags=re.ASCII) for split in splits}
    if len(set(called.values())) < len(called):
        raise SoundledgerError(
            f"export {export}: two of the splits {', '.join(called)} would be called the same, as names of splits "
            "hold letters, digits and underscores there. Call one otherwise in the dataset file"
        )
    return called


def card(
    tables: "Tables",
    features: Mapping[str, Any],
    files: str,
    rows: Mapping[str, int],
    size: Mapping[str, int],
    says: str = SAYS,
    licences: Collection[str | None] | None = None,
) -> str:
    """README.md.

    Args:
        tables: of the export.
        features: its columns.
        files: a pattern of the files of a split, with {} in its place.
        rows: how many, by split.
        size: bytes, by split.
        says: what people read.
        licences: all that rows are under; without it those of the clips.
    """
    there = {split: count for split, count in rows.items() if count}
    head = {
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": split, "path": files.format(split)} for split in there],
            }
        ],
        "dataset_info": {
            "features": [{"name": name, **_in_yaml(feature)} for name, feature in features.items()],
            "splits": [
                {"name": split, "num_bytes": size[split], "num_examples": count} for split, count in there.items()
            ],
            "dataset_size": sum(size.values()),
        },
        **licence_on_hub(_licences(tables) if licences is None else licences),
    }
    counted = "\n".join(f"| {split} | {count:,} |" for split, count in there.items())
    return f"{front_matter(head)}\n{says}\n| split | rows |\n| --- | --- |\n{counted}\n"


def front_matter(head: Mapping[str, Any]) -> str:
    """What stands at the head of a card."""
    return f"---\n{yaml.safe_dump(dict(head), sort_keys=False, allow_unicode=True)}---\n"


def licence_on_hub(licences: Collection[str | None]) -> dict[str, str]:
    """That of all clips as the hub calls it, if it is one; `other` for several.

    >>> licence_on_hub(["CC-BY-4.0"]), licence_on_hub(["CC-BY-4.0", None]), licence_on_hub([None])
    ({'license': 'cc-by-4.0'}, {'license': 'other'}, {})

    Args:
        licences: the different ones; None for clips that none is known of.
    """
    different = set(licences)
    if different <= {None}:
        return {}
    [*said] = different
    return {"license": HUB.get(said[0] or "", "other") if len(said) == 1 else "other"}


def _licences(tables: "Tables") -> list[str | None]:
    said = tables.lazy("clips").filter("trainable").select(pl.col("licence").cast(pl.String).unique()).collect()
    return said["licence"].to_list()


def _in_yaml(feature: dict[str, Any]) -> dict[str, Any]:
    """A feature as cards have it."""
    kind = feature["_type"]
    if kind in ("Audio", "Image"):
        return {"dtype": kind.lower()}
    if kind == "ClassLabel":
        return {"dtype": {"class_label": {"names": {str(place): name for place, name in enumerate(feature["names"])}}}}
    if kind == "List":
        inner = _in_yaml(feature["feature"])
        return {"list": inner if "class_label" in str(inner) else inner["dtype"]}
    return {"dtype": feature["dtype"]}
