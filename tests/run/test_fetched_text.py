"""The table that a run ends with which fetched something."""

from pathlib import Path
from types import SimpleNamespace

from workflow_scripts.acquire.lists import fetches
from workflow_scripts.acquire.rows import to_fetch
from workflow_scripts.run.fetching import fetched_text
from workflow_scripts.settings.acquire import AUDIO, Acquisition, acquire_entries
from workflow_scripts.settings.places import Places
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table


def test_what_became_of_the_files_of_a_stage_is_told_once_with_the_run_that_fetched_them(tmp_path: Path) -> None:
    entries = acquire_entries([{"from": "url", "to": "sounds"}], [], "stem", Path("a.yaml"), tmp_path, tmp_path)
    places = Places(str(tmp_path / "results"))
    run = SimpleNamespace(places=places, acquisition=Acquisition({"birds": entries}, places, tmp_path))
    assert fetched_text(run, 0.0) == ""
    became = [
        ("there", None, 3_000_000),
        ("there", None, 1_000_000),
        ("gone", "not_found", None),
        ("failed", "busy", None),
    ]
    wanted = to_fetch("acquire[0]", [{"address": f"https://h/{n}", "path": f"sounds/{n}"} for n in range(4)])
    rows = [
        row | {"status": status, "reason": reason, "bytes": size, "sha256": "0" * 64 if size else None}
        for row, (status, reason, size) in zip(wanted.iter_rows(named=True), became, strict=True)
    ]
    file = Path(places.acquired("birds", AUDIO))
    write_table(fetches(rows), file, schemas.FETCHES)
    header, _, line = fetched_text(run, 0.0).splitlines()
    assert header.split() == ["dataset", "fetched", "there", "gone", "refused", "failed", "size"]
    assert line.split() == ["birds", "audio", "2", "1", "0", "1", "4.0", "MB"]
    assert fetched_text(run, file.stat().st_mtime + 1) == ""
