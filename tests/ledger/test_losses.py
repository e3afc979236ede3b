"""A loss that is total or lopsided is known as such, with its likely cause; what the dataset is made for is none."""

import polars as pl
import pytest

from workflow_scripts.ledger.losses import Loss, losses

LIMITED = ("too_short", "too_long")
MEDIA = {"root": pl.String, "path": pl.String, "member": pl.String, "reason": pl.String}


def rejected(count, reason, line=2, source="a.csv"):
    """So many rows of a source, rejected for a reason."""
    return [
        {"source": source, "line": line + n, "scope": "row", "reason": reason, "detail": f"is {reason}", "raw": "x, y"}
        for n in range(count)
    ]


SOURCES = {
    "source": pl.String,
    **dict.fromkeys(("rows_read", "rows_kept", "rows_not_in_subset", "rows_declared"), pl.Int64),
}


def orphans(names, reason="unclaimed", root="wav-1"):
    return [{"root": root, "path": name, "member": None, "reason": reason} for name in names]


def found(sources=(), rejects=(), roots=(), orphaned=(), clips=None, root_rejects=(), match="youtube", promised=True):
    """The losses of a dataset.

    Args:
        sources: path, rows read, rows kept, and if any rows that are not in the subset, and those that it declares.
        rejects: rows of the table.
        roots: slug, media.
        orphaned: rows of the table of orphans.
        clips: statuses; one that is usable if None.
        root_rejects: rows of that table, of the first root.
        match: how media are matched.
        promised: there is a clip.
    """
    statuses = ["usable"] if clips is None else clips
    tables = {
        "sources": pl.LazyFrame([(*row, *(0, None)[len(row) - 3 :]) for row in sources], SOURCES, orient="row"),
        "rejects": pl.LazyFrame(
            list(rejects),
            {name: pl.Int64 if name == "line" else pl.String for name in rejected(1, "x")[0]},
        ),
        "roots": pl.LazyFrame(list(roots), {"root": pl.String, "media": pl.Int64}, orient="row"),
        "orphans": pl.LazyFrame(list(orphaned), MEDIA),
        "promised": pl.LazyFrame({"media_key": ["qT3-xWn_0aB"], "start_s": [390.0], "end_s": [400.0]}).head(promised),
        "clips": pl.LazyFrame(
            {
                "clip_id": [f"clip{n}" for n in range(len(statuses))],
                "status": pl.Series(statuses, dtype=pl.Categorical),
                "usable": pl.Series([status == "usable" for status in statuses], dtype=pl.Boolean),
                "error": pl.Series(
                    [None if status in LIMITED else f"error of clip{n}" for n, status in enumerate(statuses)],
                    dtype=pl.String,
                ),
                "duration_s": pl.Series([300.0 + n for n in range(len(statuses))], dtype=pl.Float64),
            }
        ),
    }
    of_roots = {slug: pl.LazyFrame(schema={"source": pl.String, "detail": pl.String}) for slug, _ in roots}
    if root_rejects:
        of_roots[roots[0][0]] = pl.LazyFrame(root_rejects)
    return losses(tables, of_roots, match, 0.2, {f"events/{name}.txt": "events" for name in "abc"})


# --- sources ---


def test_source_of_which_no_row_is_read_is_lost():
    assert found([("a.csv", 0, 0), ("b.csv", 1, 1)]) == [
        Loss("a.csv", "no row was read; it is empty, or not of this kind")
    ]


def test_source_that_says_itself_that_it_has_no_rows_is_not_lost():
    assert found([("heard", 0, 0, 0, 0), ("b.csv", 1, 1)]) == []
    assert len(found([("heard", 0, 0, 0, 2), ("b.csv", 1, 1)])) == 1


def test_source_of_which_no_row_is_taken_is_lost_with_the_most_frequent_reason_and_its_first_line():
    rejects = [*rejected(1, "bad_time"), *rejected(4, "bad_id", line=5), *rejected(9, "bad_time", source="b.csv")]
    [loss] = found([("a.csv", 5, 0)], rejects)
    assert loss == Loss("a.csv", "0 of 5 rows were taken; 4 for bad_id, the first of them line 5: 'x, y': is bad_id")


def test_rows_that_nobody_asked_for_are_not_lost():
    assert found([("a.csv", 5, 0, 5), ("b.csv", 10, 1, 7)], rejected(2, "bad_id", source="b.csv")) == []


