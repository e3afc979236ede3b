"""Reports as rules make them, and what stands in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from workflow_scripts.report.drawing.asking import asking
from workflow_scripts.report.drawing.folder import draw_pictures
from workflow_scripts.report.drawing.told import write_told
from workflow_scripts.report.pages.of_all import write_report_of_all
from workflow_scripts.report.pages.page import write_report
from workflow_scripts.settings.places import Places


def draw(catalogue: Path, results: Path, dataset: str | None = None) -> None:
    """Draw the pictures of a dataset, or those of the run."""
    places = Places(str(results))
    room, folder = ("pictures", places.pictures(dataset)) if dataset else ("pictures_of_all", places.pictures_of_all)
    with asking(catalogue, dataset) as ask:
        draw_pictures(room, ask, Path(folder))


def make_report(catalogue: Path, dataset: str, results: Path) -> Path:
    """Write the page of a dataset and its card, with the pictures that were drawn; the page."""
    places = Places(str(results))
    pictures, page = Path(places.pictures(dataset)), Path(places.report(dataset))
    _have_pictures(pictures)
    write_report(catalogue, dataset, pictures, page, Path(places.card(dataset)))
    return page


def make_report_of_all(catalogue: Path, results: Path) -> Path:
    """The page that leads to all, likewise."""
    places = Places(str(results))
    pictures, page = Path(places.pictures_of_all), Path(places.report_of_all)
    _have_pictures(pictures)
    write_report_of_all(catalogue, pictures, page)
    return page


def _have_pictures(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True)
        write_told([], folder)


@dataclass
class Tag:
    """An element of a page, with the text in it, that of elements below it too."""

    name: str
    attributes: dict[str, str]
    below: list["Tag | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(self._raw.split())

    @property
    def _raw(self) -> str:
        return "".join(one if isinstance(one, str) else one._raw for one in self.below)

    def all(self, name: str, **attributes: str) -> list["Tag"]:
        """Those below of a name, with these attributes, in their order."""
        found = []
        for one in self.below:
            if isinstance(one, Tag):
                if one.name == name and attributes.items() <= one.attributes.items():
                    found.append(one)
                found += one.all(name, **attributes)
        return found

    def one(self, name: str, **attributes: str) -> "Tag":
        [found] = self.all(name, **attributes)
        return found

    def every(self) -> list["Tag"]:
        return [found for one in self.below if isinstance(one, Tag) for found in (one, *one.every())]

    def rows(self) -> list[list[str]]:
        """Of a table: the texts of its rows, without its head."""
        [body] = self.all("tbody")
        return [[one.text for one in row.below if isinstance(one, Tag)] for row in body.all("tr")]


class _Parser(HTMLParser):
    VOID = ("meta", "link", "br", "img", "input", "hr", "wbr")

    def __init__(self) -> None:
        super().__init__()
        self.open = [Tag("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Tag(tag, {name: value or "" for name, value in attrs})
        self.open[-1].below.append(made)
        if tag not in self.VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].below.append(Tag(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].below.append(data)


def parsed(page: Path) -> Tag:
    """A page; every element that is opened is closed in its place."""
    parser = _Parser()
    parser.feed(page.read_text(encoding="utf-8"))
    assert len(parser.open) == 1
    return parser.open[0]
