"""What a page tells of its cards: of all of them what filters ask for, column by column; of a pack's the rest."""

from collections.abc import Iterable
from typing import Any

from workflow_scripts.review.form import DARK

MEASURES = (
    "duration_s",
    "sample_rate",
    "channels",
    "channel_layout",
    "format",
    "subtype",
    "loudness_lufs",
    "rms_dbfs",
    "peak",
    "clipped_fraction",
    "silent_fraction",
    "bandwidth_hz",
)
ABOUT = ("start_s", "end_s", "licence", "source_url", "path", "member", "error_kind", "error", "failed", "pcm_digest")
MADE = ("sound", "seconds", "peaks", "spectrogram", "highest_hz")
SAME = (
    "dataset", "clip", "split", "status", "how", "from_s", "other_from_s", "overlap_s", "error_rate", "others",
    "labels", "captions", "here", "there", "why",
)  # fmt: skip
"""What is told of another clip that has the same sound: of the other, of what they share, what is played of the two."""
STILL = ("still", "still_width", "still_height", "brightness", "no_still")
_DIGEST_BEGINS = 8
"""So much of a digest tells a clip's sound from another that it had."""
_DIGITS = 6
"""Of numbers that nobody reads more of."""


class Cards:
    """The cards of a page.

    Args:
        dataset: its name.
        classes: id and name of all that may be said of a clip.
    """

    def __init__(self, dataset: str, classes: Iterable[tuple[str, str]]) -> None:
        self._dataset = dataset
        self._classes = Ordinals(classes)
        self._packs, self._splits, self._statuses, self._findings = Ordinals(), Ordinals(), Ordinals(), Ordinals()
        self._columns: dict[str, list[Any]] = {
            name: [] for name in ("id", "pack", "split", "status", "classes", "findings", "captions", "sound", "doubt")
        }
        self._details: dict[str, dict[str, Any]] = {}

    def add(self, row: dict[str, Any]) -> None:
        """Take in the next card: what told.sql says of a clip, with what was made of it."""
        annotated = dict.fromkeys((one["id"], one["name"]) for one in row["labels"] if one["origin"] == "annotated")
        card = {
            "id": row["clip_id"],
            "pack": self._packs.of(row["pack"]),
            "split": self._splits.of(row["split"]),
            "status": self._statuses.of(row["status"]),
            "classes": [self._classes.of(said) for said in annotated],
            "findings": sorted({self._findings.of(name) for name, _ in _findings(row)}),
            "captions": [[one["ordinal"], one["text"]] for one in row["captions"]],
            "sound": (row["pcm_digest"] or "")[:_DIGEST_BEGINS],
            "doubt": row.get("doubt"),
        }
        for name, column in self._columns.items():
            column.append(card[name])
        self._details.setdefault(row["pack"], {})[row["clip_id"]] = self._detail(row)

    def index(self) -> dict[str, Any]:
        """What is told of all cards at once. Numbers stand for packs, splits, statuses, classes and findings.

        `sound` is the beginning of the digest of its media's samples, "" where there are none. `doubt` is there where
        any clip has some: the higher, the less its labels are to be believed.
        """
        doubts = any(doubt is not None for doubt in self._columns["doubt"])
        columns = {name: column for name, column in self._columns.items() if name != "doubt" or doubts}
        return {
            "dataset": self._dataset,
            "classes": self._classes.all,
            "packs": self._packs.all,
            "splits": self._splits.all,
            "statuses": self._statuses.all,
            "findings": self._findings.all,
            "cards": columns,
        }

    def of_pack(self, name: str) -> dict[str, Any]:
        """What else is told of the cards of a pack, by clip."""
        return self._details.get(name, {})

    def _detail(self, row: dict[str, Any]) -> dict[str, Any]:
        labels = [
            [self._classes.of((one["id"], one["name"])), one["onset_s"], one["offset_s"], one["origin"], one["value"]]
            for one in row["labels"]
        ]
        told = {name: _short(row.get(name)) for name in (*MEASURES, *ABOUT, *MADE, *STILL)}
        told = {name: value for name, value in told.items() if value is not None}
        same = [{name: _short(other.get(name)) for name in SAME} for other in row.get("same", ())]
        return {"labels": labels, "findings": _findings(row)} | told | ({"same": same} if same else {})


class Ordinals:
    """Values that are told by their numbers, from 0, in the order in which they came."""

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self._numbers: dict[Any, int] = {}
        for value in values:
            self.of(value)

    @property
    def all(self) -> list[Any]:
        """The values."""
        return list(self._numbers)

    def of(self, value: Any) -> int:
        """The number of a value.

        >>> letters = Ordinals("ab")
        >>> letters.of("b"), letters.of("c"), letters.all
        (1, 2, ['a', 'b', 'c'])
        """
        return self._numbers.setdefault(value, len(self._numbers))


def _findings(row: dict[str, Any]) -> list[list[str]]:
    """What is odd about a clip, and why: those of the view `findings`, who has its sound, what its picture shows."""
    found = [[one["finding"], one["detail"]] for one in row["findings"]]
    if others := row.get("same"):
        first, more = others[0], others[0]["others"] - 1
        words = f"that of {first['dataset']}/{first['clip']} of {first['split']}"
        found.append(["same_sound", f"{words} and of {more:,} more" if more else words])
    if (brightness := row.get("brightness")) is not None and brightness < DARK:
        found.append(["dark_picture", f"mean brightness {brightness:.3f} of white, below {DARK}"])
    return found


def _short(value: Any) -> Any:
    return round(value, _DIGITS) if isinstance(value, float) else value
