"""Serve the review page of a dataset, and keep its verdicts: `make review`.

python -m workflow_scripts.run.serve_review RESULTS [DATASET [REVIEWS [PORT]]]; an empty argument is none.
"""

import os
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

import duckdb

from workflow_scripts.errors import SoundledgerError, nearest, shown
from workflow_scripts.run.run_file import read_run_file
from workflow_scripts.settings.places import Places


def main(results: str, dataset: str = "", reviews: str = "", port: str = "") -> None:
    """Serve until Ctrl-C.

    Raises:
        SoundledgerError: there is no page, or several and none is named; or verdicts cannot be kept there.
    """
    from workflow_scripts.review.serving.kept import KeptReviews
    from workflow_scripts.review.serving.server import application, serve

    places = Places(results)
    name = _dataset(places, dataset)
    kept = KeptReviews(_not_in_results(Path(reviews) if reviews else _where_to(places, name), places))
    rows = len(kept.rows())

    def tell(address: str) -> None:
        print(f"{name}: {address}", f"Verdicts: {kept.file} ({rows:,} rows). Ctrl-C ends.", sep="\n", flush=True)

    page = Path(places.review(name)).parent
    serve(application(page, kept, lambda ids: clips_that_are(places, name, ids)), _port(port), tell)


def clips_that_are(places: Places, dataset: str, ids: Collection[str]) -> set[str]:
    """Which of some clip ids a dataset has, as the catalogue of this moment says.

    Raises:
        SoundledgerError: it cannot be asked, as where results are being made anew.
    """
    asked = "SELECT clip_id FROM clips WHERE dataset = ? AND clip_id IN (SELECT unnest(?::VARCHAR[]))"
    try:
        with duckdb.connect(places.catalogue, read_only=True) as catalogue:
            return {clip_id for (clip_id,) in catalogue.execute(asked, [dataset, list(ids)]).fetchall()}
    except duckdb.Error as error:
        raise SoundledgerError(f"{places.catalogue}: cannot be asked which clips there are: {error}") from None


def _dataset(places: Places, wanted: str) -> str:
    """The dataset that is asked for, or the only one with a page."""
    names = list(read_run_file(Path(places.run_file)).datasets)
    if wanted and wanted not in names:
        raise SoundledgerError(f"{places.results}: no dataset {shown(wanted)}{nearest(wanted, names)}")
    have = [name for name in names if os.path.isfile(places.review(name))]
    if wanted and wanted not in have:
        raise SoundledgerError(f"{places.review(wanted)}: no such page; `snakemake review` makes it")
    if not have:
        raise SoundledgerError(f"{places.results}: no dataset has a review page; `snakemake review` makes it")
    if not wanted and len(have) > 1:
        raise SoundledgerError(f"{places.results}: which of {', '.join(have)}? make review DATASET={have[0]}")
    return wanted or have[0]


def _where_to(places: Places, dataset: str) -> Path:
    """The file of reviews that the dataset file names; where it names none, one beside us that it may."""
    run = read_run_file(Path(places.run_file))
    named = run.reviews.get(dataset, [])
    if len(named) > 1:
        raise SoundledgerError(f"{dataset}: into which of {', '.join(named)}? make review REVIEWS={named[0]}")
    return Path(run.folder, named[0]) if named else Path(f"reviews/{dataset}.csv")


def _not_in_results(file: Path, places: Places) -> Path:
    """A file that no run deletes."""
    results, real = os.path.realpath(places.results), os.path.realpath(file)
    if os.path.commonpath([results, real]) == results:
        raise SoundledgerError(
            f"{file}: lies in the results, where a run may delete it; name another place: make review REVIEWS=…"
        )
    if os.path.isdir(real):
        raise SoundledgerError(f"{file}: is a folder; name a file: make review REVIEWS={file}/reviews.csv")
    return file


def _port(named: str) -> int:
    if not named:
        return 0
    if not named.isascii() or not named.isdigit() or not 0 < int(named) < 65536:
        raise SoundledgerError(f"PORT {shown(named)}: expected a number from 1 to 65535")
    return int(named)


def _command(arguments: Sequence[str]) -> None:
    try:
        main(*arguments)
    except (SoundledgerError, OSError, duckdb.Error) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:  # before it answered
        pass


if __name__ == "__main__":
    _command(sys.argv[1:] or ["results"])
