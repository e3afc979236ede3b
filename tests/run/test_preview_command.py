"""A preview shows what each expression makes of the first rows, and what is wrong with them; it writes nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
MINE = """\
name: mine
adapter: table
sources: {table: t.csv, events: e.csv}
clip: {media: f, start_s: s, classes: "[label]"}
events: {media: f, onset_s: '"on"', offset_s: '"off"', class: label}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(MINE)
    (tmp_path / "t.csv").write_text("f,s,label\na.wav,1,dog\nb.wav,soon,\x1b[2Jcat\nc.wav,2,owl\n")
    (tmp_path / "e.csv").write_text("f,on,off,label\na.wav,3,2,bark\n")
    return tmp_path


def preview(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workflow_scripts.run.preview", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_first_rows_of_each_table_are_shown(folder: Path) -> None:
    before = sorted(folder.iterdir())
    told = preview(folder, "mine.yaml", "2")
    assert told.returncode == 0, told.stderr
    lines = [" ".join(line.split()) for line in told.stdout.splitlines()]
    assert lines[:4] == [
        "t.csv, line 2: a.wav,1,dog",
        "clip.media f a.wav",
        "clip.start_s s 1.0",
        "clip.classes [label] ['dog']",
    ]
    assert any(line.startswith("no row of a clip: expression_failed: clip.start_s") for line in lines)
    assert "e.csv, line 2: a.wav,3,2,bark" in lines
    assert any(line.startswith("no row of a clip: bad_span: from 3.0 to 2.0 s") for line in lines)
    assert "\x1b" not in told.stdout
    assert "c.wav" not in told.stdout
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("clip: {media: g}", "clip.media: `g`: no column 'g'"),
        ("clip: {medium: f}", "clip.medium: unknown key; did you mean `media`"),
        ("adapter: audioset", "error: "),
    ],
)
def test_a_mistake_is_told_in_words(folder: Path, line: str, words: str) -> None:
    import re

    key = line.partition(":")[0]
    kept = [one for one in MINE.splitlines() if not one.startswith(f"{key}:")]
    (folder / "mine.yaml").write_text("\n".join([*kept, line]))
    told = preview(folder, "mine.yaml")
    assert told.returncode == 1
    assert re.search(words, told.stderr)
    assert "Traceback" not in told.stderr
