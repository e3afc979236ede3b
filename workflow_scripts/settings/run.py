"""What a run consists of: datasets, the audio roots they name, and where results go."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workflow_scripts.audio.archives import is_archive
from workflow_scripts.settings.validation import (
    CONFIG_FOLDER,
    SettingsError,
    load_schema,
    load_yaml,
    validated,
    with_defaults,
)

SAMPLE = "data/sample"
"""The folder, below where Snakemake runs, that the workflow itself fills with the bundled sample."""


@dataclass(frozen=True)
class Root:
    """A place where audio lies.

    Attributes:
        slug: names the root in the result tree: readable, with a short hash of the path.
        path: absolute path, of a folder or of one archive.
        shards: number of shards.
        made_by_workflow: it is part of the bundled sample, and need not exist before the run.
    """

    slug: str
    path: str
    shards: int
    made_by_workflow: bool


@dataclass(frozen=True)
class Export:
    """One export of a dataset: the format's name and its options."""

    format: str
    options: dict[str, Any]


@dataclass(frozen=True)
class Dataset:
    """One dataset file, validated.

    Attributes:
        sources: the adapter's sources; paths below the folder of the run are relative to it, others absolute.
        source_files: every file named in sources, by its dotted key.
        holds: for each root slug, in the order of the file, `clips` or `recordings`.
    """

    name: str
    file: str
    adapter: str
    sources: dict[str, Any]
    source_files: dict[str, str]
    holds: dict[str, str]
    limits: dict[str, float]
    exports: tuple[Export, ...]
    on_count_mismatch: str
    rights: dict[str, str]


@dataclass(frozen=True)
class Run:
    """A validated run."""

    results: str
    look: str
    check: dict[str, Any]
    datasets: dict[str, Dataset] = field(default_factory=dict)
    roots: dict[str, Root] = field(default_factory=dict)


def load_run(config: dict[str, Any], workdir: Path) -> Run:
    """Read the dataset files that config names and put the run together.

    Raises:
        SettingsError: anything that would fail later and can be known now: unknown keys, missing sources, roots that
            are neither folders nor archives, two datasets of one name, one root with two numbers of shards.
    """
    settings = validated(config, "config", "config (config/config.yaml or --config)")
    datasets: dict[str, Dataset] = {}
    wishes: dict[str, list[tuple[str, Root | None]]] = {}
    roots: dict[str, Root] = {}
    for wanted in settings["datasets"]:
        dataset, named = _load_dataset(wanted, settings["shards"], workdir)
        if dataset.name in datasets:
            raise SettingsError(
                f"{dataset.file}: name: {dataset.name!r} is the name of {datasets[dataset.name].file} too; "
                "give each dataset of a run its own"
            )
        datasets[dataset.name] = dataset
        for where, root, explicit in named:
            _settle_shards(wishes.setdefault(root.slug, []), where, root if explicit else None)
            if explicit or root.slug not in roots:
                roots[root.slug] = root
    return Run(settings["results"], settings["look"], settings["check"], datasets, roots)


def _settle_shards(wishes: list[tuple[str, Root | None]], where: str, root: Root | None) -> None:
    """Two datasets may share a root, but then agree on its shards; one that says nothing takes the other's word."""
    for other, known in wishes:
        if root and known and known.shards != root.shards:
            raise SettingsError(
                f"{where}: {root.path} is cut into {root.shards} shards here and {known.shards} in {other}; "
                "one root has one number of shards, so that one check serves both"
            )
    wishes.append((where, root))


def _load_dataset(wanted: str, shards: int, workdir: Path) -> tuple[Dataset, list[tuple[str, Root, bool]]]:
    file, base = _find_dataset_file(wanted, workdir)
    content = validated(load_yaml(file), "dataset", str(file))
    adapter = content["adapter"]
    if not (CONFIG_FOLDER / f"adapter_{adapter}.schema.yaml").is_file():
        known = ", ".join(sorted(path.name[8:-12] for path in CONFIG_FOLDER.glob("adapter_*.schema.yaml")))
        raise SettingsError(f"{file}: adapter: there is no adapter {adapter!r}; known are {known}")
    limits = content["limits"]
    for name in ("min_duration_s", "train_min_duration_s"):
        if not limits[name] <= limits["max_duration_s"]:
            raise SettingsError(
                f"{file}: limits: {name} {limits[name]} is not below max_duration_s {limits['max_duration_s']}; "
                "no clip could keep to both"
            )
    sources = _from_workdir(validated(content["sources"], f"adapter_{adapter}", f"{file}: sources"), base, workdir)
    files = dict(_leaves(sources, "sources"))
    made = [_made_by_workflow(path, workdir) for path in files.values()]
    for (key, path), is_made in zip(files.items(), made, strict=True):
        if not is_made and not (workdir / path).is_file():
            raise SettingsError(
                f"{file}: {key}: dataset {content['name']}: no such file: {os.path.abspath(workdir / path)}"
            )
    _refuse_one_list_twice(files, file)
    named = list(_roots(content["audio"], shards, file, base, workdir))
    dataset = Dataset(
        name=content["name"],
        file=str(file),
        adapter=adapter,
        sources=sources,
        source_files=files,
        holds={root.slug: holds for _, root, _, holds in named},
        limits=limits,
        exports=tuple(_exports(content["exports"], file)),
        on_count_mismatch=content["on_count_mismatch"],
        rights=content["rights"],
    )
    return dataset, [(where, root, explicit) for where, root, explicit, _ in named]


