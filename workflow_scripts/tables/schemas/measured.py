"""What is measured of recordings by window."""

import polars as pl

from workflow_scripts.tables.declared import Schema
from workflow_scripts.tables.schemas.columns import (
    IDENTIFIER,
    at_least,
    column,
    finite,
    in_range,
    matches,
    one_of,
    share,
)

WINDOW = {
    "clip_id": column(pl.String, "the clip", matches(IDENTIFIER)),
    "onset_s": column(pl.Float64, "where the window starts, seconds from the clip's start", at_least(0)),
    "offset_s": column(pl.Float64, "where it ends, seconds from the clip's start", at_least(0)),
}
ACOUSTIC_INDICES = ("aci", "ndsi", "adi", "aei", "bi")

DIRECTIONS_ARE = {
    "measured": "they are in `directions`",
    "mono": "its media has one channel",
    "dual_mono": "both hold the same sound",
    "one_sided": "one is 60 dB below the other",
    "multichannel": "there are more than two",
    "unsynchronised": "two clocks recorded them: the time between them drifts along a line, or is longer than any way "
    "between the microphones",
}
"""What is told of the directions in a clip."""

WINDOWED = Schema(
    "windowed",
    "one row for each clip that is measured in windows, of datasets whose file has `measure`, and what came of it",
    {
        "clip_id": column(pl.String, "the clip", matches(IDENTIFIER), unique=True),
        "windows": column(pl.Int64, "how many were measured; 0 where it could not be read", at_least(0)),
        "directions": column(
            pl.String,
            "; ".join(f"{kind}: {meaning}" for kind, meaning in DIRECTIONS_ARE.items()) + "; null if not asked for",
            one_of(DIRECTIONS_ARE),
            null=True,
        ),
        "lag_s": column(
            pl.Float64,
            "the median time by which the second channel is behind the first, looked for up to 1 s; null if none "
            "stands out",
            finite(),
            null=True,
        ),
        "drift_ppm": column(
            pl.Float64,
            "by how much it grows, microseconds a second: the median slope between the lags of windows; null of fewer "
            "than 4",
            finite(),
            null=True,
        ),
        "error_kind": column(
            pl.String, "why it could not be measured, in a word; null if it was", matches(r"^[a-z_]+$"), null=True
        ),
        "error": column(pl.String, "the same in words", null=True),
    },
)

DIRECTIONS = Schema(
    "directions",
    "one row for each direction from which something is heard in a window of a stereo recording, by the time between "
    "its channels (generalised cross-correlation with the phase transform, Knapp and Carter 1976); one without a delay "
    "where none stands out",
    {
        **WINDOW,
        "ordinal": column(
            pl.Int32,
            "which of the window's directions, from 0, the clearest first; null if there is none",
            at_least(0),
            null=True,
        ),
        "delay_s": column(
            pl.Float64,
            "by how much the second channel (right) is behind the first (left), seconds: above 0 if it is nearer to "
            "the left",
            finite(),
            null=True,
        ),
        "delay_samples": column(pl.Float64, "the same in samples of its media, in fractions", finite(), null=True),
        "height": column(
            pl.Float64,
            "height of the peak: 1 if all that the channels have in common, above chance, has this delay",
            finite(),
            null=True,
        ),
        "side": column(
            pl.String,
            "nearer to which microphone: left, right, or middle, within half a sample",
            one_of(["left", "middle", "right"]),
            null=True,
        ),
        "angle_deg": column(
            pl.Float64,
            "degrees to the left of straight ahead, or behind: two microphones cannot tell; of sound that is far away, "
            "at 343.2 m/s; null if `distance_m` is not known, or too small for this delay",
            in_range(-90.0, 90.0),
            null=True,
        ),
        "level_difference_db": column(
            pl.Float64,
            "power of the first channel over the second in the band, dB; null if one is silent there",
            finite(),
            null=True,
        ),
        "coherence": column(
            pl.Float64,
            "magnitude-squared coherence of the channels, weighted by power; null of one segment, or of silence",
            share(),
            null=True,
        ),
        "coherent_share": column(
            pl.Float64, "share of the frequencies in the band at which it is above what chance gives", share()
        ),
    },
    unique=("clip_id", "onset_s", "ordinal"),
    rules={"offset_s > onset_s": pl.col("offset_s") > pl.col("onset_s")},
)

INDICES = Schema(
    "indices",
    "one row for each acoustic index of each window of a recording, of its first channel, by scikit-maad",
    {
        **WINDOW,
        "index": column(
            pl.String,
            "aci (Pieretti and others 2011; of the whole window, so it grows with it), ndsi (Kasten and others 2012), "
            "adi and aei (Villanueva-Rivera and others 2011), bi (Boelman and others 2007)",
            one_of(ACOUSTIC_INDICES),
        ),
        "value": column(
            pl.Float64,
            "the index; null where the recording does not reach up to highest_hz, and of silence or less than 0.2 s",
            finite(),
            null=True,
        ),
        "lowest_hz": column(pl.Float64, "lowest frequency of the band that it speaks of, hertz", at_least(0)),
        "highest_hz": column(
            pl.Float64, "highest frequency of it, hertz: of what is above it says nothing", at_least(0)
        ),
    },
    unique=("clip_id", "onset_s", "index"),
)

