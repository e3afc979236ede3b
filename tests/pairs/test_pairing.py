"""Which sound goes with which image."""

import itertools
import math
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pairs.made_sources import One, lineage, names, pairs_of

SPECIES = ("aaa", "aab", "aba", "baa", "bba")
few = st.integers(1, 3)


def ones(letter: str) -> st.SearchStrategy[list[One]]:
    """A few sounds or images: of five species in two families, some of them without a class, a place or a day."""
    one = st.builds(
        One,
        name=st.just(""),
        split=st.sampled_from(["train", "val"]),
        species=st.sampled_from([*SPECIES, None]),
        latitude=st.sampled_from([None, 0.0, 10.0, 50.0]),
        longitude=st.sampled_from([0.0, 10.0, 179.0, -179.0]),
        day=st.sampled_from([None, "2020-01-01", "2021-06-01", "2019-12-31", "2019"]),
        trainable=st.sampled_from([True, True, True, False]),
        fault=st.sampled_from(["no_audio", "no_audio", "no_audio", "no_picture"]),
    )
    return st.lists(one, max_size=12).map(
        lambda rows: [row._replace(name=f"{letter}{number}") for number, row in enumerate(rows)]
    )


def made(sounds: Sequence[One], images: Sequence[One], **asked: object) -> tuple[pl.DataFrame, pl.DataFrame]:
    with tempfile.TemporaryDirectory() as folder:
        return pairs_of(Path(folder), sounds, images, **asked)


def could(sound: One, image: One, images: Sequence[One]) -> str | None:
    """The rank at which a sound may have an image, by the definition: no nearer taxon has one in its split."""
    there = [other for other in images if other.split == sound.split and other.fault == "no_audio" and other.species]
    if sound.species is None or image not in there:
        return None
    for rank, taxon in zip(("species", "genus", "family"), reversed(lineage(sound.species)), strict=True):
        of_taxon = [other for other in there if taxon in lineage(str(other.species))]
        if of_taxon:
            return rank if image in of_taxon else None
    return None


@settings(max_examples=20, deadline=None)
@given(ones("s"), ones("i"), few, few, st.integers(1, 6))
def test_limits_hold_and_nothing_is_left_that_could_be_paired(
    sounds: list[One], images: list[One], images_a_sound: int, sounds_an_image: int, pairs_a_class: int
) -> None:
    asked = {"images_a_sound": images_a_sound, "sounds_an_image": sounds_an_image, "pairs_a_class": pairs_a_class}
    pairs, unpaired = made(sounds, images, **asked)
    of_sound, of_image = ({row.name: row for row in rows} for rows in (sounds, images))
    both = [(of_sound[sound], of_image[image]) for sound, image in names(pairs)]
    for (sound, image), matched in zip(both, pairs["matched"].to_list(), strict=True):
        assert (sound.trainable, could(sound, image, images)) == (True, matched)
    assert len(set(both)) == len(both)
    by_sound, by_image = Counter(one for one, _ in both), Counter(one for _, one in both)
    by_class = Counter((one.split, one.species) for one, _ in both)
    assert all(count <= images_a_sound for count in by_sound.values())
    assert all(count <= sounds_an_image for count in by_image.values())
    assert all(count <= pairs_a_class for count in by_class.values())
    for sound, image in itertools.product(sounds, images):
        if sound.trainable and could(sound, image, images) and (sound, image) not in both:
            is_full = by_class[sound.split, sound.species] == pairs_a_class
            assert is_full or by_sound[sound] == images_a_sound or by_image[image] == sounds_an_image
    without = {row.name for row in sounds} - {sound.name for sound, _ in both}
    why = dict(unpaired.select("clip_id", "reason").iter_rows())
    assert why.keys() == without
    for name in without:
        sound = of_sound[name]
        has_any = any(could(sound, image, images) for image in images)
        assert (why[name] == "not_trainable") is not sound.trainable
        if sound.trainable:
            assert (why[name] == "no_taxon") is (sound.species is None)
            assert (why[name] in ("class_full", "images_taken")) is has_any


