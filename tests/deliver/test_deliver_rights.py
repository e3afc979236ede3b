"""What may be handed on: by licence of each clip whose sound is in an export, and by that of the labels."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.deliver.made_export import FILES, write_export
from workflow_scripts.deliver.delivered import Delivered
from workflow_scripts.deliver.manifest import MANIFEST
from workflow_scripts.deliver.redistribution import IMAGES, SOUND, Licensed, licensed
from workflow_scripts.deliver.sending import Order, send
from workflow_scripts.exports.account import Account
from workflow_scripts.tables.licences import SPDX_IDS, allows_redistribution

CLIPS = {"a": "CC0-1.0", "b": "CC-BY-4.0", "c": "CC-BY-NC-4.0", "d": "CC-BY-ND-4.0", "e": "ask the author", "f": None}
FREE, BOUND = ["a", "b", "c"], ["d", "e", "f"]


@pytest.fixture
def sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Deliver an export whose packs hold some clips to a folder; what became of it."""
    folder = tmp_path / "exports"
    write_export(folder / ".tars.1", FILES)
    Account(".tars.1", link="tars", clips={"train": len(CLIPS)}).with_files_in(folder / ".tars.1").write(
        folder / "tars.json"
    )
    table = pl.DataFrame(
        {"clip_id": list(CLIPS), "licence": list(CLIPS.values()), "duration_s": [3600.0] * len(CLIPS)},
        {"clip_id": pl.String, "licence": pl.Categorical, "duration_s": pl.Float64},
    )
    monkeypatch.setattr("workflow_scripts.deliver.redistribution.lazy_table", lambda _: table.lazy())

    def deliver(clips: list[str], labels: str | None = "CC-BY-4.0", **order: Any) -> Delivered:
        packs = []
        for number, some in enumerate((clips[:2], clips[2:])):
            if some:
                packs.append(tmp_path / f"{number}.parquet")
                pl.DataFrame({"clip_id": some}).write_parquet(packs[-1])
        export = {"name": "tars", "format": "webdataset", "options": {"pairs_a_tar": 2}, "beside": {"subset": "few"}}
        of_order = {"to": str(tmp_path / "there"), "even_if": None, "dry_run": False, "offline": False} | order
        rights = {"labels": labels} if labels else {}
        return send(
            Order("mine", "mine.yaml", rights, export, version="0.1.0", **of_order),
            folder / "tars.json",
            tmp_path / "clips.parquet",
            packs,
            tmp_path / "delivered/tars.json",
            tmp_path / "logs/tars.progress.json",
        )

    return deliver


def there(tmp_path: Path) -> set[str]:
    return {str(file.relative_to(tmp_path / "there")) for file in (tmp_path / "there").rglob("*") if file.is_file()}


def export_files(tmp_path: Path) -> list[Path]:
    return [file for file in (tmp_path / "exports/.tars.1").rglob("*") if file.is_file()]


def test_what_may_go_goes(sent: Any, tmp_path: Path) -> None:
    done = sent(FREE)
    assert there(tmp_path) == {*FILES, "SHA256SUMS", MANIFEST}
    assert (done.not_redistributable, done.held_back, done.why, done.advice) == ([], {}, "", "")


@pytest.mark.parametrize("clip", BOUND)
def test_one_clip_that_nobody_is_known_to_be_allowed_to_hand_on_keeps_the_export_here(
    sent: Any, tmp_path: Path, clip: str
) -> None:
    done = sent([*FREE, clip])
    assert there(tmp_path) == set()
    assert done.files == ()
    assert done.held_back == {"files": 7, "bytes": sum(file.stat().st_size for file in export_files(tmp_path))}
    assert done.not_redistributable == [{"of": "sound", "licence": CLIPS[clip], "clips": 1, "hours": 1.0}]
    words = repr(CLIPS[clip]) if CLIPS[clip] else "no licence that is known"
    assert done.told.startswith("mine/tars stays here (7 files, 9.")
    assert (
        f": sound of 1 clip under {words}. An export of the clips that may go, under exports of mine.yaml: "
        in done.told
    )
    only = "{only: [CC-BY-4.0, CC-BY-NC-4.0, CC0-1.0]}"
    entry = f"{{webdataset: {{pairs_a_tar: 2}}, as: tars_free, licences: {only}, subset: few}}"
    assert entry in done.advice
    assert done.advice.endswith("says `even_if: not_redistributable` beside its `to`")


def test_where_nothing_may_go_no_export_of_the_rest_is_proposed(sent: Any) -> None:
    assert "An export of the clips" not in sent(BOUND).advice


def test_clips_that_are_in_no_pack_have_no_say(sent: Any, tmp_path: Path) -> None:
    """As those of a list of paths: what it holds of them are labels."""
    assert sent([]).held_back == {}
    assert MANIFEST in there(tmp_path)


