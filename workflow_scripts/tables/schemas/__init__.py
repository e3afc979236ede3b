"""Every table of the results, column by column: type, rule, unit and meaning. A family of tables has a module.

These descriptions are also the column comments of the catalogue.
"""

from workflow_scripts.tables.schemas.against import FINGERPRINTS as FINGERPRINTS
from workflow_scripts.tables.schemas.against import FOREIGN_CLIPS as FOREIGN_CLIPS
from workflow_scripts.tables.schemas.against import LEAKED as LEAKED
from workflow_scripts.tables.schemas.against import SHARED_BY as SHARED_BY
from workflow_scripts.tables.schemas.checked import CHANNEL_LAYOUTS as CHANNEL_LAYOUTS
from workflow_scripts.tables.schemas.checked import CHECKS as CHECKS
from workflow_scripts.tables.schemas.checked import DECODERS as DECODERS
from workflow_scripts.tables.schemas.checked import MEDIA as MEDIA
from workflow_scripts.tables.schemas.checked import NOT_LOOKED_AT as NOT_LOOKED_AT
from workflow_scripts.tables.schemas.columns import FILE_NAME as FILE_NAME
from workflow_scripts.tables.schemas.columns import IDENTIFIER as IDENTIFIER
from workflow_scripts.tables.schemas.derived import AUGMENTATIONS as AUGMENTATIONS
from workflow_scripts.tables.schemas.derived import PARTS as PARTS
from workflow_scripts.tables.schemas.derived import PLANNED_AUGMENTATIONS as PLANNED_AUGMENTATIONS
from workflow_scripts.tables.schemas.derived import PLANNED_PARTS as PLANNED_PARTS
from workflow_scripts.tables.schemas.derived import PLANNED_SCENES as PLANNED_SCENES
from workflow_scripts.tables.schemas.derived import SCENES as SCENES
from workflow_scripts.tables.schemas.fetched import FETCH_STATUSES as FETCH_STATUSES
from workflow_scripts.tables.schemas.fetched import FETCHES as FETCHES
from workflow_scripts.tables.schemas.fetched import TO_FETCH as TO_FETCH
from workflow_scripts.tables.schemas.ingested import CAPTIONS as CAPTIONS
from workflow_scripts.tables.schemas.ingested import CLASSES as CLASSES
from workflow_scripts.tables.schemas.ingested import FOUND_CAPTIONS as FOUND_CAPTIONS
from workflow_scripts.tables.schemas.ingested import LABELS as LABELS
from workflow_scripts.tables.schemas.ingested import MIXTURES as MIXTURES
from workflow_scripts.tables.schemas.ingested import ORIGINS as ORIGINS
from workflow_scripts.tables.schemas.ingested import PROMISED as PROMISED
from workflow_scripts.tables.schemas.ingested import REJECTS as REJECTS
from workflow_scripts.tables.schemas.ingested import SOURCES as SOURCES
from workflow_scripts.tables.schemas.judged import AGREEMENT as AGREEMENT
from workflow_scripts.tables.schemas.judged import DETECTIONS as DETECTIONS
from workflow_scripts.tables.schemas.judged import DISPUTED as DISPUTED
from workflow_scripts.tables.schemas.judged import FOUND_REVIEWS as FOUND_REVIEWS
from workflow_scripts.tables.schemas.judged import LABEL_ISSUES as LABEL_ISSUES
from workflow_scripts.tables.schemas.judged import PREDICTIONS as PREDICTIONS
from workflow_scripts.tables.schemas.judged import REVIEWS as REVIEWS
from workflow_scripts.tables.schemas.judged import VERDICTS as VERDICTS
from workflow_scripts.tables.schemas.matched import MATCHED as MATCHED
from workflow_scripts.tables.schemas.matched import SAME_BY as SAME_BY
from workflow_scripts.tables.schemas.matched import SAME_SOUND as SAME_SOUND
from workflow_scripts.tables.schemas.matched import SKIPPED_BECAUSE as SKIPPED_BECAUSE
from workflow_scripts.tables.schemas.matched import SKIPPED_SOUNDS as SKIPPED_SOUNDS
from workflow_scripts.tables.schemas.matched import SOUND_GROUPS as SOUND_GROUPS
from workflow_scripts.tables.schemas.matched import SOUND_PAIRS as SOUND_PAIRS
from workflow_scripts.tables.schemas.measured import ACOUSTIC_INDICES as ACOUSTIC_INDICES
from workflow_scripts.tables.schemas.measured import BY_WINDOW as BY_WINDOW
from workflow_scripts.tables.schemas.measured import CAPTION_FIT as CAPTION_FIT
from workflow_scripts.tables.schemas.measured import DAYLIGHT as DAYLIGHT
from workflow_scripts.tables.schemas.measured import DIRECTIONS as DIRECTIONS
from workflow_scripts.tables.schemas.measured import DIRECTIONS_ARE as DIRECTIONS_ARE
from workflow_scripts.tables.schemas.measured import INDICES as INDICES
from workflow_scripts.tables.schemas.measured import OF_FIT as OF_FIT
from workflow_scripts.tables.schemas.measured import OF_YEARS as OF_YEARS
from workflow_scripts.tables.schemas.measured import SCORED as SCORED
from workflow_scripts.tables.schemas.measured import TRENDS as TRENDS
from workflow_scripts.tables.schemas.measured import WINDOWED as WINDOWED
from workflow_scripts.tables.schemas.measured import WINDOWS as WINDOWS
from workflow_scripts.tables.schemas.paired import PAIRED as PAIRED
from workflow_scripts.tables.schemas.paired import PAIRS as PAIRS
from workflow_scripts.tables.schemas.paired import UNPAIRED as UNPAIRED
from workflow_scripts.tables.schemas.paired import UNPAIRED_BECAUSE as UNPAIRED_BECAUSE
from workflow_scripts.tables.schemas.resolved import CLIPS as CLIPS
from workflow_scripts.tables.schemas.resolved import CLIPS_BEFORE as CLIPS_BEFORE
from workflow_scripts.tables.schemas.resolved import ORPHAN_REASONS as ORPHAN_REASONS
from workflow_scripts.tables.schemas.resolved import ORPHANS as ORPHANS
from workflow_scripts.tables.schemas.resolved import ROOTS as ROOTS
from workflow_scripts.tables.schemas.resolved import RUNS as RUNS
from workflow_scripts.tables.schemas.resolved import SPLITS as SPLITS
from workflow_scripts.tables.schemas.resolved import STATUSES as STATUSES
from workflow_scripts.tables.schemas.resolved import SUBSETS as SUBSETS
from workflow_scripts.tables.schemas.resolved import SUMMARY as SUMMARY

