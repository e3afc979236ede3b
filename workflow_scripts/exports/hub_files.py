"""Parquet files as `datasets` itself writes them: the same bytes whenever they hold the same rows.

Source of the form: https://github.com/huggingface/datasets (src/datasets/io/parquet.py, arrow_writer.py, features),
version 5.2.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workflow_scripts.errors import SoundledgerError

ROW_GROUP_BYTES = 100 * 10**6
CHUNKING = {"min_chunk_size": 256 * 1024, "max_chunk_size": 1024 * 1024, "norm_level": 0}
"""Pages end where the content says, so that a hub that keeps chunks by digest keeps what did not change."""
FILE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
FILES = ("Audio", "Image")
"""Features whose cells are files."""

Row = dict[str, Any]


def write_hub_file(file: Path, features: Mapping[str, Any], rows: Iterable[Row]) -> None:
    """Write rows.

    Args:
        file: to be written.
        features: the columns, as `datasets` knows them.
        rows: values by column; of a file `bytes` and `path`.
    """
    schema = pa.schema([(name, _type(feature)) for name, feature in features.items()])
    schema = schema.with_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    stored = [name for name, feature in features.items() if feature["_type"] in FILES]
    others = [name for name in _leaves(schema) if name.partition(".")[0] not in stored]
    packed = {f"{name}.{part}": "none" for name in stored for part in ("bytes", "path")}
    with pq.ParquetWriter(
        file,
        schema,
        compression={**dict.fromkeys(others, "snappy"), **packed},
        use_dictionary=others,
        write_page_index=True,
        use_content_defined_chunking=CHUNKING,
    ) as writer:
        writer.add_key_value_metadata({"content_defined_chunking": json.dumps(CHUNKING)})
        group: list[Row] = []
        size = 0
        for row in rows:
            own = sum(len(row[name]["bytes"]) for name in stored)
            if group and size + own > ROW_GROUP_BYTES:
                writer.write_table(pa.Table.from_pylist(group, schema))
                group, size = [], 0
            group.append(row)
            size += own
        writer.write_table(pa.Table.from_pylist(group, schema))


def read_hub_file_back(file: Path, rows: Iterable[Row], count: int, key: str) -> None:
    """See that a file has the rows that were written.

    Args:
        file: that was written.
        rows: the same as then.
        count: how many there are.
        key: the column that tells them apart.

    Raises:
        SoundledgerError: it has not.
    """
    with pq.ParquetFile(file) as written:
        if (found := written.metadata.num_rows) != count:
            raise _distrusted(file, f"{found:,} rows read back of {count:,} that were written")
        groups = range(written.metadata.num_row_groups)
        there = (row for group in groups for row in written.read_row_group(group).to_pylist())
        for meant, row in zip(rows, there, strict=True):
            if meant != row:
                raise _distrusted(file, f"{meant[key]} was not read back as it was written")


def _distrusted(file: Path, why: str) -> SoundledgerError:
    return SoundledgerError(f"{file}: {why}: the disk is not to be trusted. Write results elsewhere, and run again")


def _type(feature: Mapping[str, Any]) -> pa.DataType:
    kind = feature["_type"]
    if kind == "List":
        return pa.list_(_type(feature["feature"]))
    if kind in FILES:
        return FILE
    return pa.int64() if kind == "ClassLabel" else pa.type_for_alias(feature["dtype"])


def _leaves(schema: pa.Schema) -> list[str]:
    """Paths of the columns as Parquet knows them."""
    return [f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name for field in schema]
