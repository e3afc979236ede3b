"""AudioSet: segment lists, class list, ontology, and optionally strong labels.

Sources: Gemmeke et al., "Audio Set: an ontology and human-labeled dataset for audio events", ICASSP 2017, and
Hershey et al., "The benefit of temporally-strong labels in audio event classification", ICASSP 2021; the files are
described at https://research.google.com/audioset/download.html and download_strong.html.
"""

from workflow_scripts.adapters.audioset.assemble import ingest

__all__ = ["ingest"]
