"""Exports of events read by those whom they are for, or as these read them."""

from pathlib import Path

import pytest

from tests.consumers.test_consumers import ROOT, told_by
from tests.exports.made_exports import exported
from tests.exports.own_dataset import ledger_of_checks, said
from workflow_scripts.exports.reading import Tables

pytestmark = pytest.mark.consumer

CHIRP = 'Chirp, "tweet"; ü'
ROWS = (
    'x/n.wav,0,10,,1,2.5,"Chirp, ""tweet""; ü",train,0.25\nx/n.wav,10,20,,,,,train\nx/n.wav,20,30,wind|rain,,,,train\n'
    'x/n.wav,0,10,,2.5,4,"Chirp, ""tweet""; ü",train,1\n'
    '"odd "" name,.wav",,,,3,4,"""dog"" house",test\nquiet.wav,,,,,,,test\n'
)
ODD = 'odd " name,.wav'
DOG = '"dog" house'


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    if not (ROOT / ".venv-consumers/installed").exists():
        pytest.skip("no .venv-consumers: `make test` makes it")
    (tmp_path / "ledger").mkdir()
    media = {"x/n.wav": 30.0, ODD: 10.0, "quiet.wav": 5.0}
    return ledger_of_checks(tmp_path / "ledger", media, "recordings", **said(tmp_path / "ledger", ROWS))


def test_jams_finds_every_file_valid_and_every_event_in_it(tables: Tables, tmp_path: Path) -> None:
    link = exported("jams", tables, tmp_path / "jams", unlabelled="negative")
    told = told_by("read_jams.py", link / "jams", home=tmp_path)
    assert told[ODD.replace(".wav", ".jams")]["annotations"][0]["data"] == [[3.0, 4.0, DOG, None]]
    assert told["quiet.jams"]["annotations"][0]["data"] == []
    assert told["x/n.jams"]["duration"] == 30.0
    assert [(one["namespace"], one["span"], one["data"]) for one in told["x/n.jams"]["annotations"]] == [
        ("segment_open", [0.0, 10.0], [[1.0, 2.5, CHIRP, 0.25], [2.5, 4.0, CHIRP, 1.0]]),
        ("segment_open", [10.0, 20.0], []),
        ("tag_open", [20.0, 30.0], [[20.0, 30.0, "rain", None], [20.0, 30.0, "wind", None]]),
    ]


def test_opensoundscape_labels_windows_by_the_annotations(tables: Tables, tmp_path: Path) -> None:
    link = exported("opensoundscape", tables, tmp_path / "opso", unlabelled="negative")
    told = told_by("read_annotations.py", "opensoundscape", link / "annotations.csv", home=tmp_path)
    long, odd, quiet = (f"/audio/audio/{name}" for name in ("x/n.wav", ODD, "quiet.wav"))
    assert sorted(told["files"]) == sorted((long, odd, quiet))
    of_wind = {f"{long} {second}": ["rain", "wind"] for second in range(20, 30)}
    of_chirp = {f"{long} {second}": [CHIRP] for second in (1, 2, 3)}
    assert told["windows"] == of_wind | of_chirp | {f"{odd} 3": [DOG]}


def test_opensoundscape_reads_the_tables_of_raven(tables: Tables, tmp_path: Path) -> None:
    link = exported("raven", tables, tmp_path / "raven", unlabelled="negative")
    files = sorted((link / "selections").rglob("*.txt"))
    told = told_by("read_annotations.py", "raven", *files, home=tmp_path)
    long, odd = (f"/audio/audio/{name}" for name in ("x/n.wav", ODD))
    assert sorted(map(tuple, told)) == [
        (odd, DOG, 3.0, 4.0, 0.0, 8000.0),
        (long, CHIRP, 1.0, 2.5, 0.0, 8000.0),
        (long, CHIRP, 2.5, 4.0, 0.0, 8000.0),
        (long, "rain", 20.0, 30.0, 0.0, 8000.0),
        (long, "wind", 20.0, 30.0, 0.0, 8000.0),
    ]


def test_hoplite_finds_annotations_by_the_path_of_their_recording(tables: Tables, tmp_path: Path) -> None:
    link = exported("hoplite", tables, tmp_path / "hoplite")
    told = told_by("read_annotations.py", "hoplite", link / "hoplite_annotations.csv", home=tmp_path)
    assert told == {
        "x/n.wav": [[CHIRP, 1.0, 2.5], [CHIRP, 2.5, 4.0], ["rain", 20.0, 30.0], ["wind", 20.0, 30.0]],
        ODD: [[DOG, 3.0, 4.0]],
    }


def test_scorers_take_the_tables_of_dcase(tables: Tables, tmp_path: Path) -> None:
    link = exported("dcase", tables, tmp_path / "dcase", unlabelled="negative")
    of_split = {
        split: told_by(
            "read_annotations.py",
            "scores",
            *(link / kind / f"{split}.tsv" for kind in ("strong", "weak", "durations")),
            home=tmp_path,
        )
        for split in ("train", "test")
    }
    plain = CHIRP.replace(",", "")
    assert of_split["train"] == {
        "events": {"n": [[1.0, 4.0, plain]]},
        "tags": {"n": [plain, "rain", "wind"]},
        "durations": {"n": 30.0},
    }
    odd = ODD.removesuffix(".wav")
    assert of_split["test"] == {
        "events": {odd: [[3.0, 4.0, DOG]], "quiet": []},
        "tags": {odd: [DOG], "quiet": []},
        "durations": {odd: 10.0, "quiet": 5.0},
    }
