"""The sample is what its expected files say it is."""

import csv
import io
import json
import os
import re
import tarfile
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from tests.project import Project
from workflow_scripts.sample import make_sample, plan
from workflow_scripts.sample.encode import OGG_SERIAL, encode

STATUSES = {
    "missing",
    "unreadable",
    "truncated",
    "too_short",
    "too_long",
    "resample_failed",
    "feature_failed",
    "outside_media",
    "usable",
}
ROW_REASONS = {
    "malformed_row",
    "bad_id",
    "bad_time",
    "backward_time",
    "no_known_label",
    "duplicate_id",
    "unknown_clip",
    "unknown_class",
}
LABEL_REASONS = {"unknown_class", "repeated_class"}
MEDIA_REASONS = {"superseded_member"}
PADDING_S = {".m4a": 0.05}
"""Sound that AAC appends to fill its last packet."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample")
    make_sample(out)
    return out


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _segments(sample: Path, split: str) -> list[list[str]]:
    """The fields of every row below the three lines of comment, and so line 4 is the first."""
    with (sample / f"labels/{split}_segments.csv").open(newline="") as file:
        return list(csv.reader(file.read().splitlines()[3:], skipinitialspace=True))


def _sounds(sample: Path) -> dict[str, bytes]:
    """Every file below audio/, and every member of the tar as if it were one; of two of one name the last."""
    sounds = _files(sample / "audio")
    with tarfile.open(fileobj=io.BytesIO(sounds.pop(plan.ARCHIVE))) as archive:
        return sounds | {f"{plan.ARCHIVE}/{member.name}": _extracted(archive, member) for member in archive}


def _extracted(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file
    return file.read()


def _copies(sample: Path, clip_id: str) -> dict[str, bytes]:
    """The files whose names hold a clip's id, by root, without the orphans."""
    return {place.split("/")[0]: content for place, content in _placed(sample, clip_id).items()}


def _placed(sample: Path, clip_id: str) -> dict[str, bytes]:
    orphans = {place for place, _, _ in plan.ORPHANS}
    return {
        place: content
        for place, content in _sounds(sample).items()
        if clip_id in Path(place).name and place not in orphans
    }


def _read(content: bytes, dtype: str = "float64") -> tuple[np.ndarray, int]:
    """Samples and rate, by libsndfile."""
    return soundfile.read(io.BytesIO(content), dtype=dtype)


def _info(content: bytes) -> soundfile._SoundFileInfo:
    return soundfile.info(io.BytesIO(content))


def _read_by_ffmpeg(content: bytes) -> tuple[np.ndarray, int]:
    with av.open(io.BytesIO(content)) as file:
        (stream,) = file.streams
        frames = [frame.to_ndarray() for frame in file.decode(stream)]
    return np.concatenate(frames, axis=1).T, stream.rate


def _clip(clip_id: str) -> plan.Clip:
    return next(clip for clip in plan.clips() if clip.id == clip_id)


def test_a_run_tells_of_every_clip_and_every_reject_what_is_expected(sample_project: Project) -> None:
    made = sample_project.folder / "data" / "sample"
    told = sample_project.ask(
        "SELECT split, clip_id, status, if(clips.usable, parse_filename(roots.path), '') "
        "FROM clips LEFT JOIN roots USING (dataset, root)"
    )
    assert sorted(told) == sorted(tuple(row.values()) for row in _rows(made / "expected_status.csv"))
    rejects = sample_project.ask("SELECT source, line::VARCHAR, scope, reason FROM rejects")
    below = [(source.split("data/sample/")[1], *rest) for source, *rest in rejects]
    assert sorted(below) == sorted(tuple(row.values()) for row in _rows(made / "expected_rejects.csv"))


