"""Asking the catalogue of one dataset, and of all."""

from pathlib import Path

import duckdb
import pytest

from tests.catalogue.by_hand import clip
from tests.report.drawn import datasets
from workflow_scripts.report.drawing.asking import asking


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    classes = [{"class_id": "dog", "name": "Dog"}]
    said = {"class_ids": ["dog"], "class_names": ["Dog"], "duration_s": 1.0 / 3}
    return datasets(
        tmp_path_factory.mktemp("asked"),
        birds={"clips": [clip("a", **said), clip("b", **said)], "classes": classes},
        cats={"clips": [clip("c", **said)], "classes": classes},
    )


def test_a_dataset_is_asked_as_if_there_were_no_other(catalogue: Path) -> None:
    with asking(catalogue, "birds") as ask:
        assert ask("SELECT clip_id FROM clips ORDER BY ALL")["clip_id"].to_list() == ["a", "b"]
        assert ask("SELECT dataset, annotated FROM clips_per_class").rows() == [("birds", 2)]


def test_all_are_asked_by_the_name_of_the_catalogue(catalogue: Path) -> None:
    with asking(catalogue, "birds") as ask:
        assert ask("SELECT count(*) AS clips FROM catalogue.clips")["clips"].item() == 3
    with asking(catalogue) as ask:
        assert ask("SELECT count(*) AS clips FROM clips")["clips"].item() == 3


def test_every_view_answers_of_one_dataset(catalogue: Path) -> None:
    with asking(catalogue, "cats") as ask:
        views = ask("SELECT view_name FROM duckdb_views() WHERE database_name = 'catalogue' AND NOT internal")
        for view in views["view_name"]:
            answer = ask(f"FROM {view}")
            if "dataset" in answer.columns and view not in ("board", "exports"):
                assert set(answer["dataset"]) <= {"cats"}, view


def test_parameters_are_text_and_nothing_else(catalogue: Path) -> None:
    with asking(catalogue, "birds") as ask:
        assert ask("SELECT $text AS text", text="'; DROP VIEW clips; --")["text"].item() == "'; DROP VIEW clips; --"


def test_numbers_have_nine_digits(catalogue: Path) -> None:
    with asking(catalogue, "birds") as ask:
        assert ask("SELECT sum(duration_s) AS s FROM clips")["s"].item() == 0.666666667


def test_nothing_can_be_written(catalogue: Path) -> None:
    with asking(catalogue) as ask, pytest.raises(duckdb.Error, match="read-only"):
        ask("DROP VIEW catalogue.clips")
