"""Snakemake's own work for many jobs: it goes through all of them as ever, and each does nothing but touch its files.

    python benchmarks/touched.py ARGUMENTS OF snakemake

Its executor for `--touch` sleeps a tenth of a second before each job, which says nothing of its work; here it does not.
"""

from snakemake.cli import main
from snakemake.executors.touch import Executor

if __name__ == "__main__":
    Executor.SLEEPING_TIME = 0
    main()
