"""Synthetic soundscapes: events in front of a background, each at a level that is asked for.

Source: Salamon et al., "Scaper: a library for soundscape synthesis and augmentation", WASPAA 2017, whose words
foreground, background, SNR and polyphony are.
"""

import itertools
import logging
from typing import Any

import duckdb
import numpy as np
import polars as pl

from workflow_scripts.derive import draws
from workflow_scripts.derive.labels import heard_in
from workflow_scripts.derive.planned import OF_MEDIA, ScenePlan
from workflow_scripts.derive.pools import WINDOW_S, pool_of, sounding
from workflow_scripts.derive.prompts import captions_of
from workflow_scripts.derive.splits import scene_ids, scenes_of_splits
from workflow_scripts.errors import SoundledgerError

Array = np.ndarray[Any, Any]

LOUD = 0.1
"""What is within 20 dB of a clip's loudest half second is loud."""
LEAST_EVENT_S = 0.05
_log = logging.getLogger(__name__)
MOST_EVENTS = 100
BOUNDS = {
    "events": (0, MOST_EVENTS),
    "event_s": (LEAST_EVENT_S, 3600),
    "onset_s": (0, 3600),
    "snr_db": (-200, 200),
    "pitch_semitones": (-24, 24),
    "stretch": (0.5, 2),
}
"""Of what is drawn."""
COUNTED = ("events",)
_OF_POOL = {"dataset": "from_dataset", "clip_id": "from_clip_id"}


def plan(connection: duckdb.DuckDBPyConnection, asked: dict[str, Any], where: str) -> ScenePlan:
    """The scenes of a dataset. See `kinds.Kind`.

    Raises:
        SoundledgerError: a query chooses nothing, or too little for some split; a sound would be in several splits.
    """
    options = asked["soundscapes"]
    draws.refuse_beyond(options, BOUNDS, where, COUNTED)
    pools = {
        key: sounding(pool_of(connection, options[key], asked["from"], f"{where}.{key}"), f"{where}.{key}")
        for key in ("foreground", "background")
        if key in options
    }
    pools["foreground"] = events = with_loud(pools["foreground"])
    behind = None
    if "background" in pools:
        pools["background"] = behind = _long_enough(pools["background"], options["duration_s"], f"{where}.background")
    wanted = scenes_of_splits(options["scenes"], pools, where)
    made = [_split(split, count, asked["seed"], options, events, behind) for split, count in wanted.items()]
    scenes, parts = pl.concat([one for one, _ in made]), pl.concat([one for _, one in made])
    silent = len(scenes)
    scenes = scenes.join(parts.select("clip_id").unique(), on="clip_id", how="semi", maintain_order="left")
    if scenes.is_empty():
        raise SoundledgerError(f"{where}: of {silent:,} scenes none has a background or an event; ask for `events`")
    if silent := silent - len(scenes):
        _log.warning("%s: %d scenes have neither background nor event, and are none", where, silent)
    heard = heard_in(connection, parts)
    captions = _captions(connection, scenes, parts, heard, options["caption"], f"{where}.caption")
    scenes = scenes.join(captions, on="clip_id", how="left", maintain_order="left")
    return ScenePlan(scenes, parts.drop("class_id"), heard, [*pools.values()])


def with_loud(pool: pl.DataFrame) -> pl.DataFrame:
    """A pool with the stretch of each clip in which it is loud, and its loudest half second, seconds in the clip.

    Loud is what is within 20 dB of the loudest half second of what may be taken; the envelope is that of the check.
    """
    found = [
        _loud(row["envelope_rms"], row["clip_from_s"], row["start_s"], row["end_s"])
        for row in pool.iter_rows(named=True)
    ]
    loud = pl.DataFrame(found, schema=["loud_from_s", "loud_to_s", "loudest_s"], orient="row")
    return pool.hstack(loud.cast(pl.Float64)).drop("envelope_rms")


def _loud(envelope: list[float] | None, clip_from_s: float, start_s: float, end_s: float) -> tuple[float, float, float]:
    first = int((clip_from_s + start_s) / WINDOW_S)
    levels = np.asarray(envelope or [], np.float64)[first : int(np.ceil((clip_from_s + end_s) / WINDOW_S))]
    if not len(levels) or not levels.max() > 0:
        return start_s, end_s, (start_s + end_s) / 2
    loud = np.flatnonzero(levels >= LOUD * levels.max())
    begins = (first + np.array([loud[0], loud[-1] + 1, levels.argmax() + 0.5])) * WINDOW_S - clip_from_s
    least, most, loudest = np.clip(begins, start_s, end_s)
    return float(least), float(most), float(loudest)


