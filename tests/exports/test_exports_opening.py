"""What a plan says of a media opens it, whatever it is called."""

import io
import os
import tarfile
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports.test_exports_packs import row
from tests.made_files import noise16, wav
from workflow_scripts.exports.files.packing import make_files
from workflow_scripts.exports.opening import folder, opens
from workflow_scripts.ledger.checked import RootChecks
from workflow_scripts.ledger.links import media_paths
from workflow_scripts.media.names import to_text

NAMES = [b"plain.wav", b"below/plain.wav", b"caf\xe9/a.wav", b"b\xff.flac", b"caf\xc3\xa9.wav", rb"back\xe9slash.wav"]


def planned(audio: bytes, names: list[bytes], results: Path) -> pl.DataFrame:
    """`folder` and `path` of the files of a root, as plans have them."""
    paths = pl.DataFrame({"root_ordinal": 0, "path": [to_text(os.fsdecode(name)) for name in names]})
    paths = paths.with_columns(pl.col("root_ordinal").cast(pl.Int32))
    root = RootChecks("audio", os.fsdecode(audio), "clips", [], links=str(results / "links"))
    return paths.with_columns(media_path=media_paths(paths, [root])).select(folder(), "path")


def write(file: bytes, content: bytes) -> None:
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "wb") as stored:
        stored.write(content)


@pytest.mark.parametrize("below", [b"audio", b"gr\xfcn", rb"a\xe9"])
def test_every_media_opens_also_where_its_name_or_its_root_is_no_text(tmp_path: Path, below: bytes) -> None:
    audio = os.path.join(os.fsencode(tmp_path), below)
    for name in NAMES:
        write(os.path.join(audio, name), name)
    opened = [Path(opens(*place)).read_bytes() for place in planned(audio, NAMES, tmp_path).iter_rows()]
    assert opened == NAMES


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=40).filter(lambda name: not {0, ord("/")} & set(name) and name.strip(b".")))
def test_a_media_of_any_name_opens(name: bytes) -> None:
    with tempfile.TemporaryDirectory() as made:
        write(os.path.join(os.fsencode(made), b"audio", name), b"it")
        [place] = planned(os.path.join(os.fsencode(made), b"audio"), [name], Path(made)).iter_rows()
        assert Path(opens(*place)).read_bytes() == b"it"


def test_files_of_a_root_have_their_folder_alike(tmp_path: Path) -> None:
    """Which keeps lists short."""
    assert planned(b"/audio", [b"a.wav", b"b/c.wav"], tmp_path)["folder"].to_list() == ["/audio/", "/audio/"]


def test_clips_of_a_file_and_of_an_archive_that_are_no_text_are_cut(tmp_path: Path) -> None:
    sound = wav(noise16(16_000))
    write(os.path.join(os.fsencode(tmp_path), b"audio/by\xff.wav"), sound)
    with tarfile.open(os.fsdecode(os.path.join(os.fsencode(tmp_path), b"audio/\xe9.tar")), "w") as archive:
        member = tarfile.TarInfo("a.wav")
        member.size = len(sound)
        archive.addfile(member, io.BytesIO(sound))
    (tmp_path / "same.wav").write_bytes(sound)
    places = planned(os.path.join(os.fsencode(tmp_path), b"audio"), [b"by\xff.wav", b"\xe9.tar"], tmp_path)
    rows = [
        row(tmp_path / "same.wav", clip_id, member=member) | place
        for (clip_id, member), place in zip([("file", None), ("member", "a.wav")], places.rows(named=True), strict=True)
    ]
    (tmp_path / "out").mkdir()
    packed = make_files(pl.DataFrame(rows, infer_schema_length=None), tmp_path / "out")
    assert (packed.failed, packed.told["clip_id"].to_list()) == ({}, ["file", "member"])
