"""What can be done to a clip, and what of it is drawn: the steps of a recipe, with parameters for each clip.

Sources: audiomentations, whose transforms they are but for `background` and `frequency_mask`; for the masks, Park et
al., "SpecAugment", Interspeech 2019.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.derive import draws
from workflow_scripts.errors import SoundledgerError

Array = np.ndarray[Any, Any]
Columns = dict[str, Array]

FADE_S = 0.005
"""A time mask is faded in and out for so long, so that it does not click."""
HIGHEST_HZ = 192_000.0


@dataclass(frozen=True)
class RecipeClips:
    """What a recipe is applied to.

    Attributes:
        keys: of each clip, of draws.
        duration_s: of each.
        sample_rate: of each, as it will be.
    """

    keys: Array
    duration_s: Array
    sample_rate: Array


@dataclass(frozen=True)
class Transform:
    """What a recipe can name.

    Attributes:
        bounds: of each option that is drawn the least and the most that it can be.
        parameters: those of each clip, by what was drawn for each option, by what else is asked, and by keys.
        highest_hz: the highest frequency that can be drawn of what is asked; None where it has none.
    """

    bounds: Mapping[str, tuple[float, float]]
    parameters: Callable[[Columns, Mapping[str, Any], Array, RecipeClips], Columns]
    highest_hz: Callable[[Mapping[str, Any]], float] | None = None


def _as_drawn(drawn: Columns, asked: Mapping[str, Any], keys: Array, clips: RecipeClips) -> Columns:
    return drawn


def _noise(drawn: Columns, asked: Mapping[str, Any], keys: Array, clips: RecipeClips) -> Columns:
    return drawn | {"seed": (draws.below(keys, "seed") >> np.uint64(32)).astype(np.int64)}


def _one_sided(drawn: Columns, asked: Mapping[str, Any], keys: Array, clips: RecipeClips) -> Columns:
    return drawn | {"slope_db": np.full(len(keys), asked["slope_db"])}


def _two_sided(drawn: Columns, asked: Mapping[str, Any], keys: Array, clips: RecipeClips) -> Columns:
    half = 2 ** (drawn["width_octaves"] / 2)
    band = {"low_hz": drawn["center_hz"] / half, "high_hz": drawn["center_hz"] * half}
    return _one_sided({name: np.round(edge, 6) for name, edge in band.items()}, asked, keys, clips)


def _place(drawn: Columns, keys: Array, whole: Array, names: tuple[str, str]) -> Columns:
    """A share of a whole, anywhere in it."""
    first = draws.shares(keys, "place") * whole * (1 - drawn["share"])
    ends = (first, first + whole * drawn["share"])
    return {name: np.round(end, 6) for name, end in zip(names, ends, strict=True)}


def _time_mask(drawn: Columns, asked: Mapping[str, Any], keys: Array, clips: RecipeClips) -> Columns:
    return _place(drawn, keys, clips.duration_s, ("from_s", "to_s")) | {"fade_s": np.full(len(keys), FADE_S)}


def _frequency_mask(drawn: Columns, asked: Mapping[str, Any], keys: Array, clips: RecipeClips) -> Columns:
    return _place(drawn, keys, clips.sample_rate / 2, ("low_hz", "high_hz"))


def _highest_of_cutoff(asked: Mapping[str, Any]) -> float:
    return draws.most_of(asked["cutoff_hz"])


def _highest_of_band(asked: Mapping[str, Any]) -> float:
    return draws.most_of(asked["center_hz"]) * 2 ** (draws.most_of(asked["width_octaves"]) / 2)


_CUTOFF = {"cutoff_hz": (1.0, HIGHEST_HZ)}
_BAND = {"center_hz": (1.0, HIGHEST_HZ), "width_octaves": (0.01, 10.0)}
TRANSFORMS = {
    "gaussian_noise": Transform({"snr_db": (-100.0, 200.0)}, _noise),
    "loudness": Transform({"lufs": (-70.0, 0.0)}, _as_drawn),
    "tanh_distortion": Transform({"amount": (0.0, 1.0)}, _as_drawn),
    "background": Transform({"snr_db": (-100.0, 200.0)}, _as_drawn),
    "gain": Transform({"gain_db": (-200.0, 200.0)}, _as_drawn),
    "low_pass": Transform(_CUTOFF, _one_sided, _highest_of_cutoff),
    "high_pass": Transform(_CUTOFF, _one_sided, _highest_of_cutoff),
    "band_pass": Transform(_BAND, _two_sided, _highest_of_band),
    "band_stop": Transform(_BAND, _two_sided, _highest_of_band),
    "time_mask": Transform({"share": (0.0, 1.0)}, _time_mask),
    "frequency_mask": Transform({"share": (0.0, 1.0)}, _frequency_mask),
}


def steps_in(recipe: Sequence[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """The steps of a recipe as a dataset file has them: what each does, and what it asks for."""
    return [next(iter(step.items())) for step in recipe]


def refuse_recipe(recipe: Sequence[Mapping[str, Any]], lowest_rate: int, where: str) -> None:
    """See that what may be drawn can be made.

    Args:
        recipe: of a dataset file, with its defaults.
        lowest_rate: samples a second, of the clips that have fewest.
        where: the key that it stands under, as errors call it.

    Raises:
        SoundledgerError: a distribution goes beyond its bounds, or a frequency beyond half the rate.
    """
    for number, (name, asked) in enumerate(steps_in(recipe)):
        transform, key = TRANSFORMS[name], f"{where}[{number}].{name}"
        draws.refuse_beyond(asked, transform.bounds, key)
        if transform.highest_hz and (highest := transform.highest_hz(asked)) >= lowest_rate / 2:
            raise SoundledgerError(
                f"{key}: it may go up to {highest:,.0f} Hz; expected less than {lowest_rate / 2:,.0f} Hz, half of the "
                f"{lowest_rate:,} samples a second that some clip has. Ask for less, leave such clips out, or say "
                "`render: {sample_rate: …}`"
            )


def keys_of_step(recipe: Sequence[Mapping[str, Any]], number: int, keys: Array) -> Array:
    """Keys of draws for a step, by those of clips, and by which step of its kind it is.

    So a step more, of another kind, leaves the draws of the others as they are.
    """
    names = [name for name, _ in steps_in(recipe)]
    return draws.below(keys, f"{names[number]} {names[:number].count(names[number])}")


def drawn_steps(recipe: Sequence[Mapping[str, Any]], clips: RecipeClips) -> pl.DataFrame:
    """What each step does to each clip.

    Returns:
        `row` of the clip, `step`, `transform`, `applied` and `parameters`, JSON, null where it is not; by row and step.
    """
    made = []
    for number, (name, asked) in enumerate(steps_in(recipe)):
        keys, transform = keys_of_step(recipe, number, clips.keys), TRANSFORMS[name]
        drawn = {option: draws.drawn(asked[option], keys, option) for option in transform.bounds}
        parameters = pl.DataFrame(transform.parameters(drawn, asked, keys, clips))
        made.append(
            parameters.select(
                row=pl.int_range(pl.len(), dtype=pl.UInt32),
                step=pl.lit(number, pl.Int32),
                transform=pl.lit(name),
                applied=pl.Series(draws.shares(keys, "p") < asked["p"]),
                parameters=pl.struct(pl.all()).struct.json_encode(),
            ).with_columns(parameters=pl.when("applied").then("parameters"))
        )
    return pl.concat(made).sort("row", "step")