def _long_enough(pool: pl.DataFrame, duration_s: float, where: str) -> pl.DataFrame:
    enough = pool.filter(pl.col("end_s") - pl.col("start_s") >= duration_s).drop("envelope_rms")
    if enough.is_empty():
        longest = pool.select((pl.col("end_s") - pl.col("start_s")).max()).item()
        raise SoundledgerError(
            f"{where}: scenes of {duration_s:g} s need a background of that length; the longest of the {len(pool):,} "
            f"clips that it chooses has {longest:.2f} s. Make `duration_s` less, or choose others"
        )
    return enough


def _split(
    split: str, count: int, seed: int, options: dict[str, Any], events: pl.DataFrame, behind: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Scenes and parts of one split."""
    numbers = np.arange(count)
    own = draws.keys(seed, numbers, f"scene {split}")
    ids = scene_ids(split, pl.Series(numbers))
    duration = options["duration_s"]
    scenes = pl.DataFrame({"clip_id": ids}).with_columns(
        split=pl.lit(split),
        duration_s=pl.lit(float(duration)),
        picture_dataset=pl.lit(None, pl.String),
        picture_clip_id=pl.lit(None, pl.String),
    )
    parts = [] if behind is None else [_backgrounds(own, behind.filter(pl.col("split") == split), duration)]
    parts.append(_events(own, options, events.filter(pl.col("split") == split), has_level=behind is not None))
    rows = pl.concat(parts).sort("scene", "slot")
    rows = rows.with_columns(
        ordinal=pl.int_range(pl.len(), dtype=pl.Int32).over("scene"), clip_id=ids.gather(rows["scene"])
    )
    return scenes, rows.drop("scene", "slot")


def _backgrounds(own: Array, pool: pl.DataFrame, duration: float) -> pl.DataFrame:
    hashes = draws.hashes_of(pool, "dataset", "clip_id", "start_s", "end_s")
    places = draws.chosen(draws.below(own, "background"), hashes)
    rows = pool[places]
    share = draws.shares(draws.of_choice(own, hashes[places]), "background from")
    begins = rows["start_s"] + share * (rows["end_s"] - rows["start_s"] - duration).to_numpy()
    count = len(own)
    return _parts(
        rows.with_columns(meant_class_id=pl.lit(None, pl.String)),
        role="background",
        scene=np.arange(count),
        slot=np.full(count, -1),
        from_s=begins.to_numpy(),
        taken_s=np.full(count, float(duration)),
        onset_s=np.zeros(count),
        fade_s=np.zeros(count),
        pitch=np.zeros(count),
        stretch=np.ones(count),
        snr_db=None,
        gain_db=np.zeros(count),
    )


def _events(own: Array, options: dict[str, Any], pool: pl.DataFrame, *, has_level: bool) -> pl.DataFrame:
    """Events of scenes; where nothing is behind them, each is as loud as it was."""
    duration = float(options["duration_s"])
    number = np.clip(draws.counts(options["events"], own, "events"), 0, None)
    scene = np.repeat(np.arange(len(own)), number)
    slot = np.arange(len(scene)) - np.repeat(np.cumsum(number) - number, number)
    slots = draws.of_choice(draws.below(own, "event")[scene], slot.astype(np.uint64))
    hashes = draws.hashes_of(pool, "dataset", "clip_id", "class_id", "start_s", "end_s")
    places = _chosen(slots, pool, hashes, options["balance"])
    rows, keys = pool[places], draws.of_choice(slots, hashes[places])
    stretch = draws.drawn(options["stretch"], keys, "stretch")
    loud_from, loud_to, loudest = (rows[name].to_numpy() for name in ("loud_from_s", "loud_to_s", "loudest_s"))
    asked = options.get("event_s")
    most = np.full(len(rows), np.inf) if asked is None else draws.drawn(asked, keys, "event_s")
    taken = np.minimum(np.minimum(most, loud_to - loud_from), duration / stretch)
    begins = np.clip(loudest - taken / 2, loud_from, np.maximum(loud_from, loud_to - taken))
    placed = taken * stretch
    room = np.maximum(duration - placed, 0.0)
    given = options.get("onset_s")
    onset = (
        draws.shares(keys, "onset_s") * room if given is None else np.clip(draws.drawn(given, keys, "onset_s"), 0, room)
    )
    onset = np.round(onset, 6)
    keep = taken >= LEAST_EVENT_S
    if options.get("polyphony"):
        keep &= _within(scene, slot, onset, onset + placed, keep, options["polyphony"])
    columns = _parts(
        rows,
        role="foreground",
        scene=scene,
        slot=slot,
        from_s=begins,
        taken_s=taken,
        onset_s=onset,
        fade_s=np.minimum(options["fade_s"], placed / 2),
        pitch=draws.drawn(options["pitch_semitones"], keys, "pitch"),
        stretch=stretch,
        snr_db=draws.drawn(options["snr_db"], keys, "snr_db") if has_level else None,
        gain_db=None if has_level else np.zeros(len(rows)),
    )
    return columns.filter(pl.Series(keep))


def _chosen(slots: Array, pool: pl.DataFrame, hashes: Array, balance: str) -> Array:
    """Which of a pool each slot takes: any alike, or first a class, of those any alike, and then one of it."""
    if balance == "clip":
        return draws.chosen(slots, hashes)
    classes = pool["class_id"].fill_null("")
    names = classes.unique().sort()
    of_class = draws.chosen(draws.below(slots, "class"), draws.hashed(names))
    places = np.empty(len(slots), np.int64)
    for number, name in enumerate(names):
        mine, there = np.flatnonzero(of_class == number), np.flatnonzero((classes == name).to_numpy())
        places[mine] = there[draws.chosen(slots[mine], hashes[there])]
    return places


def _within(scene: Array, slot: Array, onset: Array, offset: Array, there: Array, most: int) -> Array:
    """Which events can stay so that no more than so many sound at once: one that comes too late in its scene goes."""
    keep = there.copy()
    order = np.argsort(scene, kind="stable")
    bounds = np.flatnonzero(np.diff(scene[order], prepend=-1, append=-1))
    for first, behind in itertools.pairwise(bounds):
        kept: list[int] = []
        for one in order[first:behind]:
            if not keep[one]:
                continue
            others = [other for other in kept if onset[other] < offset[one] and offset[other] > onset[one]]
            points = [onset[one], *(onset[other] for other in others if onset[other] > onset[one])]
            busiest = max(sum(onset[other] <= at < offset[other] for other in others) for at in points)
            if busiest >= most:
                keep[one] = False
            else:
                kept.append(one)
    return keep


def _parts(
    rows: pl.DataFrame, *, role: str, snr_db: Array | None, gain_db: Array | None, **columns: Array
) -> pl.DataFrame:
    """Rows of parts out of rows of a pool."""
    nothing = pl.lit(None, pl.Float64)
    said = pl.DataFrame({name: values for name, values in columns.items() if name not in ("pitch",)})
    of_pool = rows.rename(_OF_POOL).select(*_OF_POOL.values(), "clip_from_s", *OF_MEDIA, class_id="meant_class_id")
    return (
        of_pool.hstack(said)
        .with_columns(
            role=pl.lit(role),
            pitch_semitones=pl.Series(columns["pitch"]),
            snr_db=nothing if snr_db is None else pl.Series(snr_db),
            gain_db=nothing if gain_db is None else pl.Series(gain_db),
            offset_s=(pl.col("onset_s") + pl.col("taken_s") * pl.col("stretch")).round(6),
            from_media_s=pl.col("clip_from_s") + pl.col("from_s"),
        )
        .drop("clip_from_s")
    )


def _captions(
    connection: duckdb.DuckDBPyConnection,
    scenes: pl.DataFrame,
    parts: pl.DataFrame,
    heard: pl.DataFrame,
    template: dict[str, str],
    where: str,
) -> pl.DataFrame:
    """clip_id and caption of each scene."""
    names = connection.sql("SELECT class_id, min(name) AS name FROM classes GROUP BY class_id").pl()
    events = heard.filter(pl.col("origin") == "annotated").join(names, on="class_id", how="inner")
    events = events.join(scenes.select("clip_id", "duration_s"), on="clip_id", maintain_order="left")
    backgrounds = scenes.select("clip_id").join(
        _behind(connection, parts), on="clip_id", how="left", maintain_order="left"
    )
    return captions_of(events, backgrounds.with_columns(pl.col("background").fill_null("")), template, where)


def _behind(connection: duckdb.DuckDBPyConnection, parts: pl.DataFrame) -> pl.DataFrame:
    """Words for the background of each scene: the first caption of its clip, else the names of its classes."""
    mine = parts.filter(pl.col("role") == "background").select("clip_id", "from_dataset", "from_clip_id")
    words = connection.sql(
        "SELECT c.dataset AS from_dataset, c.clip_id AS from_clip_id, coalesce(rtrim(first(t.text), '. '), "
        "lower(array_to_string(first(c.class_names), ', '))) AS background "
        "FROM clips c LEFT JOIN captions t ON t.dataset = c.dataset AND t.clip_id = c.clip_id AND t.ordinal = 0 "
        "GROUP BY ALL"
    ).pl()
    return mine.join(words, on=["from_dataset", "from_clip_id"], how="left").select("clip_id", "background")
