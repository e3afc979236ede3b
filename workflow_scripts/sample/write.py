"""The sample as files: audio first, then the labels, then what should become of it all."""

import csv
import io
import json
import re
import tarfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from workflow_scripts.sample import plan
from workflow_scripts.sample.encode import DAMAGE, encode, reencoded, with_one_nan
from workflow_scripts.sample.plan import Clip, Copy
from workflow_scripts.sample.sounds import render
from workflow_scripts.tables.files import whole

ONTOLOGY = Path(__file__).with_name("ontology.json")
CREATED = "# Segments csv created Mon Jan  6 12:00:00 2025"
ORPHAN_SECONDS = 2.0
ORPHAN_LEVEL_DB = -6.0


class Line(NamedTuple):
    """One line of a label file, and the reject that it should cause (scope row or label), if any."""

    text: str
    scope: str = ""
    reason: str = ""


class Reject(NamedTuple):
    """One row of expected_rejects.csv."""

    source: str  # path below the sample
    line: int  # or member of the archive, from 1
    scope: str
    reason: str


def make_sample(out: Path) -> None:
    """Write the sample below `out`; the same bytes every time. Once expected_status.csv is there, all of it is."""
    clips = plan.clips()
    packed: list[tuple[str, bytes]] = []
    for clip in clips:
        for copy in clip.copies:
            place, audio = _place(clip, copy), _audio(clip, copy)
            if copy.root == plan.ARCHIVE:
                packed.append((place.removeprefix(f"{plan.ARCHIVE}/"), audio))
            else:
                _write_whole(out / "audio" / place, audio)
    _write_whole(out / "audio" / plan.ARCHIVE, _tar(packed))
    for place, sound, rate in plan.ORPHANS:
        samples = render(sound, ORPHAN_SECONDS, rate, "mono", ORPHAN_LEVEL_DB, _seed(place))
        _write_whole(out / "audio" / place, encode(samples, rate, place))

    rejects = _write_labels(out, clips) + _archive_rejects([name for name, _ in packed])
    _write_whole(out / "expected_rejects.csv", _table(Reject._fields, rejects))
    statuses = ((clip.split, clip.id, clip.status, clip.served_by) for clip in clips)
    _write_whole(out / "expected_status.csv", _table(("split", "clip_id", "status", "served_by"), statuses))


def _place(clip: Clip, copy: Copy) -> str:
    """The path of a copy below audio/."""
    name = copy.name.format(id=clip.id, start=int(clip.start), end=int(clip.end))
    return f"{copy.root}/{clip.split}/{name}" if copy.root in ("clips", plan.ARCHIVE) else f"{copy.root}/{name}"


def _audio(clip: Clip, copy: Copy) -> bytes:
    """The bytes of a copy, with its fault."""
    if clip.id in plan.REPOSTED:
        original = next(other for other in plan.clips() if other.id == plan.REPOSTED[clip.id])
        return reencoded(_audio(original, original.copies[0]), copy.name)
    seconds = copy.seconds if copy.seconds is not None else clip.end - clip.start
    samples = render(clip.sound, seconds, copy.rate, copy.layout, clip.level_db, _seed(clip.id))
    if copy.fault == "nan_sample":
        return encode(with_one_nan(samples), copy.rate, copy.name, subtype="FLOAT")
    return DAMAGE[copy.fault](encode(samples, copy.rate, copy.name))


