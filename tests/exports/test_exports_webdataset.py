"""Tars of pairs as LAION-CLAP, webdataset and others read them."""

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soundfile

from tests.consumers.loaders import as_clap_does, neighbours
from tests.exports.packed import exported, options_of
from tests.exports.small_run import BELL, SmallAudioset, instead
from tests.made_files import encoded, flac_of_unknown_length, noise16
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports import webdataset
from workflow_scripts.exports.formats import format_of
from workflow_scripts.exports.plans import write_plan
from workflow_scripts.exports.reading import Tables
from workflow_scripts.tables import schemas

TAKEN = {
    "balanced_train": {"-aaaaaaaaaa", "_bbbbbbbbbb", "Ycccccccccc", "onlyabstrac", "onlynoindex", "inrecording"}
    | {"inmirrorxxx"},
    "eval": {"quotedxxxxx"},
}


def said_of(folder: Path) -> dict[str, dict[str, Any]]:
    """The JSON of each pair, by clip."""
    return {one["__key__"]: json.loads(one["json"]) for tar in folder.rglob("*.tar") for one in neighbours(tar)}


def test_clap_loads_every_trainable_clip_with_its_words(small: SmallAudioset, tmp_path: Path) -> None:
    written = exported("webdataset", small.for_exports, tmp_path)
    labels = json.loads((tmp_path / "out/class_labels_indices.json").read_text())
    loaded = as_clap_does(tmp_path, "out", labels)
    assert {split: {one["key"] for one in pairs} for split, pairs in loaded.items()} == TAKEN
    assert written.clips == {split: len(clips) for split, clips in TAKEN.items()}
    ledger = small.table("clips")
    assert sum(written.clips.values()) + sum(written.held_back.values()) == len(ledger)
    said = said_of(tmp_path / "out")
    assert said["quotedxxxxx"]["text"] == [f"The sounds of Dog and {BELL}"]
    assert said["quotedxxxxx"]["tag"] == ["Dog", BELL]
    for one in (one for pairs in loaded.values() for one in pairs):
        assert one["rate"] == 48_000
        assert [list(labels)[place] for place in np.flatnonzero(one["label"])] == sorted(
            said[one["key"]]["tag"], key=labels.__getitem__
        )
    durations = dict(ledger.select("clip_id", "duration_s").iter_rows())
    for clip_id, one in said.items():
        assert abs(one["original_data"]["duration_s"] - durations[clip_id]) <= 1 / 8000


def test_members_are_of_nobody_and_of_1970(small: SmallAudioset, tmp_path: Path) -> None:
    exported("webdataset", small.for_exports, tmp_path)
    with tarfile.open(tmp_path / "out/eval/0.tar") as tar:
        assert {(member.mtime, member.uid, member.gid, member.uname) for member in tar} == {(0, 0, 0, "")}


def test_sums_are_those_of_the_tars(small: SmallAudioset, tmp_path: Path) -> None:
    exported("webdataset", small.for_exports, tmp_path, pairs_a_tar=2)
    lines = (tmp_path / "out/SHA256SUMS").read_text().splitlines()
    told = dict(line.split("  ")[::-1] for line in lines)
    made = {str(tar.relative_to(tmp_path / "out")): tar for tar in (tmp_path / "out").rglob("*.tar")}
    assert told == {name: hashlib.sha256(tar.read_bytes()).hexdigest() for name, tar in made.items()}
    numbers = sorted(int(tar.stem) for tar in (tmp_path / "out/balanced_train").glob("*.tar"))
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= 4


