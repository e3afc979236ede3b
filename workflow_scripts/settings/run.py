"""What a run consists of: datasets, the audio roots they name, and where results go."""

import graphlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from workflow_scripts.errors import nearest
from workflow_scripts.settings.acquire import (
    Acquisition,
    ReadPath,
    Stage,
    accepted,
    acquire_entries,
    refuse_in_results,
)
from workflow_scripts.settings.dataset import LEAKED, Dataset, DatasetFile, load_dataset, read_dataset
from workflow_scripts.settings.deliver import refuse_meeting
from workflow_scripts.settings.judgements import KEYS, refuse_below_results
from workflow_scripts.settings.path_names import refuse_unfit, results_folder
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.reading import MissingError, SettingsError
from workflow_scripts.settings.registry import known_of
from workflow_scripts.settings.roots import Root, made_by_workflow, refuse_inside_each_other
from workflow_scripts.settings.schemas import (
    run_settings,
)
from workflow_scripts.settings.sources import seen_from
from workflow_scripts.settings.subset import subsets_of
from workflow_scripts.settings.version import VERSION


@dataclass(frozen=True)
class Run:
    """A validated run.

    Attributes:
        shard_bound: how many media, and how many bytes of them, a shard holds at most.
        custom_rules: absolute paths of rule files of the user's own.
        roots: the audio roots of all datasets, by slug.
        folders: those that they read as sources, by slug too: one that is both is looked at once.
        left_out: of each dataset that a source or a root is missing of, which.
        report: whether it makes the reports too.
        acquisition: what its datasets have fetched.
        accept_terms: the datasets whose terms are accepted.
        offline: no connection is made.
        dry_run: deliveries are told, and nothing is sent.
        look_in: absolute paths of folders in which missing media may lie.
        against: files of fingerprints of sets whose audio is not here.
    """

    places: Places
    look: str
    check: dict[str, Any]
    shard_bound: tuple[int, int]
    custom_rules: tuple[str, ...] = ()
    datasets: dict[str, Dataset] = field(default_factory=dict)
    roots: dict[str, Root] = field(default_factory=dict)
    folders: dict[str, Root] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    report: bool = False
    acquisition: Acquisition = field(default_factory=lambda: Acquisition({}, Places(""), Path()))
    accept_terms: tuple[str, ...] = ()
    offline: bool = False
    dry_run: bool = False
    look_in: tuple[str, ...] = ()
    against: tuple[str, ...] = ()

    def scans(self) -> list[str]:
        """What the scans of all roots make: media lists, their shards, what could not be listed or is not looked at."""
        places = (self.places.media_lists, self.places.shards, self.places.root_rejects, self.places.not_looked_at)
        return [place(slug) for slug in self.roots for place in places]

    def look_before_scan(self, root: str) -> str:
        """Where a scan finds what the look at the start of the run saw; "" if it is to look by itself.

        So it is to where nobody looks at the start, and where the workflow may have made all of the root since.
        """
        looked_at = self.roots | self.folders
        is_looked_at = self.look == "always" and not looked_at[root].is_made_meanwhile
        return self.places.look(root) if is_looked_at or looked_at[root].is_address else ""

    def looks_of_sources(self, dataset: str) -> dict[str, str]:
        """For each folder among the sources of a dataset where an ingest finds what the look at it saw, likewise."""
        return {path: self.look_before_scan(slug) for path, slug in self.datasets[dataset].source_folders.items()}

    def catalogue(self) -> list[str]:
        """What the run ends with for all datasets."""
        return [self.places.catalogue, self.places.current_generation, self.places.summary]

    def entries_of_stage(self, dataset: str, stage: str) -> list[dict[str, Any]]:
        """What a dataset has fetched in a stage, as a rule is told of it: Snakemake keeps what it tells its jobs."""
        return [asdict(entry.masked) for entry in self.datasets[dataset].acquire if entry.stage == stage]

    def brought_by_stage(self, dataset: str, stage: str) -> list[Any]:
        """What these bring, as `Acquisition` reads it of a stage that is done."""
        return self.acquisition.brings((dataset, stage))

    def match_of_members(self, dataset: str, stage: str) -> str | None:
        """How media are matched to clips, where a stage brings no more than these need; None where it brings all."""
        return self.datasets[dataset].match if self.narrows(dataset, stage) else None

    def narrows(self, dataset: str, stage: str, **_: str) -> bool:
        """Whether a stage brings what the clips of a subset need alone."""
        return self.acquisition.narrows((dataset, stage))

    def entry(self, dataset: str, stage: str, entry: str) -> dict[str, Any]:
        """One of them, by its number in the dataset file."""
        return next(one for one in self.entries_of_stage(dataset, stage) if one["key"] == f"acquire[{entry}]")

    def unpacked_in(self, dataset: str, stage: str) -> list[str]:
        """What comes out of those of them that are unpacked."""
        entries = [one for one in self.entries_of_stage(dataset, stage) if one["unpack"]]
        return [self.places.unpacked(dataset, stage, re.sub(r"\D", "", one["key"])) for one in entries]

    def rows_with_addresses(self, dataset: str, stage: str) -> list[str]:
        """The tables whose rows say addresses of a stage, or of which clips it is to be; none if none do."""
        is_said = any(entry["rows"] for entry in self.entries_of_stage(dataset, stage))
        is_said = is_said or self.narrows(dataset, stage)
        return [self.places.table(dataset, name) for name in ("promised", "origins")] if is_said else []

    def stages_waited_for(self) -> list[Stage]:
        """The stages of fetching that have to be done before sources or roots of the run can be read."""
        roots = [stage for root in (self.roots | self.folders).values() for stage in root.waits_for]
        sources = [stage for dataset in self.datasets.values() for stage in dataset.waits_for]
        return list(dict.fromkeys([*sources, *roots]))

    def waited_for(self) -> list[str]:
        """What became of the files of these."""
        return [self.places.acquired(*stage) for stage in self.stages_waited_for() if stage[0] in self.datasets]

    def fetches_of(self, dataset: str) -> list[str]:
        """What became of the files of those of them that are one dataset's."""
        return [self.places.acquired(*stage) for stage in self.stages_waited_for() if stage[0] == dataset]

    def fetched_in(self) -> dict[str, list[str]]:
        """These stages by dataset."""
        stages = [stage for stage in self.stages_waited_for() if stage[0] in self.datasets]
        return {name: [stage for of, stage in stages if of == name] for name in dict(stages)}

    def refuse_offline(self) -> None:
        """Raises SettingsError if something of these has to be fetched, and the run may not connect."""
        if self.offline:
            self.acquisition.refuse_offline(self.stages_waited_for())

    def acquired(self) -> list[str]:
        """What became of all files of which the dataset files say where they come from.

        Raises:
            MissingError: terms of a dataset are not accepted.
        """
        stages = self.acquisition.all_stages()
        for dataset in self.datasets.values():
            accepted(dataset.name, dataset.rights.get("terms"), self.accept_terms, self.acquisition, stages)
        return [self.places.acquired(*stage) for stage in stages if stage[0] in self.datasets]

    def roots_of(self, dataset: str) -> list[dict[str, Any]]:
        """For each root of a dataset, in the order of its file: slug, path, `holds` and links."""
        return [
            {
                "slug": slug,
                "path": self.roots[slug].path,
                "holds": holds,
                "links": self.places.links(slug),
            }
            for slug, holds in self.datasets[dataset].audio.items()
        ]

    def tables_of_export(self, dataset: str, export: str) -> list[str]:
        """The tables of the dataset that an export reads."""
        return [
            self.places.leaked(dataset, export) if name == LEAKED else self.places.table(dataset, name)
            for name in self.datasets[dataset].exports[export].tables
        ]

    def splits_of_export(self, dataset: str, export: str) -> list[str]:
        """The table of the splits that an export takes, where these are not its authors'."""
        return [file for file in self.tables_of_export(dataset, export) if file == self.places.table(dataset, "splits")]

    def roots_of_export(self, dataset: str, export: str) -> list[str]:
        """The roots whose checks an export reads, in the order of the dataset file."""
        return list(self.datasets[dataset].audio) if self.datasets[dataset].exports[export].reads_checks else []

    def others_of_export(self, dataset: str, export: str) -> dict[str, str]:
        """The accounts, by name, of the other exports of the dataset, where an export tells of these."""
        exports = self.datasets[dataset].exports
        others = [name for name, other in exports.items() if not other.describes] if exports[export].describes else []
        return {name: self.places.account(dataset, name) for name in others}

    def about_of_export(self, dataset: str, export: str) -> dict[str, Any] | None:
        """What an export that tells of the dataset is told of it; None for others, which nothing of it makes again."""
        told = self.datasets[dataset]
        if not told.exports[export].describes:
            return None
        return {
            "name": dataset,
            "rights": told.rights,
            "limits": told.limits,
            "known": known_of(dataset),
            "formats": {name: other.format for name, other in told.exports.items()},
            "version": VERSION,
        }

    def of_some(self, names: Iterable[str]) -> dict[str, Any]:
        """Which of some datasets have tables that not all have, as a catalogue of them is told."""
        names = set(names)

        def among(found: Iterable[str]) -> list[str]:
            return [name for name in found if name in names]

        return {
            "with_split_care": among(dataset.name for dataset in self.with_split_care()),
            "with_judgements": {key: among(having) for key, having in self.all_with_judgements().items()},
            "fetches": {name: stages for name, stages in self.fetched_in().items() if name in names},
            "with_windows": among(self.with_windows()),
            "with_years": among(self.with_years()),
            "with_fit": among(self.with_fit()),
            "derived": among(self.derived()),
            "with_pairs": among(self.with_pairs()),
        }

    def folders_of_scenes(self, dataset: str) -> dict[str, str]:
        """Where the scenes of a dataset, their parts, and masks of these are written; none where they are not."""
        places = {
            "audio": self.places.scene_audio(dataset),
            "stems": self.places.stems(dataset),
            "masks": self.places.masks(dataset),
        }
        return places if self.datasets[dataset].audio else {}

    def roots_derived_from(self, dataset: str) -> list[str]:
        """The roots of these, each once."""
        named = [root for name in self.datasets[dataset].derived_from for root in self.datasets[name].audio]
        return list(dict.fromkeys(named))

    def derived(self) -> list[str]:
        """The datasets that are made of others."""
        return [name for name, dataset in self.datasets.items() if dataset.derive]

    def tables_of_derived(self, names: Iterable[str]) -> list[str]:
        """Tables of these."""
        names = list(names)
        return [self.places.table(dataset, name) for dataset in self.derived() for name in names]

    def losses_of(self, dataset: str) -> dict[str, Any]:
        """What is to be known of a dataset to judge its losses."""
        known = self.datasets[dataset]
        return {"roots": list(known.audio), "match": known.match, **asdict(known.bearable)}

    def tables(self, names: Iterable[str]) -> list[str]:
        """Tables of every dataset."""
        names = list(names)
        return [self.places.table(dataset, name) for dataset in self.datasets for name in names]

    def tables_of_care(self, names: Iterable[str]) -> list[str]:
        """Tables of every dataset whose file asks for splits with care."""
        names = list(names)
        return [self.places.table(dataset.name, name) for dataset in self.with_split_care() for name in names]

    def with_split_care(self) -> list[Dataset]:
        """The datasets whose file asks for splits with care."""
        return [dataset for dataset in self.datasets.values() if dataset.split_care]

    def with_windows(self) -> list[str]:
        """The datasets whose file asks for something to be measured by window."""
        return [name for name, dataset in self.datasets.items() if dataset.measure]

    def tables_of_windows(self, names: Iterable[str]) -> list[str]:
        """Tables of these."""
        names = list(names)
        return [self.places.table(dataset, name) for dataset in self.with_windows() for name in names]

    def with_years(self) -> list[str]:
        """The datasets whose file asks for change over the years."""
        return [name for name, dataset in self.datasets.items() if dataset.over_years]

    def tables_of_years(self, names: Iterable[str]) -> list[str]:
        """Tables of these."""
        names = list(names)
        return [self.places.table(dataset, name) for dataset in self.with_years() for name in names]

    def with_fit(self) -> list[str]:
        """The datasets whose file asks how well captions fit their sound."""
        return [name for name, dataset in self.datasets.items() if dataset.caption_fit]

    def tables_of_fit(self, names: Iterable[str]) -> list[str]:
        """Tables of these."""
        names = list(names)
        return [self.places.table(dataset, name) for dataset in self.with_fit() for name in names]

    def with_pairs(self) -> list[str]:
        """The datasets whose file asks for pairs with images."""
        return [name for name, dataset in self.datasets.items() if dataset.pairs]

    def tables_of_pairs(self, names: Iterable[str]) -> list[str]:
        """Tables of these."""
        names = list(names)
        return [self.places.table(dataset, name) for dataset in self.with_pairs() for name in names]

    def roots_of_sound(self) -> list[str]:
        """The roots that hold sound, not images, by their slugs."""
        return [slug for slug, root in self.roots.items() if not root.images]

    def tables_of_matches(self, names: Iterable[str]) -> list[str]:
        """Tables of what sounds the same in all of these; none where there are none."""
        return [self.places.matches(name) for name in names if self.roots_of_sound()]

    def foreign_clips(self) -> list[str]:
        """The table of clips whose sound alone is known, where there is any to hold it against."""
        return self.tables_of_matches(["foreign_clips"]) if self.against else []

    def sources_of_pairs(self, dataset: str) -> dict[str, dict[str, Any]]:
        """What pairs are made of: tables of the dataset, by "", and of each with images, and its roots of these."""
        names = {"": dataset} | {name: name for name in self.datasets[dataset].paired_with}
        tables = ("clips", "origins", "classes")
        return {
            key: {
                "tables": {table: self.places.table(name, table) for table in tables},
                "roots": [slug for slug in self.datasets[name].audio if key and self.roots[slug].images],
            }
            for key, name in names.items()
        }

    def with_judgements(self, key: str) -> list[str]:
        """The datasets whose file names files under a key: `reviews`."""
        return [name for name, dataset in self.datasets.items() if dataset.judgements[key]]

    def all_with_judgements(self) -> dict[str, list[str]]:
        """The same for each of these keys."""
        return {key: self.with_judgements(key) for key in KEYS}

    def tables_of_judgements(self, key: str, names: Iterable[str]) -> list[str]:
        """Tables of what was read of these files, of every dataset that has any."""
        names = list(names)
        return [self._table_of(dataset, key, name) for dataset in self.with_judgements(key) for name in names]

    def _table_of(self, dataset: str, key: str, name: str) -> str:
        """What is read of the files of a key stands with the dataset's tables where it is one of the contract."""
        is_of_contract = name in (key, "detections")
        return self.places.table(dataset, name) if is_of_contract else self.places.table_of(dataset, key, name)

    def reports(self) -> list[str]:
        """The reports and cards of all datasets, and the page that leads to them."""
        of_each = [place(dataset) for dataset in self.datasets for place in (self.places.report, self.places.card)]
        return [*of_each, self.places.report_of_all]

    def exports(self) -> list[str]:
        """The accounts of all exports of all datasets."""
        return [
            self.places.account(dataset.name, export)
            for dataset in self.datasets.values()
            for export in dataset.exports
        ]


