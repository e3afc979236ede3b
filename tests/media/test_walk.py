"""Finding audio files below a root."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.media import look as module
from workflow_scripts.media import lookers
from workflow_scripts.media import walk as module_walk
from workflow_scripts.media.look import choose_listing, chosen_listing, listed, look, look_into
from workflow_scripts.media.media import Media
from workflow_scripts.media.names import from_text
from workflow_scripts.media.walk import (
    AUDIO_SUFFIXES,
    UNREAD_SUFFIXES,
    folder_of,
    holds_other_files_alone,
    is_audio,
    is_unread,
)

REPOSITORY = Path(__file__).resolve().parents[2]
LONG_AGO_NS = 1_500_000_000_000_000_000


def _write(root: Path, path: str, data: bytes = b"12345", mtime_ns: int = LONG_AGO_NS) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    os.utime(file, ns=(mtime_ns, mtime_ns))


def walk(root: str) -> Iterator[Media]:
    """What one look writes down."""
    with tempfile.TemporaryDirectory() as folder:
        look(root, listing := Path(folder) / "listing")
        for rows in listed(listing):
            yield from (Media(path, None, size, mtime_ns) for path, _, size, mtime_ns in rows.iter_rows())


def state(root: str) -> str:
    """What it tells of all that lies there."""
    with tempfile.TemporaryDirectory() as folder:
        return look(root, Path(folder) / "listing")


def _paths(root: Path) -> list[str]:
    return sorted(media.path for media in walk(str(root)))


@contextlib.contextmanager
def _listed(order: Callable[[list[Any]], list[Any]]) -> Iterator[None]:
    """File systems list a folder in whatever order they like; here in a given one."""
    scandir = os.scandir

    @contextlib.contextmanager
    def in_order(folder: str) -> Iterator[Iterator[Any]]:
        with scandir(folder) as entries:
            yield iter(order(sorted(entries, key=lambda entry: entry.name)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "scandir", in_order)
        yield


def _reversed(items: list[Any]) -> list[Any]:
    return items[::-1]


def test_a_file_is_given_with_its_path_size_and_time(tmp_path: Path) -> None:
    _write(tmp_path, "a/b/x.wav", b"abc", 1_234_567_890_123_456_789)
    assert list(walk(str(tmp_path))) == [Media("a/b/x.wav", None, 3, 1_234_567_890_123_456_789)]


def test_a_root_may_be_written_with_a_slash_behind_it(tmp_path: Path) -> None:
    _write(tmp_path, "a/x.wav")
    assert list(walk(f"{tmp_path}/")) == list(walk(str(tmp_path)))


def test_only_audio_is_found_whatever_the_case_of_its_suffix(tmp_path: Path) -> None:
    sounds = ["a.wav", "b.WAV", "c.Flac", "d.OGG", "e.mP3", "f.opus", "g.x.wav", "-h.wav", "i j.wav", "k,'\".wav"]
    for name in [*sounds, "a.txt", "wav", ".wav", "x.wav.part", "notes.wav.json", "x.csv"]:
        _write(tmp_path, name)
    assert _paths(tmp_path) == sorted(sounds)


def test_archives_are_found_and_compressed_tars_too(tmp_path: Path) -> None:
    archives = ["a.tar", "b.ZIP", "deep/c.Parquet", "d.tar.gz", "e.tgz", "f.TAR.zst", "g.tar.bz2", "h.tar.xz", "i.txz"]
    for name in [*archives, "a.gz", "b.zst", ".tar", "tar.gz", "c.iso", "x.tar.part"]:
        _write(tmp_path, name)
    assert _paths(tmp_path) == sorted(archives)


@pytest.mark.parametrize("name", ["x.tar", "x.zip", "x.parquet"])
def test_a_root_may_be_an_archive(tmp_path: Path, name: str) -> None:
    _write(tmp_path, name)
    root = tmp_path / name
    assert list(walk(str(root))) == [Media(name, None, 5, LONG_AGO_NS)]
    assert folder_of(str(root)) == folder_of(str(tmp_path)) == str(tmp_path)
    before = state(str(root))
    _write(tmp_path, name, mtime_ns=LONG_AGO_NS + 1)
    assert state(str(root)) != before


def test_a_folder_called_like_an_archive_is_a_folder(tmp_path: Path) -> None:
    _write(tmp_path, "x.tar/y.wav")
    assert _paths(tmp_path) == ["x.tar/y.wav"]
    assert _paths(tmp_path / "x.tar") == ["y.wav"]
    assert folder_of(str(tmp_path / "x.tar")) == str(tmp_path / "x.tar")


def test_no_suffix_is_looked_at_and_not_looked_at() -> None:
    assert not AUDIO_SUFFIXES & UNREAD_SUFFIXES


@pytest.mark.parametrize("suffix", sorted(UNREAD_SUFFIXES))
def test_what_holds_audio_of_another_kind_is_given_too(tmp_path: Path, suffix: str) -> None:
    _write(tmp_path, f"x{suffix.upper()}", bytes(188))
    assert (_paths(tmp_path), is_audio(f"x{suffix}")) == ([f"x{suffix.upper()}"], False)
    assert is_unread(f"deep/x{suffix.upper()}", 188)
    before = state(str(tmp_path))
    _write(tmp_path, f"y{suffix}", bytes(188))
    assert state(str(tmp_path)) != before


@pytest.mark.parametrize(("size", "is_given"), [(0, False), (187, False), (188, True), (192, True), (188 * 192, True)])
def test_a_ts_is_a_transport_stream_if_it_is_whole_packets(tmp_path: Path, size: int, is_given: bool) -> None:
    """Others are programs in TypeScript."""
    _write(tmp_path, "index.ts", bytes(size))
    assert (_paths(tmp_path), is_unread("index.ts", size)) == (["index.ts"] if is_given else [], is_given)


def test_what_macos_leaves_beside_files_is_not_found_and_is_no_change(tmp_path: Path) -> None:
    _write(tmp_path, "a/x.wav")
    before = state(str(tmp_path))
    for name in ("._x.wav", "a/._x.wav", "__MACOSX/a/x.wav", "a/__MACOSX/._y.wma", "._x.tar", "._x.tar.gz"):
        _write(tmp_path, name)
    assert (_paths(tmp_path), state(str(tmp_path))) == (["a/x.wav"], before)
    assert not any(map(is_audio, ("._x.wav", "a/._x.wav", "__MACOSX/x.wav", "./__MACOSX/a/x.wav")))
    assert all(map(is_audio, ("a._x.wav", "._a/x.wav", "__MACOSX.wav", "x__MACOSX/x.wav")))


@given(st.text(st.sampled_from("./aW v")).map(lambda name: f"{name}.wav"))
def test_a_suffix_is_what_the_standard_library_says_it_is(path: str) -> None:
    assert is_audio(path) == (os.path.splitext(path)[1].lower() in AUDIO_SUFFIXES)


@pytest.mark.parametrize("suffix", sorted(AUDIO_SUFFIXES))
def test_every_audio_suffix_counts_in_capitals(tmp_path: Path, suffix: str) -> None:
    _write(tmp_path, f"x{suffix.upper()}")
    assert _paths(tmp_path) == [f"x{suffix.upper()}"]


def test_a_folder_called_like_audio_is_entered(tmp_path: Path) -> None:
    _write(tmp_path, "x.wav/y.wav")
    assert _paths(tmp_path) == ["x.wav/y.wav"]


def test_an_empty_root_holds_nothing(tmp_path: Path) -> None:
    assert list(walk(str(tmp_path))) == []
    assert state(str(tmp_path)) == "0" * 32


def test_linked_files_and_folders_are_found_with_the_size_of_what_they_lead_to(tmp_path: Path) -> None:
    _write(tmp_path, "elsewhere/x.wav", b"123456789")
    (tmp_path / "root").mkdir()
    (tmp_path / "root/link.wav").symlink_to("../elsewhere/x.wav")
    (tmp_path / "root/folder").symlink_to("../elsewhere")
    assert sorted(walk(str(tmp_path / "root")), key=lambda media: media.path) == [
        Media("folder/x.wav", None, 9, LONG_AGO_NS),
        Media("link.wav", None, 9, LONG_AGO_NS),
    ]


def test_a_root_that_is_a_link_is_walked(tmp_path: Path) -> None:
    _write(tmp_path, "real/x.wav")
    (tmp_path / "root").symlink_to("real")
    assert _paths(tmp_path / "root") == ["x.wav"]


def test_links_that_lead_in_a_circle_end(tmp_path: Path) -> None:
    _write(tmp_path, "a/x.wav")
    (tmp_path / "a/up").symlink_to("..")
    (tmp_path / "a/here").symlink_to(".")
    assert _paths(tmp_path) == ["a/x.wav"]


@pytest.mark.parametrize("link", ["a_link_before", "z_link_behind"])
def test_a_folder_that_is_linked_too_is_found_in_its_own_place_in_whatever_order(tmp_path: Path, link: str) -> None:
    _write(tmp_path, "folder/deeper/x.wav")
    (tmp_path / link).symlink_to("folder/deeper")
    with _listed(list):
        forward = _paths(tmp_path)
    with _listed(_reversed):
        backward = _paths(tmp_path)
    assert forward == backward == ["folder/deeper/x.wav"]


@pytest.mark.parametrize("leads_to", ["nowhere.wav", "x.wav", "notes.txt/x.wav", "n" * 300])
def test_a_link_that_leads_to_no_file_is_given_without_size(tmp_path: Path, leads_to: str) -> None:
    _write(tmp_path, "notes.txt")
    (tmp_path / "x.wav").symlink_to(leads_to)
    assert list(walk(str(tmp_path))) == [Media("x.wav", None, 0, 0)]


def test_a_pipe_is_given_without_size(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.wav")
    assert [(media.path, media.bytes) for media in walk(str(tmp_path))] == [("x.wav", 0)]


def test_a_root_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(walk(str(tmp_path / "nowhere")))


def test_a_folder_that_may_not_be_read_is_an_error(
    open_folder: Path, as_ordinary_user: Callable[[], AbstractContextManager[None]]
) -> None:
    _write(open_folder, "forbidden/x.wav")
    with as_ordinary_user():
        assert _paths(open_folder) == ["forbidden/x.wav"]
    (open_folder / "forbidden").chmod(0)
    with as_ordinary_user(), pytest.raises(PermissionError):
        list(walk(str(open_folder)))


def test_a_link_to_a_folder_that_may_not_be_entered_is_an_error_with_its_name(
    open_folder: Path, as_ordinary_user: Callable[[], AbstractContextManager[None]]
) -> None:
    """Its files are not missing for that. What is called like a file is told by its check."""
    _write(open_folder, "forbidden/folder/x.wav")
    (open_folder / "root").mkdir()
    (open_folder / "root/y.wav").symlink_to("../forbidden/folder/x.wav")
    (open_folder / "forbidden").chmod(0)
    with as_ordinary_user():
        assert _paths(open_folder / "root") == ["y.wav"]
    (open_folder / "root/link").symlink_to("../forbidden/folder")
    with as_ordinary_user(), pytest.raises(PermissionError, match="root/link"):
        list(walk(str(open_folder / "root")))


def test_names_that_are_no_utf8_are_found_and_lead_to_their_files(tmp_path: Path) -> None:
    names = [b"caf\xe9.wav", b"\xff\xfe.wav", "née.wav".encode(), b"line\nbreak.wav"]
    for name in names:
        Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name))).write_bytes(b"1")
    found = [os.fsencode(from_text("", path)) for path in _paths(tmp_path)]
    assert sorted(found) == sorted(names)
    assert len(state(str(tmp_path))) == 32


trees = st.dictionaries(
    st.sampled_from([f"{folder}{name}.wav" for folder in ("", "a/", "a/b/", "c/") for name in "xyz"]),
    st.tuples(st.binary(max_size=3), st.integers(1, 2**60)),
    max_size=8,
)


@settings(max_examples=20, deadline=None)
@given(trees, st.randoms(use_true_random=False))
def test_state_does_not_depend_on_order(tmp_path_factory: pytest.TempPathFactory, tree: Any, random: Any) -> None:
    roots = [tmp_path_factory.mktemp("root") for _ in range(2)]
    for root, paths in zip(roots, (list(tree), random.sample(list(tree), len(tree))), strict=True):
        for path in paths:
            _write(root, path, *tree[path])
    with _listed(list):
        first = state(str(roots[0]))
    with _listed(_reversed):
        assert state(str(roots[1])) == first


@settings(max_examples=20, deadline=None)
@given(trees, trees)
def test_two_trees_have_one_state_only_if_they_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, one: Any, other: Any
) -> None:
    states = []
    for tree in (one, other):
        root = tmp_path_factory.mktemp("root")
        for path, (data, mtime_ns) in tree.items():
            _write(root, path, data, mtime_ns)
        states.append(state(str(root)))
    seen = [{path: (len(data), mtime_ns) for path, (data, mtime_ns) in tree.items()} for tree in (one, other)]
    assert (states[0] == states[1]) == (seen[0] == seen[1])


def test_state_does_not_depend_on_how_many_files_are_written_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        _write(tmp_path, f"{number}.wav")
    whole = state(str(tmp_path))
    found = sorted(walk(str(tmp_path)), key=lambda media: media.path)
    monkeypatch.setattr(lookers, "LINES_AT_ONCE", 3)
    monkeypatch.setattr(module, "PACKED_AT_ONCE", 100)
    assert state(str(tmp_path)) == whole
    assert sorted(walk(str(tmp_path)), key=lambda media: media.path) == found


def test_where_each_answer_is_waited_for_many_are_asked_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a network; the first thousand tell that it is one."""
    for number in range(module_walk.ENTRIES_AT_ONCE + 200):
        _write(tmp_path, f"{number}.wav", b"1" * (number % 7))
    expected = sorted(walk(str(tmp_path)), key=lambda media: media.path)
    size_and_time = module_walk._size_and_time
    asking = set()

    def waits(entry: Any) -> Any:
        asking.add(threading.get_ident())
        time.sleep(5 * module_walk.WAITED_S)
        return size_and_time(entry)

    monkeypatch.setattr(module_walk, "_size_and_time", waits)
    assert sorted(walk(str(tmp_path)), key=lambda media: media.path) == expected
    assert len(asking) > 2


