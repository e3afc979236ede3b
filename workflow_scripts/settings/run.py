"""What a run consists of: datasets, the audio roots they name, and where results go."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from workflow_scripts.settings.judgements import KEYS, judgements, refuse_below_results
from workflow_scripts.settings.licences import check_licences
from workflow_scripts.settings.losses import Bearable, bearable
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.reading import MissingError, SettingsError, load_yaml
from workflow_scripts.settings.registry import known_of
from workflow_scripts.settings.roots import Root, made_by_workflow, refuse_inside_each_other, root_slug, roots_of
from workflow_scripts.settings.schemas import (
    CONFIG_FOLDER,
    dataset_schema,
    mapping_schema,
    options_schema,
    run_schema,
    sources_schema,
)
from workflow_scripts.settings.sources import (
    check_leaves,
    from_workdir,
    leaves,
    listed_by,
    read_by,
    refuse_braces,
    seen_from,
)
from workflow_scripts.settings.split_care import AUTHORS, check_split_care, split_care
from workflow_scripts.settings.validation import validated
from workflow_scripts.settings.version import VERSION


@dataclass(frozen=True)
class Export:
    """One export of a dataset.

    Attributes:
        name: names the export and its folder.
        format: the folder of workflow_scripts/exports that writes it.
        given: its options as the dataset file has them.
        options: these, and the defaults of all others.
        licences: that it takes clips under, with their defaults; None where it is not narrowed.
        tables: those of the dataset that it reads.
        reads_checks: it reads the checks of the dataset's roots too.
        makes_packs: what takes time is made by jobs of their own.
        describes: it tells of the dataset, and is made after all exports that do not.
        split_by: what it takes for splits: authors, assigned or folds.
        subset: that it takes clips of; None for all clips.
    """

    name: str
    format: str
    given: dict[str, Any]
    options: dict[str, Any]
    licences: dict[str, Any] | None
    tables: tuple[str, ...]
    reads_checks: bool
    makes_packs: bool
    describes: bool = False
    split_by: str = AUTHORS
    subset: str | None = None

    @property
    def taking(self) -> dict[str, Any]:
        """Which clips it takes, and by which splits."""
        return {"licences": self.licences, "split_by": self.split_by, "subset": self.subset}


@dataclass(frozen=True)
class Dataset:
    """One dataset file, validated.

    Attributes:
        sources: the adapter's sources; paths below the folder of the run are relative to it, others absolute.
        source_files: every file named in sources.
        source_folders: every folder named there, of which it is read what lies in it; with the slug that it has as an
            audio root.
        mapping: what else its adapter has it say.
        match: how media are matched to clips: youtube, stem or path.
        splits: those that the sources name, in their order; others may stand in the rows.
        audio: the slug of each root in the order of the file, and whether it holds `clips` or `recordings`.
        judgements: the files that it names under each key for what people or models say of its clips (`reviews`).
        split_care: `augment_splits`, `folds` and `subsets`, as far as the file asks for any.
        exports: by name.
        review: which clips have cards on its review page, and how much of each is played.
        bearable: what may be lost of it without an error.
    """

    name: str
    file: str
    adapter: str
    sources: dict[str, Any]
    source_files: tuple[str, ...]
    source_folders: dict[str, str]
    mapping: dict[str, Any]
    match: str
    splits: tuple[str, ...]
    audio: dict[str, str]
    limits: dict[str, float]
    judgements: dict[str, tuple[str, ...]]
    split_care: dict[str, Any]
    exports: dict[str, Export]
    review: dict[str, Any]
    bearable: Bearable
    rights: dict[str, str]

    @property
    def ingest_settings(self) -> dict[str, Any]:
        """What its adapter is told of it."""
        return {"name": self.name, "sources": self.sources, "mapping": self.mapping, "rights": self.rights}


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

    def scans(self) -> list[str]:
        """What the scans of all roots make: media lists, their shards, what could not be listed or is not looked at."""
        places = (self.places.media_lists, self.places.shards, self.places.root_rejects, self.places.not_looked_at)
        return [place(slug) for slug in self.roots for place in places]

    def look_before_scan(self, root: str) -> str:
        """Where a scan finds what the look at the start of the run saw; "" if it is to look by itself.

        So it is to where nobody looks at the start, and where the workflow may have made all of the root since.
        """
        looked_at = self.roots | self.folders
        return self.places.look(root) if self.look == "always" and not looked_at[root].made_by_workflow else ""

    def looks_of_sources(self, dataset: str) -> dict[str, str]:
        """For each folder among the sources of a dataset where an ingest finds what the look at it saw, likewise."""
        return {path: self.look_before_scan(slug) for path, slug in self.datasets[dataset].source_folders.items()}

    def catalogue(self) -> list[str]:
        """What the run ends with for all datasets."""
        return [self.places.catalogue, self.places.current_generation, self.places.summary]

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
        return [self.places.table(dataset, name) for name in self.datasets[dataset].exports[export].tables]

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
        return self.places.table(dataset, name) if name == key else self.places.table_of(dataset, key, name)

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
    settings = validated(config, run_schema(), "config (config/config.yaml or --config)")
    results = _results(settings["results"], workdir)
    datasets: dict[str, Dataset] = {}
    roots: dict[str, Root] = {}
    folders: dict[str, Root] = {}
    missing: list[MissingError] = []
    for wanted in settings["datasets"]:
        try:
            dataset, named = _load_dataset(wanted, workdir)
        except MissingError as error:
            missing.append(error)
            continue
        refuse_below_results(dataset.file, dataset.judgements, results, workdir)
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
            folders[slug] = Root(slug, os.path.abspath(workdir / path), made_by_workflow(path, workdir))
            refuse_inside_each_other(f"{dataset.file}: sources", folders[slug], results, workdir)
    if missing and not datasets:
        raise missing[0]
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
    )


def _results(named: str, workdir: Path) -> str:
    """One spelling for one folder, as Snakemake knows files by the letters of their paths."""
    refuse_braces(named, "config: results")
    return seen_from(workdir, os.path.abspath(workdir / named))


def _custom_rules(files: list[str], workdir: Path) -> Iterator[str]:
    """Absolute paths: Snakemake would look for others beside the Snakefile."""
    for ordinal, file in enumerate(files):
        path = workdir / file
        if not path.is_file():
            raise SettingsError(
                f"config: custom_rules[{ordinal}]: no such file: {path}; a relative path starts where Snakemake runs"
            )
        yield os.path.abspath(path)


def _load_dataset(wanted: str, workdir: Path) -> tuple[Dataset, list[tuple[str, Root]]]:
    file, base = _find_dataset_file(wanted, workdir)
    written = load_yaml(file)
    content = validated(written, dataset_schema(written.get("adapter")), str(file))
    limits = content["limits"]
    for name in ("min_duration_s", "train_min_duration_s"):
        if not limits[name] <= limits["max_duration_s"]:
            raise SettingsError(
                f"{file}: limits: {name} {limits[name]} is not below max_duration_s {limits['max_duration_s']}; "
                "no clip could keep to both"
            )
    schema = sources_schema(content["adapter"], f"{file}: adapter")
    found = validated(content["sources"], schema, f"{file}: sources")
    sources = from_workdir(found, schema, base, workdir)
    read = leaves(sources, schema)
    check_leaves(read, file, content["name"], workdir)
    named = list(roots_of(content["audio"], file, base, workdir))
    mapping = {
        name: content[name] for name in mapping_schema(content["adapter"]).get("properties", {}) if name in content
    }
    split_from = sources.get(schema.get("splits"))
    splits = tuple(split_from) if isinstance(split_from, dict) else ()
    care = split_care(content, splits, str(file))
    files, folders = read_by(read, str(file)), listed_by(read, str(file))
    judged = judgements(content, files, file, base, workdir)
    of_judged = [one for of_key in judged.values() for one in of_key]
    dataset = Dataset(
        name=content["name"],
        file=str(file),
        adapter=content["adapter"],
        sources=sources,
        source_files=tuple(path for path, _ in files),
        source_folders={path: root_slug(os.path.abspath(workdir / path), workdir) for path, _ in folders},
        mapping=mapping,
        match=mapping["match"] if schema["match"] == "declared" else schema["match"],
        splits=splits,
        judgements={key: tuple(path for path, _ in of_key) for key, of_key in judged.items()},
        audio={root.slug: holds for _, root, holds in named},
        limits=limits,
        split_care=care,
        exports={export.name: export for export in _exports(content["exports"], care, file)},
        review=content["review"],
        bearable=bearable(
            dict([*files, *folders, *of_judged]),
            {
                root.slug: written["path"] if isinstance(written, dict) else written
                for (_, root, _), written in zip(named, content["audio"], strict=True)
            },
            content["allow_loss"],
            content["max_rejected_fraction"],
            file,
        ),
        rights=content["rights"],
    )
    return dataset, [(where, root) for where, root, _ in named]


def _find_dataset_file(wanted: str, workdir: Path) -> tuple[Path, Path]:
    """The file of a dataset and the folder that its relative paths start from."""
    if re.fullmatch(r"[a-z0-9_]+", wanted):
        file = CONFIG_FOLDER / "datasets" / f"{wanted}.yaml"
        if not file.is_file():
            known = ", ".join(sorted(path.stem for path in file.parent.glob("*.yaml")))
            raise SettingsError(
                f"config: datasets: there is no config/datasets/{wanted}.yaml; there are {known}. "
                "For a file of your own give its path, ending in .yaml"
            )
        return file, workdir
    file = workdir / wanted
    return file, file.parent


def _exports(entries: list[Any], care: dict[str, Any], file: Path) -> Iterator[Export]:
    seen: set[str] = set()
    for ordinal, entry in enumerate(entries):
        where = f"{file}: exports[{ordinal}]"
        given = {entry: {}} if isinstance(entry, str) else dict(entry)
        name, licences = given.pop("as", None), given.pop("licences", None)
        split_by, subset = given.pop("split_by", AUTHORS), given.pop("subset", None)
        if len(given) != 1:
            raise SettingsError(
                f"{where}: expected one format with its options, and `as`, `licences`, `split_by` and `subset` or not; "
                f"found {entry}"
            )
        [(kind, options)] = given.items()
        schema = options_schema(kind, where)
        name = name or kind
        if name in seen:
            raise SettingsError(
                f"{where}: {name!r} stands there twice; give one a name of its own: {{{kind}: {{}}, as: {kind}_2}}"
            )
        seen.add(name)
        needs = schema["needs"]
        tables = dict.fromkeys(table for table in ("clips", *needs) if table != "checks")  # they tell what is held back
        if licences:
            check_licences(licences, f"{where}.licences")
        check_split_care(split_by, subset, care, where)
        if split_by != AUTHORS:
            tables["splits"] = None
        if subset:
            tables["subsets"] = None
        filled = validated(options, schema, f"{where}.{kind}")
        makes_packs = _makes_packs(schema, filled)
        yield Export(
            name,
            kind,
            options,
            filled,
            licences,
            tuple(tables),
            reads_checks="checks" in needs,
            makes_packs=makes_packs,
            describes=schema.get("describes", False),
            split_by=split_by,
            subset=subset,
        )


def _makes_packs(schema: dict[str, Any], options: dict[str, Any]) -> bool:
    """Whether a format makes packs under these options: always, never, or where an option has one of some values."""
    packs = schema.get("packs", False)
    return packs if isinstance(packs, bool) else any(options[name] in values for name, values in packs.items())
