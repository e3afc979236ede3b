"""What the sample holds, as tables: the clips and their files, the rows that are wrong, the strong events, the orphans.

Everything is made up but the classes, which are AudioSet's own and written here by name (ontology.json has their ids).
"""

from typing import NamedTuple

from workflow_scripts.sample.sounds import (
    Sound,
    barks,
    beeps,
    birdsong,
    chirps,
    church_bell,
    clatter,
    hum,
    melody,
    muffled,
    rain,
    silence,
    siren,
    speech,
    stream,
    ticks,
    white_noise,
    wind,
)

SPLITS = ("balanced_train", "unbalanced_train", "eval")
"""In this order an id belongs to the first list that promises it."""


ARCHIVE = "archive.tar"
"""The root that is a tar, below audio/."""


class Copy(NamedTuple):
    """One file of a clip, at audio/<root>/<name>; in the root `clips`, and in the tar, lies a folder for each split."""

    root: str  # clips, mirror, archive.tar or recordings
    name: str  # {id}, {start} and {end} stand for the clip's own, in whole seconds
    rate: int  # Hz
    layout: str  # mono, dual_mono or stereo
    fault: str = ""  # what is wrong with it: a name from encode.DAMAGE, or nan_sample
    seconds: float | None = None  # where it is not as long as the clip


class Clip(NamedTuple):
    """One good row of a segment list, its files, and what the ledger should say of it."""

    split: str
    id: str
    start: float  # seconds
    end: float  # seconds
    classes: str  # by name, with " | " between; what begins with "/" is an id already
    sound: Sound
    level_db: float  # peak, in dB of full scale; above 0 it clips
    copies: tuple[Copy, ...]
    status: str = "usable"
    served_by: str = "clips"  # the root of the first usable copy; empty where there is none


class BadRow(NamedTuple):
    """One row of a segment list that can become no clip, as it stands there."""

    split: str
    text: str
    reason: str


class Event(NamedTuple):
    """One row of strong.tsv: a class heard from onset to offset, in seconds after the segment's start."""

    segment_id: str  # <clip id>_<start in ms>
    onset: float
    offset: float
    class_name: str  # or its id
    reason: str = ""  # of the reject, where the row is wrong


WholeRow = tuple[str, float, float, str, Sound, float, str, int, str]
TroubledRow = tuple[str, str, float, float, str, Sound, str, str]