@pytest.mark.parametrize(("rejects", "is_lost"), [(2, False), (3, True)])
def test_more_than_the_share_of_rows_has_to_be_rejected(rejects, is_lost):
    """2 of 10 are 20 %, 3 of 10 are more."""
    losses_found = found([("a.csv", 10, 10 - rejects)], rejected(rejects, "no_known_label"))
    assert [loss.of for loss in losses_found] == ["a.csv"] * is_lost
    if is_lost:
        assert losses_found[0].cause.startswith("3 of 10 rows were rejected, more than 20%; 3 for no_known_label, ")


@pytest.mark.parametrize(("rows", "is_lost"), [(2, False), (3, True)])
def test_more_than_the_share_of_rows_has_to_lose_labels(rows, is_lost):
    """Several labels of one row are one row: 2 of 10 are 20 %, 3 of 10 are more."""
    of_labels = [row | {"scope": "label"} for row in rejected(rows, "unknown_class") * 7]
    losses_found = found([("a.csv", 10, 10)], of_labels)
    assert [loss.of for loss in losses_found] == ["a.csv"] * is_lost
    if is_lost:
        assert losses_found[0].cause == (
            "3 of 10 rows were taken without some of their labels, more than 20%; 3 for unknown_class, "
            "the first of them line 2: 'x, y': is unknown_class"
        )


def test_rows_that_lose_labels_for_several_reasons_are_added_up():
    reasons = [*rejected(2, "unknown_class"), *rejected(2, "ambiguous_class", line=3)]  # lines 2 to 4
    [loss] = found([("a.csv", 10, 10)], [row | {"scope": "label"} for row in reasons])
    assert loss.cause.startswith("3 of 10 rows were taken without some of their labels, more than 20%; 2 for ")


def test_a_class_that_is_said_twice_of_a_clip_is_not_lost():
    assert found([("a.csv", 10, 10)], [row | {"scope": "label"} for row in rejected(9, "repeated_class")]) == []


def test_events_of_clips_that_the_run_does_not_promise_are_no_loss():
    """A strong list of all of AudioSet beside the eval list alone."""
    assert found([("strong.tsv", 1000, 10)], rejected(990, "unknown_clip", source="strong.tsv")) == []


@pytest.mark.parametrize("reason", ["no_such_clip", "not_selected", "no_event"])
def test_what_a_dataset_file_leaves_out_is_no_loss(reason):
    assert found([("a.csv", 1000, 10)], rejected(990, reason)) == []


def test_if_all_events_are_of_such_clips_the_list_is_lost():
    [loss] = found([("strong.tsv", 9, 0)], rejected(9, "unknown_clip", source="strong.tsv"))
    assert loss.cause.startswith("0 of 9 rows were taken; 9 for unknown_clip, ")


def test_events_of_such_clips_are_left_out_of_the_share_of_others():
    rejects = [*rejected(990, "unknown_clip"), *rejected(3, "bad_time", line=2000)]
    [loss] = found([("a.csv", 1000, 7)], rejects)
    assert loss.cause.startswith(
        "3 of 10 rows were rejected, more than 20%; 3 for bad_time, the first of them line 2000"
    )


# --- roots ---

NAMES = ["Dog/qT3-xWn_0aB_390.0-400.0.wav", "Bark/qT3-xWn_0aB_390.0-400.0.wav", *(f"{n}.wav" for n in range(5))]


def test_root_with_no_file_that_a_clip_asks_for_is_lost_with_names_found_and_names_expected():
    [loss] = found(roots=[("wav-1", 7)], orphaned=orphans(NAMES))
    assert loss.of == "wav-1"
    assert loss.cause.startswith("0 of 7 files match a promised id; they are called like '0', '1', '2'; expected ")
    assert "'qT3-xWn_0aB', 'YqT3-xWn_0aB'" in loss.cause
    assert loss.cause.endswith("'qT3-xWn_0aB_390.000_400.000'")


def test_one_name_in_many_folders_is_shown_once():
    [loss] = found(roots=[("wav-1", 2)], orphaned=orphans(NAMES[:2]))
    assert "they are called like 'qT3-xWn_0aB_390.0-400.0'; expected" in loss.cause


