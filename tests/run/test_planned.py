from pathlib import Path
from types import SimpleNamespace

import pytest

from workflow_scripts.run.planned import Planned

PACK = {"dataset": "birds", "leaf": "01"}


class NotYetError(Exception):
    """What Snakemake's checkpoints raise until they have run."""


@pytest.fixture
def asked() -> list[dict[str, str]]:
    """With which wildcards the checkpoint was asked for."""
    return []


@pytest.fixture
def packs(asked: list[dict[str, str]], tmp_path: Path) -> Planned:
    """Of a plan that has been made: of two packs, beside which Snakemake has noted the time."""
    lists = tmp_path / "birds/.plan"
    lists.mkdir(parents=True)
    for name in ("10.parquet", "01.parquet", ".snakemake_timestamp"):
        (lists / name).touch()
    checkpoints = SimpleNamespace(plan=SimpleNamespace(get=lambda **wildcards: asked.append(wildcards)))
    places = f"{tmp_path}/{{dataset}}/.plan/{{leaf}}.parquet", "made/{dataset}/{leaf}.json"
    return Planned(checkpoints, "plan", *places, is_main=True)


def test_what_all_jobs_make_comes_in_the_order_of_their_names(packs: Planned, asked: list[dict[str, str]]) -> None:
    assert packs.made({"dataset": "birds"}) == ["made/birds/01.json", "made/birds/10.json"]
    assert asked == [{"dataset": "birds"}]


def test_nothing_is_looked_for_before_it_is_planned(packs: Planned) -> None:
    def not_yet(**_: str) -> None:
        raise NotYetError

    packs.checkpoints.plan.get = not_yet
    for function in (packs.made, packs.list_of_job):
        with pytest.raises(NotYetError):
            function(PACK)


def test_a_job_that_the_plan_has_no_more_has_no_list(packs: Planned, tmp_path: Path) -> None:
    assert packs.list_of_job(PACK) == f"{tmp_path}/birds/.plan/01.parquet"
    assert packs.list_of_job(PACK | {"leaf": "11"}) == []


def test_only_the_main_process_asks_for_the_plan(packs: Planned, tmp_path: Path) -> None:
    assert packs.plan(PACK) == f"{tmp_path}/birds/.plan"
    by_itself = Planned(packs.checkpoints, "plan", packs.list_place, packs.made_place, is_main=False)
    assert by_itself.plan(PACK) == []


def test_where_nothing_is_planned_no_plan_is_asked_for(packs: Planned, asked: list[dict[str, str]]) -> None:
    none = Planned(packs.checkpoints, "plan", packs.list_place, packs.made_place, True, lambda _: False)
    assert (none.plan(PACK), none.made(PACK), asked) == ([], [], [])
