"""How a run ends that lost all of something."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import polars as pl

from workflow_scripts.errors import SoundledgerError, as_text
from workflow_scripts.ledger.losses import Loss
from workflow_scripts.settings.places import Places
from workflow_scripts.tables.store import lazy_table

MOST = 20
WHAT_TO_DO = (
    "All of something was lost, or so much that what is left is a biased set. Tables and exports hold what is left. "
    "Mend the cause; or, if it is as it should be, say so in the dataset file"
)
LEFT_OUT = "Datasets that were left out, of which all that was made before is as it was"
WHAT_FAILED = (
    "Sources that cannot be read: the tables of these datasets are as they were before. All others are made. Mend the "
    "cause and run the same command again"
)


class LossError(SoundledgerError):
    """A loss that no dataset file allows. What could be made of the rest is there."""


def tables_told(
    places: Places, dataset: str, names: Iterable[str], judgements: Mapping[str, Iterable[str]]
) -> dict[str, pl.LazyFrame]:
    """The tables that tell of the losses of a dataset.

    Those of sources and rejects tell of files of reviews and the like too. Of these one without a row is none: it is of
    somebody who has not judged anything yet.

    Args:
        places: of the run.
        dataset: its name.
        names: of the tables.
        judgements: for each key that names such files the datasets that have any.
    """
    tables = {name: lazy_table(Path(places.table(dataset, name))) for name in names}
    for key in (key for key, having in judgements.items() if dataset in having):
        more = {name: lazy_table(Path(places.table_of(dataset, key, name))) for name in ("rejects", "sources")}
        more["sources"] = more["sources"].filter(pl.col("rows_read") > 0)
        tables |= {name: pl.concat([tables[name], table]) for name, table in more.items()}
    return tables


def allowed_losses(
    found: Mapping[str, Iterable[Loss]],
    names: Mapping[str, Mapping[str, str]],
    allowed: Mapping[str, Iterable[str]],
    left_out: Sequence[str] = (),
) -> str:
    """The losses that the dataset files allow, a line each.

    Args:
        found: the losses of each dataset.
        names: for each dataset what its file calls its sources and roots.
        allowed: for each dataset the sources and roots that may be lost, as the tables name them.
        left_out: what is missing of each dataset that is no part of the run for it.

    Raises:
        LossError: there are others, or a dataset failed or was left out; its last lines are their causes.
    """
    borne, others, failed, to_allow = [], [], [], set()
    for dataset, of_dataset in found.items():
        called = Counter(name for of, name in names[dataset].items() if of != name)  # all roots are called `audio`
        for loss in of_dataset:
            if loss.of is None:
                failed.append(f"{dataset}: {loss.cause}")
                continue
            name = names[dataset].get(loss.of, loss.of)
            which = f"{loss.of}: " if called[name] > 1 else ""
            line = f"{dataset}: {name}: {which}{loss.cause}"
            if loss.of in allowed[dataset]:
                borne.append(line)
            else:
                others.append(line)
                to_allow.add(name)
    told = []
    if others:
        told += [f"{WHAT_TO_DO}: allow_loss: {json.dumps(sorted(to_allow)[:MOST], ensure_ascii=False)}", *_most(others)]
    if failed:
        told += [WHAT_FAILED, *_most(failed)]
    if left_out:
        told += [LEFT_OUT, *_most(list(left_out))]
    if told:
        raise LossError("\n".join(told))
    return as_text("".join(f"{line}\n" for line in borne))


def _most(lines: list[str]) -> list[str]:
    more = [f"… and {len(lines) - MOST:,} more"] if len(lines) > MOST else []
    return [*more, *lines[:MOST]]