def _refuse_one_list_twice(files: dict[str, str], file: Path) -> None:
    """A list named for two splits: none of its rows could be told from the same row in the other."""
    seen: dict[str, str] = {}
    for key, path in files.items():
        if not key.startswith("sources.segments."):
            continue
        if path in seen:
            raise SettingsError(f"{file}: {key}: {path} is the file of {seen[path]} too; name a list once")
        seen[path] = key


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


def _roots(
    audio: list[Any], shards: int, file: Path, base: Path, workdir: Path
) -> Iterator[tuple[str, Root, bool, str]]:
    """The roots of a dataset: where each is named, the root, whether its shards are explicit, what it holds."""
    seen: dict[str, int] = {}
    for ordinal, entry in enumerate(audio):
        entry = {"path": entry} if isinstance(entry, str) else entry
        where = f"{file}: audio[{ordinal}]"
        path = os.path.abspath(base / entry["path"])
        made = _made_by_workflow(path, workdir)
        if not made and not os.path.isdir(path) and not (is_archive(path) and os.path.isfile(path)):
            raise SettingsError(f"{where}: no such folder or archive (.tar, .zip, .parquet): {path}")
        slug = root_slug(path, workdir)
        if slug in seen:
            raise SettingsError(f"{where}: {path} is named already in audio[{seen[slug]}]; name a root once")
        seen[slug] = ordinal
        yield (
            where,
            Root(slug, path, int(entry.get("shards", shards)), made),
            "shards" in entry,
            entry.get("holds", "clips"),
        )


def root_slug(path: str, workdir: Path) -> str:
    """The name of a root in the result tree: its last two folders, and eight hex digits of its path's hash.

    A root below the folder of the run is known by its relative path, so that the whole may move.

    >>> root_slug("/data/audioset/wav files", Path("/somewhere"))
    'audioset-wav_files-dc55e825'
    """
    inside = os.path.relpath(path, workdir)
    known_as = path if inside.startswith("..") else inside
    readable = "-".join(re.sub(r"[^A-Za-z0-9]+", "_", part) for part in Path(known_as).parts[-2:] if part != "/")
    return f"{readable or 'root'}-{hashlib.blake2b(os.fsencode(known_as), digest_size=4).hexdigest()}"


def _made_by_workflow(path: str, workdir: Path) -> bool:
    return Path(os.path.abspath(workdir / path)).is_relative_to(os.path.abspath(workdir / SAMPLE))


def _from_workdir(sources: Any, base: Path, workdir: Path) -> Any:
    """Sources with every string in them, which is a path from base, as seen from the folder of the run."""
    if isinstance(sources, dict):
        return {key: _from_workdir(value, base, workdir) for key, value in sources.items()}
    if isinstance(sources, list):
        return [_from_workdir(value, base, workdir) for value in sources]
    path = os.path.abspath(base / sources)
    inside = os.path.relpath(path, workdir)
    return path if inside.startswith("..") else inside


def _leaves(sources: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(sources, dict):
        for name, value in sources.items():
            yield from _leaves(value, f"{key}.{name}")
    elif isinstance(sources, list):
        for ordinal, value in enumerate(sources):
            yield from _leaves(value, f"{key}[{ordinal}]")
    else:
        yield key, sources


def _exports(entries: list[Any], file: Path) -> Iterator[Export]:
    seen: set[str] = set()
    for entry in entries:
        name, options = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
        if name in seen:
            raise SettingsError(f"{file}: exports: {name!r} stands there twice")
        seen.add(name)
        schema = load_schema("dataset")
        yield Export(name, with_defaults(options, schema["$defs"][name], schema))
