"""Every media path opens, also where a name is not text."""

import os
from pathlib import Path

import polars as pl
import pytest

from tests.ledger.checked import check, clips_table, resolved, root
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.ledger.checked import RootChecks
from workflow_scripts.media.names import to_text


def _resolved(folder: Path, audio: Path, names: list[bytes], links: Path) -> pl.DataFrame:
    """Files of these names below a folder, each a clip of its own; what is in a file is its name."""
    rows = []
    for number, name in enumerate(names):
        file = os.path.join(os.fsencode(audio), name)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        Path(os.fsdecode(file)).write_bytes(name)
        rows.append(check(to_text(os.fsdecode(name)), member=f"{number}.wav" if name.endswith(b".tar") else None))
    made = root(folder, "wav", *rows)
    roots = [RootChecks("wav", str(audio), "clips", made.checks, links=str(links))]
    keys = [row["member"] or row["path"] for row in rows]
    clips = clips_table(*({"clip_id": f"clip{n}", "media_key": key} for n, key in enumerate(keys)))
    return resolved(clips, roots, "path")["clips"]


NAMES = [b"plain.wav", b"caf\xe9/a.wav", b"b\xff.flac", b"caf\xc3\xa9.wav", rb"back\xe9slash.wav", b"no suffix \xe9. x"]


def test_every_media_path_opens(tmp_path: Path) -> None:
    links = tmp_path / "results/links"
    ledger = _resolved(tmp_path, tmp_path / "audio", NAMES, links)
    paths = ledger["media_path"].to_list()
    assert [Path(path).read_bytes() for path in paths] == NAMES
    assert [Path(path).parent == links for path in paths] == [False, True, True, False, False, True]
    assert [Path(path).suffix for path in paths[1:3]] == [".wav", ".flac"]
    assert all(path.isascii() for path in paths[1:3])
    assert len(list(links.iterdir())) == 3


def test_links_are_made_for_names_that_are_no_text_alone(tmp_path: Path) -> None:
    _resolved(tmp_path, tmp_path / "audio", [b"a.wav", "é.wav".encode()], tmp_path / "links")
    assert not (tmp_path / "links").exists()


def test_links_are_the_same_every_time_and_a_wrong_one_is_mended(tmp_path: Path) -> None:
    first = _resolved(tmp_path, tmp_path / "audio", NAMES, tmp_path / "links")
    path = Path(first["media_path"][1])
    path.unlink()
    path.symlink_to("/nowhere")
    again = _resolved(tmp_path, tmp_path / "audio", NAMES, tmp_path / "links")
    assert again.equals(first)
    assert path.read_bytes() == NAMES[1]


def test_the_folder_of_a_root_may_be_no_text_either(tmp_path: Path) -> None:
    audio = Path(os.fsdecode(os.fsencode(tmp_path) + b"/gr\xfcn"))
    ledger = _resolved(tmp_path, audio, [b"a.wav", b"b/\xe9.wav"], tmp_path / "links")
    assert [Path(path).read_bytes() for path in ledger["media_path"]] == [b"a.wav", b"b/\xe9.wav"]
    assert all(path.isascii() for path in ledger["media_path"])


def test_members_of_an_archive_share_one_link_to_it(tmp_path: Path) -> None:
    ledger = _resolved(tmp_path, tmp_path / "audio", [b"\xe9.tar", b"\xe9.tar"], tmp_path / "links")
    assert ledger["media_path"].n_unique() == 1
    assert Path(ledger["media_path"][0]).suffix == ".tar"


def test_without_any_place_for_a_link_the_run_says_so(tmp_path: Path) -> None:
    results = Path(os.fsdecode(os.fsencode(tmp_path) + b"/r\xe9sults/links"))
    with pytest.raises(SoundledgerError, match="take a results folder whose path is"):
        _resolved(tmp_path, tmp_path / "audio", [b"\xe9.wav"], results)
