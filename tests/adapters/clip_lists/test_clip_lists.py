"""Lists of clips in videos and of pairs. No real list is at hand: these are made as their authors' page describes them,
with what goes wrong in such lists."""

import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.settings.run import load_run
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

Tables = dict[str, pl.DataFrame]


def video(name: str) -> str:
    return f"data/videos/mp4/827/f6b/{name}.mp4"


def ingested(at: Path, lists: dict[str, str], dataset: str | None = None, **splits: Any) -> Tables:
    """The tables of such lists: of a dataset file that is shipped, or of one that has them in these splits."""
    for name, text in lists.items():
        (at / name).parent.mkdir(exist_ok=True)
        (at / name).write_text(text, encoding="utf-8")
    sources = {"lists": splits or {"train": [*lists]}}
    settings = {"name": "set", "adapter": "clip_lists", "sources": sources}
    (at / "set.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))
    (at / "yfcc100m").mkdir(exist_ok=True)
    [loaded] = load_run({"datasets": [dataset or "set.yaml"]}, at).datasets.values()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(at)
        made = adapter("clip_lists")(IngestSettings(**loaded.ingest_settings))
        tables = {name: table.collect() for name, table in made.by_name().items()}
    for name, schema in schemas.INGESTED.items():
        validate(tables[name], schema)
    return tables


def clips(tables: Tables) -> list[tuple[Any, ...]]:
    return (
        tables["promised"].select("clip_id", pl.col("split").cast(pl.String), "start_s", "end_s", "class_names").rows()
    )


def test_a_list_of_clips_has_several_of_a_video(tmp_path: Path) -> None:
    text = f"{video('a1')},0.0,5.0\n{video('a1')}, 5.0, 10.0\r\n{video('b2')},3,8\n"
    assert clips(ingested(tmp_path, {"filtered_train_clips.csv": text})) == [
        ("a1_0", "train", 0.0, 5.0, []),
        ("a1_5000", "train", 5.0, 10.0, []),
        ("b2", "train", 3.0, 8.0, []),
    ]


@pytest.mark.parametrize(("called", "named"), [("onscreen", "on-screen"), ("offscreen", "off-screen")])
def test_the_name_of_a_list_says_where_its_sounds_are(tmp_path: Path, called: str, named: str) -> None:
    """Clips of such a list stand in that of all too."""
    row = f"{video('a1')},0.0,5.0\n"
    lists = {"filtered_test_clips.csv": row, f"filtered_test_{called}_unanimous_clips.csv": row}
    tables = ingested(tmp_path, lists)
    assert clips(tables) == [("a1", "train", 0.0, 5.0, [named])]
    assert tables["rejects"].is_empty()


def test_a_pair_is_a_mixture_of_two_clips(tmp_path: Path) -> None:
    lists = {
        "unfiltered_validate_onscreen_unanimous_clips.csv": f"{video('a1')},0,5\n",
        "unfiltered_validate_onscreen_unanimous_plus_random_unfiltered_mom_clips.csv": (
            f"{video('a1')},0.0,5.0,{video('b2')},3,8\n{video('a1')},0.0,5.0,{video('c3')},0,5\n"
        ),
    }
    tables = ingested(tmp_path, lists, validation=[*lists])
    assert [(clip, classes) for clip, *_, classes in clips(tables)] == [("a1", ["on-screen"]), ("b2", []), ("c3", [])]
    pairs = tables["mixtures"].select("clip_id", "added_clip_id", pl.col("split").cast(pl.String), "offset_s", "line")
    assert pairs.rows() == [("a1", "b2", "validation", None, 1), ("a1", "c3", "validation", None, 2)]
    assert tables["sources"].select("rows_read", "rows_kept").rows() == [(1, 1), (2, 2)]
    assert tables["rejects"].is_empty()


def test_both_halves_of_the_name_of_a_list_of_pairs_speak_of_their_clips(tmp_path: Path) -> None:
    name = "filtered_test_onscreen_unanimous_plus_offscreen_unanimous_mom_clips.csv"
    tables = ingested(tmp_path, {name: f"{video('a1')},0,5,{video('b2')},3,8\n"})
    assert [(clip, classes) for clip, *_, classes in clips(tables)] == [("a1", ["on-screen"]), ("b2", ["off-screen"])]


def test_offsets_in_the_output_are_kept(tmp_path: Path) -> None:
    lists = {
        "test_clips.csv": f"{video('a1')},0,8,1.5\n",
        "test_mom_clips.csv": f"{video('a1')},0,8,1.5,{video('b2')},2,12,0.0\n",
    }
    tables = ingested(tmp_path, lists)
    assert tables["mixtures"].select("offset_s", "added_offset_s").rows() == [(1.5, 0.0)]
    assert tables["origins"].select("clip_id", "extra").rows() == [
        ("a1", '{"output_offset_s": 1.5}'),
        ("b2", '{"output_offset_s": 0.0}'),
    ]


def test_a_pair_is_as_bad_as_its_worse_half_and_promises_nothing(tmp_path: Path) -> None:
    good, row = f"{video('a1')},0,5", f"{video('b2')},3"
    text = f"{good},{row},x\n{good},{row},3\n{good},,3,8\n{good},{row},8\n{good},{row},8\n{good}\n"
    tables = ingested(tmp_path, {"mom.csv": text})
    assert tables["rejects"].select("line", "scope", "reason").rows() == [
        (1, "row", "bad_span"),
        (2, "row", "bad_span"),
        (3, "row", "no_media"),
        (5, "row", "duplicate_id"),
        (6, "row", "wrong_number_of_cells"),
    ]
    assert len(tables["mixtures"]) == 1
    assert tables["promised"]["clip_id"].to_list() == ["a1", "b2"]


def test_a_clip_of_another_split_is_that_clip_in_a_pair_too(tmp_path: Path) -> None:
    lists = {"clips.csv": f"{video('a1')},0,5\n", "mom.csv": f"{video('a1')},0,5,{video('b2')},0,5\n"}
    tables = ingested(tmp_path, lists, train="clips.csv", test="mom.csv")
    assert [(clip, split) for clip, split, *_ in clips(tables)] == [("a1", "train"), ("b2", "test")]
    assert tables["mixtures"].select("clip_id", pl.col("split").cast(pl.String)).rows() == [("a1", "test")]
    assert tables["rejects"].is_empty()


QUOTED = [
    '"a,b.mp4",0,5\n"c.mp4",1,6\n',
    '\n\n"a,b.mp4", 0, 5\r\nc.mp4, 1, 6\r\n',
    '"a,b.mp4",0,5\rc.mp4,1,6\r',
]


@pytest.mark.parametrize("text", QUOTED)
def test_a_comma_in_quotes_is_no_border_and_lines_end_as_they_may(tmp_path: Path, text: str) -> None:
    tables = ingested(tmp_path, {"list.csv": text})
    assert tables["promised"].select("media_key", "start_s", "end_s").rows() == [("a,b", 0.0, 5.0), ("c", 1.0, 6.0)]
    assert tables["rejects"].is_empty()


def test_a_first_row_without_an_end_is_a_reject(tmp_path: Path) -> None:
    tables = ingested(tmp_path, {"list.csv": '"a.mp4,0,5\nc.mp4,1,6\n'})
    assert tables["promised"]["media_key"].to_list() == ["c"]
    assert tables["rejects"].select("line", "reason").rows() == [(1, "unended_row")]


@pytest.mark.parametrize("text", ["", "a\n", "a,b\n", "a,1,2,3,4\n", "\0", "[1, 2]"])
def test_what_is_no_such_list_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(SoundledgerError, match=r"list\.csv, line 1: expected video path, start and end"):
        ingested(tmp_path, {"list.csv": text})


def test_one_list_of_two_splits_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        SoundledgerError, match=r"list\.csv: named as sources\.lists\.train and as sources\.lists\.test"
    ):
        ingested(tmp_path, {"list.csv": f"{video('a1')},0,5\n"}, train="list.csv", test="*.csv")


