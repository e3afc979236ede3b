"""One delivery, as a process that may be killed too: `python -m tests.deliver.once <export> <place> <aside>`."""

import json
import logging
import sys
from pathlib import Path

from workflow_scripts.deliver.handing_on import Plan, hand_on, plan
from workflow_scripts.deliver.manifest import What
from workflow_scripts.deliver.outgoing import Outgoing, files_of
from workflow_scripts.deliver.target import target_of

WHAT = What("mine", "tars", "webdataset", "0.1.0")


def look(export: Path, place: str, aside: Path, what: What = WHAT) -> Plan:
    """What a place wants of an export."""
    return plan(what, files_of(export), target_of(place), place, aside)


def deliver(export: Path, place: str, aside: Path, what: What = WHAT) -> list[str]:
    """Hand an export on; the paths that were sent."""
    sent: list[Outgoing] = hand_on(what, look(export, place, aside, what), target_of(place), place)
    return [one.path for one in sent]


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    print(json.dumps(deliver(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))))
