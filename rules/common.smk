# The run, and what the rules ask of it that needs Snakemake. Reads configuration only: each job of a cluster parses this.
import atexit
import os
import sys
import time
from pathlib import Path

from snakemake.exceptions import WorkflowError

sys.path.insert(0, str(workflow.basedir))

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.media.remote.allowed import OFFLINE
from workflow_scripts.report.drawing.told import told_of
from workflow_scripts.run.garbage import leave_garbage
from workflow_scripts.run.hooks import Started
from workflow_scripts.run.looks import Looks
from workflow_scripts.run.planned import Planned
from workflow_scripts.run.shards import shards_in
from workflow_scripts.settings.registry import REGISTRY
from workflow_scripts.settings.run import load_run
from workflow_scripts.settings.told import settings_told
from workflow_scripts.settings.version import VERSION  # each stage that is cheap is made again by another version
from workflow_scripts.sound.settings import CHECK_COLUMNS, CheckSettings

atexit.register(leave_garbage)


def or_stop(function, *arguments):
    """What a function gives; an error that is the user's to mend ends the run with its reason alone."""
    try:
        return function(*arguments)
    except SoundledgerError as error:
        raise WorkflowError(str(error)) from None


RUN = or_stop(load_run, config, Path.cwd())
PLACES = RUN.places
CHECK = CheckSettings(**RUN.check)
LOOKS = Looks(RUN, workflow.is_main_process)
if RUN.offline:
    os.environ[OFFLINE] = "1"  # for the scripts of jobs
STARTED = Started(RUN, os.getcwd(), time.time(), CHECK.fingerprint, workflow)


def in_run(known, name):
    """What is known by a name; of what is not there on the node of a job, the error says so."""
    if name not in known:
        raise WorkflowError("\n".join(RUN.left_out) or f"{name} is no part of the run")
    return known[name]


def dataset(wildcards):
    """The dataset of a job."""
    return in_run(RUN.datasets, wildcards.dataset)


def root(wildcards):
    """The audio root of a job."""
    return in_run(RUN.roots, wildcards.root)


def reviews_of(wildcards):
    """What the reviews of a dataset say; nothing where its file names none."""
    has_any = dataset(wildcards).judgements["reviews"]
    return PLACES.table_of(wildcards.dataset, "reviews", "found_reviews") if has_any else []


def predictions_of(wildcards):
    """What models say is heard in the clips of a dataset; nothing where its file names none."""
    has_any = dataset(wildcards).judgements["predictions"]
    return PLACES.table(wildcards.dataset, "predictions") if has_any else []


def export(wildcards):
    """The export of a job."""
    return dataset(wildcards).exports[wildcards.export]


def planned(checkpoint, listed, made, *conditions):
    """The jobs that a checkpoint plans, by the places of their lists and of what they make (run/planned.py)."""
    return Planned(checkpoints, checkpoint, listed, made, workflow.is_main_process, *conditions)


PACKS = planned(
    "plan",
    PLACES.pack_list("{dataset}", "{export}", "{leaf}"),
    PLACES.pack("{dataset}", "{export}", "{leaf}"),
    lambda wildcards: export(wildcards).makes_packs,
)
CARD_PACKS = planned("choose_cards", PLACES.card_list("{dataset}", "{leaf}"), PLACES.card_pack("{dataset}", "{leaf}"))
WINDOWS = planned("plan_windows", PLACES.window_list("{dataset}", "{leaf}"), PLACES.window_pack("{dataset}", "{leaf}"))
FITS = planned("plan_fit", PLACES.fit_list("{dataset}", "{leaf}"), PLACES.fit_pack("{dataset}", "{leaf}"))
SCENES = planned(
    "plan_scenes",
    PLACES.scene_list("{dataset}", "{leaf}"),
    PLACES.scene_pack("{dataset}", "{leaf}"),
    lambda wildcards: dataset(wildcards).audio,  # else no sound of them is written
)
FETCHES = planned(
    "plan_fetches",
    PLACES.fetch_list("{dataset}", "{stage}", "{leaf}"),
    PLACES.fetched("{dataset}", "{stage}", "{leaf}"),
)


