"""What an adapter gives is what was asked for, and its tables agree with each other."""

import polars as pl
import pytest

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.sources.ingested import KEPT, Ingested, check_classes, check_splits
from workflow_scripts.tables import schemas

EMPTY = {name: schema.empty().lazy() for name, schema in schemas.INGESTED.items()}


@pytest.mark.parametrize("table", [None, schemas.ORIGINS.empty()])
def test_a_table_that_is_none_is_told_by_its_name(table: object) -> None:
    kept = pl.LazyFrame(schema=KEPT)
    Ingested(**EMPTY, kept=kept)
    with pytest.raises(TypeError, match=f"Ingested.origins: expected a polars LazyFrame, found {type(table).__name__}"):
        Ingested(**EMPTY | {"origins": table}, kept=kept)  # type: ignore[arg-type]


def test_labels_of_classes_that_there_are_not_are_an_error() -> None:
    labels = pl.LazyFrame({"class_id": pl.Series(["/m/dog", "/m/cat", "/m/dog"], dtype=pl.Categorical)})
    classes = pl.LazyFrame({"class_id": ["/m/dog", "/m/cat", "/m/bird"]})
    check_classes(labels, classes)
    with pytest.raises(
        SoundledgerError, match="labels speak of 2 classes that the table classes lacks: /m/cat, /m/dog"
    ):
        check_classes(labels, classes.tail(1))


def test_clips_of_more_splits_than_any_dataset_has_are_an_error() -> None:
    splits = pl.Series([f"s{number}" for number in range(100_000)], dtype=pl.Categorical)
    promised = pl.LazyFrame({"split": splits})
    check_splits(promised.head(1_000))
    with pytest.raises(
        SoundledgerError, match=r"clips are of 100,000 splits, and no dataset has more than 1,000: s0, "
    ):
        check_splits(promised)
