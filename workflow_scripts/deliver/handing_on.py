"""From the files of an export to the same files at a place: what is lacking there, the manifest last, then a look."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from workflow_scripts.deliver.arrivals import Arrivals
from workflow_scripts.deliver.errors import DeliverError
from workflow_scripts.deliver.manifest import MANIFEST, UNDER_WAY, What, manifest, paths_of, under_way
from workflow_scripts.deliver.outgoing import Outgoing, outgoing
from workflow_scripts.deliver.target import Target, There
from workflow_scripts.deliver.tries import patiently
from workflow_scripts.errors import first_twenty


@dataclass(frozen=True)
class Plan:
    """What a place wants.

    Attributes:
        every: the files that are to lie there, the manifest last.
        lacking: those of them that it lacks, or has others under the names of; the manifest too, if it lacks any.
        stale: paths of what earlier deliveries put there and this one does not.
        others: how many files lie there that no delivery put there.
        told_by: what is there of the two files that tell what deliveries put there.
    """

    every: list[Outgoing]
    lacking: list[Outgoing]
    stale: list[str]
    others: int
    told_by: frozenset[str]

    @property
    def is_done(self) -> bool:
        """Whether the place is as it is to be."""
        return not self.lacking and not self.stale and UNDER_WAY not in self.told_by


def plan(what: What, files: Sequence[Outgoing], target: Target, place: str, aside: Path) -> Plan:
    """Look at a place.

    Args:
        what: what is handed on.
        files: of it.
        target: the place.
        place: what errors call it.
        aside: a folder that its manifest is written to.

    Raises:
        DeliverError: something else was delivered there, a file of somebody's has the name of one of these, or an
            export has a file that is called like the manifest.
    """
    if odd := sorted({MANIFEST, UNDER_WAY}.intersection(one.path for one in files)):
        raise DeliverError(
            f"{what.dataset}/{what.export}: a delivery has a file {odd[0]} of its own; call yours otherwise"
        )
    found = patiently(target.listed)
    ours = _ours(found, what, target, place)
    (aside / MANIFEST).write_text(manifest(what, files), encoding="utf-8")
    last = outgoing(aside / MANIFEST, MANIFEST)
    every = [*files, last]
    lacking = [one for one in every if one.path not in found or not target.has(one, found[one.path])]
    _refuse_foreign(found.keys() - ours, [one.path for one in lacking if one is not last], place)
    paths = {one.path for one in every}
    return Plan(
        every=every,
        lacking=[*(one for one in lacking if one is not last), *([last] if lacking else [])],
        stale=sorted((ours & found.keys()) - paths),
        others=len(found.keys() - paths - ours - {UNDER_WAY}),
        told_by=frozenset({MANIFEST, UNDER_WAY} & found.keys()),
    )


def _refuse_foreign(others: Set[str], lacking: Sequence[str], place: str) -> None:
    """Leave alone what no delivery put there, where files would go or folders of them: it may be all there is of it."""
    wanted = {str(path) for one in lacking for path in (PurePosixPath(one), *PurePosixPath(one).parents)}
    if in_the_way := sorted(others & wanted):
        raise DeliverError(
            f"{place}: holds {len(in_the_way):,} files that no delivery put there, which are called like files or "
            f"folders of the export, and have other bytes: {first_twenty(in_the_way)}. Move them away, or name a place "
            "of its own; nothing was sent"
        )


def hand_on(what: What, wanted: Plan, target: Target, place: str, note: Path | None = None) -> list[Outgoing]:
    """Do what a plan says.

    Killed at any moment, it is planned and done again: what has arrived is there.

    Args:
        what: what is handed on.
        wanted: by the place.
        target: the place.
        place: what errors call it.
        note: the file that tells how far it is; None for none.

    Returns:
        The files that were sent.

    Raises:
        DeliverError: they could not be, or the place does not list what was sent.
    """
    if wanted.is_done:
        return []
    with Arrivals(wanted.lacking, place, note) as arrivals:
        gone = [*wanted.stale, *wanted.told_by & {UNDER_WAY}]
        if len(wanted.lacking) + len(gone) <= target.IN_ONE_STEP:
            target.change(wanted.lacking, gone, arrivals.arrived)
            _compare(what, wanted, target, place)
            return arrivals.sent
        if wanted.lacking:
            *files, last = wanted.lacking
            _say_not_whole(what, wanted, target)
            target.change(files, [], arrivals.arrived)
            target.change([last], [], arrivals.arrived)
        _compare(what, wanted, target, place)
        target.change([], [*wanted.stale, UNDER_WAY], arrivals.arrived)
        return arrivals.sent


def _say_not_whole(what: What, wanted: Plan, target: Target) -> None:
    """Say that what lies there is not whole, and what of it is the delivery's; take away the manifest."""
    paths = [*wanted.stale, *(one.path for one in wanted.every)]
    file = wanted.every[-1].file.with_name(UNDER_WAY)
    file.write_text(under_way(what, paths), encoding="utf-8")
    target.change([outgoing(file, UNDER_WAY)], [MANIFEST], lambda _: None)


def _ours(found: Mapping[str, There], what: What, target: Target, place: str) -> set[str]:
    """What deliveries put there before: of the last that ended, and of those since that did not."""
    told = [patiently(lambda name=name: target.read(name)) for name in (MANIFEST, UNDER_WAY) if name in found]  # type: ignore[misc]
    return set().union(*(paths_of(text, what, place) for text in told))


def _compare(what: What, wanted: Plan, target: Target, place: str) -> None:
    """Hold a listing against the manifest. Where it lacks something, no manifest is left there to say otherwise."""
    found = patiently(target.listed)
    faults = [fault for one in wanted.every if (fault := _fault(one, found.get(one.path), target))]
    if faults:
        _say_not_whole(what, wanted, target)
        raise DeliverError(
            f"{place}: not all is there as it was sent: {first_twenty(faults)}. Run again: what has arrived is not "
            "sent again"
        )


def _fault(one: Outgoing, there: There | None, target: Target) -> str:
    if there is None:
        return f"{one.path} is not listed"
    if there.bytes != one.bytes:
        return f"{one.path} has {there.bytes:,} bytes of {one.bytes:,}"
    return "" if target.has(one, there) else f"{one.path} has other bytes"
