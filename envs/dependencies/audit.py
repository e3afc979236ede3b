"""Judge what pip-audit found (its JSON comes on standard input): strictly, so that nothing passes by being skipped."""

import json
import sys
from typing import Any


def faults(report: dict[str, Any]) -> list[str]:
    """A line for each advisory, and for each package that could not be looked up."""
    told = []
    for package in report["dependencies"]:
        called = f"{package['name']}=={package.get('version', '?')}"
        if why := package.get("skip_reason"):
            told.append(f"{package['name']}: not looked up: {why}")
        for advisory in package.get("vulns", []):
            mended = ", ".join(advisory["fix_versions"]) or "no version yet"
            told.append(f"{called}: {', '.join([advisory['id'], *advisory['aliases']])}; mended in {mended}")
    return told


def main() -> int:
    """Print the faults; 0 where every package was looked up and none has an advisory."""
    try:
        report = json.load(sys.stdin)
        count, told = len(report["dependencies"]), faults(report)
    except (ValueError, KeyError, TypeError):
        print("error: the service of advisories gave no answer, so nothing is known of any package", file=sys.stderr)
        return 1
    skipped = sum(bool(package.get("skip_reason")) for package in report["dependencies"])
    if count and skipped == count:
        told.append(
            f"error: the service knows none of the {count} packages: it is not reached, or another answers for it"
        )
    print("\n".join(told) or f"{count} packages, no known advisory", file=sys.stderr if told else sys.stdout)
    return bool(told) or not count


if __name__ == "__main__":
    sys.exit(main())
