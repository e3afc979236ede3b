"""A copy of the workflow in a folder of its own, run by the real Snakemake."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import yaml

from workflow_scripts.sample import make_sample

REPOSITORY = Path(__file__).resolve().parents[1]
PARTS = ("Snakefile", "rules", "config", "profiles", "envs", "workflow_scripts")


@dataclass
class Finished:
    """A run that ended: what it printed, its exit code, and how many jobs of each rule it started."""

    output: str
    code: int

    @property
    def jobs(self) -> Counter[str]:
        return Counter(re.findall(r"^(?:local)?(?:rule|checkpoint) (\w+):$", self.output, re.MULTILINE))


class Project:
    """The workflow's files in a folder, copied there if need be; ways to run it and to look at what it made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if (folder / PARTS[0]).exists():
            return
        folder.mkdir(exist_ok=True)
        for part in PARTS:
            source = REPOSITORY / part
            if source.is_dir():
                shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, folder / part)

    def own_sample(self, *audio: str, files_per_shard: int = 8000, **changes: object) -> Path:
        """Make the sample's files in `mine` and run on these alone, as on any user's own, described by own.yaml.

        Args:
            audio: The roots, below mine/audio.
            files_per_shard: At most.
            changes: Other keys of the dataset file.

        Returns:
            The folder `mine`.
        """
        mine = self.folder / "mine"
        make_sample(mine)
        sample = (self.folder / "config" / "datasets" / "sample.yaml").read_text()
        roots = [f"mine/audio/{root}" for root in audio]
        settings = yaml.safe_load(sample.replace("data/sample", "mine")) | {"audio": roots} | changes
        (self.folder / "own.yaml").write_text(yaml.safe_dump(settings))
        config = self.folder / "config" / "config.yaml"
        text = config.read_text().replace("[sample]", "[own.yaml]")
        config.write_text(re.sub("files_per_shard: .*", f"files_per_shard: {files_per_shard}", text))
        return mine

    @property
    def bin(self) -> Path:
        """Where Snakemake and Python are found: in the venv of the tests themselves."""
        return Path(sys.executable).parent

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the tests with a venv's Python first on the path, as in an activated venv."""
        return os.environ | {"PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}"}

    def command(self, *arguments: str) -> list[str]:
        return [str(self.bin / "snakemake"), "--cores", "2", *arguments]

    def run(self, *arguments: str, expect: int = 0) -> Finished:
        """Run snakemake here; anything but the expected exit code fails the test with what it printed."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == expect, done.stdout
        return Finished(done.stdout, done.returncode)

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start snakemake in a process group of its own, to be killed; `told` has what it prints."""
        with self.told.open("wb") as told:
            return subprocess.Popen(
                self.command(*arguments),
                cwd=self.folder,
                env=self.environment,
                stdout=told,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def told(self) -> Path:
        """What the last that was started printed."""
        return self.folder / "started.log"

    def forget(self) -> None:
        """Start from nothing again."""
        shutil.rmtree(self.folder / "results")
        shutil.rmtree(self.folder / ".snakemake")

    def ask(self, sql: str, results: str = "results") -> list[tuple]:
        """The answer of the catalogue."""
        with duckdb.connect(str(self.folder / results / "catalog.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def table(self, dataset: str, name: str, results: str = "results") -> pl.DataFrame:
        return pl.read_parquet(self.folder / results / dataset / "tables" / f"{name}.parquet")

    def digests(self, results: str = "results") -> dict[str, str]:
        """SHA-256 of every table (published ones too), every export and the summary, by path below the results.

        What is not yet under its final name (`.part`) has none, nor have the second names that the catalogue reads, and
        accounts of exports, which tell times.
        """
        top = self.folder / results
        exports = [link for link in top.glob("*/exports/*") if link.is_symlink()]
        of_exports = [link / file.relative_to(link.resolve()) for link in exports for file in link.resolve().rglob("*")]
        files = [*top.rglob("*.parquet"), *of_exports, *top.glob("summary.txt")]
        return {
            str(file.relative_to(top)): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(files)
            if file.is_file()
            and file.name != ".snakemake_timestamp"
            and ".part" not in str(file.relative_to(top))
            and ".catalogue" not in file.relative_to(top).parts
        }

    def check_logs(self, results: str = "results") -> dict[Path, int]:
        """The log of every check and the time of its last change."""
        logs = (self.folder / results / "logs" / "check").rglob("*.log")
        return {log: log.stat().st_mtime_ns for log in logs}
