"""An audit of the lock passes only where every package was looked up and none has an advisory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

AUDIT = Path(__file__).resolve().parents[1] / "envs/dependencies/audit.py"
WELL = {"name": "polars", "version": "2.1.0", "vulns": []}
SKIPPED = {"name": "altair", "skip_reason": "Dependency not found and could not be audited: altair (6.3.0)"}
ADVISORY = {"id": "PYSEC-2018-28", "fix_versions": ["2.20.0"], "aliases": ["CVE-2018-18074"], "description": "…"}
HURT = {"name": "requests", "version": "2.19.0", "vulns": [ADVISORY]}


def audit(found: str) -> tuple[int, str]:
    """Exit code and words for what pip-audit printed."""
    done = subprocess.run([sys.executable, AUDIT], input=found, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def of(*packages: dict[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_packages_without_an_advisory_pass() -> None:
    assert audit(of(WELL)) == (0, "1 packages, no known advisory\n")


def test_advisory_is_a_failure_that_names_package_advisory_and_cure() -> None:
    told = "requests==2.19.0: PYSEC-2018-28, CVE-2018-18074; mended in 2.20.0\n"
    assert audit(of(WELL, HURT)) == (1, told)


def test_package_that_is_skipped_is_a_failure_that_names_it() -> None:
    code, told = audit(of(WELL, SKIPPED))
    assert (code, told.splitlines()) == (1, [f"altair: not looked up: {SKIPPED['skip_reason']}"])


def test_service_that_knows_no_package_is_told() -> None:
    code, told = audit(of(SKIPPED))
    assert code == 1
    assert "the service knows none of the 1 packages" in told


@pytest.mark.parametrize("found", ["", "{}", of()], ids=["nothing", "no report", "no package"])
def test_without_an_answer_the_audit_fails(found: str) -> None:
    assert audit(found)[0] == 1