def test_a_sample_of_which_something_is_gone_or_whose_plan_has_changed_is_made_anew(tmp_path: Path) -> None:
    project = Project(tmp_path)

    def would_make() -> bool:
        return project.run("--dry-run").jobs["make_sample"] == 1

    project.run("--until", "make_sample")
    assert not would_make()
    archive = project.folder / "data" / "sample" / "audio" / "archive.tar"
    archive.rename(archive.with_suffix(".away"))
    assert would_make()
    archive.with_suffix(".away").rename(archive)
    plan_of_sample = project.folder / "workflow_scripts" / "sample" / "plan.py"
    before = plan_of_sample.read_text()
    plan_of_sample.write_text(before + "# of another version\n")
    assert would_make()
    plan_of_sample.write_text(before)
    assert not would_make()


def test_two_samples_are_the_same_bytes(sample: Path, tmp_path: Path) -> None:
    make_sample(tmp_path)
    assert _files(tmp_path) == _files(sample)


def test_a_second_call_into_the_same_folder_changes_nothing(tmp_path: Path) -> None:
    make_sample(tmp_path)
    first = _files(tmp_path)
    make_sample(tmp_path)
    assert _files(tmp_path) == first


def test_expected_status_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    renamed: list[str] = []
    replace = os.replace

    def note(part: Path, final: Path) -> None:
        renamed.append(Path(final).name)
        replace(part, final)

    monkeypatch.setattr(os, "replace", note)
    make_sample(tmp_path)
    assert renamed[-1] == "expected_status.csv"
    assert sorted(renamed) == sorted(Path(name).name for name in _files(tmp_path))


def test_the_sample_is_small(sample: Path) -> None:
    assert sum(len(content) for content in _files(sample).values()) < 15_000_000


def test_every_status_occurs(sample: Path) -> None:
    assert {row["status"] for row in _rows(sample / "expected_status.csv")} == STATUSES


def test_every_root_serves_some_clip_and_only_usable_clips_are_served(sample: Path) -> None:
    rows = _rows(sample / "expected_status.csv")
    assert {row["served_by"] for row in rows if row["status"] == "usable"} == {
        "clips",
        "mirror",
        "recordings",
        plan.ARCHIVE,
    }
    assert {row["served_by"] for row in rows if row["status"] != "usable"} == {""}


def test_every_reject_reason_occurs(sample: Path) -> None:
    rows = _rows(sample / "expected_rejects.csv")
    assert {row["reason"] for row in rows if row["scope"] == "row"} == ROW_REASONS
    assert {row["reason"] for row in rows if row["scope"] == "label"} == LABEL_REASONS
    assert {row["reason"] for row in rows if row["scope"] == "media"} == MEDIA_REASONS
    assert {row["reason"] for row in rows if row["source"] == "labels/strong.tsv"} == {
        "unknown_clip",
        "unknown_class",
        "backward_time",
    }


def test_rejects_point_at_the_lines_that_are_wrong(sample: Path) -> None:
    bad = {row.text: row.reason for row in plan.BAD_ROWS}
    for row in _rows(sample / "expected_rejects.csv"):
        if row["scope"] == "media":
            continue
        line = (sample / row["source"]).read_text().splitlines()[int(row["line"]) - 1]
        if row["source"] == "labels/strong.tsv":
            assert any(
                line.startswith(event.segment_id) and event.reason == row["reason"] for event in plan.STRONG_EVENTS
            )
        elif row["scope"] == "row":
            assert bad[line] == row["reason"]
        else:
            assert plan.LABEL_REJECTS[line.split(",")[0]] == row["reason"]


