"""What a report says first: which clips share their sound with another split or dataset, and what was compared."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.catalogue.by_hand import ROOT, Row, catalogue_of, clip
from tests.report.hostile import SCRIPT
from tests.report.made_reports import Tag, make_report, parsed

NUMBERS = dict.fromkeys(("ordinal", "media", "served", "usable", "orphans"), 0)
ROOTS = [{"root": ROOT, "path": "/audio", "holds": "clips", **NUMBERS}]


def heard(name: str, **more: object) -> Row:
    """A clip that a file of its own serves."""
    return clip(name, root=ROOT, path=f"{name}.wav", whole_media=True, duration_s=10.0, peak=0.5, **more)


def said(*names: str) -> dict[str, list[str]]:
    return {"class_ids": list(names), "class_names": [name.title() for name in names]}


def pair(a: str, split_a: str, b: str, split_b: str, **more: object) -> Row:
    """Two clips of one sound, each as dataset/clip_id."""
    (dataset_a, clip_a), (dataset_b, clip_b) = a.split("/"), b.split("/")
    return {
        "dataset_a": dataset_a, "clip_id_a": clip_a, "split_a": split_a, "dataset_b": dataset_b, "clip_id_b": clip_b,
        "split_b": split_b, "how": "sound", "offset_s": -2.5, "overlap_s": 7.5, "start_a_s": 0.0, "error_rate": 0.125,
        "score": 40.0, **more,
    }  # fmt: skip


DATASETS = {
    "mine": {
        "clips": [
            heard("a", **said("dog")),
            heard("b", split="eval", **said("cat")),
            heard("c", split="eval", **said("dog")),
            heard("d", split="balanced_train", **said("dog")),
            heard("quiet", split="eval"),
            heard("hum", split="eval"),
            heard("zero") | {"peak": 0.0},
            clip("gone", status="missing", usable=False, trainable=False),
        ],
        "classes": [{"class_id": one, "name": one.title()} for one in ("dog", "cat")],
        "roots": ROOTS,
    },
    "theirs": {
        "clips": [heard("t", split="test", **said("dog"))],
        "classes": [{"class_id": "dog", "name": "Dog"}],
        "roots": ROOTS,
    },
    "alone": {"clips": [heard("x")], "roots": ROOTS},
}
CHECKS = [
    {"path": f"{name}.wav", "peak": 0.0 if name == "zero" else 0.5, "pcm_digest": name * 3}
    for name in ("a", "b", "c", "d", "quiet", "hum", "zero", "t", "x")
]
SAMPLES = {"how": "samples", "offset_s": 0.0, "overlap_s": 10.0, "error_rate": 0.0, "score": None}
MATCHES = {
    "same_sound": [
        pair("mine/a", "train", "mine/b", "eval"),
        pair("mine/a", "train", "mine/d", "balanced_train", **SAMPLES),
        pair("mine/c", "eval", "theirs/t", "test", **SAMPLES),
        pair("far/f", SCRIPT, "mine/b", "eval", overlap_s=9.0),
    ],
    "skipped_sounds": [
        {"sound": sound, "reason": reason}
        for sound, reason in (("quiet" * 3, "silent"), ("hum" * 3, "steady"), ("far/g", "too_short"))
    ],
    "foreign_clips": [
        {"dataset": "far", "clip_id": one, "split": "eval", "file": "far.parquet", "duration_s": 10.0} for one in "fg"
    ],
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("same")
    catalogue_of(folder, DATASETS, CHECKS, MATCHES).close()
    return folder / "results/catalog.duckdb"


@pytest.fixture(scope="module")
def page(catalogue: Path, tmp_path_factory: pytest.TempPathFactory) -> Tag:
    return parsed(make_report(catalogue, "mine", tmp_path_factory.mktemp("page")))


def test_the_report_leads_with_it(page: Tag) -> None:
    first = page.one("section", id="decisions").all("article")[0]
    assert first.attributes["id"] == "same_sound"
    assert first.one("h3").text == "Sound that another split or dataset has too: 3 usable clips (43 %)"
    assert first.all("p")[0].text == (
        "Clips that share their sound: 2 with another split, 1 with far and 1 with theirs; 1 by the same samples, 2 by "
        "fingerprint. Of 3 pairs of clips 1 carry labels that disagree. The sound of 4 clips was compared, with one "
        "another and with 3 clips of other datasets; that of 4 could not be: 2 silent, or nearly so, 1 without "
        "sound that decodes and 1 alike all along, as tones and steady noise are."
    )


def test_clips_are_counted_by_whom_they_share_it_with_and_how(page: Tag) -> None:
    """Two splits that are both trained on are no leak."""
    clips, splits, _, compared = (table.rows() for table in page.one("article", id="same_sound").all("table"))
    assert clips == [
        ["any of these", "3", "3", "1", "2"],
        ["another split", "2", "2", "0", "2"],
        ["far", "1", "1", "0", "1"],
        ["theirs", "1", "1", "1", "0"],
    ]
    assert splits == [
        ["eval", "far", SCRIPT, "1", "1", "0", "1", "0"],
        ["eval", "mine", "train", "1", "1", "0", "1", "1"],
        ["eval", "theirs", "test", "1", "1", "1", "0", "0"],
    ]
    assert compared[-1][1:] == ["0", "1"], "of other files"
    assert [row[0].split(":")[0] for row in compared] == ["compared", "silent", "no_sound", "steady", "too_short"]


def test_the_worst_pairs_are_those_whose_labels_disagree_then_those_that_share_most(page: Tag) -> None:
    """Seen from the clip of the dataset: what is at 0 s in the other is at so many seconds in it."""
    table = page.one("article", id="same_sound").all("table")[2]
    assert table.one("caption").text.startswith("3 pairs, 1 of which with labels that disagree")
    assert table.rows() == [
        ["b", "mine/a", "eval, train", "7.50", "2.50", "12 %", "Cat", "Dog"],
        ["c", "theirs/t", "eval, test", "10.00", "0.00", "0 %", "Dog", "Dog"],
        ["b", "far/f", f"eval, {SCRIPT}", "9.00", "2.50", "12 %", "Cat", ""],
    ]
    links = [link.attributes["href"] for link in page.one("article", id="same_sound").all("a")]
    review = "../review/index.html#"
    assert {f"{review}clip=b", f"{review}clip=c", f"{review}finding=same_sound&split=eval"} <= set(links)
    assert links[-1] == f"{review}finding=same_sound"


def test_the_sql_beside_each_table_gives_it(page: Tag, catalogue: Path) -> None:
    import duckdb

    article = page.one("article", id="same_sound")
    with closing(duckdb.connect(str(catalogue), read_only=True)) as shell:
        for table, code in zip(article.all("table"), article.all("code")[-4:], strict=True):
            assert len(shell.execute(code.text).fetchall()) == len(table.rows())


def test_where_nothing_is_shared_a_sentence_says_what_was_compared(catalogue: Path, tmp_path: Path) -> None:
    page = make_report(catalogue, "alone", tmp_path)
    section = parsed(page).one("section", id="decisions")
    sentence = (
        "No clip shares its sound with one of another split or dataset. The sound of 1 clip was compared, with one "
        "another and with 6 clips of other datasets."
    )
    assert section.one("p", id="same_sound").text == sentence
    assert section.all("article", id="same_sound") == []
    assert f"- {sentence}" in (page.parent / "README.md").read_text()
    assert section.text.count("sound that another split or dataset has too") == 1, "of its SQL, not of nothing at all"


def test_the_card_tells_of_it_too(page: Tag, catalogue: Path, tmp_path: Path) -> None:
    text = (make_report(catalogue, "mine", tmp_path).parent / "README.md").read_text()
    assert "**Sound that another split or dataset has too: 3 usable clips (43 %).** Clips that share" in text
