"""Reports as rules make them, and what stands in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from workflow_scripts.report.drawing.asking import asking
from workflow_scripts.report.drawing.folder import draw_pictures
from workflow_scripts.report.pages.of_all import write_report_of_all
from workflow_scripts.report.pages.page import write_report
from workflow_scripts.settings.places import Places


def make_report(catalogue: Path, dataset: str, results: Path, has_review: bool = False) -> Path:
    """Draw the pictures of a dataset, if they are not there, and write its page and its card; the page."""
    places = Places(str(results))
    if not Path(places.pictures(dataset)).exists():
        with asking(catalogue, dataset) as ask:
            draw_pictures("pictures", ask, Path(places.pictures(dataset)))
    page = Path(places.report(dataset))
    write_report(catalogue, dataset, Path(places.pictures(dataset)), has_review, page, Path(places.card(dataset)))
    return page


def make_report_of_all(catalogue: Path, results: Path) -> Path:
    """The page that leads to all."""
    places = Places(str(results))
    with asking(catalogue) as ask:
        draw_pictures("pictures_of_all", ask, Path(places.pictures_of_all))
    write_report_of_all(catalogue, Path(places.pictures_of_all), Path(places.report_of_all))
    return Path(places.report_of_all)


@dataclass
class Tag:
    """An element of a page, with the text in it, that of elements below it too."""

    name: str
    attributes: dict[str, str]
    below: list["Tag | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(one if isinstance(one, str) else one.text for one in self.below).split())

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
    VOID = ("meta", "link", "br", "img", "input", "hr")

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
