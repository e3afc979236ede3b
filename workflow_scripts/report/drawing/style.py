"""How all pictures look: colours that the colour-blind tell apart, and that differ in grey too; letters, lines, sizes.

The colours are those of M. Okabe and K. Ito, "Color Universal Design" (2008).

A page that shows a picture in the dark overrides INK, RULE and PAPER, which stand as `fill` and `stroke` of elements,
by CSS: `[fill="#222222"] { fill: currentColor }`. What stands on a mark is ON_DARK or ON_LIGHT, and is left as it is.
"""

BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW = "#56B4E9", "#CC79A7", "#F0E442"
COLOURS = (BLUE, ORANGE, SKY, VERMILLION, GREEN, PURPLE, YELLOW)
"""For kinds, in this order: what stands side by side differs in grey as well."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "stroke")
"""For the same kinds, where they are points: nobody needs their colours."""
GREY = "#D0D0D0"
"""What is there for comparison, and what is left over."""
SEQUENCE = ("#DCEBF7", "#9DCBE8", "#4A98C9", "#1764AB", "#08306B")
"""From little to much."""
DARK_FROM = 0.65
"""Of the way from little to much: what stands on darker is ON_DARK, on others ON_LIGHT; contrast is 4.5 and more."""
INK, RULE, PAPER = "#222222", "#8A8A8A", "#FFFFFF"
ON_DARK, ON_LIGHT = "#FEFEFE", "#010101"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""The first comes with what draws, so that a picture is the same everywhere; the others are as wide."""
WIDTH = 900
"""Of a picture with its axes, at most about so many pixels: that of a page of text, or of paper."""
LONGEST = 40
"""Letters of a name beside an axis."""

_LABELS = {"labelFont": FONT, "labelFontSize": 12, "labelColor": INK}
_TITLES = {"titleFont": FONT, "titleFontSize": 12, "titleFontWeight": "bold", "titleColor": INK}
CONFIG = {
    "background": PAPER,
    "padding": 14,  # names reach into it where none of FONT is there, and others are wider
    "aria": False,  # a picture has a title and a description; to hear of each of its marks helps nobody
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        **_LABELS,
        **_TITLES,
        "domainColor": RULE,
        "tickColor": RULE,
        "gridColor": RULE,
        "gridOpacity": 0.25,
        "labelLimit": 320,
    },
    "legend": {**_LABELS, **_TITLES, "orient": "top", "labelLimit": 320, "symbolSize": 90},
    "header": {**_LABELS, **_TITLES, "labelFontWeight": "bold", "labelLimit": 320},
    "title": {"font": FONT, "fontSize": 13, "color": INK, "anchor": "start"},
    "bar": {"fill": BLUE},
    "text": {"font": FONT, "fontSize": 12, "fill": INK},
    "range": {"category": list(COLOURS), "symbol": list(SHAPES), "ramp": list(SEQUENCE), "heatmap": list(SEQUENCE)},
}
"""Of Vega-Lite, and of Vega as far as it has the same."""
