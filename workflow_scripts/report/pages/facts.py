"""The numbers that a page, a card and a list of datasets have in common."""

from dataclasses import dataclass

from workflow_scripts.report.drawing.words import counted, share
from workflow_scripts.report.pages.asked import Ask, answer


@dataclass(frozen=True)
class DatasetFacts:
    """How much there is of a dataset.

    Attributes:
        dataset: its name.
        title: what its authors call it; its name where nobody knows.
        home: their page; None where nobody knows.
        known: what else the registry says of it.
        promised: clips.
        found: those of them that there is a file of.
        usable: clips.
        trainable: clips.
        hours: of sound that usable clips have.
        trainable_hours: and trainable ones.
        classes_said: classes that annotators said of any trainable clip.
        subset: in words, where the run asks for no more than a part of the dataset; None where it asks for all.
        sql: what gives most of these.
    """

    dataset: str
    title: str
    home: str | None
    known: dict[str, str]
    promised: int
    found: int
    usable: int
    trainable: int
    hours: float
    trainable_hours: float
    classes_said: int
    subset: str | None
    sql: str

    def share_of(self, clips: int, usable: int) -> str:
        """So many clips of it, and which share: of usable ones, where there are any; "" for none."""
        number, whole, kind = (usable, self.usable, "usable clip") if self.usable else (clips, self.promised, "clip")
        return f"{counted(number, kind)} ({share(number, whole)})" if number else ""


def facts_of(ask: Ask, dataset: str) -> DatasetFacts:
    """The facts of one dataset."""
    counts = answer(ask, "usable", dataset=dataset)
    classes = answer(ask, "classes_said", dataset=dataset).rows.item()
    [known] = answer(ask, "known", dataset=dataset).rows.to_dicts()
    title, home = known.pop("title") or dataset, known.pop("home")
    said = {name: value for name, value in known.items() if value}
    return DatasetFacts(
        dataset,
        title,
        home,
        said,
        **counts.rows.row(0, named=True),
        classes_said=classes,
        subset=subset_of(ask, dataset),
        sql=counts.sql,
    )


def subset_of(ask: Ask, dataset: str) -> str | None:
    """What part of a dataset the run asks for, in words, and how many rows of its lists of clips that are."""
    for wanted, kept, rows in answer(ask, "subset", dataset=dataset).rows.rows():
        return f"a subset ({wanted}): {kept:,} of {rows:,} rows"
    return None