@settings(deadline=None, max_examples=50)
@given(
    rows=st.lists(
        st.lists(st.sampled_from(["a", "b", "", "0", "5", "1e400", "nan", '"', "é\n"]), min_size=6, max_size=6)
    )
)
def test_every_row_of_a_list_of_pairs_is_kept_or_rejected(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    text = f"{video('a1')},0,5,{video('b2')},0,5\n" + "".join(",".join(row) + "\n" for row in rows)
    tables = ingested(tmp_path_factory.mktemp("pairs"), {"mom.csv": text})
    counts = tables["sources"].select("rows_read", "rows_kept", "rows_rejected").row(0)
    assert counts == (counts[1] + counts[2], len(tables["mixtures"]), len(tables["rejects"]))


V2 = "audioscope_v2_yfcc100m_clip_lists/unfiltered"
SHIPPED = {
    "audioscope_v1": [
        f"audioscope_yfcc100m_clip_lists/filtered_{split}_{kind}clips.csv"
        for split in ("train", "validate", "test")
        for kind in ("", "onscreen_unanimous_", "offscreen_unanimous_")
    ],
    "audioscope_v2": [
        f"{V2}_train_clips.csv",
        f"{V2}_validate_clips.csv",
        f"{V2}_test_clips.csv",
        f"{V2}_validate_offscreen_unanimous_plus_random_unfiltered_mom_clips.csv",
    ],
    "yfcc_clips": [f"yfcc100m_clip_lists/{split}_clips.csv" for split in ("train", "validate", "test")],
}


@pytest.mark.parametrize("dataset", SHIPPED)
def test_shipped_dataset_files_find_the_lists_as_their_authors_call_them(tmp_path: Path, dataset: str) -> None:
    seed = random.Random(1)
    offset = ",0.0" if dataset == "yfcc_clips" else ""
    lists = {}
    for name in SHIPPED[dataset]:
        row = f"{video(f'{seed.getrandbits(64):016x}')},0,5{offset}"
        lists[name] = f"{row},{row}\n" if "mom" in name else f"{row}\n"
    tables = ingested(tmp_path, lists, dataset)
    assert tables["promised"]["split"].cast(pl.String).unique().sort().to_list() == ["test", "train", "validation"]
    assert tables["promised"]["source"].n_unique() == len(lists)
    assert len(tables["mixtures"]) == ("mom" in str(SHIPPED[dataset]))
