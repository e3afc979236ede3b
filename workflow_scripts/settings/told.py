"""What a run is told that its tables depend on, for those who read them later; exports have accounts of their own."""

import json
from collections.abc import Iterator
from typing import Any

from workflow_scripts.settings.dataset import Dataset
from workflow_scripts.settings.run import Run
from workflow_scripts.settings.version import VERSION


def settings_told(run: Run) -> dict[str, dict[str, str]]:
    """For each dataset what its file says, and by "" what is of the run; by the path of its key, as text or JSON."""
    of_run = {"version": VERSION, **dict(_flat("check", run.check))}
    of_run |= {"against": json.dumps(run.against, ensure_ascii=False)} if run.against else {}
    return {"": of_run} | {name: _of_dataset(dataset) for name, dataset in run.datasets.items()}


def _of_dataset(dataset: Dataset) -> dict[str, str]:
    said = {"limits": dataset.limits, "rights": dataset.rights, **dataset.split_care}
    said |= {"measure": dataset.measure} if dataset.measure else {}
    said |= {"derive": dataset.derive} if dataset.derive else {}
    said |= {"subset": dataset.subset} if dataset.subset else {}
    said |= {"over_years": dataset.over_years} if dataset.over_years else {}
    said |= {"caption_fit": dataset.caption_fit} if dataset.caption_fit else {}
    said |= {"pairs": dataset.pairs} if dataset.pairs else {}
    flat = {key: text for name, value in said.items() for key, text in _flat(name, value)}
    return {"adapter": dataset.adapter, "match": dataset.match, **flat}


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Keys of keys as paths.

    >>> list(_flat("limits", {"max_duration_s": 11.0, "of": ["a"]}))
    [('limits.max_duration_s', '11.0'), ('limits.of', '["a"]')]
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}", inner)
    else:
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
