# The run, and what the rules ask of it that needs Snakemake. Reads configuration only: each job of a cluster parses this.
import functools
import os
import sys
import time
from pathlib import Path

from snakemake.exceptions import WorkflowError

sys.path.insert(0, str(workflow.basedir))

from workflow_scripts.check.passing import passing_notes
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.run.hooks import Started
from workflow_scripts.settings import SAMPLE, load_run
from workflow_scripts.sound.settings import CHECK_COLUMNS, CheckSettings


def or_stop(function, *arguments):
    """What a function gives; an error that is the user's to mend ends the run with its reason alone."""
    try:
        return function(*arguments)
    except SoundledgerError as error:
        raise WorkflowError(str(error)) from None


RUN = or_stop(load_run, config, Path.cwd())
PLACES = RUN.places
CHECK = CheckSettings(**RUN.check)
STARTED = Started(RUN, os.getcwd(), time.time(), CHECK.fingerprint, workflow)
NOTES_AT_START = functools.cache(passing_notes)
SAMPLE_DONE = f"{SAMPLE}/expected_status.csv"
SAMPLE_ARCHIVE = f"{SAMPLE}/audio/archive.tar"
SAMPLE_PLAN = ("plan.py", "sounds.py", "encode.py", "write.py", "ontology.json")


def dataset(wildcards):
    """The dataset of a job."""
    return RUN.datasets[wildcards.dataset]


def root(wildcards):
    """The audio root of a job."""
    return RUN.roots[wildcards.root]


def export(wildcards):
    """The export of a job."""
    return dataset(wildcards).exports[wildcards.export]


def checks_of_dataset(wildcards):
    """The checks of the roots of a dataset, in the order of its file."""
    return RUN.checks_of(dataset(wildcards).audio)


def tables_of_export(wildcards):
    """The tables of the dataset that an export reads."""
    return [PLACES.table(wildcards.dataset, name) for name in export(wildcards).tables]


def checks_of_export(wildcards):
    """The checks that an export reads."""
    return checks_of_dataset(wildcards) if export(wildcards).reads_checks else []


def shards_of_export(wildcards):
    """How many of them are of each root."""
    roots = RUN.roots_of(wildcards.dataset) if export(wildcards).reads_checks else []
    return {root["slug"]: root["shards"] for root in roots}


def pack_list(wildcards):
    """What goes into a pack, once its export has been planned."""
    checkpoints.plan.get(dataset=wildcards.dataset, export=wildcards.export)
    return PLACES.pack_list(wildcards.dataset, wildcards.export, wildcards.leaf)


def packs_of_export(wildcards):
    """The packs that an export is made of, once it has been planned."""
    if not export(wildcards).makes_packs:
        return []
    checkpoints.plan.get(**wildcards)
    leaves = glob_wildcards(PLACES.pack_list(wildcards.dataset, wildcards.export, "{leaf}")).leaf
    return [PLACES.pack(wildcards.dataset, wildcards.export, leaf) for leaf in sorted(leaves)]


def media_list(wildcards):
    """The media list of a shard, once its root has been scanned."""
    checkpoints.scan.get(root=wildcards.root)
    return PLACES.media_list(wildcards.root, wildcards.shard)


def made_before_scan(wildcards):
    """The sample's audio is made by this workflow; all other audio is there."""
    return [SAMPLE_DONE, SAMPLE_ARCHIVE] if root(wildcards).made_by_workflow else []


@functools.cache
def look_at(path):
    """What lies below a root: a digest of all paths, sizes and times."""
    from workflow_scripts.media.walk import state

    return state(path)


def root_state(wildcards):
    """The state of a root as a parameter of its scan, so that a change of any file there reruns the scan.

    Only the main process looks: jobs build their own small graph of jobs and would each look again. It looks before the
    scan does, so a change in between is seen by the next run. A sample that is not made yet has no state; Snakemake asks
    again when its scan can start. (A function that took `input` would not be compared with the last run.)
    """
    place = root(wildcards)
    if RUN.look == "never" or not workflow.is_main_process:
        return ""
    if place.made_by_workflow and not (os.path.exists(SAMPLE_DONE) and os.path.exists(place.path)):
        return ""
    return look_at(place.path)


def looks_asked_for(wildcards):
    """How many looks at faults that may pass a shard had asked for when the run started: one more, and it is checked.

    Only the main process reads the notes, once a root: what a job notes is for the next run.
    """
    notes = NOTES_AT_START(PLACES.passing_notes(wildcards.root)) if workflow.is_main_process else {}
    note = notes.get(PLACES.passing_note(wildcards.root, wildcards.shard))
    return note.asked if note else 0


def growing(amount):
    """Memory in MB or time in minutes that doubles with each attempt."""
    return lambda wildcards, attempt: amount * 2 ** (attempt - 1)
