"""What is said of clips, counted by sets of classes: two million clips of AudioSet have fifty thousand of them."""

from workflow_scripts.report.drawing.asking import Asked

_WHOLE = "SELECT split, class_ids, count(*) AS clips FROM clips GROUP BY ALL"
_EVENTS = """
SELECT split, class_ids, count(*) AS clips
FROM (
    SELECT any_value(split) AS split, list(DISTINCT class_id ORDER BY class_id) AS class_ids
    FROM labels JOIN clips USING (clip_id)
    WHERE origin = 'annotated'
    GROUP BY clip_id
)
GROUP BY ALL
"""


def class_sets(ask: Asked) -> str:
    """SQL of `split`, `class_ids`, `clips`: what is said of whole clips, or of parts of them where nothing else is.

    Rows of one set and split are one; clips that nothing is said of may be among them.
    """
    return _WHOLE if are_of_whole_clips(ask) else _EVENTS


def are_of_whole_clips(ask: Asked) -> bool:
    """Whether what these are made of is said of whole clips, and not of parts of them."""
    return bool(ask("SELECT EXISTS (FROM clips WHERE len(class_ids) > 0) AS answer")["answer"].item())