def test_a_run_chooses_its_listing_and_drops_all_others(tmp_path: Path) -> None:
    root, listings = tmp_path / "root", tmp_path / "looks"
    _write(root, "a/x.wav")
    choose_listing(listings, "")
    assert chosen_listing(listings) is None
    first = look_into(listings, str(root))
    assert chosen_listing(listings) is None, "who only asks chooses none"
    choose_listing(listings, first)
    written = (kept := chosen_listing(listings)).stat()
    assert look_into(listings, str(root)) == first
    assert kept.stat() == written, "nothing is written where nothing changed"
    _write(root, "y.wav")
    second = look_into(listings, str(root))
    assert chosen_listing(listings) == kept, "a look of another run is not that of this one"
    choose_listing(listings, second)
    assert sorted(os.listdir(listings)) == sorted(["chosen", second])
    assert pl.concat(listed(listings / second))["path"].sort().to_list() == ["a/x.wav", "y.wav"]
    choose_listing(listings, "")
    assert (chosen_listing(listings), os.listdir(listings)) == (None, [])


def test_a_listing_that_cannot_be_kept_is_no_error(tmp_path: Path) -> None:
    _write(tmp_path / "root", "a/x.wav")
    (tmp_path / "looks").write_text("a file in the way")
    assert look_into(tmp_path / "looks", str(tmp_path / "root")) == state(str(tmp_path / "root"))


