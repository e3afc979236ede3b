# Every helper function of the rules. Reads configuration only: each job of a cluster parses this again.
import functools
import json
import os
import sys
import time
from pathlib import Path

from snakemake.exceptions import WorkflowError

sys.path.insert(0, str(workflow.basedir))

from workflow_scripts.audio.settings import CheckSettings
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.settings import SAMPLE, load_run


def loaded_run():
    """The validated run; a configuration that cannot be run ends here, with its reason alone."""
    try:
        return load_run(config, Path.cwd())
    except SoundledgerError as error:
        raise WorkflowError(str(error)) from None


RUN = loaded_run()
CHECK = CheckSettings(**RUN.check)
PARSED_AT = time.time()
SAMPLE_DONE = f"{SAMPLE}/expected_status.csv"
SAMPLE_ARCHIVE = f"{SAMPLE}/audio/archive.tar"
SAMPLE_PLAN = ("plan.py", "sounds.py", "encode.py", "write.py", "ontology.json")


def check_names_of_overrides():
    """Have a rule that is misspelt in a profile's set-threads or set-resources be an error, not nothing at all."""
    settings = workflow.resource_settings
    rules_there = {rule.name for rule in workflow.rules}
    unknown = sorted({*settings.overwrite_threads, *settings.overwrite_resources} - rules_there)
    if unknown:
        raise WorkflowError(
            f"set-threads or set-resources, of the profile or the command: no rule is called {', '.join(unknown)}; "
            f"there are {', '.join(sorted(rules_there))}"
        )


def source_files(wildcards):
    """The files that the adapter of a dataset reads."""
    return list(RUN.datasets[wildcards.dataset].source_files.values())


def ingest_settings(wildcards):
    """What an adapter is told of its dataset."""
    dataset = RUN.datasets[wildcards.dataset]
    return {
        "name": dataset.name,
        "sources": dataset.sources,
        "on_count_mismatch": dataset.on_count_mismatch,
        "rights": dataset.rights,
    }


def made_before_scan(wildcards):
    """The sample's audio is made by this workflow; all other audio is there."""
    return [SAMPLE_DONE, SAMPLE_ARCHIVE] if RUN.roots[wildcards.root].made_by_workflow else []


@functools.cache
def look_at(path):
    """What lies below a root: a digest of all paths, sizes and times."""
    from workflow_scripts.audio.walk import state

    return state(path)


def root_state(wildcards):
    """The state of a root as a parameter of its scan, so that a change of any file there reruns the scan.

    Only the main process looks: jobs build their own small graph of jobs and would each look again. It looks before the
    scan does, so a change in between is seen by the next run. A sample that is not made yet has no state; Snakemake asks
    again when its scan can start. (A function that took `input` would not be compared with the last run.)
    """
    root = RUN.roots[wildcards.root]
    if RUN.look == "never" or not workflow.is_main_process:
        return ""
    if root.made_by_workflow and not (os.path.exists(SAMPLE_DONE) and os.path.exists(root.path)):
        return ""
    return look_at(root.path)


def media_list(wildcards):
    """The media list of a shard, once its root has been scanned."""
    folder = checkpoints.scan.get(root=wildcards.root).output.media
    return f"{folder}/shard={wildcards.shard}.parquet"


def shards_of(slug):
    """The four digits of each shard of a root."""
    return [f"{shard:04d}" for shard in range(RUN.roots[slug].shards)]


def checks_of(slugs):
    """The checks of all shards of some roots."""
    return [f"{RUN.results}/audio/{slug}/checks/shard={shard}.parquet" for slug in slugs for shard in shards_of(slug)]


def checks_of_dataset(wildcards):
    """The checks of the roots of a dataset, in the order of its file."""
    return checks_of(RUN.datasets[wildcards.dataset].holds)


def roots_of_dataset(wildcards):
    """Slug, path and what it holds, for each root of a dataset in the order of its file."""
    holds = RUN.datasets[wildcards.dataset].holds
    return [(slug, RUN.roots[slug].path, held) for slug, held in holds.items()]