def _tar(members: list[tuple[str, bytes]]) -> bytes:
    """A tar of these names and bytes, which says nothing of when and by whom it was made."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members:
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return buffer.getvalue()


def _archive_rejects(names: list[str]) -> list[Reject]:
    """Of members of one name the last counts, as for tar itself."""
    return [
        Reject(f"audio/{plan.ARCHIVE}", number, "media", "superseded_member")
        for number, name in enumerate(names, start=1)
        if name in names[number:]
    ]


def _seed(name: str) -> int:
    return zlib.crc32(name.encode())


def _write_labels(out: Path, clips: list[Clip]) -> list[Reject]:
    """Write the folder labels/; the rejects that its lines should cause, by file and line."""
    ontology = json.loads(ONTOLOGY.read_text())
    mids = {node["name"]: node["id"] for node in ontology}

    label_files = {
        f"labels/{split}_segments.csv": _segment_lines(split, [clip for clip in clips if clip.split == split], mids)
        for split in plan.SPLITS
    }
    label_files["labels/strong.tsv"] = _strong_lines(mids)
    for source, lines in label_files.items():
        _write_whole(out / source, _text(line.text for line in lines))

    _write_whole(out / "labels/ontology.json", ONTOLOGY.read_bytes())
    _write_whole(out / "labels/class_labels_indices.csv", _text(_index_lines(ontology, clips, mids)))
    _write_whole(out / "labels/mid_to_display_name.tsv", _text(_vocabulary_lines(ontology, mids)))
    return [
        Reject(source, number, line.scope, line.reason)
        for source, lines in label_files.items()
        for number, line in enumerate(lines, start=1)
        if line.reason
    ]


def _segment_lines(split: str, clips: list[Clip], mids: dict[str, str]) -> list[Line]:
    """A segment list in AudioSet's dialect: three lines of comment, then the rows, good and bad, by id.

    The header counts what the rows say, as they say it. Of two rows with one id the good one stands first.
    """
    good = [
        Line(
            _segment_row(clip, mids),
            "label" if clip.id in plan.LABEL_REJECTS else "",
            plan.LABEL_REJECTS.get(clip.id, ""),
        )
        for clip in clips
    ]
    bad = [Line(row.text, "row", row.reason) for row in plan.BAD_ROWS if row.split == split]
    rows = sorted(good + bad, key=lambda line: _first_field(line.text))
    labels = [label for row in rows for label in re.findall(r"/[mtg]/\w+", row.text)]
    counts = (
        f"# num_ytids={len({_first_field(row.text) for row in rows})}, num_segs={len(rows)}, "
        f"num_unique_labels={len(set(labels))}, num_positive_labels={len(labels)}"
    )
    return [Line(CREATED), Line(counts), Line("# YTID, start_seconds, end_seconds, positive_labels"), *rows]


def _segment_row(clip: Clip, mids: dict[str, str]) -> str:
    """The row of one clip. As in some copies of the lists, eval puts no quotes round a single label."""
    labels = ",".join(_class_ids(clip, mids))
    unquoted = clip.split == "eval" and "," not in labels
    return f"{clip.id}, {clip.start:.3f}, {clip.end:.3f}, " + (labels if unquoted else f'"{labels}"')


def _first_field(row: str) -> str:
    return row.split(",")[0]


def _class_ids(clip: Clip, mids: dict[str, str]) -> list[str]:
    return sorted(_mid(name, mids) for name in clip.classes.split(" | "))


def _mid(class_name: str, mids: dict[str, str]) -> str:
    """The id of a class by its name; what begins with "/" is an id already."""
    return class_name if class_name.startswith("/") else mids[class_name]


def _strong_lines(mids: dict[str, str]) -> list[Line]:
    """The strong labels, in AudioSet's dialect: tabs, one line of column names."""
    return [Line("segment_id\tstart_time_seconds\tend_time_seconds\tlabel")] + [
        Line(
            f"{event.segment_id}\t{event.onset:.3f}\t{event.offset:.3f}\t{_mid(event.class_name, mids)}",
            "row" if event.reason else "",
            event.reason,
        )
        for event in plan.STRONG_EVENTS
    ]


def _index_lines(ontology: list[dict[str, Any]], clips: list[Clip], mids: dict[str, str]) -> list[str]:
    """Numbers from 0 for the classes that the lists use, in the order of the ontology."""
    used = {mid for clip in clips for mid in _class_ids(clip, mids)}
    nodes = [node for node in ontology if node["id"] in used]
    return ["index,mid,display_name"] + [f'{index},{node["id"]},"{node["name"]}"' for index, node in enumerate(nodes)]


def _vocabulary_lines(ontology: list[dict[str, Any]], mids: dict[str, str]) -> list[str]:
    """The classes that the strong labels use, in the ontology or not: id, tab, name, by id."""
    names = {node["id"]: node["name"] for node in ontology} | plan.STRONG_ONLY
    used = {_mid(event.class_name, mids) for event in plan.STRONG_EVENTS}
    return [f"{mid}\t{names[mid]}" for mid in sorted(used & names.keys())]


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _table(columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> bytes:
    """A CSV file with a line of column names."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def _write_whole(path: Path, content: bytes) -> None:
    with whole(path) as part:
        part.write_bytes(content)