@settings(max_examples=8, deadline=None)
@given(ones("s"), ones("i"), st.randoms())
def test_the_same_seed_gives_the_same_rows_in_any_order(sounds: list[One], images: list[One], random: object) -> None:
    first = made(sounds, images)
    random.shuffle(sounds)  # type: ignore[attr-defined]
    random.shuffle(images)  # type: ignore[attr-defined]
    again = made(sounds, images)
    assert all(one.equals(other) for one, other in zip(first, again, strict=True))


@settings(max_examples=10, deadline=None)
@given(ones("s"), ones("i"), st.sampled_from(["sound", "image"]), st.sampled_from(SPECIES))
def test_a_new_one_changes_only_pairs_of_its_split_and_family(
    sounds: list[One], images: list[One], kind: str, species: str
) -> None:
    new = One("new", "train", species, 10.0, 10.0)
    more = ([*sounds, new], images) if kind == "sound" else (sounds, [*images, new])
    family = {row.name: (row.split, str(row.species)[0]) for row in (*sounds, *images)}
    before, after = (
        {pair for pair in names(made(*rows)[0]) if "new" not in pair and family[pair[0]] != ("train", species[0])}
        for rows in ((sounds, images), more)
    )
    assert before == after


def haversine(one: One, other: One) -> float:
    """As textbooks have it, radians: the reference."""
    a, b = math.radians(float(one.latitude or 0)), math.radians(float(other.latitude or 0))
    c = math.radians(float(other.longitude or 0) - float(one.longitude or 0))
    return 2 * math.asin(math.sqrt(math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(c / 2) ** 2))


def test_the_nearest_come_first_and_each_has_one_before_any_has_two(tmp_path: Path) -> None:
    """Greedily by the reference, over 30 sounds and 40 images of one species."""
    place = [(math.sin(number * 12.9898) * 43758.5453) % 1 for number in range(200)]
    sounds = [One(f"s{n}", latitude=180 * place[n] - 90, longitude=360 * place[n + 50] - 180) for n in range(30)]
    images = [One(f"i{n}", latitude=180 * place[n + 90] - 90, longitude=360 * place[n + 140] - 180) for n in range(40)]
    expected: set[tuple[str, str]] = set()
    left = dict.fromkeys(images, 2)
    edges = sorted(itertools.product(sounds, images), key=lambda edge: haversine(*edge))
    for _ in range(2):
        had: set[One] = set()
        for sound, image in edges:
            if sound not in had and left[image] and (sound.name, image.name) not in expected:
                expected.add((sound.name, image.name))
                had.add(sound)
                left[image] -= 1
    pairs, _ = pairs_of(tmp_path, sounds, images)
    assert set(names(pairs)) == expected
    of_sound, of_image = ({row.name: row for row in rows} for rows in (sounds, images))
    for sound, image, km in pairs.select("clip_id", "image_clip_id", "km").iter_rows():
        assert km == pytest.approx(6371.0088 * haversine(of_sound[sound], of_image[image]), abs=2e-3)


def test_a_hundred_kilometres_count_as_thirty_days(tmp_path: Path) -> None:
    sound = One("s", latitude=0.0, longitude=0.0, day="2020-12-20")
    near = One("near", latitude=1.0, longitude=0.0, day="2019-11-20")  # 111 km and 30 days: 211 km
    now = One("now", latitude=0.0, longitude=1.8, day="2022-01-01")  # 200 km and 12 days over new year: 240 km
    nowhere = One("nowhere", day="2020-12-20")
    asked = {"images_a_sound": 3, "sounds_an_image": 1}
    pairs, _ = pairs_of(tmp_path, [sound], [nowhere, now, near], **asked)
    assert [image for _, image in names(pairs)] == ["near", "now", "nowhere"]
    assert pairs["days"].to_list() == [30.0, 12.0, 0.0]


