"""Rounds of files for each target, until the time is over; each finding is made small and kept."""

import contextlib
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Flaky

from tests.fuzzing.edits import changed, changed_sounds
from tests.fuzzing.reading import Outcome, Reader, Target

CORPUS = Path(__file__).parent / "corpus"
A_ROUND = 200
SECONDS_TO_SHRINK = 60.0
"""For each finding, beyond the time that was given."""
KINDS = ("taken", "refused", "died", "found")


class Finding(NamedTuple):
    """A file that something stumbled over."""

    target: str
    what: str
    words: str
    file: Path


class _FoundError(Exception):
    """Hypothesis looks for the least that raises it."""


class _EnoughError(BaseException):
    """Ends a round, past what Hypothesis catches."""


class Hunt:
    """One after the other, targets are given files for an equal share of the time.

    Attributes:
        counts: of each target, how many files were taken, refused, died in a worker, and found.
        findings: one for each fault, however many files show it.
    """

    def __init__(
        self,
        targets: Mapping[str, Target],
        corpus: Path,
        tell: Callable[[str], None],
        seconds_to_shrink: float = SECONDS_TO_SHRINK,
    ) -> None:
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in targets}
        self.findings: list[Finding] = []
        self._targets, self._corpus, self._tell = targets, corpus, tell
        self._seconds_to_shrink = seconds_to_shrink
        self._reader = Reader(targets)

    def run(self, seconds: float, first_seed: int = 0) -> None:
        """Hunt for so long; what lies in the corpus is tried first."""
        try:
            self._reader.begin()
            end = time.monotonic() + seconds
            for place, name in enumerate(self._targets):
                share = (end - time.monotonic()) / (len(self._targets) - place)
                self._hunt(name, time.monotonic() + share, first_seed)
        finally:
            self._reader.end()

    def _hunt(self, name: str, until: float, number: int) -> None:
        kept = sorted((self._corpus / name).glob("*"))
        for file in kept:
            outcome = self._read(name, file.read_bytes())
            if outcome.kind == "found":
                self._keep(name, outcome, file.read_bytes())
        seeds = [*self._targets[name].seeds(), *(file.read_bytes() for file in kept)]
        for content in seeds:
            outcome = self._read(name, content)
            if outcome.kind == "found":
                self._keep(name, outcome, content)
        while time.monotonic() < until:
            self._round(name, seeds, until, number)
            number += 1

    def _read(self, name: str, content: bytes) -> Outcome:
        outcome = self._reader.read(name, content)
        self.counts[name][outcome.kind] += 1
        return outcome

    def _round(self, name: str, seeds: list[bytes], until: float, number: int) -> None:
        """Some files; ends with the first that shows a fault that was not known, once it is small."""
        known = {finding.what for finding in self.findings if finding.target == name}
        least: dict[str, tuple[bytes, Outcome]] = {}
        began: list[float] = []

        def try_one(content: bytes) -> None:
            if time.monotonic() > (began[0] + self._seconds_to_shrink if began else until):
                raise _EnoughError
            outcome = self._read(name, content)
            if outcome.kind != "found" or outcome.what in known:
                return
            began[:] = began or [time.monotonic()]
            if outcome.what not in least or len(content) <= len(least[outcome.what][0]):
                least[outcome.what] = (content, outcome)
            raise _FoundError(outcome.what)

        strategy = changed_sounds if self._targets[name].is_sound else changed
        hunted = settings(
            max_examples=A_ROUND,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
        )(seed(number)(given(strategy(seeds))(try_one)))
        with contextlib.suppress(_FoundError, _EnoughError, Flaky):  # flaky: the same file did no harm the next time
            hunted()
        for content, outcome in least.values():
            self._keep(name, outcome, content)

    def _keep(self, name: str, outcome: Outcome, content: bytes) -> None:
        if any((one.target, one.what) == (name, outcome.what) for one in self.findings):
            return
        file = self._corpus / name / hashlib.sha256(content).hexdigest()[:12]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self.findings.append(Finding(name, outcome.what, outcome.words, file))
        self._tell(f"{name}: {outcome.what} ({len(content):,} bytes): make fuzz AGAIN={file}")
        self._tell(outcome.words)

    def table(self) -> str:
        """Counts by target."""
        rows = [("target", "files", *KINDS)]
        rows += [
            (name, f"{count.total():,}", *(f"{count[kind]:,}" for kind in KINDS)) for name, count in self.counts.items()
        ]
        total = sum(self.counts.values(), Counter())
        rows.append(("together", f"{total.total():,}", *(f"{total[kind]:,}" for kind in KINDS)))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(
                [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
            )
            for row in rows
        )
