"""What a run consists of, written down when it starts for those who ask nothing but files."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.settings.run import Run
from workflow_scripts.settings.version import VERSION
from workflow_scripts.tables.files import whole


@dataclass(frozen=True)
class RunFile:
    """What a run consists of.

    Attributes:
        started: seconds since 1970.
        on_cluster: its jobs are those of a cluster.
        fingerprint: of the check's settings; rows of another are from before.
        version: of this project.
        datasets: for each dataset the slugs of its roots, in the order of its file.
        roots: the slugs of all.
        place: the absolute path of the results.
        folder: where the run was started.
        reviews: for each dataset the files of reviews that its file names, as seen from that folder.
    """

    started: float
    on_cluster: bool
    fingerprint: str
    version: str
    datasets: dict[str, list[str]]
    roots: list[str]
    place: str
    folder: str
    reviews: dict[str, list[str]] = field(default_factory=dict)


def write_run_file(run: Run, started: float, on_cluster: bool, fingerprint: str) -> None:
    """Write down what a run consists of."""
    content = RunFile(
        started,
        on_cluster,
        fingerprint,
        VERSION,
        {name: list(dataset.audio) for name, dataset in run.datasets.items()},
        list(run.roots),
        os.path.abspath(run.places.results),
        os.getcwd(),
        {name: list(dataset.judgements["reviews"]) for name, dataset in run.datasets.items()},
    )
    with whole(Path(run.places.run_file)) as part:
        part.write_text(json.dumps(asdict(content), indent=1) + "\n")


def read_run_file(file: Path) -> RunFile:
    """What the last run that started here consists of.

    Raises:
        SoundledgerError: there is no such file, or none of this version.
    """
    try:
        return RunFile(**json.loads(file.read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        raise SoundledgerError(
            f"{file}: no such file. A run writes it when its first job starts: start the run, "
            "or name its results folder: make status RESULTS=/scratch/out"
        ) from None
    except (ValueError, TypeError) as error:
        raise SoundledgerError(f"{file}: not what this version writes ({error}); start the run again") from None
