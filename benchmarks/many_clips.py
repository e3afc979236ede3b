"""AudioSet's official lists many times over under other ids, and tables of as many media as if scanned and checked.

    python -m benchmarks.many_clips FOLDER TIMES EVERY [WORLD]

FOLDER gets the dataset file, the lists (TIMES over, every EVERY-th row of them), results as far as the checks, and
`counts`, the number of clips and of media. WORLD (one of WORLDS) says what is otherwise than in the official lists with
a file for most clips. Nothing but arithmetic on the number of each clip, so that all is the same
every time. Media are written shard by shard: no more than one list is ever in memory.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.official_lists import SPLITS, fetch, write_dataset
from benchmarks.one_job import load
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.run import Run
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

ALPHABET = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", dtype=np.uint8)
SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that no two numbers multiplied by it are alike in 64 bits, nor therefore two ids."""
MEDIA_A_SHARD = 6_000
FOLDER = 50_000
"""Files of a folder."""
OTHER_SAMPLES = 97 * 5 * 1000
"""Added to a number: other digests, the same envelope and faults."""
EVENTS = 2
"""Of each clip in a list of strong labels: a file holds no more than 2 GB."""
EXPORTS = ["csv", "ast", {"ast": {"copies": "always"}, "as": "copied"}, "webdataset"]
STRONG = "strong.tsv"
HEADER = "# Made of the official list\n# num_ytids={clips}, num_segs={rows}\n# YTID, start_seconds, end_seconds\n"


@dataclass(frozen=True)
class World:
    """What lists say, and what lies there.

    Attributes:
        rows: how a row of a list is written: `official`, `untimed`, or with `one_label`.
        strong: whether there is a list of events too.
        spans: clips of one video; where there are several, `wav` holds recordings.
        rivals: of a thousand clips so many have two media in one root.
        lossy: whether these are copies with other samples, so that envelopes tell.
        mirrored: of so many clips one has a member of an archive in `mirror`.
        media: whether there are any.
    """

    rows: str = "official"
    strong: bool = False
    spans: int = 1
    rivals: int = 5
    lossy: bool = False
    mirrored: int = 20
    media: bool = True


WORLDS = {
    "official": World(),
    "untimed": World("untimed"),
    "one_label": World("one_label", media=False),
    "strong": World(strong=True, media=False),
    "spans": World(spans=10),
    "tenth": World(rivals=100, lossy=True),
    "rivals": World(rivals=1000, lossy=True),
    "mirrored": World(mirrored=1),
}


def main() -> None:
    """Make everything."""
    folder, times, every = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    world = WORLDS[sys.argv[4] if len(sys.argv) > 4 else "official"]
    roots = [folder / "wav", folder / "mirror"]
    for root in roots:
        root.mkdir(parents=True)
    clips = write_lists(folder, times, every, world)
    audio = [{"path": str(root)} for root in roots]
    if world.spans > 1:
        audio[0]["holds"] = "recordings"
    strong = [folder / STRONG] if world.strong else []
    write_dataset(folder / "audioset.yaml", list(SPLITS), audio, lists=folder, exports=EXPORTS, strong=strong)
    media = write_media(load(folder), clips, world) if world.media else 0
    (folder / "counts").write_text(f"{clips} {media}")


def ids(numbers: np.ndarray) -> pl.Series:
    """Eleven characters of YouTube's alphabet for each number, and for no other.

    >>> ids(np.arange(2)).to_list()
    ['AAAAAAAAAAA', 'VwnS_lbe34J']
    """
    mixed = numbers.astype(np.uint64) * SPREAD
    letters = np.empty((len(mixed), 11), dtype=np.uint8)
    for place in range(11):
        letters[:, place] = ALPHABET[(mixed >> np.uint64(6 * place)) & np.uint64(63)]
    return pl.Series(letters.view("S11").reshape(-1).astype("U11"), dtype=pl.String)


