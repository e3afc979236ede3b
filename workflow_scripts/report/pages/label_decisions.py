"""What reviewers and models say of labels, where there are any, as things that would change a training decision."""

from collections.abc import Iterator
from urllib.parse import urlencode

from workflow_scripts.report.drawing.words import counted, share
from workflow_scripts.report.pages.asked import Ask, answer
from workflow_scripts.report.pages.decision import Decision
from workflow_scripts.report.pages.facts import DatasetFacts
from workflow_scripts.report.pages.tables import count, page_table, text
from workflow_scripts.report.pages.tables import share as in_percent


def label_decisions(ask: Ask, facts: DatasetFacts) -> Iterator[Decision]:
    """By reviewers, then by models."""
    yield _judged(ask, facts)
    yield _doubted(ask, facts)


def _judged(ask: Ask, facts: DatasetFacts) -> Decision:
    found = answer(ask, "label_quality", dataset=facts.dataset)
    judged, wrong = int(found.rows["judged"].sum()), int(found.rows["wrong"].sum())
    columns = {
        "class": text("Class"),
        "labels": count("Labels"),
        "judged": count("Judged"),
        "wrong": count("Wrong"),
        "share": in_percent("Right"),
        "low": in_percent("At least"),
        "high": in_percent("At most"),
    }
    return Decision(
        "label_quality",
        "Labels that reviewers found wrong",
        f"{wrong:,} of {counted(judged, 'judged label')} ({share(wrong, judged)})" if judged else "",
        "Of the labels of each class that were judged, so many are right; in 95 of 100 such samples the share of all "
        "of its labels lies between the last two numbers.",
        "labels that reviewers judged",
        (page_table(found, "Classes by how many of their labels are right", columns, ("class", "classes"), _of_class),),
    )


def _doubted(ask: Ask, facts: DatasetFacts) -> Decision:
    found = answer(ask, "label_issues", dataset=facts.dataset)
    doubted, missing = int(found.rows["doubted"].sum()), int(found.rows["missing"].sum())
    columns = {
        "class": text("Class"),
        "doubted": count("Labels doubted"),
        "missing": count("Labels missing"),
        "for_example": text("Most doubtful"),
    }
    return Decision(
        "label_issues",
        "Labels that a model doubts",
        f"{counted(doubted, 'label')} doubted, {missing:,} missing" if doubted or missing else "",
        "By confident learning from `predictions`: the model is as sure of the contrary as it is elsewhere of what it "
        "gets right. Listen to the most doubtful first.",
        "labels that a model doubts",
        (page_table(found, "Classes by labels that a model doubts", columns, ("class", "classes"), _of_class),),
        urlencode({"order": "doubtful"}) if doubted or missing else "",
    )


def _of_class(row: dict[str, str]) -> str:
    return urlencode({"class": row["class_id"]})
