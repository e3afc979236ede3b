"""Review pages of made-up clips, written by the functions that the rules call: no catalogue, and sounds of a second."""

import functools
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from tests.made_files import noise16, wav
from workflow_scripts.exports.account import Account
from workflow_scripts.exports.packs import write_pack
from workflow_scripts.exports.reading import Pack, pack_of
from workflow_scripts.review import making
from workflow_scripts.review.cards import Cards
from workflow_scripts.review.lists import to_make
from workflow_scripts.review.page import write_folder
from workflow_scripts.tables.store import read_table

CLASSES = [("/m/dog", "Dog"), ("/m/cat", "Cat"), ("/m/bell", 'Church bell, "big"; old'), ("/m/wind", "Wind")]
HOSTILE = [
    "<script>window.hacked = 1</script>",
    "</script><img src=x onerror='window.hacked = 2'>",
    'He said "woof, woof",\nand then \u2028 again',
    "\u202eabc שלום مرحبا",
    '=HYPERLINK("http://example.org", "x")',
]
SECONDS, RATE = 2.0, 16_000
DIGEST = "0123456789abcdef" * 2


def clip(clip_id: str, **changes: Any) -> dict[str, Any]:
    """What told.sql says of a clip, and what was made of it."""
    nothing = dict.fromkeys(
        ("error_kind", "error", "licence", "source_url", "member", "start_s", "end_s", "failed", "rms_dbfs", "peak")
    )
    return nothing | {
        "clip_id": clip_id,
        "pack": "all",
        "split": "train",
        "status": "usable",
        "findings": [],
        "labels": [],
        "captions": [],
        "path": f"{clip_id}.wav",
        "duration_s": SECONDS,
        "sample_rate": RATE,
        "channels": 1,
        "pcm_digest": DIGEST,
        **changes,
    }


def label(ordinal: int, onset_s: float | None = None, offset_s: float | None = None) -> dict[str, Any]:
    class_id, name = CLASSES[ordinal]
    return {
        "id": class_id, "name": name, "onset_s": onset_s, "offset_s": offset_s, "origin": "annotated", "value": None,
    }  # fmt: skip


def beside(clip_id: str, **changes: Any) -> dict[str, Any]:
    """Another clip that has the same sound, as `others.told_of` tells of it; what is played of both is put in later."""
    return {
        "dataset": "theirs", "clip": clip_id, "split": "test", "status": "usable", "how": "sound", "from_s": 0.5,
        "other_from_s": 3.25, "overlap_s": 2.0, "error_rate": 0.125, "others": 1, "labels": [], "captions": [],
        **changes,
    }  # fmt: skip


def captions(*texts: str) -> list[dict[str, Any]]:
    return [{"ordinal": ordinal, "text": text} for ordinal, text in enumerate(texts)]


@functools.cache
def made_pack(folder: Path) -> Pack:
    """A pack of one clip, made of a sound."""
    sound = folder / "one.wav"
    sound.write_bytes(wav(noise16(round(SECONDS * RATE))))
    listed = pl.DataFrame(
        {
            "clip_id": ["one"], "root": ["root"], "path": ["one.wav"], "member": [None], "media_path": [str(sound)],
            "whole_media": [True], "start_s": [None], "end_s": [None], "duration_s": [SECONDS], "sample_rate": [RATE],
            "channels": [1], "status": ["usable"], "format": ["WAV"], "subtype": ["PCM_16"],
            "bytes_digest": [_digest(sound)], "picture_folder": [None], "picture_path": [None],
            "picture_bytes": [None], "picture_mtime_ns": [None],
        },
        schema_overrides=dict.fromkeys(("member", "picture_folder", "picture_path"), pl.String)
        | dict.fromkeys(("start_s", "end_s"), pl.Float64),
    )  # fmt: skip
    to_make(listed, 60.0).write_parquet(folder / "all.parquet")
    write_pack(making, folder / "all.parquet", folder / "all.json")
    return pack_of(folder / "all.json")


