"""The queries of addresses in dataset files, which may be keys: they stand there, and in nothing that a run writes.

Plans and parameters of jobs have addresses masked (`fetch.addresses.masked`). The job that asks a server takes them
from the dataset file once more.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workflow_scripts.fetch.addresses import masked
from workflow_scripts.settings.dataset import read_dataset
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.schemas import run_settings


def written_addresses(config: dict[str, Any], dataset: str, workdir: Path) -> dict[str, str]:
    """The addresses of a dataset that have a query, as they are written, by what they are masked.

    Args:
        config: of the run.
        dataset: its name.
        workdir: the folder of the run.
    """
    run = run_settings(config)
    files = (read_dataset(wanted, workdir, Places(run["results"])).content for wanted in run["datasets"])
    return _masked(file["acquire"] for file in files if file["name"] == dataset)


def _masked(acquires: Iterable[list[dict[str, Any]]]) -> dict[str, str]:
    addresses = [
        address
        for acquire in acquires
        for entry in acquire
        for address in (entry.get("url"), *entry.get("mirrors", ()))
        if address
    ]
    return {masked(address): address for address in addresses if masked(address) != address}
