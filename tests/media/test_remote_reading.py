"""Media at addresses, read where they lie."""

import io
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.fetch.faulty import Fault, FaultyServer, Served, faulty_server, some_bytes
from workflow_scripts.check.passing import PASSING
from workflow_scripts.fetch.patience import Patience
from workflow_scripts.fetch.session import Client
from workflow_scripts.media import archives
from workflow_scripts.media.content import Content, file_content
from workflow_scripts.media.limits import seconds_to_list
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.media.names import from_text
from workflow_scripts.media.opened import as_it_is, will_read
from workflow_scripts.media.remote import reading
from workflow_scripts.media.remote.listing import below
from workflow_scripts.media.remote.times import time_of

SOUNDS = {f"{number:02}.wav": some_bytes(30_000, number) for number in range(20)}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyServer]:
    client = Client(Patience(connect_s=5, stall_s=1, stall_bytes=16, tries=3, backoff_s=0.01))
    monkeypatch.setattr(reading, "_client", lambda: client)
    with faulty_server() as server:
        yield server


def listed(server: FaultyServer, path: str) -> Media:
    """As a scan lists it."""
    served = server.files[path]
    return Media(server.address(path), None, len(served.body), time_of(served.tag))


def failure(media: Media) -> MediaError:
    with pytest.raises(MediaError) as caught:
        read(media)
    return caught.value