def load_run(config: dict[str, Any], workdir: Path) -> Run:
    """Read the dataset files that config names and put the run together.

    A dataset of which a source or a root is not there is left out, and stops no other: nothing of its results is
    touched.

    Raises:
        SettingsError: anything that would fail later and can be known now: unknown keys, two datasets of one name,
            results and a root inside each other, custom rules that are not there.
        MissingError: of no dataset all sources and roots are there.
    """
    settings = run_settings(config)
    results = _results(settings["results"], workdir)
    datasets: dict[str, Dataset] = {}
    roots: dict[str, Root] = {}
    folders: dict[str, Root] = {}
    read = [read_dataset(wanted, workdir, Places(results)) for wanted in settings["datasets"]]
    entries = {
        one.content["name"]: acquire_entries(one.content["acquire"], one.leaves, one.match, one.file, one.base, workdir)
        for one in read
    }
    subsets = subsets_of(settings["subset"], {one.content["name"]: one.content.get("subset") for one in read})
    acquisition = Acquisition(entries, Places(results), workdir, subsets=subsets)
    there, acquisition, missing = _those_there(read, workdir, acquisition, settings["accept_terms"])
    for dataset, named in there:
        refuse_below_results(dataset.file, dataset.judgements, results, workdir)
        refuse_in_results(dataset.file, dataset.acquire, results, workdir)
        if dataset.name in datasets:
            raise SettingsError(
                f"{dataset.file}: name: {dataset.name!r} is the name of {datasets[dataset.name].file} too; "
                "give each dataset of a run its own"
            )
        datasets[dataset.name] = dataset
        for where, root in named:
            refuse_inside_each_other(where, root, results, workdir)
            roots[root.slug] = root
        for path, slug in dataset.source_folders.items():
            stages, waits_for = acquisition.stages_for(ReadPath(path)), acquisition.waits_for([ReadPath(path)])
            place = os.path.abspath(workdir / path)
            folders[slug] = Root(slug, place, made_by_workflow(path, workdir), False, bool(stages), tuple(waits_for))
            refuse_inside_each_other(f"{dataset.file}: sources", folders[slug], results, workdir)
    if missing and not datasets:
        raise missing[0]
    refuse_circles(datasets)
    refuse_no_images(datasets, roots)
    refuse_meeting(
        [one for dataset in datasets.values() for one in dataset.deliveries.values()], roots, results, workdir
    )
    return Run(
        Places(results),
        settings["look"],
        settings["check"],
        (settings["files_per_shard"], settings["bytes_per_shard"]),
        tuple(_custom_rules(settings["custom_rules"], workdir)),
        datasets,
        roots,
        folders,
        tuple(map(str, missing)),
        settings["report"],
        acquisition,
        tuple(settings["accept_terms"]),
        settings["offline"],
        settings["dry_run"],
        tuple(_places(settings["look_in"], workdir)),
        tuple(_against(settings["against"], workdir)),
    )


