"""Digests that nobody publishes: noted when a file is first seen, and held against it when it is fetched once more.

They lie apart from what tells how far the fetching has come, which a user removes to have something fetched again. Each
job adds to a file of its own, so that no two write to one; a file is told by its path and address, in whichever of
them it stands: which job it is fetched by changes with what else is to be fetched.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workflow_scripts.fetch.addresses import mark_of_query, without_secrets
from workflow_scripts.fetch.remote_file import Digest, FetchError
from workflow_scripts.tables.files import whole

_File = tuple[str, str, str]
"""Its path, its address without secrets, and the mark of its query: of another address another file is expected."""


@dataclass
class FirstSeen:
    """What was seen first of the files of a dataset.

    Attributes:
        own: the file of notes that a job adds to: a JSON object a line, `path`, `address`, `query` (the mark
            of that, where there is one), `sha256`.
        noted: for each file its SHA-256, and the file of notes that has it.
    """

    own: Path
    noted: dict[_File, tuple[str, Path]] = field(default_factory=dict)

    def digest(self, row: dict[str, Any]) -> Digest | None:
        """What a row of schemas.TO_FETCH is to bring; None if that was never seen, or a file is there, which stays."""
        sha256, _ = self.noted.get(_key(row), (None, None))
        return Digest("sha256", sha256) if sha256 and not os.path.exists(row["path"]) else None

    def told(self, row: dict[str, Any], error: FetchError) -> FetchError:
        """A fault, with what to do about it where another file than was seen first came now."""
        _, notes = self.noted.get(_key(row), (None, None))
        if notes is None or error.reason != "wrong_digest":
            return error
        words = (
            f"{error}. Nobody publishes a digest of it: it should be the file that was seen first. To accept what "
            f"its server gives now, remove the line of {row['path']} from {notes}"
        )
        return FetchError(error.reason, words, passing=error.passing)

    def note(self, rows: Iterable[dict[str, Any]]) -> None:
        """Note files that are there, and are not noted yet.

        Args:
            rows: of schemas.TO_FETCH that have no published digest, each with the `sha256` that its file has.
        """
        new = {_key(row): row["sha256"] for row in rows if _key(row) not in self.noted}
        if not new:
            return
        had = self.own.read_text() if self.own.exists() else ""
        lines = [json.dumps(_line(*key, new[key])) for key in sorted(new)]
        with whole(self.own) as part:
            part.write_text(had + "\n".join(lines) + "\n")
        self.noted |= {key: (sha256, self.own) for key, sha256 in new.items()}


def read_first_seen(own: Path, wanted: Iterable[dict[str, Any]]) -> FirstSeen:
    """What was seen first of the files that a job is to fetch.

    Args:
        own: its file of notes; others of the dataset lie beside it.
        wanted: rows of schemas.TO_FETCH.
    """
    seen, keys = FirstSeen(own), {_key(row) for row in wanted}
    names = sorted(os.listdir(own.parent)) if own.parent.is_dir() else []
    for notes in (own.parent / name for name in names if name.endswith(".jsonl") and not name.startswith(".")):
        with notes.open() as lines:
            for line in filter(str.strip, lines):
                one = json.loads(line)
                key = one["path"], one["address"], one.get("query", "")
                if key in keys:
                    seen.noted.setdefault(key, (one["sha256"], notes))
    return seen


def _key(row: dict[str, Any]) -> _File:
    return row["path"], without_secrets(row["address"]), mark_of_query(row["address"])


def _line(path: str, address: str, query: str, sha256: str) -> dict[str, str]:
    return {"path": path, "address": address} | ({"query": query} if query else {}) | {"sha256": sha256}
