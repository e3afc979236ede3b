"""What is to be fetched: every row of a dataset and every file below an address has its place, or a reason."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_scripts.acquire.paths import path_below
from workflow_scripts.acquire.planning import write_fetch_plan
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.fetch.hosts import ROWS, host_slug
from workflow_scripts.fetch.remote_file import ListedFile
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import read_table

WEB = "https://example.org"
Row = tuple[str, str | None]


def entry(key: str = "acquire[0]", address: str | None = None, rows: str | None = None, to: str = "audio") -> Any:
    return {"key": key, "address": address, "rows": rows, "mirrors": (), "to": to} | dict.fromkeys(
        ("sha256", "md5", "bytes", "unpack")
    )


def of_rows(rows: Sequence[Row], extras: Iterable[dict[str, str]] = ()) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Clips of some media and their addresses, and what else their source said."""
    ids = [f"c{place}" for place in range(len(rows))]
    promised = pl.DataFrame(
        {"clip_id": ids, "media_key": [row[0] for row in rows], "source_url": [row[1] for row in rows]},
        {"clip_id": pl.String, "media_key": pl.String, "source_url": pl.String},
    )
    told = [json.dumps(extra) for extra in extras]
    origins = pl.DataFrame(
        {"clip_id": ids, "extra": told + [None] * (len(ids) - len(told))}, {"clip_id": pl.String, "extra": pl.String}
    )
    return promised.lazy(), origins.lazy()


def planned(folder: Path, entries: list[Any], said: Any = None, listed: Sequence[str] = ()) -> pl.DataFrame:
    """All lists of a plan in one, with the name of the list of each row."""

    def below(address: str) -> list[ListedFile]:
        return [ListedFile(path, f"{address}{path}", 10, '"1"') for path in listed]

    write_fetch_plan(entries, below, said, folder / "plan")
    lists = [read_table(file).with_columns(list=pl.lit(file.stem)) for file in sorted((folder / "plan").iterdir())]
    return pl.concat([schemas.TO_FETCH.empty().with_columns(list=pl.lit("")), *lists]).sort("path", "address")


def paths(plan: pl.DataFrame) -> list[tuple[Any, ...]]:
    return plan.select("media_key", "path", "refused").rows()


BAD = [
    "../outside/.bashrc",
    "/etc/x",
    "a/../../x",
    "..",
    "a\nb.wav",
    "a\x00b.wav",
    "long" * 60,
    "ab/" * 900 + "x",
    "a\ud800",
    ".one.wav.fetching",
    "good/.one.wav.fetching.now.json",
    "good/.one.zip.aside.7.part/x.wav",
]


@pytest.mark.parametrize("bad", BAD)
def test_nothing_listed_is_planned_outside_its_folder(bad: str, tmp_path: Path) -> None:
    plan = planned(tmp_path, [entry(address="s3://b/p/")], listed=[bad, "good/one.wav"])
    assert sorted(paths(plan), key=str) == [(None, "", "no_file_name"), (None, "audio/good/one.wav", None)]


@given(st.text(st.characters(codec=None)) | st.lists(st.sampled_from(["..", ".", "", "a", "b.wav"])).map("/".join))
def test_a_path_below_a_folder_stays_there(path: str) -> None:
    found = path_below("audio", path)
    assert not found or Path("/r", found).resolve().is_relative_to("/r/audio")
    assert found != "audio"


def test_rows_of_one_media_in_two_entries_are_one_file_with_mirrors(tmp_path: Path) -> None:
    said = of_rows([("one.wav", f"{WEB}/1.wav")], [{"file": "https://other.org/1.wav"}])
    plan = planned(tmp_path, [entry(rows="source_url"), entry("acquire[1]", rows="file")], said)
    assert paths(plan) == [("one.wav", "audio/one.wav", None)] * 2
    assert plan["entry"].cast(pl.String).sort().to_list() == ["acquire[0]", "acquire[1]"]
    assert plan["address"].to_list() == [f"{WEB}/1.wav"] * 2
    assert plan["mirrors"].to_list() == [["https://other.org/1.wav"]] * 2
    assert plan["list"].n_unique() == 1


