"""Every picture of a dataset, whatever its names are, however many splits it has, and of what there is none."""

import random
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.catalogue.by_hand import ROOT, Row, catalogue_of, clip
from workflow_scripts.report.drawing.asking import Asked, asking
from workflow_scripts.report.drawing.picture import Drawn, Nothing, drawers
from workflow_scripts.report.drawing.svg import svg_of

ODD = [
    *("a<b>&\"'", "{braces} {{x}}", "</script><script>alert(1)</script>", "control \x00\x07\x1b[2J \ufffe \x85"),
    *("line\nline\ttab", "كلب ينبح", "\u202eturned around", "x" * 500, "日本語", "`code` *star* \\back", "", "   "),
]
NUMBERS = dict.fromkeys(("ordinal", "media", "served", "usable", "orphans"), 0)
ISOLATED = "\u2068\u2069\u200c\u200d"
"""What keeps a name that is read from the right by itself, and what joins letters."""
SHAPES = {"svg", "title", "desc", "g", "path", "rect", "text", "tspan", "line", "circle"} | {
    *("defs", "clipPath", "linearGradient", "stop", "image")
}
"""What a picture consists of: nothing that runs, and nothing of anywhere else."""
RIGHTS = ["CC-BY-4.0", None, *(name for name in ODD if name.strip())]


def tables(splits: list[str], names: list[str], clips: int) -> tuple[dict[str, list[Row]], list[Row]]:
    """Tables of a dataset, and its checks: each clip has a file, labels, a caption and an origin of some kind."""
    chance = random.Random(0)
    classes = [
        {"class_id": f"c{number}", "name": name, "class_index": number, "depth": min(number, 1)}
        | ({"parent_ids": ["c0"], "ancestor_ids": ["c0"]} if number else {})
        for number, name in enumerate(names)
    ]
    promised, checks, captions, origins = [], [], [], []
    for number in range(clips):
        said = chance.sample(range(len(names)), min(len(names), 2))
        heard = {
            "sample_rate": chance.choice([8_000, 44_100]),
            "channels": 1,
            "duration_s": chance.choice([10.0, 300.0]),
        }
        more = {"class_ids": [f"c{one}" for one in said], "class_names": [names[one] for one in said]}
        more |= {"root": ROOT, "path": f"{number}.wav", "whole_media": True, "licence": chance.choice(RIGHTS)}
        more |= {"peak": 0.5, "rms_dbfs": -20.0, "silent_fraction": 0.1, "split": splits[number % len(splits)]}
        promised.append(clip(f"k{number}", **heard, **more))
        checks.append(
            {"path": f"{number}.wav", "channel_layout": "mono", "bandwidth_hz": 4_000.0, "format": "WAV"}
            | {"subtype": chance.choice(ODD), "clipped_fraction": 0.0, "peak": 0.5, "pcm_digest": f"d{number % 7}"}
            | heard
        )
        captions.append({"clip_id": f"k{number}", "text": chance.choice(ODD)})
        origins.append(
            {"clip_id": f"k{number}", "latitude": 50.0, "longitude": -170.0, "country": chance.choice(ODD)}
            | {"recorded_at": "2020-05-17T06:30", "site": chance.choice(ODD)}
        )
    roots = [{"root": ROOT, "path": "/audio", "holds": "clips", **NUMBERS}]
    told = {"clips": promised, "classes": classes, "captions": captions, "origins": origins, "roots": roots}
    return told, checks


MANY_SPLITS = [f"split-{number}_{'long.name.' * number}" for number in range(45)]
DATASETS = {
    "odd": tables(["train", "_test.1-x"], ODD, 60),
    "many": tables(MANY_SPLITS, [f"class {number}" for number in range(800)], 900),
    "one": tables(["all"], ["only"], 1),
    "bare": ({"clips": [clip("a", status="missing", usable=False, trainable=False)]}, []),
    "empty": ({}, []),
}


@pytest.fixture(scope="module", params=DATASETS)
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Asked]]:
    """What the pictures of each room ask."""
    folder = tmp_path_factory.mktemp(request.param)
    of_one, checks = DATASETS[request.param]
    catalogue_of(folder, {"mine": of_one}, checks).close()
    file = folder / "results/catalog.duckdb"
    with asking(file, "mine") as of_dataset, asking(file) as of_all:
        yield {"pictures": of_dataset, "pictures_of_all": of_all}


@pytest.mark.parametrize(
    ("room", "name"), [(room, name) for room in ("pictures", "pictures_of_all") for name in drawers(room)]
)
def test_it_is_drawn_or_says_why_not(asked: dict[str, Asked], room: str, name: str) -> None:
    drawer = drawers(room)[name]
    drawn = drawer.draw(asked[room])
    if isinstance(drawn, Nothing):
        assert drawn.reason.endswith(".")
        return
    assert isinstance(drawn, Drawn)
    assert drawn.sentence.endswith(".")
    assert all(one.isprintable() or one in ISOLATED for one in drawn.sentence)
    root = ET.fromstring(svg_of(drawn, drawer.TITLE, "mine"))
    assert {element.tag.split("}")[1] for element in root.iter()} <= SHAPES


def test_of_odd_names_nearly_every_picture_is_drawn(tmp_path: Path) -> None:
    """So that what stands above does not hold for want of something to draw."""
    of_one, checks = DATASETS["odd"]
    catalogue_of(tmp_path, {"mine": of_one}, checks).close()
    with asking(tmp_path / "results/catalog.duckdb", "mine") as ask:
        nothing = {name for name, drawer in drawers("pictures").items() if isinstance(drawer.draw(ask), Nothing)}
    assert nothing <= {"overlaps", "duplicates", "changes", "runs", "over_years"}
