"""The account of a delivery: what lies at its place now, what went there, and what stayed here and why."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from workflow_scripts.errors import in_bytes
from workflow_scripts.tables.files import whole


@dataclass(frozen=True)
class Delivered:
    """What became of one export on its way to one place.

    Attributes:
        dataset: the dataset.
        export: its export.
        to: the place.
        dry_run: nothing was sent; what is said is what would have been.
        files: path below the place, bytes and SHA-256 of each, and of the manifest; none where the export stays.
        bytes: of all these.
        sent: paths of those that were sent by this run; of the others, the place had the same bytes.
        sent_bytes: that those take.
        removed: paths of what an earlier delivery had put there, and the export has no more.
        others: how many files of others lie there.
        not_redistributable: what nobody is known to be allowed to hand on: `of` (sound, labels), `licence`, `clips` and
            `hours` of each licence.
        why: these in words; "" where there are none.
        held_back: how many `files` and `bytes` stayed here for that; none where its entry lets them go.
        advice: what to do about it; "" where nothing stayed.
        terms: that the dataset file tells of.
    """

    dataset: str
    export: str
    to: str
    dry_run: bool
    files: Sequence[Sequence[Any]] = ()
    bytes: int = 0
    sent: Sequence[str] = ()
    sent_bytes: int = 0
    removed: Sequence[str] = ()
    others: int = 0
    not_redistributable: Sequence[dict[str, Any]] = ()
    why: str = ""
    held_back: Mapping[str, int] = field(default_factory=dict)
    advice: str = ""
    terms: str | None = None

    @property
    def told(self) -> str:
        """It in one line."""
        name = f"{self.dataset}/{self.export}"
        if self.held_back:
            held_back = f"{self.held_back['files']:,} files, {in_bytes(self.held_back['bytes'])}"
            return f"{name} stays here ({held_back}), nothing of it goes to {self.to}: {self.why}. {self.advice}"
        would = "would be " if self.dry_run else ""
        words = [
            f"{len(self.files):,} files, {in_bytes(self.bytes)}",
            f"{len(self.sent):,} {would}sent ({self.sent_bytes:,} bytes)",
            f"{len(self.files) - len(self.sent):,} there already",
        ]
        words += [f"{len(self.removed):,} {would}removed, which the export has no more"] if self.removed else []
        words += [f"{self.others:,} files of others there"] if self.others else []
        words += [f"not redistributable, and handed on as its entry says: {self.why}"] if self.why else []
        words += [f"terms of the dataset: {self.terms}"] if self.terms else []
        return f"{name} → {self.to}: {'; '.join(words)}"

    def write(self, file: Path) -> None:
        """Write it, one file a line."""
        parts = [f"{json.dumps(name)}: {_lines(value)}" for name, value in asdict(self).items()]
        with whole(file) as part:
            part.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def _lines(value: Any) -> str:
    """JSON with each item of a list on its own line."""
    if not isinstance(value, (list, tuple)) or not value:
        return json.dumps(value, ensure_ascii=False)
    return "[\n" + ",\n".join(json.dumps(item, ensure_ascii=False) for item in value) + "\n]"