def test_captions_are_the_text_and_what_says_nothing_is_left_out(small: SmallAudioset, tmp_path: Path) -> None:
    captions = [("quotedxxxxx", 1, "two"), ("quotedxxxxx", 0, 'a dog’s "bark"\n'), ("-aaaaaaaaaa", 0, " ")]
    captions_table = pl.DataFrame(captions, schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    nothing = pl.lit([], pl.List(pl.Categorical))
    unsaid = pl.col("clip_id").is_in(["-aaaaaaaaaa"])
    clips = small.table("clips").with_columns(
        pl.when(unsaid).then(nothing).otherwise(name).alias(name) for name in ("class_ids", "class_names")
    )
    tables = instead(small.for_exports, tmp_path / "tables", captions=captions_table, clips=clips)
    written = exported("webdataset", tables, tmp_path)
    said = said_of(tmp_path / "out")
    assert said["quotedxxxxx"]["text"] == ['a dog’s "bark"\n', "two"]
    assert "-aaaaaaaaaa" not in said
    assert written.held_back["no_text"] == 1


def test_one_label_that_changes_makes_one_pack_anew(small: SmallAudioset, tmp_path: Path) -> None:
    def lists(tables: Tables, folder: Path) -> dict[str, bytes]:
        write_plan(format_of("webdataset"), tables, options_of("webdataset", pairs_a_tar=2), folder)
        return {file.name: file.read_bytes() for file in folder.iterdir()}

    changed = pl.col("clip_id") == "_bbbbbbbbbb"
    clips = small.table("clips").with_columns(
        class_names=pl.when(changed).then(pl.lit(["Cat"], pl.List(pl.Categorical))).otherwise("class_names")
    )
    before = lists(small.for_exports, tmp_path / "before")
    after = lists(instead(small.for_exports, tmp_path / "tables", clips=clips), tmp_path / "after")
    assert before.keys() == after.keys()
    assert len([name for name in before if before[name] != after[name]]) == 1


def test_same_clips_are_the_same_bytes_and_another_seed_another_order(small: SmallAudioset, tmp_path: Path) -> None:
    def tars(folder: str, **given: object) -> dict[str, bytes]:
        exported("webdataset", small.for_exports, tmp_path / folder, **given)
        out = tmp_path / folder / "out"
        return {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*.tar")}

    first, again, other = tars("1"), tars("2"), tars("3", seed=7)
    assert first == again
    keys = [[one["__key__"] for one in neighbours(tmp_path / n / "out/balanced_train/0.tar")] for n in "13"]
    assert sorted(keys[0]) == sorted(keys[1])
    assert keys[0] != keys[1]
    assert other.keys() == first.keys()


def test_splits_are_called_as_clap_finds_them(small: SmallAudioset, tmp_path: Path) -> None:
    called = pl.col("split").cast(pl.String).replace({"balanced_train": "development", "eval": "validation"})
    clips = small.table("clips").with_columns(split=called.cast(pl.Categorical))
    tables = instead(small.for_exports, tmp_path / "tables", clips=clips)
    written = exported("webdataset", tables, tmp_path / "unnamed")
    assert set(written.clips) == {"development", "valid"}
    assert any("finds no split called development" in one for one in written.warnings)
    written = exported("webdataset", tables, tmp_path / "named", splits={"development": "train"})
    assert set(as_clap_does(tmp_path / "named", "out")) == {"train", "valid"}
    assert not any("finds no split" in one for one in written.warnings)


@pytest.mark.parametrize(("what", "frames"), [("cut", 480_000), ("leave_out", None), ("keep", 576_000)])
def test_clips_longer_than_clap_takes(small: SmallAudioset, tmp_path: Path, what: str, frames: int | None) -> None:
    """The recording holds 45 s, and the clip is made to be 12 s of it."""
    is_it = pl.col("clip_id") == "inrecording"
    clips = small.table("clips").with_columns(
        start_s=pl.when(is_it).then(1.0).otherwise("start_s"),
        end_s=pl.when(is_it).then(13.0).otherwise("end_s"),
        duration_s=pl.when(is_it).then(12.0).otherwise("duration_s"),
    )
    written = exported(
        "webdataset", instead(small.for_exports, tmp_path / "tables", clips=clips), tmp_path, longer_than_10_s=what
    )
    pairs = {one["__key__"]: one for tar in (tmp_path / "out").rglob("*.tar") for one in neighbours(tar)}
    if frames is None:
        assert "inrecording" not in pairs
        assert written.held_back["longer_than_10_s"] == 1
        return
    assert soundfile.info(io.BytesIO(pairs["inrecording"]["flac"])).frames == frames
    assert any("longer than 10 s" in one for one in written.warnings) == (what == "keep")


def test_a_split_has_as_many_tars_as_are_asked_for(small: SmallAudioset, tmp_path: Path) -> None:
    written = exported("webdataset", small.for_exports, tmp_path, tars_a_split=3)
    assert len(list((tmp_path / "out/balanced_train").glob("*.tar"))) >= 3
    assert any(one.startswith("eval: 1 tars, as it has 1 clips") for one in written.warnings)


# --- sound ---


def row(content: bytes, folder: Path, **given: object) -> dict[str, Any]:
    """A row of a plan for one file."""
    from workflow_scripts.exports.audio.form import AudioForm
    from workflow_scripts.media.content import Content

    (folder / "a.flac").write_bytes(content)
    info = soundfile.info(io.BytesIO(content))
    form = AudioForm.of(options_of("webdataset", audio=given)["audio"])
    return {
        "clip_id": "a",
        "folder": f"{folder}/",
        "path": "a.flac",
        "member": None,
        "media": "r/a.flac",
        "bytes_digest": Content.of(content).digest(),
        "start_s": None,
        "end_s": None,
        "split": "train",
        "duration_s": info.duration,
        "own_rate": info.samplerate,
        "own_channels": info.channels,
        "channel": form.channel,
        "as_is": False,
        "made_as": form.made_as,
        "texts": ["a"],
        "tags": ["A"],
        "class_ids": ["/m/a"],
        "licence": None,
        "source_url": None,
        "said_start_s": None,
        "said_end_s": None,
    }


def written_sound(content: bytes, folder: Path, as_is: bool = False, **given: object) -> tuple[bytes, dict[str, Any]]:
    rows = pl.DataFrame([row(content, folder, **given) | {"as_is": as_is}], infer_schema_length=None)
    (folder / "pack/files").mkdir(parents=True)
    packed = webdataset.pack(rows, folder / "pack/files")
    assert packed.failed == {}
    [pair] = neighbours(folder / "pack/files/pack.tar")
    return pair["flac"], packed.told.row(0, named=True)


def test_samples_of_the_same_form_are_the_same_samples(tmp_path: Path) -> None:
    content = encoded(noise16(48_000), 48_000, "FLAC", "PCM_16")
    made, _ = written_sound(content, tmp_path)
    assert np.array_equal(*(soundfile.read(io.BytesIO(one), dtype="int16")[0] for one in (content, made)))


def test_a_media_that_is_so_already_keeps_its_bytes(tmp_path: Path) -> None:
    content = encoded(noise16(48_000), 48_000, "FLAC", "PCM_16")
    assert written_sound(content, tmp_path, as_is=True)[0] == content


def test_what_a_media_is_that_keeps_its_bytes_is_what_the_check_found(tmp_path: Path) -> None:
    """A FLAC that was written into a pipe says nothing of its length."""
    content = flac_of_unknown_length(encoded(noise16(48_000), 48_000, "FLAC", "PCM_16"))
    given = row(content, tmp_path) | {"as_is": True, "duration_s": 1.0}
    (tmp_path / "pack/files").mkdir(parents=True)
    assert webdataset.pack(pl.DataFrame([given], infer_schema_length=None), tmp_path / "pack/files").failed == {}
    [pair] = neighbours(tmp_path / "pack/files/pack.tar")
    assert pair["flac"] == content
    assert json.loads(pair["json"])["original_data"]["duration_s"] == 1.0


def test_stereo_of_24_bits_stays_so_where_it_is_asked_for(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).uniform(-0.9, 0.9, (44_100, 2))
    content = encoded(samples, 44_100, "FLAC", "PCM_24")
    made, _ = written_sound(content, tmp_path, channels="all", bits=24, sample_rate=44_100)
    info = soundfile.info(io.BytesIO(made))
    assert (info.channels, info.subtype, info.samplerate) == (2, "PCM_24", 44_100)
    was, now = (soundfile.read(io.BytesIO(one), dtype="float64")[0] for one in (content, made))
    assert np.abs(was - now).max() <= 2**-23


@pytest.mark.parametrize("overshoot", ["clip", "scale"])
def test_what_goes_beyond_full_scale_is_counted_and_never_wraps(tmp_path: Path, overshoot: str) -> None:
    """A square wave at full scale rings when it is resampled."""
    square = (np.sign(np.sin(np.arange(22_050) / 22_050 * 2 * np.pi * 441)) * 32_767).astype(np.int16)[:, None]
    content = encoded(square, 22_050, "FLAC", "PCM_16")
    made, told = written_sound(content, tmp_path, overshoot=overshoot)
    assert told["overshoot"] == 1
    sound = soundfile.read(io.BytesIO(made), dtype="float64")[0]
    steps = np.diff(np.sign(sound[480:-480]))
    assert np.count_nonzero(steps) == pytest.approx(2 * 441 * 0.98, abs=4), "where it wraps the sign changes more often"
    plateau = np.median(np.abs(sound))
    assert (plateau > 0.99) == (overshoot == "clip")


@pytest.mark.parametrize(
    ("splits", "words"),
    [({}, "dev and val would both be called valid"), ({"vla": "valid", "dev": "train"}, "there is no split vla")],
)
def test_no_two_splits_become_one_that_nobody_asked_for(
    small: SmallAudioset, tmp_path: Path, splits: dict[str, str], words: str
) -> None:
    called = pl.col("split").cast(pl.String).replace({"balanced_train": "dev", "eval": "val"}).cast(pl.Categorical)
    tables = instead(small.for_exports, tmp_path / "tables", clips=small.table("clips").with_columns(split=called))
    with pytest.raises(SoundledgerError, match=words):
        exported("webdataset", tables, tmp_path, splits=splits)
    asked = exported("webdataset", tables, tmp_path, splits={"dev": "train", "val": "train"})
    assert asked.clips == {"train": 8}