def read(media: Media, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Read all of it; what happens after its first bytes.

    Raises:
        MediaError: it cannot be read.
    """
    with file_content(media) as content:
        content.file.read(10)
        meanwhile()
        content.digest()
        if content.failure:
            raise content.failure


def a_zip(method: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in SOUNDS.items():
            archive.writestr(name, content)
    return file.getvalue()


def a_tar() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in SOUNDS.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return file.getvalue()


def a_parquet() -> bytes:
    file = io.BytesIO()
    rows = [
        {"audio": {"bytes": content, "path": name}, "more": some_bytes(9_000, 7)} for name, content in SOUNDS.items()
    ]
    pq.write_table(pa.Table.from_pylist(rows), file, row_group_size=5, compression="NONE")
    return file.getvalue()


ARCHIVES = {"/a.zip": a_zip, "/a.tar": a_tar, "/a.parquet": a_parquet}


def test_a_file_is_had_with_one_question(server: FaultyServer) -> None:
    body = some_bytes(100_000)
    server.put("/a.wav", Served(body))
    with file_content(listed(server, "/a.wav")) as content:
        assert isinstance(content.file, io.BytesIO)
        assert content.file.read() == body
    assert server.times("/a.wav") == 1


def test_a_long_file_is_read_as_it_is_asked_for(server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow_scripts.media.content.IN_MEMORY_BYTES", 1000)
    body = some_bytes(9_000_000)
    server.put("/a.wav", Served(body))
    with file_content(listed(server, "/a.wav")) as content:
        assert not isinstance(content.file, io.BytesIO)
        content.file.seek(8_000_000)
        assert content.file.read(1000) == body[8_000_000:8_001_000]
        assert server.times("/a.wav") == 1
        content.file.seek(0)
        assert content.file.read() == body
    assert server.times("/a.wav") <= 4


def test_files_are_read_before_they_are_opened(server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow_scripts.media.remote.ahead.IN_MEMORY_BYTES", 50_000)
    bodies = {f"/{number}.wav": some_bytes(30_000, number) for number in range(6)} | {"/long.wav": some_bytes(60_000)}
    for path, body in bodies.items():
        server.put(path, Served(body))
    medias = [listed(server, path) for path in bodies]
    server.files["/3.wav"].body = some_bytes(30_000, 99)
    server.files["/4.wav"].faults = [Fault(status=503)] * 9
    will_read(medias)
    until = time.monotonic() + 10
    while not all(server.times(f"/{number}.wav") for number in range(6)) and time.monotonic() < until:
        time.sleep(0.02)
    assert [server.times(path) > 0 for path in bodies] == [True] * 6 + [False]
    told: list[bytes | str] = []
    for media in medias:
        try:
            with file_content(media) as content:
                told.append(content.file.read())
        except MediaError as error:
            told.append(error.kind)
    right = list(bodies.values())
    assert told == [*right[:3], "changed", "io_error", *right[5:]]
    assert [server.times(path) for path in ("/0.wav", "/1.wav", "/2.wav", "/5.wav")] == [1, 1, 1, 1]


def test_what_is_another_file_now_is_changed(server: FaultyServer) -> None:
    server.put("/a.wav", Served(some_bytes(1000)))
    media = listed(server, "/a.wav")
    server.files["/a.wav"].body = some_bytes(1000, 1)
    assert failure(media).kind == "changed"
    server.files["/a.wav"].body = some_bytes(1001)
    assert failure(media).kind == "changed"


def test_what_changes_while_it_is_read_is_changed(server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow_scripts.media.content.IN_MEMORY_BYTES", 1000)
    served = Served(some_bytes(30_000_000))
    server.put("/a.wav", served)
    media, other = listed(server, "/a.wav"), some_bytes(30_000_000, 1)
    with pytest.raises(MediaError) as caught:
        read(media, lambda: setattr(served, "body", other))
    assert caught.value.kind == "changed"


def test_what_is_gone_or_cannot_be_had_now_may_pass(server: FaultyServer) -> None:
    server.put("/a.wav", Served(some_bytes(1000)))
    media = listed(server, "/a.wav")
    kinds = []
    for faults in ([Fault(status=503)] * 9, [Fault(drops_after=-1)] * 9, [Fault(status=403)] * 9):
        server.files["/a.wav"].faults = faults
        kinds.append(failure(media).kind)
    server.files.pop("/a.wav")
    kinds.append(failure(media).kind)
    assert kinds == ["io_error", "io_error", "io_error", "vanished"]
    assert set(kinds) < set(PASSING)


def test_what_fails_once_is_asked_for_again(server: FaultyServer) -> None:
    body = some_bytes(200_000)
    for fault in (Fault(drops_after=90_000), Fault(status=500), Fault(drops_after=90_000, stalls_s=2)):
        server.put("/a.wav", Served(body, faults=[fault]))
        with file_content(listed(server, "/a.wav")) as content:
            assert content.file.read() == body


@pytest.mark.parametrize("path", ARCHIVES)
def test_members_are_listed_and_read(server: FaultyServer, path: str) -> None:
    server.put(path, Served(ARCHIVES[path]()))
    it = listed(server, path)
    members, damages, _ = archives.list_members(it.path, it.mtime_ns)
    assert damages == []
    assert [media.member for media in members] == list(SOUNDS)
    asked, sent = server.times(path), server.sent(path)
    found = dict(archives.contents(members))
    assert {media.member: bytes_of(content) for media, content in found.items()} == SOUNDS
    needed = sum(map(len, SOUNDS.values()))
    print(f"{path}: {asked} questions to list it, {server.times(path) - asked} to read {needed:,} bytes")
    assert server.times(path) - asked <= 6
    assert server.sent(path) - sent < 1.2 * needed  # the footer of a Parquet file is read anew


@pytest.mark.parametrize("path", ARCHIVES)
def test_of_chosen_members_no_more_is_read(server: FaultyServer, path: str) -> None:
    server.put(path, Served(ARCHIVES[path]()))
    it = listed(server, path)
    members = archives.list_members(it.path, it.mtime_ns).members
    sent = server.sent(path)
    [(_, content)] = archives.contents([members[10]])
    assert bytes_of(content) == SOUNDS["10.wav"]
    assert server.sent(path) - sent < (250_000 if path == "/a.parquet" else 50_000)


def test_a_long_tar_may_take_a_question_a_member_to_list() -> None:
    members, apart, waits_s = 12_500, 320_000, 0.2
    assert seconds_to_list(members * apart, is_remote=True) > members * waits_s


def test_an_archive_that_is_another_one_now_is_changed(server: FaultyServer) -> None:
    server.put("/a.zip", Served(a_zip()))
    it = listed(server, "/a.zip")
    members = archives.list_members(it.path, it.mtime_ns).members
    server.files["/a.zip"].body = a_zip(zipfile.ZIP_DEFLATED)
    assert {content.kind for _, content in archives.contents(members) if isinstance(content, MediaError)} == {"changed"}


def test_an_archive_that_cannot_be_had_now_is_not_missing_its_members(server: FaultyServer) -> None:
    server.put("/a.zip", Served(a_zip(), faults=[Fault(status=503)] * 9))
    with pytest.raises(OSError, match="the server says 503"):
        archives.list_members(server.address("/a.zip"), 0)


def test_what_lies_there_now(server: FaultyServer) -> None:
    server.put("/a.zip", Served(b"PK"))
    assert as_it_is(server.address("/a.zip")) == listed(server, "/a.zip")
    [(folder, found)] = below(server.address("/a.zip"))
    assert (folder, list(found)) == ("", [("a.zip", "archive", 2, listed(server, "/a.zip").mtime_ns)])


def test_offline_nobody_is_asked(server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.put("/a.wav", Served(b"sound"))
    monkeypatch.setenv("SOUNDLEDGER_OFFLINE", "1")
    assert "`offline: true` forbids it" in str(failure(listed(server, "/a.wav")))
    with pytest.raises(OSError, match="`offline: true` forbids it"):
        as_it_is(server.address("/a.wav"))
    assert server.times("/a.wav") == 0


def test_a_name_leads_to_no_other_place() -> None:
    assert from_text("s3://b/wav", "/etc/passwd") == "s3://b/wav//etc/passwd"
    assert from_text("s3://b/wav", "a/b.wav") == "s3://b/wav/a/b.wav"


def bytes_of(content: Content | MediaError) -> bytes:
    assert isinstance(content, Content), content
    return content.file.read()
