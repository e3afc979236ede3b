"""Rows read = clips + rejects, row by row: whatever a list holds, nothing of it vanishes and nothing stops the run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.audioset.small_audioset import BARK, DOG, NAMES, PETS, SPEECH, Tables, counts, ingest


@dataclass(frozen=True)
class Row:
    """A row as its writer meant it. One that is broken has one fault, which has this name; `any` for pure noise."""

    fault: str | None
    clip_id: str = "aaaaaaaaaaa"
    start: str = "0"
    end: str = "10"
    classes: tuple[str, ...] = (DOG,)
    text: str | None = None


def official(row: Row) -> str:
    return f'{row.clip_id}, {row.start}, {row.end}, "{",".join(row.classes)}"'


def quoted_only_when_several(row: Row) -> str:
    classes = ",".join(row.classes)
    return f"{row.clip_id},{row.start},{row.end}," + (f'"{classes}"' if len(row.classes) > 1 else classes)


def padded(row: Row) -> str:
    return f"{row.clip_id},{row.start},{row.end}, {','.join(row.classes)} ,,,,,,"


def triple_quoted(row: Row) -> str:
    first, *between = row.classes or ("",)
    if not between:
        return f'{row.clip_id},{row.start},{row.end},"""{first}""",,,,'
    *between, last = between
    return f'{row.clip_id},{row.start},{row.end},"""{first}",{"".join(f"{one}," for one in between)}"{last}""",,,'


DIALECTS = (official, quoted_only_when_several, padded, triple_quoted)
HEADER = "# Segments csv created by hand\n# num_ytids=1, num_segs={}, num_unique_labels=1\n# YTID, start_seconds, …\n"
COLUMNS = "YTID,start_seconds,end_seconds,positive_labels\n"

a_few_ids = st.sampled_from(["aaaaaaaaaaa", "-bbbbbbbbbb", "_ccccccccc-", "Yddddddddd_"])
ids = a_few_ids | st.from_regex(r"[A-Za-z0-9_-]{11}", fullmatch=True)
known = st.sampled_from(sorted(NAMES))
unknown = st.sampled_from(["/m/nope", "/t/dd99999", "Hound", "527", "é"])
class_lists = st.tuples(st.lists(known | unknown, max_size=3), known, st.lists(known | unknown, max_size=3)).map(
    lambda parts: (*parts[0], parts[1], *parts[2])
)


@st.composite
def good_rows(draw: st.DrawFn) -> Row:
    start, length = draw(st.integers(0, 8 * 10**7) | st.sampled_from([0, 10_000])), draw(st.integers(1, 10**5))
    return Row(None, draw(ids), f"{start / 1000:.3f}", f"{(start + length) / 1000:.3f}", draw(class_lists))


def is_row(text: str) -> bool:
    """No comment, no blank line, and not the names of columns."""
    is_header = "start_seconds" in text.lower() or re.search(r"[a-z].*,.*[a-z].*,.*[a-z]", text.lower())
    return bool(text.strip(' "\t,')) and not text.startswith(("#", '"#')) and not is_header


bad_ids = st.sampled_from(["#NAME?", "", "short", "much-too-long", "with blank.", "semi;colons", "é-é-é-é-é-é", "-"])
bad_times = st.sampled_from(["", "x", "-1", "-0.001", "nan", "inf", "0:30", "1'5", "0x1F", "\uff11"])
noise = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\ufeff"), min_size=1, max_size=40).filter(is_row)
broken_rows = st.one_of(
    st.builds(Row, st.just("bad_id"), bad_ids, classes=class_lists),
    st.builds(Row, st.just("bad_time"), ids, start=bad_times, classes=class_lists),
    st.builds(Row, st.just("bad_time"), ids, end=bad_times, classes=class_lists),
    st.builds(Row, st.just("backward_time"), ids, start=st.sampled_from(["10", "10.001", "9999"])),
    st.builds(Row, st.just("no_known_label"), ids, classes=st.lists(unknown, max_size=3).map(tuple)),
    st.builds(Row, st.just("malformed_row"), text=st.builds("{}{}".format, ids, st.sampled_from(["", ",0", ",0,10"]))),
    st.builds(Row, st.just("any"), text=noise),
)
blank_lines = st.builds(Row, st.just("blank"), text=st.sampled_from(["", ",,,,,", "  ", '"",,', "\t"]))


@dataclass(frozen=True)
class List:
    """A list as it lies on disk, and its rows by line."""

    text: str
    rows: dict[int, tuple[Row, str]]


def span(row: Row) -> tuple[str, str, str]:
    """Rows of one span are one clip where a list has one label a row, which is told elsewhere."""
    return row.clip_id, row.start, row.end


@st.composite
def lists(draw: st.DrawFn) -> List:
    dialect = draw(st.sampled_from(DIALECTS))
    rows = draw(st.lists(good_rows() | broken_rows | blank_lines, max_size=12))
    rows = [row for place, row in enumerate(rows) if row.fault or span(row) not in map(span, rows[:place])]
    if any(row.fault != "blank" for row in rows):  # of a list without one good row nobody can tell the columns
        rows.insert(draw(st.integers(0, len(rows))), Row(None, "one-goodrow"))
    lines = [dialect(row) if row.text is None else row.text for row in rows]
    number = sum(row.fault != "blank" for row in rows)
    head = draw(st.sampled_from([HEADER.format(number), COLUMNS, ""]))
    if head == COLUMNS and rows and rows[0].fault == "blank":
        head = ""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = "".join(f"{line}{end}" for line in [*head.splitlines(), *lines])
    if draw(st.booleans()) and rows and lines[-1]:
        text = text.removesuffix(end)
    first = head.count("\n") + 1
    stand = zip(rows, lines, strict=True)
    return List(text, {line: pair for line, pair in enumerate(stand, start=first) if pair[0].fault != "blank"})


def span_ms(row: Row) -> tuple[int, int]:
    return round(float(row.start) * 1000), round(float(row.end) * 1000)


def expected_rows(wanted: dict[str, List]) -> Iterator[tuple[str, int, Row, str | None]]:
    """Each row with its reason, None for a clip, told one by one as a person would."""
    taken: set[tuple[str, int, int]] = set()
    for split, content in wanted.items():
        for line, (row, _) in content.rows.items():
            reason = row.fault
            if reason is None and (row.clip_id, *span_ms(row)) in taken:
                reason = "duplicate_id"
            if reason is None:
                taken.add((row.clip_id, *span_ms(row)))
            yield split, line, row, reason


def clip_name(row: Row, wanted: dict[str, List]) -> str:
    """The id alone where the video has one span, else with its start, and with its end where starts do not tell."""
    good = [one for content in wanted.values() for one, _ in content.rows.values() if one.fault is None]
    spans = {span_ms(one) for one in good if one.clip_id == row.clip_id}
    start, end = span_ms(row)
    if len(spans) == 1:
        return row.clip_id
    starts = [one for one, _ in spans]
    return f"{row.clip_id}_{start}" if starts.count(start) == 1 else f"{row.clip_id}_{start}_{end}"


def by_place(frame: pl.DataFrame, *columns: str) -> dict[tuple[str, int], tuple]:
    """Columns by split and line; one row a place."""
    rows = frame.select(pl.col("source").cast(pl.String), "line", *columns).rows()
    found = {(Path(source).stem, line): rest for source, line, *rest in rows}
    assert len(found) == len(rows)
    return {place: tuple(rest) for place, rest in found.items()}


def assert_conserved(tables: Tables, wanted: dict[str, List]) -> None:
    clips = by_place(tables["promised"], "clip_id", "start_s", "end_s", "class_ids", "split")
    rejected = by_place(tables["rejects"].filter(pl.col("scope") == "row"), "reason", "raw")
    for split, line, row, reason in expected_rows(wanted):
        place = (split, line)
        if reason is None:
            classes = [one for one in dict.fromkeys(row.classes) if one in NAMES]
            name = clip_name(row, wanted)
            assert clips.pop(place) == (name, float(row.start), float(row.end), classes, split)
        else:
            found, raw = rejected.pop(place)
            assert reason in (found, "any")
            assert raw == wanted[split].rows[line][1]
    assert not clips
    assert not rejected


def assert_labels_conserved(tables: Tables, wanted: dict[str, List]) -> None:
    told = tables["rejects"].filter(pl.col("scope") == "label").select("source", "line", "reason", "detail").rows()
    found = sorted((Path(source).stem, line, reason, detail.split(" ")[0]) for source, line, reason, detail in told)
    expected = []
    for split, line, row, reason in expected_rows(wanted):
        if reason is None:
            once = dict.fromkeys(row.classes)
            expected += [(split, line, "unknown_class", one) for one in once if one not in NAMES]
            expected += [(split, line, "repeated_class", one) for one in once if row.classes.count(one) > 1]
    assert found == sorted(expected)
    annotated = tables["labels"].filter(pl.col("origin") == "annotated").select("clip_id", "class_id").rows()
    assert annotated == tables["promised"].explode("class_ids").select("clip_id", "class_ids").rows()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lists")


@settings(max_examples=60, deadline=None)
@given(st.lists(lists(), min_size=1, max_size=3))
def test_every_row_of_any_lists_is_a_clip_or_a_reject(folder, some):
    wanted = dict(zip(("one", "two", "three"), some, strict=False))
    tables = ingest(folder, {split: content.text for split, content in wanted.items()})
    assert_conserved(tables, wanted)
    assert_labels_conserved(tables, wanted)
    for split, content in wanted.items():
        _, read, kept, rejected = counts(tables, f"{split}.csv")
        assert read == kept + rejected == len(content.rows)


EVENT_COLUMNS = "segment_id\tstart_time_seconds\tend_time_seconds\tlabel\n"
numbers = st.floats().map(str) | st.integers(-(10**20), 10**20).map(str) | st.sampled_from(["", "x", "1e400", "-0"])
segments = st.sampled_from(["aaaaaaaaaaa_30000", "aaaaaaaaaaa_0", "bbbbbbbbbbb_5"]) | noise | st.just("")
event_lines = st.tuples(segments, numbers, numbers, known | unknown).map("\t".join) | noise


@settings(max_examples=40, deadline=None)
@given(st.lists(event_lines.filter(lambda line: line.strip()), max_size=12))
def test_every_row_of_any_list_of_events_is_an_event_or_a_reject(folder, rows):
    text = EVENT_COLUMNS + "".join(f"{row}\n" for row in rows)
    tables = ingest(folder, {"one": f'aaaaaaaaaaa,30,40,"{DOG}"\n'}, strong=text)
    rejected = tables["rejects"]["line"].to_list()
    events = tables["labels"].filter((pl.col("strength") == "strong") & (pl.col("origin") == "annotated"))
    assert len(set(rejected)) == len(rejected)
    assert set(rejected) <= set(range(2, len(rows) + 2))
    assert len(events) + len(rejected) == len(rows)
    assert counts(tables, "strong.tsv") == (None, len(rows), len(events), len(rejected))
    assert set(events["class_id"]) <= {BARK, DOG, PETS, SPEECH, *NAMES}
