"""The numbers of a report are those that the tables hold, counted by polars and not by its SQL."""

import re
from pathlib import Path

import duckdb
import polars as pl
import pytest
import yaml

from tests.project import Project
from tests.report.made_reports import Tag, draw, make_report, make_report_of_all, parsed

OF = "that are said of clips or of parts of them"


@pytest.fixture(scope="module")
def results(sample_project: Project) -> Path:
    return sample_project.folder / "results"


@pytest.fixture(scope="module")
def made(results: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    catalogue, folder = results / "catalog.duckdb", tmp_path_factory.mktemp("report")
    draw(catalogue, folder, "sample")
    return make_report(catalogue, "sample", folder)


@pytest.fixture(scope="module")
def page(made: Path) -> Tag:
    return parsed(made)


@pytest.fixture(scope="module")
def clips(results: Path) -> pl.DataFrame:
    """The ledger of the sample beside the checks of its media, texts as text."""
    clips = pl.read_parquet(results / "sample/tables/clips.parquet")
    clips = clips.with_columns(pl.col(pl.Categorical).cast(pl.String))
    checks = [
        pl.read_parquet(file, hive_partitioning=False).with_columns(root=pl.lit(file.parts[-3]))
        for file in (results / "audio").glob("*/checks/*.parquet")
    ]
    return clips.join(pl.concat(checks), on=["root", "path", "member"], how="left", suffix="_of_file", nulls_equal=True)


def _number(page: Tag, name: str) -> str:
    return page.one("article", id=name).one("h3").one("span").text


def test_it_opens_with_how_much_is_usable(page: Tag, clips: pl.DataFrame) -> None:
    usable, trainable = clips.filter("usable"), clips.filter("trainable")
    minutes = usable["duration_s"].sum() / 60
    assert page.one("section", id="usable").all("p")[0].text == (
        f"Of {len(clips)} clips that the labels promise, {len(usable)} ({100 * len(usable) / len(clips):.0f} %) are "
        f"usable, {minutes:.3g} min of sound; {len(trainable)} of them can be trained on, "
        f"{trainable['duration_s'].sum() / 60:.3g} min."
    )
    found = len(clips.filter(pl.col("status") != "missing"))
    tiles = [tile.text for tile in page.one("section", id="usable").all("dd")]
    assert tiles == [
        str(n) for n in (len(trainable), len(usable) - len(trainable), found - len(usable), len(clips) - found)
    ]


def test_what_is_lost_is_counted_by_status(page: Tag, clips: pl.DataFrame) -> None:
    lost = dict(clips.filter(~pl.col("usable")).group_by("status").len().rows())
    lost["not_trainable"] = len(clips.filter(pl.col("usable") & ~pl.col("trainable")))
    rows = page.one("section", id="usable").one("table").rows()
    assert {row[0].split(":")[0]: int(row[1]) for row in rows} == lost


def test_oddities_are_counted_among_usable_clips(page: Tag, clips: pl.DataFrame) -> None:
    usable = clips.filter("usable")
    expected = {
        "upsampled": (pl.col("sample_rate") > 16_000)
        & pl.col("bandwidth_hz").is_between(1, 0.3 * pl.col("sample_rate")),
        "dual_mono": pl.col("channel_layout").is_in(["dual_mono", "one_sided"]),
        "silent": pl.col("silent_fraction") == 1,
        "clipped": pl.col("clipped_fraction") > 0.01,
    }
    for name, holds in expected.items():
        there = len(usable.filter(holds))
        assert there
        noun = "usable clip" if there == 1 else "usable clips"
        assert re.fullmatch(rf"{there} {noun} \([\d.]+ %\)", _number(page, name))


def test_leaks_and_duplicates_are_those_that_sounds_and_samples_tell(
    page: Tag, clips: pl.DataFrame, results: Path
) -> None:
    """In the sample only sound is shared, and samples: each video has one clip, each file serves one."""
    assert clips["media_key"].is_unique().all()
    heard = clips.filter(pl.col("pcm_digest").is_not_null() & (pl.col("peak") > 0) & pl.col("load_ok"))
    same = heard.filter(pl.len().over("pcm_digest") > 1)
    assert _number(page, "duplicate").startswith(f"{len(same.filter('usable'))} usable clips")
    groups = _matches(results, "sound_groups").join(clips.select("clip_id", "usable"), on="clip_id")
    is_held_out = ~pl.col("split").str.contains("train")
    across = groups.filter(pl.col("split").n_unique().over("group_id") > 1, is_held_out.any().over("group_id"))
    assert set(same["clip_id"]) < set(across["clip_id"])
    assert _number(page, "leaked").startswith(f"{len(across.filter('usable'))} usable clips")


def test_it_leads_with_the_clips_whose_sound_another_split_has(page: Tag, clips: pl.DataFrame, results: Path) -> None:
    assert page.one("section", id="decisions").all("article")[0].attributes["id"] == "same_sound"
    is_trained = [pl.col(f"split_{side}").str.contains("train") for side in "ab"]
    across = (pl.col("split_a") != pl.col("split_b")) & ~(is_trained[0] & is_trained[1])
    pairs = _matches(results, "same_sound").filter(across)
    shared = clips.filter(pl.col("clip_id").is_in([*pairs["clip_id_a"], *pairs["clip_id_b"]]))
    assert 0 < len(shared.filter("usable")) < len(clips)
    assert _number(page, "same_sound").startswith(f"{len(shared.filter('usable'))} usable clips")
    by_split = page.one("article", id="same_sound").all("table")[1].rows()
    assert sum(int(row[5]) + int(row[6]) for row in by_split) == len(pairs)


def test_all_sound_was_compared_or_it_is_told_why_not(page: Tag, clips: pl.DataFrame, results: Path) -> None:
    told = dict(row[:2] for row in page.one("article", id="same_sound").all("table")[-1].rows())
    told = {outcome.split(":")[0]: int(number) for outcome, number in told.items()}
    assert sum(told.values()) == len(clips)
    skipped = clips.join(_matches(results, "skipped_sounds"), left_on="pcm_digest", right_on="sound")
    reasons = dict(skipped.filter("load_ok", pl.col("duration_s") > 0).group_by("reason").len().rows())
    assert told.pop("compared") > told.pop("no_sound")
    assert told == reasons


def _matches(results: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(results / f"matches/{name}.parquet").with_columns(pl.col(pl.Categorical).cast(pl.String))


def test_classes_that_only_splits_of_training_have_are_named(page: Tag, clips: pl.DataFrame, results: Path) -> None:
    tables = results / "sample/tables"
    labels = pl.read_parquet(tables / "labels.parquet").with_columns(pl.col(pl.Categorical).cast(pl.String))
    said = labels.filter(pl.col("origin") == "annotated").join(clips.filter("trainable"), on="clip_id")
    by_class = said.group_by("class_id").agg(pl.col("split").unique(), pl.col("clip_id").n_unique().alias("clips"))
    without = by_class.filter(~pl.col("split").list.contains("eval"))
    names = pl.read_parquet(tables / "classes.parquet").select("class_id", "name")
    article = page.one("article", id="classes_not_evaluated")
    assert _number(page, "classes_not_evaluated") == f"{len(without)} classes of {len(by_class)} {OF}"
    expected = {(name, str(count)) for name, count in without.join(names, on="class_id").select("name", "clips").rows()}
    assert {(row[0], row[1]) for row in article.one("table").rows()} == expected


def test_splits_and_rejects_are_all_there(page: Tag, clips: pl.DataFrame, results: Path) -> None:
    splits, *others = page.one("section", id="tables").all("table")
    heads = [head.text for head in splits.one("thead").all("th")]
    rows = {row[0]: dict(zip(heads, row, strict=True)) for row in splits.rows()}
    assert rows.keys() == set(clips["split"])
    for split, row in rows.items():
        own = clips.filter(pl.col("split") == split)
        assert int(row["Promised"]) == len(own)
        assert int(row["Trainable"]) == own["trainable"].sum()
        assert all(
            int(row[status]) == count for status, count in own["status"].value_counts().rows() if status != "usable"
        )
    rejected = next(table for table in others if table.one("caption").text.startswith("Rows and labels"))
    files = [results / "sample/tables/rejects.parquet", *(results / "audio").glob("*/tables/rejects.parquet")]
    assert sum(int(row[3]) for row in rejected.rows()) == sum(len(pl.read_parquet(file)) for file in files)


def test_the_sql_beside_a_number_gives_it_in_any_shell(page: Tag, results: Path) -> None:
    """Every SQL runs against the catalogue as it stands there; that beside a table gives its rows."""
    with duckdb.connect(str(results / "catalog.duckdb"), read_only=True) as catalogue:
        blocks = page.all("pre")
        assert len(blocks) > 20
        for block in blocks:
            catalogue.execute("".join(one for one in block.one("code").below if isinstance(one, str)))
        leaked = page.one("article", id="leaked")
        table, sql = leaked.all("table")[0], leaked.all("code")[-2]
        answer = catalogue.execute(sql.text).fetchall()
    assert [[str(value) for value in row] for row in answer] == table.rows()


def test_what_there_is_none_of_is_said_in_one_line(page: Tag) -> None:
    [none] = [one.text for one in page.one("section", id="decisions").all("p") if one.text.startswith("None")]
    assert "vague captions" in none
    assert "classes that are evaluated and not trained on" in none
    assert "clipping" not in none


def test_it_names_what_it_was_made_of_and_tells_no_times(page: Tag, made: Path, results: Path) -> None:
    inputs = page.one("section", id="inputs").text
    for row in pl.read_parquet(results / "sample/tables/sources.parquet").rows(named=True):
        assert row["source"] in inputs
        assert row["sha256"] in inputs
    assert "limits.train_min_duration_s" in inputs
    before = {file.name: file.read_bytes() for file in made.parent.glob("*.*")}
    assert len(before) == 2
    assert make_report(results / "catalog.duckdb", "sample", made.parents[2]) == made
    assert {file.name: file.read_bytes() for file in made.parent.glob("*.*")} == before


def test_the_card_says_the_same_and_names_no_place_of_this_machine(made: Path, page: Tag, clips: pl.DataFrame) -> None:
    _, head, body = (made.parent / "README.md").read_text().split("---\n", 2)
    assert yaml.safe_load(head) == {
        "pretty_name": "sample",
        "license": "cc0-1.0",
        "task_categories": ["audio-classification"],
        "size_categories": ["n<1K"],
        "tags": ["audio"],
    }
    lead = page.one("section", id="usable").all("p")[0].text
    assert lead in body.replace("**", "")
    assert f"**Leaks across splits: {_number(page, 'leaked')}.**" in body
    for split, promised in clips["split"].value_counts().rows():
        assert re.search(rf"^\| {split.replace('_', '.._')} \| {promised} \|", body.replace("\\", ".."), re.MULTILINE)
    assert "/" not in re.sub(r"<?https?://\S+|and/or", "", body)


def test_the_page_of_all_leads_to_each_and_counts_it(results: Path, clips: pl.DataFrame, tmp_path: Path) -> None:
    page = parsed(make_report_of_all(results / "catalog.duckdb", tmp_path))
    [row] = page.one("table").rows()
    lost = len(clips) - clips["usable"].sum()
    assert row[2:] == [*map(str, (len(clips), clips["usable"].sum(), clips["trainable"].sum(), lost)), "18 %"]
    assert page.one("table").one("a").attributes["href"] == "../sample/report/index.html"
