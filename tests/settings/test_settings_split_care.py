"""What a dataset file says of splits, folds and subsets, and what its exports may ask for then."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.settings.run import Run, load_run

CARE: dict[str, Any] = {
    "augment_splits": {"splits": ["eval", "train"]},
    "folds": {"k": 5},
    "subsets": [{"name": "balanced_20", "clips_a_class": 20}],
}


def loaded(workdir: Path, dataset_file: Callable[..., str], **keys: Any) -> Run:
    return load_run({"datasets": [dataset_file(**keys)]}, workdir)


def refusal(workdir: Path, dataset_file: Callable[..., str], **keys: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        loaded(workdir, dataset_file, **keys)
    return str(caught.value).replace(f"{workdir}/", "")


def test_a_dataset_file_that_says_nothing_has_no_tables_of_it(workdir, dataset_file):
    run = loaded(workdir, dataset_file, exports=["csv"])
    assert run.tables_of_care(["splits", "subsets"]) == []
    assert run.datasets["mine"].split_care == {}
    assert run.datasets["mine"].exports["csv"].taking == {"licences": None, "split_by": "authors", "subset": None}


@pytest.mark.parametrize("key", CARE)
def test_any_of_the_three_keys_asks_for_both_tables(workdir, dataset_file, key):
    run = loaded(workdir, dataset_file, **{key: CARE[key]})
    assert [Path(table).name for table in run.tables_of_care(["splits", "subsets"])] == [
        "splits.parquet",
        "subsets.parquet",
    ]
    assert list(run.datasets["mine"].split_care) == [key]


def test_defaults_are_the_papers_59_and_a_seed_of_0(workdir, dataset_file):
    assert loaded(workdir, dataset_file, **CARE).datasets["mine"].split_care == {
        "augment_splits": {"splits": ["eval", "train"], "clips_a_class": 59, "seed": 0},
        "folds": {"k": 5, "seed": 0},
        "subsets": [{"name": "balanced_20", "clips_a_class": 20, "seed": 0}],
    }


def test_an_export_reads_the_tables_that_it_asks_for_and_no_others(workdir, dataset_file):
    entries = [
        "csv",
        {"csv": {}, "as": "assigned", "split_by": "assigned"},
        {"csv": {}, "as": "folds", "split_by": "folds"},
        {"csv": {}, "as": "few", "subset": "balanced_20"},
        {"csv": {}, "as": "both", "subset": "balanced_20", "split_by": "folds"},
    ]
    exports = loaded(workdir, dataset_file, exports=entries, **CARE).datasets["mine"].exports
    of_care = {name: set(export.tables) - set(exports["csv"].tables) for name, export in exports.items()}
    assert of_care == {
        "csv": set(),
        "assigned": {"splits"},
        "folds": {"splits"},
        "few": {"subsets"},
        "both": {"splits", "subsets"},
    }


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (
            {"split_by": "assigned"},
            "exports[0].split_by: assigned needs `augment_splits` in the dataset file, which has none",
        ),
        ({"split_by": "folds"}, "exports[0].split_by: folds needs `folds` in the dataset file, which has none"),
        ({"subset": "few"}, "exports[0].subset: no subset is called 'few'; the dataset file has no `subsets`"),
        ({"split_by": "fold"}, "exports.0.split_by: 'fold' is not known; one of authors, assigned, folds was expected"),
    ],
)
def test_an_export_cannot_ask_for_what_the_file_does_not_say(workdir, dataset_file, entry, told):
    assert told in refusal(workdir, dataset_file, exports=[{"csv": {}, **entry}])


def test_a_subset_that_is_called_otherwise_is_named(workdir, dataset_file):
    told = refusal(workdir, dataset_file, exports=[{"csv": {}, "subset": "balanced_2"}], subsets=CARE["subsets"])
    assert told == (
        "mine.yaml: exports[0].subset: no subset is called 'balanced_2'; there are balanced_20; "
        "did you mean `balanced_20`?"
    )


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"augment_splits": {}}, "augment_splits.splits: missing; it is required"),
        ({"augment_splits": {"splits": ["eval"]}}, "augment_splits.splits: "),
        ({"augment_splits": {"splits": ["eval", "eval"]}}, "augment_splits.splits: "),
        ({"augment_splits": {"splits": ["eval", "../train"]}}, "augment_splits.splits.1: "),
        ({"augment_splits": {"splits": ["a", "b"], "clips": 3}}, "augment_splits.clips: unknown key"),
        (
            {"augment_splits": {"splits": ["eval", "test"]}},
            "mine.yaml: augment_splits.splits: train of the sources is not among them; name all splits",
        ),
        ({"folds": {"k": 1}}, "folds.k: "),
        ({"folds": {}}, "folds.k: missing; it is required"),
        ({"subsets": [{"name": "a"}]}, "subsets.0.clips_a_class: missing; it is required"),
        ({"subsets": [CARE["subsets"][0]] * 2}, "subsets[1]: 'balanced_20' stands there twice; give each its own name"),
    ],
)
def test_mistakes_are_told_with_their_key(workdir, dataset_file, keys, told):
    assert told in refusal(workdir, dataset_file, **keys)
