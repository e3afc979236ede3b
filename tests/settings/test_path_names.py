"""A path that no rule, table, terminal or disk can hold is refused by name before anything runs; any other works."""

import os
from pathlib import Path

import pytest

from workflow_scripts.settings.path_names import LONGEST_NAME
from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.settings.run import load_run

UNFIT = {
    "res{a}": "holds a brace",
    "${HOME}/results": "holds a brace",
    "~/results": "begins as what a shell alone fills in",
    "$HOME/results": "begins as what a shell alone fills in",
    "a\nb": "holds a control character",
    "\x1b]0;title\x07": "holds a control character",
    "a\0b": "holds a control character",
    "\ud800": "its name is no UTF-8",
    "x" * (LONGEST_NAME + 1): "has a name of more than 255 bytes",
    "a/" * 2_000: "is longer than 3,000 bytes",
}
OF_RESULTS = {
    "what?": "holds a question mark",
    "s3://bucket/results": "is an address",
    "in_the_way": "cannot be a folder",
    "in_the_way/results": "cannot be a folder",
    "loop": "cannot be a folder",
    "loop/results": "cannot be a folder",
    "dangling/results": "cannot be a folder",
    "/dev/null/results": "cannot be a folder",
}


def refusal(workdir: Path, **config: object) -> str:
    with pytest.raises(SettingsError) as caught:
        load_run({"datasets": ["mine.yaml"], **config}, workdir)
    words = str(caught.value)
    assert all(one.isprintable() for one in words)
    assert len(words) < 2_000
    return words


@pytest.mark.parametrize("path", [*UNFIT, *OF_RESULTS])
def test_results_that_cannot_be_are_refused_by_name(workdir, dataset_file, path):
    dataset_file(reviews=["labels/more.csv"])
    (workdir / "in_the_way").touch()
    (workdir / "loop").symlink_to("loop")
    (workdir / "dangling").symlink_to("nowhere")
    words = refusal(workdir, results=path)
    assert words.startswith("config: results: ")
    assert (UNFIT | OF_RESULTS)[path] in words


@pytest.mark.parametrize("path", UNFIT)
@pytest.mark.parametrize(
    ("where", "keys"),
    [
        ("deliver[0].to", lambda path: {"exports": ["csv"], "deliver": [{"export": "csv", "to": path}]}),
        ("acquire[0].to", lambda path: {"acquire": [{"url": "https://host/file", "to": path}]}),
        ("sources.ontology", lambda path: {"sources": sources(path)}),
        ("reviews[0]", lambda path: {"reviews": [path]}),
    ],
)
def test_so_is_what_a_dataset_file_names(workdir, dataset_file, where, keys, path):
    dataset_file(**keys(path))
    words = refusal(workdir)
    assert words.startswith(f"{workdir / 'mine.yaml'}: {where}: ")
    assert UNFIT[path] in words or "no such file" in words


def sources(path: str) -> dict[str, object]:
    return {"segments": {"train": "labels/train.csv"}, "ontology": path, "classes": "labels/classes.csv"}


@pytest.mark.parametrize("path", ["res*", "res[1]", "r;id", "r'q\"", "r%s", "é", "e\u0301 \u3000x", "x" * LONGEST_NAME])
def test_what_is_strange_but_can_be_is_taken_as_it_is(workdir, dataset_file, path):
    (workdir / path).touch()
    dataset_file(sources=sources(path))
    run = load_run({"datasets": ["mine.yaml"], "results": f"results/{path}"}, workdir)
    assert run.places.results == f"results/{path}"
    assert path in run.datasets["mine"].source_files


@pytest.mark.parametrize("path", ["./~", "./$HOME"])
def test_what_is_called_so_can_be_named(workdir, dataset_file, path):
    dataset_file()
    assert load_run({"datasets": ["mine.yaml"], "results": path}, workdir).places.results == os.path.normpath(path)


@pytest.mark.parametrize("config", [{"custom_rules": ["x" * 300]}, {"datasets": ["x" * 300]}, {"look_in": ["x" * 300]}])
def test_file_that_no_disk_can_have_is_one_that_is_not_there(workdir, dataset_file, config):
    dataset_file()
    assert refusal(workdir, **config).startswith("config: ")