WHOLE: dict[str, tuple[WholeRow, ...]] = {
    # id, start, end, classes, sound, level, file, rate, layout
    "balanced_train": (
        ("-dash-birds", 30, 33, "Wild animals | Bird | Chirp, tweet", chirps, -6, "Y{id}.wav", 44100, "stereo"),
        ("--twodashes", 0, 2, "Speech | Male speech, man speaking", speech, -12, "{id}.wav", 16000, "mono"),
        ("_underscore", 10, 13, "Music", melody, -3, "{id}_{start}_{end}.ogg", 22050, "stereo"),
        ("YYoung-dogs", 30, 32, "Domestic animals, pets | Dog | Bark", barks, -4, "{id}.wav", 16000, "mono"),
        ("Yodel-hill1", 30, 33, "Bell | Church bell", church_bell, -6, "Y{id}.mp3", 44100, "mono"),
        ("bird_30_033", 40, 43, "Bird vocalization, bird call, bird song", birdsong, -18, "{id}.wav", 22050, "mono"),
        ("clockwork-7", 120, 122, "Mechanisms | Clock | Tick", ticks, -9, "{id}_{start}.000.flac", 32000, "mono"),
        ("drizzle_001", 50, 53, "Water | Rain", rain, -10, "Y{id}.WAV", 16000, "mono"),
        ("everybeep-1", 0, 2, "Beep, bleep | Alarm", beeps, -20, "{id}.wav", 8000, "dual_mono"),
        ("faraway-hum", 90, 93, "Noise", hum, -46, "{id}_{start}.000.flac", 44100, "stereo"),
        ("gustofwind1", 30, 32.5, "Wind", wind, -8, "Y{id}.wav", 8000, "mono"),
        ("hushhushhsh", 30, 33, "Silence", silence, 0, "{id}.wav", 16000, "mono"),
        ("ironclatter", 20, 22, "Clatter", clatter, -5, "Y{id}.mp3", 16000, "mono"),
    ),
    "unbalanced_train": (
        ("-minus-rain", 30, 33, "Rain", rain, -14, "Y{id}.wav", 32000, "mono"),
        ("-10dBsiren_", 200, 203, "Alarm | Siren", siren, -10, "{id}_{start}_{end}.ogg", 44100, "mono"),
        ("__dunder__x", 30, 32, "Clicking | Tick", ticks, -15, "{id}.wav", 44100, "mono"),
        ("Yesterday-1", 0, 3, "Music | Musical instrument", melody, -5, "{id}_{start}.000.flac", 44100, "stereo"),
        ("Yellow_bird", 60, 62, "Bird | Chirp, tweet", chirps, -11, "Y{id}.mp3", 22050, "mono"),
        ("YYY-sirens1", 30, 32, "Siren", siren, -7, "Y{id}.wav", 16000, "dual_mono"),
        ("animal-farm", 30, 33, "Animal | Dog", barks, -3, "{id}.wav", 22050, "stereo"),
        ("bandlimited", 30, 33, "Noise", muffled, -9, "{id}.wav", 44100, "mono"),
        ("chapel-bell", 340, 343, "Church bell", church_bell, -13, "{id}_{start}_{end}.ogg", 32000, "stereo"),
        ("clippedbell", 30, 32, "Bell", church_bell, 12, "Y{id}.wav", 16000, "mono"),
        ("dripstone-4", 15, 18, "Water", stream, -17, "{id}_{start}.000.flac", 16000, "mono"),
        ("eight-khz-1", 30, 33, "Speech", speech, -6, "{id}.wav", 8000, "mono"),
        ("foghiss-009", 30, 32, "White noise | Noise", white_noise, -24, "Y{id}.mp3", 8000, "mono"),
        ("grandfather", 70, 73, "Clock", ticks, -30, "{id}.wav", 16000, "stereo"),
        ("halfasecond", 0, 0.6, "Beep, bleep", beeps, -6, "Y{id}.wav", 16000, "mono"),
        ("in-the-wood", 30, 33, "Wild animals | Bird | Wind", birdsong, -8, "Y{id}.wav", 32000, "stereo"),
        ("jamsession_", 30, 33, "Music", melody, -1, "{id}_{start}_{end}.ogg", 44100, "stereo"),
        ("phone-memo1", 5, 8, "Speech", speech, -15, "{id}.m4a", 44100, "mono"),
        ("wren-dawn03", 30, 33, "Bird | Chirp, tweet", chirps, -16, "{id}_{start}.000.flac", 22050, "mono"),
    ),
    "eval": (
        ("-eval-wind_", 30, 33, "Wind", wind, -12, "{id}_{start}.000.flac", 16000, "mono"),
        ("_low-bells_", 30, 33, "Bell", church_bell, -9, "Y{id}.wav", 22050, "dual_mono"),
        ("YouAreHere1", 10, 12, "Speech | Male speech, man speaking", speech, -18, "Y{id}.mp3", 44100, "stereo"),
        ("armchairdog", 30, 32, "Domestic animals, pets | Dog", barks, -6, "{id}.wav", 44100, "mono"),
        ("brook-babbl", 30, 33, "Water", stream, -10, "{id}_{start}_{end}.ogg", 16000, "mono"),
        ("cuckooclock", 0, 3, "Mechanisms | Clock | Bird", ticks, -6, "Y{id}.WAV", 8000, "mono"),
        ("dinnerplate", 30, 32, "Clatter", clatter, -3, "{id}.wav", 32000, "mono"),
        ("dogs-repost", 12, 14, "Dog | Bark", barks, -4, "{id}_{start}.000.flac", 16000, "mono"),
        ("emergency-9", 80, 83, "Alarm | Siren", siren, -2, "Y{id}.wav", 16000, "stereo"),
        ("fridge_hums", 30, 33, "Noise | Mechanisms | /m/0madeup1", hum, -20, "{id}.wav", 16000, "mono"),
        ("footstep_99", 30, 32, "Clicking", ticks, -14, "Y{id}.wav", 44100, "mono"),
        ("geigercount", 30, 33, "White noise", white_noise, -8, "{id}_{start}_{end}.ogg", 8000, "mono"),
        ("harp_in_sun", 0, 3, "Music | Musical instrument", melody, -12, "{id}.wav", 22050, "stereo"),
        ("video-siren", 30, 33, "Siren", siren, -9, "{id}.webm", 48000, "stereo"),
        ("gentle_rain", 30, 33, "Rain | Water | Rain", rain, -22, "Y{id}.mp3", 32000, "mono"),
    ),
}
"""The clips that have one whole file in audio/clips and are usable."""

REPOSTED = {"dogs-repost": "YYoung-dogs"}
"""The clips that hold the very samples of another one: somebody has posted it again under another name."""

