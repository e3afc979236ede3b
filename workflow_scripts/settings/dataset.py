"""A dataset file: read, validated and filled with defaults, with what it names on disk."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from workflow_scripts.settings.acquire import AcquireEntry, Acquisition, ReadPath, Stage, read_path
from workflow_scripts.settings.augment import absent
from workflow_scripts.settings.caption_fit import caption_fit, files_of_model
from workflow_scripts.settings.deliver import Delivery, deliveries
from workflow_scripts.settings.judgements import KEYS, judgements, models_of
from workflow_scripts.settings.licences import check_licences
from workflow_scripts.settings.losses import Bearable, bearable
from workflow_scripts.settings.measure import measure, over_years
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.reading import SettingsError, load_yaml
from workflow_scripts.settings.roots import Root, root_slug, roots_of
from workflow_scripts.settings.schemas import (
    CONFIG_FOLDER,
    DERIVED,
    dataset_schema,
    mapping_schema,
    options_schema,
    sources_schema,
)
from workflow_scripts.settings.sources import (
    ON_DISK,
    Leaf,
    check_leaves,
    from_workdir,
    leaves,
    listed_by,
    read_by,
)
from workflow_scripts.settings.split_care import AUTHORS, check_split_care, split_care
from workflow_scripts.settings.subset import Subset
from workflow_scripts.settings.validation import Schema, validated
from workflow_scripts.sources.files import files_of

LEAKED = "leaked"
"""The table of the clips that an export leaves out since they share something with what is evaluated on."""
RATE = 44_100
"""Samples a second of what is made of several clips, unless its file says so."""


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
        without_leaks: the splits that are evaluated on: its others lack what shares something with their clips.
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
    without_leaks: tuple[str, ...] = ()

    @property
    def taking(self) -> dict[str, Any]:
        """Which clips it takes, and by which splits."""
        return {"licences": self.licences, "split_by": self.split_by, "subset": self.subset}

    @property
    def as_written(self) -> dict[str, Any]:
        """Its entry in a dataset file, but for its licences."""
        beside: dict[str, Any] = {"split_by": self.split_by} if self.split_by != AUTHORS else {}
        beside |= {"subset": self.subset} if self.subset else {}
        beside |= {"without_leaks": list(self.without_leaks)} if self.without_leaks else {}
        return {"name": self.name, "format": self.format, "options": self.given, "beside": beside}


@dataclass(frozen=True)
class Dataset:
    """One dataset file, validated.

    Attributes:
        sources: the adapter's sources; paths below the folder of the run are relative to it, others absolute.
        leaves: of the sources.
        source_folders: every folder named there, of which it is read what lies in it; with the slug that it has as an
            audio root.
        mapping: what else its adapter has it say.
        match: how media are matched to clips: youtube, stem or path.
        splits: those that the sources name, in their order, of which clips are wanted; others may stand in the rows.
        audio: the slug of each root in the order of the file, and whether it holds `clips` or `recordings`.
        judgements: the files that it names under each key for what people or models say of its clips (`reviews`).
        models: what the models of its files of predictions are called, by their paths, where it says so.
        split_care: `augment_splits`, `folds` and `subsets`, as far as the file asks for any.
        measure: what is measured of its clips by window; nothing if its file does not ask.
        over_years: what of its change over the years is asked for; nothing if its file does not ask.
        caption_fit: the model that scores its captions, and which; nothing if its file does not ask.
        exports: by name.
        deliveries: of these, by name.
        review: which clips have cards on its review page, and how much of each is played.
        named_roots: for the slug of each root its path as written.
        allow_loss: what may be lost of it without an error, as written.
        max_rejected_fraction: the share of a source's rows that may be rejected.
        subset: which clips of it the run wants; None for all.
        acquire: where its files come from, as far as it says so.
        waits_for: the stages of fetching, each of a dataset, that have to be done before its sources can be read.
        derive: what it is made of, and how; None where it is found as it is.
        pairs: which images its clips are paired with, and how; None if its file does not ask.
    """

    name: str
    file: str
    adapter: str
    sources: dict[str, Any]
    leaves: tuple[Leaf, ...]
    source_folders: dict[str, str]
    mapping: dict[str, Any]
    match: str
    splits: tuple[str, ...]
    audio: dict[str, str]
    limits: dict[str, float]
    judgements: dict[str, tuple[str, ...]]
    models: dict[str, str]
    split_care: dict[str, Any]
    measure: dict[str, Any]
    over_years: dict[str, Any]
    caption_fit: dict[str, Any]
    exports: dict[str, Export]
    deliveries: dict[str, Delivery]
    review: dict[str, Any]
    named_roots: dict[str, str]
    allow_loss: tuple[str, ...]
    max_rejected_fraction: float
    rights: dict[str, str]
    subset: Subset | None = None
    acquire: tuple[AcquireEntry, ...] = ()
    waits_for: tuple[Stage, ...] = ()
    derive: dict[str, Any] | None = None
    pairs: dict[str, Any] | None = None

    @property
    def paired_with(self) -> tuple[str, ...]:
        """The datasets of the images that its clips are paired with."""
        return tuple(self.pairs["images"]) if self.pairs else ()

    @property
    def derived_from(self) -> tuple[str, ...]:
        """The datasets that it is made of."""
        return tuple(self.derive["from"]) if self.derive else ()

    @property
    def source_files(self) -> tuple[str, ...]:
        """Every file named in the sources: those there are by now, where it is a pattern that names them."""
        return tuple(path for path, _ in read_by(self.leaves, self.file))

    @property
    def model_files(self) -> tuple[str, ...]:
        """The files of the model that scores its captions."""
        return files_of_model(self.caption_fit["model"]) if self.caption_fit else ()

    @property
    def bearable(self) -> Bearable:
        """What may be lost of it without an error; a pattern is called by itself as long as nothing fits it.

        Where a subset is wanted, a root need not have anything of it.

        Raises:
            SettingsError: `allow_loss` names what there is not.
        """
        coming = [(leaf.value, leaf.key) for leaf in self.leaves if leaf.format == "files" and not files_of(leaf.value)]
        judged = [(path, f"{key}[{ordinal}]") for key in KEYS for ordinal, path in enumerate(self.judgements[key])]
        named = [*read_by(self.leaves, self.file), *listed_by(self.leaves, self.file), *coming, *judged]
        told = bearable(dict(named), self.named_roots, self.allow_loss, self.max_rejected_fraction, Path(self.file))
        return replace(told, allowed=(*told.allowed, *self.named_roots)) if self.subset else told

    @property
    def ingest_settings(self) -> dict[str, Any]:
        """What its adapter is told of it."""
        return {"name": self.name, "sources": self.sources, "mapping": self.mapping, "rights": self.rights}


class DatasetFile(NamedTuple):
    """A dataset file that was read: what it says, and what it says of its sources."""

    file: Path
    base: Path
    content: dict[str, Any]
    schema: Schema
    sources: dict[str, Any]
    leaves: list[Leaf]
    match: str


def read_dataset(wanted: str, workdir: Path, places: Places) -> DatasetFile:
    """Read a dataset file, and nothing of what it names.

    Args:
        wanted: a name in config/datasets, or the path of a file.
        workdir: the folder of the run.
        places: of its results, where what is derived is made.

    Raises:
        SettingsError: there is no such file, or it says what no dataset file may.
    """
    file, base = _find_dataset_file(wanted, workdir)
    written = load_yaml(file)
    content = validated(written, dataset_schema(written.get("adapter")), str(file))
    if content["adapter"] == DERIVED:
        content |= _made(content, places, workdir, f"{file}: derive")
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
    match = content["match"] if schema["match"] == "declared" else schema["match"]
    return DatasetFile(file, base, content, schema, sources, leaves(sources, schema), match)


def load_dataset(read: DatasetFile, workdir: Path, acquisition: Acquisition) -> tuple[Dataset, list[tuple[str, Root]]]:
    """What a dataset file comes to, and its roots with the place where each is named.

    Args:
        read: the file.
        workdir: the folder of the run.
        acquisition: what the run fetches: what is to come need not be there yet.

    Raises:
        MissingError: a source or a root is not there.
        SettingsError: something in it cannot be run.
    """
    file, base, content = read.file, read.base, read.content
    acquisition = replace(acquisition, reader=content["name"])
    of_roots = acquisition.of_roots
    is_derived = content["adapter"] == DERIVED
    check_leaves(
        read.leaves,
        file,
        content["name"],
        workdir,
        lambda leaf: is_derived or acquisition.is_coming(read_path(leaf)),
        lambda leaf: acquisition.words_of_gone(read_path(leaf)),
    )
    named = [
        (
            where,
            replace(
                root,
                made_for=content["name"] if is_derived else "",
                is_acquired=not root.is_address and bool(of_roots.stages_for(ReadPath(root.path))),
                waits_for=() if root.is_address else tuple(of_roots.waits_for([ReadPath(root.path)])),
            ),
            holds,
        )
        for where, root, holds in roots_of(
            content["audio"],
            file,
            base,
            workdir,
            lambda path: is_derived or of_roots.is_coming(ReadPath(path)),
            lambda path: of_roots.words_of_gone(ReadPath(path)),
        )
    ]
    mapping = {
        name: content[name] for name in mapping_schema(content["adapter"]).get("properties", {}) if name in content
    }
    split_from = read.sources.get(read.schema.get("splits", ""))
    splits = tuple(split_from) if isinstance(split_from, dict) else ()
    care = split_care(content, splits, str(file))
    files, folders = read_by(read.leaves, str(file)), listed_by(read.leaves, str(file))
    judged = judgements(content, files, file, base, workdir)
    exports = {export.name: export for export in _exports(content["exports"], care, file, bool(content.get("pairs")))}
    dataset = Dataset(
        name=content["name"],
        file=str(file),
        adapter=content["adapter"],
        sources=read.sources,
        leaves=tuple(read.leaves),
        source_folders={path: root_slug(os.path.abspath(workdir / path), workdir) for path, _ in folders},
        mapping=mapping,
        match=read.match,
        splits=() if content["name"] in acquisition.subsets else splits,  # a subset need not have clips of each
        models=models_of(content, judged["predictions"]),
        judgements={key: tuple(path for path, _ in of_key) for key, of_key in judged.items()},
        audio={root.slug: holds for _, root, holds in named},
        limits=content["limits"],
        split_care=care,
        over_years=over_years(content.get("over_years"), str(file)),
        measure=measure(content.get("measure"), str(file)),
        caption_fit=caption_fit(content.get("caption_fit"), file, base, workdir),
        exports=exports,
        deliveries=deliveries(content, {name: one.as_written for name, one in exports.items()}, file, base, workdir),
        review=content["review"],
        named_roots={
            root.slug: written["path"] if isinstance(written, dict) else written
            for (_, root, _), written in zip(named, content["audio"], strict=True)
        },
        allow_loss=tuple(content["allow_loss"]),
        max_rejected_fraction=content["max_rejected_fraction"],
        rights=content["rights"],
        subset=acquisition.subsets.get(content["name"]),
        acquire=acquisition.entries.get(content["name"], ()),
        derive=content.get("derive"),
        pairs=content.get("pairs"),
        waits_for=tuple(acquisition.waits_for(read_path(leaf) for leaf in read.leaves if leaf.format in ON_DISK)),
    )
    dataset.bearable  # noqa: B018  raises here for what its file cannot mean
    return dataset, [(where, root) for where, root, _ in named]


def kinds_in(derive: Iterable[str]) -> list[str]:
    """Those keys of `derive` that say what is made, not of what, or how it is drawn and written.

    >>> kinds_in({"from": ["birds"], "seed": 1, "mixtures": {}})
    ['mixtures']
    """
    return [key for key in derive if key not in ("from", "seed", "render")]


def _made(content: dict[str, Any], places: Places, workdir: Path, where: str) -> dict[str, Any]:
    """Of a dataset that is derived, what files of others say of their sources and audio.

    Raises:
        SettingsError: it does not ask for one kind of what is made, or that lacks what it is made of.
    """
    name, derive = content["name"], content["derive"]
    kinds = kinds_in(derive)
    if len(kinds) != 1:
        said = mapping_schema(DERIVED)["properties"]["derive"]["properties"]
        known = kinds_in(said)
        raise SettingsError(f"{where}: expected one of {', '.join(known)}; found {', '.join(kinds) or 'none'}")
    [kind] = kinds
    if kind == "mixtures" and derive[kind]["pairs"] == "drawn" and not {"clips", "scenes"} <= derive[kind].keys():
        raise SettingsError(f"{where}.mixtures: `pairs: drawn` takes `clips`, a query, and `scenes`, a number")
    _check_made(derive, kind, where)
    derive["render"].setdefault("sample_rate", None if kind == "augmented" else RATE)
    sources = {table: os.path.abspath(workdir / places.recipe(name, table)) for table in ("scenes", "heard", "classes")}
    audio = [os.path.abspath(workdir / places.scene_audio(name))] if derive["render"]["written"] else []
    return {"sources": sources, "audio": audio, "acquire": []}


def _check_made(derive: dict[str, Any], kind: str, where: str) -> None:
    """Raises SettingsError for what of a kind, or of how it is written, does not go together."""
    options = derive[kind]
    if {"room", "outdoors"} <= options.keys():
        raise SettingsError(f"{where}.{kind}: an event is heard in a `room` or `outdoors`; leave one of them out")
    together = options.get("together")
    if isinstance(together, dict) and (unknown := sorted({*together.get("seen_in", ())} - {*derive["from"]})):
        raise SettingsError(
            f"{where}.{kind}.together.seen_in: {', '.join(unknown)}: expected datasets that stand in `from` too"
        )
    masks = derive["render"].get("masks")
    if masks and masks["hop"] > masks["window"]:
        raise SettingsError(
            f"{where}.render.masks: hop {masks['hop']} is above window {masks['window']}; what lies between two is in "
            "no mask"
        )
    if kind == "augmented":
        _refuse_augmented(derive, where)


def _refuse_augmented(derive: dict[str, Any], where: str) -> None:
    """Raises SettingsError where a recipe cannot be made as it is asked for, or what makes it is not installed."""
    render = derive["render"]
    wanting = {
        "stems": render["stems"],
        "masks": "masks" in render,
        "beside: [jams]": "jams" in render.get("beside", ()),
    }
    if given := [name for name, is_given in wanting.items() if is_given]:
        raise SettingsError(
            f"{where}.render: {', '.join(given)}: what is augmented has no parts that sum to it; leave it out"
        )
    transforms = [name for step in derive["augmented"]["recipe"] for name in step]
    if render["written"] and (words := absent(transforms)):
        raise SettingsError(f"{where}.augmented.recipe: {words}")


def _find_dataset_file(wanted: str, workdir: Path) -> tuple[Path, Path]:
    """The file of a dataset and the folder that its relative paths start from."""
    if re.fullmatch(r"[a-z0-9_]+", wanted):
        file = CONFIG_FOLDER / "datasets" / f"{wanted}.yaml"
        if not os.path.isfile(file):
            known = ", ".join(sorted(path.stem for path in file.parent.glob("*.yaml")))
            raise SettingsError(
                f"config: datasets: there is no config/datasets/{wanted}.yaml; there are {known}. "
                "For a file of your own give its path, ending in .yaml"
            )
        return file, workdir
    file = workdir / wanted
    return file, file.parent


def _exports(entries: list[Any], care: dict[str, Any], file: Path, has_pairs: bool) -> Iterator[Export]:
    seen: set[str] = set()
    for ordinal, entry in enumerate(entries):
        where = f"{file}: exports[{ordinal}]"
        given = {entry: {}} if isinstance(entry, str) else dict(entry)
        name, licences = given.pop("as", None), given.pop("licences", None)
        split_by, subset = given.pop("split_by", AUTHORS), given.pop("subset", None)
        without_leaks = given.pop("without_leaks", [])
        if len(given) != 1:
            raise SettingsError(
                f"{where}: expected one format with its options, and `as`, `licences`, `split_by`, `subset` and "
                f"`without_leaks` or not; found {entry}"
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
        if "pairs" in needs and not has_pairs:
            raise SettingsError(f"{where}: {kind} needs `pairs` in the dataset file, which has none")
        tables = dict.fromkeys(table for table in ("clips", *needs) if table != "checks")  # they tell what is held back
        if licences:
            check_licences(licences, f"{where}.licences")
        check_split_care(split_by, subset, care, where)
        if split_by != AUTHORS:
            tables["splits"] = None
        if subset:
            tables["subsets"] = None
        if without_leaks:
            tables[LEAKED] = None
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
            without_leaks=(without_leaks,) if isinstance(without_leaks, str) else tuple(without_leaks),
        )


def _makes_packs(schema: dict[str, Any], options: dict[str, Any]) -> bool:
    """Whether a format makes packs under these options: always, never, or where an option has one of some values."""
    packs = schema.get("packs", False)
    return packs if isinstance(packs, bool) else any(options[name] in values for name, values in packs.items())
