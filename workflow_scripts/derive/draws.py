"""Draws that follow from a seed and from what they are drawn for, and from nothing else.

Each number is a hash of a key, so that it is the same whatever else is drawn, in which order, on how many cores.
Choices are made on rings: what may be chosen lies on a ring at the place that its hash says, a key probes some places,
and takes what comes soonest after one of them. One more to choose from changes only the choices that fall on it, one
less only those that fell on it. A key has one of many rings, so that nothing is chosen much more often than another.

Sources: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014 (the mixing function);
Appleton and O'Reilly, "Multi-probe consistent hashing", arXiv:1505.00062, 2015.
"""

import math
import sys
from collections.abc import Collection, Iterable, Mapping
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl
import xxhash

from workflow_scripts.errors import SoundledgerError

Array = np.ndarray[Any, Any]

QUANTILES = 4097
"""Between so many values of a normal distribution, each as likely as the next, draws lie on straight lines."""
RINGS, PROBES = 256, 8
"""With these the shares of what is chosen have a standard deviation of two per cent. To hash each key with each thing,
which makes them equal, took 27 ms a key for two million things, and this takes 50 us (python -m benchmarks scenes)."""
AT_ONCE = 1 << 22
"""So many places on rings are held while one is chosen."""
_RING_BITS = RINGS.bit_length() - 1
_PLACE_BITS = 64 - _RING_BITS
_PLACE = np.uint64((1 << _PLACE_BITS) - 1)
_GAMMA, _FIRST, _SECOND = (np.uint64(one) for one in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def hashed(texts: Iterable[str]) -> Array:
    """XXH3-64 of texts, uint64."""
    return np.array([xxhash.xxh3_64_intdigest(text.encode()) for text in texts], np.uint64)


def keys(seed: int, numbers: Array, what: str) -> Array:
    """A key for each number (N,) uint64, under a seed: those of another purpose share nothing with them."""
    [purpose] = hashed([f"{seed} {what}"])
    return _mixed(np.asarray(numbers, np.uint64) + purpose)


def below(own: Array, what: str) -> Array:
    """Keys for something that belongs to what some keys are of."""
    [purpose] = hashed([what])
    return _mixed(own ^ purpose)


def of_choice(own: Array, chosen: Array) -> Array:
    """Keys for what belongs to a choice, by the hash of what was chosen: another choice has others."""
    return _mixed(own ^ _mixed(chosen))


def shares(own: Array, what: str) -> Array:
    """A number in [0, 1) for each key, float64, 53 bits of it drawn."""
    return (below(own, what) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def chosen(own: Array, hashes: Array) -> Array:
    """For each key (N,) which of some things (M,) it falls on, by their hashes: int64."""
    places = np.empty(len(own), np.int64)
    ring_of = (below(own, "ring") >> np.uint64(_PLACE_BITS)).astype(np.int64)
    order = np.argsort(ring_of, kind="stable")
    bounds = np.searchsorted(ring_of[order], np.arange(RINGS + 1))
    step = max(1, AT_ONCE // len(hashes)) if len(hashes) else RINGS
    for first in range(0, RINGS, step):
        rings = np.arange(first, min(first + step, RINGS))
        mine = order[bounds[rings[0]] : bounds[rings[-1] + 1]]
        if len(mine):
            places[mine] = _on_rings(own[mine], ring_of[mine], hashes, rings)
    return places


def highest(own: Array, hashes: Array) -> Array:
    """Likewise by rendezvous, that is where the hash of both is the highest: for a few keys of things of their own.

    It hashes each key with each thing, where `chosen` sorts the things for many keys first.

    Source: Thaler and Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM Transactions on
    Networking, 1998.
    """
    places = np.empty(len(own), np.int64)
    step = max(1, AT_ONCE // max(1, len(hashes)))
    for first in range(0, len(own), step):
        some = own[first : first + step, None] ^ hashes[None, :]
        places[first : first + step] = np.argmax(_mixed(some), axis=1)
    return places


def _on_rings(own: Array, ring_of: Array, hashes: Array, rings: Array) -> Array:
    """The same for keys of some rings, which lie behind one another in one line: a number has its ring in front."""
    starts = rings.astype(np.uint64) << np.uint64(_PLACE_BITS)
    line = (_mixed(hashes ^ _mixed(starts)[:, None]) & _PLACE) | starts[:, None]
    sorts = np.argsort(line, axis=1, kind="stable")
    line = np.take_along_axis(line, sorts, axis=1).ravel()
    number = ring_of - rings[0]
    found = np.zeros(len(own), np.int64)
    nearest = np.full(len(own), _PLACE)
    probe = own
    for _ in range(PROBES):
        probe = _mixed(probe)
        at = (probe & _PLACE) | starts[number]
        behind = np.searchsorted(line, at)
        ends = (number + 1) * len(hashes)
        behind = np.where(behind == ends, ends - len(hashes), behind)  # round the ring
        away = (line[behind] - at) & _PLACE
        nearer = away < nearest
        found[nearer], nearest[nearer] = behind[nearer], away[nearer]
    return np.asarray(sorts.ravel()[found])


def drawn(distribution: float | Mapping[str, Any], own: Array, what: str) -> Array:
    """A number for each key from a distribution: float64 (N,).

    Args:
        distribution: a number; `uniform: [least, most]`; `normal: [mean, standard deviation, least, most]`, cut off at
            those two; `one_of: [...]`.
        own: the keys.
        what: it is drawn for.
    """
    if not isinstance(distribution, Mapping):
        return np.full(len(own), float(distribution))
    [(kind, values)] = distribution.items()
    share = shares(own, what)
    if kind == "uniform":
        return np.asarray(values[0] + (values[1] - values[0]) * share)
    if kind == "one_of":
        return np.asarray(values, np.float64)[(share * len(values)).astype(np.int64)]
    mean, deviation, least, most = values
    normal = NormalDist(mean, deviation)
    within = np.linspace(normal.cdf(least), normal.cdf(most), QUANTILES)
    ends = (sys.float_info.min, 1 - sys.float_info.epsilon)
    quantiles = [normal.inv_cdf(min(max(one, ends[0]), ends[1])) for one in within]
    return np.interp(share, np.linspace(0, 1, QUANTILES), np.clip(quantiles, least, most))


def refuse_beyond(
    options: Mapping[str, Any], bounds: Mapping[str, tuple[float, float]], where: str, whole: Collection[str] = ()
) -> None:
    """See that what is drawn for options is what can be made.

    Args:
        options: numbers and distributions by name, among others.
        bounds: of some of them the least and the most that can be.
        where: the key that they stand under, as errors call it.
        whole: those that count something.

    Raises:
        SoundledgerError: a distribution goes beyond its bounds, has its ends the wrong way round or no deviation, or
            gives parts of what is counted.
    """
    for name, (least, most) in bounds.items():
        said = options.get(name)
        if said is None:
            continue
        [(kind, values)] = said.items() if isinstance(said, Mapping) else [("", [said])]
        given = values[2:] if kind == "normal" else values
        wrong = None
        if not all(least <= value <= most for value in given) or (kind != "one_of" and given != sorted(given)):
            wrong = f"numbers from {least:g} to {most:g}, the least first"
        elif kind == "normal" and not (math.isfinite(values[0]) and 0 < values[1] < math.inf):
            wrong = "a mean and a standard deviation above 0 before the two ends"
        elif name in whole and any(value != int(value) for value in given):
            wrong = "whole numbers"
        if wrong:
            raise SoundledgerError(f"{where}.{name}: {said}: expected {wrong}")


def most_of(distribution: float | Mapping[str, Any]) -> float:
    """The highest number that may be drawn.

    >>> most_of(3), most_of({"normal": [0, 1, -2, 2]}), most_of({"one_of": [1, 5, 2]})
    (3.0, 2.0, 5.0)
    """
    if not isinstance(distribution, Mapping):
        return float(distribution)
    [(kind, values)] = distribution.items()
    return float(max(values[2:] if kind == "normal" else values))


def counts(distribution: float | Mapping[str, Any], own: Array, what: str) -> Array:
    """Whole numbers (N,) int64: of `uniform` both ends are among them."""
    if isinstance(distribution, Mapping) and "uniform" in distribution:
        least, most = distribution["uniform"]
        return (least + np.floor((most - least + 1) * shares(own, what))).astype(np.int64)
    return np.rint(drawn(distribution, own, what)).astype(np.int64)


def hashes_of(rows: pl.DataFrame, *columns: str) -> Array:
    """Of each row a hash of what some columns say."""
    parts = [pl.col(name).cast(pl.String).fill_null("") for name in columns]
    return hashed(rows.select(pl.concat_str(parts, separator="\0")).to_series())


def _mixed(values: Array) -> Array:
    """The finaliser of SplitMix64, without the warnings of numpy for what wraps round."""
    with np.errstate(over="ignore"):
        mixed = values + _GAMMA
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
        return np.asarray(mixed ^ (mixed >> np.uint64(31)))