def _those_there(
    read: list[DatasetFile], workdir: Path, acquisition: Acquisition, accept: list[str]
) -> tuple[list[tuple[Dataset, list[tuple[str, Root]]]], Acquisition, list[MissingError]]:
    """The datasets of which everything is there or is to be fetched, and why the others are left out.

    Of those nothing is fetched, so others that would wait for it are left out too.
    """
    missing: dict[Path, MissingError] = {}
    while True:
        loaded, before = [], len(missing)
        for one in read:
            if one.file in missing:
                continue
            try:
                dataset, named = load_dataset(one, workdir, acquisition)
                stages = _waited_for(dataset, named)
                accepted(dataset.name, dataset.rights.get("terms"), accept, acquisition, stages)
                loaded.append((dataset, named))
            except MissingError as error:
                missing[one.file] = error
        for one in read:
            if one.file not in missing and (lacks := _lacking(one, read, missing)):
                missing[one.file] = lacks
        if len(missing) == before:
            return loaded, acquisition, list(missing.values())
        names = {one.content["name"] for one in read if one.file not in missing}
        acquisition = replace(acquisition, entries={name: acquisition.entries[name] for name in names})


_OTHERS = {"derive.from": ("derive", "from"), "pairs.images": ("pairs", "images")}
"""Where a dataset file names others."""