def test_two_media_of_one_path_and_one_address_share_the_file(tmp_path: Path) -> None:
    plan = planned(tmp_path, [entry(rows="source_url")], of_rows([("a/b", f"{WEB}/x.wav"), ("a\\b", f"{WEB}/x.wav")]))
    assert paths(plan) == [("a/b", "audio/a/b.wav", None), ("a\\b", "audio/a/b.wav", None)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("two", "/x.wav"), ("two.wav", "/y")], [("two", None), ("two.wav", "same_path")]),
        ([("two", "/x"), ("two.wav", "/y.wav")], [("two", "same_path"), ("two.wav", None)]),
        ([("a/b.wav", "/x"), ("a\\b.wav", "/y")], [("a/b.wav", None), ("a\\b.wav", "same_path")]),
        ([("a.wav", "/x"), ("a.wav/b.wav", "/y")], [("a.wav", "same_path"), ("a.wav/b.wav", None)]),
        ([("two", "/same"), ("two.wav", "/same")], [("two", None), ("two.wav", None)]),
    ],
)
def test_no_row_is_lost_where_two_media_have_one_path(
    rows: list[tuple[str, str]], expected: list[tuple[str, str | None]], tmp_path: Path
) -> None:
    plan = planned(tmp_path, [entry(rows="source_url")], of_rows([(key, WEB + path) for key, path in rows]))
    assert sorted(plan.select("media_key", "refused").rows()) == expected
    taken = plan.filter(pl.col("refused").is_null()).unique(["path", "address"])
    assert taken["path"].is_unique().all()


def test_a_file_that_is_named_keeps_its_path(tmp_path: Path) -> None:
    entries = [
        entry(rows="source_url"),
        entry("acquire[1]", "s3://b/"),
        entry("acquire[2]", f"{WEB}/1", to="audio/one.wav"),
    ]
    plan = planned(tmp_path, entries, of_rows([("one.wav", "https://other.org/1.wav")]), listed=["one.wav"])
    told = sorted(plan.select(pl.col("entry").cast(pl.String), "refused").rows())
    assert told == [("acquire[0]", "same_path"), ("acquire[1]", "same_path"), ("acquire[2]", None)]


@pytest.mark.parametrize("bad", ["http://[bad/x.wav", "https://h:port/x.wav", "http://[::1", "http://", "https://]["])
def test_a_bad_address_keeps_no_other_row_away(bad: str, tmp_path: Path) -> None:
    plan = planned(tmp_path, [entry(rows="source_url")], of_rows([("bad", bad), ("good", f"{WEB}/x.wav")]))
    assert sorted(plan["media_key"]) == ["bad", "good"]


def test_a_key_that_no_row_has_is_an_error_with_those_that_there_are(tmp_path: Path) -> None:
    said = of_rows([("one", f"{WEB}/1.wav")], [{"file": "https://other.org/1.wav"}])
    with pytest.raises(SoundledgerError, match=r"acquire\[0\].*sorce_url.*did you mean `source_url`"):
        planned(tmp_path, [entry(rows="sorce_url")], said)
    with pytest.raises(SoundledgerError, match=r"keys of `extra` are file"):
        planned(tmp_path, [entry(rows="fil")], said)
    with pytest.raises(SoundledgerError, match="source_url: none of 1 rows"):
        planned(tmp_path, [entry(rows="source_url")], of_rows([("one", None)]))
    assert planned(tmp_path, [entry(rows="source_url")], of_rows([])).is_empty()


def test_a_host_called_rows_is_not_taken_for_rows(tmp_path: Path) -> None:
    plan = planned(tmp_path, [entry(address="http://rows/a.zip", to="a.zip")])
    assert not plan["list"][0].startswith("rows-")
    assert host_slug("rows:x") != ROWS
