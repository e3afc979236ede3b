"""The same sound under other names is found, first where it crosses splits."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from tests.ledger.checked import clips_table, resolved
from tests.made_files import encoded, noise16, wav
from tests.workers import scan_and_check
from workflow_scripts.catalogue.build import Contents, build_catalogue
from workflow_scripts.ledger.checked import RootChecks
from workflow_scripts.settings.places import Places
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

ONE, TWO, THREE, FOUR = (noise16(16_000, seed=seed) for seed in range(4))
SILENCE = np.zeros((16_000, 1), np.int16)
AUDIO = {
    "clips": {
        "one.wav": wav(ONE),
        "onetoo.flac": encoded(ONE, 16_000, "FLAC", "PCM_16"),
        "onedeep.wav": encoded(ONE, 16_000, "WAV", "PCM_24"),
        "two.wav": wav(TWO),
        "twotoo.aiff": encoded(TWO, 16_000, "AIFF", "PCM_16"),
        "three.wav": wav(THREE),
        "fast.wav": wav(THREE, rate=22_050),
        "shared.wav": wav(FOUR),
        "silent.wav": wav(SILENCE),
        "silenttoo.flac": encoded(SILENCE, 16_000, "FLAC", "PCM_16"),
        "silenteval.wav": encoded(SILENCE, 16_000, "WAV", "PCM_24"),
        "cut.flac": encoded(TWO, 16_000, "FLAC", "PCM_16")[:20_000],
        "page.wav": b"<html>",
        "orphan.wav": wav(ONE, before_data=b"LIST\4\0\0\0tags"),
    },
    "field": {"recording.wav": wav(np.vstack([noise16(64_000, seed=9), ONE]))},
    "mirror": {"three_again.wav": encoded(THREE, 16_000, "W64", "PCM_16")},
}
CLIPS: dict[str, dict[str, list[str]]] = {
    "first": {
        "train": ["one", "onedeep", "two", "twotoo", "three", "fast", "shared", "silent", "silenttoo", "cut", "page"],
        "eval": ["onetoo", "silenteval", "absent"],
    },
    "second": {"train": ["shared", "three_again"]},
}
SPANS = [{"clip_id": f"span{n}", "media_key": "recording", "start_s": float(n), "end_s": n + 1.0} for n in range(3)]
DATASET_ROOTS = {"first": ["clips", "field"], "second": ["clips", "mirror"]}


def _checked(folder: Path) -> dict[str, RootChecks]:
    """Every root scanned and checked."""
    roots = {}
    for slug, files in AUDIO.items():
        for name, data in files.items():
            file = folder / "audio" / slug / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        results = folder / "results/audio" / slug
        scan_and_check(folder / "audio" / slug, results)
        write_table(schemas.REJECTS.empty(), results / "tables/rejects.parquet", schemas.REJECTS)
        holds = "recordings" if slug == "field" else "clips"
        checks = [results / "checks" / "shard=all.parquet"]
        roots[slug] = RootChecks(slug, str(folder / "audio" / slug), holds, checks)
    return roots


@pytest.fixture(scope="module")
def duplicates(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The rows of the view, over two datasets that share a root."""
    folder = tmp_path_factory.mktemp("duplicates")
    roots = _checked(folder)
    places = Places(str(folder / "results"))
    for dataset, splits in CLIPS.items():
        named = [{"clip_id": name, "split": split} for split, names in splits.items() for name in names]
        clips = clips_table(*named, *(SPANS if dataset == "first" else []))
        tables = resolved(clips, [roots[slug] for slug in DATASET_ROOTS[dataset]], "stem")
        for name, schema in (schemas.INGESTED | schemas.RESOLVED).items():
            table = {"clips": clips, **tables}.get(name, schema.empty())
            write_table(table, Path(places.table(dataset, name)), schema)
    file = folder / "catalog.duckdb"
    build_catalogue(Contents(places, DATASET_ROOTS, {slug: [places.checks(slug, "all")] for slug in AUDIO}), file)
    with duckdb.connect(str(file), read_only=True) as connection:
        answer = connection.execute("SELECT * FROM duplicates")
        names = [name for name, *_ in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _row(duplicates: list[dict[str, Any]], clip: str) -> dict[str, Any]:
    [row] = [row for row in duplicates if clip in row["clip_ids"]]
    return row


def test_the_same_sound_in_other_files_containers_and_depths_is_one_row(duplicates: list[dict[str, Any]]) -> None:
    row = _row(duplicates, "first/one")
    assert row["clip_ids"] == ["first/one", "first/onedeep", "first/onetoo"]
    assert row["clips"] == 3
    assert [Path(media).name for media in row["media"]] == ["one.wav", "onedeep.wav", "onetoo.flac"]


def test_what_is_trained_on_and_evaluated_comes_first(duplicates: list[dict[str, Any]]) -> None:
    first = duplicates[0]
    assert first["crosses_splits"]
    assert "first/one" in first["clip_ids"]
    assert first["splits"] == ["first/eval", "first/train"]


def test_a_repetition_within_a_split_crosses_none(duplicates: list[dict[str, Any]]) -> None:
    row = _row(duplicates, "first/two")
    assert row["clip_ids"] == ["first/two", "first/twotoo"]
    assert (row["crosses_splits"], row["crosses_datasets"], row["splits"]) == (False, False, ["first/train"])


def test_two_files_of_two_datasets_cross_datasets(duplicates: list[dict[str, Any]]) -> None:
    row = _row(duplicates, "first/three")
    assert row["clip_ids"] == ["first/three", "second/three_again"]
    assert (row["crosses_splits"], row["crosses_datasets"]) == (False, True)


def test_one_file_that_serves_two_datasets_is_no_duplicate(duplicates: list[dict[str, Any]]) -> None:
    assert not [row for row in duplicates if "first/shared" in row["clip_ids"] or "second/shared" in row["clip_ids"]]


def test_digital_silence_comes_last_though_it_crosses_splits(duplicates: list[dict[str, Any]]) -> None:
    assert [row["is_digital_silence"] for row in duplicates] == [False, False, False, True]
    assert duplicates[-1]["clip_ids"] == ["first/silent", "first/silenteval", "first/silenttoo"]
    assert duplicates[-1]["crosses_splits"]


def test_nothing_else_is_one(duplicates: list[dict[str, Any]]) -> None:
    """Spans of one recording, the same samples at another rate, broken and missing clips, and what no clip asks for."""
    clips = {clip for row in duplicates for clip in row["clip_ids"]}
    others = {"first/fast", "first/cut", "first/page", "first/absent", *(f"first/{span['clip_id']}" for span in SPANS)}
    assert not clips & others
    assert not [media for row in duplicates for media in row["media"] if "orphan" in media]
