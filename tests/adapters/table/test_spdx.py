"""Licences as the sources word them, and what the macro spdx makes of each."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from workflow_scripts.adapters.table.evaluate import Evaluation
from workflow_scripts.adapters.table.expressions import Expression
from workflow_scripts.settings.reading import load_yaml
from workflow_scripts.settings.schemas import CONFIG_FOLDER
from workflow_scripts.tables.licences import SPDX_IDS

CC = "creativecommons.org"
SAID = {
    # Clotho, FSD50K, FSDnoisy18k: addresses of freesound.org
    f"http://{CC}/licenses/by/3.0/": "CC-BY-3.0",
    f"http://{CC}/licenses/by-nc/3.0/": "CC-BY-NC-3.0",
    f"http://{CC}/publicdomain/zero/1.0/": "CC0-1.0",
    f"http://{CC}/licenses/sampling+/1.0/": None,
    f"https://{CC}/licenses/by/4.0/": "CC-BY-4.0",
    f"http://{CC}/licenses/by/4.0/": "CC-BY-4.0",
    # words of freesound.org
    "Attribution": None,
    "Attribution Noncommercial": None,
    "Attribution NonCommercial 4.0": "CC-BY-NC-4.0",
    "Attribution 4.0": "CC-BY-4.0",
    "Creative Commons 0": "CC0-1.0",
    "Sampling+": None,
    # xeno-canto
    f"//{CC}/licenses/by-nc-sa/4.0/": "CC-BY-NC-SA-4.0",
    f"https://{CC}/licenses/by-nc-sa/4.0/": "CC-BY-NC-SA-4.0",
    f"//{CC}/licenses/by-nc-nd/2.5/": "CC-BY-NC-ND-2.5",
    f"https://{CC}/licenses/by-sa/4.0/": "CC-BY-SA-4.0",
    # BirdCLEF
    "Creative Commons Attribution-NonCommercial-ShareAlike 4.0": "CC-BY-NC-SA-4.0",
    "Creative Commons Attribution-NonCommercial-ShareAlike 3.0": "CC-BY-NC-SA-3.0",
    "Creative Commons Attribution-NonCommercial-NoDerivs 2.5": "CC-BY-NC-ND-2.5",
    "cc-by-nc-sa 4.0": "CC-BY-NC-SA-4.0",
    "CC BY-NC-SA 4.0": "CC-BY-NC-SA-4.0",
    "All Rights Reserved": None,
    # iNaturalist: its codes have no version
    "cc-by-nc": None,
    "CC-BY-NC": None,
    "CC-BY": None,
    "cc-by-sa": None,
    "cc-by": None,
    "cc0": "CC0-1.0",
    "CC0": "CC0-1.0",
    "cc-by-nc-4.0": "CC-BY-NC-4.0",
    # the hub's tags, and pages of records
    "cc0-1.0": "CC0-1.0",
    "mit": "MIT",
    "apache-2.0": "Apache-2.0",
    "odbl-1.0": "ODbL-1.0",
    "gpl-3.0": None,
    "MIT License": "MIT",
    "CC BY 4.0 licence": "CC-BY-4.0",
    "CC0 1.0 Universal": "CC0-1.0",
    "Creative Commons Attribution 4.0 International": "CC-BY-4.0",
    "Creative Commons Attribution 4.0 International (CC BY 4.0)": "CC-BY-4.0",
    "Creative Commons Attribution 4.0 International (CC BY-NC 4.0)": None,
    "CC BY 4.0 for the labels, CC BY-NC 4.0 for the audio": None,
    "cc-by 4.0 by agreement": None,
    # public domain
    "public domain": None,
    "Public Domain": None,
    "publicdomain": None,
    "Public Domain Mark 1.0": "CC-PDM-1.0",
    f"https://{CC}/publicdomain/mark/1.0/": "CC-PDM-1.0",
    f"http://{CC}/licenses/publicdomain/": "CC-PDDC",
    # ports to countries: only some have an id, and none is the unported licence
    f"http://{CC}/licenses/by-sa/3.0/de/deed.en": "CC-BY-SA-3.0-DE",
    f"http://{CC}/licenses/by/2.5/scotland/": None,
    f"http://{CC}/licenses/by-nc-sa/2.1/jp/": None,
    f"http://{CC}/licenses/by-sa/2.1/jp/": "CC-BY-SA-2.1-JP",
    "Attribution 3.0 Germany": None,
    f"https://{CC}/licenses/by/4.0/legalcode.de": "CC-BY-4.0",
    f"https://{CC}/licenses/by/4.0/?ref=chooser-v1": "CC-BY-4.0",
    f"https://{CC}/licenses/by/4.0": "CC-BY-4.0",
    # nothing
    "-": None,
    "": None,
    " ": None,
    "?": None,
    "unknown": None,
    "by": None,
    "(CC BY 4.0)": None,
    "CC BY 9.0": None,
    "CC-BY-NC-ND-SA-4.0": None,
    "CC BY 4.0\nCC BY-NC 4.0": None,
}


def spdx(texts: Iterable[str | None]) -> list[str | None]:
    rows = pl.DataFrame({"said": list(texts)}, schema={"said": pl.String})
    values, failed = Evaluation([Expression("licence", "spdx(said)", "VARCHAR")], rows).of(rows)
    assert len(failed) == 0
    return values["licence"].to_list()


def test_licences_as_sources_word_them() -> None:
    assert dict(zip(SAID, spdx(SAID), strict=True)) == SAID


def test_an_spdx_id_is_itself_however_it_is_written() -> None:
    for written in (str, str.lower, str.upper, " {} ".format, lambda one: one.replace("-", " ")):
        assert spdx(map(written, SPDX_IDS)) == list(SPDX_IDS)


def test_a_version_that_pages_say_and_codes_leave_out_is_added_by_the_dataset_file() -> None:
    """As docs/add-a-dataset.md has it of iNaturalist."""
    codes = pl.DataFrame({"code": ["cc-by-nc", "cc0", "pd", None]})
    told = Expression("licence", "coalesce(spdx(code), spdx(code || '-4.0'), code)", "VARCHAR")
    values, _ = Evaluation([told], codes).of(codes)
    assert values["licence"].to_list() == ["CC-BY-NC-4.0", "CC0-1.0", "pd", None]


def in_json(found: Any, keys: tuple[str, ...]) -> Iterator[str | None]:
    """Every value of some keys, however deep."""
    if isinstance(found, dict):
        yield from (value for key, value in found.items() if key in keys and not isinstance(value, (dict, list)))
    for one in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from in_json(one, keys)


def in_csv(file: Path, key: str) -> Iterator[str]:
    text = file.read_text(encoding="latin-1")
    rows = csv.DictReader(text.splitlines(), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    yield from (row[key] for row in rows if key in row)


@pytest.mark.shared
def test_every_licence_of_the_real_tables_is_one_of_these(shared: Path) -> None:
    layouts, species = shared / "data/soundata_layouts", shared / "data/species"
    said: list[str | None] = []
    for file in layouts.glob("*/clotho_metadata_*.csv"):
        said += in_csv(file, "license")
    for file in layouts.glob("fsd50k/*/*clips_info*.json"):
        said += in_json(json.loads(file.read_text()), ("license",))
    for file in species.rglob("*.json"):
        said += in_json(json.loads(file.read_text()), ("lic", "license_code"))
    for file in species.rglob("*.csv"):
        said += [*in_csv(file, "license"), *in_csv(file, "license_code")]
    found = {one for one in said if one is not None}
    assert len(said) > 100
    assert found - SAID.keys() == set()
    assert f"//{CC}/licenses/by-nc-sa/4.0/" in found


@pytest.mark.parametrize("file", sorted((CONFIG_FOLDER / "datasets").glob("*.yaml")), ids=lambda file: file.stem)
def test_a_dataset_file_that_normalises_a_licence_keeps_its_words(file: Path) -> None:
    written = load_yaml(file)
    for part in (written.get("clip", {}), written.get("about", {})):
        if "spdx(" in part.get("licence", ""):
            assert part["licence"].startswith("coalesce(spdx("), "words without an SPDX id are a licence too"
            assert "licence" in part["extra"], "extra: {licence: …} keeps what the source said"
