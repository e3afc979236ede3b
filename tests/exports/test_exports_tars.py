"""Tars are read back once they are written."""

import tarfile
from pathlib import Path

import pytest

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports import tars
from workflow_scripts.exports.tars import Tar


def test_a_tar_holds_what_was_added_in_its_order(tmp_path: Path) -> None:
    with Tar(tmp_path / "a.tar") as tar:
        tar.add("b.flac", b"sound")
        tar.add("b.json", b"{}")
        tar.add("a" * 300, b"")
    with tarfile.open(tmp_path / "a.tar") as there:
        assert there.getnames() == ["b.flac", "b.json", "a" * 300]
        assert {(member.mtime, member.uid, member.uname) for member in there} == {(0, 0, "")}


def test_one_that_reads_back_as_something_else_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a disk that loses a byte."""
    as_ever = tarfile.TarFile.close

    def close(self: tarfile.TarFile) -> None:
        as_ever(self)
        if self.mode == "w":
            content = bytearray((tmp_path / "a.tar").read_bytes())
            content[512] ^= 1
            (tmp_path / "a.tar").write_bytes(content)

    monkeypatch.setattr(tars.tarfile.TarFile, "close", close)
    with pytest.raises(SoundledgerError, match="read back"), Tar(tmp_path / "a.tar") as tar:
        tar.add("b.flac", b"sound")
