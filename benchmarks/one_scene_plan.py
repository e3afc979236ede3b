"""Plan soundscapes of made-up clips, or make a list of them: python -m benchmarks.one_scene_plan FOLDER SCENES [pack].

Prints how many parts there are.
"""

import sys
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.clips import SECONDS, write_clips
from workflow_scripts.derive import making
from workflow_scripts.derive.kinds import soundscapes
from workflow_scripts.derive.lists import classes_of, write_plan
from workflow_scripts.exports.packs import write_pack
from workflow_scripts.media.content import file_content
from workflow_scripts.media.opened import as_it_is

KIND, CLIPS, BACKGROUNDS, CLASSES = "44.1 kHz stereo WAV", 200_000, 20_000, 500
RENDER = {"sample_rate": 44_100, "channels": 1, "codec": "flac", "bits": 16, "stems": False, "written": True}
FROM = "SELECT clip_id FROM clips WHERE class_ids[1] {} 'behind'"


def main() -> None:
    """Write plan and lists below a folder; with a third word, make their packs too."""
    folder, scenes = Path(sys.argv[1]), int(sys.argv[2])
    asked = {
        "from": ["made_up"],
        "seed": 1,
        "soundscapes": {
            "scenes": scenes,
            "duration_s": SECONDS,
            "foreground": FROM.format("<>"),
            "background": FROM.format("="),
            "events": {"uniform": [1, 5]},
            "event_s": {"uniform": [1, 4]},
            "snr_db": {"uniform": [0, 20]},
            "pitch_semitones": 0,
            "stretch": 1,
            "fade_s": 0.01,
            "balance": "class",
            "together": "anything",
            "caption": {"scene": "{background}; {events}", "event": "{a_name} {when}", "join": ", "},
        },
    }
    with duckdb.connect() as connection:
        _views(connection, folder / "root")
        planned = soundscapes.plan(connection, asked, "here")
        planned.check("here")
        classes = classes_of(connection, ["made_up"], "here")
    tables = {name: folder / f"{name}.parquet" for name in ("scenes", "parts", "heard", "classes", "augmentations")}
    write_plan(planned, classes, RENDER, tables, folder / "lists")
    for listed in sorted((folder / "lists").iterdir()) if sys.argv[3:] else ():
        write_pack(making, listed, folder / "packs" / f"{listed.stem}.json")
    print(len(planned.parts))


def _views(connection: duckdb.DuckDBPyConnection, root: Path) -> None:
    """The views that a plan asks, over made-up clips; of a hundred of them there are files."""
    if not root.exists():
        write_clips(root, KIND, 100)
    files = sorted(root.iterdir())
    digests = []
    for file in files:
        with file_content(as_it_is(str(file))) as content:
            digests.append(content.digest())
    count = CLIPS + BACKGROUNDS
    clips = pl.DataFrame({"number": range(count)}).with_columns(
        of=pl.col("number") % len(files), behind=pl.col("number") >= CLIPS
    )
    kind = pl.format("class{}", pl.col("number") % CLASSES)
    clips = clips.select(
        pl.lit("made_up").alias("dataset"),
        pl.format("clip{}", "number").alias("clip_id"),
        pl.lit("train").alias("split"),
        class_ids=pl.concat_list(pl.when("behind").then(pl.lit("behind")).otherwise(kind)),
        start_s=pl.lit(None, pl.Float64),
        end_s=pl.lit(None, pl.Float64),
        duration_s=pl.lit(float(SECONDS)),
        whole_media=pl.lit(value=True),
        root=pl.format("root{}", "number"),
        path=pl.Series([file.name for file in files]).gather(pl.Series(range(count)) % len(files)),
        member=pl.lit(None, pl.String),
        media_path=pl.Series([str(file) for file in files]).gather(pl.Series(range(count)) % len(files)),
        sample_rate=pl.lit(44_100),
        usable=pl.lit(value=True),
        bytes_digest=pl.Series(digests).gather(pl.Series(range(count)) % len(files)),
    ).with_columns(class_names="class_ids")
    checks = clips.select(
        "root", "path", "member", "bytes_digest",
        pcm_digest=pl.col("root"),
        envelope_rms=pl.lit([0.1] * (2 * SECONDS), pl.List(pl.Float32)),
    )  # fmt: skip
    labels = clips.select("dataset", "clip_id", class_id=pl.col("class_ids").list.first()).with_columns(
        origin=pl.lit("annotated"), onset_s=pl.lit(None, pl.Float64), offset_s=pl.lit(None, pl.Float64)
    )
    names = labels.select("class_id").unique().sort("class_id")
    classes = names.with_columns(dataset=pl.lit("made_up"), name="class_id", class_index=pl.lit(1, pl.Int32))
    captions = clips.select("dataset", "clip_id").head(0)
    captions = captions.with_columns(ordinal=pl.lit(0), text=pl.lit(""))
    tables = {"clips": clips, "checks": checks, "labels": labels, "classes": classes, "captions": captions}
    for name, table in tables.items():
        connection.register(name, table.to_arrow())


if __name__ == "__main__":
    main()
