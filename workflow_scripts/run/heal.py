"""What was deleted or moved since the last run comes back with the next. Names are asked for; no table is opened."""

import base64
import contextlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from workflow_scripts.catalogue.generations import current_generation, place_below
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.run.run_file import read_run_file
from workflow_scripts.run.shards import scanned_shards
from workflow_scripts.settings.places import Places, shard_name
from workflow_scripts.settings.run import Run
from workflow_scripts.tables.files import link_or_copy, published_folder

SNAKEMAKE_BEGAN = Path(".snakemake/incomplete")
"""Where Snakemake notes what jobs are about to make, until it knows that they ended well."""
SNAKEMAKE_KNOWS = Path(".snakemake/metadata")
"""Where Snakemake remembers how each file was made."""
BEHIND_CHECKPOINTS = re.compile(r"checks|.+\.(packs|fetched)")
"""What folders are called of files that jobs behind a checkpoint make: checks, packs, tables of what was fetched."""


def heal(run: Run, catalogued: Iterable[str]) -> None:
    """Give files the names back that they have lost; have the jobs run again that make what no name brings back.

    To have a job run, what it makes is removed. That is only what jobs alone read and no table of a dataset's clips or
    labels, so a run that is only asked what it would do (`--dry-run`) does no harm.

    Args:
        run: that is about to begin.
        catalogued: the tables of datasets that the catalogue speaks of, besides all of roots.
    """
    places, catalogued = run.places, list(catalogued)
    _remove_half_known(places)
    is_known = _is_known_to_snakemake(places)
    for slug in run.roots:
        shards = scanned_shards(places, slug) or {}
        names = {f"{shard_name(shard)}.parquet" for shard in shards}
        media = Path(places.media_lists(slug))
        _give_names_back(names, Path(places.checks_folder(slug)), media)
        catalogued += [place(slug, shard) for place in (places.checks, places.media_list) for shard in shards]
        if not is_known or not names <= _names(media):
            shutil.rmtree(media, ignore_errors=True)
    for name in run.datasets:
        if not is_known or os.path.exists(places.crashed(name)):
            Path(places.table(name, "promised")).unlink(missing_ok=True)
    if not _is_catalogue_whole(places, catalogued):
        Path(places.current_generation).unlink(missing_ok=True)


def _remove_half_known(places: Places) -> None:
    """Remove what jobs of a killed run made when Snakemake was gone: it would take that for up to date for ever.

    It looks for such files once, before it knows the jobs behind a checkpoint. What they have made is kept under its
    published name, or is found where it was to go.
    """
    for file in _begun():
        inside = file.startswith(f"{places.results}/")
        if inside and BEHIND_CHECKPOINTS.fullmatch(Path(file).parent.name):
            Path(file).unlink(missing_ok=True)


def _begun() -> Iterator[str]:
    """The files that Snakemake has notes of: their names are in base64, cut into folders where they are long."""
    for top, _, names in os.walk(SNAKEMAKE_BEGAN):
        for name in names:
            parts = [*Path(top).relative_to(SNAKEMAKE_BEGAN).parts, name]
            with contextlib.suppress(ValueError):  # no note
                yield base64.urlsafe_b64decode("".join(part.removeprefix("@") for part in parts)).decode()


def _is_known_to_snakemake(places: Places) -> bool:
    """Whether Snakemake knows how the results were made: it knows them by their path, in the folder where it ran.

    Of what it does not know it takes all that is there for up to date, however settings and audio have changed. Once
    the first stages have run again, all others do.
    """
    try:
        run = read_run_file(Path(places.run_file))
    except SoundledgerError:
        return not os.path.exists(places.run_file)  # else it is of an earlier version
    here = (os.path.abspath(places.results), os.getcwd())
    return (run.place, run.folder) == here and bool(_names(SNAKEMAKE_KNOWS))


def _give_names_back(names: set[str], checks: Path, media: Path) -> None:
    """Media lists get back whichever of their two names they have lost, checks only the published one.

    A check whose own name is gone may be of a job that failed. The next one finds its rows.
    """
    _link(names, checks, published_folder(checks))
    _link(names, media, published_folder(media))
    if media.exists():
        _link(names, published_folder(media), media)


def _link(names: set[str], source: Path, target: Path) -> None:
    """Give files of one folder the names in another that are missing there."""
    missing = (names & _names(source)) - _names(target)
    if missing:
        target.mkdir(parents=True, exist_ok=True)
    for name in sorted(missing):
        with contextlib.suppress(FileExistsError):
            link_or_copy(source / name, target / name)


def _is_catalogue_whole(places: Places, catalogued: Iterable[str]) -> bool:
    """Whether the catalogue's generation still holds these tables."""
    name = current_generation(places)
    if name is None:
        return False
    folder = places.generation(name).results
    there = {os.path.join(top, file) for top, _, files in os.walk(folder) for file in files}
    return {f"{folder}/{place_below(file, places)}" for file in catalogued} <= there


def _names(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return set()
