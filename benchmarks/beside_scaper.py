"""Making soundscapes of real recordings: multiples of real time, beside scaper doing the same in the same run."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from benchmarks.features import SHARED
from benchmarks.processes import Measured, measure
from benchmarks.report import Table
from benchmarks.workflow import CHECKOUT, VENV, Workflow

SCAPER = CHECKOUT / ".venv-scaper"
MADE = 1_000
SECONDS = 10
RENDERS = {"scenes.yaml": {"codec": "wav"}, "stems.yaml": {"codec": "wav", "stems": True}}
SCENES = {
    "duration_s": SECONDS,
    "foreground": "SELECT clip_id, dataset FROM clips WHERE dataset = 'events'",
    "background": "SELECT clip_id, dataset FROM clips WHERE dataset = 'behind'",
    "events": {"uniform": [1, 3]},
    "event_s": {"uniform": [1, 4]},
    "snr_db": {"uniform": [0, 20]},
    "pitch_semitones": {"uniform": [-2, 2]},
    "stretch": {"uniform": [0.8, 1.2]},
}


def run(small: bool) -> Iterator[Table]:
    """One table; small: a twentieth."""
    made = MADE // (20 if small else 1)
    if not SHARED.exists() or not (SCAPER / "installed").exists():
        yield Table("Nothing was made", ["absent"], [[f"{SHARED}, or {SCAPER}: make {SCAPER.name}/installed"]])
        return
    with tempfile.TemporaryDirectory(prefix="soundledger-bench-") as folder:
        sounds = {"events": Path(folder) / "events", "behind": Path(folder) / "behind"}
        shutil.copytree(SHARED / "esc10", sounds["events"], ignore=shutil.ignore_patterns("*.csv"))
        shutil.copytree(SHARED / "soundscape", sounds["behind"] / "behind")
        rows = [_scaper(sounds, made), *_ours(sounds, Path(folder) / "workflow", made)]
    columns = ["", "s", "CPU s", "seconds of sound a second", "a CPU second", "of scaper's a CPU second"]
    [first, *_] = rows
    told = [[name, wall, cpu, made * SECONDS / wall, made * SECONDS / cpu, first[2] / cpu] for name, wall, cpu in rows]
    yield Table(
        f"{made:,} scenes of {SECONDS} s of real recordings, two processes",
        columns,
        told,
        [
            "One to three events of ESC-10 in front of five long recordings, 44.1 kHz, mono, WAV of 16 bits, raised by "
            "up to two semitones and stretched by up to a fifth. Scaper writes JAMS and a table beside each.",
            "Of a rule the seconds are those of all its jobs, of which two ran at once.",
            "The whole run starts with two folders of sound files: it checks these, plans, makes, checks what it made, "
            "and ends with tables, catalogue and labels of all of them.",
        ],
    )


def _scaper(sounds: dict[str, Path], made: int) -> tuple[str, float, float]:
    out = sounds["events"].with_name("out")
    out.mkdir()
    script = str(CHECKOUT / "benchmarks" / "rivals" / "scaper_scenes.py")
    done = measure(["python", script, *map(str, sounds.values()), str(out), str(made), "2"], out, SCAPER)
    assert int(done.output) == made, done.output
    return "scaper", done.seconds, done.cpu_seconds


def _ours(sounds: dict[str, Path], folder: Path, made: int) -> Iterator[tuple[str, float, float]]:
    workflow = Workflow(folder)
    for name, place in sounds.items():
        said = {"sources": {"folder": str(place)}, "audio": [str(place)], "limits": {"max_duration_s": 600}}
        _write(folder / f"{name}.yaml", name=name, adapter="folders", **said)
    for file, render in RENDERS.items():
        derive = {"from": ["events", "behind"], "seed": 1, "render": render, "soundscapes": {"scenes": made, **SCENES}}
        _write(folder / file, name=file.removesuffix(".yaml"), adapter="derived", derive=derive)
    for file in RENDERS:
        workflow.fresh()
        done = _snakemake(workflow, file)
        jobs = workflow.jobs()
        for rule in ("plan_scenes", "render"):
            mine = [job for job in jobs if job.name.startswith(rule)]
            what = f"{rule}, {'with' if 'stems' in file else 'without'} stems"
            yield what, sum(job.seconds for job in mine), sum(job.cpu_seconds for job in mine)
        yield f"the whole run, {'with' if 'stems' in file else 'without'} stems", done.seconds, done.cpu_seconds


def _write(file: Path, **says: object) -> None:
    file.write_text(yaml.safe_dump(says))


def _snakemake(workflow: Workflow, file: str) -> Measured:
    datasets = f'datasets=["events.yaml", "behind.yaml", "{file}"]'
    return measure(["snakemake", "--cores", "2", "--config", datasets], workflow.folder, VENV)
