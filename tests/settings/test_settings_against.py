"""What a run holds its sounds against besides its own, and what exports leave out for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.settings.run import Run, load_run
from workflow_scripts.settings.told import settings_told


def loaded(workdir: Path, dataset_file: Callable[..., str], against: Any = None, **keys: Any) -> Run:
    config = {} if against is None else {"against": against}
    return load_run({"datasets": [dataset_file(**keys)], **config}, workdir)


def refusal(workdir: Path, dataset_file: Callable[..., str], against: Any = None, **keys: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        loaded(workdir, dataset_file, against, **keys)
    return str(caught.value).replace(f"{workdir}/", "")


def test_nothing_is_held_against_the_run_unless_it_says_so(workdir, dataset_file):
    run = loaded(workdir, dataset_file)
    assert run.against == ()
    assert "against" not in settings_told(run)[""]


@pytest.mark.parametrize("against", ["far.parquet", ["far.parquet"]])
def test_one_file_needs_no_list(workdir, dataset_file, against):
    (workdir / "far.parquet").touch()
    run = loaded(workdir, dataset_file, against)
    assert run.against == ("far.parquet",)
    assert settings_told(run)[""]["against"] == '["far.parquet"]'


def test_paths_start_from_the_folder_of_the_run(workdir, dataset_file, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "far.parquet"
    (workdir / "b").mkdir()
    for file in (elsewhere, workdir / "b/near.parquet"):
        file.touch()
    run = loaded(workdir, dataset_file, [str(elsewhere), str(workdir / "b/near.parquet")])
    assert run.against == (str(elsewhere), "b/near.parquet")


@pytest.mark.parametrize(
    ("against", "told"),
    [
        (
            ["gone.parquet"],
            "config: against[0]: no such file: gone.parquet; a relative path starts where",
        ),
        (
            ["far.parquet", "labels"],
            "config: against[1]: no such file: labels; a relative path starts where",
        ),
        (["far.parquet", "./far.parquet"], "config: against[1]: far.parquet stands there twice; name each file once"),
        (["a{b}.parquet"], "config: against[0]: 'a{b}.parquet' holds a brace, which Snakemake takes for a wildcard"),
        ([1], "config (config/config.yaml or --config): against.0: expected text, found 1"),
        (7, "config (config/config.yaml or --config): against: expected text, found 7"),
        ({"far": 1}, "config (config/config.yaml or --config): against: expected text"),
    ],
)
def test_what_is_no_file_is_told(workdir, dataset_file, against, told):
    (workdir / "far.parquet").touch()
    assert refusal(workdir, dataset_file, against).startswith(told)


def test_an_export_asks_for_what_leaks_and_no_other_does(workdir, dataset_file):
    entries = ["csv", {"ast": {}, "without_leaks": "eval"}, {"csv": {}, "as": "two", "without_leaks": ["eval", "test"]}]
    run = loaded(workdir, dataset_file, exports=entries)
    exports = run.datasets["mine"].exports
    assert [exports[name].without_leaks for name in ("csv", "ast", "two")] == [(), ("eval",), ("eval", "test")]
    assert "results/mine/exports/two.leaked.parquet" in run.tables_of_export("mine", "two")
    assert {Path(file).name for file in run.tables_of_export("mine", "csv")} == {"clips.parquet", "captions.parquet"}
    assert exports["two"].as_written["beside"] == {"without_leaks": ["eval", "test"]}


@pytest.mark.parametrize("without_leaks", [[], "", ["eval", "eval"], {"eval": 1}])
def test_splits_that_are_none_are_refused(workdir, dataset_file, without_leaks):
    told = refusal(workdir, dataset_file, exports=[{"csv": {}, "without_leaks": without_leaks}])
    assert "exports.0.without_leaks: " in told
