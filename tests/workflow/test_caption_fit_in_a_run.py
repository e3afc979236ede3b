"""Captions scored against their sound by a CLAP of random weights, the whole way, held against the library by hand."""

import csv
import io
import json
import re
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile
import soxr
import yaml

from tests.fit.tiny_clap import needs_clap, write_tiny_clap
from tests.made_files import encoded
from tests.project import REPOSITORY, Finished, Project
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.fit.files import digest_of
from workflow_scripts.fit.scoring import score_captions

pytestmark = [pytest.mark.slow, needs_clap]
CONFIG = ("--config", "datasets=['set/set.yaml']")
RATES = {"bell": 44_100, "long": 16_000, "stereo": 48_000, "quick": 32_000}
SAID = {
    "bell": ["a bell rings", "a dog barks"],
    "long": ["rain falls"],
    "stereo": ["a bird sings"],
    "quick": ["a dog barks", ""],
}
SECONDS = {"bell": 5, "long": 26, "stereo": 10, "quick": 0.3}
Scores = dict[tuple[str, int], float]
Said = dict[str, list[str]]
REAL = {"birds": "soundscape", "dogs": "esc10"}


def made(name: str) -> np.ndarray:
    """Tones that rise, and noise below them."""
    rate, seconds = RATES[name], SECONDS[name]
    time, number = np.arange(int(rate * seconds)) / rate, list(RATES).index(name)
    noise = np.random.default_rng(number).standard_normal((len(time), 2 if name == "stereo" else 1))
    tones = np.sin(2 * np.pi * (300 + 900 * number) * time * (1 + time / 20))
    return (0.3 * tones[:, None] + 0.05 * noise).astype(np.float32)


