"""Synthetic soundscapes: events in front of a background, each at a level that is asked for.

Source: Salamon et al., "Scaper: a library for soundscape synthesis and augmentation", WASPAA 2017, whose words
foreground, background, SNR and polyphony are.
"""

import logging
from typing import Any

import duckdb
import numpy as np
import polars as pl

from workflow_scripts.derive import acoustics, draws, polyphony, rooms
from workflow_scripts.derive.choosing import NONE, DrawnFrom
from workflow_scripts.derive.envelopes import with_loud
from workflow_scripts.derive.labels import heard_in
from workflow_scripts.derive.planned import OF_MEDIA, ScenePlan
from workflow_scripts.derive.pools import pool_of, sounding
from workflow_scripts.derive.prompts import captions_of
from workflow_scripts.derive.splits import scene_ids, scenes_of_splits
from workflow_scripts.derive.together import Together, judged
from workflow_scripts.errors import SoundledgerError

Array = np.ndarray[Any, Any]

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
ANYTHING = "anything"
"""May sound together."""
_OF_POOL = {"dataset": "from_dataset", "clip_id": "from_clip_id"}


def plan(connection: duckdb.DuckDBPyConnection, asked: dict[str, Any], where: str) -> ScenePlan:
    """The scenes of a dataset. See `kinds.Kind`.

    Raises:
        SoundledgerError: a query chooses nothing, or too little for some split; a sound would be in several splits.
    """
    options = asked["soundscapes"]
    draws.refuse_beyond(options, BOUNDS, where, COUNTED)
    if options.keys() & {"room", "outdoors"}:
        acoustics.require()
    pools = {
        key: sounding(pool_of(connection, options[key], asked["from"], f"{where}.{key}"), f"{where}.{key}")
        for key in ("foreground", "background")
        if key in options
    }
    pools["foreground"] = with_loud(pools["foreground"])
    if "background" in pools:
        pools["background"] = _long_enough(pools["background"], options["duration_s"], f"{where}.background")
    model = None
    if options["together"] != ANYTHING:
        model, pools = judged(connection, options["together"], pools, f"{where}.together")
    wanted = scenes_of_splits(options["scenes"], pools, where)
    made = [_split(split, count, asked, pools, model, where) for split, count in wanted.items()]
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


def _long_enough(pool: pl.DataFrame, duration_s: float, where: str) -> pl.DataFrame:
    enough = pool.filter(pl.col("end_s") - pl.col("start_s") >= duration_s).drop("envelope_rms", "envelope_from_s")
    if enough.is_empty():
        longest = pool.select((pl.col("end_s") - pl.col("start_s")).max()).item()
        raise SoundledgerError(
            f"{where}: scenes of {duration_s:g} s need a background of that length; the longest of the {len(pool):,} "
            f"clips that it chooses has {longest:.2f} s. Make `duration_s` less, or choose others"
        )
    return enough


def _split(
    split: str,
    count: int,
    asked: dict[str, Any],
    pools: dict[str, pl.DataFrame],
    model: Together | None,
    where: str,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Scenes and parts of one split."""
    numbers = np.arange(count)
    options = asked["soundscapes"]
    own = draws.keys(asked["seed"], numbers, f"scene {split}")
    ids = scene_ids(split, pl.Series(numbers))
    duration = options["duration_s"]
    scenes = pl.DataFrame({"clip_id": ids}).with_columns(
        split=pl.lit(split),
        duration_s=pl.lit(float(duration)),
        picture_dataset=pl.lit(None, pl.String),
        picture_clip_id=pl.lit(None, pl.String),
    )
    mine = {key: pool.filter(pl.col("split") == split) for key, pool in pools.items()}
    behind = mine["background"][_behind_each(own, mine["background"])] if "background" in mine else None
    parts = [] if behind is None else [_backgrounds(own, behind, duration)]
    parts.append(_events(own, options, mine["foreground"], behind, model, where))
    rows = pl.concat(parts).sort("scene", "slot")
    rows = rows.with_columns(
        ordinal=pl.int_range(pl.len(), dtype=pl.Int32).over("scene"), clip_id=ids.gather(rows["scene"])
    )
    return scenes, rows.drop("scene", "slot")


def _behind_each(own: Array, pool: pl.DataFrame) -> Array:
    """Which row of a pool is behind each scene."""
    return draws.chosen(draws.below(own, "background"), _hashes(pool))


def _hashes(pool: pl.DataFrame) -> Array:
    return draws.hashes_of(pool, "dataset", "clip_id", "start_s", "end_s")


def _backgrounds(own: Array, rows: pl.DataFrame, duration: float) -> pl.DataFrame:
    """The part behind each scene, out of the row of a pool that it takes."""
    share = draws.shares(draws.of_choice(own, _hashes(rows)), "background from")
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


def _events(
    own: Array,
    options: dict[str, Any],
    pool: pl.DataFrame,
    behind: pl.DataFrame | None,
    model: Together | None,
    where: str,
) -> pl.DataFrame:
    """Events of scenes; where nothing is behind them, each is as loud as it was."""
    duration, has_level = float(options["duration_s"]), behind is not None
    number = np.clip(draws.counts(options["events"], own, "events"), 0, None)
    scene = np.repeat(np.arange(len(own)), number)
    slot = np.arange(len(scene)) - np.repeat(np.cumsum(number) - number, number)
    slots = draws.of_choice(draws.below(own, "event")[scene], slot.astype(np.uint64))
    choice = DrawnFrom(pool, options["balance"])
    if model is None:
        places = choice.of(slots)
    else:
        has = np.full(len(own), NONE) if behind is None else behind["kind"].to_numpy()
        places = choice.in_turn(slots, scene, has, pool["kind"].to_numpy(), model)
        scene, slot, slots, places = _told(scene, slot, slots, places)
    rows = pool[places]
    keys = draws.of_choice(slots, choice.hashes[places])
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
        keep = polyphony.within(scene, onset, onset + placed, keep, options["polyphony"])
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
        place=rooms.heard_from(own, scene, keys, options, where),
    )
    return columns.filter(pl.Series(keep))


def _told(scene: Array, slot: Array, slots: Array, places: Array) -> tuple[Array, ...]:
    """Events of which a clip was found."""
    found = places != NONE
    if lost := int((~found).sum()):
        _log.warning(
            "%d of %d events, of %d scenes, are left out: nothing may sound with what is there by then",
            lost, len(found), len(np.unique(scene[~found])),
        )  # fmt: skip
    return scene[found], slot[found], slots[found], places[found]


def _parts(
    rows: pl.DataFrame,
    *,
    role: str,
    snr_db: Array | None,
    gain_db: Array | None,
    place: pl.DataFrame | None = None,
    **columns: Array,
) -> pl.DataFrame:
    """Rows of parts out of rows of a pool."""
    nothing = pl.lit(None, pl.Float64)
    said = pl.DataFrame({name: values for name, values in columns.items() if name not in ("pitch",)})
    of_pool = rows.rename(_OF_POOL).select(*_OF_POOL.values(), "clip_from_s", *OF_MEDIA, class_id="meant_class_id")
    return (
        of_pool.hstack(said)
        .hstack(rooms.nowhere(len(rows)) if place is None else place)
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
