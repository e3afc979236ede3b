"""`make status` tells of what is handed on, from its notes alone."""

from pathlib import Path

from tests.deliver.made_export import FILES, write_export
from workflow_scripts.deliver.arrivals import Arrivals, read_delivery_note
from workflow_scripts.deliver.outgoing import files_of
from workflow_scripts.run.delivering import RECENT_S, deliveries_text
from workflow_scripts.settings.places import Places


def test_a_delivery_at_work_is_told_and_one_that_ended_or_was_killed_is_not(tmp_path: Path) -> None:
    places = Places(str(tmp_path / "results"))
    note = Path(places.delivery_note("mine", "tars-somewhere-0a1b"))
    files = files_of(write_export(tmp_path / "export", FILES))
    with Arrivals(files, "s3://bucket/tars", note) as arrivals:
        arrivals.arrived(files[0])
        said = read_delivery_note(note)
        assert said
        told = deliveries_text(places, ["mine", "others"], said.updated)
        assert told.splitlines()[0] == "Handing on:"
        assert told.splitlines()[1].startswith("mine → s3://bucket/tars: 1 of 7 files, 31 bytes of ")
        assert f"s left: {files[0].path} (31 bytes)" in told
        assert deliveries_text(places, ["mine"], said.updated + RECENT_S + 1) == ""
    assert deliveries_text(places, ["mine"], said.updated) == ""


def test_a_note_that_is_none_is_none(tmp_path: Path) -> None:
    places = Places(str(tmp_path))
    note = Path(places.delivery_note("mine", "tars"))
    note.parent.mkdir(parents=True)
    note.write_text("{")
    assert deliveries_text(places, ["mine"], 0.0) == ""
