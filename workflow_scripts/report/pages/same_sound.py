"""What sound is shared under other names, as the first thing that would change a training decision."""

from urllib.parse import urlencode

from workflow_scripts.report.drawing.words import counted, listed, shown
from workflow_scripts.report.pages.asked import Answer, Ask, answer
from workflow_scripts.report.pages.decision import Decision
from workflow_scripts.report.pages.facts import DatasetFacts
from workflow_scripts.report.pages.tables import MOST_ROWS, PageTable, count, in_seconds, named, page_table, share, text
from workflow_scripts.report.pages.words import NOT_COMPARED

FINDING = "same_sound"
"""What the review page calls it."""
MOST_NAMED = 4
"""Datasets in a sentence."""


def same_sound(ask_all: Ask, facts: DatasetFacts) -> Decision:
    """Clips whose sound another split, or another dataset, has too; what was compared is said even if there are none.

    Args:
        ask_all: the catalogue of all datasets.
        facts: of the one.
    """
    clips = answer(ask_all, "same_sound_clips", dataset=facts.dataset)
    compared = answer(ask_all, "same_sound_compared", dataset=facts.dataset)
    _, shared, usable, *_ = clips.rows.row(0)
    tables, found = [_with(clips)], "No clip shares its sound with one of another split or dataset."
    if shared:
        splits = answer(ask_all, "same_sound_splits", dataset=facts.dataset)
        tables += [_splits(splits), _worst(ask_all, facts, splits)]
        found = _found(clips, splits)
    return Decision(
        FINDING,
        "Sound that another split or dataset has too",
        facts.share_of(shared, usable),
        "Encoded, cut or mixed otherwise, it has other digests and other names, and a model has heard what it is asked "
        "about. `without_leaks` at an export leaves out what its evaluation has too.",
        "sound that another split or dataset has too",
        (*tables, _compared(compared)),
        urlencode({"finding": FINDING}) if shared else "",
        f"{found} {_looked_at(compared)}",
    )


def _with(clips: Answer) -> PageTable:
    columns = {
        "shared_with": text("Shared with"),
        "clips": count("Clips"),
        "usable": count("Usable"),
        "samples": count("By the same samples"),
        "sound": count("By fingerprint"),
    }
    return page_table(clips, "Clips whose sound others have", columns, ("dataset", "datasets"))


def _splits(splits: Answer) -> PageTable:
    columns = {
        "split": text("Split"),
        "other_dataset": text("Dataset"),
        "other_split": text("Split of that"),
        "clips": count("Clips here"),
        "other_clips": count("Clips there"),
        "samples": count("Pairs by the same samples"),
        "sound": count("Pairs by fingerprint"),
        "disagree": count("Pairs whose labels disagree"),
    }
    caption = "Splits that share sound, two that are both trained on aside"
    return page_table(
        splits, caption, columns, ("pair", "pairs"), lambda row: urlencode({"finding": FINDING, "split": row["split"]})
    )


def _worst(ask_all: Ask, facts: DatasetFacts, splits: Answer) -> PageTable:
    pairs, disagree = _pairs(splits)
    columns = {
        "clip_id": text("Clip"),
        "other": text("Other clip"),
        "splits": text("Splits"),
        "overlap_s": in_seconds("Shared, s"),
        "offset_s": in_seconds("Offset, s"),
        "error_rate": share("Differs"),
        "labels": text("Labels"),
        "other_labels": text("Labels of the other"),
    }
    told = f"The {MOST_ROWS} worst of {pairs:,} pairs" if pairs > MOST_ROWS else counted(pairs, "pair")
    caption = f"{told}, {disagree:,} of which with labels that disagree: these first, then what shares most"
    worst = answer(ask_all, "same_sound_pairs", dataset=facts.dataset)
    return page_table(worst, caption, columns, link=lambda row: urlencode({"clip": row["clip_id"]}))


def _compared(compared: Answer) -> PageTable:
    columns = {
        "outcome": named("What became of it", NOT_COMPARED),
        "clips": count("Clips"),
        "others": count("Clips of other datasets"),
    }
    return page_table(compared, "Clips whose sound was compared, and others", columns)


def _pairs(splits: Answer) -> tuple[int, int]:
    """How many pairs there are, and of how many the labels disagree."""
    samples, sound, disagree = (int(splits.rows[name].sum()) for name in ("samples", "sound", "disagree"))
    return samples + sound, disagree


def _found(clips: Answer, splits: Answer) -> str:
    """With whom how many clips share their sound, and how that is known."""
    (_, _, _, samples, sound), *each = clips.rows.rows()
    having = [f"{shared:,} with {shown(name)}" for name, shared, *_ in each[:MOST_NAMED]]
    more = [f"some with {counted(len(each) - MOST_NAMED, 'more dataset')}"] if len(each) > MOST_NAMED else []
    pairs, disagree = _pairs(splits)
    return (
        f"Clips that share their sound: {listed([*having, *more])}; {samples:,} by the same samples, {sound:,} by "
        f"fingerprint. Of {counted(pairs, 'pair')} of clips {disagree:,} carry labels that disagree."
    )


def _looked_at(compared: Answer) -> str:
    """What was compared, and what was not."""
    counts = {outcome: (clips, others) for outcome, clips, others in compared.rows.rows()}
    clips, others = counts.pop("compared", (0, 0))
    left_out = [f"{many:,} {NOT_COMPARED[outcome]}" for outcome, (many, _) in counts.items() if many]
    with_others = f" and with {counted(others, 'clip')} of other datasets" if others else ""
    missed = sum(many for many, _ in counts.values())
    but = f"; that of {missed:,} could not be: {listed(left_out)}" if missed else ""
    return f"The sound of {counted(clips, 'clip')} was compared, with one another{with_others}{but}."