LOOK = "import sys; from pathlib import Path; from workflow_scripts.media.look import look_into;"


def test_what_a_killed_look_left_the_next_sweeps(tmp_path: Path) -> None:
    root, listings, temporary = tmp_path / "root", tmp_path / "looks", tmp_path / "tmp"
    temporary.mkdir()
    _write(root, "a/x.wav")
    for number in range(20_000):
        os.link(root / "a/x.wav", root / f"a/{number}.wav")
    command = [sys.executable, "-c", f"{LOOK} look_into(Path(sys.argv[1]), sys.argv[2])", str(listings), str(root)]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "TMPDIR": str(temporary)}
    with subprocess.Popen(command, env=environment) as killed:
        while not (left := list(listings.glob(".look.aside.*/listing"))):
            assert killed.poll() is None
        killed.kill()
    assert left[0].exists()
    choose_listing(listings, "")
    first = look_into(listings, str(root))
    assert (os.listdir(listings), os.listdir(temporary)) == ([first], [])


def test_a_look_that_nobody_reads_writes_nothing(tmp_path: Path) -> None:
    _write(tmp_path / "root", "a/x.wav")
    assert look_into(None, str(tmp_path / "root")) == state(str(tmp_path / "root"))
    assert os.listdir(tmp_path) == ["root"]


