"""Clips beside those that have cards: which hold their sound, the stretch as both have it, and what is said of them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soundfile
import xxhash

from tests.catalogue.by_hand import ROOT, Row, catalogue_of, clip
from tests.made_files import noise16, wav
from workflow_scripts.exports.packs import write_pack
from workflow_scripts.exports.reading import pack_of
from workflow_scripts.review import making
from workflow_scripts.review.asking import asking
from workflow_scripts.review.choosing import chosen_clips
from workflow_scripts.review.lists import write_cards
from workflow_scripts.review.page import write_page
from workflow_scripts.tables.store import read_table

RATE = 16_000
ALL = {"cards": 100, "seed": 0, "where": "true"}


def pair(a: str, b: str, offset_s: float, start_a_s: float, overlap_s: float, **more: Any) -> Row:
    """Two clips of one sound, each as dataset/split/clip_id."""
    (dataset_a, split_a, clip_a), (dataset_b, split_b, clip_b) = a.split("/"), b.split("/")
    return {
        "dataset_a": dataset_a, "clip_id_a": clip_a, "split_a": split_a, "dataset_b": dataset_b, "clip_id_b": clip_b,
        "split_b": split_b, "how": "sound", "offset_s": offset_s, "start_a_s": start_a_s, "overlap_s": overlap_s,
        "error_rate": 0.125, "score": 40.0, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound of 6 s; the same from its second 2 on, in another dataset, behind a second of silence; a span of that."""
    folder = tmp_path_factory.mktemp("others")
    sound = noise16(6 * RATE)
    cut = np.concatenate([np.zeros((RATE, 1), np.int16), sound[2 * RATE :] // 2])
    checks = [_checked(folder, name, samples) for name, samples in (("long", sound), ("cut", cut), ("gone", sound))]
    (folder / "gone.wav").unlink()

    def served(clip_id: str, file: str, seconds: float, **more: Any) -> Row:
        at = {"root": ROOT, "path": f"{file}.wav", "media_path": str(folder / f"{file}.wav"), "peak": 0.5}
        heard = {"sample_rate": RATE, "channels": 1, "duration_s": seconds, "whole_media": True}
        return clip(clip_id, **at, **heard, **more)

    dog, cat = ({"class_id": one, "class_name": one.title()} for one in ("dog", "cat"))
    datasets = {
        "mine": {
            "clips": [
                served("long", "long", 6.0),
                served("gone", "gone", 6.0, split="eval"),
                served("own", "long", 6.0),
            ],
            "labels": [{"clip_id": "long", **dog}],
        },
        "theirs": {
            "clips": [
                served("cut", "cut", 5.0, split="test"),
                served("span", "cut", 3.0, split="test", start_s=2.0, end_s=5.0) | {"whole_media": False},
            ],
            "labels": [{"clip_id": "cut", **cat}, {"clip_id": "cut", **dog, "origin": "ontology"}],
            "captions": [{"clip_id": "cut", "text": "<b>A cat.</b>"}],
        },
    }
    matches = {
        "same_sound": [
            pair("mine/train/long", "mine/train/own", 0.0, 0.0, 6.0, how="samples", error_rate=0.0, score=None),
            pair("mine/train/long", "theirs/test/cut", 1.0, 2.0, 4.0),
            pair("mine/train/long", "theirs/test/span", 3.0, 3.0, 3.0),
            pair("far/eval/f", "mine/train/long", -1.0, 0.5, 2.0),
            pair("mine/eval/gone", "mine/train/own", 0.0, 0.0, 6.0),
        ],
        "sound_groups": [
            {"dataset": "mine", "clip_id": one, "split": "train", "group_id": "far/f", "clips": 6}
            for one in ("gone", "long", "own")
        ],
    }
    catalogue_of(folder, datasets, checks, matches).close()
    return folder


def _checked(folder: Path, name: str, samples: np.ndarray) -> Row:
    content = wav(samples)
    (folder / f"{name}.wav").write_bytes(content)
    told = {"format": "WAV", "subtype": "PCM_16", "sample_rate": RATE, "channels": 1, "pcm_digest": name}
    digest = xxhash.xxh3_128_hexdigest(content)
    return {"path": f"{name}.wav", "bytes_digest": digest, "duration_s": len(samples) / RATE, "peak": 0.5, **told}


@pytest.fixture(scope="module")
def page(folder: Path) -> Path:
    """A page of all clips of `mine`, as the rules make it."""
    return write(folder, folder / "made", 60.0)


def write(folder: Path, to: Path, longest_s: float) -> Path:
    with asking(folder / "results/catalog.duckdb") as connection:
        chosen = chosen_clips(connection, "mine", ALL)
        write_cards(connection, "mine", chosen, longest_s, to / "cards.parquet", to / "lists")
        packs = []
        for listed in sorted((to / "lists").iterdir()):
            account = to / f"packs/{listed.stem}.json"
            write_pack(making, listed, account)
            packs.append(pack_of(account))
        write_page(connection, "mine", read_table(to / "cards.parquet"), packs, to / "review")
    return to / "review"


def told(page: Path) -> dict[str, Any]:
    """What the page tells of all its cards."""
    of_all: dict[str, Any] = {}
    for file in (page / "packs").glob("*.js"):
        of_all |= json.loads(file.read_text().partition(" = ")[2].removesuffix(";\n"))
    return of_all


def heard(page: Path, side: dict[str, Any]) -> np.ndarray:
    [file] = page.glob(f"packs/*/{side['sound']}")
    samples, rate = soundfile.read(file)
    assert len(samples) == round(side["seconds"] * rate)
    return samples


def test_those_of_other_splits_and_datasets_come_first_and_then_those_that_share_most(page: Path) -> None:
    others = told(page)["long"]["same"]
    assert [(one["dataset"], one["clip"], one["split"], one["others"]) for one in others] == [
        ("theirs", "cut", "test", 4),
        ("theirs", "span", "test", 4),
        ("far", "f", "eval", 4),
    ]


def test_both_are_heard_from_where_they_begin_to_be_the_same(page: Path) -> None:
    """Opus takes something from noise; what is not at its place would not correlate at all."""
    for other in told(page)["long"]["same"][:2]:
        here, there = heard(page, other["here"]), heard(page, other["there"])
        assert len(here) == len(there)
        assert np.corrcoef(here, there)[0, 1] > 0.8
        assert np.corrcoef(here[480:], there[:-480])[0, 1] < 0.3


def test_of_a_span_the_stretch_is_counted_from_where_it_starts(page: Path) -> None:
    _, span, far = told(page)["long"]["same"]
    assert (span["from_s"], span["other_from_s"], span["there"]["seconds"]) == (3.0, 0.0, 3.0)
    assert (far["from_s"], far["other_from_s"]) == (1.5, 0.5)


def test_what_is_said_of_the_other_stands_there_and_what_follows_from_it_does_not(page: Path) -> None:
    cut, _, far = told(page)["long"]["same"]
    assert (cut["labels"], cut["captions"]) == (["Cat"], ["<b>A cat.</b>"])
    assert (far["labels"], far["here"], far["there"]) == ([], None, None)
    assert far["why"] == "of the other only its fingerprint is here"


def test_where_one_of_both_cannot_be_made_it_says_why(page: Path) -> None:
    [other] = told(page)["gone"]["same"]
    assert (other["clip"], other["here"]) == ("own", None)
    assert "No such file" in other["why"]


def test_the_clip_has_a_finding_that_names_the_first(page: Path) -> None:
    assert told(page)["long"]["findings"][-1] == ["same_sound", "that of theirs/cut of test and of 3 more"]


def test_a_stretch_is_made_once_a_pack_and_never_longer_than_is_played(folder: Path, tmp_path: Path) -> None:
    page = write(folder, tmp_path, 1.5)
    of_all = told(page)
    assert {one["there"]["seconds"] for one in of_all["long"]["same"][:2]} == {1.5}
    listed = pl.concat([pl.read_parquet(file) for file in sorted((tmp_path / "lists").iterdir())])
    assert listed["clip_id"].is_unique().all()
    assert len(list(page.rglob("*.opus"))) <= len(listed)


def test_labels_and_captions_make_no_list_anew(folder: Path, tmp_path: Path) -> None:
    """Lists hold nothing of what is said, so that packs stand as long as the sounds do."""
    write(folder, tmp_path, 60.0)
    for file in (tmp_path / "lists").iterdir():
        assert "Cat" not in file.read_bytes().decode("latin-1")
        assert pl.read_parquet(file).columns == pl.read_parquet(folder / "made/lists" / file.name).columns
        assert file.read_bytes() == (folder / "made/lists" / file.name).read_bytes()
