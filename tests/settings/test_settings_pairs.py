"""Sounds that are paired with images: what stands in their files, and of what nothing can be made."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from workflow_scripts.settings.reading import MissingError, SettingsError
from workflow_scripts.settings.run import Run, load_run
from workflow_scripts.settings.told import settings_told


def run_of(workdir: Path, images: dict[str, Any] | None, **says: Any) -> Run:
    """A run of `heard`, whose clips are paired with those of `seen`, if there are any."""
    (workdir / "sounds").mkdir(exist_ok=True)
    found = {"adapter": "folders", "sources": {"folder": "sounds"}}
    files = {"heard": found | {"audio": ["sounds"], "pairs": {"images": ["seen"]}} | says}
    files |= {"seen": found | images} if images is not None else {}
    for name, written in files.items():
        (workdir / f"{name}.yaml").write_text(yaml.safe_dump({"name": name} | written))
    return load_run({"datasets": [f"{name}.yaml" for name in files]}, workdir)


IMAGES = {"audio": ["sounds", {"path": "sounds", "holds": "images"}]}


def test_pairs_are_made_of_the_tables_of_both_and_of_the_roots_that_hold_images(workdir: Path) -> None:
    run = run_of(workdir, IMAGES, exports=["pairs"])
    sources = run.sources_of_pairs("heard")
    assert sources[""]["roots"] == []
    [root] = sources["seen"]["roots"]
    assert root.endswith("-images")
    assert sources["seen"]["tables"]["origins"] == "results/seen/tables/origins.parquet"
    assert run.with_pairs() == run.of_some(["heard", "seen"])["with_pairs"] == ["heard"]
    assert settings_told(run)["heard"]["pairs.pairs_a_class"] == "100"
    assert run.datasets["heard"].exports["pairs"].makes_packs


def test_images_of_a_dataset_that_the_run_does_not_have_leave_it_out(workdir: Path) -> None:
    with pytest.raises(MissingError, match=r"pairs\.images: no dataset 'seen' in this run, which has heard"):
        run_of(workdir, None)


@pytest.mark.parametrize(
    ("images", "says", "words"),
    [
        ({"audio": ["sounds"]}, {}, r"pairs\.images: 'seen' has no root that holds images"),
        (IMAGES, {"pairs": {"images": ["heard"]}}, "nothing can be made of itself"),
        (IMAGES | {"pairs": {"images": ["heard"]}}, {}, "nothing can be made of itself"),
        (IMAGES, {"pairs": {"images": []}}, r"pairs\.images"),
        (IMAGES | {"exports": ["pairs"]}, {}, r"exports\[0\]: pairs needs `pairs` in the dataset file, which has none"),
    ],
)
def test_what_cannot_be_paired_is_refused(
    workdir: Path, images: dict[str, Any], says: dict[str, Any], words: str
) -> None:
    with pytest.raises(SettingsError, match=words):
        run_of(workdir, images, **says)
