"""Where clips were recorded."""

import polars as pl

from workflow_scripts.report.drawing import words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.columns import extent
from workflow_scripts.report.drawing.globe import globe, middle_of
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "Where it was recorded"
CATEGORY = "Places and times"
FEW = 300
"""Places that are shown as they are; more are counted in cells."""
CELLS = 60
"""Cells from edge to edge of where there are places."""
SAID = """
SELECT
    (SELECT count(*) FROM clips) AS clips,
    count(*) FILTER (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180) AS placed,
    count(*) FILTER ((latitude IS NULL) <> (longitude IS NULL)) AS half,
    count(*) FILTER (latitude = 0 AND longitude = 0) AS nowhere,
    count(*) FILTER (latitude NOT BETWEEN -90 AND 90 OR longitude NOT BETWEEN -180 AND 180) AS off
FROM origins
"""
PLACES = """
SELECT
    avg(latitude) AS latitude, avg(longitude) AS longitude, count(*) AS count
FROM origins
WHERE latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180
GROUP BY floor(latitude / $step), floor(longitude * cos(radians((floor(latitude / $step) + 0.5) * $step)) / $step)
ORDER BY ALL
"""
"""Cells are as high as wide, and so about the same size everywhere."""
STEPS = (10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
EXACT = 1e-5
"""Degrees: a metre."""


def draw(ask: Asked) -> Drawn | Nothing:
    """A circle a place, or a cell of many; as much of the earth as they are on."""
    said = ask(SAID).row(0, named=True)
    if not said["placed"]:
        return Nothing("No clip says where it was recorded.")
    middle = middle_of(ask(PLACES, step=1.0))
    spots = ask(
        "SELECT count(DISTINCT (latitude, longitude)) FROM origins WHERE latitude + longitude IS NOT NULL"
    ).item()
    step = EXACT if spots <= FEW else next((one for one in STEPS if one <= 2 * middle.reach / CELLS), STEPS[-1])
    places = ask(PLACES, step=step)
    chart = globe(places, middle, "clips" if step == EXACT else f"clips in a cell of {step:g}°")
    return Drawn(chart, _sentence(said, places, spots))


def _sentence(said: dict[str, int], places: pl.DataFrame, spots: int) -> str:
    fullest = places.sort("count", "latitude", "longitude", descending=True).row(0, named=True)
    where = f"{_parallel(fullest['latitude'])} {_meridian(fullest['longitude'])}"
    south, north = map(_parallel, extent(places["latitude"]))
    at = f"1 place, {where}" if spots == 1 else f"{spots:,} places between {south} and {north}"
    if spots > 1 and fullest["count"] > 1:
        at += f", most at or about {where} ({fullest['count']:,}, {words.share(fullest['count'], said['placed'])})"
    faults = {
        "say latitude or longitude alone": said["half"],
        "say more degrees than there are": said["off"],
        "say 0° N 0° E, where hardly anybody records": said["nowhere"],
    }
    parts = [f"{count:,} {fault}" for fault, count in faults.items() if count]
    return (
        f"Where it was recorded is said of {said['placed']:,} of {words.counted(said['clips'], 'clip')} "
        f"({words.share(said['placed'], said['clips'])}): {'; '.join([at, *parts])}."
    )


def _parallel(degrees: float) -> str:
    return f"{abs(degrees):.1f}° {'S' if degrees < 0 else 'N'}"


def _meridian(degrees: float) -> str:
    return f"{abs(degrees):.1f}° {'W' if degrees < 0 else 'E'}"