TROUBLED: tuple[TroubledRow, ...] = (
    # split, id, start, end, classes, sound, status, served by
    ("balanced_train", "-nowhere-to", 30, 33, "Speech", speech, "missing", ""),
    ("eval", "gone_forevr", 100, 103, "Music", melody, "missing", ""),
    ("balanced_train", "empty-file1", 30, 33, "Bird", birdsong, "unreadable", ""),
    ("unbalanced_train", "html-error1", 30, 33, "Dog | Bark", barks, "unreadable", ""),
    ("eval", "cut-in-half", 30, 33, "Rain", rain, "truncated", ""),
    ("unbalanced_train", "header-only", 30, 33, "Wind", wind, "truncated", ""),
    ("balanced_train", "blink-of-an", 30, 33, "Clock | Tick", ticks, "too_short", ""),
    ("unbalanced_train", "longest-one", 30, 42, "Noise", hum, "too_long", ""),
    ("unbalanced_train", "seismograph", 30, 33, "Noise", wind, "resample_failed", ""),
    ("eval", "not-a-numbr", 30, 33, "Siren", siren, "feature_failed", ""),
    ("balanced_train", "beyond-the1", 40, 43, "Music", melody, "outside_media", ""),
    ("unbalanced_train", "fieldrec_01", 10, 13, "Wild animals | Rain", rain, "usable", "recordings"),
    ("eval", "Yfieldrec02", 27, 30, "Bird vocalization, bird call, bird song", birdsong, "usable", "recordings"),
    ("unbalanced_train", "mirror-only", 30, 33, "Church bell", church_bell, "usable", "mirror"),
    ("balanced_train", "mirror-heal", 30, 33, "Speech", speech, "usable", "mirror"),
    ("eval", "both-places", 30, 33, "Bird | Chirp, tweet", chirps, "usable", "clips"),
    ("balanced_train", "tarred-bell", 30, 33, "Bell | Church bell", church_bell, "usable", ARCHIVE),
    ("unbalanced_train", "packed-rain", 30, 33, "Rain", rain, "usable", ARCHIVE),
    ("unbalanced_train", "rotten-disc", 30, 33, "Music", melody, "unreadable", ""),
    ("eval", "shelved-hum", 30, 33, "Noise", hum, "usable", ARCHIVE),
)
"""The clips whose files are missing, wrong, or not (only) in audio/clips. Their files stand in the next table."""

TROUBLED_FILES: tuple[tuple[str, Copy], ...] = (
    # id, (root, file, rate, layout, fault, seconds)
    ("empty-file1", Copy("clips", "Y{id}.wav", 16000, "mono", "no_bytes")),
    ("html-error1", Copy("clips", "{id}.wav", 16000, "mono", "html_page")),
    ("cut-in-half", Copy("clips", "{id}.wav", 16000, "mono", "cut_in_half")),
    ("header-only", Copy("clips", "Y{id}.wav", 16000, "mono", "header_only")),
    ("blink-of-an", Copy("clips", "Y{id}.wav", 16000, "mono", seconds=0.02)),
    ("longest-one", Copy("clips", "{id}.wav", 8000, "mono")),
    ("seismograph", Copy("clips", "{id}.wav", 800, "mono")),
    ("not-a-numbr", Copy("clips", "{id}.wav", 16000, "mono", "nan_sample")),
    ("beyond-the1", Copy("recordings", "{id}.wav", 8000, "mono", seconds=30)),
    ("fieldrec_01", Copy("recordings", "{id}.wav", 8000, "mono", seconds=30)),
    ("Yfieldrec02", Copy("recordings", "Y{id}.flac", 8000, "mono", seconds=30)),
    ("mirror-only", Copy("mirror", "Y{id}.wav", 16000, "mono")),
    ("mirror-heal", Copy("clips", "{id}.wav", 22050, "mono", "no_bytes")),
    ("mirror-heal", Copy("mirror", "{id}.wav", 22050, "mono")),
    ("both-places", Copy("clips", "Y{id}.wav", 44100, "mono")),
    ("both-places", Copy("mirror", "{id}.wav", 22050, "mono")),
    ("tarred-bell", Copy(ARCHIVE, "Y{id}.wav", 16000, "mono", "cut_in_half")),  # superseded by the member behind it
    ("tarred-bell", Copy(ARCHIVE, "Y{id}.wav", 16000, "mono")),
    ("packed-rain", Copy(ARCHIVE, "{id}.flac", 22050, "mono")),
    ("rotten-disc", Copy(ARCHIVE, "{id}.flac", 32000, "mono", "zeros_inside")),
    ("shelved-hum", Copy(ARCHIVE, "{id}_{start}_{end}.ogg", 8000, "mono")),
)

TROUBLED_LEVEL_DB = -6.0

ORPHANS: tuple[tuple[str, Sound, int], ...] = (
    # path below audio/, sound, rate; two seconds, mono
    ("clips/eval/nobody-asks.wav", beeps, 8000),
    ("clips/unbalanced_train/wren-dawn03_90.wav", chirps, 8000),
)
"""Files that no clip asks for: a name that is nobody's id, and an id that is promised with another start."""