@pytest.mark.parametrize("split", plan.SPLITS)
def test_header_counts_equal_the_rows(sample: Path, split: str) -> None:
    header = (sample / f"labels/{split}_segments.csv").read_text().splitlines()[1]
    declared = {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", header)}
    rows = _segments(sample, split)
    labels = [label for row in rows if len(row) == 4 for label in row[3].split(",")]
    assert declared == {
        "num_ytids": len({row[0] for row in rows}),
        "num_segs": len(rows),
        "num_unique_labels": len(set(labels)),
        "num_positive_labels": len(labels),
    }


@pytest.mark.parametrize("split", plan.SPLITS)
def test_every_row_is_a_clip_or_a_reject(sample: Path, split: str) -> None:
    rejected = {
        int(row["line"])
        for row in _rows(sample / "expected_rejects.csv")
        if row["source"] == f"labels/{split}_segments.csv" and row["scope"] == "row"
    }
    kept = [row[0] for line, row in enumerate(_segments(sample, split), start=4) if line not in rejected]
    assert kept == [row["clip_id"] for row in _rows(sample / "expected_status.csv") if row["split"] == split]


def test_ids_are_unique_and_look_like_audioset_ids(sample: Path) -> None:
    ids = [row["clip_id"] for row in _rows(sample / "expected_status.csv")]
    assert len(ids) == len(set(ids)) == 67
    assert [clip_id for clip_id in ids if not re.fullmatch(r"[A-Za-z0-9_-]{11}", clip_id)] == []
    for beginning in ("-", "_", "Y", "YY"):
        assert any(clip_id.startswith(beginning) for clip_id in ids)


def test_troubled_clips_have_files_unless_they_are_missing() -> None:
    with_files = {clip_id for _, clip_id, *_, status, _ in plan.TROUBLED if status != "missing"}
    assert {owner for owner, _ in plan.TROUBLED_FILES} == with_files


def test_ontology_has_roots_two_parents_an_abstract_node_and_an_indexed_blacklisted_one(sample: Path) -> None:
    nodes = json.loads((sample / "labels/ontology.json").read_text())
    ids = {node["id"] for node in nodes}
    children = [child for node in nodes for child in node["child_ids"]]
    indexed = {row["mid"] for row in _rows(sample / "labels/class_labels_indices.csv")}
    assert set(children) <= ids
    assert ids - set(children)
    assert any(children.count(child) == 2 for child in children)
    assert any("abstract" in node["restrictions"] for node in nodes)
    assert any("blacklist" in node["restrictions"] and node["id"] in indexed for node in nodes)
    assert any(node["restrictions"] == [] and node["id"] not in indexed for node in nodes)


def test_class_indices_count_from_zero_and_name_the_ontologys_classes(sample: Path) -> None:
    names = {node["id"]: node["name"] for node in json.loads((sample / "labels/ontology.json").read_text())}
    rows = _rows(sample / "labels/class_labels_indices.csv")
    assert [int(row["index"]) for row in rows] == list(range(len(rows)))
    assert all(names[row["mid"]] == row["display_name"] for row in rows)


@pytest.mark.shared
def test_ontology_agrees_with_audiosets() -> None:
    official_file = Path(__file__).parents[3] / "shared/data/audioset/ontology.json"
    if not official_file.exists():
        pytest.skip("the real ontology is not here")
    official = {node["id"]: node for node in json.loads(official_file.read_text())}
    excerpt = json.loads(Path(plan.__file__).with_name("ontology.json").read_text())
    kept = {node["id"] for node in excerpt}
    for node in excerpt:
        assert node.keys() == official[node["id"]].keys()
        assert node["name"] == official[node["id"]]["name"]
        assert node["restrictions"] == official[node["id"]]["restrictions"]
        assert node["child_ids"] == [child for child in official[node["id"]]["child_ids"] if child in kept]


def test_a_strong_label_may_be_of_a_class_outside_the_ontology(sample: Path) -> None:
    known = {node["id"] for node in json.loads((sample / "labels/ontology.json").read_text())}
    vocabulary = dict(line.split("\t") for line in (sample / "labels/mid_to_display_name.tsv").read_text().splitlines())
    used = {line.split("\t")[3] for line in (sample / "labels/strong.tsv").read_text().splitlines()[1:]}
    assert (used & vocabulary.keys()) - known == {"/t/dd00138"}


def test_usable_clips_decode_from_the_root_that_serves_them(sample: Path) -> None:
    for row in _rows(sample / "expected_status.csv"):
        if row["status"] == "usable":
            clip = _clip(row["clip_id"])
            ((place, content),) = (
                item for item in _placed(sample, clip.id).items() if item[0].startswith(f"{row['served_by']}/")
            )
            is_video = Path(place).suffix in (".m4a", ".webm")
            samples, rate = _read_by_ffmpeg(content) if is_video else _read(content)
            seconds = 30 if row["served_by"] == "recordings" else clip.end - clip.start
            tolerance = PADDING_S.get(Path(place).suffix, 0.001)
            assert len(samples) / rate == pytest.approx(seconds, abs=tolerance), row["clip_id"]
            assert np.isfinite(samples).all()


def test_missing_clips_have_no_file(sample: Path) -> None:
    missing = [row["clip_id"] for row in _rows(sample / "expected_status.csv") if row["status"] == "missing"]
    assert [_copies(sample, clip_id) for clip_id in missing] == [{}, {}]


@pytest.mark.parametrize("clip_id", ["empty-file1", "html-error1"])
def test_unreadable_files_do_not_open(sample: Path, clip_id: str) -> None:
    with pytest.raises(soundfile.LibsndfileError):
        _info(_copies(sample, clip_id)["clips"])


@pytest.mark.parametrize("clip_id", ["cut-in-half", "header-only"])
def test_truncated_files_declare_more_than_they_hold(sample: Path, clip_id: str) -> None:
    content = _copies(sample, clip_id)["clips"]
    assert content.startswith(b"RIFF")
    assert content[36:40] == b"data"
    assert int.from_bytes(content[4:8], "little") + 8 > len(content)
    assert int.from_bytes(content[40:44], "little") == 3 * 16000 * 2


@pytest.mark.parametrize(("clip_id", "seconds", "rate"), [("blink-of-an", 0.02, 16000), ("longest-one", 12, 8000)])
def test_too_short_and_too_long_files_are_whole(sample: Path, clip_id: str, seconds: float, rate: int) -> None:
    info = _info(_copies(sample, clip_id)["clips"])
    assert (info.frames, info.samplerate, info.channels) == (seconds * rate, rate, 1)


def test_the_seismograph_has_a_rate_below_1000_hz(sample: Path) -> None:
    assert _info(_copies(sample, "seismograph")["clips"]).samplerate == 800


def test_exactly_one_sample_is_not_a_number(sample: Path) -> None:
    samples, _ = _read(_copies(sample, "not-a-numbr")["clips"])
    assert np.isnan(samples).sum() == 1


def test_the_span_outside_its_recording_begins_after_the_end(sample: Path) -> None:
    copies = _copies(sample, "beyond-the1")
    assert copies.keys() == {"recordings"}
    assert _info(copies["recordings"]).duration == 30 < _clip("beyond-the1").start


def test_mirror_and_clips_hold_what_the_plan_says(sample: Path) -> None:
    assert _copies(sample, "mirror-only").keys() == {"mirror"}
    assert _copies(sample, "mirror-heal")["clips"] == b""
    assert _copies(sample, "both-places").keys() == {"clips", "mirror"}
    assert _info(_copies(sample, "both-places")["clips"]).samplerate == 44100


def test_a_reposted_clip_holds_the_very_samples_of_another_in_another_container_and_split(sample: Path) -> None:
    assert plan.REPOSTED
    for again, original in plan.REPOSTED.items():
        (old,), (new,) = _copies(sample, original).values(), _copies(sample, again).values()
        assert old[:4] != new[:4]
        samples, rate = _read(old, "int16")
        samples_again, rate_again = _read(new, "int16")
        assert np.array_equal(samples, samples_again)
        assert rate == rate_again
        assert _clip(original).split != _clip(again).split


def test_members_of_the_tar_say_nothing_of_their_making(sample: Path) -> None:
    with tarfile.open(sample / "audio" / plan.ARCHIVE) as archive:
        for member in archive:
            assert (member.mtime, member.uid, member.gid, member.uname, member.gname) == (0, 0, 0, "", "")


def test_a_member_of_the_tar_is_superseded_by_one_of_its_name(sample: Path) -> None:
    with tarfile.open(sample / "audio" / plan.ARCHIVE) as archive:
        first, second, *others = archive.getmembers()
    assert first.name == second.name
    assert first.size < second.size
    assert len({first.name, *(member.name for member in others)}) == 1 + len(others)


def test_a_member_of_the_tar_is_damaged_inside(sample: Path) -> None:
    content = _copies(sample, "rotten-disc")[plan.ARCHIVE]
    assert _info(content).frames == 3 * 32000
    with pytest.raises(soundfile.LibsndfileError):
        _read(content)


def test_silent_clipped_dual_mono_and_band_limited_clips_are_what_they_are_called(sample: Path) -> None:
    silent, _ = _read(_copies(sample, "hushhushhsh")["clips"])
    assert not silent.any()
    clipped, _ = _read(_copies(sample, "clippedbell")["clips"], dtype="int16")
    assert np.mean(np.abs(clipped.astype(int)) >= 32767) > 0.05
    dual, _ = _read(_copies(sample, "everybeep-1")["clips"])
    assert (dual[:, 0] == dual[:, 1]).all()
    limited, rate = _read(_copies(sample, "bandlimited")["clips"])
    power = np.abs(np.fft.rfft(limited * np.hanning(limited.size))) ** 2
    above = np.fft.rfftfreq(limited.size, 1 / rate) > 2000
    assert power[above].sum() < 1e-6 * power.sum()


def test_some_usable_clip_is_shorter_than_a_second(sample: Path) -> None:
    assert _info(_copies(sample, "halfasecond")["clips"]).duration < 1.0


def test_all_formats_rates_layouts_and_forms_of_name_occur(sample: Path) -> None:
    names = _sounds(sample)
    rows = [row for table in plan.WHOLE.values() for row in table]
    assert {Path(name).suffix for name in names} == {
        ".wav",
        ".WAV",
        ".flac",
        ".ogg",
        ".mp3",
        ".m4a",
        ".webm",
    }
    assert {row[7] for row in rows} == {8000, 16000, 22050, 32000, 44100, 48000}
    assert {row[8] for row in rows} == {"mono", "dual_mono", "stereo"}
    assert {row[6] for row in rows} == {
        "Y{id}.wav",
        "{id}.wav",
        "{id}_{start}.000.flac",
        "{id}_{start}_{end}.ogg",
        "Y{id}.mp3",
        "Y{id}.WAV",
        "{id}.m4a",
        "{id}.webm",
    }


def test_orphans_stand_beside_the_files_that_are_asked_for(sample: Path) -> None:
    ids = {clip.id for clip in plan.clips()}
    assert (sample / "audio/clips/eval/nobody-asks.wav").exists()
    assert "nobody-asks" not in ids
    assert (sample / "audio/clips/unbalanced_train/wren-dawn03_90.wav").exists()
    assert (sample / "audio/clips/unbalanced_train/wren-dawn03_30.000.flac").exists()


def test_an_ogg_file_keeps_its_sound_under_the_fixed_serial() -> None:
    samples = np.sin(np.arange(16000) / 10).reshape(-1, 1) * 0.5
    plain = io.BytesIO()
    soundfile.write(plain, samples, 16000, format="OGG")
    fixed = encode(samples, 16000, "x.ogg")
    pages = [match.start() for match in re.finditer(b"OggS\x00", fixed)]
    assert {int.from_bytes(fixed[page + 14 : page + 18], "little") for page in pages} == {OGG_SERIAL}
    assert len(fixed) == len(plain.getvalue())
    assert np.array_equal(soundfile.read(io.BytesIO(fixed))[0], soundfile.read(io.BytesIO(plain.getvalue()))[0])


def test_a_float_wav_says_no_time_of_writing() -> None:
    wav = encode(np.zeros((100, 1)), 16000, "x.wav", subtype="FLOAT")
    time_at = wav.index(b"PEAK") + 12
    assert wav[time_at : time_at + 4] == bytes(4)
    assert soundfile.info(io.BytesIO(wav)).subtype == "FLOAT"


def test_no_listing_is_kept_of_the_look_at_the_sample(sample_project: Project) -> None:
    """Its scans look by themselves: the run may have made it since."""
    sample_project.run()
    assert not (sample_project.folder / "results" / ".looks").exists()
