"""What a dataset file says of deliveries is held against what there is, before anything runs."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workflow_scripts.settings.deliver import Delivery
from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.settings.run import load_run


def delivered(workdir: Path, dataset_file: Callable[..., str], *entries: Any, **keys: Any) -> dict[str, Delivery]:
    file = dataset_file(exports=["csv", {"ast": {}, "as": "for_ast"}], deliver=list(entries), **keys)
    return load_run({"datasets": [file]}, workdir).datasets["mine"].deliveries


def refusal(workdir: Path, dataset_file: Callable[..., str], *entries: Any, **keys: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        delivered(workdir, dataset_file, *entries, **keys)
    return str(caught.value)


def test_a_delivery_has_a_name_that_says_what_goes_where(workdir, dataset_file):
    found = delivered(
        *(workdir, dataset_file, {"export": "csv", "to": "s3://bucket/of/lists/"}),
        *({"export": "for_ast", "to": "../out"}, {"export": "csv", "to": "hf://datasets/me/lists@next"}),
    )
    assert [name.rpartition("-")[0] for name in found] == [
        *("csv-s3_bucket_of_lists", f"for_ast-{workdir.parent.name}-out", "csv-hf_datasets_me_lists_next")
    ]
    assert [one.to for one in found.values()] == [
        *("s3://bucket/of/lists", str(workdir.parent / "out"), "hf://datasets/me/lists@next")
    ]


def test_a_folder_starts_from_the_file_that_names_it(workdir, dataset_file):
    file = dataset_file("below/mine.yaml", exports=["csv"], deliver=[{"export": "csv", "to": "out"}], audio=[])
    (workdir / "below/labels").symlink_to(workdir / "labels")
    [found] = load_run({"datasets": [file]}, workdir).datasets["mine"].deliveries.values()
    assert found.to == str(workdir / "below/out")


def test_what_keeps_an_export_here_does_not_unless_its_entry_says_so(workdir, dataset_file):
    found = delivered(
        *(workdir, dataset_file, {"export": "csv", "to": "../a"}),
        {"export": "csv", "to": "../b", "even_if": "not_redistributable"},
        rights={"labels": "CC0-1.0"},
    )
    assert [one.order["even_if"] for one in found.values()] == [None, "not_redistributable"]
    assert [one.order["rights"] for one in found.values()] == [{"labels": "CC0-1.0"}] * 2


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            {"export": "cvs", "to": "../a"},
            "export: no export is called 'cvs'; there are csv, for_ast; did you mean `csv`?",
        ),
        (
            {"export": "csv", "to": "ftp://host/a"},
            "to: expected a folder, or an address gs://…, hf://…, s3://… without ",
        ),
        ({"export": "csv", "to": "s3://"}, "to: expected a folder, or an address"),
        ({"export": "csv", "to": "s3://bucket/a?x=1"}, "to: expected a folder, or an address"),
        ({"export": "csv", "to": "s3://key:secret@bucket/a"}, "to: an address has no key or password in it"),
        ({"export": "csv", "to": "../{a}"}, "holds a brace"),
        ({"export": "csv", "to": "results/sent"}, "results/sent and the results ("),
        ({"export": "csv", "to": "audio/wav/sent"}, "audio/wav/sent and this audio root ("),
        ({"export": "csv", "to": "."}, "lie in each other; name another folder"),
    ],
)
def test_what_cannot_be_is_told_with_its_place(workdir, dataset_file, entry, words):
    said = refusal(workdir, dataset_file, entry, audio=["audio/wav"])
    assert said.startswith(f"{workdir / 'mine.yaml'}: deliver[0].")
    assert words in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("one", "other"),
    [("s3://b/a", "s3://b/a/"), ("s3://b/a", "s3://b/a/c"), ("../out/a", "../out"), ("s3://b/a", "s3://b")],
)
def test_two_deliveries_of_a_run_do_not_meet(workdir, dataset_file, one, other):
    said = refusal(workdir, dataset_file, {"export": "csv", "to": one}, {"export": "for_ast", "to": other})
    assert "lie in each other; each delivery has a place of its own" in said
    assert "deliver[1].to" in said


def test_places_whose_names_begin_alike_are_two(workdir, dataset_file):
    found = delivered(workdir, dataset_file, {"export": "csv", "to": "s3://b/a"}, {"export": "csv", "to": "s3://b/ab"})
    assert len(found) == 2


def test_a_link_into_the_results_is_seen_through(workdir, dataset_file):
    os.symlink(workdir / "audio/wav", workdir / "elsewhere")
    assert "this audio root" in refusal(
        workdir, dataset_file, {"export": "csv", "to": "elsewhere/sent"}, audio=["audio/wav"]
    )


def test_without_exports_there_is_nothing_to_hand_on(workdir, dataset_file):
    file = dataset_file(deliver=[{"export": "csv", "to": "../a"}])
    with pytest.raises(SettingsError, match="no export is called 'csv'; the dataset has none"):
        load_run({"datasets": [file]}, workdir)
