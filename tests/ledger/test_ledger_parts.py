"""The ledger comes in parts: whatever they are, the tables are the same bytes."""

import hashlib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.checked import LIMITS, check, clips_table, resolved, root
from tests.ledger.worlds import FINDINGS, worlds
from workflow_scripts.ledger import checked, copies, rows
from workflow_scripts.ledger.checked import RootChecks
from workflow_scripts.ledger.resolve import resolve
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import aside
from workflow_scripts.tables.store import write_parts, write_table

World = tuple[list[str], list[dict[str, str]]]
SOUNDS = ([0.1, 0.5, 0.1, 0.5, 0.1, 0.5], [0.5, 0.1, 0.1, 0.1, 0.5, 0.5])


def _clips(promised: list[str]) -> pl.DataFrame:
    """Every clip, every other one from another second too."""
    spans = [(clip_id, 30.0) for clip_id in promised] + [(clip_id, 99.0) for clip_id in promised[::2]]
    return clips_table(
        *(
            {
                "clip_id": f"{key}_{start:.0f}",
                "media_key": key,
                "start_s": start,
                "end_s": start + 1,
                "split": f"to_{start:.0f}",
            }
            for key, start in spans
        )
    )


def _roots(folder: Path, found: list[dict[str, str]]) -> list[RootChecks]:
    """Roots of two shards, of which the second holds recordings; names tell which of two sounds a file is."""
    roots = []
    for place, files in enumerate(found):
        made = []
        for number, (path, finding) in enumerate(files.items()):
            sound = SOUNDS[len(path) % 2]
            levels = {"envelope_peak": sound, "envelope_rms": sound, "sample_rate": 2, "frames": 6}
            made.append(check(path, pcm_digest=f"{place}/{number}", **levels) | FINDINGS[finding])
        holds = "recordings" if place == 1 else "clips"
        roots.append(root(folder, f"root{9 - place}", *made, shards=2, holds=holds))
    return roots


def _digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / f"{name}.parquet").read_bytes()).hexdigest() for name in schemas.RESOLVED}


@settings(max_examples=25, deadline=None)
@given(worlds, st.integers(1, 5), st.sampled_from(["youtube", "stem", "path"]))
def test_the_tables_are_the_same_bytes_whatever_the_parts(
    tmp_path_factory: pytest.TempPathFactory, world: World, clips_at_once: int, match: str
) -> None:
    promised, found = world
    folder = tmp_path_factory.mktemp("world")
    clips, roots = _clips(promised), _roots(folder, found)
    for name, table in resolved(clips, roots, match).items():
        write_table(table, folder / "whole" / f"{name}.parquet", schemas.RESOLVED[name])
    with aside(folder / "parts" / "clips.parquet") as put, pytest.MonkeyPatch.context() as constants:
        for module in (rows, copies):
            constants.setattr(module, "SPANS_AT_ONCE", clips_at_once)
        constants.setattr(copies, "VALUES_AT_ONCE", 4 * clips_at_once)
        constants.setattr(checked, "FILES_AT_ONCE", clips_at_once)
        tables = resolve(clips.lazy(), roots, LIMITS, match, aside=put, clips_at_once=clips_at_once)
        for name, parts in tables:
            write_parts(parts, folder / "parts" / f"{name}.parquet", schemas.RESOLVED[name])
    assert _digests(folder / "parts") == _digests(folder / "whole")
    assert len(list((folder / "parts").iterdir())) == len(schemas.RESOLVED)


def test_more_clips_than_one_part_need_a_folder(tmp_path: Path) -> None:
    clips = clips_table({"clip_id": "one"}, {"clip_id": "two"})
    with pytest.raises(ValueError, match="2 parts of clips, and no folder"):
        resolved(clips, [root(tmp_path, "wav", check("one.wav"))], "stem", clips_at_once=1)
