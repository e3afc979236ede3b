"""A shard of a Shar: a tar of sound, each with its recording behind it, and the cuts in the same order.

Source: https://github.com/lhotse-speech/lhotse (shar/writers, shar/readers/tar.py).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.plan import OF_LEDGER, checked, is_so_already, sound_of
from workflow_scripts.exports.audio.waiting import Made, made_in_order
from workflow_scripts.exports.counting import taken
from workflow_scripts.exports.formats import Packed
from workflow_scripts.exports.lhotse.manifests import gzipped, write_lines
from workflow_scripts.exports.lhotse.records import cut, in_json, recording
from workflow_scripts.exports.lhotse.seen import Seen
from workflow_scripts.exports.lhotse.words import READ, Words
from workflow_scripts.exports.reading import Tables, in_ranges, refuse_splits
from workflow_scripts.exports.sums import SUMS, sha256
from workflow_scripts.exports.tars import Tar

SOUND, CUTS = "recording.tar", "cuts.jsonl.gz"
TOLD = {
    "clips": pl.Int64,
    "seconds": pl.Float64,
    "overshoot": pl.Int64,
    "unlevelled": pl.Int64,
    SOUND: pl.String,
    CUTS: pl.String,
}
"""What packs tell; of each file its SHA256."""


def chosen(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The rows of a plan: all that a cut follows from."""
    refuse_splits("lhotse", tables.splits(), ["{}"], [SUMS])
    words, checks, form = Words(tables), checked(tables), AudioForm.of(options["audio"])
    ledger = taken(tables.lazy("clips"))
    for part in in_ranges(ledger.select(list(dict.fromkeys([*READ, *OF_LEDGER])))):
        clips = part.hstack(checks.of(part))
        said = words.beside(clips).select(
            "clip_id",
            pl.col("split").cast(pl.String).alias("group"),
            "texts",
            "events",
            pl.col("class_ids", "class_names").cast(pl.List(pl.String)),
        )
        yield sound_of(clips, form, options["seed"], is_so_already(form)).hstack(said)


def seen_in(tables: Tables, options: dict[str, Any]) -> Seen:
    """What the shards of all packs hold, by the ledger."""
    words, form, seen = Words(tables), AudioForm.of(options["audio"]), Seen()
    failed = [clip_id for pack in tables.packs for clip_id in pack.account.failed]
    clips = taken(tables.lazy("clips")).filter(~pl.col("clip_id").is_in(pl.Series(failed, dtype=pl.String).implode()))
    rate = pl.col("sample_rate") if form.sample_rate is None else pl.lit(form.sample_rate)
    channels = pl.col("channels") if form.channels == "all" else pl.lit(1)
    for part in in_ranges(clips.select(*READ, rate=rate, channels=channels)):
        seen.add(words.beside(part)["events"], part["rate"], part["channels"])
    return seen


def write_shard(rows: pl.DataFrame, folder: Path) -> Packed:
    """Write the clips of a plan's rows, in their order; nothing where no clip could be made."""
    codec = AudioForm.read(rows["made_as"][0]).codec
    with made_in_order(rows, folder.parent) as (made, failed):
        if not made:
            return Packed(pl.DataFrame(schema=TOLD), failed)
        cuts = _cuts(made)
        recordings = cuts.select(recording(pl.lit(""), "shar").struct.json_encode()).to_series()
        with Tar(folder / SOUND) as tar:
            for clip, told in zip(made, recordings, strict=True):
                tar.add(f"{clip.row['clip_id']}.{codec}", clip.stored.read_bytes())
                tar.add(f"{clip.row['clip_id']}.json", f"{told}\n".encode())
    placeholder, start = recording(pl.lit(""), "shar"), pl.lit(0.0)
    with gzipped(folder / CUTS) as lines:
        write_lines(
            lines, cuts.select(in_json(cut(True, placeholder, start), cut(False, placeholder, start))).to_series()
        )
    told = {
        "clips": len(made),
        "seconds": float((cuts["frames"] / cuts["file_rate"]).sum()),
        "overshoot": sum(clip.encoded.overshoot > 0 for clip in made),
        "unlevelled": sum(clip.encoded.unlevelled for clip in made),
        **{name: sha256(folder / name) for name in (SOUND, CUTS)},
    }
    return Packed(pl.DataFrame([told], schema=TOLD), failed)


def _cuts(made: list[Made]) -> pl.DataFrame:
    """A row a clip, with what `records` asks for."""
    rows = [
        {
            **{name: clip.row[name] for name in ("clip_id", "texts", "events", "class_ids", "class_names")},
            "recording_id": clip.row["clip_id"],
            "file_frames": clip.encoded.frames,
            "file_rate": clip.encoded.sample_rate,
            "file_channels": clip.encoded.channels,
            "frames": clip.encoded.frames,
        }
        for clip in made
    ]
    texts = pl.List(pl.String)
    return pl.DataFrame(
        rows, schema_overrides={"texts": texts, "class_ids": texts, "class_names": texts, "events": pl.String}
    )
