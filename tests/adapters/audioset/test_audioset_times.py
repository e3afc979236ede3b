"""Times that are no seconds stop the run; a single odd row does not."""

import pytest

from tests.adapters.audioset.small_audioset import BARK, DOG, clips, ingest
from workflow_scripts.sources.source import SourceError

STARTS_S = (0, 30, 110, 20, 300)


def segments(scale, length_s=10, starts=STARTS_S):
    return "".join(
        f"clip-{number:06},{start * scale:.0f},{(start + length_s) * scale:.0f},{DOG}\n"
        for number, start in enumerate(starts)
    )


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (1000, "milliseconds: divide by 1000"),
        (16_000, "samples at 16,000 Hz: divide by 16000"),
        (22_050, "samples at 22,050 Hz: divide by 22050"),
        (32_000, "samples at 32,000 Hz: divide by 32000"),
        (44_100, "samples at 44,100 Hz: divide by 44100"),
        (48_000, "samples at 48,000 Hz: divide by 48000"),
        (1_000_000, "microseconds: divide by 1000000"),
    ],
)
def test_other_units_stop_with_what_they_look_like(tmp_path, rate, words):
    with pytest.raises(SourceError, match=rf"train\.csv: 5 of its 5 spans are longer than an hour.* look like {words}"):
        ingest(tmp_path, {"train": segments(rate)})


def test_short_spans_in_milliseconds_are_told_by_starts_beyond_a_day(tmp_path):
    with pytest.raises(SourceError, match=r"2 of its 5 starts lie beyond 24 hours.* look like milliseconds"):
        ingest(tmp_path, {"train": segments(1000, length_s=3)})


@pytest.mark.parametrize("odd", ["odd-rowodd-,30000,40000", "odd-rowodd-,100000,100010"])
def test_single_odd_row_does_not_stop_a_run(tmp_path, odd):
    for rows in ("", segments(1, starts=STARTS_S[:2]), segments(1)):
        found = clips(ingest(tmp_path, {"train": f"{rows}{odd},{DOG}\n"}))
        assert [clip_id for clip_id, *_ in found][-1] == "odd-rowodd-"


def test_long_spans_of_some_clips_are_no_other_unit(tmp_path):
    text = segments(1) + "".join(f"long-{number:06},0,7200,{BARK}\n" for number in range(4))
    assert len(clips(ingest(tmp_path, {"train": text}))) == 9


NAMED = """\
filename\tonset\toffset\tevent_label
Yclip-000000_30.000_40.000.wav\t0.5\t1.5\tDog
Yclip-000000_30.000_40.000.wav\t3\t4\tBark
Yclip-000001_0.000_10.000.wav\t0\t2\tDog
"""


def test_list_of_events_that_is_named_as_a_segment_list_stops_the_run(tmp_path):
    with pytest.raises(SourceError) as caught:
        ingest(tmp_path, {"train": NAMED})
    assert "train.csv: 2 of its 3 names have another start than their rows (line 2 starts at 0.5" in str(caught.value)
    assert "Yclip-000000_30.000_40.000.wav" in str(caught.value)
    assert "look like events inside clips: name the list under `strong`" in str(caught.value)


@pytest.mark.parametrize("lines", [2, 4])
def test_name_of_another_start_does_not_stop_a_run_where_most_agree(tmp_path, lines):
    rows = NAMED.splitlines()[:lines]
    rows += [f"clip-{number:06}_{start}\t{start}\t{start + 10}\tDog" for number, start in enumerate((7, 30), start=2)]
    rows += ["clip-000004\t5\t15\tDog"]
    assert clips(ingest(tmp_path, {"train": "\n".join(rows)}))[0][1:3] == (0.5, 1.5)


# --- events ---

CLIPS_S = ((0, 10), (30, 40), (110, 118))


def ingest_events(folder, *rows):
    """Rows of (ordinal of the clip, onset, offset)."""
    clip_ids = [f"clip-{number:06}" for number in range(len(CLIPS_S))]
    lists = "".join(f"{one},{start},{end},{DOG}\n" for one, (start, end) in zip(clip_ids, CLIPS_S, strict=True))
    lines = [f"{clip_ids[one]}_{CLIPS_S[one][0] * 1000}\t{onset}\t{offset}\t{DOG}\n" for one, onset, offset in rows]
    return ingest(folder, {"train": lists}, strong="filename\tonset\toffset\tevent_label\n" + "".join(lines))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([(0, 100, 900), (1, 500, 2250), (2, 30, 800)], "3 of its 3 .*line 2 begins at 100 .* look like milliseconds"),
        ([(0, 1600, 9000), (1, 16_000, 32_000), (2, 8000, 9000)], "look like samples at 16,000 Hz: divide by 16000"),
        ([(0, 1, 2), (1, 30.5, 32), (2, 111, 113.5)], "2 of its 3 .* seconds of the video: subtract the clip's start"),
    ],
)
def test_events_behind_the_ends_of_their_clips_stop_with_what_they_look_like(tmp_path, rows, words):
    with pytest.raises(SourceError, match=rf"strong\.tsv: .*{words}"):
        ingest_events(tmp_path, *rows)


def test_single_event_behind_the_end_of_its_clip_does_not_stop_a_run(tmp_path):
    tables = ingest_events(tmp_path, (0, 1, 2), (1, 30.5, 32), (2, 0, 8.01))
    assert tables["sources"]["rows_kept"][1] == 3
