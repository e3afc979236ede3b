"""The page of a dataset: what is text stays text, and what is not there is said."""

import itertools
import re
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import yaml

from tests.catalogue.by_hand import ROOT, catalogue_of, clip
from tests.report.drawn import datasets
from tests.report.hostile import ARABIC, IMAGE, LONG, NASTY, QUOTES, SCRIPT, make_hostile
from tests.report.made_reports import Tag, draw, make_report, make_report_of_all, parsed

ALLOWED = """
    html head meta title style body a header h1 h2 h3 h4 p code nav ul li main section article div span strong dl dt dd
    details summary pre table caption thead tbody tr th td bdi wbr figure figcaption footer
    svg g path text title desc defs lineargradient stop clippath rect line tspan
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def made(hostile: Path) -> Path:
    draw(hostile, hostile.parent, "mine")
    return make_report(hostile, "mine", hostile.parent)


@pytest.fixture(scope="module")
def page(made: Path) -> Tag:
    return parsed(made)


def test_names_are_no_elements_and_no_attributes(page: Tag) -> None:
    for tag in page.every():
        assert tag.name in ALLOWED.split()
        assert not [name for name in tag.attributes if name.startswith("on") or name in ("src", "autofocus")]
    assert IMAGE in page.text
    assert SCRIPT in page.text
    assert ARABIC in page.text
    assert QUOTES in page.text, "what looks like a template is none"


def test_what_turns_a_line_around_or_cannot_be_seen_is_shown_as_such(made: Path, page: Tag) -> None:
    text = made.read_text(encoding="utf-8")
    assert not re.findall("[\u202a-\u202e\u2028\x00-\x08\x0b-\x1f]", text)
    assert "dog\ufffdgod" in text
    assert LONG[:150] in page.text
    assert LONG not in page.text


def test_links_lead_to_the_review_page_and_are_whole(page: Tag) -> None:
    links = [tag.attributes["href"] for tag in page.every() if tag.name == "a"]
    below = [link.partition("#") for link in links if link.startswith("../review/index.html#")]
    said = [parse_qs(hashed, strict_parsing=True) for _, _, hashed in below]
    assert {"class": [SCRIPT]} in said
    assert {"finding": ["dual_mono"]} in said
    assert {"status": ["unreadable"]} in said
    kinds = {("finding",), ("finding", "split"), ("class",), ("status",), ("split",), ("clip",)}
    assert {tuple(one) for one in said} <= kinds
    ids = {tag.attributes["id"] for tag in page.every() if "id" in tag.attributes}
    assert {link[1:] for link in links if link.startswith("#")} <= ids
    assert {link for link in links if not link.startswith("#") and "#" not in link} == {
        "../../report/index.html",
        "../review/index.html",
    }


def test_it_says_how_the_page_is_made_that_its_first_link_leads_to(page: Tag) -> None:
    [hint] = page.all("p", **{"class": "hint"})
    first = next(tag for tag in page.one("main").every() if tag.name == "a")
    assert hint.one("a") == first
    assert first.attributes["href"] == "../review/index.html"
    assert hint.one("code").text == "snakemake review"


def test_it_says_truly_where_its_numbers_are_from(page: Tag, hostile: Path, tmp_path: Path) -> None:
    """Whatever the folder of the results is called, and of exports too, whose numbers are in no catalogue."""
    foot = page.one("footer").text
    assert "catalog.duckdb" in foot
    assert "results/" not in foot
    assert "accounts" in foot
    assert "every number" not in parsed(make_report_of_all(hostile, tmp_path)).one("footer").text + foot


def test_every_id_stands_there_once_and_headings_are_in_order(page: Tag) -> None:
    ids = [tag.attributes["id"] for tag in page.every() if "id" in tag.attributes]
    assert len(set(ids)) == len(ids)
    levels = [int(tag.name[1]) for tag in page.every() if re.fullmatch(r"h\d", tag.name)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_big_tables_are_cut_and_say_by_how_much(tmp_path: Path) -> None:
    classes = [{"class_id": f"c{n:02}", "name": f"class {n}", "class_index": n} for n in range(33)]
    page = parsed(make_report(datasets(tmp_path, mine={"clips": [clip("a")], "classes": classes}), "mine", tmp_path))
    [table] = [
        table
        for table in page.all("table")
        if table.one("caption").text.startswith("Classes that are said of the fewest")
    ]
    assert [row[0] for row in table.rows()] == [f"class {n}" for n in range(20)]
    assert "… and 13 classes more, which the SQL gives." in page.text


def test_a_dataset_of_nothing_has_a_page_too(hostile: Path, tmp_path: Path) -> None:
    page = parsed(make_report(hostile, "empty", tmp_path))
    first = page.one("section", id="usable").all("p")[0].text
    assert first.startswith("Of 0 clips that the labels promise, 0 (0 %) are usable")
    assert "Nothing is lost." in page.text
    assert page.all("article") == []


def test_without_usable_clips_findings_are_counted_among_all(tmp_path: Path) -> None:
    lost = {"status": "missing", "usable": False, "trainable": False}
    clips = [clip("a", media_key="v", **lost), clip("b", media_key="v", split="eval", **lost), clip("c", **lost)]
    page = parsed(make_report(datasets(tmp_path, mine={"clips": clips}), "mine", tmp_path))
    assert page.one("article", id="leaked").one("h3").text == "Leaks across splits: 2 clips (67 %)"


def test_media_of_other_datasets_are_told_of_and_theirs_alone(tmp_path: Path) -> None:
    url = "https://youtu.be/AAAAAAAAAAA"
    mine = [clip("a", source_url=url), clip("b", split="eval", source_url=url)]
    theirs = [clip("c", split="test", source_url=url)]
    third = [clip("d", source_url=url.replace("A", "B"))]
    catalogue = datasets(tmp_path, mine={"clips": mine}, theirs={"clips": theirs}, third={"clips": third})
    page = parsed(make_report(catalogue, "mine", tmp_path))
    rows = page.one("article", id="overlap").all("table")[1].rows()
    assert rows == [["eval", "theirs", "test", "youtube", "1", "1"], ["train", "theirs", "test", "youtube", "1", "1"]]
    assert parsed(make_report(catalogue, "third", tmp_path)).all("article", id="overlap") == []


def test_a_duplicate_in_another_dataset_counts_as_the_sql_beside_it_does(tmp_path: Path) -> None:
    tables, checks = {}, []
    for dataset, name in (("mine", "a"), ("theirs", "b")):
        served = {"root": ROOT, "path": f"{name}.wav", "media_path": f"/{name}.wav", "whole_media": True, "peak": 0.5}
        root = {
            "root": ROOT,
            "ordinal": 0,
            "path": "/",
            "holds": "clips",
            "media": 2,
            "served": 1,
            "usable": 1,
            "orphans": 1,
        }
        tables[dataset] = {"clips": [clip(name, **served)], "roots": [root]}
        checks.append({"path": f"{name}.wav", "peak": 0.5, "pcm_digest": "a" * 32})
    with closing(catalogue_of(tmp_path, tables, checks)) as catalogue:
        article = parsed(make_report(tmp_path / "results/catalog.duckdb", "mine", tmp_path)).one(
            "article", id="duplicate"
        )
        rows = catalogue.execute(article.one("code").text).fetchall()
    assert article.one("h3").text == "Duplicates: 1 usable clip (100 %)"
    assert [[str(value) for value in row] for row in rows] == article.one("table").rows()


def test_a_clip_is_counted_once_however_many_have_it_and_by_whatever_it_is_known(tmp_path: Path) -> None:
    """Two other datasets have it in two splits each, by its video and by its samples: eight rows of the overlap."""
    url, file = "https://youtu.be/AAAAAAAAAAA", {"root": ROOT, "path": "a.wav", "whole_media": True, "peak": 0.5}
    lost = {"usable": False, "trainable": False, "status": "truncated"}
    mine = [clip("a", source_url=url, **file), clip("b", source_url=url, **lost), clip("c")]
    other = {"clips": [clip("a", source_url=url, **file), clip("b", split="eval", source_url=url, **file)]}
    checks = [{"path": "a.wav", "pcm_digest": "f" * 32, "peak": 0.5}]
    catalogue_of(tmp_path, {"mine": {"clips": mine}, "one": other, "two": other}, checks).close()
    article = parsed(make_report(tmp_path / "results/catalog.duckdb", "mine", tmp_path)).one("article", id="overlap")
    assert article.one("h3").text == "Media that other datasets have too: 1 usable clip (50 %)"
    assert article.all("table")[0].rows() == [
        ["any other dataset", "2", "1"],
        ["one", "2", "1"],
        ["two", "2", "1"],
    ]
    assert len(article.all("table")[1].rows()) == 8


def test_what_is_said_of_several_findings_of_one_clip_is_that_of_its_first(tmp_path: Path) -> None:
    """Of one clip there is one caption of each kind of vague, and only the order of their names tells them apart."""
    captions = [
        {"clip_id": "a", "ordinal": number, "text": text} for number, text in enumerate(["sound", "http://x", ""])
    ]
    catalogue = datasets(tmp_path, mine={"clips": [clip("a")], "captions": captions})
    [table] = parsed(make_report(catalogue, "mine", tmp_path)).one("article", id="caption_generic").all("table")
    first, *kinds = table.rows()
    assert len(kinds) == 3
    assert first[4] == min(kinds)[4]


def test_classes_that_are_evaluated_and_not_trained_on_are_named(tmp_path: Path) -> None:
    labels = [
        {"clip_id": one, "class_id": of, "class_name": of} for one, of in (("a", "dog"), ("b", "dog"), ("b", "cat"))
    ]
    tables = {
        "clips": [clip("a"), clip("b", split="eval"), clip("c", split="eval")],
        "labels": labels,
        "classes": [{"class_id": one, "name": one.title()} for one in ("dog", "cat")],
    }
    page = parsed(make_report(datasets(tmp_path, mine=tables), "mine", tmp_path))
    assert page.one("article", id="classes_not_trained").one("table").rows() == [["Cat", "1", "eval"]]
    assert page.all("article", id="classes_not_evaluated") == []


def test_what_reviewers_and_models_say_of_labels_is_told_by_class(tmp_path: Path) -> None:
    labels = [{"clip_id": one, "class_id": "dog"} for one in ("a", "b", "c")]
    doubts = [
        {"clip_id": "b", "class_id": "dog", "given": True, "score": 0.1, "kind": "label_doubted", "rank": 1},
        {"clip_id": "c", "class_id": "cat", "given": False, "score": 0.9, "kind": "label_missing", "rank": 2},
    ]
    tables = {
        "clips": [clip("a"), clip("b"), clip("c")],
        "labels": labels,
        "classes": [{"class_id": one, "name": one.title()} for one in ("dog", "cat")],
        "reviews": [{"clip_id": "a", "verdict": "keep", "line": 2}, {"clip_id": "b", "verdict": "drop", "line": 3}],
        "label_issues": doubts,
    }
    page = parsed(make_report(datasets(tmp_path, mine=tables), "mine", tmp_path))
    judged, doubted = (page.one("article", id=name) for name in ("label_quality", "label_issues"))
    assert judged.one("h3").text == "Labels that reviewers found wrong: 1 of 2 judged labels (50 %)"
    assert judged.one("table").rows() == [["Dog", "3", "2", "1", "50 %", "9.5 %", "90.5 %"]]
    assert doubted.one("h3").text == "Labels that a model doubts: 1 label doubted, 1 missing"
    assert doubted.one("table").rows() == [["Dog", "1", "0", "b"], ["Cat", "0", "1", "c"]]


def test_clips_that_reviews_dropped_are_told_apart_from_short_ones(tmp_path: Path) -> None:
    clips = [clip("a", trainable=False, verdict="drop"), clip("b", trainable=False), clip("c", verdict="keep")]
    page = parsed(make_report(datasets(tmp_path, mine={"clips": clips}), "mine", tmp_path))
    rows = page.one("section", id="usable").one("table").rows()
    assert [(row[0].split(":")[0], row[1]) for row in rows] == [("dropped", "1"), ("not_trainable", "1")]


def test_the_card_is_markdown_in_which_names_are_text(made: Path) -> None:
    _, head, body = (made.parent / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    assert yaml.safe_load(head)["license"] == "other"
    assert "<script" not in body.replace("\\<", "")
    assert r"a\|b \*\*c\*\* \[d\]" in body
    rows = [line for line in body.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {5, 6}
    assert len(NASTY) <= len(rows)


def test_the_page_of_all_names_every_dataset(hostile: Path, tmp_path: Path) -> None:
    page = parsed(make_report_of_all(hostile, tmp_path))
    assert [row[0] for row in page.one("table").rows()] == ["empty", "mine"]