BY_WINDOW = {"directions": DIRECTIONS, "indices": INDICES}
"""What is told of each window."""

WINDOWS = {"windowed": WINDOWED} | BY_WINDOW
"""What is measured in windows, of a dataset whose file asks for it."""

DAYLIGHT = Schema(
    "daylight",
    "where the sun stood: one row for each clip of which place, day and hour are known, of datasets whose file has "
    "`over_years`",
    {
        "clip_id": column(pl.String, "the clip", matches(IDENTIFIER), unique=True),
        "sunrise_at": column(
            pl.String, "the nearest sunrise at its place, UTC, ISO 8601; null where the sun does not rise", null=True
        ),
        "hours_from_sunrise": column(
            pl.Float64,
            "hours from it to the start of the recording, below 0 before it; null likewise",
            in_range(-12.0, 12.0),
            null=True,
        ),
    },
)

TRENDS = Schema(
    "trends",
    "how the rate changes at which models detect each class, over the years: one row a class for all sites together, "
    "and one for each site where there are several, of datasets whose file has `over_years`",
    {
        "class_id": column(pl.String, "the class"),
        "site": column(pl.String, "the site; null for all together", null=True),
        "first_day": column(pl.String, "the first day on which anything was recorded there"),
        "last_day": column(pl.String, "the last"),
        "days": column(pl.Int64, "days on which anything was", at_least(1)),
        "hours": column(pl.Float64, "hours recorded on them", at_least(0)),
        "detections": column(pl.Int64, "clips in which models are sure enough of the class", at_least(0)),
        "change": column(
            pl.Float64,
            "factor by which detections an hour change from one year to the next: 0.9 is a tenth less; null if that "
            "cannot be told",
            at_least(0),
            null=True,
        ),
        "low": column(pl.Float64, "lower end of its interval of 95 %", at_least(0), null=True),
        "high": column(pl.Float64, "upper end", at_least(0), null=True),
        "reason": column(pl.String, "why it cannot be told", null=True),
    },
    unique=("class_id", "site"),
)

FIT = {
    "clip_id": column(pl.String, "the clip", matches(IDENTIFIER)),
    "ordinal": column(pl.Int32, "which of the clip's captions, from 0", at_least(0)),
    "text": column(
        pl.String, "the caption that was scored; one that a review corrected stands there as it was found too"
    ),
    "score": column(
        pl.Float64,
        "cosine of the vectors that the model has for the caption and for the sound, -1 to 1, the more the better it "
        "fits; of a clip longer than the model hears at once the mean over stretches of that length; null where the "
        "sound could not be read",
        in_range(-1.0, 1.0),
        null=True,
    ),
    "windows": column(pl.Int64, "how many stretches were heard; 0 where it could not be read", at_least(0)),
    "error_kind": column(
        pl.String, "why it could not be scored, in a word; null if it was", matches(r"^[a-z_]+$"), null=True
    ),
    "error": column(pl.String, "the same in words", null=True),
}

CAPTION_FIT = Schema(
    "caption_fit",
    "how well captions fit the sound of their usable clips, as a CLAP model hears it: one row a caption, of datasets "
    "whose file has `caption_fit`",
    {
        **FIT,
        "low": column(
            pl.Boolean,
            "the score is below the bound that the dataset file gives; null if it gives none, or there is no score",
            null=True,
        ),
        "model": column(pl.String, "what the folder of the model is called"),
        "model_digest": column(pl.String, "XXH3-128 of the model's files, hexadecimal", matches("^[0-9a-f]{32}$")),
    },
    unique=("clip_id", "ordinal", "text"),
)

SCORED = Schema(
    "scored",
    "the same of one job, with what says that a score still holds",
    {
        **FIT,
        "bytes_digest": column(pl.String, "of the media, as in `checks`", null=True),
        "start_s": column(pl.Float64, "where the clip starts in its media, seconds; null for all of it", null=True),
        "end_s": column(pl.Float64, "where it ends, seconds; likewise", null=True),
        "made_as": column(pl.String, "JSON: the digest of the model, and the version of how it was asked"),
    },
    unique=("clip_id", "ordinal", "text"),
)

OF_FIT = {"caption_fit": CAPTION_FIT}
"""What is made of a dataset whose file asks how well captions fit their sound."""

OF_YEARS = {"daylight": DAYLIGHT, "trends": TRENDS}
"""What is made of a dataset whose file asks for change over the years."""
