"""Labels that a model doubts, held against cleanlab's own functions on whole matrices, and against numbers by hand."""

import re
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from cleanlab.count import compute_confident_joint
from cleanlab.multilabel_classification.filter import find_multilabel_issues_per_class

from tests.catalogue.by_hand import catalogue_of
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.judging import issues
from workflow_scripts.judging.issues import label_issues
from workflow_scripts.tables.schemas import LABEL_ISSUES, LABELS
from workflow_scripts.tables.store import validate

Pair = tuple[str, str]
DOG = "/m/dog"


def found(folder: Path, scores: dict[Pair, float], labels: dict[Pair, str]) -> pl.DataFrame:
    """The table, of scores and of the origin of labels by clip and class."""
    predictions = pl.DataFrame(
        [(*pair, score) for pair, score in scores.items()],
        {"clip_id": pl.String, "class_id": pl.Categorical, "score": pl.Float32},
        orient="row",
    )
    usual = dict.fromkeys(LABELS.columns) | {"strength": "weak"}
    rows = [usual | {"clip_id": clip, "class_id": name, "origin": origin} for (clip, name), origin in labels.items()]
    predictions.write_parquet(folder / "predictions.parquet")
    pl.DataFrame(rows, LABELS.empty().schema).write_parquet(folder / "labels.parquet")
    made = label_issues(folder / "predictions.parquet", folder / "labels.parquet", folder)
    validate(made, LABEL_ISSUES)
    assert made["rank"].to_list() == list(range(1, len(made) + 1))
    return made


def pairs(made: pl.DataFrame) -> dict[Pair, str]:
    return {(clip, name): kind for clip, name, kind in made.select("clip_id", "class_id", "kind").iter_rows()}


class World:
    """Clips of a dataset with labels of which some are wrong, and a model that hears well but is no judge of itself."""

    def __init__(self, clips: int = 500, classes: int = 7) -> None:
        chance = np.random.default_rng(13)
        frequent = np.linspace(0.5, 0.02, classes)
        heard = chance.random((clips, classes)) < frequent
        self.given = heard ^ (chance.random((clips, classes)) < 0.05)
        steady = chance.beta(2, 5, (clips, classes)) * np.linspace(0.5, 1, classes)
        self.scores = np.where(heard, 1 - steady, steady).astype(np.float32)
        self.scores[chance.random((clips, classes)) < 0.1] = 0.0

    def name(self, clip: int, of_class: int) -> Pair:
        return f"clip{clip:03}", f"/m/{of_class}"

    def said(self) -> dict[Pair, str]:
        return {self.name(*pair): "annotated" for pair in np.argwhere(self.given)}

    def scored(self, least: float = 0.0) -> dict[Pair, float]:
        return {self.name(*pair): self.scores[*pair] for pair in np.argwhere(self.scores >= least)}

    def as_lists(self) -> list[list[int]]:
        return [np.flatnonzero(row).tolist() for row in self.given]


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def test_the_pairs_are_those_that_cleanlab_counts(tmp_path: Path, world: World) -> None:
    _, of_classes = compute_confident_joint(
        world.as_lists(), world.scores, multi_label=True, return_indices_of_off_diagonals=True
    )
    expected = {world.name(clip, of_class) for of_class, clips in enumerate(of_classes) for clip in clips}
    made = found(tmp_path, world.scored(), world.said())
    assert pairs(made).keys() == expected
    assert len(expected) > 50
    assert set(made["kind"]) == {"label_doubted", "label_missing"}
    assert dict(zip(made["clip_id"] + made["class_id"], made["given"], strict=True)) == {
        clip + name: (clip, name) in world.said() for clip, name in expected
    }


def test_those_of_which_the_contrary_is_likelier_are_what_cleanlab_would_filter(tmp_path: Path, world: World) -> None:
    mask = find_multilabel_issues_per_class(
        world.as_lists(), world.scores, filter_by="confident_learning", min_examples_per_class=0
    )
    likelier = (
        pl.col("score").is_null()
        | (pl.col("given") & (pl.col("score") < 0.5))
        | (~pl.col("given") & (pl.col("score") > 0.5))
    )
    made = found(tmp_path, world.scored(), world.said()).filter(likelier)
    assert pairs(made).keys() == {world.name(*pair) for pair in np.argwhere(mask)}


@pytest.mark.parametrize("at_once", [1_000_000, 97])
def test_a_pair_without_a_row_is_a_score_of_nothing(
    tmp_path: Path, world: World, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issues, "AT_ONCE", at_once)
    dense = found(tmp_path, world.scored(), world.said())
    sparse = found(tmp_path, world.scored(least=1e-9), world.said())
    assert sparse.with_columns(pl.col("score").fill_null(0.0)).equals(dense)
    assert sparse["score"].null_count() > 0


