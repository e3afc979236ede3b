"""Copies are made pack by pack: a change touches one pack, and a bad media costs its own clips alone."""

import errno
import io
import os
import shutil
import stat
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soundfile
import xxhash

from tests.exports.made_exports import account_of, exported, make_packs
from tests.exports.small_run import SmallAudioset
from tests.made_files import encoded, noise, noise16, wav
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports import ast, plans, reading
from workflow_scripts.exports.account import read_account
from workflow_scripts.exports.audio import encoding
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.plan import IN_ORDER
from workflow_scripts.exports.files.names import link_copies
from workflow_scripts.exports.files.packing import make_files
from workflow_scripts.exports.packs import write_pack
from workflow_scripts.exports.plans import write_plan
from workflow_scripts.exports.reading import Tables, pack_of
from workflow_scripts.media.content import Content

CLIPS = 40


class OfAPlan:
    """A format whose plan is given."""

    MOST = 4
    SORTED_BY = IN_ORDER

    def __init__(self, rows: pl.DataFrame, at_once: int = 1000) -> None:
        self.plan = lambda tables, options: rows.iter_slices(at_once)
        self.clips_a_pack = lambda options, clips: self.MOST
        self.pack = make_files


def row(file: Path, clip_id: str, **others: object) -> dict[str, object]:
    """A row of a plan for all of a file."""
    return {
        "clip_id": clip_id,
        "media": f"root/{file.name}",
        "folder": f"{file.parent}/",
        "path": file.name,
        "member": None,
        "bytes_digest": Content.of(file.read_bytes()).digest() if file.exists() else "0",
        "start_s": None,
        "end_s": None,
        "duration_s": 1.0,
        "channel": "first",
        "own_rate": 16_000,
        "own_channels": 1,
        "made_as": AudioForm("wav", 16_000, "first", 16, "clip").made_as,
        "as_is": False,
        "suffix": "wav",
        "order": xxhash.xxh3_64_intdigest(file.name.encode()),
    } | others


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    kinds = {"member": pl.String, "start_s": pl.Float64, "end_s": pl.Float64, "order": pl.UInt64}
    return pl.DataFrame(list(rows), schema_overrides=kinds).sort(*IN_ORDER)


def lists(rows: pl.DataFrame, folder: Path, at_once: int = 1000) -> dict[str, bytes]:
    """The lists of a plan."""
    write_plan(OfAPlan(rows, at_once), Tables({}), {}, folder)  # type: ignore[arg-type]
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    folder = tmp_path_factory.mktemp("many")
    for number in range(CLIPS):
        (folder / f"{number}.wav").write_bytes(wav(noise16(100, seed=number)))
    return [row(folder / f"{number}.wav", f"clip{number}") for number in range(CLIPS)]


