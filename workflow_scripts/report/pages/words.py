"""Words and numbers of pages."""

STATUSES = {
    "missing": "no file was found for the clip",
    "ambiguous": "different sounds answer to its name, or one file to several clips",
    "unreadable": "its file does not decode",
    "truncated": "its file holds less than it declares",
    "too_short": "shorter than min_duration_s",
    "too_long": "longer than max_duration_s",
    "resample_failed": "its sound does not resample to 16 kHz",
    "feature_failed": "its fbank cannot be computed, or is not finite",
    "outside_media": "its span lies beyond the end of its file",
    "dropped": "usable, but dropped by reviews",
    "not_trainable": "usable, but shorter than train_min_duration_s",
}
"""Why clips are lost, by their status, and why usable ones are not trained on."""
FINDINGS = {
    "dual_mono": "both channels hold the same",
    "one_sided": "one of two channels is silent",
    "caption_empty": "no caption, or none that can be seen",
    "caption_junk": "no sentence about a sound",
    "caption_generic": "not a word of what is heard",
    "caption_repeated": "what a caption of another clip says",
    "caption_language": "in another language than most",
    "caption_contradicts": "names what all labels exclude",
    "caption_unfit": "scores low with the sound",
}
"""Findings that are told together."""
SHARED_BY = {
    "video": "one video or recording",
    "neighbours": "two stretches of it, one after the other",
    "source": "one publication",
    "media": "one file",
    "samples": "the same samples in two files",
    "sound": "the same sound, encoded, cut or mixed otherwise",
    "session": "one recording session",
}
"""What clips of several splits share."""
NOT_COMPARED = {
    "no_sound": "without sound that decodes",
    "silent": "silent, or nearly so",
    "too_short": "too short",
    "steady": "alike all along, as tones and steady noise are",
}
"""Why the sound of clips was held against no other."""


def hours(value: float) -> str:
    """Hours of sound, as precise as people read them.

    >>> hours(5789.4), hours(12.345), hours(0.0408), hours(0.0)
    ('5,789', '12.3', '0.041', '0')
    """
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2g}"


def size(count: int) -> str:
    """Bytes as people say them.

    >>> size(999), size(1_234), size(5_600_000)
    ('999 B', '1.2 kB', '5.6 MB')
    """
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"
