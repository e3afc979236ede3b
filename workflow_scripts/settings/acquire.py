"""Where a dataset file says that its files come from, and what of a run waits for them."""

import fnmatch
import glob
import itertools
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from workflow_scripts.fetch.addresses import masked, scheme_of, without_secrets
from workflow_scripts.fetch.beside import is_beside
from workflow_scripts.fetch.resolve import known_schemes
from workflow_scripts.media.archives.excerpt import is_excerpt
from workflow_scripts.media.walk import holds_other_files_alone
from workflow_scripts.settings.path_names import refuse_unfit
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.reading import MissingError, SettingsError
from workflow_scripts.settings.roots import root_slug
from workflow_scripts.settings.sources import ON_DISK, Leaf, seen_from
from workflow_scripts.settings.subset import Subset
from workflow_scripts.sources.files import files_of, without_escapes

SOURCES, AUDIO = "sources", "audio"
"""The stages: what an ingest reads comes first, as it may say where audio is."""
Stage = tuple[str, str]
"""A dataset, and one of these."""
_PATTERN = re.compile(r"[*?\[]")
_ESCAPED = re.compile(r"\[[*?[]\]")
_VOLUME = re.compile(r"\.z\d\d+\Z")


class ReadPath(NamedTuple):
    """What is to be read: a file, a folder, or all that a pattern fits, as the run knows paths."""

    path: str
    is_pattern: bool = False


@dataclass(frozen=True)
class AcquireEntry:
    """One entry of `acquire`.

    Attributes:
        key: where it stands: `acquire[3]`.
        stage: SOURCES if it brings something that the adapter reads, else AUDIO.
        address: of a file; of a folder, if it ends in `/`; None for the addresses in the dataset's own rows.
        rows: where a row says its address; None for an entry with an address.
        mirrors: other addresses of the same file.
        to: the file or folder that is to be, as the run knows paths.
        sha256, md5, bytes: that are published of it; None if not.
        unpack: the folder that its members go into; None if it stays packed.
    """

    key: str
    stage: str
    address: str | None
    rows: str | None
    mirrors: tuple[str, ...]
    to: str
    sha256: str | None
    md5: str | None
    bytes: int | None
    unpack: str | None

    @property
    def is_file(self) -> bool:
        """Whether its address is that of one file."""
        return self.address is not None and not self.address.endswith("/")

    @property
    def masked(self) -> "AcquireEntry":
        """It without the queries of its addresses, which may be keys."""
        return replace(self, address=self.address and masked(self.address), mirrors=tuple(map(masked, self.mirrors)))

    @property
    def brings(self) -> str:
        """The file or folder that others may wait for."""
        return self.unpack or self.to


