"""What happens around the jobs of a run: before the first, after the last, and when it ends with an error."""

import atexit
import functools
import importlib.util
import itertools
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.fetch.hosts import ROWS, host_slug
from workflow_scripts.run.lock import Lock
from workflow_scripts.run.shards import shards_in
from workflow_scripts.run.threads import MOST, MOST_WAVES, ON_CLUSTER, check_threads
from workflow_scripts.settings.run import Run

CONNECTIONS, CONNECTIONS_OF_A_HOST = 4, 8
"""That one job has to a host, and all jobs together, unless `--resources` says otherwise."""


SCORING = ("plan_fit", "score_captions")
"""Rules by which captions are scored."""


@dataclass(frozen=True)
class Started:
    """A run that Snakemake has started.

    Attributes:
        run: what it consists of.
        folder: where it was started, and where its jobs are submitted.
        since: when it was parsed, seconds since 1970.
        fingerprint: of the check's settings.
        workflow: Snakemake's. How it is to be run is known only after it was parsed.
    """

    run: Run
    folder: str
    since: float
    fingerprint: str
    workflow: Any

    def check_overrides(self, settings: Any) -> None:
        """Have a rule that is misspelt in a profile's set-threads or set-resources be an error, not nothing at all.

        Args:
            settings: Snakemake's resource settings.

        Raises:
            SoundledgerError: names the rules that there are not, and those that there are.
        """
        there = {rule.name for rule in self.workflow.rules}
        unknown = sorted({*settings.overwrite_threads, *settings.overwrite_resources} - there)
        if unknown:
            raise SoundledgerError(
                f"set-threads or set-resources, of the profile or the command: no rule is called {', '.join(unknown)}; "
                f"there are {', '.join(sorted(there))}"
            )

    def connections_of_hosts(self) -> dict[str, Any]:
        """Resources of the jobs that fetch: of each host so many connections at once, over all jobs.

        `--resources connections_zenodo_org=4` has another limit.

        Returns:
            For each resource a function of the wildcards of a job that says how many it takes.
        """
        named = [entry.address or "" for dataset in self.run.datasets.values() for entry in dataset.acquire]
        hosts = sorted({host_slug(address) if address else ROWS for address in named})
        limits = self.workflow.resource_settings.resources
        for host in hosts:
            limits.setdefault(f"connections_{host}", CONNECTIONS_OF_A_HOST)
        return {f"connections_{host}": functools.partial(_connections, host) for host in hosts}

    def heal(self, catalogued: Iterable[str]) -> None:
        """Have what was deleted or moved since the last run come back with this one.

        Args:
            catalogued: the tables of datasets that the catalogue speaks of.
        """
        from workflow_scripts.run.exported import heal_exports
        from workflow_scripts.run.heal import heal

        if not self._lock.owner():  # another run at work there is not to be disturbed; this one will be refused
            heal(self.run, catalogued)
            heal_exports(self.run)

    def heal_page(self, kind: str, dataset: str | None = None) -> list[str]:
        """Have a page, or its pictures, made again if something of it is gone; only of those that a run is asked for.

        Args:
            kind: pictures, report or review.
            dataset: None for the page and pictures of all.

        Returns:
            Nothing, as an input function does for a job that needs nothing more.
        """
        if self.workflow.is_main_process and (kind, dataset) not in self._healed and not self._lock.owner():
            self._healed.add((kind, dataset))
            self._heal_page(kind, dataset)
        return []

    def _heal_page(self, kind: str, dataset: str | None) -> None:
        from workflow_scripts.run.pages import heal_pictures, heal_report, heal_review

        places = self.run.places
        pictures = places.pictures(dataset) if dataset else places.pictures_of_all
        if kind == "pictures":
            heal_pictures(pictures)
        elif kind == "report":
            heal_report(pictures, places.report(dataset) if dataset else places.report_of_all)
        elif dataset:
            heal_review(places, dataset)

    def forget(self, files: Iterable[str]) -> None:
        """Have files be made again that tell of a moment; only of those that a run is asked for."""
        if self.workflow.is_main_process and not self._lock.owner():
            for file in files:
                if ("forgotten", file) not in self._healed:
                    self._healed.add(("forgotten", file))
                    Path(file).unlink(missing_ok=True)

    def tell_what_is_left_out(self) -> None:
        """Say at once which datasets are no part of the run: something of theirs is not there."""
        for words in self.run.left_out:
            print(f"error: {words}\nThe run goes on with the other datasets, and ends with this.", file=sys.stderr)

    def begin(self) -> None:
        """Become the owner of the results until this process ends, and say what the run is.

        Before that the jobs of a killed run come to their end, if this run or the last is one of a cluster.

        Raises:
            SoundledgerError: another run is the owner; Slurm does not say what is in its queue; Ctrl-C; or captions are
                to be scored, and what does that is not installed.
        """
        self.refuse_without_library()
        from workflow_scripts.run.leftovers import wait_for_leftovers
        from workflow_scripts.run.run_file import write_run_file

        self._lock.take()
        atexit.register(self._lock.give_back)
        if not self.is_local or self._was_on_cluster():
            try:
                wait_for_leftovers(self.folder, self.comments)
            except KeyboardInterrupt:
                raise SoundledgerError(
                    "stopped while it waited. Those jobs go on; the next run will wait for them too"
                ) from None
        write_run_file(self.run, self.since, not self.is_local, self.fingerprint)

    def lift_limit_of_no_time(self) -> None:
        """Take a limit of jobs in no time for none at all, which Snakemake has no word for.

        With any limit, each look at the jobs that wait starts a timer for another look, as long as there are any: so
        they follow each other without a pause, and take a core from the jobs (JobScheduler.schedule of Snakemake 9.27).
        """
        scheduler = self.workflow.scheduler
        if scheduler.job_rate_limiter and not scheduler.job_rate_limiter.timespan:
            scheduler.job_rate_limiter = None

    def told_at_end(self) -> str:
        """The table that a run ends with, if it made one, what exports leave out, and faults that may pass.

        Of one on a cluster, also what its jobs asked for.
        """
        from workflow_scripts.run.exported import exports_text
        from workflow_scripts.run.fetching import fetched_text
        from workflow_scripts.run.passing import passing_text
        from workflow_scripts.run.usage import usage_text

        made = Path(self.run.places.summary).read_text() if self._has_summed_up else ""
        made = "\n".join(
            filter(None, [fetched_text(self.run, self.since), made, exports_text(self.run), passing_text(self.run)])
        )
        if self.is_local:
            return made
        try:
            return f"{made}\n{usage_text(self.run.places)}"
        except SoundledgerError as error:  # no reason for a run that went well to fail
            return f"{made}\n{error}\n"

    def tidy(self) -> None:
        """Drop what is of no use once all has been checked: checks of shards that were split or joined."""
        from workflow_scripts.run.shards import remove_former

        for root in self.run.roots if self._has_summed_up else ():
            remove_former(self.run.places, root)

    def check_threads(self, root: str, shard: str) -> int:
        """The cores of a check that is about to start: as many as there are, shared by the checks that wait."""
        if not (self.workflow.is_main_process and self.is_local):
            return ON_CLUSTER
        cores = self.workflow.cores
        checks = (job for job in self.workflow.dag.needrun_jobs() if job.rule.name == "check")
        waiting = sum(1 for _ in itertools.islice(checks, MOST_WAVES * cores))
        return check_threads(cores, waiting, _media(self.run.places.shards(root)).get(shard, 0))

    def scan_threads(self, archives: int) -> int:
        """The cores of a scan, by the number of archives that the look found: each lists one at a time."""
        if not (self.workflow.is_main_process and self.is_local):  # a job on its node has to ask for what it was given
            return ON_CLUSTER
        return max(1, min(archives, MOST, self.workflow.cores))

    def end_with_error(self, failed: Iterable[Any]) -> None:
        """Leave no job in Slurm's queue, and name the jobs that failed for good: Snakemake did, a long way up.

        Where all of something was lost, Snakemake ends here, so that the cause is the last line.

        Args:
            failed: Snakemake's jobs, and groups of them; none at Ctrl-C.
        """
        from workflow_scripts.run.failures import FailedJob, failures_text, last_error
        from workflow_scripts.run.leftovers import cancel_rest

        if not self.is_local:
            cancel_rest(self.folder, self.comments)
        jobs = [job for some in failed for job in (some if some.is_group() else [some])]
        told = [FailedJob(job.rule.name, tuple(job.wildcards), tuple(job.log)) for job in jobs]
        stopped = "Stopped before its end. What was done is kept: the same command goes on from there."
        lost = [job for job in told if job.rule == "losses"]
        if lost != told or not told:
            print(failures_text(told, since=self.since) if told else stopped, file=sys.stderr)
        if lost:
            print(self.told_at_end(), end="", flush=True)
            sys.exit(last_error(lost[0].logs[0]))

    @property
    def _has_summed_up(self) -> bool:
        """Whether this run made the catalogue and the table that it ends with: so all has been checked."""
        try:
            return os.stat(self.run.places.summary).st_mtime >= self.since
        except FileNotFoundError:
            return False

    @property
    def is_local(self) -> bool:
        """Whether no job of it goes to a cluster."""
        return bool(self.workflow.local_exec)

    @property
    def comments(self) -> re.Pattern[str]:
        """What the executor writes into the comments of the jobs that this run may submit.

        `rule_<rule>_wildcards_<wildcard>_<wildcard>`, in the order in which they stand in a path: a dataset or a root
        comes first (snakemake_executor_plugin_slurm, `run_job`).
        """
        return re.compile("|".join(self._comment(rule.name, rule.wildcard_names) for rule in self.workflow.rules))

    def _comment(self, rule: str, wildcards: Iterable[str]) -> str:
        known: dict[str, Iterable[str]] = {"dataset": self.run.datasets, "root": self.run.roots}
        first = [name for wildcard, names in known.items() if wildcard in wildcards for name in names]
        of = rf"_(?:{'|'.join(map(re.escape, first))})(?:_.*)?" if first else "(?:_.*)?"
        return rf"rule_{re.escape(rule)}_wildcards{of}"

    @functools.cached_property
    def _healed(self) -> set[tuple[str, str | None]]:
        """What was looked at: once a run, which makes the rest meanwhile."""
        return set()

    @functools.cached_property
    def _lock(self) -> Lock:
        return Lock(Path(self.run.places.lock))

    def refuse_without_library(self) -> None:
        """Raises SoundledgerError if a job would need transformers; environments of conda bring their own."""
        in_conda = any(method.name == "CONDA" for method in self.workflow.deployment_settings.deployment_method)
        if in_conda or importlib.util.find_spec("transformers"):
            return
        if any(job.rule.name in SCORING for job in self.workflow.dag.needrun_jobs()):
            named = ", ".join(name for name, dataset in self.run.datasets.items() if dataset.caption_fit)
            raise SoundledgerError(
                f"dataset {named}: how well captions fit (caption_fit) is worked out by transformers, which is not "
                "installed here: `make clap` installs it"
            )

    def _was_on_cluster(self) -> bool:
        """Whether the last run that started here submitted jobs."""
        from workflow_scripts.run.run_file import read_run_file

        try:
            return read_run_file(Path(self.run.places.run_file)).on_cluster
        except SoundledgerError:
            return False


def _connections(host: str, wildcards: Any) -> int:
    """How many connections to a host a job takes: its leaf is called by the host that it asks."""
    return CONNECTIONS if wildcards.leaf.rpartition("-")[0] == host else 0


@functools.cache
def _media(shards: str) -> dict[str, int]:
    """How many media each shard of a root has; asked for each of its jobs, and written once a run."""
    return shards_in(shards)
