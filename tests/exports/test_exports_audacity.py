"""Label tracks of Audacity, and back by our own adapter."""

from pathlib import Path

from tests.exports.made_exports import account_of, exported
from tests.exports.own_dataset import events_of, ledger_of_checks, said

ROWS = 'x/a.wav,,,,0.0000004,1.5,"Chirp, tweet",,0.5\nx/a.wav,,,,2,3,dog\nb.wav,,,,12345.6789012,12346,dog\nquiet.wav\n'
MEDIA = {"x/a.wav": 10.0, "b.wav": 20_000.0, "quiet.wav": 1.0}


def test_a_track_has_start_end_and_label_of_each_event(tmp_path: Path) -> None:
    tables = ledger_of_checks(tmp_path, MEDIA, **said(tmp_path, ROWS))
    link = exported("audacity", tables, tmp_path / "audacity", unlabelled="negative")
    found = {str(file.relative_to(link / "labels")): file.read_text() for file in (link / "labels").rglob("*.txt")}
    assert found == {
        "x/a.txt": "0.000000\t1.500000\tChirp, tweet\n2.000000\t3.000000\tdog\n",
        "b.txt": "12345.678901\t12346.000000\tdog\n",
        "quiet.txt": "",
    }
    assert account_of(link).warnings == [
        "1 labels say how sure they are (`value`), for which Audacity's labels have no place"
    ]


def test_tracks_come_back_by_the_adapter(tmp_path: Path) -> None:
    """As docs/add-a-dataset.md says it: a header of our own, and a file without a line is a clip without an event."""
    tables = ledger_of_checks(tmp_path, MEDIA, **said(tmp_path, ROWS.replace("0.0000004", "0.25")))
    link = exported("audacity", tables, tmp_path / "audacity", unlabelled="negative")
    (tmp_path / "again").mkdir()
    again = ledger_of_checks(
        tmp_path / "again",
        MEDIA,
        sources={"table": f"{link}/labels/**/*.txt"},
        reading={"header": ["start", "stop", "what"], "delimiter": "\t"},
        clip={"media": "split_part(source_path, '/labels/', 2).replace('.txt', '.wav')"},
        events={"onset_s": "start", "offset_s": "stop", "class": "what"},
    )
    told = [(media, what, round(onset, 6), round(offset, 6)) for media, what, onset, offset in events_of(tables)]
    assert events_of(again) == told
    assert sorted(again.read("clips")["media_key"]) == sorted(MEDIA)
