"""One rule of what a suffix is, for scans and for whoever matches names."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from workflow_scripts.media.stems import name_of, stem_of, without_suffix

PATHS = st.lists(st.text("ab./\n", min_size=1, max_size=8).filter(lambda path: not path.endswith("/")), min_size=1)


@given(PATHS)
def test_a_stem_is_the_last_part_of_the_path_without_its_suffix(paths: list[str]) -> None:
    path = pl.col("path")
    told = pl.DataFrame({"path": paths}).select(stem=stem_of(path), name=name_of(path), without=without_suffix(path))
    for stem, name, without in told.iter_rows():
        assert stem == without.rpartition("/")[2]
        suffix = name[len(stem) :]
        assert name.startswith(stem)
        assert suffix == "" or (suffix[0] == "." and "." not in suffix[1:] and stem.strip("."))
        assert suffix != "" or "." not in name.lstrip(".")
