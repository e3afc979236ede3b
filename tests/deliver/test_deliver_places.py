"""What lies at a place of each kind after a delivery, and what is sent for that."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.deliver.made_export import FILES, sha256, whole, write_export
from tests.deliver.once import deliver, look
from tests.deliver.places import Place
from workflow_scripts.deliver.errors import DeliverError
from workflow_scripts.deliver.manifest import MANIFEST, UNDER_WAY, What
from workflow_scripts.deliver.outgoing import Outgoing
from workflow_scripts.deliver.target import Told
from workflow_scripts.deliver.targets.folder import FolderTarget
from workflow_scripts.exports.sums import SUMS


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_export(tmp_path / "export", FILES)


def manifest(place: Place) -> dict[str, tuple[int, str]]:
    said = json.loads(place.content()[MANIFEST])
    return {one["path"]: (one["bytes"], one["sha256"]) for one in said["files"]}


def of_export(place: Place) -> dict[str, bytes]:
    return {path: content for path, content in place.content().items() if path != MANIFEST}


def test_all_files_of_an_export_arrive_and_a_manifest_of_them(place: Place, export: Path, tmp_path: Path) -> None:
    sent = deliver(export, place.address, tmp_path)
    assert of_export(place) == whole(FILES, export)
    assert manifest(place) == {path: (len(one), sha256(one)) for path, one in whole(FILES, export).items()}
    assert sorted(sent) == sorted([*FILES, SUMS, MANIFEST])
    assert sent[-1] == MANIFEST


def test_what_is_there_is_not_sent_again(place: Place, export: Path, tmp_path: Path) -> None:
    deliver(export, place.address, tmp_path)
    seen = place.between.seen if place.between else 0
    before = place.content()
    assert deliver(export, place.address, tmp_path) == []
    assert place.content() == before
    assert not place.between or place.between.seen == seen


def test_of_a_changed_export_what_changed_is_sent_and_what_it_has_no_more_is_removed(
    place: Place, export: Path, tmp_path: Path
) -> None:
    deliver(export, place.address, tmp_path)
    place.put("of/somebody.txt", b"else")
    changed = {path: one for path, one in FILES.items() if path != "test/0.tar"}
    changed |= {"train/1.tar": b"B" * 4000, "train/2.tar": b"d" * 1000}
    now = write_export(tmp_path / "now", changed)
    sent = deliver(now, place.address, tmp_path)
    assert sorted(sent) == sorted(["train/1.tar", "train/2.tar", SUMS, MANIFEST])
    assert of_export(place) == whole(changed, now) | {"of/somebody.txt": b"else"}
    assert deliver(now, place.address, tmp_path) == []


def test_a_file_of_the_same_size_that_was_changed_there_is_sent_again(
    place: Place, export: Path, tmp_path: Path
) -> None:
    deliver(export, place.address, tmp_path)
    place.put("train/0.tar", b"x" * 3000)
    assert sorted(deliver(export, place.address, tmp_path)) == sorted(["train/0.tar", MANIFEST])
    assert of_export(place) == whole(FILES, export)


def test_what_would_be_sent_is_told_and_nothing_is_sent(place: Place, export: Path, tmp_path: Path) -> None:
    place.put("train/0.tar", FILES["train/0.tar"])
    place.put("else.txt", b"else")
    before = place.content()
    wanted = look(export, place.address, tmp_path)
    assert sorted(one.path for one in wanted.lacking) == sorted({*FILES, SUMS, MANIFEST} - {"train/0.tar"})
    assert (wanted.others, wanted.stale, wanted.is_done) == (1, [], False)
    assert place.content() == before


def test_a_file_of_somebody_that_is_called_like_one_of_the_export_is_left_alone(
    place: Place, export: Path, tmp_path: Path
) -> None:
    place.put("README.md", b"Written by hand.\n")
    place.put("sizes.json", FILES["sizes.json"])  # the same bytes: nothing is lost
    before = place.content()
    words = r"holds 1 files that no delivery put there, .* other bytes: README\.md\. Move them away, or name a place"
    with pytest.raises(DeliverError, match=words):
        look(export, place.address, tmp_path)
    with pytest.raises(DeliverError, match=words):
        deliver(export, place.address, tmp_path)
    assert place.content() == before


@pytest.mark.parametrize("is_link", [False, True])
def test_a_file_or_a_link_of_somebody_is_left_alone_where_a_folder_of_the_export_would_be(
    export: Path, tmp_path: Path, is_link: bool
) -> None:
    """Whoever wrote through the link would overwrite what lies elsewhere."""
    there, elsewhere = tmp_path / "there", write_export(tmp_path / "elsewhere", {"0.tar": b"of somebody"})
    there.mkdir()
    if is_link:
        (there / "train").symlink_to(elsewhere)
    else:
        (there / "train").write_bytes(b"of somebody")
    with pytest.raises(DeliverError, match=r"other bytes: train\. Move"):
        deliver(export, str(there), tmp_path)
    assert [file.name for file in there.iterdir()] == ["train"]
    assert (elsewhere / "0.tar").read_bytes() == b"of somebody"


def test_a_file_that_came_after_a_delivery_is_left_alone_by_the_next(
    place: Place, export: Path, tmp_path: Path
) -> None:
    deliver(export, place.address, tmp_path)
    place.put("train/2.tar", b"of somebody")
    before = place.content()
    now = write_export(tmp_path / "now", FILES | {"train/2.tar": b"d" * 1000})
    with pytest.raises(DeliverError, match=r"other bytes: train/2\.tar\. Move"):
        deliver(now, place.address, tmp_path)
    assert place.content() == before


@pytest.mark.parametrize("in_one_step", [0, 100])
def test_a_file_that_was_spoilt_on_its_way_is_no_file_of_somebody(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_one_step: int
) -> None:
    there, change = tmp_path / "there", FolderTarget.change

    def spoiling(self: FolderTarget, put: Sequence[Outgoing], gone: Sequence[str], told: Told) -> None:
        change(self, put, gone, told)
        if any(one.path == "train/0.tar" for one in put):
            (there / "train/0.tar").write_bytes(b"x" * 3000)

    monkeypatch.setattr(FolderTarget, "IN_ONE_STEP", in_one_step)
    monkeypatch.setattr(FolderTarget, "change", spoiling)
    with pytest.raises(DeliverError, match=r"train/0\.tar has other bytes\. Run again"):
        deliver(export, str(there), tmp_path)
    assert not (there / MANIFEST).exists()
    monkeypatch.setattr(FolderTarget, "change", change)
    assert sorted(deliver(export, str(there), tmp_path)) == sorted(["train/0.tar", MANIFEST])
    assert (there / "train/0.tar").read_bytes() == FILES["train/0.tar"]
    assert not (there / UNDER_WAY).exists()


@pytest.mark.parametrize(
    ("there", "words"),
    [
        (b"Files of mine", "holds a MANIFEST.json that no delivery wrote"),
        (b'{"files": {}}', "holds a MANIFEST.json that no delivery wrote"),
    ],
)
def test_a_manifest_of_somebody_is_not_replaced(
    place: Place, export: Path, tmp_path: Path, there: bytes, words: str
) -> None:
    place.put(MANIFEST, there)
    with pytest.raises(DeliverError, match=words):
        deliver(export, place.address, tmp_path)
    assert place.content() == {MANIFEST: there}


def test_a_place_of_another_export_is_not_mixed_with_this(place: Place, export: Path, tmp_path: Path) -> None:
    deliver(export, place.address, tmp_path)
    before = place.content()
    with pytest.raises(DeliverError, match="delivered of mine/others before; it holds mine/tars; name a place"):
        deliver(export, place.address, tmp_path, What("mine", "others", "webdataset", "0.1.0"))
    assert place.content() == before


def test_a_file_that_was_changed_since_it_was_written_is_named_and_not_listed_as_whole(
    place: Place, export: Path, tmp_path: Path
) -> None:
    (export / "train/0.tar").write_bytes(b"z" * 3000)
    with pytest.raises(DeliverError, match=r"train/0\.tar: expected the SHA-256 \w+, with which it was written"):
        deliver(export, place.address, tmp_path)
    assert MANIFEST not in place.content()
    assert "train/0.tar" not in place.content()


def test_an_export_whose_files_are_others_than_its_sums_say_does_not_go(
    place: Place, export: Path, tmp_path: Path
) -> None:
    (export / "more.txt").write_text("more")
    (export / "sizes.json").unlink()
    with pytest.raises(DeliverError, match=r"SHA256SUMS and the folder differ in 2 files: more\.txt, sizes\.json"):
        deliver(export, place.address, tmp_path)
    assert place.content() == {}
