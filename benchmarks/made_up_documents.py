"""Documents of JSON as they are published, made up in the shape and size of the real ones."""

import json
from collections.abc import Iterator
from pathlib import Path

import yaml

RANKS = ("kingdom", "phylum", "class", "order", "family", "genus")
BELOW = (1, 2, 4, 8, 6, 5)
"""So many taxa of each rank there are of one of that above; then species."""
CAPTION = "A dog barks twice while rain falls on a tin roof and somebody walks through the mud behind the house {}"
DESCRIPTION = "Recorded with a stereo pair at 48 kHz in the late afternoon, close to the gate of the farm. " * 3


def write_recordings(folder: Path, recordings: int, species: int) -> Path:
    """A document of iNaturalist Sounds, one line as published, with an annotation a recording; gives a dataset file."""
    lists = {
        "info": [],
        "audio": map(_recording, range(recordings)),
        "categories": map(_category, range(species)),
        "annotations": ({"id": one, "audio_id": one, "category_id": one % species} for one in range(recordings)),
        "licenses": ({"id": one, "name": f"Licence {one}", "url": _address(one)} for one in range(8)),
    }
    with (folder / "train.json").open("w") as file:
        file.write("{")
        for name, items in lists.items():
            file.write(f'{"" if name == "info" else ", "}"{name}": [')
            file.writelines(_written(items))
            file.write("]")
        file.write("}")
    return _dataset(folder, {"adapter": "coco", "sources": {"documents": {"train": "train.json"}}})


def write_captions(folder: Path, size: int) -> Path:
    """A document of WavCaps, of so many bytes; gives a dataset file, which is as the one that comes along."""
    with (folder / "captions.json").open("w") as file:
        file.write('{"num_captions_per_audio": 1, "data": [')
        number = 0
        while file.tell() < size:
            file.writelines(_written((_caption(one) for one in range(number, number + 1_000)), number))
            number += 1_000
        file.write("]}")
    clip = {
        "media": "id || '.flac'",
        "captions": "[caption]",
        "source_url": "download_link",
        "declared_duration_s": "duration",
        "extra": ["title", "description", "author", "href", "tags"],
    }
    of_table = {"adapter": "table", "sources": {"table": "captions.json"}, "reading": {"at": "data"}, "clip": clip}
    return _dataset(folder, of_table)


def _written(items: Iterator[dict[str, object]], number: int = 0) -> Iterator[str]:
    for place, item in enumerate(items, start=number):
        yield f"{', ' if place else ''}{json.dumps(item)}"


def _dataset(folder: Path, content: dict[str, object]) -> Path:
    file = folder / "dataset.yaml"
    file.write_text(yaml.safe_dump({"name": "made_up"} | content))
    return file


def _recording(number: int) -> dict[str, object]:
    return {
        "id": number,
        "duration": 3.5 + number % 97,
        "file_name": f"train/{number % 5569:05}_Animalia_Chordata_Aves_Passeriformes/{number:08x}-4d5f-4aab-9d1c.wav",
        "license": number % 8,
        "rights_holder": f"Recordist {number % 27_000}",
        "date": f"20{10 + number % 14}-0{1 + number % 9}-1{number % 10} 07:52:00+00:00",
        "latitude": 54.0 - number % 100,
        "longitude": number % 180 + 0.123456,
        "location_uncertainty": float("nan") if number % 5 == 0 else number % 1000,
    }


def _category(number: int) -> dict[str, object]:
    names, place = [], number
    for times in reversed(BELOW):
        names.append(f"Taxon{place}")
        place //= times
    above = dict(zip(RANKS, reversed(names), strict=True))
    more = {"supercategory": "Birds", "audio_dir_name": f"{number:05}_Animalia", "evaluation": number % 2}
    said = {"id": number, "name": f"Genus species{number}", "common_name": f"Bird {number}"}
    return said | above | {"specific_epithet": f"species{number}"} | more


def _address(number: int) -> str:
    kinds = ("by", "by-nc", "by-sa", "by-nd", "by-nc-sa", "by-nc-nd")
    return f"http://creativecommons.org/licenses/{kinds[number % 6]}/4.0/"


def _caption(number: int) -> dict[str, object]:
    return {
        "id": str(number),
        "title": f"Sound {number}.wav",
        "href": f"/people/somebody/sounds/{number}/",
        "tags": ["dog", "rain", "roof", "field-recording"],
        "author": f"somebody{number % 9_000}",
        "duration": 12.5,
        "description": DESCRIPTION,
        "download_link": f"https://freesound.org/people/somebody/sounds/{number}/download/{number}.wav",
        "caption": CAPTION.format(number),
        "audio": "wav_path",
    }
