"""What a preview shows of the first rows of each table."""

from pathlib import Path

import pytest

from workflow_scripts.adapters import IngestSettings
from workflow_scripts.adapters.table.preview import preview
from workflow_scripts.settings.run import load_run

DATASET = """
name: set
adapter: table
sources: {table: [a.csv, b.csv], about: about.csv, vocabulary: v.csv}
clip: {media: f, split: part, classes: "[label]"}
about: {media: f, licence: spdx(licence)}
vocabulary: {id: code}
"""


def test_each_table_is_shown_with_what_its_rows_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither file of the table has all columns."""
    for name, text in {
        "set.yaml": DATASET,
        "a.csv": "f,label\na.wav,dog\n",
        "b.csv": "f,part\nb.wav,val\n",
        "about.csv": "f,licence\na.wav,CC BY 4.0\n",
        "v.csv": "code\ndog\n\n' '\n",
    }.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    [dataset] = load_run({"datasets": ["set.yaml"]}, tmp_path).datasets.values()
    assert list(preview(IngestSettings(**dataset.ingest_settings), 1)) == [
        "a.csv, line 2: a.wav,dog",
        "  clip.media    f        a.wav",
        "  clip.split    part     None",
        "  clip.classes  [label]  ['dog']",
        "",
        "about.csv, line 2: a.wav,CC BY 4.0",
        "  about.media    f              a.wav",
        "  about.licence  spdx(licence)  CC-BY-4.0",
        "",
        "v.csv, line 2: dog",
        "  vocabulary.id  code  dog",
        "",
    ]
