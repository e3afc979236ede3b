"""The tables of folders of sounds."""

from workflow_scripts.adapters import IngestSettings
from workflow_scripts.adapters.folders.called import of_folders
from workflow_scripts.adapters.folders.metadata import of_metadata
from workflow_scripts.sources.clips.assemble import Told, assembled
from workflow_scripts.sources.clips.judge import judged
from workflow_scripts.sources.clips.vocabulary import read_vocabulary
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.ingested import Ingested

MATCH = "path"


def ingest(settings: IngestSettings) -> Ingested:
    """Read what the folders of a dataset hold, or what their metadata says.

    Raises:
        SourceError: a source that cannot be used at all; single bad rows become rejects instead.
    """
    sources = settings.sources
    if ("folder" in sources) == ("metadata" in sources):
        raise SourceError(
            f"dataset {settings.name}: sources: expected `folder`, whose folders are the classes, or `metadata`, which "
            "says what each sound is; not both"
        )
    if "folder" in sources:
        rows, counted = of_folders(sources["folder"], settings.looks)
    else:
        named = sources["metadata"]
        rows, counted = of_metadata([named] if isinstance(named, str) else named)
    told = Told(judged(rows, "clip", MATCH), lambda labels: read_vocabulary("labels", {}, labels), counted)
    return assembled(told, settings.rights)
