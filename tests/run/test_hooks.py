"""Jobs of this run are recognised in a cluster's queue, whatever rule they are of, and those of others are not."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.project import REPOSITORY
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.run.hooks import Started
from workflow_scripts.settings.acquire import acquire_entries
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.roots import Root
from workflow_scripts.settings.run import Run


@dataclass
class Rule:
    name: str
    wildcard_names: set[str] = field(default_factory=set)


@dataclass
class Workflow:
    rules: list[Rule]
    local_exec: bool = True


RULES = [
    Rule("check", {"root", "shard"}),
    Rule("scan", {"root"}),
    Rule("ingest", {"dataset"}),
    Rule("export", {"dataset", "export"}),
    Rule("build_catalogue"),
]


def test_connections_to_a_host_are_a_resource_that_a_command_may_limit(tmp_path: Path) -> None:
    """Each job of a host takes four; eight are there unless somebody says otherwise."""
    written = [{"url": "https://zenodo.org/a.zip", "to": "a.zip"}, {"url": "hf://datasets/a/b/", "to": "b"}]
    entries = acquire_entries([*written, {"from": "url", "to": "c"}], [], "stem", Path("a.yaml"), tmp_path, tmp_path)
    run = Run(Places("results"), "always", {}, (8000, 1 << 34), datasets={"birds": SimpleNamespace(acquire=entries)})
    limits = {"connections_zenodo_org": 4}
    workflow = SimpleNamespace(rules=RULES, resource_settings=SimpleNamespace(resources=limits))
    taken = Started(run, "/here", 0.0, "", workflow).connections_of_hosts()
    assert limits == {"connections_zenodo_org": 4, "connections_hf": 8, "connections_rows": 8}
    job = SimpleNamespace(leaf="zenodo_org-0110")
    assert {name: takes(job) for name, takes in taken.items()} == {
        "connections_hf": 0,
        "connections_rows": 0,
        "connections_zenodo_org": 4,
    }


@pytest.fixture
def started() -> Started:
    roots = {slug: Root(slug, f"/{slug}", False) for slug in ("wav-1234", "wav.x-5678")}
    run = Run(Places("results"), "always", {}, (8000, 1 << 34), datasets={"birds": None, "bells": None}, roots=roots)
    return Started(run, "/here", 0.0, "", Workflow(RULES))


@pytest.mark.parametrize(
    "comment",
    [
        "rule_check_wildcards_wav-1234_0001",
        "rule_check_wildcards_wav.x-5678_0000",
        "rule_scan_wildcards_wav-1234",
        "rule_ingest_wildcards_bells",
        "rule_export_wildcards_birds_csv_short",
        "rule_build_catalogue_wildcards",
        "rule_build_catalogue_wildcards_",
    ],
)
def test_jobs_of_the_rules_roots_and_datasets_of_this_run_are_its_own(started: Started, comment: str) -> None:
    assert started.comments.fullmatch(comment)


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "rule_check_wildcards_mirror-9999_0001",
        "rule_check_wildcards_wavyx-5678_0000",
        "rule_check_wildcards_wav-12345_0001",
        "rule_ingest_wildcards_birdsong",
        "rule_other_wildcards_birds",
        "rule_check",
        "my rule_check_wildcards_wav-1234_0001",
    ],
)
def test_jobs_of_others_are_not(started: Started, comment: str) -> None:
    assert not started.comments.fullmatch(comment)


def test_where_jobs_run_is_asked_when_it_is_known(started: Started) -> None:
    """Snakemake chooses the executor after it has parsed the rules."""
    assert started.is_local
    started.workflow.local_exec = False
    assert not started.is_local


def test_a_limit_of_no_time_is_none(tmp_path: Path) -> None:
    """A run of real jobs, of which some wait: Snakemake looks at them when one ends, and not all the time."""
    (tmp_path / "Snakefile").write_text(
        "import sys, time\n"
        f"sys.path.insert(0, {str(REPOSITORY)!r})\n"
        "from workflow_scripts.run.hooks import Started\n"
        "onstart: Started(None, '', 0.0, '', workflow).lift_limit_of_no_time()\n"
        "rule all:\n    input: expand('{n}.txt', n=range(4))\n"
        "rule one:\n    output: '{n}.txt'\n    shell: 'sleep 0.5; touch {output}'\n"
    )
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--verbose", "--max-jobs-per-timespan", "100/0s"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert 4 <= (done.stdout + done.stderr).count("Ready jobs: ") <= 20


def _scoring(rule: str, *methods: str) -> Started:
    """A run in which a job of a rule is to be done."""
    datasets = {"mine": SimpleNamespace(caption_fit={"model": "clap"}), "other": SimpleNamespace(caption_fit={})}
    run = Run(Places("results"), "always", {}, (8000, 1 << 34), datasets=datasets)
    jobs = [SimpleNamespace(rule=Rule("check")), SimpleNamespace(rule=Rule(rule))]
    deployment = SimpleNamespace(deployment_method=[SimpleNamespace(name=method) for method in methods])
    workflow = SimpleNamespace(dag=SimpleNamespace(needrun_jobs=lambda: jobs), deployment_settings=deployment)
    return Started(run, "/here", 0.0, "", workflow)


def test_where_captions_are_to_be_scored_what_does_it_has_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the run ends before its first job. In environments of conda it is."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SoundledgerError, match=r"dataset mine: .* `make clap` installs it"):
        _scoring("plan_fit").refuse_without_library()
    _scoring("export").refuse_without_library()
    _scoring("plan_fit", "CONDA").refuse_without_library()
