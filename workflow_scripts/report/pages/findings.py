"""What would change a training decision: what is counted, in which words it is said, in the order of a page."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from workflow_scripts.report.drawing.words import counted
from workflow_scripts.report.pages.asked import Ask, answer
from workflow_scripts.report.pages.decision import Decision
from workflow_scripts.report.pages.facts import DatasetFacts
from workflow_scripts.report.pages.label_decisions import label_decisions
from workflow_scripts.report.pages.same_sound import same_sound
from workflow_scripts.report.pages.tables import count, in_hours, named, page_table, text
from workflow_scripts.report.pages.words import FINDINGS, SHARED_BY


@dataclass(frozen=True)
class Oddity:
    """Findings of clips that are told together; of some, other datasets of the run have a say (`across`)."""

    findings: tuple[str, ...]
    title: str
    means: str
    none: str
    across: bool = False


LEAKS = Oddity(
    ("leaked",),
    "Leaks across splits",
    "They share a video, a publication, a file, samples, sound or a recording session with a clip of another split, so "
    "that a model has heard what it is asked about. `augment_splits` in the dataset file parts them, for exports that "
    "say `split_by: assigned`.",
    "leaks across splits",
)
ODDITIES = (
    Oddity(
        ("duplicate",),
        "Duplicates",
        "Another file of the run holds the same samples: what is there twice weighs twice.",
        "duplicates",
        across=True,
    ),
    Oddity(
        ("upsampled",),
        "Sound that ends low for its sample rate",
        "It ends below 0.3 of its sample rate, as sound does that was brought up from a lower rate, or that is low by "
        "nature. Listen to some before you train at the full rate.",
        "upsampled sound",
    ),
    Oddity(
        ("dual_mono", "one_sided"),
        "Fake stereo",
        "Two channels with the sound of one. A model of stereo learns nothing about space from them.",
        "fake stereo",
    ),
    Oddity(
        ("silent",),
        "Silence",
        "Below -60 dB of full scale from start to end: right where a label says so, and else nothing to learn from.",
        "silence",
    ),
    Oddity(
        ("clipped",),
        "Clipping",
        "More than 1 % of the samples of the file stand at full scale.",
        "clipping",
    ),
    Oddity(
        ("not_as_declared",),
        "Other than its source declares",
        "Its duration or its sample rate is another than its source says: another recording may lie under its name.",
        "sound that is other than its source declares",
    ),
    Oddity(
        ("caption_generic", "caption_junk", "caption_empty", "caption_repeated"),
        "Vague captions",
        "They say nothing, too little, or what is said of other clips too. How often each kind is right stands in "
        "docs/captions.md.",
        "vague captions",
    ),
    Oddity(
        ("caption_language", "caption_contradicts", "caption_unfit"),
        "Captions that do not fit",
        "They are in another language than most, name a source that all labels of the clip exclude, or score low with "
        "the sound, where a model was asked (`caption_fit`).",
        "captions that do not fit",
        across=True,
    ),
)
"""In the order of a page, after what concerns splits."""


def decisions(ask: Ask, ask_all: Ask, facts: DatasetFacts) -> Iterator[Decision]:
    """All that is looked for, whether there is any of it or not.

    Args:
        ask: the catalogue, of the dataset.
        ask_all: that of all datasets.
        facts: of the dataset.
    """
    yield same_sound(ask_all, facts)
    yield _leaks(ask, facts)
    yield _overlap(ask_all, facts)
    yield _classes(
        ask,
        facts,
        "classes_not_evaluated",
        "Classes without clips to evaluate on",
        "They are trained on, and no other split holds a clip of them: how well they are learned, nobody can say.",
        "classes without clips to evaluate on",
    )
    yield _classes(
        ask,
        facts,
        "classes_not_trained",
        "Classes that are evaluated and not trained on",
        "No split whose name says that it is trained on holds a clip of them that can be.",
        "classes that are evaluated and not trained on",
    )
    yield from label_decisions(ask, facts)
    yield from (_oddity(ask_all if oddity.across else ask, facts, oddity) for oddity in ODDITIES)
    yield _licences(ask, facts)


def _leaks(ask: Ask, facts: DatasetFacts) -> Decision:
    decision = _oddity(ask, facts, LEAKS)
    columns = {
        "shared_by": named("What is shared", SHARED_BY),
        "authors": count("Things in several splits"),
        "authors_clips": count("Clips of these"),
        "assigned": count("With care, as assigned"),
        "folds": count("With care, in folds"),
    }
    shared = answer(ask, "leakage", dataset=facts.dataset)
    table = page_table(shared, "What splits share: as their authors have them, and with care", columns)
    return replace(decision, tables=(*decision.tables, table)) if decision.number else decision


def _oddity(ask: Ask, facts: DatasetFacts, oddity: Oddity) -> Decision:
    """Of clips: how many usable ones have one of its findings; of all, where none is usable."""
    by = "finding" if len(oddity.findings) > 1 else "split"
    found = answer(ask, f"clips_by_{by}", dataset=facts.dataset, findings=oddity.findings)
    _, clips, usable, *_ = found.rows.row(0)
    number = facts.share_of(clips, usable)
    columns = {
        by: named("Finding", FINDINGS) if by == "finding" else text("Split"),
        "clips": count("Clips"),
        "usable": count("Usable"),
        "for_example": text("For example"),
        "why": text("What was found there"),
    }

    def link(row: dict[str, str]) -> str:
        """A review page shows clips of one finding; its clips of all splits are those of no split."""
        if by == "finding":
            return urlencode({"finding": row[by]}) if row[by] in oddity.findings else ""
        only = {} if row[by] == "all splits" else {"split": row[by]}
        return urlencode({"finding": oddity.findings[0], **only})

    table = page_table(found, f"{oddity.title}, by {by}", columns, (by, f"{by}s"), link)
    first = next(filter(None, table.links), "")
    return Decision(oddity.findings[0], oddity.title, number, oddity.means, oddity.none, (table,), first)


def _overlap(ask_all: Ask, facts: DatasetFacts) -> Decision:
    """Of clips, each counted once; of splits one row for each of what they share, by whatever that is known."""
    found = answer(ask_all, "overlap", dataset=facts.dataset)
    columns = {
        "split": text("Split"),
        "other_dataset": text("Other dataset"),
        "other_split": text("Split of that"),
        "shared_by": text("Known by"),
        "media": count("Media in both"),
        "clips": count("Clips of these here"),
    }
    pairs = page_table(found, "Splits of this and of other datasets that share media", columns, ("pair", "pairs"))
    number, tables = "", [pairs]
    if pairs.rows:
        clips = answer(ask_all, "overlap_clips", dataset=facts.dataset)
        _, having, usable = clips.rows.row(0)
        number = facts.share_of(having, usable)
        columns = {
            "other_dataset": text("Other dataset"),
            "clips": count("Clips of this one"),
            "usable": count("Usable"),
        }
        table = page_table(clips, "Clips whose media other datasets have", columns, ("dataset", "datasets"))
        tables = [table, pairs]
    return Decision(
        "overlap",
        "Media that other datasets have too",
        number,
        "Who trains on the one and evaluates on the other has heard these before.",
        "media that other datasets of the run have too",
        tuple(tables),
    )


def _classes(ask: Ask, facts: DatasetFacts, name: str, title: str, means: str, none: str) -> Decision:
    found = answer(ask, name, dataset=facts.dataset)
    classes = counted(len(found.rows), "class", "classes")
    number = (
        f"{classes} of {facts.classes_said:,} that are said of clips or of parts of them" if len(found.rows) else ""
    )
    columns = {"class": text("Class"), "trainable": count("Trainable clips"), "splits": text("In splits")}
    table = page_table(found, title, columns, ("class", "classes"), _of_class)
    return Decision(name, title, number, means, none, (table,))


def _of_class(row: dict[str, str]) -> str:
    return urlencode({"class": row["class_id"]})


def _licences(ask: Ask, facts: DatasetFacts) -> Decision:
    found = answer(ask, "licences", dataset=facts.dataset)
    columns = {
        "licence": text("Licence"),
        "says": text("Commercial use"),
        "clips": count("Clips"),
        "usable": count("Usable"),
        "hours": in_hours("Hours"),
    }
    return Decision(
        "licences",
        "Licences that forbid commercial use, or that nobody knows",
        facts.share_of(sum(found.rows["clips"]), sum(found.rows["usable"])),
        "`licences` beside an export keeps such clips out of it.",
        "clips whose licence forbids commercial use or is not known",
        (page_table(found, "Clips by licence", columns, ("licence", "licences")),),
    )
