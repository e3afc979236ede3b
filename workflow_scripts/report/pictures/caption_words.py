"""Which words captions are made of."""

import polars as pl

from workflow_scripts.report.drawing import words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.bars import bars
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "Words of captions"
CATEGORY = "Captions"
MOST = 30
LEFT_OUT = """
a about above across after again against all along also among an and another any are around as at away back be because
been before behind being below beside between both but by can continues continuously could different do does down due
during each eventually few followed following for from gets getting go goes going has have he heard her here his how i
if in into is it its itself just like lot made make makes making many more most multiple near no not of off on once
one or other others out over own past repeatedly same several she so some someone something start starts stop stops
such suddenly than that the their them then there these they this those through to together too two under until up
using various very was we were what when where which while who with within without you your
"""
"""English words that say nothing of what is heard."""
COUNTS = r"""
WITH parts AS (  -- few of the parts between blanks are different: punctuation is taken off those alone
    SELECT part, count(*) AS times
    FROM (SELECT unnest(string_split(lower(text), ' ')) AS part FROM captions)
    GROUP BY part
),
folded AS (
    SELECT regexp_replace(part, '^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$', '', 'g') AS word, sum(times)::BIGINT AS count
    FROM parts
    GROUP BY word
)
SELECT word AS name, count, sum(count) OVER ()::BIGINT AS said, count(*) OVER () AS words
FROM folded
WHERE regexp_matches(word, '\p{L}')
QUALIFY NOT list_contains($left_out, word)
ORDER BY count DESC, word
LIMIT $most
"""


def draw(ask: Asked) -> Drawn | Nothing:
    """A bar a word, those that are said most often."""
    counts = ask(COUNTS, left_out=LEFT_OUT.split(), most=MOST)
    if counts.is_empty():
        return Nothing("The dataset has no captions with words.")
    said, different = counts["said"][0], counts["words"][0]
    shown = counts.with_columns(name=pl.Series(words.labels(counts["name"].to_list())))
    first = [
        f"{words.quoted(word)} {words.counted(count, 'time')}"
        for word, count in counts.head(3).select("name", "count").rows()
    ]
    return Drawn(
        bars(shown, "times that it is said (share of all words)", said),
        f"Captions have {words.counted(said, 'word')}, {different:,} of them different; those that say what is heard "
        f"are most often {words.listed(first)}.",
    )
