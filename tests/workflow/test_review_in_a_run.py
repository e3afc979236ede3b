"""`snakemake review`: a page a dataset, which nothing but what it shows makes again."""

import json
import shutil
from pathlib import Path

import pytest

from tests.made_files import noise16, wav
from tests.project import Project
from tests.workflow.small_set import IDS, write_small_set

pytestmark = pytest.mark.slow

SMALL = ("--config", "datasets=['small/set.yaml']")


def read(script: Path) -> dict:
    """The value that a script of the page gives to its name."""
    return json.loads(script.read_text().partition(" = ")[2].removesuffix(";\n"))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("reviewed"))
    write_small_set(project, exports=[])
    assert "choose_cards" not in project.run(*SMALL).jobs  # of `all` it is no part
    assert project.run("review", *SMALL).jobs["write_review"] == 1
    return project


def test_page_has_a_card_of_each_clip_with_all_that_it_plays(project: Project) -> None:
    page = project.folder / "results/small/review"
    index = read(page / "cards.js")
    assert sorted(index["cards"]["id"]) == sorted(IDS)
    for pack in index["packs"]:
        for detail in read(page / "packs" / f"{pack}.js").values():
            assert (page / "packs" / pack / detail["sound"]).read_bytes()[:4] == b"OggS"
            assert (page / "packs" / pack / detail["spectrogram"]).read_bytes()[8:12] == b"WEBP"


def test_nothing_changed_runs_nothing(project: Project) -> None:
    assert project.run("review", *SMALL).jobs == {}


@pytest.mark.parametrize("lost", ["review/packs", ".review.packs/*", ".review.plan/*"])
def test_what_was_deleted_comes_back_where_the_page_is_asked_for(project: Project, lost: str) -> None:
    results = project.folder / "results/small"
    before = {file.relative_to(results): file.read_bytes() for file in results.rglob("review/**/*") if file.is_file()}
    for gone in results.glob(lost):
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    assert project.run(*SMALL).jobs == {}
    assert (results / "review/index.html").exists()
    assert project.run("review", *SMALL).jobs["write_review"] == 1
    assert project.run("review", *SMALL).jobs == {}
    there = {file.relative_to(results): file.read_bytes() for file in results.rglob("review/**/*") if file.is_file()}
    assert there == before


def test_one_changed_sound_makes_its_pack_alone_and_its_verdicts_tell_another_sound(project: Project) -> None:
    """And a word of a label file makes no pack: what is said stands beside what is played."""
    page = project.folder / "results/small/review"

    def digests() -> dict[str, str]:
        packs = (read(file) for file in (page / "packs").glob("*.js"))
        return {clip: detail["pcm_digest"] for pack in packs for clip, detail in pack.items()}

    before = digests()
    (project.folder / f"small/audio/Y{IDS[0]}.wav").write_bytes(wav(noise16(16_000, seed=77)))
    jobs = project.run("review", *SMALL).jobs
    assert (jobs["pack_cards"], jobs["write_review"]) == (1, 1)
    changed = [clip for clip, digest in digests().items() if digest != before[clip]]
    assert changed == [IDS[0]]
    labels = project.folder / "small/train.csv"
    labels.write_text(labels.read_text().replace("/m/dog,/m/cat", "/m/cat"))
    jobs = project.run("review", *SMALL).jobs
    assert (jobs["pack_cards"], jobs["write_review"]) == (0, 1)


def test_page_is_the_same_bytes_when_it_is_made_from_nothing(project: Project) -> None:
    page = project.folder / "results/small/review"
    before = {file.relative_to(page): file.read_bytes() for file in page.rglob("*") if file.is_file()}
    for made in project.folder.glob("results/small/.review*"):
        shutil.rmtree(made) if made.is_dir() else made.unlink()
    shutil.rmtree(project.folder / "results/small/.published", ignore_errors=True)
    (page / "index.html").unlink()
    assert project.run("review", *SMALL).jobs["pack_cards"] == 1
    assert {file.relative_to(page): file.read_bytes() for file in page.rglob("*") if file.is_file()} == before


def test_where_that_is_no_condition_ends_the_run_with_its_key(project: Project) -> None:
    text = (project.folder / "small/set.yaml").read_text()
    (project.folder / "small/other.yaml").write_text(text + "review: {where: clip = 1}\n")
    other = ("--config", "datasets=['small/other.yaml']")
    assert "dataset small: review: where: 'clip = 1'" in project.run("review", *other, expect=1).output
