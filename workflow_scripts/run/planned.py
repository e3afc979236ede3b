"""Jobs that a checkpoint plans: it writes one list for each, which says what the job is to do."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def _always(_: Any) -> bool:
    return True


@dataclass(frozen=True)
class Planned:
    """Input functions of the rule that does such jobs, and of those that read what was made.

    A list has deterministic bytes, and a job takes its own alone: after another plan only jobs whose list differs run.

    Attributes:
        checkpoints: Snakemake's, among which the one that plans is found once it has been parsed.
        name: of that one.
        list_place: where a list is, with wildcards in braces; the last is `{leaf}`, by which jobs are called.
        made_place: the same of what a job makes.
        is_main: this is the main process.
        are_any: whether, with some wildcards, anything is planned at all.
    """

    checkpoints: Any
    name: str
    list_place: str
    made_place: str
    is_main: bool
    are_any: Callable[[Any], bool] = _always

    def plan(self, wildcards: Mapping[str, str]) -> str | list[str]:
        """The folder of the lists; a job by itself has its own list, and asks for no more.

        Whoever reads what is planned names the plan too: Snakemake takes it for current before it looks at what lies
        behind another checkpoint, and would forget it; where limits, settings or checks are others, jobs would not run.
        """
        is_asked = self.is_main and self.are_any(wildcards)
        return os.path.dirname(_filled(self.list_place, wildcards, "")) if is_asked else []

    def list_of_job(self, wildcards: Mapping[str, str]) -> str | list[str]:
        """What one job does, once that has been planned; nothing where the plan has no such job any more."""
        self._wait(wildcards)
        listed = _filled(self.list_place, wildcards)
        return listed if os.path.exists(listed) else []

    def made(self, wildcards: Mapping[str, str]) -> list[str]:
        """What all jobs make, once they have been planned, in the order of their names."""
        if not self.are_any(wildcards):
            return []
        self._wait(wildcards)
        lists = Path(_filled(self.list_place, wildcards, "{leaf}"))
        leaves = sorted(file.stem for file in lists.parent.iterdir() if file.suffix == lists.suffix)
        return [_filled(self.made_place, wildcards, leaf) for leaf in leaves]

    def _wait(self, wildcards: Mapping[str, str]) -> None:
        getattr(self.checkpoints, self.name).get(**wildcards)


def _filled(place: str, wildcards: Mapping[str, str], leaf: str | None = None) -> str:
    """A place with wildcards filled in; the leaf is the job's own where none is named."""
    return place.format(**{**wildcards, **({} if leaf is None else {"leaf": leaf})})
