"""iNaturalist's open data by what docs/pairs.md says: four files in the columns that its README names, made by hand."""

import gzip
import re
import subprocess
from pathlib import Path

import polars as pl
import yaml

from tests.adapters.ingests import ingested_in
from tests.project import REPOSITORY
from workflow_scripts.pairs.taxa import lineages, pools

DOCS = (REPOSITORY / "docs/pairs.md").read_text(encoding="utf-8")
FILES = {
    "observations": """
        observation_uuid observer_id latitude longitude positional_accuracy taxon_id quality_grade observed_on anomaly
        u1 7 54.1 -2.5 12 4342 research 2021-05-18 0.1
        u2 8 . . . 4342 research . .
        u3 8 48 8 5 1 casual 2021-01-01 .
        """,
    "photos": """
        photo_uuid photo_id observation_uuid observer_id extension license width height position
        p1 11 u1 7 jpg CC-BY-NC 2048 1536 0
        p2 12 u1 7 jpeg CC0 1 1 1
        p3 13 u2 8 jpg CC-BY 1 1 0
        p4 14 u3 8 jpg CC0 1 1 0
        """,
    "taxa": """
        taxon_id ancestry rank_level rank name active
        4342 48460/1/2 10 species Larus~marinus true
        1 48460 70 kingdom Animalia true
        """,
    "observers": """
        observer_id login name
        7 a_b A."B.~the~birder
        8 c .
        """,
}
"""A blank stands for a tab, ~ for a blank, and a dot by itself for what is not said."""


def tabbed(text: str) -> str:
    rows = [[{".": ""}.get(cell, cell.replace("~", " ")) for cell in line.split()] for line in text.splitlines()]
    return "".join("\t".join(row) + "\n" for row in rows if row)


def block(kind: str, begins: str) -> str:
    return next(text for text in re.findall(rf"```{kind}\n(.*?)```", DOCS, re.DOTALL) if text.startswith(begins))


def test_open_data_becomes_clips_of_species(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv.gz").write_bytes(gzip.compress(tabbed(text).encode()))
    duckdb = REPOSITORY / ".venv/bin/duckdb"
    subprocess.run(block("sh", "duckdb").replace("duckdb", str(duckdb), 1), shell=True, cwd=tmp_path, check=True)
    (tmp_path / "photos").mkdir()
    (tmp_path / "inat_open.yaml").write_text(block("yaml", "name: inat_open"))
    assert yaml.safe_load(block("yaml", "name: inat_open"))["audio"][0]["holds"] == "images"
    tables = ingested_in(tmp_path, "inat_open.yaml")
    clips = tables["promised"].join(tables["origins"], on="clip_id").sort("media_key")
    assert clips.select("media_key", "split", "licence", "latitude", "recorded_at", "recordist").rows() == [
        ("11/medium.jpg", "train", "CC-BY-NC", 54.1, "2021-05-18", 'A."B. the birder'),
        ("12/medium.jpeg", "train", "CC0-1.0", 54.1, "2021-05-18", 'A."B. the birder'),
        ("13/medium.jpg", "train", "CC-BY", None, None, "c"),
    ]
    assert clips["source_url"][0] == "https://www.inaturalist.org/photos/11"
    seen = lineages(tables["classes"]).with_columns(dataset=pl.lit("inat_open"))
    assert seen.select("rank", "taxon").rows() == [("species", "Larus marinus"), ("genus", "Larus")]
    heard = pl.DataFrame(
        {
            "class_id": ["g", "c"],
            "rank": ["species"] * 2,
            "taxon": ["Larus marinus", "Larus canus"],
            "kingdom": "Animalia",
        }
    )
    above = heard.with_columns(rank=pl.lit("genus"), taxon=pl.lit("Larus"))
    assert [(one.rank, one.sounds) for one in pools(pl.concat([heard, above]), seen, "family")] == [
        ("species", ("g",)),
        ("genus", ("c",)),
    ]
