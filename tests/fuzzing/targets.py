"""What reads files that others wrote, and what it is given: for each kind of file seeds, and the real reader."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import polars as pl

from tests import mutations
from tests.fuzzing.reading import Read, Target
from tests.matching.test_foreign import handed
from tests.media.archives.made_archives import SOME, write_parquet, write_tar, write_zip
from tests.review.served import CLIPS, said
from tests.sources.test_predictions_read import OF_TOOLS
from tests.workers import SETTINGS
from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.ledger.match import clips_of_files
from workflow_scripts.matching.foreign import write_foreign_clips
from workflow_scripts.media import archives
from workflow_scripts.media.content import Content
from workflow_scripts.review.serving.kept import KeptReviews
from workflow_scripts.review.serving.rows import COLUMNS, as_csv, checked
from workflow_scripts.review.serving.server import application
from workflow_scripts.settings.run import load_run
from workflow_scripts.sound.examine import examine
from workflow_scripts.sources.clips.vocabulary import classes_of
from workflow_scripts.sources.ingested import check_classes, check_splits
from workflow_scripts.sources.predictions.read import Predictions
from workflow_scripts.sources.reviews import read_reviews
from workflow_scripts.sources.rows import Reading, read_rows
from workflow_scripts.sources.source import Source
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

ADAPTERS = Path(__file__).resolve().parents[1] / "adapters"
SHIPPED = Path(__file__).resolve().parents[2] / "config" / "datasets"
A_SOUND_S = 0.05
SAID = ["Great Tit", "Dog", "Rain"]


# --- settings ---


def dataset_files() -> list[bytes]:
    """Those of the small sources of each adapter, and some that are shipped."""
    small = sorted(ADAPTERS.glob("*/source/dataset.yaml"))
    return [file.read_bytes() for file in [*small, SHIPPED / "esc50.yaml", SHIPPED / "desed.yaml"]]


def dataset_file(folder: Path) -> Read:
    for source in sorted(ADAPTERS.glob("*/source")):
        shutil.copytree(source, folder, dirs_exist_ok=True)

    def read(content: bytes) -> bool:
        (folder / "mine.yaml").write_bytes(content)
        return bool(load_run({"datasets": ["mine.yaml"]}, folder).datasets)

    return read


# --- label formats ---


def small_sources(of: str, *names: str) -> list[bytes]:
    return [(ADAPTERS / of / "source" / name).read_bytes() for name in names]


def ingest(folder: Path, of: str, name: str) -> Read:
    """The small source of an adapter, in which one file becomes another."""
    shutil.copytree(ADAPTERS / of / "source", folder, dirs_exist_ok=True)
    [dataset] = load_run({"datasets": ["dataset.yaml"]}, folder).datasets.values()
    told: dict[str, Any] = dataset.ingest_settings

    def read(content: bytes) -> bool:
        (folder / name).write_bytes(content)
        tables = adapter(dataset.adapter)(IngestSettings(**told)).by_name()
        made = {table: frame.collect() for table, frame in tables.items()}
        for table, schema in schemas.INGESTED.items():
            validate(made[table], schema)
        check_splits(made["promised"].lazy())
        check_classes(made["labels"].lazy(), made["classes"].lazy())
        _assert_rows_add_up(made["sources"])
        return bool(len(made["promised"]))

    return read


def _assert_rows_add_up(sources: pl.DataFrame) -> None:
    assert (sources["rows_read"] == sources["rows_kept"] + sources["rows_rejected"]).all(), "rows are lost"


# --- tables ---

ROWS = [
    {"file": "a.wav", "label": "Dog, big", "start": 0.5, "more": ["x", None], "deep": {"a": 1}},
    {"file": "b/c.wav", "label": 'he said "no"', "start": None, "more": [], "deep": {"a": None}},
    {"file": "ж.wav", "label": "two\nlines", "start": 3.0, "more": ["y"], "deep": {"a": 3}},
]


def tables(suffix: str) -> list[bytes]:
    if suffix == ".parquet":
        with tempfile.TemporaryDirectory() as folder:
            return [_parquet(Path(folder, "t.parquet"), compression) for compression in ("uncompressed", "zstd")]
    if suffix == ".csv":
        quoted = [",".join('"' + str(cell).replace('"', '""') + '"' for cell in row.values()) for row in ROWS]
        text = "\n".join([",".join(ROWS[0]), *quoted]) + "\n"
        return [text.encode(), text.replace(",", "\t").encode("utf-16"), b"a;b\n1;2\n3;4\n"]
    if suffix == ".jsonl":
        return ["".join(f"{json.dumps(row)}\n" for row in ROWS).encode()]
    if suffix == ".yaml":
        return [b"- {file: a.wav, label: [Dog]}\n- {file: b.wav, label: Dog, at: 2001-01-01, n: 0x10}\n"]
    return [json.dumps(ROWS).encode(), json.dumps({"data": ROWS}).encode()]


def _parquet(file: Path, compression: Any) -> bytes:
    pl.DataFrame(ROWS).write_parquet(file, compression=compression)
    return file.read_bytes()


def table(folder: Path, name: str) -> Read:
    def read(content: bytes) -> bool:
        (folder / name).write_bytes(content)
        return any(len(rows.cells) for rows in read_rows(Source.read(name), Reading()))

    return read


# --- reviews and predictions ---


def reviews() -> list[bytes]:
    rows = [
        checked(said("a", note="two\nlines", class_ids="Dog"), "row"),
        checked(said("b", "bo", ordinal=0, caption='A "dog"', verdict="drop", pcm_digest="0" * 32), "row"),
    ]
    return [as_csv(rows), b"clip_id;verdict\na;keep\nb;drop\n", ",".join(COLUMNS).encode() + b"\n"]


def review_file(folder: Path) -> Read:
    promised = pl.LazyFrame({"clip_id": ["a", "b"]})
    captions = pl.LazyFrame({"clip_id": ["a", "b"], "ordinal": pl.Series([0, 0], dtype=pl.Int32)})
    classes = classes_of(SAID)

    def read(content: bytes) -> bool:
        (folder / "reviews.csv").write_bytes(content)
        made = read_reviews(["reviews.csv"], promised, captions, classes)
        for name, schema in schemas.JUDGED["reviews"].items():
            validate(made[name], schema)
        _assert_rows_add_up(made["sources"])
        return bool(made["sources"]["rows_kept"].sum())

    return read


def predictions(suffix: str) -> list[bytes]:
    if suffix == ".parquet":
        scores = pl.DataFrame({"clip_id": ["a", "a"], "class_id": ["Dog", "rain"], "score": [0.5, 0.25]})
        with tempfile.TemporaryDirectory() as folder:
            scores.write_parquet(Path(folder, "p.parquet"))
            return [Path(folder, "p.parquet").read_bytes()]
    return [text.encode() for text, _ in OF_TOOLS.values()]


def prediction_file(folder: Path, name: str) -> Read:
    kinds = {"clip_id": pl.String, "media_key": pl.String, "start_s": pl.Float64, "end_s": pl.Float64}
    promised = pl.DataFrame([("a", "a", None, None), ("b", "b", None, None)], schema=kinds, orient="row")
    classes = classes_of(SAID)

    def read(content: bytes) -> bool:
        (folder / name).write_bytes(content)
        aside = Path(tempfile.mkdtemp(dir=folder))
        try:
            files_of = partial(clips_of_files, clips=promised, match="stem")
            told = Predictions(promised, classes, files_of, False, aside)
            made = {table: pl.concat(parts) for table, parts in told.tables([name])}
        finally:
            shutil.rmtree(aside)
        for table, schema in schemas.JUDGED["predictions"].items():
            validate(made[table], schema)
        _assert_rows_add_up(made["sources"])
        return bool(made["sources"]["rows_kept"].sum())

    return read


# --- archives ---


def packed(suffix: str) -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"a{suffix}")
        if suffix == ".tar":
            made = [write_tar(file, SOME, form).read_bytes() for form in (0, 1, 2)]
            return [*made, write_tar(file, {"d" * 300 + ".wav": b"x"}).read_bytes()]
        if suffix == ".zip":
            return [write_zip(file, SOME, method).read_bytes() for method in (0, 8)]
        return [write_parquet(file, [*SOME.items(), (None, b"x")]).read_bytes()]


def archive(folder: Path, name: str) -> Read:
    def read(content: bytes) -> bool:
        (folder / name).write_bytes(content)
        listing = archives.list_members(name, (folder / name).stat().st_mtime_ns)
        for damage in listing.damages:
            assert damage.reason
            assert damage.detail
        for _, member in archives.contents(sorted(listing.members, key=lambda media: media.offset or 0)):
            if isinstance(member, Content):
                member.file.read()
        return bool(listing.members)

    return read


# --- sounds ---


@cache
def _sounds() -> dict[str, list[bytes]]:
    known: dict[str, list[bytes]] = {}
    for suffix, data in mutations.originals(Path("/nowhere"), A_SOUND_S):
        known.setdefault(suffix, []).append(data)
    return known


def sounds(suffix: str) -> list[bytes]:
    return _sounds()[suffix]


def sound(_: Path) -> Read:
    def read(content: bytes) -> bool:
        row = examine(Content.of(content), None, SETTINGS)
        assert row.get("error_kind") != "check_failed", row.get("error")
        return bool(row["load_ok"])

    return read


# --- the review server, and fingerprints of others ---


def posted() -> list[bytes]:
    rows = [said("a", note="x"), said("-dash", "bo", ordinal=1, caption="A dog")]
    return [json.dumps({"rows": rows}).encode(), b'{"rows": []}']


def server(folder: Path, method: str) -> Read:
    """POST: what is sent; GET: the file of verdicts that is there."""
    file = folder / "reviews.csv"
    app = application(folder, KeptReviews(file), lambda ids: set(ids) & set(CLIPS))

    def read(content: bytes) -> bool:
        file.unlink(missing_ok=True)
        if method == "GET":
            file.write_bytes(content)
        status = asyncio.run(_answer(app, method, content))
        assert status < 500, f"the server answers {status}"
        return status == 200

    return read


async def _answer(app: Callable[..., Any], method: str, body: bytes) -> int:
    answered: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": method,
        "path": "/reviews",
        "raw_path": b"/reviews",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        answered.append(message)

    await app(scope, receive, send)
    return int(answered[0]["status"])


def fingerprints() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        return [handed(Path(folder, "f.parquet"), "x", "y").read_bytes()]


def against(folder: Path) -> Read:
    def read(content: bytes) -> bool:
        (folder / "f.parquet").write_bytes(content)
        write_foreign_clips([Path("f.parquet")], ["mine"], folder / "foreign_clips.parquet")
        return True

    return read


def _of_source(of: str, name: str, *more: str) -> Target:
    return Target(partial(small_sources, of, name, *more), partial(ingest, of=of, name=name))


SUFFIXES = (
    *(".wav", ".flac", ".ogg", ".mp3", ".aiff", ".caf", ".w64", ".rf64", ".au", ".sph"),
    *(".m4a", ".mkv", ".webm", ".mp4", ".aac", ".oga"),
)
TARGETS = {
    "dataset-yaml": Target(dataset_files, dataset_file),
    "segments": _of_source("audioset", "segments.csv", "weak.tsv"),
    "strong": _of_source("audioset", "strong.tsv"),
    "class-list": _of_source("audioset", "class_labels_indices.csv"),
    "display-names": _of_source("audioset", "mid_to_display_name.tsv"),
    "ontology": _of_source("audioset", "ontology.json"),
    "clip-list": _of_source("clip_lists", "unfiltered_train_clips.csv"),
    "coco": _of_source("coco", "train.json", "val.json"),
    "xeno-canto": _of_source("xeno_canto", "pages/single.json", "pages/two.json"),
    "recording": _of_source("recordings", "site/noclock.wav", "site/POND_20170514_0430.wav"),
    **{
        f"table{suffix}": Target(partial(tables, suffix), partial(table, name=f"t{suffix}"))
        for suffix in (".csv", ".json", ".jsonl", ".yaml", ".parquet")
    },
    "reviews": Target(reviews, review_file),
    "predictions.csv": Target(partial(predictions, ".csv"), partial(prediction_file, name="p.BirdNET.results.csv")),
    "predictions.parquet": Target(partial(predictions, ".parquet"), partial(prediction_file, name="p.parquet")),
    "against.parquet": Target(fingerprints, against),
    "review-post": Target(posted, partial(server, method="POST")),
    "review-file": Target(reviews, partial(server, method="GET")),
    **{
        f"archive{suffix}": Target(partial(packed, suffix), partial(archive, name=f"a{suffix}"), in_workers=True)
        for suffix in (".tar", ".zip", ".parquet")
    },
    **{f"sound{suffix}": Target(partial(sounds, suffix), sound, in_workers=True, is_sound=True) for suffix in SUFFIXES},
}