@dataclass(frozen=True)
class Acquisition:
    """What all datasets of a run have fetched.

    Attributes:
        entries: of each dataset.
        places: of the run: they tell how far it has come.
        workdir: the folder of the run.
        reader: the dataset that asks.
        subsets: of datasets that not all is wanted of, by dataset.
    """

    entries: dict[str, tuple[AcquireEntry, ...]]
    places: Places
    workdir: Path
    reader: str = ""
    subsets: Mapping[str, Subset] = field(default_factory=dict)

    def stages_for(self, path: ReadPath) -> list[Stage]:
        """The stages that bring a file, a folder, or something below it; a pattern stands for what it would fit.

        Of several that bring the same, those of the reader's own dataset do.
        """
        brought = self._brought()
        named = _named(path, brought, self.workdir)
        around = _place(path, self.workdir)
        stages = _stages(brought, named or {place for place in brought if _touch(place, around)})
        return [stage for stage in stages if stage[0] == self.reader] or stages

    def is_there(self, path: ReadPath) -> bool:
        """Whether something is there that need not be fetched."""
        if not path.is_pattern:
            return os.path.exists(self.workdir / path.path)
        return any(map(os.path.exists, files_of(os.path.join(glob.escape(str(self.workdir)), path.path))))

    def is_coming(self, path: ReadPath) -> bool:
        """Whether what is not there is yet to be fetched.

        It is not if it was read before it was ever fetched: then it is somebody's own, and its disk may not be mounted.
        """
        stages = self.stages_for(path)
        if all(map(self.is_done, stages)):
            return False
        return any(map(self.has_begun, stages)) or not self._was_read(path)

    def is_done(self, stage: Stage) -> bool:
        """Whether all of a stage has been fetched, as its entries and its subset are now."""
        brought = self._brought_by(stage)
        return all(to in brought or [to, self.subsets.get(stage[0])] in brought for to in self._to(stage))

    def narrows(self, stage: Stage) -> bool:
        """Whether a stage brings what a subset needs alone. Where all of it was fetched before, all of it stays."""
        brought = self._brought_by(stage)
        is_of_all = all(to in brought for to in self._to(stage))
        return stage[1] == AUDIO and stage[0] in self.subsets and not is_of_all

    def brings(self, stage: Stage) -> list[Any]:
        """What `is_done` reads of a stage once it is: `to` of each entry, with the subset where it is narrowed."""
        subset = self.subsets.get(stage[0]) if self.narrows(stage) else None
        return [[to, subset] if subset else to for to in self._to(stage)]

    def has_begun(self, stage: Stage) -> bool:
        """Whether a run has planned its fetches: from then on what was not fetched yet is waited for."""
        return os.path.exists(self.workdir / self.places.fetch_plan(*stage))

    def waits_for(self, paths: Iterable[ReadPath]) -> list[Stage]:
        """The stages that have to be done before some paths can be read.

        What is there is taken as it is, unless a run has begun to fetch of the same stage: it may not be all yet.
        """
        return list(
            dict.fromkeys(
                stage
                for path in paths
                for stage in self.stages_for(path)
                if self.has_begun(stage) or not self.is_there(path)
            )
        )

    def words_of_gone(self, path: ReadPath) -> str:
        """What to do about a file that was there, and is gone; nothing for others."""
        stages = self.stages_for(path)
        if not stages or self.is_coming(path):
            return ""
        if any(map(self.has_begun, stages)):
            remove = f"{self.places.acquisition(stages[0][0])} and {self._made_of(path)}"
            return (
                ". An earlier run fetched it and it is gone since. Put it back; or, to have it fetched again, "
                f"remove {remove} and run again"
            )
        return (
            ". An earlier run read it and it is gone since. Is it mounted? Or, to have it fetched, "
            f"remove {self._made_of(path)} and run again"
        )

    def _to(self, stage: Stage) -> list[str]:
        return [entry.to for entry in self.entries.get(stage[0], ()) if entry.stage == stage[1]]

    def _brought_by(self, stage: Stage) -> list[Any]:
        """What a stage that is done has brought, as `brings` tells it."""
        try:
            brought = json.loads((self.workdir / self.places.acquired_entries(*stage)).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return brought if isinstance(brought, list) else []

    def _was_read(self, path: ReadPath) -> bool:
        return bool(self.reader) and os.path.exists(self.workdir / self._made_of(path))

    def _made_of(self, path: ReadPath) -> str:
        """What a run makes of it as soon as it is read."""
        return self.places.table(self.reader, "promised")

    def refuse_offline(self, stages: Iterable[Stage]) -> None:
        """Raises SettingsError that names all that would have to be fetched for some stages."""
        missing = [
            f"{dataset}: {entry.to}: from {_shown(entry)}"
            for dataset, stage in stages
            if not self.is_done((dataset, stage))
            for entry in self.entries[dataset]
            if entry.stage == stage and not (entry.is_file and self._is_whole(entry.to))
        ]
        if missing:
            raise SettingsError(
                "config: offline: these are not on this disk, and no connection is to be made. Bring them, or run "
                "without `offline`:\n" + "\n".join(missing)
            )

    def _is_whole(self, to: str) -> bool:
        return os.path.exists(self.workdir / to) and not is_excerpt(str(self.workdir / to))

    @property
    def of_roots(self) -> "AcquisitionOfRoots":
        """The same, to be asked of audio roots."""
        return AcquisitionOfRoots(self.entries, self.places, self.workdir, self.reader, self.subsets)

    def all_stages(self) -> list[Stage]:
        """Those of all entries."""
        return list(dict.fromkeys((name, entry.stage) for name, entries in self.entries.items() for entry in entries))

    def _brought(self) -> dict[str, list[Stage]]:
        """For each place that something is brought to, by which stages."""
        brought: dict[str, list[Stage]] = {}
        for name, entries in self.entries.items():
            for entry in entries:
                brought.setdefault(_place(ReadPath(entry.brings), self.workdir), []).append((name, entry.stage))
        return brought


class AcquisitionOfRoots(Acquisition):
    """What audio roots are to wait for. Labels may lie in the same folder, and come from the same archives."""

    def stages_for(self, path: ReadPath) -> list[Stage]:
        """The stages that bring audio into a root; those that bring labels there, if none does."""
        brought, root = self._brought(), _place(path, self.workdir)
        stages = _stages(brought, {place for place in brought if _touch(place, root)})
        return [stage for stage in stages if stage[1] == AUDIO] or stages

    def is_there(self, path: ReadPath) -> bool:
        """Whether a root is there.

        One in which labels lie and no audio is not, as its audio comes after them; nor one in which an excerpt lies of
        an archive that it should have.
        """
        if not super().is_there(path) or holds_other_files_alone(str(self.workdir / path.path)):
            return False
        root = _place(path, self.workdir)
        archives = (os.path.abspath(self.workdir / entry.to) for entry in self.entries.get(self.reader, ()))
        return not any(_touch(archive, root) and is_excerpt(archive) for archive in archives)

    def _made_of(self, path: ReadPath) -> str:
        return self.places.shards(root_slug(os.path.abspath(self.workdir / path.path), self.workdir))


def acquire_entries(
    written: Sequence[dict[str, Any]], leaves: Sequence[Leaf], match: str, file: Path, base: Path, workdir: Path
) -> tuple[AcquireEntry, ...]:
    """The entries of a dataset file.

    Args:
        written: as they stand there.
        leaves: of its sources, as seen from the folder of the run.
        match: how media are matched to clips.
        file: as errors call it.
        base: the folder that its relative paths start from.
        workdir: the folder of the run.

    Raises:
        SettingsError: two entries bring one file, an entry asks for what cannot be.
    """
    read = [read_path(leaf) for leaf in leaves if leaf.format in ON_DISK]
    entries = [_entry(f"acquire[{ordinal}]", one, file, base, workdir) for ordinal, one in enumerate(written)]
    seen: dict[str, str] = {}
    for entry in entries:
        where = f"{file}: {entry.key}"
        if entry.to in seen and entry.address:
            raise SettingsError(f"{where}: {entry.to} is brought by {seen[entry.to]} already; name each file once")
        seen[entry.to] = entry.key
        if not entry.address and match == "youtube":
            raise SettingsError(
                f"{where}: the addresses of its rows are pages of a video site, from which nothing is fetched here; "
                "name mirrors or archives of the audio instead"
            )
    brought = [_place(ReadPath(entry.brings), workdir) for entry in entries]
    named = {path: _named(path, brought, workdir) for path in read}
    by_others = [_place(path, workdir) for path in read if not named[path]]
    by_name = set().union(*named.values())
    return tuple(_staged(entry, entries, by_name, by_others, workdir) for entry in entries)


def refuse_in_results(file: str, entries: Iterable[AcquireEntry], results: str, workdir: Path) -> None:
    """Raises SettingsError for what would be brought into the results, where a run may delete and make anything."""
    made = Path(os.path.realpath(workdir / results))
    for entry in entries:
        for path in filter(None, (entry.to, entry.unpack)):
            if Path(os.path.realpath(workdir / path)).is_relative_to(made):
                raise SettingsError(
                    f"{file}: {entry.key}: {path} lies in the results ({made}), where a run may delete and make again "
                    "anything; have it brought beside your labels or audio"
                )


def accepted(
    dataset: str, terms: str | None, accept: Iterable[str], acquisition: Acquisition, stages: Iterable[Stage]
) -> None:
    """Let pass what may be fetched.

    Args:
        dataset: its name.
        terms: of it.
        accept: the datasets whose terms are accepted.
        acquisition: of the run.
        stages: that are waited for.

    Raises:
        MissingError: one of them is not done, the dataset has terms, and they are not accepted.
    """
    waiting = [stage for stage in stages if stage[0] == dataset and not acquisition.is_done(stage)]
    if terms and waiting and dataset not in accept:
        raise MissingError(
            f"dataset {dataset}: files of it are to be fetched, and it has terms: {terms.rstrip('.')}. Read them; if "
            f"you accept them, name it: --config 'accept_terms=[\"{dataset}\"]', or in config/config.yaml"
        )


def _entry(key: str, written: dict[str, Any], file: Path, base: Path, workdir: Path) -> AcquireEntry:
    where = f"{file}: {key}"
    if "sha256" in written and "md5" in written:
        raise SettingsError(f"{where}: expected one digest, found sha256 and md5; sha256 is the one to keep")
    paths = {name: os.path.abspath(base / written[name]) for name in ("to", "unpack") if name in written}
    for name, path in paths.items():
        for said in (written[name], path):
            refuse_unfit(said, f"{where}.{name}")
        if is_beside(os.path.basename(path)):
            raise SettingsError(f"{where}.{name}: {path} is called like what lies beside a file while it is fetched")
    address = written.get("url")
    for named in filter(None, (address, *written.get("mirrors", ()))):
        _refuse_address(named, where)
    if address and address.endswith("/"):
        wrong = sorted({"sha256", "md5", "bytes", "unpack", "mirrors"} & written.keys())
        if wrong:
            raise SettingsError(f"{where}: {wrong[0]} is said of one file, and {without_secrets(address)} is a folder")
    return AcquireEntry(
        key,
        AUDIO,
        address,
        written.get("from"),
        tuple(written.get("mirrors", ())),
        seen_from(workdir, paths["to"]),
        written.get("sha256"),
        written.get("md5"),
        written.get("bytes"),
        seen_from(workdir, paths["unpack"]) if "unpack" in paths else None,
    )


def _staged(
    entry: AcquireEntry, entries: Sequence[AcquireEntry], by_name: set[str], others: Sequence[str], workdir: Path
) -> AcquireEntry:
    """An entry with its stage; a part of a zip has that of the part that is unpacked.

    Args:
        entry: whose stage is to be known.
        entries: of its dataset.
        by_name: the places of sources that some entry brings by their very name.
        others: those of all other sources, which come out of archives or folders.
        workdir: the folder of the run.
    """
    stem = _VOLUME.sub("", entry.to)
    last = next((other for other in entries if stem != entry.to and other.unpack and other.to == f"{stem}.zip"), entry)
    brings = _place(ReadPath(last.brings), workdir)
    is_read = brings in by_name or any(_touch(brings, place) for place in others)
    return replace(entry, stage=SOURCES if is_read else AUDIO)


def _refuse_address(address: str, where: str) -> None:
    """Raises SettingsError for one of no known scheme, or with a password, which would stand in tables and logs."""
    if scheme_of(address) not in known_schemes():
        known = ", ".join(f"{scheme}:" for scheme in known_schemes())
        raise SettingsError(f"{where}: {without_secrets(address)} begins with none of {known}")
    if "@" in address.partition("://")[2].partition("/")[0] and scheme_of(address) in ("http", "https"):
        raise SettingsError(
            f"{where}: {without_secrets(address)}: an address holds no name and password here; docs/acquire.md says "
            "where tokens are read from"
        )


def _shown(entry: AcquireEntry) -> str:
    return without_secrets(entry.address) if entry.address else f"the addresses in its rows, `{entry.rows}`"


def read_path(leaf: Leaf) -> ReadPath:
    """What a leaf of the sources names on disk."""
    return ReadPath(leaf.value, leaf.format == "files")


def _place(path: ReadPath, workdir: Path) -> str:
    """Where something lies; of a pattern, the folder that all it fits is in."""
    if not path.is_pattern:
        return os.path.abspath(workdir / path.path)
    parts = path.path.split("/")
    fixed = list(itertools.takewhile(lambda part: not _PATTERN.search(_ESCAPED.sub("", part)), parts))
    return os.path.abspath(workdir / without_escapes("/".join(fixed if len(fixed) < len(parts) else parts)))


def _stages(brought: dict[str, list[Stage]], places: set[str]) -> list[Stage]:
    """The stages that bring something to some places, in the order of the entries."""
    return list(dict.fromkeys(stage for place in brought if place in places for stage in brought[place]))


def _named(path: ReadPath, places: Iterable[str], workdir: Path) -> set[str]:
    """Those of some places that a path is, or a pattern fits; `*` is any folders here: more may fit than will."""
    if not path.is_pattern:
        return {place for place in places if place == os.path.abspath(workdir / path.path)}
    pattern = os.path.normpath(os.path.join(glob.escape(str(workdir)), path.path)).replace("**/", "*")
    return {place for place in places if fnmatch.fnmatchcase(place, pattern)}


def _touch(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other.rstrip('/')}/") or other.startswith(f"{one.rstrip('/')}/")
