"""AudioSet's official lists many times over under other ids, and tables of as many media as if scanned and checked.

    python -m benchmarks.many_clips FOLDER TIMES EVERY

FOLDER gets the dataset file, the lists (TIMES over, every EVERY-th row of them), results as far as the checks, and
`counts`, the number of clips and of media. Nothing but arithmetic on the number of each clip, so that all is the same
every time. Media are written shard by shard: no more than one list is ever in memory.
"""

import sys
from collections.abc import Iterator
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
EXPORTS = ["csv", "ast", {"ast": {"copies": "always"}, "as": "copied"}]
HEADER = "# Made of the official list\n# num_ytids={clips}, num_segs={clips}\n# YTID, start_seconds, end_seconds\n"


def main() -> None:
    """Make everything."""
    folder, times, every = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    roots = [folder / "wav", folder / "mirror"]
    for root in roots:
        root.mkdir(parents=True)
    clips = write_lists(folder, times, every)
    audio = [{"path": str(root)} for root in roots]
    write_dataset(folder / "audioset.yaml", list(SPLITS), audio, lists=folder, exports=EXPORTS)
    (folder / "counts").write_text(f"{clips} {write_media(load(folder), clips)}")


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


def write_lists(folder: Path, times: int, every: int) -> int:
    """Write the three lists, each so many times over, of every so-manieth row; the number of clips."""
    first = 0
    for split in SPLITS:
        rows = _rows(fetch() / f"{split}_segments.csv", every)
        with (folder / f"{split}_segments.csv").open("wb") as file:
            file.write(HEADER.format(clips=times * len(rows)).encode())
            for _ in range(times):
                made = pl.DataFrame({"id": ids(np.arange(first, first + len(rows))), "rest": rows})
                made.select(pl.concat_str("id", "rest")).write_csv(file, include_header=False, quote_style="never")
                first += len(rows)
    return first


def _rows(official: Path, every: int) -> pl.Series:
    """What stands behind the id in each row of an official list."""
    lines = pl.read_csv(official, has_header=False, skip_rows=3, separator="\n", quote_char=None)
    return lines.to_series().gather_every(every).str.slice(11)


def write_media(run: Run, clips: int) -> int:
    """Write media lists and checks of the dataset's two roots, `wav` and `mirror`; the number of media.

    Of a thousand clips 30 have no media, 20 a faulty one, 5 two in one root (of which one has two sounds), and 50 (or
    the one) a member of an archive in `mirror`. One more media in a hundred is of no clip, and of two in a thousand the
    name says another start.
    """
    wav, mirror = run.datasets["audioset"].audio
    media = 0
    for root, tables in ((wav, _loose_files), (mirror, _members)):
        shards = max(clips // MEDIA_A_SHARD, 1) if root == wav else max(clips // (20 * MEDIA_A_SHARD), 1)
        for place, shard in enumerate(f"{number:014b}" for number in range(shards)):
            table = tables(clips, place, shards)
            _write(table, run.places, root, shard)
            media += len(table)
        for name, schema in schemas.SCANNED.items():
            file = Path({"rejects": run.places.root_rejects, "not_looked_at": run.places.not_looked_at}[name](root))
            file.parent.mkdir(parents=True, exist_ok=True)
            schema.empty().write_parquet(file)
    return media


def _loose_files(clips: int, shard: int, shards: int) -> pl.DataFrame:
    """The media of a shard of `wav`."""
    numbers = np.arange(shard, clips + clips // 100, shards)
    table = pl.DataFrame({"number": numbers, "clip_id": ids(numbers)})
    once = table.filter((pl.col("number") % 1000 >= 30) | (pl.col("number") >= clips))
    of_a_thousand = pl.col("number") % 1000
    times = pl.when(of_a_thousand.is_in([998, 999])).then(pl.lit("_999.000_1009.000")).otherwise(pl.lit(""))
    name = pl.concat_str(pl.lit("Y"), "clip_id", times)
    folder = (pl.col("number") // FOLDER).cast(pl.String).str.zfill(4)
    files = once.with_columns(path=pl.concat_str(folder, pl.lit("/"), name, pl.lit(".wav")))
    again = once.filter(of_a_thousand.is_between(100, 104)).with_columns(
        path=pl.concat_str(pl.lit("again/"), folder, pl.lit("/"), name, pl.lit(".wav"))
    )
    again = again.with_columns(pl.col("number") + 3 * (of_a_thousand == 104))  # what is heard follows from the number
    return pl.concat([files, again]).with_columns(member=pl.lit(None, dtype=pl.String)).sort("path")


def _members(clips: int, shard: int, shards: int) -> pl.DataFrame:
    """The media of a shard of `mirror`."""
    numbers = np.arange(7, clips, 20)[shard::shards]
    archive = (pl.col("number") // FOLDER).cast(pl.String).str.zfill(4)
    return (
        pl.DataFrame({"number": numbers, "clip_id": ids(numbers)})
        .with_columns(path=pl.concat_str(archive, pl.lit(".tar")), member=pl.concat_str("clip_id", pl.lit(".flac")))
        .sort("path", "member")
    )


def _write(table: pl.DataFrame, places: Places, root: str, shard: str) -> None:
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
    tables = {"media": (media, schemas.MEDIA), "checks": (table.select(_checked()), schemas.CHECKS)}
    files = {"media": places.media_list(root, shard), "checks": places.checks(root, shard)}
    for name, (content, schema) in tables.items():
        if set(shard) == {"0"}:  # the others are made alike
            validate(content, schema)
        Path(files[name]).parent.mkdir(parents=True, exist_ok=True)
        content.write_parquet(files[name], compression="zstd", compression_level=1)


def _checked() -> Iterator[pl.Expr]:
    """The columns of `checks`: sound of 10 s, but for two media in a hundred."""
    of_a_thousand, number = pl.col("number") % 1000, pl.col("number")
    is_cut, is_noise = of_a_thousand.is_between(200, 209), of_a_thousand.is_between(300, 309)
    seconds = pl.when(is_cut).then(4.0).otherwise(10.0)
    tens = (0.01 + (number % 97) / 200).cast(pl.Float32)
    envelope = pl.concat_list([tens * (1 + (number + half) % 5 % 3) for half in range(20)])
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
        "declared_duration_s": pl.lit(10.0),
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
