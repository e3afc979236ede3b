"""What checks tell of the media that events are heard in."""

from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.reading import MEDIA, Tables


def durations(tables: Tables) -> Keyed:
    """How long each media is, as `media_duration_s`: the ledger tells that of clips."""
    columns = [*MEDIA, "duration_s"]
    return Keyed(
        lambda: (some.rename({"duration_s": "media_duration_s"}) for some in tables.each_checks(columns)), MEDIA
    )