def delivery(wildcards):
    """The delivery of a job."""
    return in_run(dataset(wildcards).deliveries, wildcards.delivery)


def plan_of_delivery(wildcards):
    """The plan of its export, where that makes packs: its lists tell whose sound is in them."""
    makes_packs = dataset(wildcards).exports[delivery(wildcards).export].makes_packs
    return PLACES.plan(wildcards.dataset, delivery(wildcards).export) if makes_packs else []


def accounts_of_deliveries(wildcards):
    """What all deliveries end with; an error where no dataset file asks for any."""
    wanted = [(name, delivery) for name, told in RUN.datasets.items() for delivery in told.deliveries]
    if not wanted:
        raise WorkflowError("nothing to deliver: no dataset file of the run says `deliver: [{export: …, to: …}]`")
    accounts = [DELIVERED(*names) for names in wanted]
    if RUN.dry_run:
        STARTED.forget(accounts)
    return accounts


def others_of(wildcards):
    """The accounts of the other exports that an export tells of.

    Its job by itself, which finds them there, asks for no more: else it would look at all that each of them was made of.
    """
    return list(RUN.others_of_export(**wildcards).values()) if workflow.is_main_process else []


def checks_of(roots):
    """An input function: the checks of all shards of some roots, which are known once these have been scanned.

    Args:
        roots: their slugs, or a function of the wildcards that gives them.
    """

    def checks(wildcards):
        slugs = roots(wildcards) if callable(roots) else roots
        scans = [checkpoints.scan.get(root=slug).output for slug in slugs]
        return [PLACES.checks(slug, shard) for slug, scan in zip(slugs, scans) for shard in shards_in(scan.shards)]

    return checks


def media_list(wildcards):
    """The media list of a shard, once its root has been scanned."""
    checkpoints.scan.get(root=wildcards.root)
    return PLACES.media_list(wildcards.root, wildcards.shard)


def category_of_picture(wildcards, output):
    """Where a picture stands in Snakemake's own report, once it is drawn."""
    return told_of(output.pictures, wildcards.picture).category


def labels_of_picture(wildcards, output):
    """What stands there beside it."""
    return {"picture": told_of(output.pictures, wildcards.picture).title}


def sources_of(wildcards):
    """The source files of a dataset, once what of them is to be fetched is there; its job by itself finds all there."""
    for name, stage in dataset(wildcards).waits_for if workflow.is_main_process else []:
        checkpoints.gather_fetches.get(dataset=name, stage=stage)
    return dataset(wildcards).source_files


def made_of_root(wildcards):
    """What has to be made or fetched before a root is scanned; fetched anew, it is scanned anew."""
    made_for = root(wildcards).made_for
    fetched = [PLACES.acquired(*stage) for stage in root(wildcards).waits_for]
    if made_for:
        return PLACES.table(made_for, "scenes")
    return [*fetched, *(MADE_SAMPLE if root(wildcards).made_by_workflow else [])]


def tables_derived_from(wildcards):
    """What the catalogue has of the datasets that one is made of: all that its SQL may ask, but checks."""
    below = tuple(f"{PLACES.results}/{name}/" for name in dataset(wildcards).derived_from)
    rejects = [PLACES.root_rejects(slug) for slug in RUN.roots_derived_from(wildcards.dataset)]
    return [file for file in [*CATALOGUED, *RUN.waited_for()] if file.startswith(below)] + rejects


def tables_of_pairing(wildcards):
    """The tables that the pairs of a dataset follow from: its own, and those of the images."""
    sources = RUN.sources_of_pairs(**wildcards)
    return [file for source in sources.values() for file in source["tables"].values()]


def roots_of_pairing(wildcards):
    """The roots of these images, each once."""
    sources = RUN.sources_of_pairs(**wildcards)
    return list(dict.fromkeys(slug for source in sources.values() for slug in source["roots"]))


def growing(amount):
    """Memory in MB or time in minutes that doubles with each attempt."""
    return lambda wildcards, attempt: amount * 2 ** (attempt - 1)