def export_options(wildcards):
    """The options of one export of a dataset."""
    exports = RUN.datasets[wildcards.dataset].exports
    return next(export.options for export in exports if export.format == wildcards.format)


def export_folders():
    """The folders of all exports of all datasets."""
    return [
        f"{RUN.results}/{dataset.name}/exports/{export.format}"
        for dataset in RUN.datasets.values()
        for export in dataset.exports
    ]


def all_tables():
    """Every table of every dataset: one that was deleted is made again."""
    outputs = [*rules.ingest.output, *rules.resolve.output]
    return [path for dataset in RUN.datasets for path in expand(outputs, dataset=dataset)]


def tables_of_summary():
    """The tables of all datasets that the summary is made of; the catalogue's views need no more than that they are."""
    names = ("ledger", "summary", "roots", "rejects")
    return [f"{RUN.results}/{dataset}/tables/{name}.parquet" for dataset in RUN.datasets for name in names]


def summary_of_run():
    """The table that a run ends with, if it made one; of a run on a cluster, also what its jobs asked for and used."""
    from workflow_scripts.report.usage import usage_text

    summary = Path(f"{RUN.results}/summary.txt")
    made = summary.read_text() if summary.exists() and summary.stat().st_mtime >= PARSED_AT else ""
    if workflow.local_exec:
        return made
    try:
        return f"{made}\n{usage_text(Path(RUN.results))}"
    except SoundledgerError as error:  # no reason for a run that went well to fail
        return f"{made}\n{error}\n"


def wait_for_earlier_jobs():
    """Let the jobs of a run that was killed come to their end first, if this run or the last one is one of a cluster."""
    from workflow_scripts.cluster.leftovers import wait_for_leftovers

    if workflow.local_exec and not was_on_cluster():
        return
    try:
        wait_for_leftovers(os.getcwd(), comments_of_jobs())
    except SoundledgerError as error:
        raise WorkflowError(str(error)) from None
    except KeyboardInterrupt:
        raise WorkflowError("stopped while it waited. Those jobs go on; the next run will wait for them too") from None


def cancel_rest_of_jobs():
    """Leave no job in Slurm's queue when a run ends with an error, Ctrl-C among them."""
    from workflow_scripts.cluster.leftovers import cancel_rest

    if not workflow.local_exec:
        cancel_rest(os.getcwd(), comments_of_jobs())


def comments_of_jobs():
    """What the executor writes into the comments of the jobs that this run may submit."""
    return {f"rule_check_wildcards_{slug}_{shard}" for slug in RUN.roots for shard in shards_of(slug)}


def was_on_cluster():
    """Whether the last run that started here submitted jobs."""
    from workflow_scripts.report.status import read_run_file

    try:
        return read_run_file(Path(RUN.results)).on_cluster
    except SoundledgerError:
        return False


def tell_failures():
    """Name the jobs that failed for good; Snakemake told of each when it failed, a long way up. None failed at Ctrl-C."""
    from workflow_scripts.report.failures import FailedJob, failures_text

    jobs = [job for some in workflow.scheduler.failed for job in (some if some.is_group() else [some])]
    failed = [FailedJob(job.rule.name, tuple(job.wildcards), tuple(job.log)) for job in jobs]
    stopped = "Stopped before its end. What was done is kept: the same command goes on from there."
    print(failures_text(failed, since=PARSED_AT) if failed else stopped, file=sys.stderr)


def write_run_file():
    """What this run consists of, for `make status`, which asks nothing but files."""
    from workflow_scripts.tables.files import whole

    content = {
        "started": time.time(),
        "on_cluster": not workflow.local_exec,
        "fingerprint": CHECK.fingerprint,
        "datasets": {name: list(dataset.holds) for name, dataset in RUN.datasets.items()},
        "roots": {slug: root.shards for slug, root in RUN.roots.items()},
    }
    with whole(Path(f"{RUN.results}/run.json")) as part:
        part.write_text(json.dumps(content, indent=1) + "\n")


def growing(amount):
    """Memory in MB or time in minutes that doubles with each attempt."""
    return lambda wildcards, attempt: amount * 2 ** (attempt - 1)