def test_classes_take_turns_where_they_draw_from_the_same_images(tmp_path: Path) -> None:
    """Of 20 images of the genus, 6 sounds of a rare species have as many as they may, 60 of a frequent one the rest."""
    sounds = [One(f"s{n}", species="aab" if n < 60 else "aac") for n in range(66)]
    images = [One(f"i{n}", species="aaa") for n in range(20)]
    pairs, unpaired = pairs_of(tmp_path, sounds, images, images_a_sound=1, sounds_an_image=1)
    assert Counter(pairs["class_id"].to_list()) == {"aab": 14, "aac": 6}
    assert Counter(unpaired["reason"].to_list()) == {"images_taken": 46}


def test_seeds_draw_other_images_among_those_equally_near(tmp_path: Path) -> None:
    sounds, images = [One(f"s{n}") for n in range(20)], [One(f"i{n}") for n in range(200)]
    drawn = [set(names(pairs_of(tmp_path / str(seed), sounds, images, seed=seed)[0])) for seed in (0, 1)]
    assert len(drawn[0] & drawn[1]) < 4
    more, _ = pairs_of(tmp_path / "more", sounds, [*images, One("new")])
    taken = {pair for pair in names(more) if pair[1] == "new"}
    assert len(set(names(more)) - drawn[0] - taken) <= len(taken)


@pytest.mark.parametrize(("kingdoms", "matched"), [(("Animalia", "Plantae"), False), (("Animalia", None), True)])
def test_genera_of_one_name_in_two_kingdoms_are_two(kingdoms: tuple[str, str | None], matched: bool) -> None:
    from workflow_scripts.pairs.taxa import pools

    heard, seen = (
        pl.DataFrame({"class_id": [name], "rank": ["genus"], "taxon": ["Morus"], "kingdom": [kingdom]})
        for name, kingdom in zip(("gannet", "mulberry"), kingdoms, strict=True)
    )
    found = list(
        pools(heard, seen.with_columns(dataset=pl.lit("seen"), kingdom=pl.col("kingdom").cast(pl.String)), "family")
    )
    assert [one.images for one in found] == ([(("seen", "mulberry"),)] if matched else [])


def test_by_place_an_image_is_within_reach_also_over_the_date_line_and_at_a_pole(tmp_path: Path) -> None:
    sounds = [One("date", latitude=10.0, longitude=179.95), One("pole", latitude=89.99, longitude=0.0), One("none")]
    images = [
        One("west", species=None, latitude=10.0, longitude=-179.95),  # 10.95 km
        One("over", species=None, latitude=89.99, longitude=180.0),  # 2.2 km
        One("far", species=None, latitude=10.2, longitude=179.95),  # 22 km
        One("other_split", "val", None, 10.0, 179.95),
    ]
    pairs, unpaired = pairs_of(tmp_path, sounds, images, by="place", within_km=11.0)
    assert names(pairs) == [("date", "west"), ("pole", "over")]
    assert pairs["km"].to_list() == pytest.approx([10.951, 2.224], abs=2e-3)
    assert set(pairs["matched"]) == {"place"}
    assert unpaired.select("clip_id", "reason").rows() == [("none", "no_place")]


@settings(max_examples=8, deadline=None)
@given(ones("s"), ones("i"))
def test_cells_find_what_comparing_each_with_each_finds(sounds: list[One], images: list[One]) -> None:
    asked = {"by": "place", "within_km": 1500.0, "images_a_sound": 9, "sounds_an_image": 99, "pairs_a_class": 999}
    pairs, _ = made(sounds, images, **asked)
    usable = [image for image in images if image.fault == "no_audio" and image.latitude is not None]
    near = {
        (sound.name, image.name)
        for sound, image in itertools.product(sounds, usable)
        if sound.trainable and sound.latitude is not None and sound.split == image.split
        if 6371.0088 * haversine(sound, image) <= asked["within_km"]
    }
    of = {name: {image for sound, image in near if sound == name} for name, _ in near}
    assert all(pair in near for pair in names(pairs))
    assert Counter(sound for sound, _ in names(pairs)) == {name: min(9, len(found)) for name, found in of.items()}