def file_names(number: pl.Expr, clip_id: pl.Expr) -> pl.Expr:
    """Folder and stem of the file of each clip."""
    folder = (number.cast(pl.Int64) // FOLDER).cast(pl.String).str.zfill(4)
    return pl.concat_str(folder, pl.lit("/Y"), clip_id)


def write_lists(folder: Path, times: int, every: int, world: World) -> int:
    """Write the three lists, each so many times over, of every so-manieth row; the number of clips."""
    first = 0
    with (folder / STRONG).open("wb") as strong:
        strong.write(b"segment_id\tstart_time_seconds\tend_time_seconds\tlabel\n")
        for split in SPLITS:
            rows = _rows(fetch() / f"{split}_segments.csv", every)
            count = rows["labels"].list.len().sum() if world.rows == "one_label" else len(rows)
            with (folder / f"{split}_segments.csv").open("wb") as file:
                file.write(HEADER.format(clips=times * len(rows), rows=times * count).encode())
                if world.rows == "untimed":
                    file.write(b"ytid,positive_labels\n")
                for _ in range(times):
                    made = _promised(rows, first, world)
                    for lines, text in ((file, _lines(made, world.rows)), (strong, _events(made))):
                        if lines is file or world.strong:
                            text.write_csv(lines, include_header=False, quote_style="never")
                    first += len(rows)
    return first


def _rows(official: Path, every: int) -> pl.DataFrame:
    """What stands behind the id in each row of an official list: `start`, `end` and `labels`."""
    lines = pl.read_csv(official, has_header=False, skip_rows=3, separator="\n", quote_char=None)
    fields = lines.to_series().gather_every(every).str.splitn(", ", 4).struct.unnest()
    return fields.select(start="field_1", end="field_2", labels=pl.col("field_3").str.strip_chars('"').str.split(","))


def _promised(rows: pl.DataFrame, first: int, world: World) -> pl.DataFrame:
    """Rows with their `id`; of a video of several clips these follow one another, a dozen seconds each."""
    numbers = np.arange(first, first + len(rows))
    rows = rows.with_columns(id=ids(numbers // world.spans))
    if world.spans == 1:
        return rows
    starts = pl.Series(12 * (numbers % world.spans))
    return rows.with_columns(start=pl.format("{}.000", pl.lit(starts)), end=pl.format("{}.000", pl.lit(starts + 10)))


def _lines(rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    """The lines of a list."""
    labels = pl.col("labels").list.join(",")
    if kind == "one_label":
        return rows.explode("labels").select(pl.format("{},{},{},{}", "id", "start", "end", "labels"))
    if kind == "untimed":
        return rows.select(pl.format('{},"{}"', "id", labels))
    return rows.select(pl.format('{}, {}, {}, "{}"', "id", "start", "end", labels))


def _events(rows: pl.DataFrame) -> pl.DataFrame:
    """The lines of events, EVENTS of each clip, all of its first class."""
    start = (pl.col("start").cast(pl.Float64) * 1000).round().cast(pl.Int64)
    label = pl.col("labels").list.first()
    events = [pl.format(f"{{}}_{{}}\t{event}.25\t{event}.75\t{{}}", "id", start, label) for event in range(EVENTS)]
    return rows.select(event=pl.concat_list(events)).explode("event")


def write_media(run: Run, clips: int, world: World) -> int:
    """Write media lists and checks of the dataset's two roots, `wav` and `mirror`; the number of media.

    Of a thousand clips (or videos) 30 have no media, 20 a faulty one, some two in one root (of which one in five, or in
    ten of many, has two sounds), and some a member of an archive in `mirror`. One more media in a hundred is of no
    clip, and of two in a thousand the name says another start.
    """
    wav, mirror = run.datasets["audioset"].audio
    media, videos = 0, clips // world.spans
    for root, tables, every in ((wav, _loose_files, 1), (mirror, _members, world.mirrored)):
        shards = max(videos // (every * MEDIA_A_SHARD), 1)
        for place, shard in enumerate(f"{number:014b}" for number in range(shards)):
            table = tables(videos, place, shards, world)
            _write(table, run.places, root, shard, 12.0 * world.spans if world.spans > 1 else 10.0)
            media += len(table)
        for name, schema in schemas.SCANNED.items():
            file = Path({"rejects": run.places.root_rejects, "not_looked_at": run.places.not_looked_at}[name](root))
            file.parent.mkdir(parents=True, exist_ok=True)
            schema.empty().write_parquet(file)
    return media


def _loose_files(clips: int, shard: int, shards: int, world: World) -> pl.DataFrame:
    """The media of a shard of `wav`."""
    numbers = np.arange(shard, clips + clips // 100, shards)
    table = pl.DataFrame({"number": numbers, "clip_id": ids(numbers)})
    once = table.filter((pl.col("number") % 1000 >= 30) | (pl.col("number") >= clips))
    of_a_thousand = pl.col("number") % 1000
    times = pl.when(of_a_thousand.is_in([998, 999])).then(pl.lit("_999.000_1009.000")).otherwise(pl.lit(""))
    name = pl.concat_str(file_names(pl.col("number"), pl.col("clip_id")), times, pl.lit(".wav"))
    files = once.with_columns(path=name)
    has_two = (of_a_thousand - 100) % 1000 < world.rivals
    again = once.filter(has_two).with_columns(path=pl.concat_str(pl.lit("again/"), name))
    other = 3 * (of_a_thousand % 10 == 4) + OTHER_SAMPLES * world.lossy
    again = again.with_columns(pl.col("number") + other)  # what is heard follows from the number
    return pl.concat([files, again]).with_columns(member=pl.lit(None, dtype=pl.String)).sort("path")


def _members(clips: int, shard: int, shards: int, world: World) -> pl.DataFrame:
    """The media of a shard of `mirror`."""
    numbers = np.arange(7 % world.mirrored, clips, world.mirrored)[shard::shards]
    name = file_names(pl.col("number"), pl.col("clip_id"))
    return (
        pl.DataFrame({"number": numbers, "clip_id": ids(numbers)})
        .with_columns(path=pl.concat_str(name.str.head(4), pl.lit(".tar")), member=pl.concat_str(name, pl.lit(".flac")))
        .sort("path", "member")
    )


def _write(table: pl.DataFrame, places: Places, root: str, shard: str, seconds: float) -> None:
    media = table.select(
        "path",
        "member",
        stem=pl.coalesce("member", "path").str.extract(r"([^/]+)\.[a-z]+$"),
        bytes=pl.lit(320_044, dtype=pl.Int64),
        mtime_ns=1_700_000_000_000_000_000 + pl.col("number"),
        offset=pl.when(pl.col("member").is_not_null()).then(512 * pl.col("number")),
        packed_bytes=pl.lit(None, dtype=pl.Int64),
        crc32=pl.lit(None, dtype=pl.Int64),
        shard=pl.lit(shard),
    )
    tables = {"media": (media, schemas.MEDIA), "checks": (table.select(_checked(seconds)), schemas.CHECKS)}
    files = {"media": places.media_list(root, shard), "checks": places.checks(root, shard)}
    for name, (content, schema) in tables.items():
        if set(shard) == {"0"}:  # the others are made alike
            validate(content, schema)
        Path(files[name]).parent.mkdir(parents=True, exist_ok=True)
        content.write_parquet(files[name], compression="zstd", compression_level=1)


def _checked(whole_s: float) -> Iterator[pl.Expr]:
    """The columns of `checks`: sound of so many seconds, but for two media in a hundred."""
    of_a_thousand, number = pl.col("number") % 1000, pl.col("number")
    is_cut, is_noise = of_a_thousand.is_between(200, 209), of_a_thousand.is_between(300, 309)
    seconds = pl.when(is_cut).then(4.0).otherwise(whole_s)
    tens = (0.01 + (number % 97) / 200).cast(pl.Float32)
    envelope = pl.concat_list([tens * (1 + (number + half) % 5 % 3) for half in range(int(2 * whole_s))])
    digest = pl.concat_str(pl.lit("digest-of-"), number.cast(pl.String).str.zfill(22))
    known = {
        "path": pl.col("path"),
        "member": pl.col("member"),
        "bytes": pl.lit(320_044),
        "mtime_ns": 1_700_000_000_000_000_000 + number,
        "bytes_digest": digest,
        "load_ok": ~is_noise,
        "error_kind": pl.when(is_cut).then(pl.lit("truncated")).when(is_noise).then(pl.lit("not_audio")),
        "error": pl.when(is_cut)
        .then(pl.format("holds 64000 of {} samples", number))
        .when(is_noise)
        .then(pl.format("{} bytes of no known kind", number)),
        "fingerprint": pl.lit("made by hand"),
    }
    heard = {
        "resample_ok": pl.lit(value=True),
        "feature_ok": pl.lit(value=True),
        "format": pl.when(pl.col("member").is_null()).then(pl.lit("WAV")).otherwise(pl.lit("FLAC")),
        "subtype": pl.lit("PCM_16"),
        "sample_rate": pl.when(pl.col("member").is_null()).then(16_000).otherwise(44_100),
        "channels": pl.lit(1),
        "duration_s": seconds,
        "declared_duration_s": pl.lit(whole_s),
        "frames": (seconds * pl.when(pl.col("member").is_null()).then(16_000).otherwise(44_100)),
        "peak": tens * 3,
        "rms_dbfs": -10 - (number % 4001) / 100,
        "dc_offset": pl.lit(0.0),
        "clipped_fraction": pl.lit(0.0),
        "silent_fraction": (number % 101) / 1000,
        "bandwidth_hz": pl.lit(7_500.0),
        "channel_layout": pl.lit("mono"),
        "envelope_peak": pl.when(is_cut).then(envelope.list.head(8)).otherwise(envelope),
        "envelope_rms": pl.when(is_cut).then((envelope / 2).list.head(8)).otherwise(envelope / 2),
        "fbank_frames": pl.lit(998),
        "fbank_mean": -4 - (number % 1009) / 1000,
        "fbank_std": 3 + (number % 1013) / 1000,
        "pcm_digest": digest,
    }
    told = known | {name: pl.when(~is_noise).then(value) for name, value in heard.items()}
    for name, column in schemas.CHECKS.columns.items():
        yield told.get(name, pl.lit(None)).cast(column.dtype).alias(name)


if __name__ == "__main__":
    main()