def write_made_up(
    folder: Path, dataset: str, clips: list[dict[str, Any]], classes: list[tuple[str, str]] = CLASSES
) -> Path:
    """Write the page of some clips, all of which sound alike.

    Returns:
        The folder of the page.
    """
    with tempfile.TemporaryDirectory() as temporary:
        one = made_pack(Path(temporary))
        told = read_table(one.told).row(0, named=True)
        cards = Cards(dataset, classes)
        packs = sorted({row["pack"] for row in clips})
        for row in clips:
            is_heard = row["status"] == "usable"
            row = row | {"same": [_as_played(other, told) for other in row.get("same", ())]}
            cards.add(row | ({name: value for name, value in told.items() if name != "clip_id"} if is_heard else {}))
        every = []
        for name in packs:
            place = Path(temporary) / "packs" / name
            (place).mkdir(parents=True)
            (place / "files").symlink_to(one.files)
            every.append(Pack(place, Account(name, made=one.account.made)))
        write_folder(cards, every, folder)
    made_pack.cache_clear()
    return folder


def _as_played(other: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    stretch = {name: told[name] for name in ("sound", "spectrogram", "seconds", "highest_hz")}
    return other if "why" in other else other | {"here": stretch, "there": stretch}


def _digest(file: Path) -> str:
    import xxhash

    return xxhash.xxh3_128_hexdigest(file.read_bytes())


def write_few(folder: Path) -> Path:
    """A page of few clips that have all there is: captions that would do harm, events, a status, a finding."""
    return write_made_up(
        folder,
        "few",
        [
            clip("first", labels=[label(0)], captions=captions("A dog barks.", "Somewhere a dog."), licence="CC-BY-4.0",
                 source_url="https://example.org/?a=1&b=<2>"),
            clip("second", labels=[label(1, 0.5, 1.0), label(1, 1.5, 1.75), label(2, 0.0, 2.0)], split="eval"),
            *(clip(f"hostile{number}", labels=[label(0)], captions=captions(text), source_url="javascript:hacked=3")
              for number, text in enumerate(HOSTILE)),
            clip("leaks", labels=[label(3)], split="eval", doubt=0.25,
                 findings=[{"finding": "leaked", "detail": "its samples are those of first"}]),
            clip("gone", labels=[label(0)], status="missing", pcm_digest=None, duration_s=None, path=None),
            clip("broken", labels=[label(1)], status="truncated", error_kind="truncated", error="it ends <early>",
                 doubt=0.75),
        ],
    )  # fmt: skip


def write_same(folder: Path) -> Path:
    """A page of clips whose sound others have: of another dataset, of their own, and of which there is no audio."""
    return write_made_up(
        folder,
        "same",
        [
            clip("alone", labels=[label(3)]),
            clip("leak", labels=[label(0), label(1)], captions=captions("A dog barks."),
                 same=[
                     beside("loud", labels=["Dog", HOSTILE[1]], captions=[HOSTILE[0]], others=70),
                     beside("twin", dataset="same", split="eval", how="samples", error_rate=0.0, labels=["Cat", "Dog"]),
                     beside("far", status=None, why="of the other only its fingerprint is here"),
                 ]),
            clip("twin", split="eval", labels=[label(0)],
                 same=[beside("leak", dataset="same", split="train", labels=["Dog"])]),
        ],
    )  # fmt: skip


TWICE = [("/m/seal", "Seal"), ("/m/stamp", "Seal"), ("/m/dog", "Dog")]
"""Two classes of one name."""
ODD = ["  A dog barks.\r\nTwice.\u2028", "word " * 1000, "A cat."]


def write_odd(folder: Path) -> Path:
    """A page of captions as no field of a page holds them, one of 5,000 letters, and classes of one name."""
    of = [{"id": class_id, "name": name, "onset_s": None, "offset_s": None, "origin": "annotated", "value": None}
          for class_id, name in TWICE]  # fmt: skip
    clips = [
        clip(f"odd{number}", labels=[of[number]], captions=captions(text, "Another."))
        for number, text in enumerate(ODD)
    ]
    return write_made_up(folder, "odd", clips, TWICE)


def write_many(folder: Path, clips: int) -> Path:
    """A page of many clips, fifty a pack."""
    return write_made_up(
        folder,
        "many",
        [
            clip(f"clip{number:05}", pcm_digest=f"{number:08x}" * 4, pack=f"{number // 50:012b}",
                 labels=[label(number % 4)],
                 captions=captions(f"Caption {number} says what is heard, and a little more than that."))
            for number in range(clips)
        ],
    )  # fmt: skip
