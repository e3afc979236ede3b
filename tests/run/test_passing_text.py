"""What the end of a run says of faults that may pass."""

import json
from pathlib import Path

from workflow_scripts.check.passing import TRIES, PassingFault, note_passing_faults
from workflow_scripts.run.passing import passing_text
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.roots import Root
from workflow_scripts.settings.run import Run
from workflow_scripts.tables.files import publish


def _run(folder: Path) -> Run:
    roots = {slug: Root(slug, f"/{slug}", False) for slug in ("one", "other")}
    return Run(Places(str(folder)), "always", {}, (8000, 1 << 34), roots=roots)


def _has_shards(run: Run, root: str, *shards: str) -> None:
    said = json.dumps(dict.fromkeys(shards, 1))
    publish(Path(run.places.shards(root)), lambda part: part.write_text(said) and None)


def _fault(path: str, kind: str) -> PassingFault:
    return PassingFault(path, None, 1, kind)


def test_nothing_is_said_where_nothing_may_pass(tmp_path: Path) -> None:
    assert passing_text(_run(tmp_path)) == ""
    note_passing_faults(Path(_run(tmp_path).places.passing_note("one", "0000")), [])
    assert passing_text(_run(tmp_path)) == ""


def test_faults_are_counted_over_roots_and_shards_and_then_given_up(tmp_path: Path) -> None:
    run = _run(tmp_path)
    _has_shards(run, "one", "0")
    _has_shards(run, "other", "all")
    one = Path(run.places.passing_note("one", "0"))
    note_passing_faults(one, [_fault("a.wav", "vanished")])
    assert passing_text(run) == "1 file has a fault that may pass (1 vanished): the next run looks again\n"
    for _ in range(TRIES):
        note_passing_faults(one, [_fault("a.wav", "vanished")])
    given_up = "looked at again 3 times, and not by itself any more"
    assert passing_text(run) == f"1 file has a fault that may pass (1 vanished): {given_up}\n"
    files = [_fault("b.wav", "io_error"), _fault("c.wav", "io_error")]
    note_passing_faults(Path(run.places.passing_note("other", "all")), files)
    assert passing_text(run) == (
        "3 files have a fault that may pass (2 io_error, 1 vanished): the next run looks at 2 of them again, "
        f"the others were {given_up}\n"
    )
    _has_shards(run, "other", "0", "1")
    assert passing_text(run).startswith("1 file has"), "notes of a shard that was split are of no file that there is"