def _add(root: Path) -> None:
    _write(root, "new.wav")


def _remove(root: Path) -> None:
    (root / "a/x.wav").unlink()


def _replace(root: Path) -> None:
    _write(root, "a/x.wav", b"123456")


def _add_archive(root: Path) -> None:
    _write(root, "new.tar")


def _add_folder(root: Path) -> None:
    (root / "a").rename(root / "b")


def _touch(root: Path) -> None:
    _write(root, "a/x.wav", mtime_ns=LONG_AGO_NS + 1)


def _rename(root: Path) -> None:
    (root / "a/x.wav").rename(root / "a/w.wav")


def _swap(root: Path) -> None:
    _write(root, "a/x.wav", b"1")
    _write(root, "y.wav", b"12345")


@pytest.mark.parametrize("change", [_add, _add_archive, _add_folder, _remove, _replace, _touch, _rename, _swap])
def test_state_changes_with_any_file(tmp_path: Path, change: Callable[[Path], None]) -> None:
    root = tmp_path / "root"
    _write(root, "a/x.wav")
    _write(root, "y.wav", b"1")
    before = state(str(root))
    shutil.copytree(root, tmp_path / "copy")
    assert state(str(tmp_path / "copy")) == before
    change(root)
    assert state(str(root)) != before


def test_state_does_not_change_with_what_is_no_audio(tmp_path: Path) -> None:
    _write(tmp_path, "a/x.wav")
    before = state(str(tmp_path))
    _write(tmp_path, "a/notes.txt")
    (tmp_path / "empty").mkdir()
    assert state(str(tmp_path)) == before


@pytest.mark.parametrize(
    ("files", "alone"),
    [
        ([], False),
        (["meta/list.csv"], True),
        (["list.csv", "train/a.WAV"], False),
        (["list.csv", "train.zip"], False),
        (["list.csv", "pictures/a.jpg"], False),
        (["list.csv", "._a.wav"], True),
    ],
)
def test_a_folder_of_other_files_alone_is_told_from_one_that_holds_media(
    tmp_path: Path, files: list[str], alone: bool
) -> None:
    for file in files:
        _write(tmp_path, file)
    assert holds_other_files_alone(str(tmp_path)) is alone


def test_what_a_link_leads_to_may_hold_media(tmp_path: Path) -> None:
    _write(tmp_path, "root/list.csv")
    (tmp_path / "root/wav").symlink_to(tmp_path)
    assert not holds_other_files_alone(str(tmp_path / "root"))


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert not holds_other_files_alone(str(tmp_path / "nowhere"))
