"""The files in which people or models say something of clips: what a dataset file may name."""

from pathlib import Path

import pytest

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.settings.reading import MissingError
from workflow_scripts.settings.run import load_run


def refusal(workdir: Path, dataset_file, **keys: object) -> str:
    with pytest.raises(SoundledgerError) as caught:
        load_run({"datasets": [dataset_file(**keys)], "results": "out"}, workdir)
    return str(caught.value).replace(f"{workdir}/", "")


@pytest.mark.parametrize("key", ["reviews", "predictions"])
def test_paths_start_where_those_of_sources_do_and_may_be_lost_by_name(workdir, dataset_file, key):
    (workdir / "sets").mkdir()
    for name in ("a.csv", "sets/b.csv"):
        (workdir / name).touch()
    sources = {"segments": {"train": "../labels/train.csv"}, "ontology": "../labels/ontology.json"}
    sources |= {"classes": "../labels/classes.csv"}
    keys = {key: ["b.csv", "../a.csv"], "sources": sources, "allow_loss": [key]}
    run = load_run({"datasets": [dataset_file("sets/mine.yaml", **keys)]}, workdir)
    assert run.datasets["mine"].judgements == {"reviews": (), "predictions": ()} | {key: ("sets/b.csv", "a.csv")}
    assert run.datasets["mine"].bearable.allowed == ("sets/b.csv", "a.csv")
    assert run.datasets["mine"].bearable.names["a.csv"] == f"{key}[1]"
    assert run.with_judgements(key) == ["mine"]


def test_tables_of_them_are_of_datasets_that_name_any(workdir, dataset_file):
    (workdir / "p.csv").touch()
    names = [dataset_file("one.yaml", name="one", predictions=["p.csv"]), dataset_file("two.yaml", name="two")]
    run = load_run({"datasets": names}, workdir)
    assert run.tables_of_judgements("predictions", ["predictions", "rejects"]) == [
        "results/one/tables/predictions.parquet",
        "results/one/tables/of_predictions/rejects.parquet",
    ]
    assert run.all_with_judgements() == {"reviews": [], "predictions": ["one"]}


@pytest.mark.parametrize("key", ["reviews", "predictions"])
def test_a_file_in_the_results_is_refused_also_by_a_link(workdir, dataset_file, key):
    (workdir / "out/mine").mkdir(parents=True)
    (workdir / "out/mine/r.csv").touch()
    (workdir / "r.csv").symlink_to("out/mine/r.csv")
    for path in ("out/mine/r.csv", "r.csv"):
        words = refusal(workdir, dataset_file, **{key: [path]})
        assert words.startswith(f"mine.yaml: {key}[0]: {path} lies in the results (")
        assert "keep the file beside your labels" in words


def test_a_file_that_is_not_there_is_named(workdir, dataset_file):
    with pytest.raises(MissingError, match=r"reviews\[0\]: dataset mine: no such file: .*/no\.csv"):
        load_run({"datasets": [dataset_file(reviews=["no.csv"])]}, workdir)


def test_one_file_is_one_source(workdir, dataset_file):
    (workdir / "r.csv").touch()
    (workdir / "s.csv").symlink_to("r.csv")
    words = refusal(workdir, dataset_file, reviews=["r.csv"], predictions=["s.csv"])
    assert "named as mine.yaml: reviews[0] and as mine.yaml: predictions[0]" in words
    words = refusal(workdir, dataset_file, reviews=["labels/train.csv"])
    assert "named as mine.yaml: sources.segments.train and as mine.yaml: reviews[0]" in words


def test_what_no_rule_can_hold_is_refused(workdir, dataset_file):
    assert "holds a brace" in refusal(workdir, dataset_file, reviews=["{r}.csv"])
    assert "reviews" in refusal(workdir, dataset_file, reviews=["r.csv", "r.csv"])
