"""A pack of a review page: of each clip what is played and what is seen of it. See exports/packs.py.

Each spectrogram is an image of its own. One image for all of a pack is hardly smaller (a twelfth, of AudioSet's clips),
and a browser would read and decode all of it for one card.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from workflow_scripts.exports.audio.cutting import Cut, Failed, Row, media_contents
from workflow_scripts.exports.audio.encoding import encode
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.loudness import loudness
from workflow_scripts.exports.audio.making import check_length, make_each
from workflow_scripts.exports.formats import Packed
from workflow_scripts.exports.opening import opens
from workflow_scripts.media.media import MediaError
from workflow_scripts.review.stills import DEMUXERS, Still, still_of_picture, still_of_video
from workflow_scripts.review.waves import peaks, spectrogram, webp

TOLD: dict[str, Any] = {
    "clip_id": pl.String,
    "sound": pl.String,
    "seconds": pl.Float64,
    "peaks": pl.List(pl.Int64),
    "loudness_lufs": pl.Float64,
    "spectrogram": pl.String,
    "highest_hz": pl.Float64,
    "still": pl.String,
    "still_width": pl.Int64,
    "still_height": pl.Int64,
    "brightness": pl.Float64,
    "no_still": pl.String,
}
"""Of each clip the names of its files in the pack, null where it has none, and numbers; `no_still`: why it has none."""


class CardSound(NamedTuple):
    """What is made of a clip's sound.

    Attributes:
        sound: a file of Ogg with Opus.
        image: its spectrogram, WebP.
        told: of both.
    """

    sound: bytes
    image: bytes
    told: dict[str, Any]


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """Write <number>.opus, <number>.webp and <number>.still.webp of the clips of a list to a folder.

    Returns:
        TOLD of every clip; kind and words of the sound that could not be made.
    """
    told: dict[str, dict[str, Any]] = {clip_id: {"clip_id": clip_id} for clip_id in rows["clip_id"]}
    number = {clip_id: ordinal for ordinal, clip_id in enumerate(rows["clip_id"])}
    failed: dict[str, list[str]] = {}
    for one in make_each(rows.filter("is_heard"), _heard):
        if isinstance(one, Failed):
            failed[one.row["clip_id"]] = [one.kind, one.words]
            continue
        clip_id, heard = one[0]["clip_id"], one[1]
        names = {"sound": f"{number[clip_id]}.opus", "spectrogram": f"{number[clip_id]}.webp"}
        (folder / names["sound"]).write_bytes(heard.sound)
        (folder / names["spectrogram"]).write_bytes(heard.image)
        told[clip_id] |= names | heard.told
    for clip_id in failed:  # one that was cut out before its media failed is none to be trusted
        for name in (told[clip_id].pop("sound", None), told[clip_id].pop("spectrogram", None)):
            if name:
                (folder / name).unlink()
    for clip_id, still in _stills(rows):
        told[clip_id] |= _told_of_still(still, folder, f"{number[clip_id]}.still.webp")
    frame = pl.DataFrame([told[clip_id] for clip_id in rows["clip_id"]], schema=TOLD)
    return Packed(frame, dict(sorted(failed.items())))


def _heard(clip: Cut) -> CardSound:
    made = encode(clip, AudioForm.read(clip.row["made_as"]))
    check_length(clip.row, made.frames, made.sample_rate)
    wave = clip.samples if clip.samples.ndim == 1 else clip.samples.mean(axis=1)
    loud = loudness(clip.samples, clip.sample_rate)
    told = {
        "seconds": made.frames / made.sample_rate,
        "peaks": peaks(clip.samples),
        "loudness_lufs": None if loud is None else round(loud, 1),
        "highest_hz": clip.sample_rate / 2,
    }
    return CardSound(made.content, webp(spectrogram(wave, clip.sample_rate)), told)


def _stills(rows: pl.DataFrame) -> Iterator[tuple[str, Still | MediaError]]:
    """Of each clip that has a picture, or is of a video, the still, or why there is none."""
    for row in rows.filter(pl.col("picture_path").is_not_null()).iter_rows(named=True):
        try:
            yield row["clip_id"], still_of_picture(opens(row["picture_folder"], row["picture_path"]))
        except MediaError as error:
            yield row["clip_id"], error
    videos = rows.filter(pl.col("format").is_in(list(DEMUXERS)), pl.col("picture_path").is_null(), "is_heard")
    for of_file in videos.partition_by("folder", "path", maintain_order=True):
        for clips, content in media_contents(list(of_file.iter_rows(named=True))):
            if isinstance(content, MediaError):  # whose clips are told to have no sound
                continue
            for row in clips:
                try:
                    still = still_of_video(content, DEMUXERS[row["format"]], (row["start_s"] + row["end_s"]) / 2)
                except MediaError as error:
                    yield row["clip_id"], error
                else:
                    yield from [(row["clip_id"], still)] if still else []


def _told_of_still(still: Still | MediaError, folder: Path, name: str) -> Row:
    if isinstance(still, MediaError):
        return {"no_still": str(still).encode("utf-8", "backslashreplace").decode()}
    (folder / name).write_bytes(still.content)
    return {"still": name, "still_width": still.width, "still_height": still.height, "brightness": still.brightness}
