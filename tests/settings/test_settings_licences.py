"""What a dataset file says of the licences of an export is held against those that there are, before anything runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workflow_scripts.settings.dataset import Dataset
from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.settings.run import load_run


def dataset(workdir: Path, dataset_file: Callable[..., str], licences: Any, **entry: Any) -> Dataset:
    file = dataset_file(exports=["csv", {"ast": {}, "licences": licences, **entry}])
    return load_run({"datasets": [file]}, workdir).datasets["mine"]


def refusal(workdir: Path, dataset_file: Callable[..., str], licences: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        dataset(workdir, dataset_file, licences)
    return str(caught.value)


def test_an_export_that_says_nothing_of_licences_is_not_narrowed(workdir, dataset_file):
    exports = dataset(workdir, dataset_file, {"unknown": "keep"}).exports
    assert exports["csv"].licences is None
    assert exports["ast"].licences is not None


def test_licences_stand_beside_the_format_and_its_name_and_are_no_option_of_it(workdir, dataset_file):
    export = dataset(workdir, dataset_file, {"only": ["CC0-1.0"]}, **{"as": "free"}).exports["free"]
    assert export.format == "ast"
    assert "licences" not in export.options


@pytest.mark.parametrize(
    ("licences", "meant"),
    [
        ({"only": ["CC0-1.0", "MIT"]}, {"only": ["CC0-1.0", "MIT"], "noncommercial": True, "unknown": "hold"}),
        ({"noncommercial": False}, {"noncommercial": False, "unknown": "hold"}),
        ({"unknown": "keep"}, {"noncommercial": True, "unknown": "keep"}),
        (
            {"only": ["ODbL-1.0"], "noncommercial": False, "unknown": "keep"},
            {"only": ["ODbL-1.0"], "noncommercial": False, "unknown": "keep"},
        ),
    ],
)
def test_what_nobody_knows_is_held_back_unless_it_is_to_be_kept(workdir, dataset_file, licences, meant):
    assert dataset(workdir, dataset_file, licences).exports["ast"].licences == meant


def test_a_format_that_asks_for_no_clips_is_given_them_as_they_tell_what_is_left_out(
    workdir, dataset_file, monkeypatch
):
    from workflow_scripts.settings import dataset as files

    asked = files.options_schema
    monkeypatch.setattr(files, "options_schema", lambda *of: asked(*of) | {"needs": ["captions", "checks"]})
    exports = dataset(workdir, dataset_file, {"noncommercial": False}).exports
    assert exports["csv"].tables == exports["ast"].tables == ("clips", "captions")


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("CC-BY-4", "CC-BY-4.0"),
        ("CC BY 4.0", "CC-BY-4.0"),
        ("cc-by-nc-sa-4.0", "CC-BY-NC-SA-4.0"),
        ("CC0", "CC0-1.0"),
        ("apache 2.0", "Apache-2.0"),
        ("odbl-1.0", "ODbL-1.0"),
    ],
)
def test_what_is_no_spdx_id_names_itself_its_place_and_the_nearest(workdir, dataset_file, written, nearest):
    words = refusal(workdir, dataset_file, {"only": ["MIT", written]})
    assert words.startswith(f"{workdir / 'mine.yaml'}: exports[1].licences.only: '{written}' is none of the SPDX ids ")
    assert words.endswith(f"; did you mean `{nearest}`?")


def test_what_is_near_to_no_id_is_told_what_they_are_like(workdir, dataset_file):
    words = refusal(workdir, dataset_file, {"only": ["whatever you like"]})
    assert words.endswith("known; those of Creative Commons are like CC-BY-4.0 and CC0-1.0")


def test_every_id_at_fault_is_told_at_once(workdir, dataset_file):
    assert len(refusal(workdir, dataset_file, {"only": ["CC", "MIT", "CC-BY"]}).splitlines()) == 2


def test_an_id_that_nothing_could_pass_under_is_refused(workdir, dataset_file):
    words = refusal(workdir, dataset_file, {"only": ["CC-BY-NC-4.0", "CC0-1.0"], "noncommercial": False})
    assert words.endswith(
        "only: CC-BY-NC-4.0 forbids commercial use, so `noncommercial: false` holds it back; leave one out"
    )


@pytest.mark.parametrize(
    ("licences", "told"),
    [
        ({}, "exports.1.licences: "),
        (None, "exports.1.licences: expected a mapping"),
        (["CC0-1.0"], "exports.1.licences: expected a mapping"),
        ({"only": []}, "exports.1.licences.only: "),
        ({"only": "CC0-1.0"}, "exports.1.licences.only: expected a list"),
        ({"only": [4.0]}, "exports.1.licences.only.0: expected text"),
        ({"onyl": ["CC0-1.0"]}, "exports.1.licences.onyl: unknown key; did you mean `only`?"),
        ({"noncommercial": "no"}, "exports.1.licences.noncommercial: expected boolean"),
        ({"unknown": "held"}, "exports.1.licences.unknown: 'held' is not known; one of hold, keep was expected"),
    ],
)
def test_a_mistake_is_told_with_its_key(workdir, dataset_file, licences, told):
    assert f"mine.yaml: {told}" in refusal(workdir, dataset_file, licences)


def test_an_entry_of_licences_alone_is_no_export(workdir, dataset_file):
    file = dataset_file(exports=[{"licences": {"unknown": "keep"}}])
    with pytest.raises(SettingsError, match=r"exports\[0\]: expected one format with its options"):
        load_run({"datasets": [file]}, workdir)
