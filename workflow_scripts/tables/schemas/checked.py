"""What lies in audio roots, and what one decoding of each media told."""

import polars as pl

from workflow_scripts.tables.declared import Schema
from workflow_scripts.tables.schemas.columns import at_least, column, finite, in_range, matches, one_of, share

DECODERS = ("libsndfile", "libsndfile_mended", "ffmpeg")
"""Of the first alone whoever opens a file with libsndfile gets what its check told of."""
CHANNEL_LAYOUTS = ("mono", "dual_mono", "one_sided", "stereo", "multichannel")

MEDIA_KEY = {
    "path": column(pl.String, "path below the root; bytes that are not UTF-8 stand as \\xNN"),
    "member": column(pl.String, "member of an archive, null for a file", null=True),
}

MEDIA = Schema(
    "media",
    "one row for each audio file, or audio member of an archive, found in a root; for each picture in a root of images",
    {
        **MEDIA_KEY,
        "stem": column(pl.String, "name of the file or member without its suffix"),
        "bytes": column(pl.Int64, "its size; null where its archive does not tell (Parquet)", at_least(0), null=True),
        "mtime_ns": column(pl.Int64, "time of the last change of the file or archive, nanoseconds since 1970"),
        "offset": column(
            pl.Int64,
            "where its archive holds it: byte of its data (tar), byte of its header (zip), row from 0 (Parquet)",
            at_least(0),
            null=True,
        ),
        "packed_bytes": column(
            pl.Int64, "its size as packed in a zip, or without its holes in a tar", at_least(0), null=True
        ),
        "crc32": column(pl.Int64, "CRC-32 of its bytes, as a zip says", at_least(0), null=True),
        "shard": column(
            pl.String,
            "its shard: the first bits of its path's hash (its member's, in a root that is one archive), or `all`",
            matches("^([01]+|all)$"),
        ),
    },
    unique=("path", "member"),
)

NOT_LOOKED_AT = Schema(
    "not_looked_at",
    "one row for each file or member of a root that holds audio of a kind that is not read",
    MEDIA_KEY,
    unique=("path", "member"),
)