def test_of_a_part_of_a_clip_the_licence_is_that_of_the_clip(tmp_path: Path) -> None:
    """As of the windows of BirdNET's exports; `a_3000` is a clip too."""
    table = pl.DataFrame({"clip_id": ["a", "a_3000"], "licence": ["ask", "CC0-1.0"], "duration_s": [9.0, 1.0]})
    table.write_parquet(tmp_path / "clips.parquet")
    pl.DataFrame({"clip_id": ["a_0", "a_3000"], "of_clip": ["a", "a"]}).write_parquet(tmp_path / "0.parquet")
    held = licensed("CC0-1.0", 1, tmp_path / "clips.parquet", [tmp_path / "0.parquet"])
    assert held[1:] == [Licensed(SOUND, "ask", 1, 0.0025)]


def test_of_a_clip_that_the_ledger_does_not_have_nothing_is_known(sent: Any) -> None:
    assert sent([*FREE, "nobody"]).why == "sound of 1 clip under no licence that is known"


@pytest.mark.parametrize("labels", [None, "CC BY", "CC-BY-NC-ND-4.0"])
@pytest.mark.parametrize("clips", [[], FREE])
def test_labels_that_nobody_may_hand_on_keep_lists_and_sound_here(
    sent: Any, tmp_path: Path, labels: str | None, clips: list[str]
) -> None:
    done = sent(clips, labels)
    assert there(tmp_path) == set()
    assert done.not_redistributable == [{"of": "labels", "licence": labels, "clips": 6, "hours": None}]
    assert "says it in mine.yaml: `rights: {labels: CC-BY-4.0}`" in done.advice


def test_what_its_entry_lets_go_goes_and_is_told_all_the_same(sent: Any, tmp_path: Path) -> None:
    done = sent(BOUND, None, even_if="not_redistributable")
    assert there(tmp_path) == {*FILES, "SHA256SUMS", MANIFEST}
    assert done.held_back == {}
    assert [one["clips"] for one in done.not_redistributable] == [6, 1, 1, 1]
    assert "not redistributable, and handed on as its entry says: labels of 6 clips under no licence" in done.told


def test_the_account_says_all_of_it(sent: Any, tmp_path: Path) -> None:
    done = sent(FREE)
    said = json.loads((tmp_path / "delivered/tars.json").read_text())
    assert {path for path, _, _ in said["files"]} == there(tmp_path)
    assert (said["bytes"], said["sent_bytes"], said["to"]) == (done.bytes, done.bytes, str(tmp_path / "there"))
    sent([*FREE, "f"])
    said = json.loads((tmp_path / "delivered/tars.json").read_text())
    assert (said["files"], said["held_back"]["files"]) == ([], 7)
    assert said["why"] == "sound of 1 clip under no licence that is known"


def test_a_dry_run_holds_back_and_tells_too(sent: Any, tmp_path: Path) -> None:
    assert sent(BOUND, dry_run=True).held_back["files"] == 7
    done = sent(FREE, dry_run=True)
    assert len(done.sent) == 8
    assert "8 would be sent (" in done.told
    assert there(tmp_path) == set()


def test_offline_nothing_goes_to_an_address(sent: Any) -> None:
    assert sent(FREE, offline=True).held_back == {}
    with pytest.raises(Exception, match="s3://bucket/of: no connection is made, as the run is offline"):
        sent(FREE, to="s3://bucket/of", offline=True)


def test_of_all_licences_that_are_known_only_those_without_derivatives_stay() -> None:
    assert {one for one in SPDX_IDS if not allows_redistribution(one)} == {one for one in SPDX_IDS if "-ND" in one}
    assert not any(map(allows_redistribution, ("", "CC-BY", "cc0-1.0", "all rights reserved", None)))


def test_images_that_sounds_are_paired_with_have_licences_of_their_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Two lists have one image each and one in both."""
    clips = pl.LazyFrame({"clip_id": ["a"], "licence": ["CC0-1.0"], "duration_s": [3600.0]})
    monkeypatch.setattr("workflow_scripts.deliver.redistribution.lazy_table", lambda _: clips)
    lists = [tmp_path / "0.parquet", tmp_path / "1.parquet"]
    for number, file in enumerate(lists):
        images = {"image_clip_id": ["both", f"of_{number}"], "image_licence": ["CC-BY-4.0", None]}
        rows = pl.DataFrame({"clip_id": ["p", "q"], "of_clip": "a", "image_dataset": "seen", **images})
        rows.write_parquet(file)
    found = licensed("CC-BY-4.0", 1, tmp_path / "clips.parquet", lists)
    assert found[1:] == [
        Licensed(SOUND, "CC0-1.0", 1, 1.0),
        Licensed(IMAGES, None, 2),
        Licensed(IMAGES, "CC-BY-4.0", 1),
    ]
    assert [one.may_go for one in found[2:]] == [False, True]