@pytest.mark.parametrize(("at_once", "held", "bits"), [(7, 1000, 6), (7, 20, 1), (7, 20, 3), (1, 1, 6), (40, 5, 2)])
def test_lists_are_the_same_however_many_rows_are_held(
    many: list[dict[str, object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, held: int, bits: int
) -> None:
    rows = frame(*many)
    before = lists(rows, tmp_path / "whole")
    monkeypatch.setattr(plans, "ROWS_AT_ONCE", held)
    monkeypatch.setattr(plans, "PART_BITS", bits)
    assert lists(rows.sample(fraction=1, shuffle=True, seed=1), tmp_path / "plan", at_once) == before


def test_packs_are_small_and_hold_every_clip_once(many: list[dict[str, object]], tmp_path: Path) -> None:
    lists(frame(*many), tmp_path / "plan")
    packs = [pl.read_parquet(file) for file in (tmp_path / "plan").iterdir()]
    assert all(1 <= len(pack) <= OfAPlan.MOST for pack in packs)
    assert sorted(pl.concat(packs)["clip_id"]) == sorted(f"clip{number}" for number in range(CLIPS))


def test_a_media_that_changed_changes_the_list_of_its_pack_alone(many: list[dict[str, object]], tmp_path: Path) -> None:
    before = lists(frame(*many), tmp_path / "before")
    now = lists(frame(many[0] | {"bytes_digest": "another"}, *many[1:]), tmp_path / "now")
    assert before.keys() == now.keys()
    assert sum(before[name] != now[name] for name in before) == 1


def test_one_clip_more_changes_one_leaf(many: list[dict[str, object]], tmp_path: Path) -> None:
    before, now = lists(frame(*many[1:]), tmp_path / "before"), lists(frame(*many), tmp_path / "now")
    changed = {name for name in before.keys() & now.keys() if before[name] != now[name]}
    gone, new = before.keys() - now.keys(), now.keys() - before.keys()
    assert len(changed) + len(gone) <= 1
    assert all(name.startswith(leaf.removesuffix(".parquet")) for leaf in gone for name in new)


def test_clips_of_one_recording_are_decoded_by_one_pack(many: list[dict[str, object]], tmp_path: Path) -> None:
    spans = [many[0] | {"clip_id": f"span{n}", "start_s": n, "end_s": n + 1.0} for n in map(float, range(4))]
    lists(frame(*spans, *many[1:]), tmp_path / "plan")
    packs = [pl.read_parquet(file)["clip_id"].to_list() for file in (tmp_path / "plan").iterdir()]
    assert [len([clip for clip in pack if clip.startswith("span")]) for pack in packs if "span0.0" in pack] == [4]


# --- what can go wrong ---


def failures(folder: Path, *rows: dict[str, object]) -> tuple[list[str], dict[str, str]]:
    """The clips that were copied, and for others the kind of what went wrong."""
    folder.mkdir()
    packed = make_files(frame(*rows), folder)
    made = packed.told["clip_id"].to_list()
    assert sorted(file.stem for file in folder.iterdir()) == made
    return made, {clip: kind for clip, (kind, _) in packed.failed.items()}


def test_a_bad_media_costs_its_own_clips_alone(tmp_path: Path) -> None:
    for name, data in {
        "good.wav": wav(noise16(44_100), rate=44_100),
        "changed.wav": wav(noise16(44_100), rate=44_100),
        "html.wav": b"<html>",
        "cut.wav": wav(noise16(16_000))[:9000],
        "empty.wav": b"",
    }.items():
        (tmp_path / name).write_bytes(data)
    names = ("good", "changed", "html", "cut", "empty", "gone")
    rows = [row(tmp_path / f"{name}.wav", name) for name in names]
    (tmp_path / "changed.wav").write_bytes(wav(noise16(44_100, seed=1), rate=44_100))
    made, failed = failures(tmp_path / "out", *rows)
    assert made == ["good"]
    assert failed == {
        "changed": "changed",
        "html": "not_audio",
        "cut": "too_short",
        "empty": "empty",
        "gone": "io_error",
    }


def test_a_library_that_fails_costs_its_media_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.wav").write_bytes(wav(noise16(16_000, seed=ord(name))))
    first = noise16(16_000, seed=ord("a"))[:, 0]
    as_ever = encoding.soundfile.write

    def fails(file: Any, samples: Any, *arguments: Any, **others: Any) -> None:
        if np.array_equal(samples, first):
            raise RuntimeError("nobody foresaw this")
        as_ever(file, samples, *arguments, **others)

    monkeypatch.setattr(encoding.soundfile, "write", fails)
    made, failed = failures(tmp_path / "out", row(tmp_path / "a.wav", "a"), row(tmp_path / "b.wav", "b"))
    assert (made, failed) == (["b"], {"a": "check_failed"})


def test_members_of_archives_are_copied_and_missing_ones_named(tmp_path: Path) -> None:
    data = {"x/a.wav": wav(noise16(22_050), rate=22_050), "b.flac": encoded(noise(32_000), 32_000, "FLAC", "PCM_16")}
    with tarfile.open(tmp_path / "some.tar", "w") as tar:
        for name, content in data.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    rows = [
        row(tmp_path / "some.tar", name[-3:].strip("."), member=name, bytes_digest=Content.of(content).digest())
        for name, content in data.items()
    ]
    made, failed = failures(tmp_path / "out", *rows, row(tmp_path / "some.tar", "none", member="none.wav"))
    assert len(made) == 2
    assert failed == {"none": "vanished"}


def test_spans_that_overlap_are_cut_in_one_pass(tmp_path: Path) -> None:
    """Also spans over the edges of the blocks that a recording is decoded in."""
    samples = noise16(40 * 16_000)
    (tmp_path / "long.wav").write_bytes(wav(samples))
    spans = {"a": (0.0, 20.0), "b": (15.5, 17.0), "c": (16.0, 39.0), "d": (31.9, 40.0)}
    rows = [
        row(tmp_path / "long.wav", clip, start_s=start, end_s=end, duration_s=end - start)
        for clip, (start, end) in spans.items()
    ]
    assert failures(tmp_path / "out", *rows) == (["a", "b", "c", "d"], {})
    for clip, (start, end) in spans.items():
        [file] = (tmp_path / "out").rglob(f"{clip}.wav")
        expected = samples[int(start * 16_000) : int(end * 16_000), 0]
        assert np.array_equal(soundfile.read(file, dtype="int16")[0], expected), clip


def test_a_span_beyond_a_cut_fails_alone(tmp_path: Path) -> None:
    (tmp_path / "cut.wav").write_bytes(wav(noise16(10 * 16_000))[: 44 + 2 * 5 * 16_000])
    rows = [row(tmp_path / "cut.wav", clip, start_s=s, end_s=s + 1) for clip, s in (("in", 2.0), ("out", 7.0))]
    assert failures(tmp_path / "out", *rows) == (["in"], {"out": "too_short"})


def test_the_mean_of_all_channels_is_copied_where_the_check_takes_it(tmp_path: Path) -> None:
    samples = noise16(16_000, 2)
    (tmp_path / "stereo.wav").write_bytes(wav(samples))
    failures(tmp_path / "out", row(tmp_path / "stereo.wav", "stereo", channel="mean"))
    [file] = (tmp_path / "out").rglob("stereo.wav")
    assert np.abs(soundfile.read(file, dtype="int16")[0] - samples.mean(1)).max() <= 0.5


def test_tries_of_the_same_failures_are_counted(tmp_path: Path) -> None:
    lists(frame(row(tmp_path / "gone.wav", "gone")), tmp_path / "plan")
    account = tmp_path / "packs/all.json"
    for tries in (1, 2):
        write_pack(OfAPlan(pl.DataFrame()), tmp_path / "plan/all.parquet", account)  # type: ignore[arg-type]
        assert read_account(account).tries == tries
        account.unlink()  # as Snakemake does before a job


def test_a_pack_of_the_same_list_that_is_whole_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav(noise16(16_000)))
    lists(frame(row(tmp_path / "a.wav", "a")), tmp_path / "plan")
    listed, account = tmp_path / "plan/all.parquet", tmp_path / "packs/all.json"
    of_a_plan: Any = OfAPlan(pl.DataFrame())
    write_pack(of_a_plan, listed, account)
    before = read_account(account)
    account.unlink()  # as Snakemake does before a job
    write_pack(of_a_plan, listed, account)
    assert read_account(account) == before
    copy = tmp_path / "packs/all/files/a.wav"
    copy.unlink()
    write_pack(of_a_plan, listed, account)
    assert copy.is_file()
    lists(frame(row(tmp_path / "a.wav", "b")), tmp_path / "plan")
    write_pack(of_a_plan, listed, account)
    assert [file.name for file in (tmp_path / "packs/all").rglob("*.wav")] == ["b.wav"]


def test_clips_without_a_copy_are_left_out_and_counted(small: SmallAudioset, tmp_path: Path) -> None:
    lost = small.table("clips").filter(pl.col("clip_id") == "_bbbbbbbbbb")["media_path"].item()
    os.rename(lost, f"{lost}.away")
    try:
        folder = exported("ast", small.for_exports, tmp_path / "ast", copies="auto")
    finally:
        os.rename(f"{lost}.away", lost)
    assert account_of(folder).held_back["not_made"] == 1
    assert "_bbbbbbbbbb" not in (folder / "balanced_train.json").read_text()


# --- packs and their export ---


def test_packs_that_are_of_no_use_any_more_go(small: SmallAudioset, tmp_path: Path) -> None:
    link = tmp_path / "ast"
    exported("ast", small.for_exports, link, copies="auto")
    assert os.listdir(tmp_path / ".ast.packs")
    exported("ast", small.for_exports, link, copies="never")
    assert os.listdir(tmp_path / ".ast.packs") == []


def test_copies_of_an_export_are_those_of_its_packs_not_twice_on_the_disk(small: SmallAudioset, tmp_path: Path) -> None:
    link = exported("ast", small.for_exports, tmp_path / "ast", copies="auto")
    for copy in (link / "audio").rglob("*.wav"):
        assert copy.stat().st_nlink == 2
        assert stat.filemode(copy.stat().st_mode) == "-r--r--r--"
    assert "audio" in {path for path, *_ in account_of(link).folders}
    assert not list((link / "audio").rglob("told*"))


def test_a_copy_of_two_packs_is_not_written_over_the_first(small: SmallAudioset, tmp_path: Path) -> None:
    options = {"copies": "auto", "restricted_classes": True}
    [pack] = make_packs(ast, small.for_exports, tmp_path / "ast", options)  # type: ignore[arg-type]
    shutil.copytree(pack.folder, tmp_path / "again")
    for copy in (tmp_path / "again/files").iterdir():
        copy.chmod(0o644)
        copy.write_bytes(b"other")
    with pytest.raises(FileExistsError):
        link_copies([pack, replace(pack, folder=tmp_path / "again")], tmp_path / "out")
    assert {copy.read_bytes() for copy in pack.files.iterdir()}.isdisjoint({b"other"})


def test_copies_whose_mode_cannot_be_changed_are_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on some network file systems."""

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    (tmp_path / "a.wav").write_bytes(wav(noise16(16_000)))
    lists(frame(row(tmp_path / "a.wav", "a")), tmp_path / "plan")
    monkeypatch.setattr(os, "chmod", refuse)
    account = tmp_path / "packs/all.json"
    write_pack(OfAPlan(pl.DataFrame()), tmp_path / "plan/all.parquet", account)  # type: ignore[arg-type]
    assert read_account(account).made == 1


def test_a_copy_that_is_gone_from_its_pack_is_told(small: SmallAudioset, tmp_path: Path) -> None:
    link = exported("ast", small.for_exports, tmp_path / "ast", copies="auto")
    [account] = (tmp_path / ".ast.packs").glob("*.json")
    pack = pack_of(account)
    next(pack.files.iterdir()).unlink()
    with pytest.raises(SoundledgerError, match=r"files: 2 files where 3 were made; run again"):
        link_copies([pack], link)


def test_packing_again_gives_the_same_bytes(small: SmallAudioset, tmp_path: Path) -> None:
    options = {"copies": "auto", "restricted_classes": True}
    one, other = (
        make_packs(ast, small.for_exports, tmp_path / name / "ast", options)  # type: ignore[arg-type]
        for name in ("one", "other")
    )
    for pack, again in zip(one, other, strict=True):
        files = [path.relative_to(pack.folder) for path in pack.folder.rglob("*") if path.is_file()]
        assert len(files) == 1 + pack.account.made > 1
        for path in files:
            assert (pack.folder / path).read_bytes() == (again.folder / path).read_bytes()


def test_a_pack_of_the_same_list_that_another_format_made_is_made_again(tmp_path: Path) -> None:
    """As where one name of an export is given to another format, whose plan has the same rows."""
    (tmp_path / "a.wav").write_bytes(wav(noise16(16_000)))
    lists(frame(row(tmp_path / "a.wav", "a")), tmp_path / "plan")
    listed, account = tmp_path / "plan/all.parquet", tmp_path / "packs/all.json"
    write_pack(OfAPlan(pl.DataFrame()), listed, account)  # type: ignore[arg-type]
    assert "fbank_frames" not in pl.read_parquet(tmp_path / "packs/all/told.parquet").columns
    write_pack(ast, listed, account)  # type: ignore[arg-type]
    assert "fbank_frames" in pl.read_parquet(tmp_path / "packs/all/told.parquet").columns


def test_a_split_whose_packs_no_file_can_be_called_after_is_refused(
    many: list[dict[str, object]], tmp_path: Path
) -> None:
    for size in (reading.LONGEST_SPLIT, reading.LONGEST_SPLIT + 1):
        rows = frame(*many).with_columns(group=pl.lit("é" * (size // 2) + "s" * (size % 2)))
        spans = rows.head(1).with_columns(pl.concat_str("clip_id", pl.lit("x")).alias("clip_id"))
        if size > reading.LONGEST_SPLIT:
            with pytest.raises(SoundledgerError, match="bytes"):
                lists(pl.concat([rows, spans]), tmp_path / str(size))
        else:
            assert lists(pl.concat([rows, spans]), tmp_path / str(size))
