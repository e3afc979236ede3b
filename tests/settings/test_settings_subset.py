"""Which clips a run wants: as a dataset file says, or the settings of the run before it; and what is fetched for it."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.settings.test_acquisition import LABELS, PLACES, Files, done, files, loaded, touch
from workflow_scripts.media.archives.excerpt import ExcerptOf, comment_of
from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.settings.run import Run
from workflow_scripts.settings.told import settings_told

__all__ = ["files"]
FEW, MORE = {"clips": 12, "seed": 1}, {"clips": 24, "seed": 1}


def of_run(tmp_path: Path, *named: str, **subset: Any) -> Run:
    return loaded(tmp_path, *(named or ("mine.yaml",)), subset={"mine": subset})


@pytest.mark.parametrize(
    ("of_file", "said", "wanted"),
    [
        ({"clips": 12}, None, {"clips": 12, "seed": 0}),
        (None, {"splits": ["eval"]}, {"splits": ["eval"], "seed": 0}),
        ({"clips": 12}, {"classes": ["Dog"]}, {"classes": ["Dog"], "seed": 0}),
        ({"clips": 12}, {}, None),  # all of it
        ({"seed": 3}, None, None),
        (None, {"clips": "500", "seed": "1"}, {"clips": 500, "seed": 1}),  # as --config gives it
    ],
)
def test_the_settings_of_a_run_stand_before_a_dataset_file(
    tmp_path: Path, files: Files, of_file: Any, said: Any, wanted: Any
) -> None:
    name = files(**({"subset": of_file} if of_file else {}))
    run = loaded(tmp_path, name, **({} if said is None else {"subset": {"mine": said}}))
    assert run.datasets["mine"].subset == wanted
    told = {key: value for key, value in settings_told(run)["mine"].items() if key.startswith("subset.")}
    assert set(told) == {f"subset.{key}" for key in wanted or {}}
    assert (run.datasets["mine"].splits == ()) == (wanted is not None)


@pytest.mark.parametrize(
    ("subset", "told"),
    [
        ({"mien": {}}, "config: subset: no dataset of the run is called 'mien'; there are mine; did you mean `mine`?"),
        ({"mine": {"clip": 3}}, "subset.mine.clip: unknown key; did you mean `clips`?"),
        ({"mine": {"clips": 0}}, "subset.mine.clips"),
        ({"mine": {"clips": "many"}}, "subset.mine.clips: expected a whole number, found 'many'"),
    ],
)
def test_what_no_subset_may_be(tmp_path: Path, files: Files, subset: Any, told: str) -> None:
    with pytest.raises(SettingsError) as error:
        loaded(tmp_path, files(), subset=subset)
    assert told in str(error.value)


def test_a_root_need_not_have_anything_of_it(tmp_path: Path, files: Files) -> None:
    run = loaded(tmp_path, files(subset=FEW))
    assert set(run.datasets["mine"].audio) <= set(run.datasets["mine"].bearable.allowed)
    assert not set(run.datasets["mine"].audio) & set(of_run(tmp_path).datasets["mine"].bearable.allowed)


def narrows(run: Run) -> bool:
    return run.narrows("mine", "audio")


def test_a_stage_is_done_for_the_subset_that_it_was_done_for(tmp_path: Path, files: Files) -> None:
    touch(tmp_path, *(entry["to"] for entry in LABELS), "audio/clips.zip")
    files()
    run = of_run(tmp_path, **FEW)
    assert narrows(run)
    assert not run.narrows("mine", "sources")
    brought = run.brought_by_stage("mine", "audio")
    done(tmp_path, "audio")
    (tmp_path / PLACES.acquired_entries("mine", "audio")).write_text(json.dumps(brought))
    done(tmp_path, "sources", *(entry["to"] for entry in LABELS))
    few, more, whole = (of_run(tmp_path, **subset).acquisition for subset in (FEW, MORE, {}))
    assert [one.is_done(("mine", "audio")) for one in (few, more, whole)] == [True, False, False]


def test_where_all_was_fetched_a_subset_has_nothing_fetched(tmp_path: Path, files: Files) -> None:
    touch(tmp_path, *(entry["to"] for entry in LABELS), "audio/clips.zip")
    files()
    done(tmp_path, "audio", "audio/clips.zip")
    run = of_run(tmp_path, **FEW)
    assert run.acquisition.is_done(("mine", "audio"))
    assert not narrows(run)
    assert run.rows_with_addresses("mine", "audio") == []


def test_an_excerpt_is_not_taken_for_its_archive(tmp_path: Path, files: Files) -> None:
    touch(tmp_path, *(entry["to"] for entry in LABELS), "audio/other.wav")
    excerpt = io.BytesIO()
    with zipfile.ZipFile(excerpt, "w") as archive:
        archive.comment = comment_of(ExcerptOf("https://example.org/clips.zip", 10**9))
    (tmp_path / "audio/clips.zip").write_bytes(excerpt.getvalue())
    assert loaded(tmp_path, files()).stages_waited_for() == [("mine", "audio")]
    with pytest.raises(SettingsError, match=r"mine: audio/clips\.zip: from https"):
        loaded(tmp_path, "mine.yaml", offline=True).refuse_offline()
    with zipfile.ZipFile(tmp_path / "audio/clips.zip", "w"):
        pass
    assert loaded(tmp_path, "mine.yaml").stages_waited_for() == []
