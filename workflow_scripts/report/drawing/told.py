"""What is told of the pictures of a folder: `pictures.json`. Imports nothing heavy: rules ask it too."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "pictures.json"


@dataclass(frozen=True)
class Exhibit:
    """One picture, or why there is none.

    Attributes:
        name: of its files, `<name>.svg`, `<name>.png`, and `<name>.txt` with the sentence, in the same folder.
        title: what stands above it.
        category: what it belongs to.
        sentence: what it shows, in numbers; None where there is none.
        reason: why there is none; None where there is one.
    """

    name: str
    title: str
    category: str
    sentence: str | None = None
    reason: str | None = None


def write_told(pictures: list[Exhibit], folder: Path) -> None:
    """Write what is told, in the order in which a page shows it."""
    text = json.dumps([asdict(one) for one in pictures], ensure_ascii=False, indent=1)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def read_told(folder: Path) -> list[Exhibit]:
    """What is told of the pictures of a folder, in their order.

    Raises:
        FileNotFoundError: none were drawn there.
    """
    return [Exhibit(**one) for one in json.loads((folder / FILE).read_text(encoding="utf-8"))]


def told_of(folder: str, picture: str) -> Exhibit:
    """What is told of one of them."""
    return next(one for one in read_told(Path(folder)) if one.name == picture)
