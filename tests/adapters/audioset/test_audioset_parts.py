"""A list is read in parts: how large they are is nowhere to be seen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.adapters.audioset.small_audioset import BARK, DOG, NAMES, SPEECH, write_classes, write_list
from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.adapters.audioset import clips, segments, strong
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_tables

IDS = st.sampled_from(["aaaaaaaaaaa", "-bbbbbbbbbb", "_ccccccccc-", "Yddddddddd_", "eeeeeeeeeee", "no id"])
STARTS = st.sampled_from(["0", "30", "30.5", "-1", "soon"])
LABELS = st.lists(st.sampled_from([*NAMES, "/m/nope"]), min_size=1, max_size=3)


@st.composite
def official(draw: st.DrawFn) -> str:
    start = draw(STARTS)
    return f'{draw(IDS)}, {start}, {draw(st.sampled_from(["40", "41", start]))}, "{",".join(draw(LABELS))}"'


@st.composite
def called_after_the_file(draw: st.DrawFn) -> str:
    times = draw(st.sampled_from(["", "_30", "_30_40", "_30000_40000", "_000030", "_30.500"]))
    return f"Y{draw(IDS)}{times}.wav\t{';'.join(draw(LABELS))}"


@st.composite
def event(draw: st.DrawFn) -> str:
    start, onset, offset = (draw(st.sampled_from(times)) for times in (["", "_0", "_30000"], "012x", "123"))
    return f"{draw(IDS)}{start}\t{onset}\t{offset}\t{draw(LABELS)[0]}"


odd = st.sampled_from(["", "# a comment", "three, fields, only", '"never closed'])
official_lists = st.lists(official() | odd, max_size=12).map("\n".join)
named_lists = st.lists(called_after_the_file() | odd, max_size=12).map(lambda rows: "\n".join(["file\tlabels", *rows]))

HEADER = "segment_id\tstart_time_seconds\tend_time_seconds\tlabel"
event_lists = st.lists(event() | st.sampled_from(["", HEADER, "short"]), max_size=9).map(
    lambda rows: "\n".join([HEADER, *rows])
)


def written(folder: Path, sources: dict[str, object]) -> dict[str, bytes]:
    told = IngestSettings("audioset", {"on_count_mismatch": "stop", "strong": []} | sources, {})
    paths = {name: folder / f"{name}.parquet" for name in schemas.INGESTED}
    write_tables(adapter("audioset")(told).by_name(), paths, schemas.INGESTED)
    return {name: path.read_bytes() for name, path in paths.items()}


def outcome(make: Callable[[], dict[str, bytes]]) -> dict[str, bytes] | str:
    try:
        return make()
    except Exception as error:  # noqa: BLE001  whatever it is, it is to be the same
        return f"{type(error).__name__}: {error}"


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(official_lists | named_lists, official_lists | named_lists, event_lists, st.integers(1, 7))
def test_size_of_the_parts_changes_no_byte(tmp_path: Path, train: str, evaluated: str, events: str, rows: int) -> None:
    lists = {
        split: write_list(tmp_path, f"{split}.csv", text) for split, text in (("train", train), ("eval", evaluated))
    }
    strong_lists = [write_list(tmp_path, "strong.tsv", events)]
    sources = write_classes(tmp_path) | {"segments": lists, "strong": strong_lists}
    whole = outcome(lambda: written(tmp_path, sources))
    with pytest.MonkeyPatch.context() as patch:
        for module in (segments, clips, strong):
            patch.setattr(module, "ROWS_AT_ONCE", rows)
        assert outcome(lambda: written(tmp_path, sources)) == whole


def test_a_list_with_every_kind_of_row_is_the_same_in_parts(tmp_path: Path) -> None:
    """Videos and spans that stand there again, a row that adds a label, events, faults of each kind."""
    rows = [
        *(f"aaaaaaaaaaa, 0, 10, {DOG}", f"aaaaaaaaaaa, 0, 10, {BARK}", f"aaaaaaaaaaa, 0, 10, {DOG}"),
        *(f"bbbbbbbbbbb, 0, 10, {DOG}", f"bbbbbbbbbbb, 0, 10, {SPEECH}", f'ccccccccccc, 0, 10, "{DOG},/m/nope"'),
        *(f"ddddddddddd, 10, 0, {DOG}", f"no id, 0, 10, {DOG}", "eeeeeeeeeee, 0, 10, /m/nope", "short"),
        *(f"fffffffffff, 0, 10, {DOG}", f"fffffffffff, 20, 30, {DOG}"),
    ]
    events = [
        *(HEADER, f"fffffffffff_20000\t1\t2\t{BARK}", f"fffffffffff\t1\t2\t{BARK}", "bbbbbbbbbbb_0\t0\t1\tDog"),
        *("bbbbbbbbbbb_0\t1\t0\tDog", f"ggggggggggg_0\t0\t1\t{DOG}", f"aaaaaaaaaaa_0\t0\t1\t{SPEECH}"),
    ]
    sources = write_classes(tmp_path) | {
        "segments": {"train": write_list(tmp_path, "train.csv", "\n".join(rows))},
        "strong": [write_list(tmp_path, "strong.tsv", "\n".join(events))],
    }
    whole = written(tmp_path, sources)
    for size in (1, 2, 5):
        with pytest.MonkeyPatch.context() as patch:
            for module in (segments, clips, strong):
                patch.setattr(module, "ROWS_AT_ONCE", size)
            assert written(tmp_path, sources) == whole