BAD_ROWS: tuple[BadRow, ...] = (
    BadRow("balanced_train", '#NAME?, 30.000, 33.000, "/m/015p6"', "bad_id"),
    BadRow("balanced_train", "half-a-row1, 30.000, 33.000", "malformed_row"),
    BadRow("balanced_train", 'drizzle_001, 50.000, 53.000, "/m/06mb1"', "duplicate_id"),
    BadRow("unbalanced_train", 'ten-letter, 30.000, 33.000, "/m/04rlf"', "bad_id"),
    BadRow("unbalanced_train", 'halfpastsix, half past, 33.000, "/m/01x3z"', "bad_time"),
    BadRow("unbalanced_train", 'rewindtape1, 33.000, 30.000, "/m/04rlf"', "backward_time"),
    BadRow("unbalanced_train", '--twodashes, 0.000, 2.000, "/m/09x0r"', "duplicate_id"),
    BadRow("eval", "just-an-id1", "malformed_row"),
    BadRow("eval", 'nan-is-none, nan, 33.000, "/m/096m7z"', "bad_time"),
    BadRow("eval", 'stand-still, 30.000, 30.000, "/m/028v0c"', "backward_time"),
    BadRow("eval", 'strangers-1, 30.000, 33.000, "/m/0madeup1,/m/0madeup2"', "no_known_label"),
    BadRow("eval", 'jamsession_, 30.000, 33.000, "/m/04rlf"', "duplicate_id"),
)

LABEL_REJECTS: dict[str, str] = {"fridge_hums": "unknown_class", "gentle_rain": "repeated_class"}
"""The clips one of whose labels is wrong, by id; their other labels hold."""

STRONG_ONLY: dict[str, str] = {"/t/dd00138": "Brief tone"}
"""Classes that AudioSet's strong labels know and its ontology does not (there, Brief tone is /t/dd000138)."""

STRONG_EVENTS: tuple[Event, ...] = (
    Event("-dash-birds_30000", 0.0, 3.0, "Bird"),
    Event("-dash-birds_30000", 0.0, 0.209, "Chirp, tweet"),
    Event("-dash-birds_30000", 0.418, 0.626, "Chirp, tweet"),
    Event("-dash-birds_30000", 0.835, 1.044, "Chirp, tweet"),
    Event("YYoung-dogs_30000", 0.0, 0.25, "Bark"),
    Event("YYoung-dogs_30000", 0.7, 0.949, "Bark"),
    Event("YYoung-dogs_30000", 1.399, 1.649, "Bark"),
    Event("_underscore_10000", 0.0, 3.0, "Music"),
    Event("clockwork-7_120000", 0.0, 0.015, "Tick"),
    Event("clockwork-7_120000", 0.496, 0.511, "Tick"),
    Event("clockwork-7_120000", 0.992, 1.006, "Tick"),
    Event("clockwork-7_120000", 1.502, 1.487, "Tick", "backward_time"),
    Event("everybeep-1_0", 0.0, 0.191, "Beep, bleep"),
    Event("everybeep-1_0", 0.478, 0.669, "Beep, bleep"),
    Event("everybeep-1_0", 0.478, 0.669, "/t/dd00138"),
    Event("emergency-9_80000", 0.0, 3.0, "Siren"),
    Event("emergency-9_80000", 0.0, 3.0, "Alarm"),
    Event("emergency-9_80000", 0.5, 0.8, "/m/0madeup1", "unknown_class"),
    Event("emergency-9_60000", 0.0, 1.0, "Siren", "unknown_clip"),
    Event("who-is-this_30000", 0.0, 2.0, "Music", "unknown_clip"),
)


def clips() -> list[Clip]:
    """Every clip of the sample, in the order of the lists and, within a list, of the ids."""
    whole = [
        Clip(split, clip_id, start, end, classes, sound, level_db, (Copy("clips", name, rate, layout),))
        for split, rows in WHOLE.items()
        for clip_id, start, end, classes, sound, level_db, name, rate, layout in rows
    ]
    troubled = [
        Clip(split, clip_id, start, end, classes, sound, TROUBLED_LEVEL_DB, _files_of(clip_id), status, served_by)
        for split, clip_id, start, end, classes, sound, status, served_by in TROUBLED
    ]
    return sorted(whole + troubled, key=lambda clip: (SPLITS.index(clip.split), clip.id))


def _files_of(clip_id: str) -> tuple[Copy, ...]:
    return tuple(copy for owner, copy in TROUBLED_FILES if owner == clip_id)
