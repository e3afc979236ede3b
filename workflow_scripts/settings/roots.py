"""The audio roots that dataset files name."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow_scripts.media.addresses import SCHEMES, is_address
from workflow_scripts.media.archives import is_archive
from workflow_scripts.settings.reading import MissingError, SettingsError

SAMPLE = "data/sample"
"""The folder, below where Snakemake runs, that the workflow itself fills with the bundled sample."""
IMAGES = "images"
"""What a root may hold: pictures, which are listed and not decoded."""
_SCHEME = re.compile("[a-z][a-z0-9+.-]+://|zenodo:", re.IGNORECASE)
SAMPLE_DONE = f"{SAMPLE}/expected_status.csv"
"""What of it comes last."""


@dataclass(frozen=True)
class Root:
    """A place where audio lies.

    Attributes:
        slug: names the root in the result tree: readable, with a short hash of the path.
        path: absolute path, of a folder or of one archive, or the address of either.
        made_by_workflow: it is part of the bundled sample, and need not exist before the run.
        images: its pictures are looked at, and no audio.
        is_acquired: some of it is fetched, as a dataset file says.
        waits_for: the stages of fetching, each of a dataset, that have to be done before it can be scanned.
        made_for: the dataset that is made there, out of others; "" where none is.
    """

    slug: str
    path: str
    made_by_workflow: bool
    images: bool = False
    is_acquired: bool = False
    waits_for: tuple[tuple[str, str], ...] = ()
    made_for: str = ""

    @property
    def is_address(self) -> bool:
        """Whether it lies elsewhere, and is read from there."""
        return is_address(self.path)

    @property
    def is_made_meanwhile(self) -> bool:
        """Whether the run itself may put there what is to be scanned."""
        return self.made_by_workflow or self.is_acquired or bool(self.made_for)


def roots_of(
    audio: list[Any],
    file: Path,
    base: Path,
    workdir: Path,
    is_coming: Callable[[str], bool] = lambda path: False,
    words: Callable[[str], str] = lambda path: "",
) -> Iterator[tuple[str, Root, str]]:
    """The roots of a dataset: where each is named, the root, what it holds.

    Args:
        audio: as the file has it.
        file: as errors call it.
        base: the folder that its relative paths start from.
        workdir: the folder of the run.
        is_coming: whether the run is to fetch what is not there.
        words: what else there is to be said of what is not.

    Raises:
        MissingError: one is not there.
        SettingsError: one cannot be what it is said to be.
    """
    seen: dict[str, int] = {}
    for ordinal, entry in enumerate(audio):
        entry = {"path": entry} if isinstance(entry, str) else entry
        where = f"{file}: audio[{ordinal}]"
        holds = entry.get("holds", "clips")
        images = holds == IMAGES
        if _SCHEME.match(entry["path"]):
            path, made = _address(entry["path"], where, images), False
        else:
            path = os.path.abspath(base / entry["path"])
            made = made_by_workflow(path, workdir)
            is_there = made or os.path.isdir(path) or (is_archive(path) and os.path.isfile(path))
            if not is_there and not is_coming(path):
                raise MissingError(f"{where}: no such folder or archive (.tar, .zip, .parquet): {path}{words(path)}")
            if images and not os.path.isdir(path) and is_there:
                raise SettingsError(f"{where}: no folder: {path}; pictures in archives are not listed, unpack them")
        slug = root_slug(path, workdir) + (f"-{IMAGES}" if images else "")  # it may hold audio for another dataset
        if slug in seen:
            raise SettingsError(f"{where}: {path} is named already in audio[{seen[slug]}]; name a root once")
        seen[slug] = ordinal
        yield where, Root(slug, path, made, images), holds


def _address(written: str, where: str, images: bool) -> str:
    """An address as one root is known by, without the slash behind it.

    Raises:
        SettingsError: it is none of audio.
    """
    address = written.rstrip("/")
    if not is_address(written):
        raise SettingsError(
            f"{where}: audio can lie at addresses that begin with {', '.join(SCHEMES)}; found {written}. Fetch what "
            "lies elsewhere (`acquire`), and name what is on this machine by its path"
        )
    if re.search(r"[?#]|//[^/]*@[^/]*(?:/|$)" if address.startswith("http") else r"[?]", address):
        raise SettingsError(
            f"{where}: an address with a query, a name or a password in it cannot be a root, since tables tell where "
            "media lie; make it public, or fetch it (`acquire`)"
        )
    if address.startswith("http") and not is_archive(address):
        raise SettingsError(
            f"{where}: of a web server one archive can be a root (.tar, .zip, .parquet), since it does not tell what "
            f"lies below an address; found {written}"
        )
    if images:
        raise SettingsError(f"{where}: pictures have to lie in a folder of this machine; found {written}")
    return address


def refuse_inside_each_other(where: str, root: Root, results: str, workdir: Path) -> None:
    """Raises SettingsError for results below a root, which the next scan would find, and for a root below results."""
    if root.is_address or root.made_for:
        return
    audio, made = Path(os.path.realpath(root.path)), Path(os.path.realpath(workdir / results))
    if made.is_relative_to(audio) or audio.is_relative_to(made):
        inner, outer = ("the results", "this root") if made.is_relative_to(audio) else ("this root", "the results")
        raise SettingsError(
            f"{where}: {inner} would lie in {outer}: {audio} is the root, {made} takes the results; "
            "name another place for the results: --config results=…"
        )


def root_slug(path: str, workdir: Path) -> str:
    """The name of a root in the result tree: its last two folders, and eight hex digits of its path's hash.

    A root below the folder of the run is known by its relative path, so that the whole may move.

    >>> root_slug("/data/audioset/wav files", Path("/somewhere"))
    'audioset-wav_files-dc55e825'
    >>> root_slug(f"hf://datasets/some/sounds@{'0' * 40}/data.zip", Path("/somewhere"))
    'sounds_00000000-data_zip-57fbefdc'
    """
    inside = path if is_address(path) else os.path.relpath(path, workdir)
    known_as = path if is_address(path) or inside.startswith("..") else inside
    readable = "-".join(re.sub(r"[^A-Za-z0-9]+", "_", part) for part in _parts(known_as)[-2:])
    return f"{readable or 'root'}-{hashlib.blake2b(os.fsencode(known_as), digest_size=4).hexdigest()}"


def _parts(path: str) -> Sequence[str]:
    """Of a path, or of an address, in which a commit is told by its first digits."""
    if is_address(path):
        return re.sub(r"@([0-9a-f]{8})[0-9a-f]{32}(?=/|$)", r"@\1", path.partition("://")[2]).split("/")
    return [part for part in Path(path).parts if part != "/"]


def made_by_workflow(path: str, workdir: Path) -> bool:
    """Whether a path lies in the bundled sample."""
    return Path(os.path.abspath(workdir / path)).is_relative_to(os.path.abspath(workdir / SAMPLE))