def test_the_same_rows_in_any_order_are_the_same_table(tmp_path: Path, world: World) -> None:
    scores, said = world.scored(1e-9), world.said()
    other = dict(reversed(scores.items())), dict(reversed(said.items()))
    assert found(tmp_path, *other).equals(found(tmp_path, scores, said))


def test_four_clips_by_hand(tmp_path: Path) -> None:
    """Dog is given to a, b and c, on average with (0.9 + 0.8 + 0.1) / 3 = 0.6; not to d, whose 0.7 leaves 0.3.

    a and b have more than 0.6; so does d, and 0.3 of the contrary is as much as is usual, but less: counted for dog. c
    has not, and 0.9 of the contrary: counted for the other side.
    """
    scores = {("a", "dog"): 0.9, ("b", "dog"): 0.8, ("c", "dog"): 0.1, ("d", "dog"): 0.7}
    said = {("a", "dog"): "annotated", ("b", "dog"): "annotated", ("c", "dog"): "annotated"}
    told = found(tmp_path, scores, said).with_columns(pl.col("score").cast(pl.Float64).round(6))
    assert told.select("clip_id", "kind", "score", "rank").rows() == [
        ("c", "label_doubted", 0.1, 1),
        ("d", "label_missing", 0.7, 2),
    ]


def test_what_a_model_cannot_know_is_no_issue(tmp_path: Path) -> None:
    """Clips that it never scored, and classes that it never gave; and those that nobody gave have no threshold."""
    scores = {("a", "dog"): 0.9, ("b", "dog"): 0.1, ("b", "bell"): 0.99, ("a", "bell"): 0.01}
    said = {("a", "dog"): "annotated", ("a", "frog"): "annotated", ("other", "dog"): "annotated"}
    assert found(tmp_path, scores, said).is_empty()


def test_no_predictions_are_no_issues(tmp_path: Path) -> None:
    assert found(tmp_path, {}, {("a", "dog"): "annotated"}).is_empty()


def test_what_follows_from_a_label_is_given_and_not_doubted_by_itself(tmp_path: Path) -> None:
    scores = {(clip, name): 0.9 for clip in "ab" for name in ("dog", "animal")}
    scores |= {("c", "dog"): 0.01, ("c", "animal"): 0.01, ("d", "dog"): 0.02, ("d", "animal"): 0.95}
    said = {(clip, "dog"): "annotated" for clip in "abc"} | {(clip, "animal"): "ontology" for clip in "abc"}
    assert pairs(found(tmp_path, scores, said)) == {("c", "dog"): "label_doubted", ("d", "animal"): "label_missing"}


def test_what_is_heard_behind_is_neither_doubted_nor_missing(tmp_path: Path) -> None:
    scores = {("a", "dog"): 0.9, ("b", "dog"): 0.8, ("c", "dog"): 0.01, ("d", "dog"): 0.9, ("e", "dog"): 0.02}
    said = {("a", "dog"): "annotated", ("b", "dog"): "annotated"}
    assert pairs(found(tmp_path, scores, said)) == {("d", "dog"): "label_missing"}
    assert pairs(found(tmp_path, scores, said | {("d", "dog"): "background"})) == {}


def test_without_cleanlab_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cleanlab", None)
    with pytest.raises(SoundledgerError, match="`make judging` installs it"):
        found(tmp_path, {("a", "dog"): 0.9}, {("a", "dog"): "annotated"})


def test_the_first_of_the_docs_are_the_most_doubtful(tmp_path: Path) -> None:
    """The query of docs/review.md."""
    docs = (Path(__file__).parents[2] / "docs" / "review.md").read_text(encoding="utf-8")
    [asked] = [sql for sql in re.findall(r"```sql\n(.*?)```", docs, re.DOTALL) if "FROM label_issues" in sql]
    usual = {"given": True, "kind": "label_doubted", "class_id": DOG}
    tables = {
        "classes": [{"class_id": DOG, "name": "Dog"}],
        "label_issues": [
            usual | {"clip_id": "b", "score": 0.5, "rank": 2},
            usual | {"clip_id": "a", "score": None, "rank": 1},
        ],
    }
    with catalogue_of(tmp_path, {"mine": tables}) as catalogue:
        assert catalogue.sql(asked).fetchall() == [
            ("a", "Dog", "label_doubted", None),
            ("b", "Dog", "label_doubted", 0.5),
        ]