def _lacking(one: DatasetFile, read: list[DatasetFile], missing: dict[Path, MissingError]) -> MissingError | None:
    """Why a dataset that is made of others, or paired with them, cannot be; None where nothing stands against it."""
    names = {other.content["name"]: other.file for other in read}
    from_others = {key: one.content.get(outer, {}).get(inner, ()) for key, (outer, inner) in _OTHERS.items()}
    for key, name in ((key, name) for key, said in from_others.items() for name in said):
        if name not in names:
            known = ", ".join(sorted(names))
            return MissingError(
                f"{one.file}: {key}: no dataset {name!r} in this run, which has {known}; add it to `datasets`"
                f"{nearest(name, names)}"
            )
        if names[name] in missing:
            return MissingError(f"{one.file}: {key}: {name!r} is left out: {missing[names[name]]}")
    return None


def refuse_circles(datasets: dict[str, Dataset]) -> None:
    """Raises SettingsError where datasets would be made of each other, or pairs of what is made of these pairs."""
    try:
        others = {name: {*one.derived_from, *one.paired_with} for name, one in datasets.items()}
        graphlib.TopologicalSorter(others).prepare()
    except graphlib.CycleError as error:
        way = " of ".join(reversed(error.args[1]))
        raise SettingsError(
            f"derive.from, pairs.images: {way}: nothing can be made of itself; leave one of them out"
        ) from None