CHECKS = Schema(
    "checks",
    "one row for each media: what one decoding of it told",
    {
        **MEDIA_KEY,
        "bytes": column(
            pl.Int64,
            "its size when it was checked; null where it is not known and was not read",
            at_least(0),
            null=True,
        ),
        "mtime_ns": column(pl.Int64, "time of the last change of its file then, nanoseconds since 1970"),
        "bytes_digest": column(pl.String, "XXH3-128 of its bytes", null=True),
        "load_ok": column(pl.Boolean, "it decodes to the end of what it holds"),
        "resample_ok": column(pl.Boolean, "it resamples to 16 kHz; null if it did not come so far", null=True),
        "feature_ok": column(
            pl.Boolean, "its fbank can be computed and is finite; null if it did not come so far", null=True
        ),
        "error_kind": column(pl.String, "kind of the first fault", matches(r"^[a-z_]+$"), null=True),
        "error": column(pl.String, "the first fault in words", null=True),
        "decoder": column(
            pl.String,
            "which decoder spoke: libsndfile; libsndfile_mended where it makes something else of the file as that is, "
            "and was given its bytes put right; ffmpeg of what libsndfile refuses or does not read to its end",
            one_of(DECODERS),
            null=True,
        ),
        "undecoded_bytes": column(
            pl.Int64,
            "size in bytes of what is neither tags nor headers and no decoder made sound of, at least; null where "
            "nobody knows",
            at_least(0),
            null=True,
        ),
        "format": column(
            pl.String,
            "container, as libsndfile or FFmpeg names it; ID3_WAV and ID3_AIFF where an ID3 tag is in front, "
            "CHAINED_OGG of several links; of a picture its kind, as Pillow names it",
            null=True,
        ),
        "subtype": column(
            pl.String,
            "encoding, as libsndfile or FFmpeg names it; of a codec for any bits, as ALAC, with _S32 behind it where "
            "samples have more than 16",
            null=True,
        ),
        "sample_rate": column(pl.Int64, "samples a second", at_least(1), null=True),
        "channels": column(pl.Int32, "number of channels", at_least(1), null=True),
        "frames": column(pl.Int64, "samples a channel that were decoded", at_least(0), null=True),
        "duration_s": column(pl.Float64, "seconds of sound that were decoded", at_least(0), null=True),
        "declared_duration_s": column(pl.Float64, "seconds that the header declares", at_least(0), null=True),
        "peak": column(
            pl.Float64, "largest absolute sample over all channels, full scale is 1", at_least(0), null=True
        ),
        "rms_dbfs": column(
            pl.Float64,
            "root mean square over all channels, dB of full scale (a square wave at full scale is 0); "
            "null for digital silence",
            finite(),
            null=True,
        ),
        "loudness_lufs": column(
            pl.Float64,
            "integrated loudness by EBU R 128, LUFS, as FFmpeg's ebur128 tells it (channels at the side and behind "
            "count 1.41 times, those for effects not at all, where the layout of more than two is known; else all do "
            "once); null unless the setting check.loudness asks for it, below 0.4 s or 8,000 samples a second, and "
            "where no block of 400 ms is louder than -70 LUFS",
            finite(),
            null=True,
        ),
        "true_peak_dbtp": column(
            pl.Float64,
            "largest absolute value over all channels of four times as many samples (of twice as many from 96,000 a "
            "second, of those that there are from 192,000), dB of full scale; null where check.loudness is not "
            "with_true_peak, and for digital silence",
            finite(),
            null=True,
        ),
        "dc_offset": column(pl.Float64, "mean sample over all channels, full scale is 1", finite(), null=True),
        "clipped_fraction": column(
            pl.Float64,
            "share of samples, over all channels, at full scale (32767/32768 or more) in runs of 3 or more in their "
            "channel (counted anew where a block of 16 s or less begins)",
            share(),
            null=True,
        ),
        "silent_fraction": column(
            pl.Float64,
            "share of 20 ms frames whose root mean square over all channels is below -60 dB of full scale",
            share(),
            null=True,
        ),
        "bandwidth_hz": column(
            pl.Float64,
            "frequency at which the spectrum of the first channel ends: the top of the highest band of some 150 Hz "
            "that is 10 dB above rounding to 16 bits and within 90 dB of the loudest band, over the whole sound but "
            "the eight of each ten seconds' 510 windows in which it is loudest; or that of a step, where it is "
            "solid for 1 kHz, then falls by 30 dB within 500 Hz and stays there; null if no band is, or below 0.1 s",
            at_least(0),
            null=True,
        ),
        "channel_layout": column(
            pl.String,
            "mono; dual_mono: two channels that differ by less than -60 dB; one_sided: one of two is 60 dB below "
            "the other; stereo; multichannel: more than two",
            one_of(CHANNEL_LAYOUTS),
            null=True,
        ),
        "channel_correlation": column(
            pl.Float64,
            "Pearson correlation of the first two channels, -1 to 1; null if there is one, or one varies by less than "
            "-50 dB",
            in_range(-1.0, 1.0),
            null=True,
        ),
        "channel_level_difference_db": column(
            pl.Float64,
            "root mean square of the first channel over that of the second, dB; null if there is one, or one is silent",
            finite(),
            null=True,
        ),
        "envelope_peak": column(
            pl.List(pl.Float32),
            "largest absolute sample of each half second over all channels, full scale is 1",
            null=True,
        ),
        "envelope_rms": column(
            pl.List(pl.Float32), "root mean square of each half second over all channels, full scale is 1", null=True
        ),
        "fbank_frames": column(pl.Int64, "frames of the fbank, 10 ms each", at_least(1), null=True),
        "fbank_mean": column(pl.Float64, "mean over all frames and mel bins of the fbank", finite(), null=True),
        "fbank_std": column(
            pl.Float64, "standard deviation over all frames and mel bins of the fbank", at_least(0), null=True
        ),
        "acoustic_fingerprint": column(
            pl.Binary,
            "what stays of its sound under another codec, rate, level or beginning, of the channel that its fbank is "
            "of: two bytes for each 50 ms (sound/fingerprint.py); null of less than 0.7 s, and of what is silent or "
            "steady throughout",
            null=True,
        ),
        "pcm_digest": column(pl.String, "XXH3-128 of the decoded samples, their rate and channels", null=True),
        "fingerprint": column(pl.String, "names the settings and version of the check"),
    },
    unique=("path", "member"),
    rules={
        "an envelope value for each half second": pl.all_horizontal(
            length.is_null() | (length == -(-2 * pl.col("frames") // pl.col("sample_rate")))
            for length in (pl.col(f"envelope_{kind}").list.len().cast(pl.Int64) for kind in ("peak", "rms"))
        )
    },
)
