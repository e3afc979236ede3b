"""Pages of answers: what recordings they hold, and whether all pages of a query are there."""

import json
import logging
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import count as count_from
from itertools import groupby, islice
from typing import Any, NamedTuple

from workflow_scripts.sources import members
from workflow_scripts.sources.faults import SourceError, shown
from workflow_scripts.sources.files import files_of, without_escapes
from workflow_scripts.sources.ingested import Counted
from workflow_scripts.sources.json_text import ListItem
from workflow_scripts.sources.members import NotSoError
from workflow_scripts.sources.source import Source

EXPECTED = "expected a page of the API's answers with a list `recordings`, or one recording"
OTHER_NAMES = {"lng": "lon", "group": "grp", "bird-seen": "animal-seen", "lic": "licence"}
"""What version 2 calls members that version 3 calls otherwise; and the licence, as it is called here."""

_log = logging.getLogger(__name__)


class Page(NamedTuple):
    """One file.

    Attributes:
        counted: the file, and the number of its recordings.
        recordings: these, their members called as in version 3.
        page, pages: which it is of how many; None where it does not say.
        of_query: how many recordings all of them have.
    """

    counted: Counted
    recordings: list[ListItem]
    page: int | None
    pages: int | None
    of_query: int | None


def read_pages(patterns: str | Sequence[str]) -> list[Page]:
    """All files, each once.

    Raises:
        SourceError: there is none; or one is no page and no recording, or an answer that tells of an error.
    """
    patterns = [patterns] if isinstance(patterns, str) else patterns
    paths = dict.fromkeys(path for pattern in patterns for path in files_of(pattern))
    if not paths:
        raise SourceError(f"{', '.join(map(without_escapes, patterns))}: no such file; {EXPECTED}")
    return [_read(path) for path in paths]


def _read(path: str) -> Page:
    source = Source.read(path)
    answer = source.json()
    if not isinstance(answer, dict):
        raise SourceError(f"{path}: {EXPECTED}; found {_shown(answer)}")
    if "error" in answer:
        raise SourceError(
            f"{path}: the API answered with an error: {_words(answer).rstrip('.')}. Ask it again; {EXPECTED}"
        )
    is_page = "recordings" in answer
    found = answer["recordings"] if is_page else [answer]
    if not isinstance(found, list) or not (is_page or {"id", "gen"} <= answer.keys()):
        raise SourceError(f"{path}: {EXPECTED}; found the keys {shown(', '.join(answer)) or '(none)'}")
    number, pages, of_query = (
        _number(path, answer, key) if is_page else None for key in ("page", "numPages", "numRecordings")
    )
    counted = Counted(
        path, source.sha256, len(source.stored), of_query if (number, pages) == (1, 1) else None, len(found)
    )
    return Page(counted, [_item(one) for one in found], number, pages, of_query)


def _number(path: str, answer: dict[str, Any], key: str) -> int | None:
    try:
        found = members.whole(answer.get(key))
    except NotSoError as error:
        raise SourceError(f"{path}: {key}: expected {error}, found {_shown(answer[key])}") from None
    if found is not None and not 0 <= found < 2**53:
        raise SourceError(f"{path}: {key}: expected a number from 0, found {found}")
    return found


def _item(recording: Any) -> ListItem:
    text = json.dumps(recording, ensure_ascii=False)
    if isinstance(recording, dict):
        renamed = {new: recording[old] for old, new in OTHER_NAMES.items() if old in recording and new not in recording}
        recording = {key: one for key, one in recording.items() if key not in OTHER_NAMES} | renamed
    return ListItem(text, recording)


def _words(answer: dict[str, Any]) -> str:
    error = answer["error"]
    told = [*error.values()] if isinstance(error, dict) else [error]
    return ": ".join(shown(str(one)) for one in (*told, answer.get("message")) if one is not None)


def _shown(value: Any) -> str:
    return shown(json.dumps(value, ensure_ascii=False))


def check_complete(pages: Iterable[Page], on_mismatch: str) -> None:
    """Hold the pages of each query, which lie in one folder, against what they say of it.

    Args:
        pages: all.
        on_mismatch: stop, or warn.

    Raises:
        SourceError: some are missing, or hold another number of recordings than all of them say.
    """

    def query(page: Page) -> tuple[str, int]:
        return os.path.dirname(page.counted.path), page.pages or 0

    numbered = (page for page in pages if page.page is not None and page.pages)
    for (folder, count), some in groupby(sorted(numbered, key=query), query):
        for fault in _faults(folder or ".", count, list(some)):
            if on_mismatch == "stop":
                raise SourceError(f"{fault}. Fetch what is missing, or say on_count_mismatch: warn")
            _log.warning(fault)


def _faults(folder: str, count: int, pages: list[Page]) -> Iterator[str]:
    times = Counter(page.page for page in pages)
    most = max(times.values())
    there = {number for number, found in times.items() if found == most and number in range(1, count + 1)}
    if lacking := count - len(there):
        missing = islice((str(one) for one in count_from(1) if one not in there), min(lacking, 20))
        more = f" and {lacking - 20:,} more" if lacking > 20 else ""
        yield (
            f"{folder}: pages say that they are of {count:,}; page {', '.join(missing)}{more} is missing, or others "
            "are there more often"
        )
        return
    said, read = [page.of_query for page in pages], sum(page.counted.read for page in pages)
    if most == 1 and said[0] is not None and said[0] != read and len(set(said)) == 1:
        yield f"{folder}: {count:,} pages say that they have {said[0]:,} recordings in all; they hold {read:,}"
