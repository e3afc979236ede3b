"""What a public project has: one version number, how it is cited, and what the Snakemake workflow catalog wants."""

import json
import re

import yaml

from tests.project import REPOSITORY, Project
from workflow_scripts.settings.version import VERSION


def text(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def test_the_changelog_begins_with_this_version() -> None:
    heading = re.search(r"^## (\S+)", text("CHANGELOG.md"), re.MULTILINE)
    assert heading
    assert heading[1] == VERSION


def test_the_citation_is_of_this_version() -> None:
    """Its other keys are those that version 1.2.0 of the Citation File Format wants."""
    citation = yaml.safe_load(text("CITATION.cff"))
    assert citation["version"] == VERSION
    assert citation["cff-version"] == "1.2.0"
    assert citation["authors"]
    assert {"message", "title", "license"} <= citation.keys()


def test_a_run_says_which_version_made_it(sample_project: Project) -> None:
    results = sample_project.folder / "results"
    assert f"\nSoundledger {VERSION}\n" in (results / "summary.txt").read_text()
    run = json.loads((results / "run.json").read_text())
    assert run["version"] == VERSION
    assert run["fingerprint"]


def test_the_workflow_catalog_finds_this_workflow() -> None:
    """It looks for a Snakefile, a README with two words, rules in .smk files; then config/README.md and this file."""
    readme = text("README.md").lower()
    assert "snakemake" in readme
    assert "workflow" in readme
    assert (REPOSITORY / "Snakefile").is_file()
    assert list((REPOSITORY / "rules").glob("*.smk"))
    assert (REPOSITORY / "config" / "README.md").is_file()
    usage = yaml.safe_load(text(".snakemake-workflow-catalog.yml"))["usage"]
    assert usage["mandatory-flags"].keys() == {"desc", "flags"}
    assert usage["software-stack-deployment"].keys() == {"conda", "apptainer", "apptainer+conda", "report"}


def test_security_says_how_to_report() -> None:
    assert "Report a vulnerability" in text("SECURITY.md")


def test_profile_of_slurm_names_the_rules_that_stay_here() -> None:
    of_here = re.search(r"^localrules:\n((?:    \w+,\n)+)", text("Snakefile"), re.MULTILINE)
    told = re.search(
        r"^# All rules go to the cluster but (.+?), which run where", text("profiles/slurm/config.yaml"), re.M | re.S
    )
    assert of_here
    assert told
    assert re.findall(r"\w+", told[1].replace("\n# ", " ").replace(" and ", " ")) == re.findall(r"\w+", of_here[1])
