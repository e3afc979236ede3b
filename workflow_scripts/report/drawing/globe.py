"""Places on the outline of the land, seen from above their middle: equal areas are equal everywhere."""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import polars as pl

from workflow_scripts.report.drawing import style
from workflow_scripts.report.drawing.columns import most

LAND = Path(__file__).parents[1] / "natural_earth" / "land-110m.json"
WIDTH, HEIGHT = 760, 390
LEAST_REACH = 15.0
"""Degrees around the middle that are shown at least: the outline is coarse."""
SPARSE, CROWD = 60, 300
"""Circles that there is room for, however small they are; and however large."""
WORLD = 55.0
"""Degrees around the middle from which on all of the earth is shown."""


@dataclass(frozen=True)
class Middle:
    """The middle of places on a sphere, and how far the farthest is from it; all in degrees.

    Attributes:
        latitude: of the middle.
        longitude: of the middle.
        reach: angle to the farthest place.
    """

    latitude: float
    longitude: float
    reach: float


def middle_of(places: pl.DataFrame) -> Middle:
    """Of places (columns `latitude` and `longitude`, degrees), also where they lie on both sides of the date line.

    >>> middle_of(pl.DataFrame({"latitude": [0.0, 0.0], "longitude": [179.0, -179.0]}))
    Middle(latitude=0.0, longitude=180.0, reach=1.0)
    """
    latitude, longitude = pl.col("latitude").radians(), pl.col("longitude").radians()
    points = places.select(x=latitude.cos() * longitude.cos(), y=latitude.cos() * longitude.sin(), z=latitude.sin())
    x, y, z = points.mean().row(0)
    length = math.hypot(x, y, z)
    if length < 1e-6:  # all around the earth
        return Middle(0.0, 0.0, 180.0)
    nearness = (points["x"] * x + points["y"] * y + points["z"] * z) / length
    reach = math.degrees(math.acos(max(-1.0, min(1.0, float(nearness.min() or 0)))))
    degrees = math.degrees(math.asin(z / length)), math.degrees(math.atan2(y, x))
    return Middle(round(degrees[0], 3), round(degrees[1], 3), round(reach, 3))


def globe(places: pl.DataFrame, middle: Middle, title: str) -> Any:
    """A circle a place, as large as its count.

    Args:
        places: columns `latitude`, `longitude` (degrees) and `count`.
        middle: of them.
        title: what is counted.
    """
    largest = most(places["count"])
    sea = alt.Chart(alt.sphere()).mark_geoshape(fill="#F2F5F7", stroke=style.RULE, strokeWidth=0.5, clip=True)
    net = alt.Chart(alt.graticule(step=[_net(middle)] * 2)).mark_geoshape(
        fill=None, stroke=style.RULE, strokeOpacity=0.35, strokeWidth=0.5, clip=True
    )
    land = alt.Chart(alt.InlineData(values=_outline(), format=alt.TopoDataFormat(type="topojson", feature="land")))
    ground = land.mark_geoshape(fill="#D9D9D0", stroke=style.RULE, strokeWidth=0.5, clip=True)
    domain, least = [1, max(largest, 2)], 9 if len(places) > SPARSE else 40
    circles = (
        alt.Chart(places.sort("count", descending=True))
        .mark_circle(opacity=0.75, stroke=style.ON_DARK, strokeWidth=0.4, clip=True)
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            size=alt.Size(
                "count:Q",
                title=title,
                scale=alt.Scale(domain=domain, range=[least, 500 if len(places) <= CROWD else 220]),
            ).legend(values=_round(largest), format=",d", symbolFillColor=style.BLUE, symbolStrokeWidth=0),
            color=alt.value(style.BLUE),
        )
    )
    projection = _projection(middle)
    return alt.layer(sea, ground, net, circles).project(**projection).properties(width=WIDTH, height=HEIGHT)


def _net(middle: Middle) -> int:
    """Degrees between two lines of the net."""
    return next((step for step in (5, 10, 20) if max(middle.reach, LEAST_REACH) < 4 * step), 30)


def _round(largest: int) -> list[int]:
    """Round numbers, for a legend of sizes.

    >>> _round(1), _round(7), _round(476)
    ([1], [1, 5], [1, 20, 200])
    """
    power = 10 ** int(math.log10(largest))
    high = max(step * power for step in (1, 2, 5) if step * power <= largest)
    return sorted({1, high // 10, high} - {0})


def _projection(middle: Middle) -> dict[str, Any]:
    if middle.reach >= WORLD:
        return {"type": "equalEarth", "scale": WIDTH / 5.5, "translate": [WIDTH / 2, HEIGHT / 2]}
    reach = math.radians(max(1.15 * middle.reach, LEAST_REACH))
    return {
        "type": "azimuthalEqualArea",
        "rotate": [-middle.longitude, -middle.latitude, 0],
        "scale": HEIGHT / 2 / (2 * math.sin(reach / 2)),
        "translate": [WIDTH / 2, HEIGHT / 2],
        "clipAngle": 90,
    }


@cache
def _outline() -> dict[str, Any]:
    outline: dict[str, Any] = json.loads(LAND.read_text(encoding="utf-8"))
    return outline
