"""One thing that would change a training decision, as a page tells it."""

from dataclasses import dataclass

from workflow_scripts.report.pages.tables import PageTable


@dataclass(frozen=True)
class Decision:
    """One thing that would change a training decision.

    Attributes:
        name: of its place in the page.
        title: what it is.
        number: how much there is of it, with what is counted; "" where there is none.
        means: what that means for a training, in a sentence or two.
        none: what it is called in the list of what there is none of.
        tables: what was counted.
        link: of the clips, what stands behind `#` in the address of the review page; "" where it is not of clips.
        looked_at: what was, in a sentence that stands there even where there is none of it; "" where that is all.
    """

    name: str
    title: str
    number: str
    means: str
    none: str
    tables: tuple[PageTable, ...] = ()
    link: str = ""
    looked_at: str = ""
