"""Recordings, supervisions and cuts as lhotse serialises them: JSON, one a line.

Source: https://github.com/lhotse-speech/lhotse (audio/recording.py, supervision.py, cut/mono.py, cut/multi.py); of the
attribute `audio_event`, egs/audioset/AT of icefall.
"""

import polars as pl


def recording(source: pl.Expr, kind: str) -> pl.Expr:
    """A file, by OF_FILE and `recording_id`.

    Args:
        source: what names it.
        kind: `file`, or `shar` for sound that stands beside its description.
    """
    channels = _channels()
    return pl.struct(
        id="recording_id",
        sources=pl.concat_list(pl.struct(type=pl.lit(kind), channels=channels, source=source)),
        sampling_rate="file_rate",
        num_samples="file_frames",
        duration=pl.col("file_frames") / pl.col("file_rate"),
        channel_ids=channels,
    )


def supervision(is_mono: bool, start: pl.Expr) -> pl.Expr:
    """What is said of a clip, by `clip_id`, `texts`, `events`, `class_ids`, `class_names` and OF_FILE.

    Args:
        is_mono: whether a channel is a number, or a list of them.
        start: seconds; in a recording, or in a cut of it.
    """
    return pl.struct(
        id="clip_id",
        recording_id="recording_id",
        start=start,
        duration=_duration(),
        channel=_channel(is_mono),
        text=pl.col("texts").list.first(),
        custom=pl.struct(
            audio_event="events",
            class_ids=pl.col("class_ids").cast(pl.List(pl.String)),
            class_names=pl.col("class_names").cast(pl.List(pl.String)),
            captions="texts",
        ),
    )


def cut(is_mono: bool, of: pl.Expr, start: pl.Expr) -> pl.Expr:
    """A clip of its recording, with what is said of it.

    Args:
        is_mono: as above.
        of: its recording.
        start: seconds in that.
    """
    return pl.struct(
        id="clip_id",
        start=start,
        duration=_duration(),
        channel=_channel(is_mono),
        supervisions=pl.concat_list(supervision(is_mono, pl.lit(0.0))),
        recording=of,
        type=pl.lit("MonoCut" if is_mono else "MultiCut"),
    )


def start() -> pl.Expr:
    """Of a clip in its file, seconds."""
    return pl.col("first_frame") / pl.col("file_rate")


def in_json(mono: pl.Expr, multi: pl.Expr) -> pl.Expr:
    """Each row's JSON: a recording of one channel has a number where one of more has a list."""
    return pl.when(pl.col("file_channels") == 1).then(mono.struct.json_encode()).otherwise(multi.struct.json_encode())


def _duration() -> pl.Expr:
    return pl.col("frames") / pl.col("file_rate")


def _channel(is_mono: bool) -> pl.Expr:
    return pl.lit(0) if is_mono else _channels()


def _channels() -> pl.Expr:
    return pl.int_ranges(pl.col("file_channels").cast(pl.Int64))