def refuse_no_images(datasets: dict[str, Dataset], roots: dict[str, Root]) -> None:
    """Raises SettingsError where clips are to be paired with what is no image."""
    for one in datasets.values():
        for name in one.paired_with:
            if not any(roots[slug].images for slug in datasets[name].audio):
                raise SettingsError(
                    f"{one.file}: pairs.images: {name!r} has no root that holds images; in its file, say "
                    "`audio: [{path: …, holds: images}]`"
                )


def _results(named: str, workdir: Path) -> str:
    """One spelling for one folder, as Snakemake knows files by the letters of their paths."""
    return seen_from(workdir, results_folder(named, "config: results", workdir))


def _custom_rules(files: list[str], workdir: Path) -> Iterator[str]:
    """Absolute paths: Snakemake would look for others beside the Snakefile."""
    for ordinal, file in enumerate(files):
        path = workdir / file
        if not os.path.isfile(path):
            raise SettingsError(
                f"config: custom_rules[{ordinal}]: no such file: {path}; a relative path starts where Snakemake runs"
            )
        yield os.path.abspath(path)


def _places(named: list[str], workdir: Path) -> Iterator[str]:
    """Absolute paths of folders that are there."""
    for ordinal, place in enumerate(named):
        path = os.path.abspath(workdir / place)
        if not os.path.isdir(path):
            raise SettingsError(f"config: look_in[{ordinal}]: no such folder: {path}")
        yield path


def _against(named: str | list[str], workdir: Path) -> list[str]:
    """Files of fingerprints that are there; what they hold is read by a job."""
    files = [named] if isinstance(named, str) else named
    paths = [seen_from(workdir, os.path.abspath(workdir / file)) for file in files]
    for ordinal, path in enumerate(paths):
        where = f"config: against[{ordinal}]"
        refuse_unfit(path, where)
        if not (workdir / path).is_file():
            raise SettingsError(f"{where}: no such file: {workdir / path}; a relative path starts where Snakemake runs")
        if path in paths[:ordinal]:
            raise SettingsError(f"{where}: {path} stands there twice; name each file once")
    return paths


def _waited_for(dataset: Dataset, named: list[tuple[str, Root]]) -> list[Stage]:
    """The stages of fetching that something of a dataset waits for."""
    return [*dataset.waits_for, *(stage for _, root in named for stage in root.waits_for)]
