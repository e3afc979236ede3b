"""`make status` tells of what is fetched, unpacked and handed on, from notes alone."""

from pathlib import Path

from tests.deliver.made_export import FILES, write_export
from workflow_scripts.acquire.told import Teller
from workflow_scripts.deliver.arrivals import Arrivals
from workflow_scripts.deliver.outgoing import files_of
from workflow_scripts.fetch.progress import FetchProgress
from workflow_scripts.progress.note import JobNote, read_note
from workflow_scripts.run.at_work import at_work_texts
from workflow_scripts.settings.places import Places


def test_a_delivery_at_work_is_told_and_one_that_ended_or_was_killed_is_not(tmp_path: Path) -> None:
    places = Places(str(tmp_path / "results"))
    note = Path(places.note("send", "mine", "tars-somewhere-0a1b"))
    files = files_of(write_export(tmp_path / "export", FILES))
    with Arrivals(files, "s3://bucket/tars", note) as arrivals:
        arrivals.arrived(files[0])
        said = read_note(note, JobNote)
        assert said
        [told] = at_work_texts(places, ["mine", "others"], said.updated)
        assert told.splitlines()[0] == "Handing on:"
        assert told.splitlines()[1].startswith("mine: s3://bucket/tars: 1 of 7 files, 31 bytes of ")
        assert f"s left: {files[0].path} (31 bytes)" in told
        assert at_work_texts(places, ["mine"], said.updated + 601) == []
    assert at_work_texts(places, ["mine"], said.updated) == []


def test_a_fetch_at_work_is_told_and_one_that_ended_or_was_killed_is_not(tmp_path: Path) -> None:
    places = Places(str(tmp_path / "results"))
    note = Path(places.note("fetch", "mine", "audio", "zenodo_org-01"))
    with Teller(note, 20) as told:
        told("audio/a.zip", FetchProgress("https://zenodo.org/a", "fetching", 2_000_000, 8_000_000, 1_000_000.0, 6.0))
        said = read_note(note, JobNote)
        assert said
        words = "mine: audio/a.zip: 2.0 MB of 8.0 MB, 1.0 MB/s, 6 s left (0 of 20 files)"
        assert at_work_texts(places, ["mine"], said.updated) == [f"Fetching:\n{words}"]
        assert at_work_texts(places, ["mine"], said.updated + 61) == []
    assert at_work_texts(places, ["mine"], said.updated) == []


def test_what_is_unpacked_is_told(tmp_path: Path) -> None:
    places = Places(str(tmp_path / "results"))
    note = Path(places.note("unpack", "mine", "audio", "0"))
    with Teller(note, 1) as told:
        told("audio/a.zip", FetchProgress("a.zip", "fetching", 2_000_000, 8_000_000, 1_000_000.0, 6.0))
        said = read_note(note, JobNote)
        assert said
        words = "mine: audio/a.zip: 2.0 MB of 8.0 MB, 1.0 MB/s, 6 s left (0 of 1 files)"
        assert at_work_texts(places, ["mine"], said.updated) == [f"Unpacking:\n{words}"]


def test_a_note_that_is_none_is_none(tmp_path: Path) -> None:
    places = Places(str(tmp_path))
    note = Path(places.note("send", "mine", "tars"))
    note.parent.mkdir(parents=True)
    note.write_text("{")
    assert at_work_texts(places, ["mine"], 0.0) == []