def test_where_paths_are_matched_paths_are_shown():
    [loss] = found(roots=[("wav-1", 2)], orphaned=orphans(NAMES[:2]), match="path")
    assert "called like 'Bark/qT3-xWn_0aB_390.0-400.0.wav', 'Dog/qT3-xWn_0aB_390.0-400.0.wav'; expected" in loss.cause


def test_name_of_a_file_stays_text():
    [loss] = found(roots=[("wav-1", 1)], orphaned=orphans(["\x1b[2J" + "x" * 500 + ".wav"]), match="stem")
    assert "\x1b" not in loss.cause
    assert len(loss.cause) < 300


@pytest.mark.parametrize("orphaned", [[], orphans(NAMES[:6]), orphans(NAMES, "superseded")])
def test_root_of_which_one_file_is_asked_for_is_not_lost(orphaned):
    """A mirror whose every file is better elsewhere is as it should be."""
    assert found(roots=[("wav-1", 7)], orphaned=orphaned) == []


def test_each_root_is_judged_by_itself():
    [loss] = found(roots=[("wav-1", 7), ("mirror-2", 1)], orphaned=orphans(["a.wav"], root="mirror-2"))
    assert loss.of == "mirror-2"


def test_files_that_name_other_starts_are_lost_as_such():
    [loss] = found(roots=[("wav-1", 2)], orphaned=orphans(["qT3-xWn_0aB_10.wav", "a_1.wav"], "other_span"))
    assert "0 of 2 files hold a promised span; they are called like 'a_1', 'qT3-xWn_0aB_10'" in loss.cause


def test_root_that_holds_only_kinds_of_files_that_are_not_looked_at_is_not_empty():
    [loss] = found(roots=[("wav-1", 0)], orphaned=orphans(["a.xyz", "b.xyz"], "not_looked_at"))
    assert "0 of 2 files are of a kind that is looked at" in loss.cause


def test_no_audio_and_an_empty_root_are_sets_of_labels():
    assert found() == []
    assert found(roots=[("wav-1", 0)], clips=["missing"]) == []


def test_root_of_one_archive_that_cannot_be_listed_is_lost():
    [loss] = found(
        roots=[("a-1", 0)], root_rejects=[{"source": "/a.tar", "detail": "not a whole tar"}], clips=["missing"]
    )
    assert loss == Loss("a-1", "nothing in it could be listed: /a.tar: not a whole tar")


def test_where_no_clip_is_promised_files_are_not_at_fault():
    [loss] = found([("a.csv", 0, 0)], roots=[("wav-1", 2)], orphaned=orphans(NAMES[:2]), clips=[], promised=False)
    assert loss.of == "a.csv"


def test_audio_of_which_nothing_is_usable_is_lost_with_the_most_frequent_status():
    [loss] = found(roots=[("wav-1", 3)], clips=["missing", "truncated", "unreadable", "unreadable"])
    assert loss == Loss(
        "audio", "0 of 3 clips with a file are usable; 2 are unreadable, the first of them clip2: error of clip2"
    )


def test_clips_that_the_limits_leave_out_name_the_limit_and_how_long_the_first_is():
    [loss] = found(roots=[("wav-1", 3)], clips=["too_long", "too_long", "unreadable"])
    assert loss.cause == (
        "0 of 3 clips with a file are usable; 2 are too_long, the first of them clip0: "
        "limits: {max_duration_s: …} in the dataset file; it has 300.000 s"
    )


def test_of_files_that_are_called_alike_one_may_say_nothing_that_counts():
    sources = [("events/a.txt", 2, 2), ("events/b.txt", 2, 0), ("c.csv", 2, 0)]
    rejects = [*rejected(2, "no_event", source="events/b.txt"), *rejected(2, "no_event", source="c.csv")]
    assert [loss.of for loss in found(sources, rejects)] == ["c.csv"]
    assert [loss.of for loss in found(sources[1:2], rejects)] == ["events/b.txt"]
    rejects[0]["reason"] = "bad_span"
    assert [loss.of for loss in found(sources, rejects)] == ["events/b.txt", "c.csv"]
    assert [loss.of for loss in found([sources[0], ("events/c.txt", 0, 0)])] == ["events/c.txt"]


def test_rows_that_say_nothing_new_are_no_loss_though_they_are_most():
    assert found([("a.csv", 10, 2)], rejected(8, "nothing_new")) == []