INGESTED = {
    "promised": PROMISED,
    "labels": LABELS,
    "found_captions": FOUND_CAPTIONS,
    "classes": CLASSES,
    "origins": ORIGINS,
    "mixtures": MIXTURES,
    "rejects": REJECTS,
    "sources": SOURCES,
}
"""What every adapter makes."""

SCANNED = {"rejects": REJECTS, "not_looked_at": NOT_LOOKED_AT}
"""What a scan makes beside the media lists."""

RESOLVED = {
    "clips": CLIPS,
    "orphans": ORPHANS,
    "summary": SUMMARY,
    "roots": ROOTS,
    "captions": CAPTIONS,
    "reviews": REVIEWS,
}
"""What resolve makes."""
IN_OTHERS = ("promised", "found_captions")
"""Tables of ingest that are no views: what they hold stands in `clips` and `captions` too."""

JUDGED = {
    "reviews": {"found_reviews": FOUND_REVIEWS, "rejects": REJECTS, "sources": SOURCES},
    "predictions": {"predictions": PREDICTIONS, "detections": DETECTIONS, "rejects": REJECTS, "sources": SOURCES},
}
"""What is made, of datasets whose file has that key, of files that speak of clips others promise."""

DERIVED = {"scenes": SCENES, "parts": PARTS, "augmentations": AUGMENTATIONS}
"""What is made, of datasets that are derived from others, beside their tables."""

WEIGHED = {"reviews": {"agreement": AGREEMENT}, "predictions": {"label_issues": LABEL_ISSUES}}
"""What is made of the same by holding it against each other, and against labels."""

ASSIGNED = {"splits": SPLITS, "subsets": SUBSETS}
"""What a dataset has whose file asks for splits with care."""
