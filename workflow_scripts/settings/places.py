"""The result tree: the one place that says where a run's files are. Each place is a path below the results folder.

Rules give names of wildcards (`places.table("{dataset}", "clips")`), everything else the names themselves.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Places:
    """The files of a run.

    Attributes:
        results: the folder of the results, as the run was told.
    """

    results: str

    @property
    def catalogue(self) -> str:
        """Everything in SQL."""
        return f"{self.results}/catalog.duckdb"

    @property
    def generations(self) -> str:
        """Folder of the generations of the catalogue."""
        return f"{self.results}/.catalogue"

    @property
    def current_generation(self) -> str:
        """Holds the name of the generation that the catalogue speaks of, as long as that is whole."""
        return f"{self.generations}/current"

    def generation(self, name: str) -> "Places":
        """All files that one catalogue speaks of, itself too, as one finished run left them: a result tree in small."""
        return Places(f"{self.generations}/{name}")

    @property
    def before(self) -> str:
        """In a generation: the clips as the run before it left them, a result tree in small."""
        return f"{self.results}/.before"

    @property
    def runs(self) -> str:
        """In a generation: what came of each run so far, in numbers."""
        return f"{self.results}/runs.parquet"

    @property
    def summary(self) -> str:
        """The table that a run ends with."""
        return f"{self.results}/summary.txt"

    @property
    def run_file(self) -> str:
        """What the last run consists of, for those who ask nothing but files."""
        return f"{self.results}/run.json"

    @property
    def lock(self) -> str:
        """Names the run that writes the results."""
        return f"{self.results}/run.lock"

    def losses(self, stage: str) -> str:
        """The losses that the dataset files allow; made when a target has been reached that lost nothing else."""
        return f"{self.results}/.losses/{stage}.txt"

    def media_lists(self, root: str) -> str:
        """Folder of a root's media lists, one a shard."""
        return f"{self._root(root)}/media"

    def shards(self, root: str) -> str:
        """The shards of a root, and how many media each has."""
        return f"{self._root(root)}/tables/shards.json"

    def look(self, root: str) -> str:
        """Folder of what the last look at a root found."""
        return f"{self.results}/.looks/{root}"

    def kept(self, dataset: str) -> str:
        """Folder of what an ingest, or a fetch, keeps for the next: what need not be read again, and what was seen."""
        return f"{self.results}/.kept/{dataset}"

    def media_list(self, root: str, shard: str) -> str:
        """The `media` table of one shard."""
        return f"{self.media_lists(root)}/{shard_name(shard)}.parquet"

    def checks_folder(self, root: str) -> str:
        """Folder of a root's checks, one a shard."""
        return f"{self._root(root)}/checks"

    def checks(self, root: str, shard: str) -> str:
        """The `checks` table of one shard."""
        return f"{self.checks_folder(root)}/{shard_name(shard)}.parquet"

    @staticmethod
    def by_root(checks: Iterable[str], roots: Iterable[str]) -> dict[str, list[str]]:
        """Files of checks by their root; one that holds nothing has none."""
        files: dict[str, list[str]] = {root: [] for root in roots}
        for file in checks:
            files[file.rsplit("/", 3)[1]].append(file)
        return files

    def root_rejects(self, root: str) -> str:
        """The `rejects` of a root: what of its archives could not be listed."""
        return f"{self._root(root)}/tables/rejects.parquet"

    def not_looked_at(self, root: str) -> str:
        """What of a root holds audio of kinds that are not read."""
        return f"{self._root(root)}/tables/not_looked_at.parquet"

    def archives(self, root: str) -> str:
        """What each archive of a root told when it was listed, so that one that is as it was is not listed again."""
        return f"{self._root(root)}/.kept/archives.parquet"

    def passing_archives(self, root: str) -> str:
        """How often the archives of a root whose fault may pass were listed again."""
        return f"{self._root(root)}/.kept/passing.json"

    def passing_notes(self, root: str) -> str:
        """Folder of the notes on faults that may pass, one a shard that had any."""
        return f"{self._root(root)}/passing"

    def passing_note(self, root: str, shard: str) -> str:
        """How often the media of a shard whose fault may pass were looked at again."""
        return f"{self.passing_notes(root)}/{shard_name(shard)}.json"

    def links(self, root: str) -> str:
        """Folder of links to media of a root whose own names cannot stand in a table."""
        return f"{self._root(root)}/links"

    def matches(self, name: str) -> str:
        """A table of what sounds the same, over all datasets; it is called like its view."""
        return f"{self.results}/matches/{name}.parquet"

    def table(self, dataset: str, name: str) -> str:
        """A table of a dataset; it is called like its view."""
        return f"{self.results}/{dataset}/tables/{name}.parquet"

    def table_of(self, dataset: str, of: str, name: str) -> str:
        """A table of what was read for a dataset beside its own sources: the `rejects` of its `reviews`."""
        return f"{self.results}/{dataset}/tables/of_{of}/{name}.parquet"

    def missing(self, dataset: str) -> dict[str, str]:
        """What stays missing: the clips, how many of each class, and what lies elsewhere that may be theirs."""
        folder = f"{self.results}/{dataset}/exports"
        names = {"clips": "missing", "by_class": "missing_by_class", "proposed": "missing_proposed"}
        return {name: f"{folder}/{file}.csv" for name, file in names.items()}

    def derived(self, dataset: str) -> str:
        """Folder of what a dataset is made of, and of what was made."""
        return f"{self.results}/{dataset}/derived"

    def recipe(self, dataset: str, table: str) -> str:
        """A table of what is to be made."""
        return f"{self.derived(dataset)}/plan/{table}.parquet"

    def scene_lists(self, dataset: str) -> str:
        """Folder of the lists of what goes into each pack of scenes."""
        return f"{self.derived(dataset)}/.plan"

    def scene_list(self, dataset: str, leaf: str) -> str:
        """What goes into one of them."""
        return f"{self.scene_lists(dataset)}/{leaf}.parquet"

    def scene_pack(self, dataset: str, leaf: str) -> str:
        """Account of a pack of scenes; its files are in a folder beside it."""
        return f"{self.derived(dataset)}/.packs/{leaf}.json"

    def scenes_made(self, dataset: str) -> str:
        """Account of the folders of what was made, beside the plan."""
        return f"{self.derived(dataset)}/made.json"

    def scene_audio(self, dataset: str) -> str:
        """Folder of all scenes that were made: the root of their dataset."""
        return f"{self.results}/{dataset}/audio"

    def stems(self, dataset: str) -> str:
        """Folder of their parts, each by itself, where these were asked for."""
        return f"{self.results}/{dataset}/stems"

    def masks(self, dataset: str) -> str:
        """Folder of the masks of these over time and frequency, where they were asked for."""
        return f"{self.results}/{dataset}/masks"

    def acquisition(self, dataset: str) -> str:
        """Folder of what tells how far the fetching of its files has come; what is fetched goes where its file says."""
        return f"{self.results}/{dataset}/acquired"

    def fetch_plan(self, dataset: str, stage: str) -> str:
        """Folder of the lists of what each job of a stage fetches."""
        return f"{self.acquisition(dataset)}/{stage}.plan"

    def fetch_list(self, dataset: str, stage: str, leaf: str) -> str:
        """What one of them fetches."""
        return f"{self.fetch_plan(dataset, stage)}/{leaf}.parquet"

    def fetched(self, dataset: str, stage: str, leaf: str) -> str:
        """The `fetches` of one of them."""
        return f"{self.acquisition(dataset)}/{stage}.fetched/{leaf}.parquet"

    def unpacked(self, dataset: str, stage: str, entry: str) -> str:
        """What came out of the archive of an entry, by its number in the dataset file."""
        return f"{self.acquisition(dataset)}/{stage}.unpacked/{entry}.json"

    def first_seen(self, dataset: str, stage: str, leaf: str) -> str:
        """The digests that one of them noted of files of which nobody publishes any; they outlive `acquisition`."""
        return f"{self.kept(dataset)}/first_seen/{stage}.{leaf}.jsonl"

    def kept_directories(self, dataset: str) -> str:
        """Folder of what zips that lie elsewhere told of what they hold."""
        return f"{self.kept(dataset)}/directories"

    def fetch_passing(self, dataset: str, stage: str, leaf: str) -> str:
        """How often the files of one of them that a server did not give were asked for again."""
        return f"{self.acquisition(dataset)}/{stage}.passing/{shard_name(leaf)}.json"

    def acquired(self, dataset: str, stage: str) -> str:
        """The `fetches` of a stage, once all of it was fetched, or cannot be had."""
        return f"{self.acquisition(dataset)}/{stage}.parquet"

    def acquired_entries(self, dataset: str, stage: str) -> str:
        """Which entries of the dataset file that was: what each brings."""
        return f"{self.acquisition(dataset)}/{stage}.entries.json"

    def crashed(self, dataset: str) -> str:
        """There where the ingest of a dataset failed by no fault of its sources (sources/failed.py)."""
        return f"{self.results}/{dataset}/tables/.crashed"

    def export(self, dataset: str, name: str) -> str:
        """Folder of an export: a link to that of its last generation, which lies beside it."""
        return f"{self.results}/{dataset}/exports/{name}"

    def account(self, dataset: str, export: str) -> str:
        """What an export took and left out, and the files that it wrote."""
        return f"{self.export(dataset, export)}.account.json"

    def leaked(self, dataset: str, export: str) -> str:
        """The clips that an export leaves out since they share something with what is evaluated on, and what."""
        return f"{self.export(dataset, export)}.leaked.parquet"

    def plan(self, dataset: str, export: str) -> str:
        """Folder of the lists of what goes into each pack of an export."""
        return f"{self.results}/{dataset}/exports/.{export}.plan"

    def pack_list(self, dataset: str, export: str, leaf: str) -> str:
        """What goes into one of them."""
        return f"{self.plan(dataset, export)}/{leaf}.parquet"

    def pack(self, dataset: str, export: str, leaf: str) -> str:
        """Account of a pack of an export; its files are in a folder beside it."""
        return f"{self.results}/{dataset}/exports/.{export}.packs/{leaf}.json"

    def delivered(self, dataset: str, delivery: str) -> str:
        """What of an export lies at another place, and what stayed here."""
        return f"{self.results}/{dataset}/delivered/{delivery}.json"

    def would_be_delivered(self, dataset: str, delivery: str) -> str:
        """What would lie there; gone when it has been told."""
        return f"{self.results}/{dataset}/delivered/.{delivery}.dry_run.json"

    def pictures(self, dataset: str) -> str:
        """Folder of the pictures of a dataset, and of what each shows in words and numbers."""
        return f"{self.results}/{dataset}/report/pictures"

    def report(self, dataset: str) -> str:
        """The page that tells of a dataset."""
        return f"{self.results}/{dataset}/report/index.html"

    def card(self, dataset: str) -> str:
        """The same for those who find the dataset in a hub."""
        return f"{self.results}/{dataset}/report/README.md"

    @property
    def pictures_of_all(self) -> str:
        """Folder of the pictures of all datasets side by side, and of what changed since the last run."""
        return f"{self.results}/report/pictures"

    @property
    def report_of_all(self) -> str:
        """The page that leads to the reports of all datasets."""
        return f"{self.results}/report/index.html"

    def review(self, dataset: str) -> str:
        """The page on which clips are listened to and judged; its packs lie beside it."""
        return f"{self.results}/{dataset}/review/index.html"

    def cards(self, dataset: str) -> str:
        """The clips that have cards on that page, in its order."""
        return f"{self.results}/{dataset}/.review.cards.parquet"

    def card_lists(self, dataset: str) -> str:
        """Folder of the lists of what goes into each pack of it."""
        return f"{self.results}/{dataset}/.review.plan"

    def card_list(self, dataset: str, leaf: str) -> str:
        """What goes into one of them."""
        return f"{self.card_lists(dataset)}/{leaf}.parquet"

    def card_pack(self, dataset: str, leaf: str) -> str:
        """Account of a pack of it; its files are in a folder beside it."""
        return f"{self.results}/{dataset}/.review.packs/{leaf}.json"

    def window_lists(self, dataset: str) -> str:
        """Folder of the lists of clips that each job measures in windows."""
        return f"{self.results}/{dataset}/.windows.plan"

    def window_list(self, dataset: str, leaf: str) -> str:
        """Those of one of them."""
        return f"{self.window_lists(dataset)}/{leaf}.parquet"

    def window_pack(self, dataset: str, leaf: str) -> str:
        """Account of what it measured; its files are in a folder beside it."""
        return f"{self.results}/{dataset}/.windows.packs/{leaf}.json"

    def fit_lists(self, dataset: str) -> str:
        """Folder of the lists of captions that each job scores."""
        return f"{self.results}/{dataset}/.fit.plan"

    def fit_list(self, dataset: str, leaf: str) -> str:
        """Those of one of them."""
        return f"{self.fit_lists(dataset)}/{leaf}.parquet"

    def fit_pack(self, dataset: str, leaf: str) -> str:
        """Their scores."""
        return f"{self.results}/{dataset}/.fit.packs/{leaf}.parquet"

    def log(self, rule: str, *of: str) -> str:
        """Log of a job: of a rule, and of the values of its wildcards."""
        return "/".join([self.results, "logs", rule, *of]) + ".log"

    def note(self, rule: str, *of: str) -> str:
        """How far a job is; it lies beside its log."""
        return f"{self.log(rule, *of).removesuffix('.log')}.progress.json"

    @property
    def benchmarks(self) -> str:
        """Folder of what each job asked for and used."""
        return f"{self.results}/benchmarks"

    def benchmark(self, rule: str, *of: str) -> str:
        """What a job asked for and used."""
        return "/".join([self.benchmarks, rule, *of]) + ".jsonl"

    def _root(self, root: str) -> str:
        return f"{self.results}/audio/{root}"


def shard_name(shard: str) -> str:
    """What a shard's files are called.

    >>> shard_name("0110")
    'shard=0110'
    """
    return f"shard={shard}"
