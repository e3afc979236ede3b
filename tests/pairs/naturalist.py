"""Sounds and images of iNaturalist in small, in the form of its two sets, whose pairs can be counted by hand."""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from tests.made_files import noise16, wav

GULLS = ("Animalia", "Chordata", "Aves", "Charadriiformes", "Laridae", "Larus")
PASSERINES = ("Animalia", "Chordata", "Aves", "Passeriformes", "Motacillidae")
SPECIES = {
    "marinus": GULLS,
    "canus": GULLS,
    "fuscus": GULLS,
    "alba": (*PASSERINES, "Motacilla"),
    "pratensis": (*PASSERINES, "Anthus"),
    "bufo": ("Animalia", "Chordata", "Amphibia", "Anura", "Bufonidae", "Bufo"),
    "bassanus": ("Animalia", "Chordata", "Aves", "Suliformes", "Sulidae", "Morus"),
    "nigra": ("Plantae", "Tracheophyta", "Magnoliopsida", "Rosales", "Moraceae", "Morus"),
}
RANKS = ("kingdom", "phylum", "class", "order", "family", "genus")
LICENCES = [
    {"id": 1, "name": "Attribution License", "url": "http://creativecommons.org/licenses/by/4.0/"},
    {"id": 2, "name": "Attribution-NonCommercial License", "url": "http://creativecommons.org/licenses/by-nc/4.0/"},
]
Place = tuple[float | None, float | None, str | None]
NOWHERE: Place = (None, None, None)
SOUNDS: dict[str, list[tuple[int, str | None, Place]]] = {
    "train": [
        (1, "marinus", (54.0, -2.5, "2019-05-18")),
        (2, "marinus", (54.0, 10.0, "2019-05-20")),
        (3, "marinus", NOWHERE),
        (4, "canus", (54.0, -2.5, "2019-05-18")),
        (5, "alba", (48.0, 8.0, "2019-12-31")),
        (6, "bassanus", (56.0, -2.6, "2019-06-01")),
        (7, "marinus", (54.0, -2.5, "2019-05-18")),  # its file is missing
        (8, None, (54.0, -2.5, "2019-05-18")),
    ],
    "val": [(21, "marinus", NOWHERE), (22, "bufo", NOWHERE)],
    "test": [(31, "marinus", (54.0, -2.5, "2019-05-18"))],
}
IMAGES: dict[str, list[tuple[int, str | None, Place]]] = {
    "train": [
        (1, "marinus", (54.1, -2.5, "2021-05-18 07:52:00+00:00")),  # 11.12 km north of sounds 1 and 7
        (2, "marinus", (54.0, 10.1, "2021-05-30")),
        (3, "marinus", (None, None, "2021-05-18")),
        (4, "marinus", (54.0, -2.5, "2021-05-18")),  # its file is cut off
        (5, "marinus", (54.0, -2.5, "2021-05-18")),  # its file is missing
        (6, "fuscus", (54.0, -2.6, "2021-05-18")),
        (7, "pratensis", (48.0, 8.0, "2021-01-01")),
        (8, "nigra", (56.0, -2.6, "2021-06-01")),  # a mulberry, of the genus that gannets have
        (9, "bufo", NOWHERE),
    ],
    "val": [(21, "marinus", NOWHERE)],
}
PAIRED = {
    (1, 1, "train", "species", "Larus marinus", 11.12, 0.0),
    (2, 2, "train", "species", "Larus marinus", 6.536, 10.0),
    (3, 3, "train", "species", "Larus marinus", None, None),
    (4, 6, "train", "genus", "Larus", 6.536, 0.0),
    (5, 7, "train", "family", "Motacillidae", 0.0, 1.0),
    (21, 21, "val", "species", "Larus marinus", None, None),
}
"""By hand: sound, image, split, and what they share, with an image a sound at most and a sound an image."""
UNPAIRED = {
    6: "no_image",
    7: "not_trainable",
    8: "no_taxon",
    22: "no_image",
    31: "no_image",
}


def jpeg(number: int) -> bytes:
    file = io.BytesIO()
    Image.effect_noise((40 + number, 30), 60).convert("RGB").save(file, "JPEG", quality=80)
    return file.getvalue()


def document(kind: str, rows: Sequence[tuple[int, str | None, Place]], suffix: str, species: Sequence[str]) -> Any:
    """A document of audio or images; `species` are its categories, numbered in this order."""
    media, annotations = [], []
    for number, epithet, (latitude, longitude, date) in rows:
        told = {"id": number, "file_name": f"{kind}/{number}.{suffix}", "license": 1 + number % 2}
        told |= {"rights_holder": f"{kind} {number}", "date": date, "latitude": latitude, "longitude": longitude}
        media.append(told)
        if epithet:
            of = "audio_id" if kind == "audio" else "image_id"
            annotations.append({"id": number, of: number, "category_id": species.index(epithet)})
    categories = [
        {"id": place, "name": f"{SPECIES[one][-1]} {one}", "common_name": one, "specific_epithet": one}
        | dict(zip(RANKS, SPECIES[one], strict=True))
        for place, one in enumerate(species)
    ]
    return {kind: media, "annotations": annotations, "categories": categories, "licenses": LICENCES}


def write_naturalist(folder: Path, pairs: Mapping[str, Any], exports: Sequence[Any] = ()) -> list[str]:
    """Write both sets and their dataset files; gives what a run is told of them."""
    for name, kind, suffix, of_set, species in (
        ("sounds", "audio", "wav", SOUNDS, list(SPECIES)),
        ("images", "images", "jpg", IMAGES, list(reversed(SPECIES))),
    ):
        for split, rows in of_set.items():
            (folder / name / split / kind).mkdir(parents=True, exist_ok=True)
            told = document(kind, rows, suffix, species)
            for one in told[kind]:
                one["file_name"] = f"{split}/{one['file_name']}"
            (folder / name / f"{split}.json").write_text(json.dumps(told))
            for number, _, _ in rows:
                file = folder / name / split / kind / f"{number}.{suffix}"
                content = wav(noise16(16_000, seed=number)) if kind == "audio" else jpeg(number)
                file.write_bytes(content)
        documents = {split: f"{name}/{split}.json" for split in of_set}
        told = {"name": name, "adapter": "coco", "sources": {"documents": documents}}
        if kind == "audio":
            told |= {"audio": [name], "pairs": {"images": ["images"], **pairs}, "exports": list(exports)}
        else:
            told |= {"audio": [{"path": name, "holds": "images"}], "allow_loss": ["audio"]}
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(told))
    (folder / "sounds/train/audio/7.wav").unlink()
    (folder / "images/train/images/5.jpg").unlink()
    cut = folder / "images/train/images/4.jpg"
    cut.write_bytes(cut.read_bytes()[:400])
    return ["--config", 'datasets=["sounds.yaml","images.yaml"]']
