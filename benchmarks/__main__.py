"""Run benchmarks: `python -m benchmarks [--small] [name ...]` from the folder of the checkout; by default all."""

import argparse
import importlib
import sys

from benchmarks.report import describe_machine, markdown

NAMES = (
    "full_lists",
    "few_clips",
    "documents",
    "captions",
    "looking",
    "listing",
    "check_throughput",
    "check_parts",
    "check_fbanks",
    "flac_md5",
    "features",
    "images",
    "check_growth",
    "in_place",
    "packing",
    "long_recordings",
    "mutations",
    "sounds",
    "containers",
    "bandwidth",
    "soundscapes",
    "scale",
    "millions",
    "pictures",
    "scenes",
    "beside_scaper",
    "image_pairs",
    "same_sound",
    "same_sound_millions",
    "fetch",
    "remote_roots",
    "slurm_jobs",
)
"""Modules of this package, each with `run(small)` that yields its tables one by one."""


def main() -> None:
    """Print the machine, then each table as soon as it is there: Markdown, as benchmarks/README.md holds it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--small", action="store_true", help="a try at a small size, to see that everything runs")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(NAMES):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    print(describe_machine())
    for name in arguments.names or NAMES:
        print(f"\n## {name}", flush=True)
        for table in importlib.import_module(f"benchmarks.{name}").run(arguments.small):
            print(f"\n{markdown(table)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
