"""Which clips of an export leak into what is evaluated on, of ledgers and pairs that are made by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.matching.leaked import WithoutLeaks, leaked
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

Row = dict[str, Any]
Ledgers = Callable[..., dict[str, Path]]
SAME = ["dataset_a", "clip_id_a", "split_a", "how", "dataset_b", "clip_id_b", "split_b"]
NONE: list[str] = []


def clip(clip_id: str, split: str = "train", **more: Any) -> Row:
    said = {"clip_id": clip_id, "split": split, "usable": True, "media_key": clip_id}
    return said | {"root": "audio", "path": f"{clip_id}.wav"} | more


@pytest.fixture
def ledgers(tmp_path: Path) -> Ledgers:
    def written(**datasets: list[Row]) -> dict[str, Path]:
        types = schemas.CLIPS.empty().schema
        for dataset, rows in datasets.items():
            pl.DataFrame(rows, types).write_parquet(tmp_path / f"{dataset}.parquet")
        return {dataset: tmp_path / f"{dataset}.parquet" for dataset in datasets}

    return written


def told(
    tmp_path: Path, clips: dict[str, Path], pairs: list[str], split_by: str = "authors", **more: Any
) -> list[tuple[Any, ...]]:
    """What leaks of `mine`: the clip, what it shares, dataset and split and the first clip of the others, how many.

    Args:
        tmp_path: where tables are written.
        clips: ledgers.
        pairs: of same_sound, as `dataset clip split how dataset clip split`.
        split_by: of the export.
        more: arguments of `leaked`.
    """
    rows = [dict(zip(SAME, row.split(), strict=True)) for row in pairs]
    pl.DataFrame(rows, schemas.SAME_SOUND.empty().schema).write_parquet(tmp_path / "same.parquet")
    asked = WithoutLeaks("mine", "csv", split_by, more.pop("evaluated", ["eval"]))
    table = leaked(asked, clips, [tmp_path / "same.parquet"], **more)
    validate(table, schemas.LEAKED)
    shared = ("shared_by", "with_dataset", "with_split", "with_clip_id")
    columns = [pl.col(name).cast(pl.String) for name in ("clip_id", *shared)]
    return table.select(*columns, "with_clips").rows()


def test_the_sound_of_an_evaluated_clip_leaks_whichever_of_the_two_is_first(tmp_path: Path, ledgers: Ledgers) -> None:
    clips = ledgers(mine=[clip("a"), clip("b", "eval"), clip("c", "eval"), clip("d"), clip("e")])
    pairs = ["mine a train sound mine b eval", "mine c eval sound mine d train", "mine a train sound mine e train"]
    assert told(tmp_path, clips, pairs) == [
        ("a", "sound", "mine", "eval", "b", 1),
        ("d", "sound", "mine", "eval", "c", 1),
    ]


def test_other_datasets_and_files_have_splits_that_are_evaluated_too(tmp_path: Path, ledgers: Ledgers) -> None:
    clips = ledgers(mine=[clip("a"), clip("b"), clip("c")], zoo=[clip("z", "eval"), clip("y")])
    foreign = pl.DataFrame({"dataset": ["far"] * 2, "clip_id": ["f", "g"], "split": ["eval", "train"]})
    foreign.write_parquet(tmp_path / "foreign.parquet")
    pairs = ["mine a train sound zoo z eval", "far f eval sound mine b train", "far g train sound mine c train"]
    assert told(tmp_path, clips, pairs, foreign_clips=[tmp_path / "foreign.parquet"]) == [
        ("a", "sound", "zoo", "eval", "z", 1),
        ("b", "sound", "far", "eval", "f", 1),
    ]


def test_the_same_samples_leak_through_copies_that_are_paired_with_others(tmp_path: Path, ledgers: Ledgers) -> None:
    """Of many copies each is paired with some alone."""
    clips = ledgers(mine=[clip("a"), clip("b"), clip("c", "eval"), clip("d", "eval")])
    pairs = ["mine a train samples mine b train", "mine b train samples mine c eval", "mine c eval samples mine d eval"]
    assert told(tmp_path, clips, pairs) == [
        ("a", "samples", "mine", "eval", "c", 2),
        ("b", "samples", "mine", "eval", "c", 2),
    ]


def test_what_merely_sounds_like_something_that_leaks_stays(tmp_path: Path, ledgers: Ledgers) -> None:
    """Two stretches of a compilation share nothing with each other."""
    clips = ledgers(mine=[clip("a"), clip("both"), clip("c", "eval")])
    assert told(tmp_path, clips, ["mine a train sound mine both train", "mine both train sound mine c eval"]) == [
        ("both", "sound", "mine", "eval", "c", 1)
    ]


def test_a_recording_a_file_and_a_source_are_shared_without_any_sound(tmp_path: Path, ledgers: Ledgers) -> None:
    address = "https://freesound.org/s/7/"
    clips = ledgers(
        mine=[
            clip("a0", media_key="a", path="a.wav"),
            clip("a1", "eval", media_key="a", path="a.wav"),
            clip("b", source_url=address),
            clip("other"),
        ],
        zoo=[
            clip("z0", "eval", source_url="https://freesound.org/people/x/sounds/7/", media_key="other"),
            clip("z1", "eval", source_url=address),
        ],
    )
    assert told(tmp_path, clips, NONE) == [
        ("a0", "media", "mine", "eval", "a1", 1),
        ("a0", "video", "mine", "eval", "a1", 1),
        ("b", "source", "zoo", "eval", "z0", 2),
    ]


def test_members_of_one_archive_are_files_of_their_own(tmp_path: Path, ledgers: Ledgers) -> None:
    one, other = (clip(name, split, path="all.tar", member=name) for name, split in (("a", "train"), ("b", "eval")))
    again = clip("z", "eval", path="all.tar", member="a")
    assert told(tmp_path, ledgers(mine=[one, other], zoo=[again]), NONE) == [("a", "media", "zoo", "eval", "z", 1)]


def test_clips_that_are_missing_share_no_file_and_what_is_not_usable_leaks_nowhere(
    tmp_path: Path, ledgers: Ledgers
) -> None:
    gone = {"root": None, "path": None, "usable": False}
    clips = ledgers(
        mine=[
            clip("a", **gone),
            clip("b", "eval", **gone),
            clip("c", usable=False, media_key="k"),
            clip("d", "eval", media_key="k"),
            clip("e", media_key="f"),
            clip("f", "eval", **gone),
        ]
    )
    assert told(tmp_path, clips, NONE) == [("e", "video", "mine", "eval", "f", 1)]


def test_own_splits_are_those_that_the_export_takes(tmp_path: Path, ledgers: Ledgers) -> None:
    clips = ledgers(mine=[clip("a"), clip("b", "eval"), clip("c")], zoo=[clip("z", "eval")])
    splits = schemas.SPLITS.empty().schema
    rows = {"clip_id": ["a", "b", "c"], "assigned_split": ["eval", "train", "train"], "fold": [0, 1, 2]}
    pl.DataFrame(rows).cast({"assigned_split": splits["assigned_split"]}).write_parquet(tmp_path / "splits.parquet")
    pairs = ["mine a train sound mine b eval", "mine b eval sound mine c train", "mine c train sound zoo z eval"]
    with_care = {"splits": [tmp_path / "splits.parquet"]}
    assert told(tmp_path, clips, pairs, "assigned", **with_care) == [
        ("b", "sound", "mine", "eval", "a", 1),
        ("c", "sound", "zoo", "eval", "z", 1),
    ]
    assert told(tmp_path, clips, pairs, "folds", evaluated=["fold_2"], **with_care) == [
        ("b", "sound", "mine", "fold_2", "c", 1)
    ]


def test_several_splits_are_evaluated_and_none_leaks_into_another(tmp_path: Path, ledgers: Ledgers) -> None:
    clips = ledgers(mine=[clip("a"), clip("b", "eval"), clip("c", "test")])
    pairs = ["mine a train sound mine b eval", "mine a train sound mine c test", "mine b eval sound mine c test"]
    assert told(tmp_path, clips, pairs, evaluated=["test", "eval"]) == [
        ("a", "sound", "mine", "eval", "b", 1),
        ("a", "sound", "mine", "test", "c", 1),
    ]


def test_a_split_that_is_nowhere_is_told_with_those_that_are(tmp_path: Path, ledgers: Ledgers) -> None:
    clips = ledgers(mine=[clip("a"), clip("b", "eval")], zoo=[clip("z", "test")])
    with pytest.raises(SoundledgerError) as caught:
        told(tmp_path, clips, NONE, evaluated=["evl"])
    assert str(caught.value) == (
        "mine: exports: csv: without_leaks: no split is called 'evl', in no dataset of the run and in no file of "
        "`against`. There are mine: eval, train; zoo: test; did you mean `eval`?"
    )


def test_a_thousand_clips_of_two_recordings_are_counted_and_not_multiplied(tmp_path: Path, ledgers: Ledgers) -> None:
    splits = ("train", "eval")
    rows = [clip(f"{split}{n:04}", split, media_key="k", path="k.wav") for split in splits for n in range(1000)]
    found = told(tmp_path, ledgers(mine=rows), NONE)
    assert len(found) == 2000
    assert {row[1:] for row in found} == {(kind, "mine", "eval", "eval0000", 1000) for kind in ("media", "video")}