def write_set(project: Project, said: Said, **fit: object) -> None:
    folder = project.folder / "set"
    with (folder / "captions.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "captions"])
        rows.writerows([name, json.dumps(texts)] for name, texts in said.items())
    settings = {
        "name": "set",
        "adapter": "table",
        "sources": {"table": "captions.csv"},
        "match": "path",
        "clip": {
            "id": "file",
            "media": "file || '.flac'",
            "split": "'train'",
            "captions": "json_extract_string(captions, '$[*]')",
        },
        "audio": ["audio"],
        "limits": {"max_duration_s": 100, "min_duration_s": 0.1},
        "review": {"cards": 3},
        "caption_fit": {"model": "clap"} | fit,
    }
    (folder / "set.yaml").write_text(yaml.safe_dump(settings))


def by_hand(model: Path, sounds: dict[str, bytes], said: Said) -> Scores:
    """The mean over stretches of ten seconds of what ClapModel's own similarity is, without the scale of its logits."""
    import torch
    from transformers import ClapModel, ClapProcessor

    clap, processor = ClapModel.from_pretrained(model).eval(), ClapProcessor.from_pretrained(model)
    found = {}
    for name, texts in said.items():
        wave, rate = soundfile.read(io.BytesIO(sounds[name]), dtype="float32", always_2d=True)
        mono = wave.mean(1)
        count = max(1, round(len(mono) / (10 * rate)))  # what is left is one if it is half of one
        parts = [soxr.resample(mono[n * 10 * rate : (n + 1) * 10 * rate], rate, 48_000) for n in range(count)]
        given = processor(audio=parts, text=texts, sampling_rate=48_000, return_tensors="pt", padding=True)
        with torch.no_grad():
            cosines = clap(**given).logits_per_audio / clap.logit_scale_a.exp()
        found |= {(name, ordinal): float(score) for ordinal, score in enumerate(cosines.mean(0))}
    return found


def scores(project: Project) -> Scores:
    asked = "SELECT clip_id, ordinal, score FROM caption_fit"
    return {(clip, ordinal): score for clip, ordinal, score in project.ask(asked)}


def scored_and_kept(project: Project) -> tuple[int, int]:
    [log] = (project.folder / "results/logs/score_captions/set").glob("*.log")
    [told] = re.findall(r"captions, (\d+) scored, (\d+) kept", log.read_text())
    return int(told[0]), int(told[1])


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Made ones, and real ones where they lie beside the checkout."""
    files = {name: encoded(made(name), rate, "FLAC", "PCM_16") for name, rate in RATES.items()}
    for name, folder in REAL.items():
        for real in sorted((REPOSITORY.parent / "shared/data" / folder).rglob("*.ogg"))[:1]:
            wave, rate = soundfile.read(real, dtype="float32", frames=30 * 44_100)
            files[name] = encoded(wave, rate, "FLAC", "PCM_16")
    return files


@pytest.fixture(scope="module")
def said(sounds: dict[str, bytes]) -> Said:
    return SAID | {name: ["a bird sings", "rain falls a dog barks"] for name in REAL if name in sounds}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, sounds: dict[str, bytes], said: Said) -> Project:
    project = Project(tmp_path_factory.mktemp("fit") / "project")
    audio = project.folder / "set/audio"
    audio.mkdir(parents=True)
    for name, content in sounds.items():
        (audio / f"{name}.flac").write_bytes(content)
    write_tiny_clap(project.folder / "set/clap")
    write_set(project, said)
    project.run("catalogue", *CONFIG)
    return project


@pytest.fixture(scope="module")
def first(project: Project) -> Scores:
    """The scores of the first run."""
    return scores(project)


def test_scores_are_those_that_the_library_gives_by_hand(
    project: Project, first: Scores, sounds: dict[str, bytes], said: Said
) -> None:
    expected = by_hand(project.folder / "set/clap", sounds, said)
    expected.pop(("quick", 1))  # what says nothing is no caption
    assert first == pytest.approx(expected, abs=1e-5)
    assert max(first.values()) - min(first.values()) > 0.01  # random weights tell sounds and sentences apart
    windows = dict(project.ask("SELECT DISTINCT clip_id, windows FROM caption_fit"))
    assert windows.items() >= {"bell": 1, "long": 3, "stereo": 1, "quick": 1}.items()
    assert project.ask("SELECT count(*) FROM caption_findings WHERE kind = 'unfit'") == [(0,)]
    [question] = re.findall(r"```sql\n(.*?)```", (REPOSITORY / "docs/caption-fit.md").read_text(), re.DOTALL)
    [(model, captions, [*quantiles])] = project.ask(question)
    assert (model, captions) == ("clap", len(first))
    assert quantiles == pytest.approx(np.quantile(list(first.values()), [0.01, 0.05, 0.25, 0.5]).tolist())


@pytest.fixture(scope="module")
def bounded(project: Project, first: Scores, said: Said) -> tuple[Finished, float]:
    """The run after the bound was set between the lowest score and the others, and one caption was changed."""
    lowest, second = sorted(first.values())[:2]
    bound = (lowest + second) / 2
    [name] = [key[0] for key, score in first.items() if score == lowest]
    other = next(key for key in said if key != name)
    changed = {**said, other: ["rain rings", *said[other][1:]]}
    write_set(project, changed, below=bound)
    return project.run("review", *CONFIG), bound


def test_a_changed_caption_alone_is_scored_again(
    bounded: tuple[Finished, float], project: Project, first: Scores
) -> None:
    run, _ = bounded
    assert (run.jobs["score_captions"], run.jobs["check"]) == (1, 0)
    assert scored_and_kept(project) == (1, len(first) - 1)


def test_a_low_score_is_a_finding_of_its_clip_and_on_the_review_page(
    bounded: tuple[Finished, float], project: Project, first: Scores
) -> None:
    _, bound = bounded
    low = sorted({clip for clip, score in project.ask("SELECT clip_id, score FROM caption_fit") if score < bound})
    assert min(first, key=first.get)[0] in low
    assert (
        sorted({clip for [clip] in project.ask("SELECT clip_id FROM findings WHERE finding = 'caption_unfit'")}) == low
    )
    [(detail,)] = project.ask("SELECT detail FROM caption_findings WHERE kind = 'unfit' ORDER BY text LIMIT 1")
    assert re.fullmatch(r"scores -?0\.\d+ with its sound, by clap", detail)
    page = project.folder / "results/set/review"
    cards = json.loads((page / "cards.js").read_text().partition(" = ")[2].removesuffix(";\n"))
    assert "caption_unfit" in json.dumps(cards)


def test_another_model_scores_all_again_and_what_cannot_be_read_is_told(
    bounded: tuple[Finished, float], project: Project, first: Scores, tmp_path: Path
) -> None:
    model, packs = write_tiny_clap(project.folder / "set/clap", seed=1), project.folder / "results/set/.fit.packs"
    jobs = project.run("tables", *CONFIG, "--dry-run").jobs
    assert (jobs["plan_fit"], jobs["check"]) == (1, 0)
    shutil.copytree(packs, tmp_path / "packs")
    shutil.copytree(packs.parent / ".published/.fit.packs", tmp_path / ".published/packs")
    files = [*model.glob("*.json"), *model.glob("*.safetensors")]
    made_as = json.dumps({"fits": 1, "model": digest_of(files)})
    rows = pl.read_parquet(packs.parent / ".fit.plan/all.parquet").with_columns(made_as=pl.lit(made_as))
    rows.write_parquet(tmp_path / "list.parquet")
    (project.folder / "set/audio/bell.flac").write_bytes(encoded(made("quick"), RATES["quick"], "FLAC", "PCM_16"))
    score_captions(tmp_path / "list.parquet", model, files, 1, tmp_path / "packs/all.parquet")
    told = pl.read_parquet(tmp_path / "packs/all.parquet")
    of_bell = told.filter(pl.col("clip_id") == "bell")
    assert of_bell.select("score", "windows", "error_kind").unique().rows() == [(None, 0, "changed")]
    others = told.filter(pl.col("clip_id") != "bell")
    assert others["score"].null_count() == 0
    assert not set(others["score"]) & set(first.values())
    with pytest.raises(SoundledgerError, match="another than when this run began"):
        score_captions(tmp_path / "list.parquet", model, files[:1], 1, tmp_path / "packs/all.parquet")
